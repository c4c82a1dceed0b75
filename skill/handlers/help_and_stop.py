"""Help from every state, and leaving kindly."""

from __future__ import annotations

from skill.compose import Reply
from skill.handlers import TurnHandler
from skill.heard import Heard


class HelpHandler(TurnHandler):
    """Says what can be asked."""

    takes = frozenset({"AMAZON.HelpIntent"})

    def reply(self, turn: Heard) -> Reply:
        """What can be asked, with the line on emergencies."""
        return self.guide.wording.help(turn)


class StopHandler(TurnHandler):
    """Ends the session."""

    takes = frozenset({"AMAZON.StopIntent", "AMAZON.CancelIntent", "AMAZON.NavigateHomeIntent", "DoneIntent"})

    def reply(self, turn: Heard) -> Reply:
        """A short goodbye, no card."""
        return self.guide.wording.goodbye(turn)


class ThanksHandler(TurnHandler):
    """You're welcome."""

    takes = frozenset({"ThanksIntent"})

    def reply(self, turn: Heard) -> Reply:
        """Asks what else."""
        return self.guide.wording.ask(turn, self.guide.catalogue.phrases.thanks)
