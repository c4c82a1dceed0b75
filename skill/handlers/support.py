"""Who can help: by need, by US state, with what was just talked about."""

from __future__ import annotations

from skill.compose import Reply
from skill.handlers import TurnHandler
from skill.heard import Heard


class SupportHandler(TurnHandler):
    """Names organizations for a need, a cancer and a country."""

    takes = frozenset({"SupportIntent"})

    def reply(self, turn: Heard) -> Reply:
        """By the id of the need; by the words where Alexa matched none."""
        need = turn.id("need")
        if need in self.guide.catalogue.needs:
            return self.guide.wording.need(turn, need, turn.id("cancer"), turn.id("country"))
        if not turn.words:
            return self.guide.wording.ask(turn)
        return self.looked_up(turn)


class CenterHandler(TurnHandler):
    """Names cancer centers in a US state."""

    takes = frozenset({"CenterIntent"})

    def reply(self, turn: Heard) -> Reply:
        """By the id of the state; without a state that is known, how to find a center anywhere."""
        state = turn.id("state")
        if state in self.guide.catalogue.states:
            return self.guide.wording.center(turn, state)
        return self.guide.wording.answer(turn, "find-cancer-center")


class HelpersHandler(TurnHandler):
    """Names organizations for what was just talked about."""

    takes = frozenset({"HelpersIntent"})

    def reply(self, turn: Heard) -> Reply:
        """For the last answer; without one, how to ask for help."""
        if turn.session.answer in self.guide.catalogue.answers:
            return self.guide.wording.helpers(turn, turn.session.answer)
        return self.guide.wording.need(turn, "helpline")
