"""What the skill remembers within a session, and only there: typed, small, carried by Alexa."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

VERSION = 1
TRAIL = 5
LISTED_AT_MOST = 6  # a kind with its ids, or the choices: no list of ours is longer
ID_AT_MOST = 60  # characters; the longest id is shorter
MISSED_AT_MOST = 9  # the third turn without a match ends a session


@dataclass(frozen=True)
class Said:
    """What was said, short enough to be carried along and said again: a kind of reply and the ids it is about."""

    kind: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Session:
    """`answer`: the answer that "that" means now. `said`: the last reply. `offer`: what yes means. `choices`: what
    first, second and the names mean. `trail`: answers heard before, oldest first. `slow`: the pace. `missed`: turns
    without a match in a row. `greeted`: whether the disclaimer was given."""

    answer: str = ""
    said: Said | None = None
    offer: Said | None = None
    choices: tuple[str, ...] = ()
    trail: tuple[str, ...] = ()
    slow: bool = False
    missed: int = 0
    greeted: bool = False

    @classmethod
    def of(cls, attributes: Mapping[str, Any]) -> Session:
        """The session that `attributes` carry; whatever does not fit, or is of another version, counts as new."""
        if attributes.get("version") != VERSION:
            return cls()
        answer, missed = attributes.get("answer"), attributes.get("missed")
        return cls(
            answer=answer if _is_id(answer) else "",
            said=_said(attributes.get("said")),
            offer=_said(attributes.get("offer")),
            choices=_strings(attributes.get("choices"))[:LISTED_AT_MOST],
            trail=_strings(attributes.get("trail"))[-TRAIL:],
            slow=attributes.get("slow") is True,
            missed=missed if type(missed) is int and 0 <= missed <= MISSED_AT_MOST else 0,
            greeted=attributes.get("greeted") is True,
        )

    def attributes(self) -> dict[str, Any]:
        """As session attributes."""
        return {
            "version": VERSION,
            "answer": self.answer or None,
            "said": _listed(self.said),
            "offer": _listed(self.offer),
            "choices": list(self.choices),
            "trail": list(self.trail),
            "slow": self.slow,
            "missed": self.missed,
            "greeted": self.greeted,
        }

    def turned_to(self, answer: str) -> Session:
        """The session after `answer` was given: the one before joins the trail."""
        if answer == self.answer:
            return self
        trail = (*self.trail, self.answer) if self.answer else self.trail
        return replace(self, answer=answer, trail=trail[-TRAIL:])


def _said(value: Any) -> Said | None:
    kind, *ids = _strings(value)[:LISTED_AT_MOST] or ("",)
    return Said(kind, tuple(ids)) if kind else None


def _listed(said: Said | None) -> list[str] | None:
    return None if said is None else [said.kind, *said.ids]


def _strings(value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(map(_is_id, value)):
        return tuple(value)
    return ()


def _is_id(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= ID_AT_MOST
