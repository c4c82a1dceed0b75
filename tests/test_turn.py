"""One turn, whatever Alexa sends: no question at all, slots and attributes that do not fit; and our own faults."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from skill.build import build
from skill.catalogue import Catalogue, Need
from skill.limits import faults
from skill.loading import load
from skill.session import VERSION
from skill.settings import Settings
from skill.simulator import envelope
from skill.simulator.conversation import plain
from skill.simulator.envelope import Device, Session
from skill.turn import NOTHING, Turns
from tests.alexa import SLOT_OF

Body = dict[str, Any]


def turns_of(catalogue: Catalogue) -> Turns:
    return Turns(build(catalogue, Settings(environment="development")), catalogue.phrases)


CATALOGUE = load()
FEW = {"hospice": CATALOGUE.answers["hospice"]}  # answers, where it does not matter which
TURNS = turns_of(CATALOGUE)
SORRY = CATALOGUE.phrases.trouble


def request(kind: str = "LaunchRequest", session: Mapping[str, Any] | None = None, **parts: Any) -> Body:
    """A request of any type, in a session that has these attributes."""
    body = envelope.launch(Session(new=False, attributes=dict(session or {})), Device())
    body["request"] |= {"type": kind, **parts}
    return body


def intent(name: str, slots: Any = None, session: Mapping[str, Any] | None = None) -> Body:
    return request("IntentRequest", session, intent={"name": name, "slots": slots})


def answered(body: Body) -> Body:
    """The response, which keeps to Alexa's limits and is no apology."""
    response = TURNS.answer(body)
    assert faults(response) == []
    assert plain(response["response"].get("outputSpeech")) != SORRY
    return response


def speech(body: Body) -> str:
    return plain(answered(body)["response"]["outputSpeech"])


# Requests that are no question [1.16 to 1.21]


@pytest.mark.parametrize("reason", ["USER_INITIATED", "ERROR", "EXCEEDED_MAX_REPROMPTS", "A_NEW_ONE", "", None, 5, []])
@pytest.mark.parametrize("session", [{}, {"version": VERSION, "answer": "hospice", "said": ["answer", "hospice"]}])
def test_the_end_of_a_session_is_met_with_silence(reason: Any, session: Body) -> None:
    error = {"type": "A_NEW_ERROR", "message": "…"}
    assert answered(request("SessionEndedRequest", session, reason=reason, error=error))["response"] == {}


@pytest.mark.parametrize("kind", ["INVALID_RESPONSE", "ENDPOINT_TIMEOUT", "A_NEW_ONE", None, 5])
def test_an_error_that_alexa_tells_of_is_met_with_silence(kind: Any) -> None:
    body = request("System.ExceptionEncountered", error={"type": kind, "message": "…"}, cause={"requestId": "…"})
    assert answered(body)["response"] == {}


@pytest.mark.parametrize(
    "kind",
    [
        *("SkillEnabled", "SkillDisabled", "SkillPermissionAccepted", "SkillPermissionChanged", "SkillAccountLinked"),
        *("ProactiveSubscriptionChanged", "NotificationSubscriptionChanged", "SomethingNew"),
    ],
)
@pytest.mark.parametrize("body", [{}, {"body": {"acceptedPermissions": [{"scope": "…"}]}}, {"body": 5}], ids=str)
def test_events_have_no_session_and_are_met_with_silence(kind: str, body: Body) -> None:
    event = request(f"AlexaSkillEvent.{kind}", **body)
    del event["session"]
    assert answered(event)["response"] == {}


@pytest.mark.parametrize("name", ["AskIntent", "EmergencyIntent", "AMAZON.HelpIntent", "AnIntentOfOthers", None])
def test_fulfilling_without_the_name_is_declined_without_a_word(name: Any) -> None:
    slots = {"question": {"name": "question", "value": "what is hospice"}}
    response = answered(request("CanFulfillIntentRequest", intent={"name": name, "slots": slots}))
    assert response["response"] == {"canFulfillIntent": {"canFulfill": "NO"}}


