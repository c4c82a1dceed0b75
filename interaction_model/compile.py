"""A Catalogue to the interaction model of a locale: what people say, by the ids that the program knows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from interaction_model.schema import VALUE_LENGTH
from skill.catalogue import Catalogue, Intent
from skill.compose import Composer

INVOCATION_NAME = "cancer guide"
ASKS = 20  # of the ways to ask for an answer, the first ones go into the model; skill.find knows them all

# The ids are those that skill.handlers.go_on understands.
_WHICH = {
    "first": ("first", "one", "number one", "former", "the former", "first one", "first of them"),
    "second": ("second", "two", "number two", "latter", "the latter", "second one", "other", "other one"),
    "third": ("third", "three", "number three", "third one"),
    "last": ("last", "last one", "last of them", "final"),
    "that": ("that", "this", "that one", "this one"),
    "both": ("both", "both of them", "both of those", "either", "either one"),
}
_SLOT = re.compile(r"(\{\w+\})|[^{]+")  # a slot, or what stands between slots
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def compile_model(catalogue: Catalogue, locale: str = "en-US") -> dict[str, Any]:
    """The interaction model of `catalogue`, in the shape of platform rule 5.1; the same for the same content.

    A question or a topic that is listed arrives at the skill with its id, and needs no search. Every locale has the
    same intents, types and ids (5.24); outside the US, words in British spelling stand beside the American ones.
    """
    spelling = Composer(catalogue.spelling)

    def spelled(words: str) -> str:
        return spelling.spelled(words, locale)

    return {
        "interactionModel": {
            "languageModel": {
                "invocationName": INVOCATION_NAME,
                "modelConfiguration": {"fallbackIntentSensitivity": {"level": "MEDIUM"}},
                "intents": [_intent(intent, spelled) for intent in catalogue.intents.values()],
                "types": [
                    {"name": name, "values": values({id: _both(said, spelled) for id, said in words.items()})}
                    for name, words in _vocabulary(catalogue).items()
                ],
            }
        }
    }


def _intent(intent: Intent, spelled: Callable[[str], str]) -> dict[str, Any]:
    slots = [{"name": name, "type": kind} for name, kind in intent.slots.items()]
    samples = _both(intent.samples, lambda sample: _SLOT.sub(lambda part: part[1] or spelled(part[0]), sample))
    return {"name": intent.name, **({"slots": slots} if slots else {}), "samples": samples}


def _both(words: Iterable[str], spelled: Callable[[str], str]) -> list[str]:
    """The words as they stand, then those that a locale spells in another way."""
    words = list(words)
    return list(dict.fromkeys((*words, *map(spelled, words))))


def _vocabulary(catalogue: Catalogue) -> dict[str, Mapping[str, Iterable[str]]]:
    """The words of each custom type: by id, the name first."""
    answers, organizations = catalogue.answers, catalogue.organizations
    return {
        "QUESTION": {id: (*answer.asks[:ASKS], *answer.terms) for id, answer in answers.items()},
        "TOPIC": {id: (answer.name, *answer.terms) for id, answer in answers.items() if id not in organizations},
        "CANCER": {id: cancer.terms for id, cancer in catalogue.cancers.items()},
        "SITE": {id: site.terms for id, site in catalogue.sites.items()},
        "NEED": {id: need.terms for id, need in catalogue.needs.items()},
        "ORGANIZATION": {id: (answer.name, *answer.terms, answer.title) for id, answer in organizations.items()},
        "COUNTRY": catalogue.countries,
        "STATE": {id: (state.name,) for id, state in catalogue.states.items()},
        "WHICH": _WHICH,
    }


def values(words: Mapping[str, Iterable[str]]) -> list[dict[str, Any]]:
    """The values of a custom type, from the words of each id, the name first.

    What two ids claim goes to the first of them, and a name wins over a synonym: Alexa would match either.
    An id that has no words of its own gets no value.
    """
    spoken_words = {id: _spoken_words(said) for id, said in words.items()}
    owners = {said[0]: id for id, said in reversed(spoken_words.items()) if said}
    for id, said in spoken_words.items():
        for word in said:
            owners.setdefault(word, id)
    own = {id: [word for word in said if owners[word] == id] for id, said in spoken_words.items()}
    return [_value(id, said) for id, said in own.items() if said]


def _value(id: str, words: list[str]) -> dict[str, Any]:
    name, *synonyms = words
    return {"id": id, "name": {"value": name, **({"synonyms": synonyms} if synonyms else {})}}


def _spoken_words(said: Iterable[str]) -> list[str]:
    """What can be a value, each once."""
    return [word for word in dict.fromkeys(map(spoken, said)) if 0 < len(word) <= VALUE_LENGTH]


def spoken(text: str) -> str:
    """`text` in the characters that platform rule 5.7 allows: lower-case words, digits spelled out."""
    text = unicodedata.normalize("NFKC", text).lower().replace("&", " and ").replace("’", "'")
    text = re.sub(r"\d", lambda digit: f" {_DIGITS[int(digit.group())]} ", text)
    return " ".join(word for word in re.sub(r"[^\w .'\-]|_", " ", text).split() if _has_letter(word))


def _has_letter(word: str) -> bool:
    return any(letter.isalpha() for letter in word)
