"""What stands on a page: the catalogue's answers in the words, numbers and spelling of the reader's country."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup, escape

from skill.catalogue import Answer, Catalogue, Link, Organization, Source
from skill.codes import code_of
from skill.compose import Composer, Tel, Text, plain
from skill.helping import helpers_for_answer, helpers_for_need
from skill.safeguards import Number, Region
from skill.wording import Wording

HOME = "US"
ELSEWHERE = "other"  # any country that we have no numbers for


@dataclass(frozen=True)
class Place:
    """Where the reader is: the code in the address (`GB`, `other`), its locale, and the numbers there."""

    code: str
    locale: str
    region: Region

    @property
    def country(self) -> str:
        """The country as organizations name it."""
        return self.locale.rpartition("-")[2]


@dataclass(frozen=True)
class Pointer:
    """A page to go to next: its id, what it is called, and whether it is about an organization."""

    id: str
    title: str
    of_organization: bool = False


@dataclass(frozen=True)
class Helper:
    """An organization among those that can help."""

    id: str
    title: str
    organization: Organization


@dataclass(frozen=True)
class Article:
    """An answer as a page shows it. `organization` where it is about one; `ask` is how to ask for it aloud."""

    id: str
    group: str
    title: str
    paragraphs: tuple[Text, ...]
    reviewed: date
    sources: tuple[Source, ...]
    links: tuple[Link, ...] = ()
    next: tuple[Pointer, ...] = ()
    helpers: tuple[Helper, ...] = ()
    ask: str = ""
    code: str = ""
    organization: Organization | None = None

    @property
    def summary(self) -> str:
        """The first paragraph as plain text."""
        return plain(self.paragraphs[0])


class Reader:
    """Makes articles. Holds nothing of a request; many threads may share it."""

    def __init__(self, catalogue: Catalogue, wording: Wording, composer: Composer) -> None:
        self.catalogue = catalogue
        self._wording = wording
        self._composer = composer
        safeguards = catalogue.safeguards
        self.places = {
            code: Place(code, f"en-{code}", region) for code, region in safeguards.regions.items() if code != ELSEWHERE
        } | {ELSEWHERE: Place(ELSEWHERE, "en-ZZ", safeguards.fallback)}

    def place(self, code: str) -> Place:
        """The place with this code: the United States unless said otherwise, elsewhere where we have no numbers."""
        return self.places.get(code or HOME, self.places[ELSEWHERE])

    def spelled(self, text: str, place: Place) -> str:
        """A text as the country spells."""
        return self._composer.spelled(text, place.locale)

    def article(self, id: str, place: Place, cancer: str = "") -> Article:
        """The article of an answer, an organization or a safety answer; raises KeyError where there is none. `cancer`:
        the one that was named beside a place to which it spread."""
        if id in self.catalogue.safeguards.cards:
            return self._safety_article(id, place)
        answer = self.catalogue.answers[id]
        own = answer.organization is not None
        return Article(
            id=id,
            group=answer.group,
            title=self.spelled(answer.title, place),
            paragraphs=self._spelled(self._wording.read_answer(id, place.locale, cancer), place),
            reviewed=answer.reviewed,
            sources=answer.sources,
            links=answer.links,
            next=tuple(self.pointer(other, place) for other in answer.next),
            helpers=() if own else self.helpers(helpers_for_answer(self.catalogue, answer, place.country)),
            ask=self.spelled(answer.asks[0], place),
            code=code_of(id),
            organization=answer.organization,
        )

    def pointer(self, id: str, place: Place) -> Pointer:
        """Where to go for an id."""
        if id in self.catalogue.safeguards.cards:
            return Pointer(id, self.catalogue.safeguards.cards[id].title)
        answer = self.catalogue.answers[id]
        return Pointer(id, self.spelled(answer.title, place), answer.organization is not None)

    def group(self, group: str, place: Place) -> tuple[Pointer, ...]:
        """The pages of a group, by title."""
        ids = [answer.id for answer in self.catalogue.answers.values() if answer.group == group]
        return tuple(sorted((self.pointer(id, place) for id in ids), key=lambda pointer: pointer.title.casefold()))

    def helpers(self, answers: tuple[Answer, ...]) -> tuple[Helper, ...]:
        """Organizations as a page lists them."""
        return tuple(
            Helper(answer.id, answer.title, answer.organization)
            for answer in answers
            if answer.organization is not None
        )

    def for_need(self, need: str, cancer: str, place: Place) -> tuple[Helper, ...]:
        """Who helps with a need, for a cancer (or any), at a place."""
        return self.helpers(helpers_for_need(self.catalogue, need, place.country, cancer or None))

    def safety(self, wording: str, place: Place) -> Text:
        """What is said to an emergency or a crisis, without the question that ends it aloud."""
        return self._spelled((_unasked(self._wording.read_safety(wording, place.locale)),), place)[0]

    def no(self, decline: str, place: Place) -> Text:
        """The honest no."""
        return self._spelled((_unasked(self._wording.read_no(decline, place.locale)),), place)[0]

    def _safety_article(self, id: str, place: Place) -> Article:
        safeguards = self.catalogue.safeguards
        return Article(
            id=id,
            group="about",
            title=safeguards.cards[id].title,
            paragraphs=self._spelled(self._wording.read_card(id, place.locale), place),
            reviewed=place.region.reviewed,
            sources=tuple(Source(source.title, source.publisher, source.url) for source in safeguards.sources),
        )

    def _spelled(self, texts: tuple[Text, ...], place: Place) -> tuple[Text, ...]:
        return tuple(
            tuple(
                self.spelled(piece, place) if isinstance(piece, str) else replace(piece, digit_by_digit=False)
                for piece in text
            )
            for text in texts
        )


def linked(text: Text) -> Markup:
    """A text as HTML, with the numbers in it as links that dial."""
    return Markup("").join(dialled(piece.written) if isinstance(piece, Tel) else escape(piece) for piece in text)


def dialled(written: str) -> Markup:
    """A number as written ("999 or 112", "text SHOUT to 85258") with its digits as links that dial, or write a text."""
    parts = re.split(r"(\d[\d -]+\d)", written)
    if len(parts) == 3 and (keyword := re.fullmatch(r"text (?:(\w+) to )?", parts[0])) and not parts[2]:
        body = f"?body={keyword[1]}" if keyword[1] else ""
        return Markup('{}<a class="tel" href="sms:{}{}">{}</a>').format(parts[0], _digits(parts[1]), body, parts[1])
    return Markup("").join(
        Markup('<a class="tel" href="tel:{}">{}</a>').format(_digits(part), part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def numbers(number: Number) -> tuple[tuple[str, str], ...]:
    """The numbers in a line of a region that can be dialled: as written, and as a tel: address."""
    return tuple((found, f"tel:{_digits(found)}") for found in re.findall(r"\d[\d -]+\d", number.written))


def telephone(written: str) -> str:
    """The tel: address of a telephone number."""
    return f"tel:{_digits(written)}"


def _digits(written: str) -> str:
    return re.sub(r"[^\d+]", "", written)


def _unasked(text: Text) -> Text:
    """A text without the question at its end: on a page, nobody waits for the answer to it."""
    last = text[-1]
    if not isinstance(last, str) or not last.endswith("?"):
        return text
    kept = re.sub(r"(^|(?<=[.!])) *[^.!?]+\?$", "", last)
    return (*text[:-1], kept) if kept else text[:-1]
