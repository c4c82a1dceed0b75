"""What was said: the only reader of Alexa's JSON, and of the SDK's objects made of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from ask_sdk_core.handler_input import HandlerInput
from ask_sdk_model import (
    Context,
    Device,
    Intent,
    IntentRequest,
    LaunchRequest,
    RequestEnvelope,
    SessionEndedReason,
    SessionEndedRequest,
    SupportedInterfaces,
)
from ask_sdk_model import Session as AlexaSession
from ask_sdk_model import Slot as AlexaSlot
from ask_sdk_model.canfulfill import CanFulfillIntentRequest
from ask_sdk_model.events.skillevents import SkillDisabledRequest, SkillEnabledRequest
from ask_sdk_model.interfaces.alexa.presentation.apl import AlexaPresentationAplInterface, Runtime, UserEvent
from ask_sdk_model.interfaces.system import ExceptionEncounteredRequest, SystemState
from ask_sdk_model.slu.entityresolution import Resolution, Resolutions, Value, ValueWrapper

from skill.catalogue import Country, country_of
from skill.find.safety import Caution
from skill.session import Session

DEFAULT_LOCALE = "en-US"
APL = "Alexa.Presentation.APL"
WORDS_AT_MOST = 1000  # characters of a slot that are read; Alexa's own limit for what is said lies far below
SLOTS_AT_MOST = 10  # slots of an intent that are read; ours have three at most

_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,3}")


@dataclass(frozen=True)
class Slot:
    """A filled slot: the words as heard, and the id of the value that Alexa matched them to, if any."""

    words: str
    id: str = ""


@dataclass(frozen=True)
class Heard:
    """One turn: the request or intent, its filled slots, and around it the locale, the session, the device."""

    kind: str
    intent: str = ""
    slots: Mapping[str, Slot] = field(default_factory=dict)
    locale: str = DEFAULT_LOCALE
    new: bool = False
    session: Session = field(default_factory=Session)
    arguments: tuple[str, ...] = ()
    screen: str = ""  # the newest version of APL that the device draws; empty where it has no screen
    caution: Caution | None = None  # what the safety ear heard in the words, short of an alarm

    @property
    def country(self) -> Country:
        """The country of the locale."""
        return country_of(self.locale)

    @property
    def one_shot(self) -> bool:
        """Whether this is a question asked without opening the skill first."""
        return self.new and self.kind == "IntentRequest"

    @cached_property
    def words(self) -> str:
        """All that was said freely: the words of every slot."""
        return " ".join(slot.words for slot in self.slots.values())[:WORDS_AT_MOST]

    def id(self, slot: str) -> str:
        """The id that Alexa matched a slot to; empty where it matched none."""
        return self.slots[slot].id if slot in self.slots else ""


def read(body: Mapping[str, Any]) -> RequestEnvelope | None:
    """The parts of a request that the skill reads, as the SDK's own object; None where there is nothing to answer.

    Alexa adds request types, enum values and properties without notice, and asks skills to bear it; the SDK's
    deserializer refuses a whole request for one unknown value. So the object is made here, of what is read and no more:
    that is also a tenth of the work.
    """
    request = _dict(body.get("request"))
    kind = request.get("type")
    made = _REQUESTS.get(kind) if isinstance(kind, str) else None
    if made is None:
        return None
    envelope = RequestEnvelope(
        version="1.0",
        context=Context(system=SystemState(device=Device(supported_interfaces=_interfaces(body)))),
        request=made(request),
    )
    envelope.request.locale = locale_of(request.get("locale"))
    session = body.get("session")
    if isinstance(session, dict):
        attributes = Session.of(_dict(session.get("attributes"))).attributes()
        envelope.session = AlexaSession(new=session.get("new") is True, attributes=attributes)
    return envelope


def routed_by(handler_input: HandlerInput) -> str:
    """The name by which a request finds its handler: the intent, where it has one, else the kind of request."""
    request = handler_input.request_envelope.request
    return str(request.intent.name if request.object_type == "IntentRequest" else request.object_type)


def heard(handler_input: HandlerInput) -> Heard:
    """What the SDK's request object says."""
    envelope = handler_input.request_envelope
    request, session = envelope.request, envelope.session
    intent = getattr(request, "intent", None)
    return Heard(
        kind=request.object_type,
        intent=intent.name if intent else "",
        slots=_filled(intent.slots or {}) if intent else {},
        locale=request.locale or DEFAULT_LOCALE,
        new=bool(session and session.new),
        session=Session.of(session.attributes or {}) if session else Session(),
        arguments=tuple(getattr(request, "arguments", None) or ()),
        screen=_screen(envelope.context),
    )


