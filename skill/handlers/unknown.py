"""What was not understood."""

from __future__ import annotations

from skill.compose import Reply
from skill.handlers import TurnHandler
from skill.heard import Heard


class UnknownHandler(TurnHandler):
    """Fallback, and any intent that an older or newer interaction model may send."""

    takes = frozenset({"AMAZON.FallbackIntent"})

    def can_handle(self, handler_input: object) -> bool:
        """Tried last: takes every intent that is left."""
        return True

    def reply(self, turn: Heard) -> Reply:
        """Words that came along are still looked up; else a hint, an example, a person."""
        if turn.words:
            return self.looked_up(turn)
        return self.guide.wording.lost(turn)