@pytest.mark.parametrize(
    ("kind", "answer"), [("answer", "hospice"), ("more", "hospice"), ("number", "org-acs"), ("helpers", "hospice")]
)
def test_a_touch_asks_for_what_it_names(kind: str, answer: str) -> None:
    response = answered(request("Alexa.Presentation.APL.UserEvent", arguments=[kind, answer]))
    assert response["sessionAttributes"]["answer"] == answer


@pytest.mark.parametrize(
    "arguments",
    [
        *(None, [], {}, "answer", 5, [5], [None], [[]], [{}], ["answer"], ["answer", "nothing-like-it"]),
        *(["answer", {"id": "hospice"}], [{"kind": "answer"}, "hospice"], ["answer", "hospice", "org-acs"]),
        *(["emergency", "emergency"], ["crisis", "x", "y"], ["choice", "hospice", "grief"], ["__init__", "hospice"]),
        *([5, 6.5, True], ["number", "hospice-of-nowhere"], ["more", ""], ["helpers", "org-nowhere"], ["welcome"]),
    ],
    ids=str,
)
def test_a_touch_that_names_nothing_to_ask_for_is_asked_back(arguments: Any) -> None:
    assert speech(request("Alexa.Presentation.APL.UserEvent", arguments=arguments)).endswith("?")


@pytest.mark.parametrize("kind", ["Display.ElementSelected", "Alexa.Presentation.APL.RuntimeError", "A.New.One", 5, []])
def test_what_the_skill_does_not_know_gets_nothing(kind: Any) -> None:
    assert TURNS.answer(request(kind, element="hospice")) == NOTHING


@pytest.mark.parametrize("body", [{}, {"request": None}, {"request": {}}, {"request": []}, {"session": {}}], ids=str)
def test_what_is_no_request_gets_nothing(body: Body) -> None:
    assert TURNS.answer(body) == NOTHING


# Intents and slots


@pytest.mark.parametrize("name", ["AnIntentOfOthers", "AMAZON.PauseIntent", "", None, 5, {}, []], ids=str)
@pytest.mark.parametrize("slots", [None, {}, [], "x", {"a": None}, {"": {}}, {"x": "y"}], ids=str)
def test_an_intent_that_is_not_known_gets_a_hint(name: Any, slots: Any) -> None:
    assert speech(intent(name, slots)) == CATALOGUE.phrases.lost_once


def test_the_words_of_an_intent_that_is_not_known_are_looked_up() -> None:
    turn = answered(intent("AnIntentOfOthers", {"words": {"name": "words", "value": "she is not breathing"}}))
    assert turn["sessionAttributes"]["said"][0] == "emergency"


def no_match(value: Any) -> Body:
    code = {"code": "ER_SUCCESS_NO_MATCH"}
    return {"value": value, "resolutions": {"resolutionsPerAuthority": [{"authority": "a", "status": code}]}}


def match(id: Any, value: Any = "hospice") -> Body:
    return {
        "authority": "a",
        "status": {"code": "ER_SUCCESS_MATCH"},
        "values": [{"value": {"name": value, "id": id}}],
    }


def matches(*authorities: Any, value: Any = "what is hospice") -> Body:
    return {"value": value, "resolutions": {"resolutionsPerAuthority": list(authorities)}}


FAILED = {"authority": "b", "status": {"code": "ER_ERROR_TIMEOUT"}}
EMPTY = [
    *({}, {"value": None}, {"value": ""}, {"value": " "}, {"value": "?"}, {"value": "…"}, {"value": []}),
    *({"value": 5}, {"value": {"x": 1}}, no_match(""), no_match(None), matches(match("hospice"), value="")),
    {"slotValue": {"type": "List", "values": [{"type": "Simple", "value": "what is hospice"}]}},
    {"slotValue": ["what is hospice"]},
]


@pytest.mark.parametrize("slot", EMPTY, ids=str)
@pytest.mark.parametrize("name", SLOT_OF)
def test_a_slot_without_words_still_gets_a_useful_answer(name: str, slot: Body) -> None:
    said = speech(intent(name, {SLOT_OF[name]: {"name": SLOT_OF[name], **slot}}))
    assert said.endswith("?")


