"""A conversation with the skill, in process: what is typed goes through the model, the envelope and the CustomSkill."""

from __future__ import annotations

import json
import re
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from skill.catalogue import Catalogue
from skill.simulator import envelope
from skill.simulator.understand import Understanding, Understood
from skill.turn import NOTHING, Turns

MODEL = Path(__file__).parents[2] / "interaction_model" / "en-US.json"


class ModelError(RuntimeError):
    """The compiled interaction model is missing or cannot be read: run make model."""


def understanding(catalogue: Catalogue, file: Path = MODEL) -> Understanding:
    """The understanding of the compiled model; raises ModelError where there is none."""
    try:
        return Understanding(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{file.name} cannot be read ({type(error).__name__}): run make model") from error


@dataclass(frozen=True)
class Turn:
    """One turn as it went: what was said, what it was understood as, the request, the response, the time it took."""

    said: str
    understood: Understood
    request: dict[str, Any]
    response: dict[str, Any]
    milliseconds: float

    @property
    def inner(self) -> dict[str, Any]:
        """The response proper."""
        return self.response.get("response") or {}

    @property
    def attributes(self) -> dict[str, Any]:
        """The session attributes that the skill left."""
        return self.response.get("sessionAttributes") or {}

    @property
    def speech(self) -> str:
        """What is heard, as plain text."""
        return plain(self.inner.get("outputSpeech"))

    @property
    def reprompt(self) -> str:
        """What is heard after silence."""
        return plain((self.inner.get("reprompt") or {}).get("outputSpeech"))

    @property
    def ended(self) -> bool:
        """Whether the session is over."""
        return bool(self.inner.get("shouldEndSession", True))

    @property
    def kind(self) -> str:
        """answer, choice, none, emergency or crisis."""
        said = (self.attributes.get("said") or [""])[0]
        return said if said in ("choice", "emergency", "crisis") else "answer" if said in _ANSWERED else "none"

    @property
    def answer(self) -> str | None:
        """The id of the answer given, if one was."""
        return self.attributes.get("answer") if self.kind in ("answer", "emergency", "crisis") else None

    @property
    def choices(self) -> list[str]:
        """The ids offered, where it was asked which was meant."""
        return list(self.attributes.get("choices") or []) if self.kind == "choice" else []

    @property
    def card(self) -> dict[str, Any] | None:
        """The card: title, text, and the addresses in it."""
        card = self.inner.get("card")
        if card is None:
            return None
        text = card.get("text") or card.get("content") or ""
        return {"title": card.get("title"), "text": text, "links": re.findall(r"https?://\S+", text)}

    def report(self) -> dict[str, Any]:
        """The turn as one JSON object: the line that `evaluate` writes."""
        return {
            "q": self.said,
            "intent": self.understood.intent or self.understood.kind,
            "slots": {name: {"value": slot.value, "id": slot.id} for name, slot in self.understood.slots.items()},
            "kind": self.kind,
            "answer": self.answer,
            "choices": self.choices,
            "speech": self.speech,
            "reprompt": self.reprompt or None,
            "card": self.card,
            "ended": self.ended,
            "ms": round(self.milliseconds, 3),
        }


_ANSWERED = frozenset({"answer", "cancer", "more", "spread", "need", "helpers", "center", "number", "source", "card"})


@dataclass
class Conversation:
    """A person at a device: each thing said is a turn; the session carries over until it ends.

    Words with the invocation name in them ("ask cancer guide what hospice is") are a one-shot question. Words without
    it are what a person says after opening the skill, so a session that is new then counts as opened.
    """

    turns: Turns
    understanding: Understanding
    device: envelope.Device = field(default_factory=envelope.Device)
    session: envelope.Session = field(default_factory=envelope.Session)
    history: list[Turn] = field(default_factory=list)

    def say(self, said: str) -> Turn:
        """One turn."""
        understood = self.understanding.understand(said)
        if understood.kind == "launch" or understood.one_shot:
            self.session = envelope.Session()
        else:
            self.session.new = False
        if understood.kind == "launch":
            request = envelope.launch(self.session, self.device)
        elif understood.kind == "end":
            request = envelope.ended(self.session, self.device)
        else:
            request = envelope.intent(understood, self.session, self.device)
        return self.send(request, said, understood)

    def touch(self, arguments: list[str]) -> Turn:
        """One turn by a touch on the screen."""
        self.session.new = False
        return self.send(envelope.touched(arguments, self.session, self.device))

    def end(self, reason: str = "EXCEEDED_MAX_REPROMPTS") -> Turn:
        """Alexa ends the session, as after silence that lasts beyond the reprompt."""
        self.session.new = False
        return self.send(envelope.ended(self.session, self.device, reason), understood=Understood("end"))

    def send(self, request: dict[str, Any], said: str = "", understood: Understood | None = None) -> Turn:
        """One turn with a request as it stands."""
        began = time.perf_counter()
        response = self.turns.answer(request)
        turn = Turn(said, understood or Understood("intent"), request, response, (time.perf_counter() - began) * 1000)
        self._carry_over(turn)
        self.history.append(turn)
        return turn

    def _carry_over(self, turn: Turn) -> None:
        if turn.response == NOTHING or turn.ended:
            self.session = envelope.Session()
        else:
            self.session.new = False
            self.session.attributes = turn.attributes


def plain(speech: dict[str, Any] | None) -> str:
    """Speech as plain text, without its markup."""
    if not speech:
        return ""
    return "".join(ET.fromstring(speech["ssml"]).itertext())  # noqa: S314  (our own SSML, checked before)
