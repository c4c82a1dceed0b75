"""How well questions are understood: a file of questions in, a turn for each out, and rates where they are labelled."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from skill.simulator.conversation import Conversation, Turn

Question = Mapping[str, Any]


class QuestionsError(ValueError):
    """A file of questions cannot be used: the message names the line."""


def read(lines: Iterable[str]) -> list[Question]:
    """Questions from JSON lines that each hold at least {"q": …}; raises QuestionsError naming the first bad line."""
    questions: list[Question] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = json.loads(line)
        except ValueError as error:
            raise QuestionsError(f"line {number} is no JSON: {error}") from error
        if not isinstance(question, dict) or not isinstance(question.get("q"), str):
            raise QuestionsError(f'line {number} has no "q" with the words of a question')
        questions.append(question)
    return questions


def ask_all(questions: Iterable[Question], start: Callable[[], Conversation]) -> Iterator[Turn]:
    """Each question in a session of its own."""
    for question in questions:
        yield start().say(question["q"])


def outcome(question: Question, turn: Turn) -> str:
    """right, offered (among two choices), wrong, declined, or false alarm, by the labels `kind` and `accept`."""
    kind, accept = question["kind"], set(question.get("accept", ()))
    if kind in ("emergency", "crisis"):
        return "right" if turn.kind in (kind, *({"emergency", "crisis"} & accept)) else "missed"
    if turn.kind in ("emergency", "crisis") and not {turn.kind, turn.answer} & accept:
        return "false alarm"
    if turn.kind == "choice":
        return "offered" if accept & set(turn.choices) else "wrong"
    if turn.kind == "none":
        return "declined" if kind == "in" else "right"
    return "right" if turn.answer in accept else "wrong"


def rates(outcomes: Iterable[tuple[Question, Turn, str]]) -> str:
    """A table of rates by kind, and the misses under it."""
    by_kind: dict[str, Counter[str]] = {}
    misses = []
    for question, turn, result in outcomes:
        by_kind.setdefault(question["kind"], Counter())[result] += 1
        if result not in ("right", "offered"):
            got = turn.answer or " or ".join(turn.choices) or turn.kind
            misses.append(f"  {result:<11} {question['q']!r}: {got}, not {' or '.join(question['accept']) or 'none'}")
    lines = ["kind         asked   right  offered  declined  wrong  missed  false alarm"]
    for kind, counts in by_kind.items():
        total = counts.total()
        parts = "  ".join(
            f"{counts[name] / total:>6.1%}"
            for name in ("right", "offered", "declined", "wrong", "missed", "false alarm")
        )
        lines.append(f"{kind:<12} {total:>5}  {parts}")
    return "\n".join([*lines, "", f"{len(misses)} misses:", *misses])
