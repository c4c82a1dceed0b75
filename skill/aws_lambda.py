"""The skill on AWS Lambda: the same turns and checks of the response as over HTTP, started by Alexa's own trigger.

Amazon's trigger stands in for the signature: it invokes the function only for the skill id that it is bound to. That
binding is a setting of somebody's account, so the id is checked here once more, against SKILL_ID.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from time import perf_counter
from typing import Any

from skill.build import build
from skill.journal import Journal
from skill.loading import load
from skill.logs import set_up
from skill.settings import Settings, SettingsError
from skill.turn import Turns


class NotForThisSkill(PermissionError):  # noqa: N818  (a refusal, as NotFromAlexa is)
    """The event is not a request to the skill that SKILL_ID names."""


class Function:
    """What one copy of the function holds: the content, read once, and nothing of any turn."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError where SKILL_ID is missing."""
        if settings.skill_id is None:
            raise SettingsError("SKILL_ID is missing: the id that Amazon gave the skill (amzn1.ask.skill. ...)")
        self._skill_id = settings.skill_id
        catalogue = load()
        self._turns = Turns(build(catalogue, settings), catalogue.phrases)
        self._journal = Journal(catalogue, log_answers=settings.log_answers)

    def answer(self, event: Any) -> dict[str, Any]:
        """The response to Alexa's request; raises NotForThisSkill for anything else."""
        began = perf_counter()
        reason = self._objection(event)
        if reason is not None:
            self._journal.refused(reason)
            raise NotForThisSkill(reason)
        response = self._turns.answer(event)
        self._journal.turn(event, response, self._turns.outcome(response), perf_counter() - began)
        return response

    def _objection(self, event: Any) -> str | None:
        """Why an event is refused; None where it is not. The id stands in the context, and in a session too [1.9]."""
        if not isinstance(event, dict) or not isinstance(event.get("request"), dict):
            return "the body is no request"
        ids = [_application(_part(event.get("context"), "System"))]
        if _part(event.get("session"), "application") is not None:
            ids.append(_application(event["session"]))
        return None if set(map(repr, ids)) == {repr(self._skill_id)} else "meant for another skill"


def handler(event: Any, context: Any) -> dict[str, Any]:
    """What Lambda calls: template.yaml names it skill.aws_lambda.handler."""
    return _function().answer(event)


@cache
def _function() -> Function:
    settings = Settings.from_environment(os.environ)
    set_up(settings, replacing="AWS_LAMBDA_FUNCTION_NAME" in os.environ)
    return Function(settings)


def _application(part: Any) -> Any:
    return _part(_part(part, "application"), "applicationId")


def _part(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:  # on Lambda, before the first person asks: the start has a core of its own
    _function()
