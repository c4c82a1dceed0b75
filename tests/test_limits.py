"""Alexa's limits on a response: a good one passes, and each rule that is broken is named."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from skill.limits import CARD_CHARACTERS, RESPONSE_BYTES, SPEECH_CHARACTERS, faults
from skill.turn import NOTHING

Response = dict[str, Any]


def spoken(ssml: str) -> dict[str, str]:
    return {"type": "SSML", "ssml": ssml}


def response(**changed: Any) -> Response:
    """A response that asks something, with a card; a part that is given replaces its own, and None takes it away."""
    inner = {
        "outputSpeech": spoken("<speak>Hospice is care. Would you like to hear more?</speak>"),
        "reprompt": {"outputSpeech": spoken("<speak>Say yes or no. Would you like to hear more?</speak>")},
        "card": {"type": "Simple", "title": "Hospice", "content": "Hospice is care."},
        "shouldEndSession": False,
    }
    kept = {key: value for key, value in (inner | changed).items() if value is not None}
    return {"version": "1.0", "sessionAttributes": {"version": 1}, "response": kept}


def saying(ssml: str) -> Response:
    return response(outputSpeech=spoken(ssml))


def asking(inner: str) -> Response:
    return saying(f"<speak>{inner} Is that right?</speak>")


GOOD_STANDARD = {
    "type": "Standard",
    "title": "Hospice",
    "text": "Hospice is care.",
    "image": {"smallImageUrl": "https://example.org/s.png", "largeImageUrl": None},
}


@pytest.mark.parametrize(
    "good",
    [
        response(),
        response(card=None),
        response(card=GOOD_STANDARD),
        saying('<speak><prosody rate="80%">Shall I go on?</prosody></speak>'),
        asking('<say-as interpret-as="telephone">1-800-227-2345</say-as>'),
        asking('<say-as interpret-as="digits">988</say-as><break time="300ms"/><sub alias="nine one one">911</sub>'),
        asking('<break time="4s"/><break time="5.9s"/><break time="100ms"/>'),
        asking("a" * (SPEECH_CHARACTERS - 40)),
        response(reprompt=None, shouldEndSession=True, outputSpeech=spoken("<speak>Take care.</speak>")),
        {"version": "1.0", "response": {"canFulfillIntent": {"canFulfill": "NO"}}},
        {"version": "1.0", "sessionAttributes": {}, "response": {}},
        {"version": "1.0"},
        NOTHING,
    ],
    ids=lambda good: str(good.get("response"))[:60],
)
def test_a_good_response_has_no_fault(good: Response) -> None:
    before = copy.deepcopy(good)
    assert faults(good) == []
    assert good == before


def large() -> Response:
    return {**response(), "sessionAttributes": {"trail": ["a" * 100] * (RESPONSE_BYTES // 100)}}


def silent_with(key: str) -> Response:
    return {"version": "1.0", "response": {key: response()["response"].get(key, [{}])}}


def card(**changed: Any) -> Response:
    return response(card={"type": "Simple", "title": "Hospice", "content": "Hospice is care.", **changed})


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (large, "the response is too large [1.13]"),
        (lambda: silent_with("reprompt"), "a silent response carries more than silence [1.16]"),
        (lambda: silent_with("card"), "a silent response carries more than silence [1.16]"),
        (lambda: silent_with("directives"), "a silent response carries more than silence [1.16]"),
        (lambda: response(shouldEndSession=None), "it does not say whether the session ends [1.22]"),
        (lambda: response(shouldEndSession="false"), "it does not say whether the session ends [1.22]"),
        (
            lambda: response(shouldEndSession=True, outputSpeech=spoken("<speak>Bye.</speak>")),
            "a reprompt after the end [2.14]",
        ),
        (lambda: response(shouldEndSession=True, reprompt=None), "a question, and then the session ends [2.13]"),
        (lambda: saying("<speak>Hospice is care.</speak>"), "the session stays open without a question [2.13]"),
        (lambda: saying("<speak>Care? Yes.</speak>"), "the session stays open without a question [2.13]"),
        (lambda: response(reprompt=None), "an open session without a reprompt [2.14]"),
        (lambda: response(reprompt={}), "an open session without a reprompt [2.14]"),
        (
            lambda: response(reprompt={"outputSpeech": response()["response"]["outputSpeech"]}),
            "the reprompt is the question once more [2.14]",
        ),
        (lambda: response(reprompt={"outputSpeech": spoken("<speak>&</speak>")}), "speech is not well formed [2.2]"),
        (lambda: asking("a" * SPEECH_CHARACTERS), "speech is too long [1.14]"),
        (lambda: asking("Tom & Jerry."), "speech is not well formed [2.2]"),
        (lambda: asking("<break>"), "speech is not well formed [2.2]"),
        (lambda: asking("\x01"), "speech is not well formed [2.2]"),
        (lambda: saying("Is it plain?"), "speech is not well formed [2.2]"),
        (lambda: saying('<prosody rate="80%">Is it?</prosody>'), "speech does not begin with speak [2.1]"),
        (lambda: response(outputSpeech=spoken("")), "speech is not well formed [2.2]"),
        (lambda: saying('<speak> <break time="1s"/> </speak>'), "speech is empty"),
        (lambda: asking("<emphasis>so</emphasis>"), "the tag emphasis is not ours [2.1]"),
        (lambda: asking('<audio src="https://example.org/a.mp3"/>'), "the tag audio is not ours [2.1]"),
        (lambda: asking('<prosody pitch="+5%">so</prosody>'), "an attribute of prosody is not ours [2.5, 2.7]"),
        (lambda: asking('<prosody rate="quick">so</prosody>'), "an attribute of prosody is not ours [2.5, 2.7]"),
        (
            lambda: asking('<say-as interpret-as="expletive">so</say-as>'),
            "an attribute of say-as is not ours [2.5, 2.7]",
        ),
        (lambda: asking('<sub alias="">so</sub>'), "an attribute of sub is not ours [2.5, 2.7]"),
        (lambda: asking('<break time="soon"/>'), "an attribute of break is not ours [2.5, 2.7]"),
        (lambda: asking('<break time="5s"/><break time="5001ms"/>'), "the pauses are too long [2.4]"),
        (lambda: card(type="LinkAccount"), "the card is not whole [3.1]"),
        (lambda: card(title=""), "the card is not whole [3.1]"),
        (lambda: card(content=None), "the card is not whole [3.1]"),
        (lambda: card(type="Standard"), "the card is not whole [3.1]"),
        (lambda: card(content="a" * CARD_CHARACTERS), "the card is too long [3.2]"),
        (
            lambda: response(card=GOOD_STANDARD | {"image": {"smallImageUrl": "a" * CARD_CHARACTERS}}),
            "the card is too long [3.2]",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_rule_is_named(broken: Callable[[], Response], fault: str) -> None:
    assert fault in faults(broken())


def test_every_fault_is_named_and_nothing_of_what_was_said() -> None:
    wrong = response(reprompt=None, card={"type": "Simple", "title": "private"}, outputSpeech=spoken("<speak>private"))
    found = faults(wrong)
    assert len(found) == 4
    assert "private" not in " ".join(found)
