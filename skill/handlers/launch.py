"""Opening the skill, and starting over."""

from __future__ import annotations

from skill.compose import Reply
from skill.handlers import TurnHandler
from skill.heard import Heard


class LaunchHandler(TurnHandler):
    """Greets, says what can be asked, and asks."""

    takes = frozenset({"LaunchRequest", "AMAZON.StartOverIntent"})

    def reply(self, turn: Heard) -> Reply:
        """The greeting; the disclaimer the first time only."""
        return self.guide.wording.welcome(turn)
