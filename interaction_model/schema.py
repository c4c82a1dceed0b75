"""The shape of an interaction model (platform rule 5.1), strictly: a key that is not here is a fault."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel
from pydantic.dataclasses import dataclass

VALUE_LENGTH = 100  # characters of a slot value; Amazon's 140 (rule 5.4) is recalled, not read, so we stay below

_STRICT = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)
Delegation = Literal["ALWAYS", "SKILL_RESPONSE"]


@dataclass(frozen=True, config=_STRICT)
class MultipleValues:
    """Whether a slot takes several values at once."""

    enabled: bool


@dataclass(frozen=True, config=_STRICT)
class Slot:
    """A slot of an intent."""

    name: str
    type: str
    multiple_values: MultipleValues | None = None
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, config=_STRICT)
class Intent:
    """An intent: built-in ones have a name that begins with AMAZON."""

    name: str
    slots: tuple[Slot, ...] = ()
    samples: tuple[str, ...] = ()

    @property
    def built_in(self) -> bool:
        """Whether Alexa brings the intent."""
        return self.name.startswith("AMAZON.")

    @property
    def utterances(self) -> tuple[str, ...]:
        """The samples of the intent and of its slots."""
        return self.samples + tuple(sample for slot in self.slots for sample in slot.samples)


@dataclass(frozen=True, config=_STRICT)
class Words:
    """The words of a value: its name, and what else people say for it."""

    value: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, config=_STRICT)
class Value:
    """A value of a custom slot type."""

    name: Words
    id: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Name and synonyms."""
        return (self.name.value, *self.name.synonyms)


@dataclass(frozen=True, config=_STRICT)
class ValueCatalog:
    """A list of values that is kept at Amazon."""

    catalog_id: str
    version: str


@dataclass(frozen=True, config=_STRICT)
class ValueSupplier:
    """Where the values of a type come from when they do not stand in the model."""

    type: Literal["InlineValueSupplier", "CatalogValueSupplier"]
    values: tuple[Value, ...] = ()
    value_catalog: ValueCatalog | None = None


@dataclass(frozen=True, config=_STRICT)
class SlotType:
    """A custom slot type."""

    name: str
    values: tuple[Value, ...] = ()
    value_supplier: ValueSupplier | None = None


@dataclass(frozen=True, config=_STRICT)
class Sensitivity:
    """How soon Alexa gives up on an utterance and calls AMAZON.FallbackIntent."""

    level: Literal["LOW", "MEDIUM", "HIGH"]


@dataclass(frozen=True, config=_STRICT)
class ModelConfiguration:
    """What can be set for the whole model."""

    fallback_intent_sensitivity: Sensitivity


@dataclass(frozen=True, config=_STRICT)
class LanguageModel:
    """What people say."""

    invocation_name: str
    intents: tuple[Intent, ...]
    types: tuple[SlotType, ...] = ()
    model_configuration: ModelConfiguration | None = None


@dataclass(frozen=True, config=_STRICT)
class DialogPrompts:
    """The ids of the prompts that ask for a slot or confirm it."""

    elicitation: str | None = None
    confirmation: str | None = None


@dataclass(frozen=True, config=_STRICT)
class DialogSlot:
    """A slot that Alexa may ask for."""

    name: str
    type: str
    elicitation_required: bool = False
    confirmation_required: bool = False
    prompts: DialogPrompts | None = None
    validations: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, config=_STRICT)
class DialogIntent:
    """An intent with slots that Alexa may ask for."""

    name: str
    slots: tuple[DialogSlot, ...] = ()
    confirmation_required: bool = False
    delegation_strategy: Delegation | None = None
    prompts: DialogPrompts | None = None


@dataclass(frozen=True, config=_STRICT)
class Dialog:
    """What Alexa may ask by herself."""

    intents: tuple[DialogIntent, ...]
    delegation_strategy: Delegation | None = None


@dataclass(frozen=True, config=_STRICT)
class Variation:
    """One way to say a prompt."""

    type: Literal["PlainText", "SSML"]
    value: str


@dataclass(frozen=True, config=_STRICT)
class Prompt:
    """What Alexa says when she asks by herself."""

    id: str
    variations: tuple[Variation, ...]


@dataclass(frozen=True, config=_STRICT)
class InteractionModel:
    """The whole model of a locale."""

    language_model: LanguageModel
    dialog: Dialog | None = None
    prompts: tuple[Prompt, ...] = ()


@dataclass(frozen=True, config=_STRICT)
class _File:
    interaction_model: InteractionModel


def written(model: Mapping[str, Any]) -> str:
    """The text of a model as it stands in its file: the same text for the same model."""
    return json.dumps(model, indent=1, ensure_ascii=False) + "\n"


def read(text: str) -> InteractionModel:
    """The model that stands in `text`; raises ValidationError that lists what has another shape."""
    return TypeAdapter(_File).validate_json(text).interaction_model
