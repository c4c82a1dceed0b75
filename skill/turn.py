"""One turn, whoever asks (the web, the simulator): Alexa's request in, a checked response out."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from typing import Any, Literal
from xml.sax.saxutils import escape

from ask_sdk_core.skill import CustomSkill

from skill.catalogue import Phrases
from skill.heard import read
from skill.limits import faults

log = logging.getLogger(__name__)

NOTHING: dict[str, Any] = {"version": "1.0", "response": {}}
Outcome = Literal["answered", "silent", "trouble"]


class Turns:
    """Answers requests with a CustomSkill. Holds nothing between turns; many threads may share it."""

    def __init__(self, skill: CustomSkill, phrases: Phrases) -> None:
        self._skill = skill
        self._phrases = phrases

    def answer(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The response to a request that was verified. Never raises: our own fault becomes a calm sentence that ends
        the session, and an error in the log that names where it happened and nothing of what was said."""
        try:
            envelope = read(body)
            if envelope is None:
                return NOTHING
            response: dict[str, Any] = self._skill.serializer.serialize(self._skill.invoke(envelope, None))
            if wrong := faults(response):
                log.error("response refused: %s", "; ".join(wrong))
                return self._trouble()
        except Exception as error:  # the one place where our own faults are caught
            log.error("turn failed: %s at %s", type(error).__name__, place(error))
            return self._trouble()
        return response

    def outcome(self, response: Mapping[str, Any]) -> Outcome:
        """What a response is: an answer, the silence that some requests are met with, or an apology for our fault."""
        if response == self._trouble():
            return "trouble"
        return "answered" if response["response"] else "silent"

    def _trouble(self) -> dict[str, Any]:
        speech = {"type": "SSML", "ssml": f"<speak>{escape(self._phrases.trouble)}</speak>"}
        return {
            "version": "1.0",
            "sessionAttributes": {},
            "response": {"outputSpeech": speech, "shouldEndSession": True},
        }


def place(error: BaseException) -> str:
    """Where an error came from, without its message, which may hold what a person said."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames[-3:]))
