"""Utterance → intent and slots, from the compiled interaction model, as near to Alexa as can be had offline.

Exact samples win; then samples whose slots hold values that are listed; then the open question. Words of which the
model knows none are noise and go to the fallback intent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# What people say to built-in intents: Alexa brings these words along, the model does not list them.
_BUILT_IN = {
    "AMAZON.HelpIntent": "help|help me|can you help me|i need help|help please",
    "AMAZON.StopIntent": "stop|off|shut up|quiet|stop it|please stop",
    "AMAZON.CancelIntent": "cancel|never mind|nevermind|forget it|cancel that",
    "AMAZON.NavigateHomeIntent": "go home|home|home screen|go to the home screen",
    "AMAZON.YesIntent": "yes|yeah|yep|yup|yes please|sure|okay|ok|please|please do|of course|alright|go ahead|i would",
    "AMAZON.NoIntent": "no|nope|no thanks|no thank you|nah|not now|not really",
    "AMAZON.RepeatIntent": "repeat|repeat that|say that again|say it again|again|what did you say|come again|pardon"
    "|can you repeat that|please repeat|repeat please|could you say that again",
    "AMAZON.NextIntent": "next|skip|skip that|skip it|next one",
    "AMAZON.PreviousIntent": "previous|back|go back|the previous one|the one before",
    "AMAZON.StartOverIntent": "start over|restart|start again|begin again",
}
_ENDED = {"exit", "quit"}  # these never reach the skill: Alexa ends the session [1.17]
_LAUNCH = re.compile(
    r"^(?:alexa )?(?:open|start|launch|begin|run|use|load|enable|resume|talk to|speak to) (?:the )?{name}(?: skill)?$"
)
_ONE_SHOT = re.compile(
    r"^(?:alexa )?(?:ask|tell|open|start|use|talk to|search) (?:the )?{name}(?:,)? "
    r"(?:(?:for|about|to|and ask|and|if|whether|that) )?(.+)$"
)


@dataclass(frozen=True)
class FilledSlot:
    """A slot as Alexa fills it: the words, the type, and the value they were matched to, if any."""

    value: str
    type: str
    id: str = ""
    name: str = ""


@dataclass(frozen=True)
class Understood:
    """What an utterance was taken for: a launch, an intent with slots, or the end of the session."""

    kind: str  # launch, intent, end
    intent: str = ""
    slots: Mapping[str, FilledSlot] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    one_shot: bool = False
    why: str = field(default="", compare=False)  # which rule decided, for people who read along


class Understanding:
    """Reads utterances with a compiled interaction model."""

    def __init__(self, model: Mapping[str, Any]) -> None:
        language = model["interactionModel"]["languageModel"]
        name = re.escape(language["invocationName"])
        self._launch = re.compile(_LAUNCH.pattern.replace("{name}", name))
        self._one_shot = re.compile(_ONE_SHOT.pattern.replace("{name}", name))
        self._values = {kind["name"]: _by_words(kind) for kind in language["types"]}
        self._slots = {
            intent["name"]: {slot["name"]: slot["type"] for slot in intent.get("slots", ())}
            for intent in language["intents"]
        }
        self._exact = {spoken(said): intent for intent, words in _BUILT_IN.items() for said in words.split("|")}
        self._patterns: list[tuple[int, str, re.Pattern[str]]] = []
        for intent in language["intents"]:
            for sample in intent.get("samples", ()):
                if "{" in sample:
                    self._patterns.append((_fixed(sample), intent["name"], _pattern(sample)))
                else:
                    self._exact.setdefault(spoken(sample), intent["name"])
        self._patterns.sort(key=lambda entry: -entry[0])
        self._known = frozenset(self._vocabulary(language))

    def understand(self, utterance: str) -> Understood:
        """What Alexa would make of `utterance`."""
        said = spoken(utterance)
        if self._launch.match(said) or said in ("cancer guide", "alexa cancer guide"):
            return Understood("launch")
        asked = self._one_shot.match(said)
        if asked:
            return self._intent(asked[1], one_shot=True)
        said = said.removeprefix("alexa ")
        if said in _ENDED:
            return Understood("end")
        return self._intent(said, one_shot=False)

    def _intent(self, said: str, one_shot: bool) -> Understood:
        if said in self._exact:
            return self._filled(self._exact[said], {}, one_shot, "these very words belong to the intent")
        if not self._known.intersection(said.split()):
            return self._filled("AMAZON.FallbackIntent", {}, one_shot, "the model knows none of the words")
        for _, intent, pattern in self._patterns:
            found = pattern.fullmatch(said)
            slots = self._resolve(intent, found.groupdict()) if found else None
            if slots is not None:
                return self._filled(intent, slots, one_shot, "a sample fits, and its slots hold listed values")
        question = FilledSlot(said, self._slots["AskIntent"]["question"])
        return self._filled("AskIntent", {"question": question}, one_shot, "no sample fits: an open question")

    def _resolve(self, intent: str, words: Mapping[str, str]) -> dict[str, FilledSlot] | None:
        """The slots where every one of them holds a listed value; else None."""
        slots = {}
        for name, value in words.items():
            kind = self._slots[intent][name]
            listed = self._values.get(kind, {}).get(value.strip())
            if listed is None:
                return None
            slots[name] = FilledSlot(value.strip(), kind, *listed)
        return slots

    def _filled(self, intent: str, slots: Mapping[str, FilledSlot], one_shot: bool, why: str) -> Understood:
        empty = tuple(name for name in self._slots.get(intent, {}) if name not in slots)
        return Understood("intent", intent, slots, empty, one_shot, why)

    def _vocabulary(self, language: Mapping[str, Any]) -> Iterator[str]:
        for intent in language["intents"]:
            for sample in intent.get("samples", ()):
                yield from spoken(re.sub(r"\{\w+\}", " ", sample)).split()
        for values in self._values.values():
            for value in values:
                yield from value.split()


def spoken(text: str) -> str:
    """Text as speech recognition writes it: lower case, no punctuation but apostrophes and hyphens."""
    text = text.lower().replace("’", "'")
    return " ".join(re.sub(r"[^\w' -]", " ", text).split())


def _by_words(kind: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    values: dict[str, tuple[str, str]] = {}
    for value in kind["values"]:
        name = value["name"]
        for words in (name["value"], *name.get("synonyms", ())):
            values.setdefault(spoken(words), (value.get("id", ""), name["value"]))
    return values


def _fixed(sample: str) -> int:
    """How many letters of a sample are no slot: the more, the surer a match."""
    return len(re.sub(r"\{\w+\}", "", sample))


def _pattern(sample: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", sample)
    said = [f"(?P<{part}>.+)" if place % 2 else re.escape(spoken(part)) for place, part in enumerate(parts)]
    return re.compile(r"\s?".join(piece for piece in said if piece))
