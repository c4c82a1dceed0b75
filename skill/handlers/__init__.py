"""Routing: which turn is this? Each handler names the intents it takes and picks the kind of reply."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from ask_sdk_core.dispatch_components import AbstractRequestHandler
from ask_sdk_core.handler_input import HandlerInput
from ask_sdk_model import Response

from skill.catalogue import Catalogue
from skill.compose import Composer, Reply
from skill.find import Crisis, Emergency, Finder
from skill.heard import Heard, heard
from skill.wording import Wording


@dataclass(frozen=True)
class Guide:
    """What handlers work with: the content, the finder over it, the words, and the way out."""

    catalogue: Catalogue
    finder: Finder
    wording: Wording
    composer: Composer


class TurnHandler(AbstractRequestHandler):  # type: ignore[misc]
    """A turn of the dialog: `takes` lists the intents (or request types) that it answers.

    Whatever the intent, words that were said freely pass the finder first: an alarm among them is answered at once.
    """

    takes: ClassVar[frozenset[str]]

    def __init__(self, guide: Guide) -> None:
        self.guide = guide

    def can_handle(self, handler_input: HandlerInput) -> bool:
        """Whether this turn is ours."""
        turn = heard(handler_input)
        return (turn.intent or turn.kind) in self.takes

    def handle(self, handler_input: HandlerInput) -> Response:
        """The response to this turn; the session attributes are those that the reply leaves."""
        turn = heard(handler_input)
        reply = self.alarm(turn) or self.reply(turn)
        if handler_input.request_envelope.session is not None:
            handler_input.attributes_manager.session_attributes = reply.session.attributes()
        return self.guide.composer.response(reply, turn.locale, turn.screen)

    def alarm(self, turn: Heard) -> Reply | None:
        """The reply to an emergency or a crisis in what was said; None when there is none."""
        found = self.guide.finder.alarm(turn.words) if turn.slots else None
        return self.guide.wording.found(turn, found) if isinstance(found, Emergency | Crisis) else None

    @abstractmethod
    def reply(self, turn: Heard) -> Reply:
        """What to say to this turn."""
