"""What the program knows, as frozen and typed objects: made once at start, changed by nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from functools import cached_property
from typing import Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from skill.safeguards import Safeguards

_STRICT = ConfigDict(extra="forbid", str_strip_whitespace=True)
Country = str  # two capital letters, as in a locale: US, GB
Status = Literal["active", "merged", "closed", "unknown"]


@dataclass(frozen=True, config=_STRICT)
class Link:
    """A page worth opening: `text` says what it is, `url` is https."""

    text: str
    url: str


@dataclass(frozen=True, config=_STRICT)
class Source:
    """Where the facts of an answer can be read."""

    title: str
    publisher: str
    url: str


@dataclass(frozen=True, config=_STRICT)
class Phone:
    """A telephone of an organization, with its hours in spoken form and where the number was read."""

    number: str
    evidence: str
    letters: str | None = None
    hours: str | None = None


@dataclass(frozen=True, config=_STRICT)
class TextLine:
    """A text or chat line, in a short spoken form ("text 988")."""

    how: str


@dataclass(frozen=True, config=_STRICT)
class Organization:
    """Who can help: with what (tags of needs.toml), where, with which cancers, whom, and how to reach them."""

    status: Status
    website: str
    services: tuple[str, ...]
    countries: tuple[Country, ...]
    cancers: tuple[str, ...]
    people: tuple[str, ...]
    languages: tuple[str, ...]
    phone: Phone | None = None
    text: TextLine | None = None

    @property
    def reachable(self) -> bool:
        """Whether people can be sent there today."""
        return self.status != "closed" and bool(self.website or self.phone)


@dataclass(frozen=True, config=_STRICT)
class Telling:
    """What is said instead where an answer is American and the person is not."""

    say: str
    more: str


@dataclass(frozen=True, config=_STRICT)
class Answer:
    """One answer: what is said, what is said next, who can help, where it comes from, and how people ask for it."""

    id: str
    group: str
    title: str
    name: str
    terms: tuple[str, ...]
    say: str
    more: str
    next: tuple[str, ...]
    help: tuple[str, ...]
    reviewed: date
    links: tuple[Link, ...]
    sources: tuple[Source, ...]
    asks: tuple[str, ...]
    elsewhere: Telling | None = None
    organization: Organization | None = None

    def telling(self, country: Country) -> Telling:
        """What is said in `country`."""
        if self.elsewhere is not None and country != "US":
            return self.elsewhere
        return Telling(self.say, self.more)


@dataclass(frozen=True, config=_STRICT)
class Cancer:
    """A value of the slot CANCER: either it has an answer of its own, or `say` tells honestly what differs."""

    id: str
    name: str
    terms: tuple[str, ...]
    answer: str | None = None
    say: str | None = None
    help: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, config=_STRICT)
class Site:
    """A value of the slot SITE: a place that a cancer spreads to. `says_it_keeps_its_name`: whether the first sentence
    of its answer tells that the cancer keeps its name, which need not be said twice."""

    id: str
    name: str
    answer: str
    terms: tuple[str, ...]
    says_it_keeps_its_name: bool = False


@dataclass(frozen=True, config=_STRICT)
class Need:
    """A value of the slot NEED: what an organization can help with, and the answer about it."""

    id: str
    name: str
    answer: str
    terms: tuple[str, ...]


@dataclass(frozen=True, config=_STRICT)
class Center:
    """A cancer center that treats patients."""

    name: str
    city: str
    url: str


@dataclass(frozen=True, config=_STRICT)
class State:
    """A US state: its cancer centers, and the states to look in when it has none."""

    id: str
    name: str
    neighbors: tuple[str, ...]
    centers: tuple[Center, ...]


@dataclass(frozen=True, config=_STRICT)
class Decline:
    """Something people ask that is not ours to answer: how it is asked, and the kind sentence that says no."""

    id: str
    asks: tuple[str, ...]
    say: str
    next: tuple[str, ...] = ()


@dataclass(frozen=True, config=_STRICT)
class Intent:
    """An intent of the interaction model: its slots (name → type) and its samples, the plainest first."""

    name: str
    samples: tuple[str, ...] = ()
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, config=_STRICT)
class Words:
    """Words that mean the same to the finder: `same` (a word and what it is read as), `fold` (one word for many),
    `hard` (words that are misheard), `heard` (what they were heard as), `pointing` (words that point back to what was
    said before)."""

    same: Mapping[str, str]
    fold: Mapping[str, tuple[str, ...]]
    hard: tuple[str, ...]
    heard: Mapping[str, str]
    pointing: tuple[str, ...]


@dataclass(frozen=True, config=_STRICT)
class Phrases:
    """Every fixed sentence that the skill says; what stands in braces is filled in by skill.wording."""

    welcome: str
    welcome_back: str
    welcome_reprompt: str
    help: str
    help_reprompt: str
    goodbye: str
    thanks: str
    anything: str
    anything_reprompt: str
    way_back: str
    offer_more: str
    offer_help: str
    offer_next: str
    offer_number: str
    offer_again: str
    offer_reprompt: str
    choice: str
    choice_reprompt: str
    support_none: str
    support_one: str
    support_many: str
    support_question: str
    support_closing: str
    support_reprompt: str
    screen_more: str
    screen_helpers: str
    screen_number: str
    screen_next: str
    screen_hint: str
    screen_hint_more: str
    screen_hint_helpers: str
    screen_hint_number: str
    screen_hint_answer: str
    screen_hint_again: str
    screen_hint_choose: str
    screen_alarm: str
    screen_choice: str
    crisis_no: str
    for_need: str
    for_that: str
    number: str
    number_none: str
    number_elsewhere: str
    no_number: str
    no_website: str
    source: str
    source_none: str
    card: str
    card_none: str
    slower: str
    normal: str
    nothing_to_repeat: str
    nothing_more: str
    nothing_before: str
    nothing_after: str
    nothing_offered: str
    all_right: str
    composed: str
    not_found: str
    lost_once: str
    lost_twice: str
    lost_thrice: str
    trouble: str
    center_list: str
    center_none: str
    disclaimer: str


@dataclass(frozen=True)
class Catalogue:
    """Everything, by id. `skill.loading.load` makes it and has cross-checked it."""

    answers: Mapping[str, Answer]
    cancers: Mapping[str, Cancer]
    sites: Mapping[str, Site]
    needs: Mapping[str, Need]
    states: Mapping[str, State]
    declines: Mapping[str, Decline]
    intents: Mapping[str, Intent]
    helplines: Mapping[Country, str]
    countries: Mapping[Country, tuple[str, ...]]
    spelling: Mapping[str, str]
    words: Words
    phrases: Phrases
    safeguards: Safeguards

    @cached_property
    def organizations(self) -> Mapping[str, Answer]:
        """The answers that are about an organization."""
        return {id: answer for id, answer in self.answers.items() if answer.organization is not None}

    def helpline(self, locale: str) -> Answer | None:
        """The organization to turn to first in the country of a locale such as en-GB; None where we know of none."""
        organization = self.helplines.get(country_of(locale))
        return self.answers[organization] if organization else None


def country_of(locale: str) -> Country:
    """The country of a locale: GB for en-GB."""
    return locale.rpartition("-")[2].upper()
