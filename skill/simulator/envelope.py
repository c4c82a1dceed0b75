"""Requests as Alexa sends them: the whole envelope, with device, session and entity resolution."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from skill.settings import LOCAL_SKILL_ID
from skill.simulator.understand import Understood

_APL = {"Alexa.Presentation.APL": {"runtime": {"maxVersion": "2024.3"}}}


@dataclass
class Session:
    """A session as Alexa keeps it: an id, whether it is new, the attributes that the skill left."""

    new: bool = True
    id: str = field(default_factory=lambda: f"amzn1.echo-api.session.{uuid.uuid4()}")
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Device:
    """Where a person speaks from: the locale, whether there is a screen, and which skill is asked."""

    locale: str = "en-US"
    screen: bool = False
    skill_id: str = LOCAL_SKILL_ID


def launch(session: Session, device: Device) -> dict[str, Any]:
    """ "Alexa, open Cancer Guide"."""
    return _envelope({"type": "LaunchRequest"}, session, device)


def intent(understood: Understood, session: Session, device: Device) -> dict[str, Any]:
    """What was understood, as an IntentRequest."""
    slots = {
        name: {
            "name": name,
            "value": slot.value,
            "confirmationStatus": "NONE",
            "source": "USER",
            "resolutions": _resolutions(slot.type, slot.id, slot.name),
            "slotValue": {
                "type": "Simple",
                "value": slot.value,
                "resolutions": _resolutions(slot.type, slot.id, slot.name),
            },
        }
        for name, slot in understood.slots.items()
    }
    empty = {name: {"name": name, "confirmationStatus": "NONE"} for name in understood.empty}
    request = {
        "type": "IntentRequest",
        "dialogState": "STARTED",
        "intent": {"name": understood.intent, "confirmationStatus": "NONE", "slots": slots | empty},
    }
    return _envelope(request, session, device)


def ended(session: Session, device: Device, reason: str = "USER_INITIATED") -> dict[str, Any]:
    """The session is over."""
    return _envelope({"type": "SessionEndedRequest", "reason": reason}, session, device)


def touched(arguments: list[str], session: Session, device: Device) -> dict[str, Any]:
    """A touch on the screen: the arguments are those that the screen's document gave it."""
    return _envelope({"type": "Alexa.Presentation.APL.UserEvent", "arguments": arguments}, session, device)


def _resolutions(type_: str, id: str, name: str) -> dict[str, Any]:
    match = {"code": "ER_SUCCESS_MATCH"} if id else {"code": "ER_SUCCESS_NO_MATCH"}
    authority: dict[str, Any] = {"authority": f"amzn1.er-authority.echo-sdk.skill.{type_}", "status": match}
    if id:
        authority["values"] = [{"value": {"name": name, "id": id}}]
    return {"resolutionsPerAuthority": [authority]}


def _envelope(request: Mapping[str, Any], session: Session, device: Device) -> dict[str, Any]:
    application, user = {"applicationId": device.skill_id}, {"userId": "amzn1.ask.account.SIMULATED"}
    return {
        "version": "1.0",
        "session": {
            "new": session.new,
            "sessionId": session.id,
            "application": application,
            "attributes": session.attributes,
            "user": user,
        },
        "context": {
            "System": {
                "application": application,
                "user": user,
                "device": {
                    "deviceId": "amzn1.ask.device.SIMULATED",
                    "supportedInterfaces": copy.deepcopy(_APL) if device.screen else {},
                },
                "apiEndpoint": "https://api.amazonalexa.com",
            },
            **({"Viewport": {"shape": "RECTANGLE", "pixelWidth": 1024, "pixelHeight": 600}} if device.screen else {}),
        },
        "request": {
            "requestId": f"amzn1.echo-api.request.{uuid.uuid4()}",
            "timestamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "locale": device.locale,
            **request,
        },
    }