@pytest.mark.parametrize(
    "slot",
    [
        matches(match("hospice")),
        matches(FAILED, match("hospice")),
        matches(match("hospice"), match("org-acs")),
        matches(no_match("x"), match("hospice")),
        matches({"status": {"code": "ER_NEW"}}, match("hospice")),
        matches(None, 5, [], {}, {"status": 5}, match("hospice")),
        {**matches(match("hospice")), "slotValue": {"type": "List", "values": []}},
    ],
    ids=lambda slot: json.dumps(slot)[48:100],
)
def test_the_first_match_of_any_authority_counts(slot: Body) -> None:
    turn = answered(intent("AskIntent", {"question": {"name": "question", **slot}}))
    assert turn["sessionAttributes"]["answer"] == "hospice"


@pytest.mark.parametrize(
    "resolutions",
    [
        *(None, 5, "x", [], {}, {"resolutionsPerAuthority": None}, {"resolutionsPerAuthority": {}}),
        {"resolutionsPerAuthority": [FAILED]},
        {"resolutionsPerAuthority": [match("an-answer-of-another-model")]},
        {"resolutionsPerAuthority": [match(5)]},
        {"resolutionsPerAuthority": [match(None)]},
        {"resolutionsPerAuthority": [{**match("hospice"), "values": []}]},
        {"resolutionsPerAuthority": [{**match("hospice"), "values": None}]},
        {"resolutionsPerAuthority": [{**match("hospice"), "values": [{"value": "hospice"}]}]},
    ],
    ids=lambda resolutions: json.dumps(resolutions)[-50:],
)
def test_words_without_a_match_that_we_know_are_looked_up(resolutions: Any) -> None:
    slot = {"name": "question", "value": "what is hospice", "resolutions": resolutions}
    assert answered(intent("AskIntent", {"question": slot}))["sessionAttributes"]["said"][0] != "welcome"


@pytest.mark.parametrize(
    "words",
    [
        "\ud800",
        "\x00 a",
        "a" * 100_000,
        "hospice " * 5_000,
        "癌 ?",
        "<speak>",
        "{emergency} &amp; {x}",
        "' or 1=1 --",
        "𝔥𝔬𝔰𝔭𝔦𝔠𝔢",
    ],
    ids=lambda words: repr(words)[:20],
)
@pytest.mark.parametrize("name", SLOT_OF)
def test_any_words_are_borne(name: str, words: str) -> None:
    assert answered(intent(name, {SLOT_OF[name]: {"name": SLOT_OF[name], "value": words}}))["response"]


@pytest.mark.parametrize("id", CATALOGUE.organizations)
def test_every_organization_can_be_asked_about_and_called(id: str) -> None:
    slots = {"organization": {"name": "organization", **matches(match(id), value="them")}}
    told = answered(intent("OrganizationIntent", slots))
    assert told["sessionAttributes"]["answer"] == id
    assert answered(intent("NumberIntent", session=told["sessionAttributes"]))["sessionAttributes"]["answer"] == id


@pytest.mark.parametrize("id", CATALOGUE.needs)
def test_every_need_is_met_or_said_not_to_be(id: str) -> None:
    slots = {"need": {"name": "need", **matches(match(id), value="that")}}
    assert answered(intent("SupportIntent", slots))["sessionAttributes"]["said"][0] == "need"


# Attributes of the session

