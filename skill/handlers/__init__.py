"""Routing: which turn is this? Each handler names the intents it takes and picks the kind of reply."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar

from ask_sdk_core.dispatch_components import AbstractRequestHandler
from ask_sdk_core.handler_input import HandlerInput
from ask_sdk_model import Response

from skill.catalogue import Catalogue
from skill.compose import Composer, Reply
from skill.find import Crisis, Emergency, Finder
from skill.heard import Heard, heard, routed_by
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
        return routed_by(handler_input) in self.takes

    def handle(self, handler_input: HandlerInput) -> Response:
        """The response to this turn; the session attributes are those that the reply leaves."""
        turn = heard(handler_input)
        said = self.guide.finder.hear(turn.words) if turn.words else None
        if isinstance(said, Emergency | Crisis):
            reply = self.guide.wording.found(turn, said)
        else:
            reply = self.reply(replace(turn, caution=said))
        if handler_input.request_envelope.session is not None:
            handler_input.attributes_manager.session_attributes = reply.session.attributes()
        return self.guide.composer.response(reply, turn.locale, turn.screen)

    @abstractmethod
    def reply(self, turn: Heard) -> Reply:
        """What to say to this turn, in which no alarm was heard."""

    def looked_up(self, turn: Heard, words: str = "", known: str = "") -> Reply:
        """What is found by `words`, or else by all that was said."""
        finding = self.guide.finder.look_up(words or turn.words, turn.caution, known, turn.session.answer)
        return self.guide.wording.found(turn, finding)
