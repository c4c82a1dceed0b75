"""Organizations: what they do, and their numbers."""

from __future__ import annotations

from skill.compose import Reply
from skill.handlers import TurnHandler
from skill.heard import Heard


class OrganizationHandler(TurnHandler):
    """Tells about an organization."""

    takes = frozenset({"OrganizationIntent"})

    def reply(self, turn: Heard) -> Reply:
        """By its id; by the words where Alexa matched none."""
        organization = turn.id("organization")
        if organization in self.guide.catalogue.organizations:
            return self.guide.wording.answer(turn, organization)
        if not turn.words:
            return self.guide.wording.ask(turn)
        return self.looked_up(turn)


class NumberHandler(TurnHandler):
    """Says the telephone number once more; SpellIntent digit by digit."""

    takes = frozenset({"NumberIntent", "SpellIntent"})

    def reply(self, turn: Heard) -> Reply:
        """The number of the organization last talked about, or first named."""
        wording, session = self.guide.wording, turn.session
        if session.said is not None and session.said.kind in ("emergency", "crisis"):
            return wording.again(session.said, turn)
        digits = "digits" if turn.intent == "SpellIntent" else ""
        for id in (session.answer, *session.choices, *wording.helper_ids(session.answer, turn.country)):
            if id in self.guide.catalogue.organizations:
                return wording.number(turn, id, digits)
        return wording.ask(turn, self.guide.catalogue.phrases.no_number)
