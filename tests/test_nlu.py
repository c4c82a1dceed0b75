"""What people say and what it must be taken for (platform rule 5.27): the list that Amazon is asked as well.

An entry with `only_amazon` is worded as no sample is: Amazon's model generalizes, the simulator does not, and hands the
words to AskIntent. A slot whose id is empty holds words that are not listed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from deploy.profile_nlu import EXPECTED, mistakes
from skill.catalogue import Catalogue
from skill.simulator.understand import Understanding
from tests.alexa import Alexa

LIST: list[dict[str, Any]] = json.loads((EXPECTED / "en-US.json").read_text(encoding="utf-8"))
HEARD = [one for one in LIST if "only_amazon" not in one]
ONLY_AMAZON = [one for one in LIST if "only_amazon" in one]
MODEL = json.loads((Path(__file__).parents[1] / "interaction_model" / "en-US.json").read_text(encoding="utf-8"))
INTENTS = MODEL["interactionModel"]["languageModel"]["intents"]
VALUES = {
    kind["name"]: kind["values"][0]["name"]["value"] for kind in MODEL["interactionModel"]["languageModel"]["types"]
}


def said(one: Mapping[str, Any]) -> str:
    return str(one["utterance"])


@pytest.mark.parametrize("one", HEARD, ids=said)
def test_an_utterance_is_taken_for_its_intent_with_its_values(model: Understanding, one: Mapping[str, Any]) -> None:
    understood = model.understand(one["utterance"])
    assert understood.intent == one["intent"]
    assert {name: slot.id for name, slot in understood.slots.items()} == one["slots"]


@pytest.mark.parametrize("one", ONLY_AMAZON, ids=said)
def test_what_only_amazon_can_take_for_its_intent_is_marked_rightly(
    model: Understanding, one: Mapping[str, Any]
) -> None:
    assert model.understand(one["utterance"]).intent in {"AskIntent", "AMAZON.FallbackIntent"}


@pytest.mark.parametrize(
    "one", [one for one in ONLY_AMAZON if one["intent"] in ("EmergencyIntent", "CrisisIntent")], ids=said
)
def test_urgent_words_are_heard_whatever_intent_they_come_with(
    app: Flask, model: Understanding, one: Mapping[str, Any]
) -> None:
    answer = Alexa(app, model).says(one["utterance"]).speech
    assert "911" in answer or "988" in answer


def test_every_intent_of_our_own_has_three_utterances_that_are_no_samples(catalogue: Catalogue) -> None:
    samples = {sample for intent in INTENTS for sample in intent["samples"]}
    listed = Counter(one["intent"] for one in LIST if one["utterance"] not in samples)
    own = {name for name in catalogue.intents if not name.startswith("AMAZON.")}
    assert {name for name in own if listed[name] < 3} == set()
    assert {one["intent"] for one in LIST} <= set(catalogue.intents)


def test_no_utterance_is_listed_twice() -> None:
    assert [words for words, count in Counter(map(said, LIST)).items() if count > 1] == []


@pytest.mark.parametrize("intent", [intent for intent in INTENTS if intent["samples"]], ids=lambda one: one["name"])
def test_every_sample_without_a_slot_is_taken_for_its_intent(model: Understanding, intent: Mapping[str, Any]) -> None:
    fixed = [sample for sample in intent["samples"] if "{" not in sample]
    assert [sample for sample in fixed if model.understand(sample).intent != intent["name"]] == []


@pytest.mark.parametrize("intent", [intent for intent in INTENTS if intent.get("slots")], ids=lambda one: one["name"])
def test_every_sample_with_listed_values_is_understood_with_an_id(
    model: Understanding, intent: Mapping[str, Any]
) -> None:
    """Several intents may share a sentence ("what is {topic}", "what is {organization}"): any of them will do."""
    values = {slot["name"]: VALUES[slot["type"]] for slot in intent["slots"]}
    for sample in intent["samples"]:
        understood = model.understand(sample.format(**values))
        assert understood.slots, sample
        assert all(slot.id for slot in understood.slots.values()), sample


# What is asked of Amazon: her answers have this shape (ProfileNluResponse in ask-smapi-model 1.36.0)


def profiled(intent: str, **slots: str) -> dict[str, Any]:
    def slot(id: str) -> dict[str, Any]:
        values = [{"name": id, "id": id}] if id else []
        return {"value": "words", "resolutions": {"resolutionsPerAuthority": [{"values": values}]}}

    return {"selectedIntent": {"name": intent, "slots": {name: slot(id) for name, id in slots.items()}}}


HOSPICE = {"utterance": "what is hospice", "intent": "DefineIntent", "slots": {"topic": "hospice"}}
WORDS = {"utterance": "tell me why", "intent": "AskIntent", "slots": {"question": ""}}


@pytest.mark.parametrize(
    ("expected", "answer", "found"),
    [
        (HOSPICE, profiled("DefineIntent", topic="hospice"), []),
        (HOSPICE, profiled("DefineIntent", topic="hospice", more=""), []),
        (HOSPICE, profiled("AskIntent", question="hospice"), ["'what is hospice': AskIntent, not DefineIntent"]),
        (HOSPICE, profiled("DefineIntent", topic="pain"), ["'what is hospice': topic is 'pain', not 'hospice'"]),
        (HOSPICE, profiled("DefineIntent"), ["'what is hospice': topic is 'empty', not 'hospice'"]),
        (HOSPICE, {}, ["'what is hospice': nothing, not DefineIntent"]),
        (HOSPICE, {"selectedIntent": {"name": "DefineIntent", "slots": {"topic": {"name": "topic"}}}},
         ["'what is hospice': topic is 'empty', not 'hospice'"]),
        (WORDS, profiled("AskIntent", question=""), []),
        (WORDS, profiled("AskIntent", question="pain"), []),
        (WORDS, {"selectedIntent": {"name": "AskIntent", "slots": None}},
         ["'tell me why': question is 'empty', not ''"]),
    ],
)  # fmt: skip
def test_what_amazon_takes_in_another_way_is_named(
    expected: dict[str, Any], answer: dict[str, Any], found: list[str]
) -> None:
    assert list(mistakes([expected], lambda _: answer)) == found