ATTRIBUTES: list[Any] = [
    *(None, [], "x", 5, {}, {"version": 0}, {"version": "1"}, {"version": VERSION + 1, "answer": "hospice"}),
    {"version": VERSION, "answer": 5, "said": 5, "offer": 5, "choices": 5, "trail": 5, "slow": 5, "missed": "5"},
    {"version": VERSION, "answer": ["hospice"], "said": [5], "offer": [None], "choices": [{}], "trail": [[]]},
    {"version": VERSION, "answer": "gone", "said": ["answer", "gone"], "offer": ["more", "gone"], "trail": ["gone"]},
    {"version": VERSION, "answer": "gone", "choices": ["gone", "gone-too"], "said": ["choice", "gone", "gone-too"]},
    {"version": VERSION, "said": ["nothing", "known"], "offer": ["nothing", "known"]},
    {"version": VERSION, "said": ["answer"], "offer": ["answer", "a", "b", "c", "d"], "choices": [""]},
    {"version": VERSION, "said": ["crisis", "x", "y"], "offer": ["again"], "missed": -1},
    {"version": VERSION, "said": ["emergency", "gone"], "offer": ["again"], "missed": 10**30},
    {"version": VERSION, "said": ["spread", "breast", "gone"], "offer": ["need", "gone"]},
    {"version": VERSION, "said": ["center", "gone"], "offer": ["center", "gone"], "trail": ["hospice"] * 50},
    {"version": VERSION, "said": ["\ud800"], "answer": "\ud800", "choices": ["\ud800"], "object_type": "x"},
    {"version": VERSION, "said": ["answer", "hospice", "team_now", "gone"], "__class__": "x", "deep": [[[[{}]]]]},
]
INTENTS = [name for name in CATALOGUE.intents if name not in SLOT_OF]


@pytest.mark.parametrize("attributes", ATTRIBUTES, ids=str)
@pytest.mark.parametrize("name", INTENTS)
def test_attributes_that_do_not_fit_are_borne_by_every_intent(name: str, attributes: Any) -> None:
    body = intent(name)
    body["session"]["attributes"] = attributes
    assert speech(body)


def test_attributes_of_another_version_count_as_none() -> None:
    stale = {"version": VERSION + 1, "answer": "hospice", "said": ["answer", "hospice"]}
    assert speech(intent("AMAZON.RepeatIntent", session=stale)) == CATALOGUE.phrases.nothing_to_repeat


def test_one_answer_leaves_less_than_a_kilobyte_of_attributes() -> None:
    session: Body = {}
    for id in list(CATALOGUE.answers)[:20]:
        slots = {"question": {"name": "question", **matches(match(id), value="that")}}
        session = answered(intent("AskIntent", slots, session))["sessionAttributes"]
    assert len(json.dumps(session)) < 1000


# Locales [5.23]


