"""What is written down of a request: one line, from lists of our own; and nothing else of it anywhere."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import generate_latest

from app import create_app
from skill.heard import KINDS
from skill.logs import JsonLines, Readable, formatter, set_up
from skill.settings import Settings
from skill.verify import Verifier
from tests.chain import Amazon
from tests.test_web import NOW, SKILL_ID, Line, question

ROOT = Path(__file__).parents[1]
MARK = "marked"
Body = dict[str, Any]


def app_with(**settings: Any) -> Flask:
    """The app as in production, but for the roots and the clock of its verifier."""
    amazon = Amazon(NOW)
    verifier = Verifier(SKILL_ID, amazon.roots, amazon.fetch, lambda: NOW)
    return create_app(Settings(skill_id=SKILL_ID, **settings), verifier=verifier)


@pytest.fixture(scope="module")
def counted() -> Flask:
    return app_with(metrics_port=9400)


def lines(caplog: pytest.LogCaptureFixture, form: logging.Formatter | None = None) -> list[str]:
    """The lines of the skill as they are written in production, or in another form."""
    form = form or JsonLines()
    return [form.format(record) for record in caplog.records if record.name.split(".")[0] != "asyncio"]


def asked(app: Flask, caplog: pytest.LogCaptureFixture, body: Body | None = None) -> Body:
    """What is written of one signed request."""
    caplog.set_level(logging.INFO, "skill")
    caplog.clear()
    assert Line(app.test_client(), Amazon(NOW)).sends(json.dumps(body or question()).encode()).status_code == 200
    (line,) = lines(caplog)
    told: Body = json.loads(line)
    return told


# One line


def test_a_turn_is_one_line_of_json(counted: Flask, caplog: pytest.LogCaptureFixture) -> None:
    told = asked(counted, caplog)
    assert told.pop("time")[4] == "-"
    assert told.pop("milliseconds") > 0
    assert len(told.pop("request")) == 12
    assert told == {
        "level": "info",
        "logger": "skill.journal",
        "event": "turn",
        "kind": "IntentRequest",
        "intent": "AskIntent",
        "decision": "answer",
        "locale": "en-US",
        "outcome": "answered",
    }


def test_the_answer_is_named_only_when_the_settings_say_so(caplog: pytest.LogCaptureFixture) -> None:
    assert asked(app_with(log_answers=True), caplog)["answer"] == "hospice"
    assert "hospice" not in json.dumps(asked(app_with(), caplog))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"type": "LaunchRequest"}, {"kind": "LaunchRequest", "decision": "welcome", "outcome": "answered"}),
        ({"type": "SessionEndedRequest"}, {"kind": "SessionEndedRequest", "decision": "none", "outcome": "silent"}),
        ({"type": "Alexa.Marked"}, {"kind": "other", "outcome": "silent"}),
        ({"intent": {"name": "MarkedIntent"}}, {"intent": "other"}),
        ({"intent": {"name": "AMAZON.HelpIntent"}}, {"intent": "AMAZON.HelpIntent", "decision": "help"}),
        ({"intent": "marked"}, {"intent": None}),
        ({"locale": "en-GB"}, {"locale": "en-GB"}),
        ({"locale": "marked"}, {"locale": "en-US"}),
        ({"requestId": None}, {"request": None}),
        ({"requestId": "\ud800"}, {}),
    ],
    ids=str,
)
def test_what_is_named_is_on_our_lists(
    counted: Flask, caplog: pytest.LogCaptureFixture, change: Body, told: Body
) -> None:
    body = question()
    body["request"] |= change
    line = asked(counted, caplog, body)
    assert {name: line[name] for name in told} == told


def test_the_same_request_has_the_same_hash(counted: Flask, caplog: pytest.LogCaptureFixture) -> None:
    body = question()
    first, again = asked(counted, caplog, body), asked(counted, caplog, body)
    other = asked(counted, caplog)
    assert first["request"] == again["request"] != other["request"]


def test_a_refusal_is_one_line_with_its_reason(counted: Flask, caplog: pytest.LogCaptureFixture) -> None:
    counted.test_client().post("/alexa", json=question())
    (line,) = lines(caplog)
    told = json.loads(line)
    assert (told["level"], told["event"], told["reason"]) == ("warning", "refused", "no SignatureCertChainUrl")


def test_in_development_a_line_is_for_reading(counted: Flask, caplog: pytest.LogCaptureFixture) -> None:
    asked(counted, caplog)
    (line,) = lines(caplog, Readable())
    assert "info event=turn" in line
    assert "kind=IntentRequest intent=AskIntent" in line
    assert isinstance(formatter(Settings(environment="development")), Readable)
    assert isinstance(formatter(Settings()), JsonLines)


def test_an_error_is_told_without_its_text() -> None:
    try:
        raise ValueError(f"{MARK} words")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "p", 1, f"Exception on /{MARK}", None, sys.exc_info())
    for form in (JsonLines(), Readable()):
        line = form.format(record)
        assert "ValueError" in line
        assert "test_logs.py" in line
        assert MARK not in line
        assert "\n" not in line


# Setting it up


@contextmanager
def bare_root() -> Iterator[logging.Logger]:
    """The root of the log as a fresh process has it; afterwards as it was."""
    root, skill = logging.getLogger(), logging.getLogger("skill")
    handlers, levels = root.handlers[:], (root.level, skill.level)
    root.handlers[:] = []
    try:
        yield root
    finally:
        root.handlers[:] = handlers
        root.setLevel(levels[0])
        skill.setLevel(levels[1])


def test_the_log_is_set_up_once_however_many_apps_are_made() -> None:
    with bare_root() as root:
        for _ in range(3):
            set_up(Settings())
        assert len(root.handlers) == 1
        assert isinstance(root.handlers[0].formatter, JsonLines)


def test_a_log_that_is_there_stays_unless_it_is_to_be_replaced() -> None:
    with bare_root() as root:
        there = logging.NullHandler()
        root.addHandler(there)
        set_up(Settings())
        assert root.handlers == [there]
        set_up(Settings(), replacing=True)
        assert there not in root.handlers


def test_a_process_of_its_own_writes_its_lines_to_its_standard_error() -> None:
    code = (
        "from app import create_app; client = create_app().test_client(); create_app(); "
        "client.post('/alexa', data=b'what is hospice')"
    )
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SKILL_")}
    environ["SKILL_ID"] = SKILL_ID
    run = subprocess.run(  # noqa: S603  (our own)
        [sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=True
    )
    (line,) = run.stderr.splitlines()
    assert json.loads(line)["event"] == "refused"
    assert run.stdout == ""


# Nothing of a person [1.24]


def marked(kind: str = "IntentRequest") -> Body:
    """A request that has a marked value wherever one can stand, and is otherwise answered."""
    body = question()
    body[MARK] = {MARK: [MARK]}
    body["version"] = MARK
    body["session"] = {
        "new": False,
        "sessionId": f"amzn1.echo-api.session.{MARK}",
        "application": {"applicationId": SKILL_ID},
        "user": {"userId": f"amzn1.ask.account.{MARK}", "accessToken": MARK, "permissions": {"consentToken": MARK}},
        "attributes": {
            **{"version": 1, "answer": MARK, "said": [MARK, MARK], "offer": [MARK, MARK], "choices": [MARK, MARK]},
            **{"trail": [MARK], MARK: MARK},
        },
    }
    body["context"]["System"] |= {
        "user": {"userId": MARK},
        "person": {"personId": MARK, "accessToken": MARK},
        "device": {"deviceId": f"amzn1.ask.device.{MARK}", "supportedInterfaces": {MARK: {}}},
        "apiAccessToken": MARK,
        "apiEndpoint": f"https://{MARK}.example",
        "unit": {"unitId": MARK},
    }
    body["context"] |= {"Geolocation": {"coordinate": MARK}, "Viewport": {"shape": MARK}}
    slot = {
        "name": MARK,
        "value": f"my {MARK} lump",
        "id": MARK,
        "resolutions": {
            "resolutionsPerAuthority": [
                {
                    "authority": MARK,
                    "status": {"code": "ER_SUCCESS_MATCH"},
                    "values": [{"value": {"name": MARK, "id": MARK}}],
                }
            ]
        },
    }
    names = ("question", "topic", "need", "cancer", "site", "organization", "which", MARK)
    body["request"] |= {
        "type": kind,
        "requestId": f"amzn1.echo-api.request.{MARK}",
        "locale": MARK,
        "dialogState": MARK,
        "reason": MARK,
        "error": {"type": MARK, "message": MARK},
        "cause": {"requestId": MARK},
        "arguments": [MARK, MARK],
        "token": MARK,
        "intent": {"name": "AskIntent", "confirmationStatus": MARK, "slots": dict.fromkeys(names, slot)},
    }
    return body


INTENTS = (
    "AskIntent",
    "DefineIntent",
    "SupportIntent",
    "OrganizationIntent",
    "AMAZON.RepeatIntent",
    "AMAZON.YesIntent",
    MARK,
)
REQUESTS = [
    *(pytest.param(kind, "AskIntent", id=kind) for kind in (*sorted(KINDS), MARK)),
    *(pytest.param("IntentRequest", intent, id=intent) for intent in INTENTS),
]


def nothing_kept(app: Flask, caplog: pytest.LogCaptureFixture, *errors: bytes) -> None:
    """No mark in the log, in either form or as it was captured, in the numbers, or in the bodies of errors."""
    assert caplog.records
    written = "\n".join((caplog.text, *lines(caplog), *lines(caplog, Readable())))
    assert MARK not in written.lower()
    assert MARK.encode() not in generate_latest(app.extensions["skill-metrics"].registry).lower()
    assert all(MARK.encode() not in error.lower() for error in errors)


HEADERS = {"User-Agent": MARK, "Referer": f"https://{MARK}.example", "X-Forwarded-For": MARK, "Cookie": f"a={MARK}"}


@pytest.mark.parametrize(("kind", "intent"), REQUESTS)
def test_no_mark_of_a_signed_request_is_kept(
    counted: Flask, kind: str, intent: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = marked(kind)
    body["request"]["intent"]["name"] = intent
    data = json.dumps(body).encode()
    response = counted.test_client().post("/alexa", data=data, headers={**HEADERS, **Amazon(NOW).headers(data)})
    assert response.status_code == 200
    assert f"my {MARK} lump" not in response.get_data(as_text=True)
    nothing_kept(counted, caplog)


def spoiled() -> list[Any]:
    """Marked requests that are refused, each for another reason: headers and body."""
    good = json.dumps(marked()).encode()
    signed = Amazon(NOW).headers(good)
    old, other, timeless = marked(), marked(), marked()
    old["request"]["timestamp"] = "2020-01-01T00:00:00Z"
    timeless["request"]["timestamp"] = MARK
    other["context"]["System"]["application"]["applicationId"] = f"amzn1.ask.skill.{MARK}"
    not_json, no_request = b"{" + MARK.encode(), json.dumps([MARK]).encode()
    return [
        pytest.param({}, good, id="unsigned"),
        pytest.param({**signed, "Signature-256": MARK}, good, id="signature"),
        pytest.param({**signed, "SignatureCertChainUrl": f"https://{MARK}.example/"}, good, id="host"),
        pytest.param(
            {**signed, "SignatureCertChainUrl": f"https://s3.amazonaws.com/echo.api/{MARK}?{MARK}"}, good, id="query"
        ),
        pytest.param(signed, good + b" ", id="changed"),
        *(
            pytest.param(Amazon(NOW).headers(data), data, id=name)
            for name, data in {
                "old": json.dumps(old).encode(),
                "no time": json.dumps(timeless).encode(),
                "another skill": json.dumps(other).encode(),
                "no JSON": not_json,
                "no request": no_request,
            }.items()
        ),
        pytest.param(signed, MARK.encode() * 40_000, id="too large"),
    ]


@pytest.mark.parametrize(("headers", "data"), spoiled())
def test_no_mark_of_a_refused_request_is_kept(
    counted: Flask, headers: dict[str, str], data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    response = counted.test_client().post("/alexa", data=data, headers={**HEADERS, **headers})
    assert response.status_code in (400, 413)
    assert len(caplog.records) == 1
    nothing_kept(counted, caplog, response.data)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", [f"/{MARK}", f"/answers/{MARK}", f"/alexa/{MARK}", f"/healthz?{MARK}={MARK}"])
def test_an_error_page_repeats_nothing(path: str, method: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client: FlaskClient = app_with(allowed_hosts=("guide.example",)).test_client()
    for host in ("guide.example", f"{MARK}.example"):
        response = client.open(path, method=method, headers={**HEADERS, "Host": host}, data=MARK.encode())
        assert MARK.encode() not in response.data
    assert MARK not in caplog.text
