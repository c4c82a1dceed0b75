"""What was said: the only reader of Alexa's JSON, and of the SDK's objects made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ask_sdk_core.handler_input import HandlerInput

from skill.catalogue import Country, country_of
from skill.session import Session

DEFAULT_LOCALE = "en-US"
APL = "Alexa.Presentation.APL"
WORDS_AT_MOST = 1000  # characters of a slot that are read; Alexa's own limit for what is said lies far below
SLOTS_AT_MOST = 10  # slots of an intent that are read; ours have three at most

_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,3}")
_ENDED_REASONS = {"USER_INITIATED", "ERROR", "EXCEEDED_MAX_REPROMPTS"}


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

    @property
    def country(self) -> Country:
        """The country of the locale."""
        return country_of(self.locale)

    @property
    def one_shot(self) -> bool:
        """Whether this is a question asked without opening the skill first."""
        return self.new and self.kind == "IntentRequest"

    @property
    def words(self) -> str:
        """All that was said freely: the words of every slot."""
        return " ".join(slot.words for slot in self.slots.values())[:WORDS_AT_MOST]

    def id(self, slot: str) -> str:
        """The id that Alexa matched a slot to; empty where it matched none."""
        return self.slots[slot].id if slot in self.slots else ""


def tidy(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The parts of a request that the skill reads, in the form that the SDK's deserializer takes; None where there is
    nothing for the skill to answer.

    Alexa adds request types, enum values and properties without notice, and asks skills to bear it; the SDK's
    deserializer refuses a whole request for one unknown value. So what is not read here never reaches it.
    """
    request = _dict(body.get("request"))
    kind = request.get("type")
    parts = _REQUESTS.get(kind) if isinstance(kind, str) else None
    if parts is None:
        return None
    envelope: dict[str, Any] = {
        "version": "1.0",
        "context": {"System": {"device": {"supportedInterfaces": _interfaces(body)}}},
        "request": {"type": kind, "locale": locale_of(request.get("locale")), **parts(request)},
    }
    session = body.get("session")
    if isinstance(session, dict):
        envelope["session"] = {
            "new": session.get("new") is True,
            "attributes": Session.of(_dict(session.get("attributes"))).attributes(),
        }
    return envelope


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


def _intent(request: Mapping[str, Any]) -> dict[str, Any]:
    intent = _dict(request.get("intent"))
    slots = {
        str(name): {"name": str(name), "value": _text(slot.get("value")), "resolutions": _resolutions(slot)}
        for name, slot in islice(_dict(intent.get("slots")).items(), SLOTS_AT_MOST)
        if isinstance(slot, dict)
    }
    return {"intent": {"name": _text(intent.get("name")), "slots": slots}}


def _resolutions(slot: Mapping[str, Any]) -> dict[str, Any] | None:
    """The ids that Alexa's entity resolution found, of all authorities (5.18)."""
    found = [
        {"value": {"name": _text(value.get("name")), "id": _text(value.get("id"))}}
        for authority in _list(_dict(slot.get("resolutions")).get("resolutionsPerAuthority"))
        if _dict(_dict(authority).get("status")).get("code") == "ER_SUCCESS_MATCH"
        for entry in _list(_dict(authority).get("values"))
        if isinstance(value := _dict(entry).get("value"), dict)
    ]
    if not found:
        return None
    return {
        "resolutionsPerAuthority": [{"authority": "skill", "status": {"code": "ER_SUCCESS_MATCH"}, "values": found[:1]}]
    }


def _ended(request: Mapping[str, Any]) -> dict[str, Any]:
    reason = request.get("reason")
    return {"reason": reason if isinstance(reason, str) and reason in _ENDED_REASONS else "ERROR"}


def _touched(request: Mapping[str, Any]) -> dict[str, Any]:
    return {"arguments": [part for part in _list(request.get("arguments")) if isinstance(part, str)]}


def _nothing(_: Mapping[str, Any]) -> dict[str, Any]:
    return {}


_REQUESTS = {
    "LaunchRequest": _nothing,
    "IntentRequest": _intent,
    "CanFulfillIntentRequest": _intent,
    "SessionEndedRequest": _ended,
    "System.ExceptionEncountered": _nothing,
    "Alexa.Presentation.APL.UserEvent": _touched,
    "AlexaSkillEvent.SkillEnabled": _nothing,
    "AlexaSkillEvent.SkillDisabled": _nothing,
}


KINDS = frozenset(_REQUESTS)  # the kinds of request that are read; any other gets nothing


def _interfaces(body: Mapping[str, Any]) -> dict[str, Any]:
    system = _dict(_dict(body.get("context")).get("System"))
    supported = _dict(_dict(system.get("device")).get("supportedInterfaces"))
    version = _dict(_dict(supported.get(APL)).get("runtime")).get("maxVersion")
    fits = isinstance(version, str) and _VERSION.fullmatch(version)
    return {APL: {"runtime": {"maxVersion": version}}} if fits else {}


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
