"""The rules for what is said, as far as a program can hold them. Faults are sentences for an editor."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache

import pyphen

from skill.catalogue import Answer, Catalogue

WORDS = 60
WORDS_IN_A_SENTENCE = 20
GRADE = 9.0
MEDIAN_GRADE = 6.0
ASKS, ASKS_FOR_AN_ORGANIZATION = 40, 20
ASKS_IN_THE_MODEL = 20
REVIEWED_WITHIN = timedelta(days=365)
PLACEHOLDERS = frozenset({"emergency", "crisis", "phone", "text"})

_WAR = r"battl\w*|fight\w*|losing|lost (?:his|her|the) |brave|warriors?|survivors?"
_PROMISES = r"miracle|guarantee\w*|you should (?:stop|take)|stop taking|will be fine|donat\w*|buy"
_NOT_SPOKEN = re.compile(r"https?:|www\.|\.org\b|\.com\b|[*_#|<>\[\]()\"“”]|\d{4,}|\d[\d-]{5,}\d")
_HYPHENS = pyphen.Pyphen(lang="en_US")


def words(text: str) -> list[str]:
    """The words of a text, numbers and placeholders included."""
    return re.findall(r"[A-Za-z0-9'’{}-]+", text)


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [sentence for sentence in re.split(r"(?<=[.?!])\s+", text.strip()) if words(sentence)]


def grade(text: str) -> float:
    """The Flesch-Kincaid reading grade of a text (US school years); placeholders count as one short word."""
    spoken = re.sub(r"\{\w+\}", "help", text)
    said, count = words(spoken), len(sentences(spoken))
    syllables = sum(_syllables(word) for word in said)
    return 0.39 * len(said) / count + 11.8 * syllables / len(said) - 15.59


@lru_cache(maxsize=20_000)
def _syllables(word: str) -> int:
    letters = re.sub(r"[^a-z]", "", word.lower())
    return max(1, len(_HYPHENS.inserted(letters).split("-")))


def faults(catalogue: Catalogue, today: date) -> list[str]:
    """Every fault of every answer, each naming the answer, the key and the offending text."""
    found = [
        f"{answer.id}: {fault}"
        for answer in catalogue.answers.values()
        for rule in RULES
        for fault in rule(answer, today)
    ]
    for decline in catalogue.declines.values():
        found += [f"declines {decline.id}: {fault}" for fault in _said("say", decline.say)]
    for cancer in catalogue.cancers.values():
        found += [f"cancers {cancer.id}: {fault}" for fault in _said("say", cancer.say or "No entry.")]
    return found


def texts(answer: Answer) -> dict[str, str]:
    """What an answer says, by key."""
    said = {"say": answer.say, "more": answer.more}
    if answer.elsewhere is not None:
        said |= {"elsewhere.say": answer.elsewhere.say, "elsewhere.more": answer.elsewhere.more}
    return said


def _spoken(answer: Answer, _: date) -> Iterator[str]:
    for key, text in texts(answer).items():
        yield from _said(key, text)
        if text.rstrip().endswith("?"):
            yield f"{key} ends with a question; the program adds the offer"


def _said(key: str, text: str) -> Iterator[str]:
    count = len(words(text))
    if count > WORDS:
        yield f"{key} has {count} words, at most {WORDS}"
    for sentence in sentences(text):
        if len(words(sentence)) > WORDS_IN_A_SENTENCE:
            yield f"{key} has a sentence of {len(words(sentence))} words: {sentence}"
    if (reading := grade(text)) > GRADE:
        yield f"{key} reads at grade {reading:.1f}, at most {GRADE:g}"
    for found in _NOT_SPOKEN.findall(text):
        yield f"{key} holds {found!r}, which cannot be spoken"
    for found in re.findall(rf"(?i)\b(?:{_WAR}|{_PROMISES})", text):
        yield f"{key} says {found!r}"
    for name in re.findall(r"\{(\w+)\}", text):
        if name not in PLACEHOLDERS:
            yield f"{key} holds {{{name}}}, which nothing fills in"


def _numbers(answer: Answer, _: date) -> Iterator[str]:
    organization = answer.organization
    for key, text in texts(answer).items():
        if "{phone}" in text and (organization is None or organization.phone is None):
            yield f"{key} says {{phone}}, and there is no phone"
        if "{text}" in text and (organization is None or organization.text is None):
            yield f"{key} says {{text}}, and there is no text line"


def _pages(answer: Answer, _: date) -> Iterator[str]:
    for link in answer.links:
        if len(link.url) > 90 or "?" in link.url or " " in link.url:
            yield f"the link {link.url} is not short and plain"
    for source in answer.sources:
        if not (source.title and source.publisher):
            yield f"the source {source.url} needs a title and a publisher"


def _fresh(answer: Answer, today: date) -> Iterator[str]:
    if not today - REVIEWED_WITHIN <= answer.reviewed <= today:
        yield f"reviewed on {answer.reviewed}: that is over a year ago, or in the future"


def _leads_on(answer: Answer, _: date) -> Iterator[str]:
    if not 2 <= len(answer.next) <= 4:
        yield f"next names {len(answer.next)} answers, from 2 to 4"
    if not answer.help and answer.organization is None and answer.group != "about":
        yield "help names nobody"


def _asked(answer: Answer, _: date) -> Iterator[str]:
    least = ASKS_FOR_AN_ORGANIZATION if answer.organization else ASKS
    if len(answer.asks) < least:
        yield f"{len(answer.asks)} asks, at least {least}"
    if len(set(answer.asks)) < len(answer.asks):
        yield "an ask stands twice"
    for place, ask in enumerate(answer.asks):
        if not re.fullmatch(r"[a-z][a-z .'-]*", ask) or len(ask) > (80 if place < ASKS_IN_THE_MODEL else 140):
            yield f"the ask {ask!r} is not as speech recognition writes it, or too long"
    for term in answer.terms:
        if not re.fullmatch(r"[a-z][a-z .'-]*", term):
            yield f"the term {term!r} is not as speech recognition writes it"


RULES: tuple[Callable[[Answer, date], Iterator[str]], ...] = (
    _spoken,
    _numbers,
    _pages,
    _fresh,
    _leads_on,
    _asked,
)
