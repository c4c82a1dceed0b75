"""An evaluation as one page to look at: rates, reliability, confusions, and every miss with its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from skill.catalogue import Catalogue
from skill.pages.groups import GROUPS
from skill.simulator import evaluate, explain
from skill.simulator.evaluate import OUTCOMES, Judged

CONFUSIONS = 20  # the most frequent ones


def grouped(catalogue: Catalogue) -> Callable[[Judged], str]:
    """Names the group of answers that a question asks for; of one that asks for none of ours, its kind."""

    def group(judged: Judged) -> str:
        answers = [catalogue.answers[id] for id in judged.question["accept"] if id in catalogue.answers]
        return GROUPS[answers[0].group] if answers else judged.kind

    return group


def page(judged: Sequence[Judged], group: Callable[[Judged], str], name: str) -> str:
    """The page; it asks for nothing else, so that it can be sent to somebody as it is."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    misses = [each for each in judged if each.missed]
    return templates.get_template("report.html").render(
        name=name,
        asked=len(judged),
        outcomes=OUTCOMES,
        kinds=evaluate.counts_by(judged, lambda each: each.kind),
        groups=evaluate.counts_by(judged, group),
        steps=evaluate.reliability(judged),
        confusions=Counter((each.wanted, each.got) for each in misses).most_common(CONFUSIONS),
        misses=[(each, explain.written(each.explained)) for each in misses],
    )
