"""POST /alexa end to end: signed as Amazon signs, through the real app; and what stands beside it."""

from __future__ import annotations

import copy
import io
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from skill.limits import faults
from skill.settings import Settings, SettingsError
from skill.simulator import envelope
from skill.simulator.conversation import Conversation
from skill.simulator.envelope import Device, Session
from skill.simulator.understand import FilledSlot, Understanding, Understood
from skill.turn import NOTHING
from skill.verify import Verifier
from skill.web import BODY_BYTES
from tests.alexa import Alexa
from tests.chain import Amazon

SKILL_ID = "amzn1.ask.skill.b5c7a5a4-0000-4000-8000-cancerguide00"
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
DEVICE = Device(skill_id=SKILL_ID)
QUESTION = Understood("intent", "AskIntent", {"question": FilledSlot("what is hospice", "QUESTION", "hospice")})
Body = dict[str, Any]


class Line:
    """Amazon at one end, the skill at the other: whatever is sent is signed; answers like `skill.turn.Turns`."""

    def __init__(self, client: FlaskClient, amazon: Amazon) -> None:
        self._client = client
        self._amazon = amazon

    def sends(self, body: bytes) -> TestResponse:
        """What comes back for these bytes."""
        return self._client.post("/alexa", data=body, headers=self._amazon.headers(body))

    def answer(self, body: Body) -> Body:
        """The response to a request that is made now."""
        response = self.sends(json.dumps(made_now(body)).encode())
        assert response.status_code == 200
        answered: Body = response.get_json()
        assert faults(answered) == []
        return answered


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    """A client of the app as in production, but for the roots that its verifier trusts and its clock."""
    amazon = Amazon(NOW)
    verifier = Verifier(SKILL_ID, amazon.roots, amazon.fetch, lambda: NOW)
    return create_app(Settings(skill_id=SKILL_ID), verifier=verifier).test_client()


@pytest.fixture
def line(client: FlaskClient) -> Line:
    return Line(client, Amazon(NOW))


@pytest.fixture(scope="module")
def production() -> FlaskClient:
    """A client of the app exactly as in production."""
    return create_app(Settings(skill_id=SKILL_ID)).test_client()


def made_now(body: Body) -> Body:
    """A body whose request has the time of these tests."""
    return {**body, "request": {**body["request"], "timestamp": "2026-07-01T12:00:00Z"}}


def question() -> Body:
    return made_now(envelope.intent(QUESTION, Session(), DEVICE))


# Signed


def test_a_signed_launch_is_greeted(line: Line) -> None:
    response = line.sends(json.dumps(made_now(envelope.launch(Session(), DEVICE))).encode())
    assert response.status_code == 200
    assert response.content_type == "application/json;charset=UTF-8"
    assert "Welcome to Cancer Guide" in response.get_json()["response"]["outputSpeech"]["ssml"]


def test_a_signed_conversation_goes_as_in_the_simulator(line: Line, alexa: Alexa, model: Understanding) -> None:
    signed = Conversation(line, model, DEVICE)  # type: ignore[arg-type]
    for words in ("open cancer guide", "what is hospice", "yes", "say that again", "gnarf", "exit"):
        assert signed.say(words).response == alexa.says(words).response
    assert signed.say("ask cancer guide what is hospice").answer == "hospice"


def test_what_is_signed_are_the_bytes_however_they_are_written(line: Line) -> None:
    body = json.dumps({"certificationParam": "\u00e9  ", **dict(reversed(question().items()))}, indent=3).encode()
    assert line.sends(body).status_code == 200
    assert line.sends(body + b"\n").status_code == 200


# Refused


def log_of_one(caplog: pytest.LogCaptureFixture) -> str:
    """The one line that was logged."""
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    return record.getMessage()


