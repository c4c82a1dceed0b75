"""For editors: python -m skill.content check says what is wrong, report what there is."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from statistics import median

from skill.catalogue import Answer, Catalogue
from skill.content.rules import MEDIAN_GRADE, faults, grade, texts, words
from skill.loading import ContentError, load


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; gives 0, or 1 where the content has faults."""
    parser = argparse.ArgumentParser(prog="python -m skill.content", description=__doc__)
    parser.add_argument("command", choices=("check", "report"))
    options = parser.parse_args(arguments)
    try:
        catalogue = load()
    except ContentError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    today = datetime.now(UTC).date()
    return _check(catalogue, today) if options.command == "check" else _report(catalogue, today)


def _check(catalogue: Catalogue, today: date) -> int:
    found = faults(catalogue, today)
    middle = median(grades(list(catalogue.answers.values())))
    if middle > MEDIAN_GRADE:
        found.append(f"the median reading grade is {middle:.1f}, at most {MEDIAN_GRADE:g}")
    sys.stdout.write("\n".join([*found, f"{len(catalogue.answers)} answers, {len(found)} faults"]) + "\n")
    return 1 if found else 0


def _report(catalogue: Catalogue, today: date) -> int:
    """A table by group: answers, asks, words, grade, oldest review, faults."""
    found = faults(catalogue, today)
    groups: dict[str, list[Answer]] = {}
    for answer in catalogue.answers.values():
        groups.setdefault(answer.group, []).append(answer)
    groups["all"] = list(catalogue.answers.values())
    head = f"{'group':<28}{'answers':>8}{'asks':>7}{'words':>7}{'grade':>7}{'worst':>7}  {'oldest':<12}{'faults':>6}"
    lines = [head]
    for group, answers in groups.items():
        counts = [len(words(text)) for answer in answers for text in texts(answer).values()]
        reading = grades(answers)
        ids = {answer.id for answer in answers}
        bad = sum(fault.partition(":")[0] in ids for fault in found)
        lines.append(
            f"{group:<28}{len(answers):>8}{sum(len(answer.asks) for answer in answers):>7}"
            f"{median(counts):>7.0f}{median(reading):>7.1f}{max(reading):>7.1f}"
            f"  {min(answer.reviewed for answer in answers)!s:<12}{bad:>6}"
        )
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def grades(answers: list[Answer]) -> list[float]:
    """The reading grade of every text of `answers`."""
    return [grade(text) for answer in answers for text in texts(answer).values()]


if __name__ == "__main__":
    sys.exit(main())
