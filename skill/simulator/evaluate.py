"""How well questions are understood: a file of questions in, a turn for each out, and rates where they are labelled."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Judged:
    """A labelled question, what came of it, and why: `explained` as the explainer gives it."""

    question: Question
    turn: Turn
    outcome: str
    explained: Mapping[str, Any]

    @property
    def confidence(self) -> float | None:
        """How likely the answer that the ranking gave was thought to be right; None where the ranking gave none."""
        found = self.explained["find"]
        by_ranking = found and not found["known"] and not found["safety"] and found["decision"]["kind"] == "answer"
        return float(found["first"]) if by_ranking else None

    @property
    def kind(self) -> str:
        """What kind of question its label says it is."""
        return str(self.question["kind"])

    @property
    def missed(self) -> bool:
        """Whether the person got neither a right answer nor the offer of one."""
        return self.outcome not in ("right", "offered")

    @property
    def got(self) -> str:
        """The answer that was given, or the two that were offered, or what was done instead."""
        return self.turn.answer or " or ".join(self.turn.choices) or self.turn.kind

    @property
    def wanted(self) -> str:
        """What the labels say is right."""
        return " or ".join(self.question["accept"]) or "none"


OUTCOMES = ("right", "offered", "declined", "wrong", "missed", "false alarm")
EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # of the steps in which confidence is looked at


def counts_by(judged: Iterable[Judged], key: Callable[[Judged], str]) -> dict[str, Counter[str]]:
    """How often each outcome came, by whatever `key` names, in the order of the names."""
    counted: dict[str, Counter[str]] = {}
    for each in judged:
        counted.setdefault(key(each), Counter())[each.outcome] += 1
    return dict(sorted(counted.items()))


@dataclass(frozen=True)
class Step:
    """The answers of one step of confidence: how many, how sure they were on average, how many of them were right."""

    low: float
    high: float
    answers: int
    sure: float
    right: float


def reliability(judged: Iterable[Judged]) -> list[Step]:
    """Whether confidence means something: of the answers given at so much of it, how many were right. What is not ours
    counts as wrong where it got an answer."""
    given = [(each.confidence, each.outcome == "right") for each in judged if each.confidence is not None]
    steps = []
    for low, high in itertools.pairwise(EDGES):
        inside = [(sure, right) for sure, right in given if low <= sure < high or sure == high == 1.0]
        if inside:
            total = len(inside)
            sure, right = sum(sure for sure, _ in inside) / total, sum(right for _, right in inside) / total
            steps.append(Step(low, high, total, sure, right))
    return steps


def written(judged: Sequence[Judged], group: Callable[[Judged], str]) -> str:
    """Rates by kind and by group, the reliability of the confidence, and the misses, for reading."""
    misses = [each for each in judged if each.missed]
    return "\n".join(
        [
            *_table("kind", counts_by(judged, lambda each: each.kind)),
            "",
            *_table("group", counts_by(judged, group)),
            "",
            f"{'confidence':<34} answers    sure   right",
            *(
                f"{f'{step.low:.1f} to {step.high:.1f}':<34} {step.answers:>7}  {step.sure:>6.1%}  {step.right:>6.1%}"
                for step in reliability(judged)
            ),
            "",
            f"{len(misses)} misses:",
            *(f"  {each.outcome:<11} {each.question['q']!r}: {each.got}, not {each.wanted}" for each in misses),
        ]
    )


def _table(name: str, counted: Mapping[str, Counter[str]]) -> list[str]:
    lines = [f"{name:<34} asked   right  offered  declined   wrong  missed  false alarm"]
    for row, counts in counted.items():
        total = counts.total()
        widths = (6, 8, 9, 7, 7, 12)
        parts = "".join(f"{counts[of] / total:>{width}.1%} " for of, width in zip(OUTCOMES, widths, strict=True))
        lines.append(f"{row:<34} {total:>5}  {parts}".rstrip())
    return lines