def _intent(request: Mapping[str, Any]) -> Intent:
    intent = _dict(request.get("intent"))
    slots = {
        str(name): AlexaSlot(name=str(name), value=_text(slot.get("value")), resolutions=_resolutions(slot))
        for name, slot in islice(_dict(intent.get("slots")).items(), SLOTS_AT_MOST)
        if isinstance(slot, dict)
    }
    return Intent(name=_text(intent.get("name")), slots=slots)


def _resolutions(slot: Mapping[str, Any]) -> Resolutions | None:
    """The first value that Alexa's entity resolution found, of all authorities (5.18)."""
    found = [
        Value(name=_text(value.get("name")), id=_text(value.get("id")))
        for authority in _list(_dict(slot.get("resolutions")).get("resolutionsPerAuthority"))
        if _dict(_dict(authority).get("status")).get("code") == "ER_SUCCESS_MATCH"
        for entry in _list(_dict(authority).get("values"))
        if isinstance(value := _dict(entry).get("value"), dict)
    ]
    if not found:
        return None
    return Resolutions([Resolution(values=[ValueWrapper(found[0])])])


def _reason(request: Mapping[str, Any]) -> SessionEndedReason:
    try:
        return SessionEndedReason(request.get("reason"))
    except ValueError:
        return SessionEndedReason.ERROR


def _touched(request: Mapping[str, Any]) -> list[str]:
    return [part for part in _list(request.get("arguments")) if isinstance(part, str)]


_REQUESTS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "LaunchRequest": lambda _: LaunchRequest(),
    "IntentRequest": lambda request: IntentRequest(intent=_intent(request)),
    "CanFulfillIntentRequest": lambda request: CanFulfillIntentRequest(intent=_intent(request)),
    "SessionEndedRequest": lambda request: SessionEndedRequest(reason=_reason(request)),
    "System.ExceptionEncountered": lambda _: ExceptionEncounteredRequest(),
    "Alexa.Presentation.APL.UserEvent": lambda request: UserEvent(arguments=_touched(request)),
    "AlexaSkillEvent.SkillEnabled": lambda _: SkillEnabledRequest(),
    "AlexaSkillEvent.SkillDisabled": lambda _: SkillDisabledRequest(),
}


KINDS = frozenset(_REQUESTS)  # the kinds of request that are read; any other gets nothing


def _interfaces(body: Mapping[str, Any]) -> SupportedInterfaces:
    system = _dict(_dict(body.get("context")).get("System"))
    supported = _dict(_dict(system.get("device")).get("supportedInterfaces"))
    version = _dict(_dict(supported.get(APL)).get("runtime")).get("maxVersion")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        return SupportedInterfaces()
    return SupportedInterfaces(alexa_presentation_apl=AlexaPresentationAplInterface(Runtime(max_version=version)))


def _screen(context: Any) -> str:
    apl = context.system.device.supported_interfaces.alexa_presentation_apl
    return str(apl.runtime.max_version) if apl else ""


def _filled(slots: Mapping[str, Any]) -> dict[str, Slot]:
    return {
        name: Slot(slot.value.strip()[:WORDS_AT_MOST], _resolved(slot))
        for name, slot in slots.items()
        if slot.value and any(letter.isalnum() for letter in slot.value)
    }


def _resolved(slot: Any) -> str:
    if slot.resolutions is None:
        return ""
    values = slot.resolutions.resolutions_per_authority[0].values
    return str(values[0].value.id or "")


def locale_of(value: Any) -> str:
    """A locale that the skill can read: two letters, a hyphen, two letters; else en-US (5.23)."""
    fits = isinstance(value, str) and len(value) == 5 and value[2] == "-" and value.replace("-", "").isalpha()
    return value if fits and value.isascii() else DEFAULT_LOCALE


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