def test_an_unsigned_request_is_refused_with_one_line_in_the_log(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = client.post("/alexa", json=question())
    assert (response.status_code, response.data) == (400, b"")
    assert log_of_one(caplog) == "refused: no SignatureCertChainUrl"


def test_a_changed_byte_is_refused(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    body = json.dumps(question()).encode()
    headers = Amazon(NOW).headers(body)
    response = client.post("/alexa", data=body.replace(b"hospice", b"hospicf"), headers=headers)
    assert (response.status_code, response.data) == (400, b"")
    assert log_of_one(caplog).startswith("refused: ")


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{}", b"[]", b"null", b"{", b"what is hospice", b"\xff", b'{"request": 5}', b'{"request": {}}'),
        *(b"[" * 100_000, b'{"request":' * 10_000, b"1" * 10_000),
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_request_is_refused_with_an_empty_400(
    client: FlaskClient, line: Line, body: bytes, signed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    response = line.sends(body) if signed else client.post("/alexa", data=body)
    assert (response.status_code, response.data) == (400, b"")
    assert "hospice" not in log_of_one(caplog)


def test_a_body_that_is_too_large_is_not_even_read(
    client: FlaskClient, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.post("/alexa", data=b"x" * BODY_BYTES).status_code == 400
    caplog.clear()
    response = line.sends(b"x" * (BODY_BYTES + 1))
    assert (response.status_code, response.data) == (413, b"")
    assert log_of_one(caplog) == f"refused: larger than {BODY_BYTES} bytes"


def test_a_body_of_untold_length_is_cut_off_too(client: FlaskClient) -> None:
    endless = io.BytesIO(b"x" * (2 * BODY_BYTES))
    response = client.post("/alexa", input_stream=endless, environ_overrides={"wsgi.input_terminated": True})
    assert response.status_code == 413


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_alexa_only_posts(client: FlaskClient, method: str) -> None:
    assert client.open("/alexa", method=method).status_code == 405


@pytest.mark.parametrize("path", ["/alexa/", "/Alexa", "/console", "/static/x", "/metrics"])
def test_there_is_nothing_else_to_reach(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, json=question()).status_code == 404


WAYS = ("false", "0", "off", "no")


@pytest.mark.parametrize("value", WAYS)
@pytest.mark.parametrize(
    "name", ["SKILL_VERIFY_REQUESTS", "Skill-Verify-Requests", "X-Skill-Verify-Requests", "verify_requests", "verify"]
)
def test_nothing_in_a_request_switches_verification_off(production: FlaskClient, name: str, value: str) -> None:
    body = question()
    assert production.post("/alexa", json=body, headers={name.replace("_", "-"): value}).status_code == 400
    assert production.post("/alexa", json=body, query_string={name: value}).status_code == 400
    assert production.post("/alexa", json={name: value, **body}).status_code == 400
    assert production.post("/alexa", json=body, environ_overrides={name: value}).status_code == 400


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-For", "X-Forwarded-Host", "Origin"])
def test_a_request_from_this_very_machine_is_verified_too(production: FlaskClient, name: str) -> None:
    response = production.post("/alexa", json=question(), headers={name: "127.0.0.1"})
    assert response.status_code == 400


# Starting


def test_production_does_not_start_without_the_id_of_the_skill() -> None:
    with pytest.raises(SettingsError, match="SKILL_ID is missing"):
        create_app(Settings())


def test_the_app_takes_its_settings_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKILL_ENV", "staging")
    with pytest.raises(SettingsError, match="SKILL_ENV is 'staging'"):
        create_app()


def test_a_server_that_lives_says_so(production: FlaskClient) -> None:
    response = production.get("/healthz")
    assert (response.status_code, response.get_json()) == (200, {"status": "ok"})


# What Alexa may send one day [1.11, 1.16 to 1.23, 9.12, 9.20]

UNKNOWN_TYPES = [
    *("Alexa.SomethingNew", "AudioPlayer.PlaybackStarted", "Connections.Response", "Messaging.MessageReceived"),
    *("Alexa.Presentation.APL.RuntimeError", "Alexa.Presentation.APL.LoadIndexListData", "SessionResumedRequest"),
    *("AlexaSkillEvent.SkillPermissionAccepted", "AlexaSkillEvent.ProactiveSubscriptionChanged"),
    *("AlexaSkillEvent.SomethingNew", "AlexaHouseholdListEvent.ItemsCreated", "intentrequest", "", " "),
]


@pytest.mark.parametrize("kind", UNKNOWN_TYPES)
def test_a_type_of_request_that_is_not_known_gets_nothing(line: Line, kind: str) -> None:
    body = question()
    body["request"]["type"] = kind
    assert line.answer(body) == NOTHING


@pytest.mark.parametrize("kind", ["AlexaSkillEvent.SkillEnabled", "AlexaSkillEvent.SkillDisabled"])
def test_an_event_has_no_session_and_gets_nothing(line: Line, kind: str) -> None:
    body = {key: value for key, value in question().items() if key != "session"}
    body["request"] = {"type": kind, "requestId": "r", "eventCreationTime": "2026-07-01T12:00:00Z"}
    assert line.answer(body)["response"] == {}


def with_new_properties(value: Any) -> Any:
    """JSON with properties in every object that nobody has heard of."""
    if isinstance(value, list):
        return [with_new_properties(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {"aNewProperty": {"deep": [1, None, {}]}, **{key: with_new_properties(value[key]) for key in value}}


def test_new_properties_at_every_level_change_nothing(line: Line) -> None:
    assert line.answer(with_new_properties(question())) == line.answer(question())


def changed(path: str, value: Any) -> Callable[[Body], None]:
    """Sets what stands at a dotted path."""

    def change(body: Body) -> None:
        *parents, last = path.split(".")
        for parent in parents:
            body = body.setdefault(parent, {})
        body[last] = value

    return change


ENUMS = [
    ("request.dialogState", "PAUSED"),
    ("request.intent.confirmationStatus", "MAYBE"),
    ("request.intent.slots.question.confirmationStatus", "MAYBE"),
    ("request.intent.slots.question.source", "TOUCH"),
    ("request.intent.slots.question.slotValue.type", "Map"),
    ("request.launchRequestType", "NEW"),
    ("context.Viewport", {"mode": "TABLE", "shape": "TRIANGLE", "touch": ["TWICE"], "keyboard": ["BRAIN"]}),
    ("context.Viewports", [{"type": "HOLOGRAM", "id": "main", "presentationType": "AIR"}]),
    ("context.AudioPlayer", {"playerActivity": "HUMMING"}),
    ("context.Alexa.Presentation.APL", {"componentsVisibleOnScreen": 7}),
    ("context.System.unit", {"unitId": 5}),
    ("context.System.device.supportedInterfaces", {"Alexa.New": {}, "Alexa.Presentation.APL": {"runtime": "x"}}),
    ("context.System.device.persistentEndpointId", []),
    ("session.user.permissions", {"scopes": {"x": {"status": "PERHAPS"}}}),
    ("request.locale", "xx-YY"),
    ("version", 2),
]


@pytest.mark.parametrize(("path", "value"), ENUMS, ids=[path for path, _ in ENUMS])
def test_a_value_that_is_not_known_does_not_keep_a_question_from_its_answer(line: Line, path: str, value: Any) -> None:
    body = question()
    changed(path, value)(body)
    assert line.answer(body)["sessionAttributes"]["answer"] == "hospice"


def test_a_kind_of_match_that_is_not_known_counts_as_none(line: Line) -> None:
    body = question()
    authorities = body["request"]["intent"]["slots"]["question"]["resolutions"]["resolutionsPerAuthority"]
    authorities[0]["status"]["code"] = "ER_SOMETHING_NEW"
    assert line.answer(body)["response"]["outputSpeech"]


PARTS = [
    *("version", "session", "session.new", "session.sessionId", "session.application", "session.attributes"),
    *("session.user", "context.System.user", "context.System.device", "context.System.device.supportedInterfaces"),
    *("context.System.device.deviceId", "context.System.apiEndpoint", "request.requestId", "request.locale"),
    *("request.dialogState", "request.intent", "request.intent.name", "request.intent.slots"),
    *("request.intent.slots.question", "request.intent.slots.question.name"),
    *("request.intent.slots.question.value", "request.intent.slots.question.resolutions"),
    *("request.intent.slots.question.slotValue", "request.intent.confirmationStatus"),
]


@pytest.mark.parametrize("path", PARTS)
def test_a_question_of_which_a_part_is_missing_or_null_is_answered(line: Line, path: str) -> None:
    body = question()
    *parents, last = path.split(".")
    inner = body
    for parent in parents:
        inner = inner[parent]
    null = copy.deepcopy(body)
    changed(path, None)(null)
    del inner[last]
    assert line.answer(body)["response"]["outputSpeech"]
    if path != "session.application":  # a null there is nobody's skill, and is refused
        assert line.answer(null)["response"]["outputSpeech"]


@pytest.mark.parametrize("value", [None, 5, "x", [], ["x"], {}, True], ids=repr)
@pytest.mark.parametrize("path", ["session", "request.intent", "request.intent.slots", "session.attributes"])
def test_a_part_of_another_kind_is_answered_or_refused_but_never_an_error(line: Line, path: str, value: Any) -> None:
    body = question()
    changed(path, value)(body)
    assert line.sends(json.dumps(body).encode()).status_code in (200, 400)


# Nothing of what a person said, and nothing of who they are, is logged [1.24]


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
@pytest.mark.parametrize("kind", ["IntentRequest", "SessionEndedRequest", "System.ExceptionEncountered", "Planted"])
def test_nothing_of_a_request_is_logged(
    client: FlaskClient, line: Line, kind: str, signed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = question()
    body["planted"] = "planted"
    body["session"] |= {
        "sessionId": "planted",
        "user": {"userId": "amzn1.ask.account.PLANTED", "accessToken": "planted"},
        "attributes": {"version": 1, "answer": "planted", "said": ["planted", "planted"], "planted": "planted"},
    }
    body["context"]["System"] |= {"apiAccessToken": "planted", "user": {"userId": "planted"}}
    body["request"] |= {"type": kind, "requestId": "planted", "locale": "planted", "reason": "planted"}
    body["request"]["error"] = {"type": "planted", "message": "planted"}
    body["request"]["intent"]["slots"] = {"planted": {"name": "planted", "value": "my planted lump"}}
    data = json.dumps(body).encode()
    response = line.sends(data) if signed else client.post("/alexa", data=data, headers={"X-Name": "planted"})
    assert response.status_code == (200 if signed else 400)
    assert b"planted lump" not in response.data
    assert "planted" not in caplog.text.lower()
