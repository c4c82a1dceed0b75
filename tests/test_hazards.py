"""HAZARDS.md is true as far as a program can tell: what it names is there, and its risks follow from its table."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOG = (ROOT / "HAZARDS.md").read_text(encoding="utf-8")
FIELDS = ("Cause", "Effect", "Likelihood", "Severity", "Risk", "Control", "Test", "Residual")
ONCE = tuple(field for field in FIELDS if field not in ("Control", "Test"))


def hazards() -> dict[str, list[tuple[str, str]]]:
    """Each hazard by its heading, with its fields as they stand."""
    sections = re.split(r"^## ", LOG, flags=re.MULTILINE)[1:]
    return {
        section.splitlines()[0]: re.findall(r"^- (\w+): (.+)$", section, flags=re.MULTILINE) for section in sections
    }


def table() -> dict[tuple[str, str], int]:
    """The risk by likelihood and severity."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in LOG.splitlines() if line.startswith("|")]
    severities = rows[0][1:]
    return {(row[0], name): int(risk) for row in rows[2:] for name, risk in zip(severities, row[1:], strict=True)}


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests of a file, which is not run for it."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[:5] == "test_")


HAZARDS = hazards()
NAMED = [(name, value) for name, fields in HAZARDS.items() for field, value in fields if field == "Test"]
CONTROLS = [(name, value) for name, fields in HAZARDS.items() for field, value in fields if field == "Control"]


@pytest.mark.parametrize("name", HAZARDS)
def test_a_hazard_is_told_in_full(name: str) -> None:
    fields = [field for field, _ in HAZARDS[name]]
    assert list(dict.fromkeys(fields)) == list(FIELDS)
    assert [fields.count(field) for field in ONCE] == [1] * len(ONCE)
    lines = [line for line in LOG.split(f"## {name}\n")[1].split("\n## ")[0].splitlines() if line]
    assert len(lines) == len(fields)


@pytest.mark.parametrize("name", HAZARDS)
def test_the_risk_follows_from_the_table_and_what_is_not_accepted_says_so(name: str) -> None:
    fields = dict(HAZARDS[name])
    assert int(fields["Risk"]) == table()[fields["Likelihood"], fields["Severity"]]
    assert ("NOT ACCEPTED" in fields["Residual"]) is (int(fields["Risk"]) >= 4)


@pytest.mark.parametrize(("name", "value"), NAMED)
def test_every_test_that_is_named_is_there(name: str, value: str) -> None:
    file, _, test = value.strip("`").partition("::")
    assert test in names_in(file)


@pytest.mark.parametrize(("name", "value"), CONTROLS)
def test_every_control_is_in_the_code(name: str, value: str) -> None:
    file = re.match(r"`(skill/[\w/]+\.py)` \w", value)
    assert file is not None
    assert (ROOT / file[1]).is_file()


def test_hazards_are_numbered_in_order() -> None:
    assert [name.split()[0] for name in HAZARDS] == [f"H{number:02}" for number in range(1, len(HAZARDS) + 1)]


def test_the_hazards_that_such_a_skill_must_consider_are_there() -> None:
    told = " ".join(HAZARDS).casefold()
    for hazard in ("wrong answer", "missed emergency", "false alarm", "missed crisis", "dead or wrong", "old fact"):
        assert hazard in told
    for hazard in ("misheard name", "over-trust", "distress", "becomes known", "another country", "forged", "silence"):
        assert hazard in told
