"""Requests that are no question: the end of a session, events, touches, and whether we could fulfil an intent."""

from __future__ import annotations

from ask_sdk_core.dispatch_components import AbstractRequestHandler
from ask_sdk_core.handler_input import HandlerInput
from ask_sdk_model import Response
from ask_sdk_model.canfulfill import CanFulfillIntent, CanFulfillIntentValues

from skill.compose import Reply
from skill.handlers import TurnHandler
from skill.heard import Heard, routed_by
from skill.session import Said


class SilentHandler(AbstractRequestHandler):  # type: ignore[misc]
    """Ended sessions, errors and events cannot be answered (1.16 to 1.19): an empty response, whatever they say."""

    def can_handle(self, handler_input: HandlerInput) -> bool:
        """Whether nothing may be said to this request."""
        kind = routed_by(handler_input)
        return kind in ("SessionEndedRequest", "System.ExceptionEncountered") or kind.startswith("AlexaSkillEvent.")

    def handle(self, handler_input: HandlerInput) -> Response:
        """Nothing."""
        return Response()


class CanFulfillHandler(AbstractRequestHandler):  # type: ignore[misc]
    """Name-free use is not offered (1.20)."""

    def can_handle(self, handler_input: HandlerInput) -> bool:
        """Whether Alexa asks if we could fulfil an intent."""
        return bool(handler_input.request_envelope.request.object_type == "CanFulfillIntentRequest")

    def handle(self, handler_input: HandlerInput) -> Response:
        """No."""
        return Response(can_fulfill_intent=CanFulfillIntent(can_fulfill=CanFulfillIntentValues.NO))


class TouchHandler(TurnHandler):
    """A touch on the screen: the arguments are a kind of reply and its ids, as in a spoken turn (4.6)."""

    takes = frozenset({"Alexa.Presentation.APL.UserEvent"})

    def reply(self, turn: Heard) -> Reply:
        """What was touched, where it is something that a touch may ask for; else a question."""
        kind, *ids = turn.arguments or ("",)
        if kind in ("answer", "more", "helpers", "number") and len(ids) == 1:
            return self.guide.wording.again(Said(kind, tuple(ids)), turn)
        return self.guide.wording.ask(turn)
