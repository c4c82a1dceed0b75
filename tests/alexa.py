"""An actor: somebody at a smart speaker, asking the real app with the JSON that Alexa sends."""

from __future__ import annotations

from typing import Any

from flask import Flask

from skill.limits import faults
from skill.simulator import envelope
from skill.simulator.conversation import Conversation, Turn
from skill.simulator.envelope import Device
from skill.simulator.understand import Understanding

SLOT_OF = {  # the slot that holds what was said, for each intent that has one
    "AskIntent": "question",
    "DefineIntent": "topic",
    "SpreadIntent": "cancer",
    "SupportIntent": "need",
    "CenterIntent": "state",
    "OrganizationIntent": "organization",
    "ChooseIntent": "which",
}


class _ThroughTheWeb:
    """Answers like `skill.turn.Turns`, by way of POST /alexa."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        response = self._client.post("/alexa", json=body)
        assert response.status_code == 200, f"HTTP {response.status_code}"
        answered: dict[str, Any] = response.get_json()
        assert faults(answered) == []
        return answered


class Alexa:
    """Alexa().opens(); Alexa().asks("what is hospice"); then says() in the same session. Every response is checked."""

    def __init__(self, app: Flask, understanding: Understanding, locale: str = "en-US", screen: bool = False) -> None:
        turns: Any = _ThroughTheWeb(app)
        self._conversation = Conversation(turns, understanding, Device(locale, screen))

    def opens(self) -> Turn:
        """ "Alexa, open Cancer Guide"."""
        return self._conversation.say("open cancer guide")

    def asks(self, question: str) -> Turn:
        """A question without opening the skill first: "Alexa, ask Cancer Guide …"."""
        return self._conversation.say(f"ask cancer guide {question}")

    def says(self, words: str) -> Turn:
        """Something said in an open session."""
        return self._conversation.say(words)

    def hears(self, *words: str) -> list[Turn]:
        """Several things said one after the other."""
        return [self.says(said) for said in words]

    def sends(self, **request: Any) -> Turn:
        """A request of any type, as Alexa would wrap it."""
        body = envelope.launch(self._conversation.session, self._conversation.device)
        body["request"] = {**body["request"], **request}
        return self._conversation.send(body)

    @property
    def silent(self) -> bool:
        """Whether the session is over."""
        return self._conversation.history[-1].ended
