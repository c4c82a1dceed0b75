"""An emergency or a crisis that Alexa itself recognized."""

from __future__ import annotations

from skill.compose import Reply
from skill.handlers import TurnHandler
from skill.heard import Heard


class EmergencyHandler(TurnHandler):
    """Says whom to call, at once."""

    takes = frozenset({"EmergencyIntent"})

    def reply(self, turn: Heard) -> Reply:
        """The local emergency number."""
        return self.guide.wording.emergency(turn, "emergency")


class CrisisHandler(TurnHandler):
    """Names the crisis line, at once."""

    takes = frozenset({"CrisisIntent"})

    def reply(self, turn: Heard) -> Reply:
        """The crisis line of the country."""
        return self.guide.wording.crisis(turn, "direct-self", "patient_direct")
