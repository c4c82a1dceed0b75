"""What is kept of a turn when it is over: a line in the log and, where they are counted, the counts. Nothing else."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from skill.build import INTENTS
from skill.catalogue import Catalogue
from skill.heard import KINDS, locale_of
from skill.turn import Outcome

OTHER = "other"  # whatever is not on our lists: it came from outside, and may be anything
DECISIONS = frozenset(
    {
        *("welcome", "help", "answer", "more", "spread", "cancer", "choice", "need", "helpers", "center", "number"),
        *("source", "card", "emergency", "crisis", "declined", "not_found"),
    }
)
REFUSALS = {
    "no S": "header",
    "the certificate URL": "url",
    "the signature is not base64": "signature",
    "Request body is not valid": "signature",
    "the chain cannot be fetched": "fetch",
    "too many chains": "fetch",
    "the chain": "chain",
    "the key of the chain": "chain",
    "meant for another skill": "skill",
    "not fresh": "time",
    "the time of the request": "time",
    "the body is no": "body",
    "larger than": "size",
    "cannot be judged": "body",
}

log = logging.getLogger(__name__)


class Counts(Protocol):
    """Whatever counts turns and refusals: `skill.metrics.Metrics`."""

    def turn(self, kind: str, outcome: str, decision: str, seconds: float) -> None:
        """One more turn."""

    def refused(self, reason: str) -> None:
        """One more refusal."""


class Journal:
    """Writes a turn or a refusal down when it is over. Safe to share between threads."""

    def __init__(self, catalogue: Catalogue, *, log_answers: bool = False, counts: Counts | None = None) -> None:
        self._answers = frozenset(catalogue.answers)
        self._log_answers = log_answers
        self._counts = counts

    def turn(self, body: Mapping[str, Any], response: Mapping[str, Any], outcome: Outcome, seconds: float) -> None:
        """A turn that ended: the request as it came, the response that was given, and how long it took in all."""
        request = body["request"]
        kind, decision = _listed(request.get("type"), KINDS), _decision(body, response)
        fields: dict[str, Any] = {
            "event": "turn",
            "request": _hash(request.get("requestId")),
            "kind": kind,
            "intent": _intent(request),
            "decision": decision,
            "locale": locale_of(request.get("locale")),
            "milliseconds": round(seconds * 1000, 1),
            "outcome": outcome,
        }
        answer = _attributes(response).get("answer")
        if self._log_answers and isinstance(answer, str) and answer in self._answers:
            fields["answer"] = answer
        log.info("turn %s %s", kind, outcome, extra={"fields": fields})
        if self._counts is not None:
            with _without_harm():
                self._counts.turn(kind, outcome, decision, seconds)

    def refused(self, reason: str) -> None:
        """A request that was refused, with the reason in our words."""
        log.warning("refused: %s", reason, extra={"fields": {"event": "refused", "reason": reason}})
        if self._counts is not None:
            with _without_harm():
                self._counts.refused(refusal(reason))


def refusal(reason: str) -> str:
    """The class of a reason: one of a few, so that it can be counted by."""
    return next((label for start, label in REFUSALS.items() if reason.startswith(start)), OTHER)


@contextmanager
def _without_harm() -> Iterator[None]:
    """Counts are kept in files: a full disk is told, and costs nobody an answer."""
    try:
        yield
    except OSError as error:
        log.error("not counted: %s", error.strerror)


def _intent(request: Mapping[str, Any]) -> str | None:
    """The name of the intent, where the request has one."""
    intent = request.get("intent")
    return _listed(intent.get("name"), INTENTS) if isinstance(intent, dict) else None


def _decision(body: Mapping[str, Any], response: Mapping[str, Any]) -> str:
    """The kind of reply that was given, from what the session remembers of it; "none" where that is nothing new."""
    said = _attributes(response).get("said")
    if not said:
        return "none"
    session = body.get("session")
    before = session.get("attributes") if isinstance(session, dict) else None
    if isinstance(before, dict) and before.get("said") == said and _missed(before) != _missed(_attributes(response)):
        return "none"  # nothing was understood: what was said last stays in mind
    return _listed(said[0], DECISIONS)


def _attributes(response: Mapping[str, Any]) -> Mapping[str, Any]:
    return response.get("sessionAttributes") or {}


def _missed(attributes: Mapping[str, Any]) -> Any:
    return attributes.get("missed")


def _hash(value: Any) -> str | None:
    """Enough of a request's id to find the line again from the id, and no way back."""
    return hashlib.sha256(value.encode(errors="replace")).hexdigest()[:12] if isinstance(value, str) else None


def _listed(value: Any, names: frozenset[str]) -> str:
    return value if isinstance(value, str) and value in names else OTHER
