"""What is shown: the screen of each kind of reply, made from the catalogue. Everything on it can be said as well."""

from __future__ import annotations

import re
from collections.abc import Iterable

from skill.catalogue import Answer, Catalogue, Organization, Source
from skill.compose import Text, plain
from skill.heard import Heard
from skill.helping import helpers_for_answer
from skill.safeguards import Number, Region
from skill.screen import Call, Row, Screen
from skill.session import Said

NOT_SHOWN = frozenset({"being_harmed"})  # texts that nobody else in the room should read
CALLS_AT_MOST = 2


class Showing:
    """Makes screens. The words on them are those that are said, without the question that follows."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._phrases = catalogue.phrases
        self._hints = {
            "more": self._phrases.screen_hint_more,
            "helpers": self._phrases.screen_hint_helpers,
            "number": self._phrases.screen_hint_number,
            "answer": self._phrases.screen_hint_answer,
        }

    def answer(self, heard: Heard, words: Text, answer: Answer, offer: Said | None) -> Screen:
        """An answer, or an organization with its number: what was offered first, then who can help."""
        helpers = () if answer.organization else helpers_for_answer(self._catalogue, answer, heard.country)
        offered = self._offered(offer)
        rows = offered if offer is not None and offer.kind == "helpers" else (*offered, *self._helpers(helpers, heard))
        return Screen(
            title=answer.title,
            text=plain(words),
            rows=rows,
            calls=self._own_call(answer, heard),
            source=self._sources(answer.sources, f"Reviewed {answer.reviewed:%B %Y}."),
            hint=self._hint(heard, self._hints.get(offer.kind) if offer else None),
        )

    def cancer(
        self, heard: Heard, words: Text, name: str, helpers: Iterable[Answer], sources: Iterable[Source]
    ) -> Screen:
        """A cancer that has no answer of its own."""
        rows, source = self._helpers(helpers, heard), self._sources(sources)
        return Screen(name.capitalize(), plain(words), rows, source=source, hint=self._hint(heard))

    def helpers(self, heard: Heard, words: Text, title: str, helpers: Iterable[Answer]) -> Screen:
        """Organizations to choose from."""
        rows = self._helpers(helpers, heard)
        hint = self._hint(heard, self._phrases.screen_hint_choose)
        return Screen(title, plain(words), rows, source=self._phrases.disclaimer, hint=hint)

    def choice(self, heard: Heard, words: Text, choices: Iterable[str]) -> Screen:
        """Two answers, of which one was meant."""
        rows = tuple(Row("answer", id, self._title(id)) for id in choices)
        return Screen(self._phrases.screen_choice, plain(words), rows, hint=self._phrases.screen_hint_choose)

    def told(self, heard: Heard, words: Text, answer: Answer) -> Screen:
        """Words about an answer that was given: where it comes from."""
        return Screen(answer.title, plain(words), self._offered(Said("more", (answer.id,))), hint=self._hint(heard))

    def alarm(
        self, heard: Heard, words: Text, title: str, wording: str, template: str, region: Region
    ) -> Screen | None:
        """An emergency or a crisis: the numbers to call, large, in the order in which they are said. Nothing at all
        where others in the room should not read it."""
        if wording in NOT_SHOWN:
            return None
        named = dict.fromkeys(re.findall(r"\{(\w+)\}", template))
        calls = tuple(_call(getattr(region, name)) for name in named)
        hint = self._hint(heard, self._phrases.screen_hint_again)
        return Screen(title, plain(words), calls=calls[:CALLS_AT_MOST], hint=hint)

    # -- pieces -----------------------------------------------------------------------------------

    def _offered(self, offer: Said | None) -> tuple[Row, ...]:
        """What was offered, as the row that does the same as a yes."""
        match offer:
            case Said("more", (id,)):
                return (Row("more", id, self._phrases.screen_more),)
            case Said("helpers", (id,)):
                return (Row("helpers", id, self._phrases.screen_helpers),)
            case Said("number", (id, *_)) if self._has_phone(id):
                return (Row("number", id, self._phrases.screen_number),)
            case Said("answer", (id, *_)):
                return (Row("answer", id, self._title(id), self._phrases.screen_next),)
        return ()

    def _has_phone(self, id: str) -> bool:
        organization = self._catalogue.answers[id].organization
        return organization is not None and organization.phone is not None

    def _helpers(self, helpers: Iterable[Answer], heard: Heard) -> tuple[Row, ...]:
        return tuple(
            Row("answer", helper.id, helper.title, _reached_at(helper.organization, heard.country))
            for helper in helpers
            if helper.organization is not None
        )

    def _own_call(self, answer: Answer, heard: Heard) -> tuple[Call, ...]:
        if answer.organization is None or not (reached := _reached_at(answer.organization, heard.country)):
            return ()
        return (Call(reached),)  # whose it is, the title says

    def _title(self, id: str) -> str:
        cards = self._catalogue.safeguards.cards
        return cards[id].title if id in cards else self._catalogue.answers[id].title

    def _sources(self, sources: Iterable[Source], reviewed: str = "") -> str:
        publishers = "; ".join(dict.fromkeys(source.publisher for source in sources))
        parts = (f"Sources: {publishers}." if publishers else "", reviewed, self._phrases.disclaimer)
        return " ".join(part for part in parts if part)

    def _hint(self, heard: Heard, hint: str | None = None) -> str:
        """What to say next; after a one-shot question, how to come back."""
        return self._phrases.way_back if heard.one_shot else hint or self._phrases.screen_hint


def _reached_at(organization: Organization, country: str) -> str:
    """The telephone, where it can be called from; else the website, without what nobody says of it."""
    if organization.phone is not None and country in organization.countries:
        return organization.phone.number
    return re.sub(r"^https://(www\.)?|/.*$", "", organization.website)


def _call(number: Number) -> Call:
    return Call(number.written[:1].upper() + number.written[1:], number.name)