@pytest.mark.parametrize(
    "locale",
    [
        *("en-US", "en-GB", "en-IN", "en-XX", "es-419", "es-ES", "en", "EN-us", "xx-YY", "", " ", "en_US", "e-nUS"),
        *("ab-1c", "-----", "en-ＵＳ", None, 5, [], {}, True, "en-US-x-more"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("name", ["AMAZON.HelpIntent", "EmergencyIntent", "CrisisIntent", "AMAZON.FallbackIntent"])
def test_any_locale_is_borne(name: str, locale: Any) -> None:
    body = intent(name)
    body["request"]["locale"] = locale
    assert speech(body)


def test_a_country_that_is_not_known_is_told_of_the_local_number() -> None:
    body = intent("EmergencyIntent")
    body["request"]["locale"] = "en-XX"
    assert not any(digit.isdigit() for digit in speech(body))


# Our own faults


def broken(**phrases: str) -> Turns:
    """The skill with phrases that an editor wrote and that no check has seen."""
    return turns_of(replace(CATALOGUE, answers=FEW, phrases=replace(CATALOGUE.phrases, **phrases)))


@pytest.mark.expects_error
def test_our_own_fault_is_a_calm_sentence_and_the_end_of_the_session(caplog: pytest.LogCaptureFixture) -> None:
    response = broken(welcome="Hello {nobody}?").answer(request())
    assert plain(response["response"]["outputSpeech"]) == SORRY
    assert response["response"]["shouldEndSession"] is True
    assert response["sessionAttributes"] == {}
    assert faults(response) == []
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert caplog.messages[0].startswith("turn failed: KeyError at compose.py:")


@pytest.mark.expects_error
def test_an_error_is_logged_without_what_was_said(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    need = Need("planted", "planted", answer="planted-and-missing", terms=())
    turns = turns_of(replace(CATALOGUE, answers=FEW, needs={"planted": need}))
    slots = {"need": {"name": "need", **matches(match("planted"), value="a planted word")}}
    response = turns.answer(intent("SupportIntent", slots, {"version": VERSION, "answer": "planted"}))
    assert plain(response["response"]["outputSpeech"]) == SORRY
    assert "turn failed: KeyError" in caplog.text
    assert "planted" not in caplog.text


@pytest.mark.expects_error
@pytest.mark.parametrize(
    ("welcome", "rule"),
    [("Welcome.", "[2.13]"), ("a" * 8000 + "?", "[1.14]"), ("\x01?", "[2.2]")],
    ids=["no question", "too long", "not to be written in XML"],
)
def test_a_response_that_alexa_would_refuse_is_refused_by_us(
    welcome: str, rule: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = broken(welcome=welcome).answer(request())
    assert plain(response["response"]["outputSpeech"]) == SORRY
    assert rule in caplog.text
    assert "Welcome" not in caplog.text


@pytest.mark.expects_error
def test_even_the_apology_is_escaped() -> None:
    response = broken(welcome="no question", trouble="Sorry & <sad>.").answer(request())
    assert plain(response["response"]["outputSpeech"]) == "Sorry & <sad>."


def test_the_real_apology_asks_nothing_and_says_what_to_do_when_it_is_urgent() -> None:
    assert not SORRY.endswith("?")
    assert "care team" in SORRY


# Whatever comes in

ids = some.sampled_from(
    [*CATALOGUE.answers, *CATALOGUE.needs, *CATALOGUE.cancers, *CATALOGUE.sites, "emergency", "crisis", "first", "AK"]
)
kinds = some.sampled_from(
    [
        *("welcome", "help", "answer", "more", "spread", "cancer", "choice", "need", "helpers", "center", "number"),
        *("source", "card", "emergency", "crisis", "declined", "not_found", "again", "direct-self"),
    ]
)
any_json = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=12) | ids,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def likely(most: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    """Mostly what fits, now and then anything."""
    return some.one_of(most, most, most, any_json)


said = likely(some.lists(kinds | ids, max_size=4))
attributes = some.fixed_dictionaries(
    {"version": likely(some.just(VERSION))},
    optional={
        "answer": likely(ids),
        "said": said,
        "offer": said,
        "choices": likely(some.lists(ids, max_size=3)),
        "trail": likely(some.lists(ids, max_size=7)),
        "slow": any_json,
        "missed": likely(some.integers(-1, 4)),
        "greeted": any_json,
    },
)
slot = some.builds(lambda id, value: matches(match(id), value=value), likely(ids), likely(some.text(max_size=30)))
requests = some.fixed_dictionaries(
    {
        "type": likely(
            some.sampled_from(["IntentRequest"] * 4 + ["LaunchRequest", "Alexa.Presentation.APL.UserEvent"])
        ),
    },
    optional={
        "locale": likely(some.sampled_from(["en-US", "en-GB", "en-IN", "en-XX", "es-419"])),
        "intent": likely(
            some.fixed_dictionaries(
                {"name": likely(some.sampled_from(list(CATALOGUE.intents)))},
                optional={
                    "slots": likely(
                        some.dictionaries(some.sampled_from([*SLOT_OF.values(), "site", "x"]), likely(slot))
                    )
                },
            )
        ),
        "reason": any_json,
        "arguments": likely(some.lists(kinds | ids, max_size=3)),
    },
)
bodies = some.fixed_dictionaries(
    {"request": likely(requests)},
    optional={
        "session": likely(some.fixed_dictionaries({"new": any_json, "attributes": likely(attributes)})),
        "context": any_json,
        "version": any_json,
        "new": any_json,
    },
)


@settings(max_examples=150, derandomize=True, deadline=None, database=None)
@given(bodies)
def test_any_json_gets_a_response_within_the_limits_or_nothing(body: Body) -> None:
    before = copy.deepcopy(body)
    response = TURNS.answer(body)
    assert faults(response) == []
    assert json.loads(json.dumps(response)) == response
    assert plain(response["response"].get("outputSpeech")) != SORRY
    assert repr(body) == repr(before)
