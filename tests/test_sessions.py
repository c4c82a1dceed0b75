"""Long conversations, as a frightened person leads them: in any order, with words that fit and words that do not.

Every response passes Alexa's limits (tests/alexa.py checks it) and leaves the person somewhere from which to go on.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as some

from skill.catalogue import Catalogue
from skill.session import VERSION
from skill.simulator.conversation import Turn
from skill.simulator.understand import Understanding
from tests.alexa import Alexa

POOL = [
    *(
        "what is hospice",
        "what is metastasis",
        "where does breast cancer spread",
        "is it curable",
        "how long do i have",
    ),
    *("my dad's prostate cancer went to his bones", "has my breast cancer spread to the liver", "what is a pet scan"),
    *(
        "who can help with rides",
        "who can help",
        "i need help paying for medicine",
        "tell me about the american cancer society",
    ),
    *(
        "what's their number",
        "say the number again",
        "spell it",
        "find a cancer center in ohio",
        "find a hospice near me",
    ),
    *("tell me more", "more", "repeat", "say that again", "slower", "normal speed", "next", "previous", "go back"),
    *("yes", "no", "yes please", "not now", "first", "the second one", "the last one", "that one", "both"),
    *("where does that come from", "send me the link", "thank you", "help", "start over", "what can i ask"),
    *("i'm scared", "i can't cope any more", "am i going to die", "i don't want to be a burden", "why me"),
    *("she is not breathing", "i have a fever of 103 on chemo", "my dad can't move his legs", "i want to die"),
    *("i'm going to kill myself", "he took too many pills", "it hurts so much", "i feel like giving up"),
    *("what's the weather", "play some music", "asdf qwer zxcv", "uh", "the", "um what was it again", "cancer"),
    *("does sugar feed cancer", "should i stop chemo", "how much morphine can i take", "can you call the doctor"),
    *("palliative or hospice", "hospis", "what is met as to sis", "tell me a joke", "are you a doctor"),
]
SPOKEN_AGAIN = ("slower", "normal speed")


def looked_at(turn: Turn) -> None:
    """What holds for every turn: question ⇔ open ⇔ reprompt, and attributes that are few, small and typed."""
    assert turn.speech
    assert turn.speech.endswith("?") is not turn.ended, turn.speech
    assert bool(turn.reprompt) is not turn.ended
    if turn.ended:
        return
    assert len(json.dumps(turn.attributes)) < 2000
    types: dict[str, type | tuple[type, ...]] = {
        **{"version": int, "answer": (str, type(None)), "said": (list, type(None)), "offer": (list, type(None))},
        **{"choices": list, "trail": list, "slow": bool, "missed": int, "greeted": bool},
    }
    assert turn.attributes.keys() == types.keys()
    assert all(isinstance(turn.attributes[name], type_) for name, type_ in types.items())


def paced(turn: Turn) -> bool:
    return "<prosody rate=" in turn.inner["outputSpeech"]["ssml"]


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(said=some.lists(some.sampled_from(POOL), min_size=1, max_size=12))
def test_any_conversation_is_whole_at_every_turn(app: Flask, model: Understanding, said: list[str]) -> None:
    alexa = Alexa(app, model)
    alexa.opens()
    slow = False
    for words in said:
        turn = alexa.says(words)
        looked_at(turn)
        if words in SPOKEN_AGAIN:
            slow = words == "slower"
        assert paced(turn) is slow
        if turn.ended:
            break


EVERY_KIND = {  # how to come to a reply of each kind
    "welcome": [],
    "help": ["help"],
    "answer": ["what is hospice"],
    "more": ["what is hospice", "tell me more"],
    "spread": ["has my breast cancer spread to the liver"],
    "need": ["who can help with rides"],
    "helpers": ["what is hospice", "who can help with that"],
    "center": ["find a cancer center in ohio"],
    "number": ["tell me about the american cancer society", "what is their number"],
    "source": ["what is hospice", "where does that come from"],
    "card": ["what is hospice", "send me the link"],
    "emergency": ["she is not breathing"],
    "crisis": ["i want to kill myself"],
    "not_found": ["what's the weather"],
}


def arrive(alexa: Alexa, kind: str) -> Turn:
    turn = alexa.opens()
    for words in EVERY_KIND[kind]:
        turn = alexa.says(words)
    return turn


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_of_reply_can_be_come_to(alexa: Alexa, kind: str) -> None:
    said = arrive(alexa, kind).attributes["said"]
    assert said[0] in (kind, "declined" if kind == "not_found" else kind)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_repeat_says_the_same_again_and_again(alexa: Alexa, kind: str) -> None:
    turn = arrive(alexa, kind)
    first = alexa.says("repeat")
    if kind == "welcome":  # the disclaimer is not said twice
        assert first.speech.endswith("What would you like to know?")
    else:
        assert first.speech == turn.speech
    second = alexa.says("say that again")
    assert second.speech == first.speech
    assert second.attributes["said"] == turn.attributes["said"]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_slower_says_the_same_at_another_pace_and_keeps_it(alexa: Alexa, kind: str) -> None:
    turn = arrive(alexa, kind)
    slower = alexa.says("slower")
    assert paced(slower)
    if kind != "welcome":
        assert slower.speech.endswith(turn.speech)
    assert paced(alexa.says("what is palliative care"))
    assert not paced(alexa.says("normal speed"))


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("words", ["yes", "no", "first", "the second one", "that one", "next", "previous", "more"])
def test_a_short_word_after_any_reply_leads_on(alexa: Alexa, kind: str, words: str) -> None:
    before = arrive(alexa, kind)
    turn = alexa.says(words)
    looked_at(turn)
    if words == "no" and not before.attributes["offer"] and not before.attributes["choices"]:
        return  # no to "what else?" is a goodbye
    assert not turn.ended


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_yes_to_an_offer_is_what_was_offered(alexa: Alexa, kind: str) -> None:
    before = arrive(alexa, kind)
    offer = before.attributes["offer"]
    turn = alexa.says("yes")
    if offer and offer[0] == "again":
        assert turn.speech == before.speech
    elif offer:
        assert turn.attributes["said"][0] == offer[0]


@pytest.mark.parametrize("alarm", ["she is not breathing", "i want to kill myself"])
def test_nothing_between_hides_the_number_that_was_given(alexa: Alexa, alarm: str) -> None:
    alexa.opens()
    told = alexa.says(alarm)
    for words in ("yes", "repeat", "asdf qwer", "say the number again", "first", "uh", "zzyzx", "blorp"):
        again = alexa.says(words)
        assert again.speech == told.speech, words
        looked_at(again)


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize(
    ("alarm", "expected"),
    [("she is not breathing", "emergency"), ("i want to kill myself", "crisis")],
)
def test_an_alarm_is_heard_after_every_kind_of_reply(alexa: Alexa, kind: str, alarm: str, expected: str) -> None:
    arrive(alexa, kind)
    assert alexa.says(alarm).kind == expected


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("words", ["stop", "cancel", "i'm done", "that's all", "goodbye"])
def test_leaving_works_after_every_kind_of_reply(alexa: Alexa, kind: str, words: str) -> None:
    arrive(alexa, kind)
    assert alexa.says(words).ended


def test_somebody_who_is_not_understood_is_led_to_a_person_and_not_kept(alexa: Alexa) -> None:
    alexa.opens()
    turns = alexa.hears("blorp", "fnord", "zzyzx")
    assert [turn.ended for turn in turns] == [False, False, True]
    assert "cancer team" in turns[-1].speech


# Sessions that are stale, or that nobody of ours wrote

FORGED: list[dict[str, Any]] = [
    {"answer": "x" * 50_000, "said": ["answer", "x" * 50_000]},
    {"choices": ["hospice"] * 5_000, "said": ["choice"] + ["hospice"] * 5_000},
    {"trail": ["hospice"] * 5_000, "answer": "hospice"},
    {"missed": 10**40, "said": ["lost"]},
    {"missed": -(10**40)},
    {"offer": ["again"], "said": None},
    {"offer": ["again", "again"], "said": ["again"]},
    {"offer": ["answer", "an-answer-of-last-year"], "answer": "an-answer-of-last-year"},
    {"choices": ["an-answer-of-last-year", "hospice"]},
    {"said": ["emergency", "a-wording-of-last-year"], "offer": ["again"]},
    {"said": ["crisis", "a-kind", "a-wording"], "offer": ["again"]},
    {"said": ["answer", "<speak>", '"/><audio src="x"/>']},
    {"said": ["number", "org-acs", "<break time='99s'/>"], "answer": "org-acs"},
    {"deep": [[[[[[[[[[]]]]]]]]]], "said": {"answer": "hospice"}},
]
SHORT = [*("yes", "no", "repeat", "more", "first", "the second one", "the last one", "next", "previous", "slower")]


@pytest.mark.parametrize("forged", FORGED, ids=lambda forged: str(forged)[:40])
@pytest.mark.parametrize(
    "words", [*SHORT, "what's the number", "where does that come from", "who can help", "send me the link"]
)
def test_a_session_that_nobody_of_ours_wrote_leads_on(alexa: Alexa, forged: dict[str, Any], words: str) -> None:
    alexa.opens()
    alexa._conversation.session.attributes = {"version": VERSION, **forged}
    looked_at(alexa.says(words))
    if not alexa.silent:
        assert alexa.says("what is hospice").answer == "hospice"


def test_every_answer_can_be_gone_on_from(alexa: Alexa, catalogue: Catalogue) -> None:
    """Yes, again and again, from any answer: it always ends in a question, never in a circle of one."""
    for id in list(catalogue.answers)[::7]:
        alexa.opens()
        alexa._conversation.session.attributes = {
            "version": VERSION,
            "answer": id,
            "said": ["answer", id],
            "offer": ["more", id],
        }
        heard = [alexa.says("yes").speech for _ in range(4)]
        assert len(set(heard)) >= 2, id
