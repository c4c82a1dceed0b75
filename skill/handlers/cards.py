"""Where an answer comes from, and its card once more."""

from __future__ import annotations

from skill.compose import Reply
from skill.handlers import TurnHandler
from skill.heard import Heard


class SourceHandler(TurnHandler):
    """Names the sources of the last answer and when it was reviewed."""

    takes = frozenset({"SourceIntent"})

    def reply(self, turn: Heard) -> Reply:
        """For the last answer; without one, asks for a question."""
        if turn.session.answer in self.guide.catalogue.answers:
            return self.guide.wording.source(turn, turn.session.answer)
        return self.guide.wording.ask(turn, self.guide.catalogue.phrases.source_none)


class CardHandler(TurnHandler):
    """Sends the card of the last answer again."""

    takes = frozenset({"CardIntent"})

    def reply(self, turn: Heard) -> Reply:
        """For the last answer; without one, asks for a question."""
        if turn.session.answer in self.guide.catalogue.answers:
            return self.guide.wording.card(turn, turn.session.answer)
        return self.guide.wording.ask(turn, self.guide.catalogue.phrases.card_none)
