"""What Amazon refuses in an interaction model, or takes and then misunderstands: platform rules 5.1 to 5.26.

Left out is what a model alone cannot show: 5.5, 5.14, 5.15 and 5.22 are about the code and the live service,
5.24 compares locales, 5.26 is about what a request brings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from interaction_model.invocation import invocation_faults
from interaction_model.schema import VALUE_LENGTH, Intent, InteractionModel, SlotType, Value, read, written

# Caps of our own, all below Amazon's, of which some are recalled and were not read.
INTENTS = 60  # Amazon: 250
SAMPLE_LENGTH = 150  # Amazon, recalled: 200
# Every answer brings up to 20 ways to ask and its terms: with the other types, some 9,700 words. A cautious 5,000
# would cost people ways to ask; 12,000 is a fourth of Amazon's 50,000, and 1 MB two thirds of its recalled 1.5 MB.
VALUES = 12_000
BYTES = 1_000_000

REQUIRED = {f"AMAZON.{name}Intent" for name in ("Help", "Stop", "Cancel", "Fallback", "NavigateHome")}
BUILT_IN_INTENTS = REQUIRED | {
    f"AMAZON.{name}Intent"
    for name in (
        "Yes", "No", "Repeat", "Next", "Previous", "StartOver", "Select", "More", "Pause", "Resume", "LoopOn",
        "LoopOff", "ShuffleOn", "ShuffleOff", "PageUp", "PageDown", "ScrollUp", "ScrollDown", "ScrollLeft",
        "ScrollRight", "NavigateSettings",
    )
}  # fmt: skip
SEARCH = "AMAZON.SearchQuery"
# What a skill like this has a use for; another is added once it was looked up in Amazon's slot type reference.
BUILT_IN_TYPES = {SEARCH} | {
    f"AMAZON.{name}"
    for name in (
        "NUMBER", "Ordinal", "DATE", "TIME", "DURATION", "FOUR_DIGIT_NUMBER", "PhoneNumber", "US_STATE", "US_CITY",
        "City", "Region", "Country", "Language", "FirstName",
    )
}  # fmt: skip
LOCALES = {
    "ar-SA", "de-DE", "en-AU", "en-CA", "en-GB", "en-IN", "en-US", "es-ES", "es-MX", "es-US", "fr-CA", "fr-FR",
    "hi-IN", "it-IT", "ja-JP", "nl-NL", "pt-BR",
}  # fmt: skip

_NAME = re.compile(r"[A-Za-z][A-Za-z_]*")
_SLOT = re.compile(r"\{([^{}]*)\}")
_GLUED = re.compile(r"[^ ]\{|\}[^ ]")
_SPOKEN = re.compile(r"(?:[^\W\d]|[ .'\-])*")  # letters, underscores, spaces, and what stands inside words


def faults(model: dict[str, Any], locale: str = "en-US") -> list[str]:
    """Every fault of the model of a locale, a sentence each that names the rule; no fault, an empty list.

    A model that has not the shape of rule 5.1 is judged by that rule alone: the others cannot read it.
    """
    text = written(model)
    try:
        parsed = read(text)
    except ValidationError as error:
        return [_shape_fault(dict(detail)) for detail in error.errors()]
    return [
        *_locale_faults(parsed, locale),
        *_size_faults(text),
        *(fault for rule in _RULES for fault in rule(parsed)),
    ]


def _shape_fault(detail: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in detail["loc"]) or "the whole"
    plain = {"unexpected_keyword_argument": "this key is not known", "missing": "the key is missing"}
    return f"5.1 {key}: {plain.get(detail['type'], detail['msg'])} ({str(detail['input'])[:60]!r})."


def _locale_faults(model: InteractionModel, locale: str) -> Iterator[str]:
    if locale not in LOCALES:
        yield f"5.23 {locale!r} is not a locale of Alexa."
    if model.language_model.model_configuration and not (locale.startswith("en-") or locale == "de-DE"):
        yield f"5.21 modelConfiguration: fallbackIntentSensitivity is refused in {locale}."


def _size_faults(text: str) -> Iterator[str]:
    size = len(text.encode())
    if size > BYTES:
        yield f"5.4 The model has {size:,} bytes, more than {BYTES:,}."


def _count_faults(model: InteractionModel) -> Iterator[str]:
    intents = len(model.language_model.intents)
    words = sum(len(value.words) for kind in model.language_model.types for value in _values(kind))
    if intents > INTENTS:
        yield f"5.2 There are {intents} intents, more than {INTENTS}."
    if words > VALUES:
        yield f"5.3 There are {words:,} values and synonyms, more than {VALUES:,}."


def _length_faults(model: InteractionModel) -> Iterator[str]:
    for intent in model.language_model.intents:
        for sample in intent.utterances:
            if len(sample) > SAMPLE_LENGTH:
                yield f"5.4 {intent.name}: {sample!r} is longer than {SAMPLE_LENGTH} characters."
    for kind, _, word in _words(model):
        if len(word) > VALUE_LENGTH:
            yield f"5.4 {kind.name}: {word!r} is longer than {VALUE_LENGTH} characters."


def _type_faults(model: InteractionModel) -> Iterator[str]:
    for kind in model.language_model.types:
        if not _values(kind) and not (kind.value_supplier and kind.value_supplier.value_catalog):
            yield f"5.6 {kind.name}: the type has no values."
        yield from _doubles("5.10", f"{kind.name}: the id", [value.id for value in _values(kind) if value.id])
        yield from _doubles(
            "5.18",
            f"{kind.name}: the value",
            [word.casefold() for value in _values(kind) for word in value.words],
        )


def _character_faults(model: InteractionModel) -> Iterator[str]:
    for intent in model.language_model.intents:
        for sample in intent.utterances:
            if not _speakable(_SLOT.sub("", sample)) or not (sample[:1].isalpha() or sample.startswith("{")):
                yield f"5.7 {intent.name}: {sample!r} holds what a sample may not hold."
    for kind, _, word in _words(model):
        if not _speakable(word) or not any(letter.isalpha() for letter in word):
            yield f"5.7 {kind.name}: {word!r} holds what a value may not hold."


def _speakable(text: str) -> bool:
    """Whether Alexa takes these characters; fullwidth forms are refused although they are letters."""
    return bool(_SPOKEN.fullmatch(text)) and unicodedata.normalize("NFKC", text) == text


def _glue_faults(model: InteractionModel) -> Iterator[str]:
    for intent in model.language_model.intents:
        for sample in intent.utterances:
            if _GLUED.search(sample):
                yield f"5.8 {intent.name}: in {sample!r} a slot touches other text without a space."


def _slot_faults(model: InteractionModel) -> Iterator[str]:
    known = BUILT_IN_TYPES | {kind.name for kind in model.language_model.types}
    types: dict[str, str] = {}
    for intent in model.language_model.intents:
        declared = {slot.name for slot in intent.slots}
        for sample in intent.utterances:
            for name in _SLOT.findall(sample):
                if name not in declared:
                    yield f"5.9 {intent.name}: {sample!r} uses the slot {name!r}, which is not declared."
        for slot in intent.slots:
            if slot.type not in known:
                yield f"5.9 {intent.name}: there is no type {slot.type!r} (slot {slot.name})."
            if types.setdefault(slot.name, slot.type) != slot.type:
                yield f"5.9 {intent.name}: the slot {slot.name} is {slot.type}, elsewhere {types[slot.name]}."


def _name_faults(model: InteractionModel) -> Iterator[str]:
    intents, types = model.language_model.intents, model.language_model.types
    for intent in intents:
        if intent.name not in BUILT_IN_INTENTS and not _NAME.fullmatch(intent.name):
            yield f"5.10 {intent.name!r} is no name for an intent."
        for slot in intent.slots:
            if not _NAME.fullmatch(slot.name):
                yield f"5.10 {intent.name}: {slot.name!r} is no name for a slot."
        yield from _doubles("5.10", f"{intent.name}: the slot", [slot.name for slot in intent.slots])
    for kind in types:
        if not _NAME.fullmatch(kind.name):
            yield f"5.10 {kind.name!r} is no name for a type."
    yield from _doubles("5.10", "The intent", [intent.name for intent in intents])
    yield from _doubles("5.10", "The type", [kind.name for kind in types])


def _sample_faults(model: InteractionModel) -> Iterator[str]:
    owners: dict[str, str] = {}
    for intent in model.language_model.intents:
        for sample in intent.samples:
            same = " ".join(sample.casefold().split())
            if same in owners:
                yield f"5.11 {intent.name}: {sample!r} is already a sample of {owners[same]}."
            owners.setdefault(same, intent.name)
            if intent.slots and not _SLOT.search(sample):
                yield f"5.17 {intent.name}: {sample!r} has no slot and wins over the samples that have one."


def _search_faults(model: InteractionModel) -> Iterator[str]:
    searching = [intent for intent in model.language_model.intents if _searches(intent)]
    for intent in searching:
        if len(intent.slots) > 1:
            yield f"5.12 {intent.name}: no other slot may stand beside a slot of {SEARCH}."
        for sample in intent.samples:
            if not _SLOT.sub("", sample).strip():
                yield f"5.12 {intent.name}: {sample!r} has no words around its slot of {SEARCH}."
            if len(_SLOT.findall(sample)) > 1:
                yield f"5.12 {intent.name}: {sample!r} has another slot beside its slot of {SEARCH}."
            yield from _carrier_faults(model, intent, sample)
    if len(searching) > 1:
        names = ", ".join(intent.name for intent in searching)
        yield f"5.13 {names}: only one intent may have a slot of {SEARCH}."


def _searches(intent: Intent) -> bool:
    return any(slot.type == SEARCH for slot in intent.slots)


def _carrier_faults(model: InteractionModel, searching: Intent, sample: str) -> Iterator[str]:
    carrier = sample.partition("{")[0]
    for intent in model.language_model.intents:
        for other in intent.samples:
            if carrier and intent is not searching and other.startswith(carrier):
                yield f"5.13 {searching.name}: {sample!r} begins as {other!r} of {intent.name} does."


def _dialog_faults(model: InteractionModel) -> Iterator[str]:
    known = {intent.name: intent for intent in model.language_model.intents}
    for asking in model.dialog.intents if model.dialog else ():
        if asking.name not in known:
            yield f"5.16 dialog: there is no intent {asking.name!r}."
            continue
        declared = {(slot.name, slot.type) for slot in known[asking.name].slots}
        for slot in asking.slots:
            if (slot.name, slot.type) not in declared:
                yield f"5.16 dialog: {asking.name} has no slot {slot.name!r} of the type {slot.type!r}."


def _built_in_faults(model: InteractionModel) -> Iterator[str]:
    intents = model.language_model.intents
    for name in sorted(REQUIRED - {intent.name for intent in intents}):
        yield f"5.19 {name} is missing."
    for intent in intents:
        if intent.built_in and intent.utterances:
            yield f"5.20 {intent.name}: a built-in intent takes no samples ({intent.utterances[0]!r})."


def _invocation_faults(model: InteractionModel) -> Iterator[str]:
    name = model.language_model.invocation_name
    return (f"5.25 invocationName {name!r}: {fault}." for fault in invocation_faults(name))


def _values(kind: SlotType) -> tuple[Value, ...]:
    return kind.values + (kind.value_supplier.values if kind.value_supplier else ())


def _words(model: InteractionModel) -> Iterator[tuple[SlotType, Value, str]]:
    return (
        (kind, value, word) for kind in model.language_model.types for value in _values(kind) for word in value.words
    )


def _doubles(rule: str, what: str, names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{rule} {what} {name!r} is there twice."
        seen.add(name)


_RULES: tuple[Callable[[InteractionModel], Iterator[str]], ...] = (
    _count_faults,
    _length_faults,
    _type_faults,
    _character_faults,
    _glue_faults,
    _slot_faults,
    _name_faults,
    _sample_faults,
    _search_faults,
    _dialog_faults,
    _built_in_faults,
    _invocation_faults,
)
