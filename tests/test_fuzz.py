"""A few hundred of the requests of tests/fuzz.py: a signed object for us is answered, all else is refused, and nothing
is a fault of ours. `python -m tests.fuzz --examples 20000` asks for longer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from skill.catalogue import Catalogue
from skill.simulator import envelope
from skill.simulator.envelope import Device, Session
from tests.alexa import SLOT_OF
from tests.fuzz import SAYINGS, TIMESTAMP, Fuzz
from tests.signed import body_of

SLOTTED = {**SLOT_OF, "AMAZON.FallbackIntent": "words"}


@pytest.fixture(scope="module")
def fuzz(catalogue: Catalogue) -> Fuzz:
    return Fuzz(catalogue)


def request(**parts: Any) -> dict[str, Any]:
    body = envelope.launch(Session(False), Device())
    body["request"] |= {"timestamp": TIMESTAMP, **parts}
    return body


def intent(name: str, slots: dict[str, Any]) -> bytes:
    return body_of(request(type="IntentRequest", intent={"name": name, "slots": slots}))


def test_whatever_is_sent_is_answered_within_limits_or_refused(fuzz: Fuzz) -> None:
    fuzz.run(80)
    assert {outcome.split(":")[0] for outcome in fuzz.counts} == {
        *("signed, for us", "signed, any JSON", "signed, no request", "bad headers", "signed by a stranger"),
    }
    assert {outcome.split(": ")[1][:3] for outcome in fuzz.counts} <= {"200", "400", "413"}
    assert fuzz.counts["signed, for us: 200, an answer"]


@pytest.mark.parametrize("saying", SAYINGS, ids=lambda saying: ascii(saying)[:30])
def test_whatever_is_said_is_borne(fuzz: Fuzz, saying: str) -> None:
    for name, slot in SLOTTED.items():
        fuzz.turn("said", intent(name, {slot: {"name": slot, "value": saying}}), must_pass=True)


def test_a_request_as_full_as_may_be_is_borne(fuzz: Fuzz) -> None:
    many = {f"slot{number}": {"value": "what is hospice my mom"} for number in range(2500)}
    assert len(intent("AskIntent", many)) > 100_000
    fuzz.turn("full", intent("AskIntent", many), must_pass=True)
    match = {"status": {"code": "ER_SUCCESS_MATCH"}, "values": [{"value": {"id": "hospice", "name": "x"}}] * 1000}
    slot = {"value": "what is hospice", "resolutions": {"resolutionsPerAuthority": [match, match]}}
    fuzz.turn("full", intent("AskIntent", {"question": slot}), must_pass=True)


@pytest.mark.parametrize("where", ["context", "session", "request"])
def test_nesting_that_our_parser_bears_is_borne_everywhere(fuzz: Fuzz, where: str) -> None:
    body = request(type="LaunchRequest")
    body["session"]["attributes"] = {}
    place = body["session"]["attributes"] if where == "session" else body[where]
    place["deep"] = json.loads("[" * 400 + "]" * 400)
    fuzz.turn("deep", body_of(body), must_pass=True)


def test_nesting_that_no_parser_bears_is_refused(fuzz: Fuzz) -> None:
    nested = body_of(request(type="LaunchRequest", deep=0)).replace(
        b'"deep": 0', b'"deep":' + b"[" * 30_000 + b"]" * 30_000
    )
    fuzz.turn("too deep", nested, must_pass=False)
