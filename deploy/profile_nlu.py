"""Asks Amazon's own language model what it makes of each utterance in tests/nlu/en-US.json (platform rule 5.27).

Needs the ASK CLI 2, signed in, and a skill whose model was built: python deploy/profile_nlu.py amzn1.ask.skill.…
Prints what was understood in another way, and ends with 1 where anything was.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

EXPECTED = Path(__file__).parents[1] / "tests" / "nlu"
Profile = Callable[[str], Mapping[str, Any]]


def mistakes(expected: Sequence[Mapping[str, Any]], profile: Profile) -> Iterator[str]:
    """A sentence for each utterance that `profile` takes for another intent, or with other values in its slots.

    A slot whose id is empty must be filled, whatever its value: what is not listed arrives as words.
    """
    for one in expected:
        chosen = profile(one["utterance"]).get("selectedIntent") or {}
        heard = {name: _id(slot) for name, slot in (chosen.get("slots") or {}).items() if slot.get("value")}
        if chosen.get("name") != one["intent"]:
            yield f"{one['utterance']!r}: {chosen.get('name', 'nothing')}, not {one['intent']}"
            continue
        for name, id in one["slots"].items():
            if name not in heard or (id and heard[name] != id):
                yield f"{one['utterance']!r}: {name} is {heard.get(name, 'empty')!r}, not {id!r}"


def _id(slot: Mapping[str, Any]) -> str:
    """The id of the value that a slot was matched to. A request holds it under `value`, a profile may not."""
    for authority in (slot.get("resolutions") or {}).get("resolutionsPerAuthority") or ():
        for entry in authority.get("values") or ():
            return str(entry.get("value", entry).get("id", ""))
    return ""


def ask_cli(skill_id: str, locale: str) -> Profile:
    """A profile from Amazon, by way of the ASK CLI."""

    def profile(utterance: str) -> Mapping[str, Any]:
        command = ["ask", "smapi", "profile-nlu", "-s", skill_id, "-g", "development", "-l", locale]
        answered = subprocess.run(  # noqa: S603 - the words are our own file's, and no shell reads them
            [*command, "--utterance", utterance], check=True, capture_output=True, text=True, timeout=60
        )
        profiled: Mapping[str, Any] = json.loads(answered.stdout)
        return profiled

    return profile


def main(skill_id: str, locale: str = "en-US") -> int:
    """Profiles every utterance of a locale."""
    expected = json.loads((EXPECTED / f"{locale}.json").read_text(encoding="utf-8"))
    wrong = list(mistakes(expected, ask_cli(skill_id, locale)))
    print(*wrong, f"{len(expected)} utterances, {len(wrong)} mistakes", sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python deploy/profile_nlu.py <skill id>")
    sys.exit(main(sys.argv[1]))
