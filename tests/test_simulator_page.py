"""The simulator in the browser: where it is served, what its API takes and gives, and that its files are its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from skill.build import build
from skill.catalogue import Catalogue
from skill.find import Finder
from skill.settings import Settings
from skill.simulator import __main__ as command
from skill.simulator import dialog
from skill.simulator.conversation import Conversation
from skill.simulator.envelope import Device
from skill.simulator.explain import Explainer
from skill.simulator.page import BODY_BYTES, STARTERS
from skill.simulator.understand import Understanding
from skill.turn import Turns
from skill.web import make_app

TURN = "/simulator/turn"
LOCALES = ("en-US", "en-GB", "en-CA", "en-AU", "en-IN")
Page = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def served(catalogue: Catalogue) -> Flask:
    """The app as make run starts it: requests to /alexa are verified, the simulator is on."""
    return make_app(Settings(environment="development", simulator=True), None, catalogue)


@pytest.fixture
def client(served: Flask) -> FlaskClient:
    return served.test_client()


@pytest.fixture
def page(client: FlaskClient) -> Page:
    """Asks as the page does; a turn that is refused fails the test."""

    def asks(**asked: Any) -> dict[str, Any]:
        response = client.post(TURN, json=asked)
        assert response.status_code == 200, response.get_json()
        answer: dict[str, Any] = response.get_json()
        return answer

    return asks


@pytest.fixture(scope="module")
def turns(catalogue: Catalogue) -> Turns:
    return Turns(build(catalogue, Settings(environment="development")), catalogue.phrases)


def without_time(report: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in report.items() if key != "ms"}


# Where it is served


@pytest.mark.parametrize(
    "settings",
    [
        Settings(environment="development"),
        Settings(skill_id="amzn1.ask.skill.x"),
        Settings(skill_id="amzn1.ask.skill.x", simulator=True),
        Settings(skill_id="amzn1.ask.skill.x", simulator=True, host="127.0.0.1", verify_requests=False),
    ],
    ids=["off", "production", "production, asked for", "production, asked for on loopback"],
)
def test_it_is_absent_unless_it_is_on_in_development(settings: Settings, catalogue: Catalogue) -> None:
    client = make_app(settings, None, catalogue).test_client()
    assert client.get("/simulator").status_code == 404
    assert client.get("/simulator/static/main.js").status_code == 404
    assert client.post(TURN, json={"say": "what is hospice"}).status_code in (404, 405)


def test_it_leaves_the_door_of_alexa_shut(client: FlaskClient, page: Page) -> None:
    request = page(say="what is hospice")["request"]
    assert client.post("/alexa", json=request).status_code == 400


# The API


@pytest.mark.parametrize("locale", LOCALES)
def test_a_conversation_goes_as_at_the_keyboard(locale: str, page: Page, turns: Turns, model: Understanding) -> None:
    keyboard = Conversation(turns, model, Device(locale))
    session: dict[str, Any] = {}
    for words in ("open cancer guide", "what is hospice", "tell me more", "slower", "who can help with that", "stop"):
        answer = page(say=words, locale=locale, session=session)
        session = answer["session"]
        there = keyboard.say(words)
        assert without_time(answer["turn"]) == without_time(there.report())
        assert answer["response"] == there.response
        assert answer["request"]["session"]["new"] is there.request["session"]["new"]
        assert answer["request"]["request"]["locale"] == locale


@pytest.mark.parametrize("words", STARTERS)
def test_every_question_to_begin_with_is_answered(words: str, page: Page) -> None:
    assert page(say=words)["turn"]["speech"]


def test_there_are_twelve_questions_to_begin_with_and_they_stand_on_the_page(client: FlaskClient) -> None:
    assert len(set(STARTERS)) == 12
    buttons = re.findall(r'class="starter">([^<]+)<', client.get("/simulator").text)
    assert [text.replace("&#39;", "'") for text in buttons] == list(STARTERS)


def test_the_session_is_carried_by_who_asks(page: Page) -> None:
    first = page(say="what is hospice")
    assert first["session"]["attributes"] == first["response"]["sessionAttributes"]
    assert page(say="tell me more", session=first["session"])["turn"]["answer"] == "hospice"
    assert page(say="tell me more")["turn"]["answer"] is None
    assert (
        page(say="tell me more", session=first["session"])["request"]["session"]["sessionId"] == first["session"]["id"]
    )


def test_a_session_that_ended_begins_anew(page: Page) -> None:
    first = page(say="what is hospice")
    last = page(say="stop", session=first["session"])
    assert last["turn"]["ended"] is True
    assert last["session"]["attributes"] == {}
    assert last["session"]["new"] is True
    assert last["session"]["id"] != first["session"]["id"]


def test_a_device_with_a_screen_says_so_and_a_speaker_does_not(page: Page) -> None:
    def interfaces(answer: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = answer["request"]["context"]["System"]["device"]["supportedInterfaces"]
        return found

    assert interfaces(page(say="what is hospice")) == {}
    assert "directives" not in page(say="what is hospice")["response"]["response"]
    assert "Alexa.Presentation.APL" in interfaces(page(say="what is hospice", screen=True))


def test_a_touch_is_a_turn(page: Page) -> None:
    opened = page(say="open cancer guide", screen=True)
    touched = page(touch=["answer", "hospice"], screen=True, session=opened["session"])
    assert touched["turn"]["answer"] == "hospice"
    assert touched["explain"] is None
    assert touched["request"]["request"]["type"] == "Alexa.Presentation.APL.UserEvent"


def test_lasting_silence_ends_the_session(page: Page) -> None:
    opened = page(say="open cancer guide")
    ended = page(end="EXCEEDED_MAX_REPROMPTS", session=opened["session"])
    assert ended["request"]["request"]["reason"] == "EXCEEDED_MAX_REPROMPTS"
    assert (ended["turn"]["speech"], ended["turn"]["ended"]) == ("", True)
    assert ended["session"]["attributes"] == {}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "say one of say, touch and end"),
        ({"say": "hi", "touch": ["answer", "hospice"]}, "say one of say, touch and end"),
        ({"say": 5}, "say: "),
        ({"say": None}, "say one of"),
        ({"say": ["what"]}, "say: "),
        ({"say": "a" * 1001}, "say: "),
        ({"say": "\ud800"}, "say: "),
        ({"touch": []}, "touch: "),
        ({"touch": [5]}, "touch.0: "),
        ({"end": "ERROR"}, "end: "),
        ({"say": "hi", "locale": "fr-FR"}, "locale: "),
        ({"say": "hi", "screen": "yes"}, "screen: "),
        ({"say": "hi", "session": []}, "session: "),
        ({"say": "hi", "session": {"new": 1}}, "session.new: "),
        ({"say": "hi", "session": {"attributes": []}}, "session.attributes: "),
        ({"say": "hi", "session": {"id": "a" * 201}}, "session.id: "),
        ({"say": "hi", "admin": True}, "admin: "),
        ([], "dictionary"),
        ("hi", "dictionary"),
        (None, "dictionary"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(asked: Any, told: str, client: FlaskClient) -> None:
    response = client.post(TURN, data=json.dumps(asked), content_type="application/json")
    assert response.status_code == 400
    assert told in response.get_json()["error"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 20_000, b'{"say": NaN}', b'{"say": "a", "session": {"attributes": {"a": 1e999}}}'],
)
def test_what_is_no_json_is_refused(body: bytes, client: FlaskClient) -> None:
    response = client.post(TURN, data=body, content_type="application/json")
    assert response.status_code == 400
    assert response.get_json() == {"error": "The body is no JSON."}


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    response = client.post(TURN, json={"say": "hi", "session": {"attributes": {"a": "b" * BODY_BYTES}}})
    assert response.status_code == 413
    assert response.get_json()["error"]


def test_another_site_cannot_ask_with_a_plain_form(client: FlaskClient) -> None:
    response = client.post(TURN, data=json.dumps({"say": "hi"}), content_type="text/plain")
    assert response.status_code == 415
    assert response.get_json() == {"error": "The content type is application/json."}


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_another_method_is_refused(method: str, client: FlaskClient) -> None:
    response = client.open(TURN, method=method)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert response.get_json()["error"]


@pytest.mark.parametrize(
    "attributes",
    [
        {"version": 1, "said": [5]},
        {"version": 1, "answer": {"a": []}, "choices": "ab", "trail": [None]},
        {"version": {}},
    ],
)
def test_attributes_that_the_skill_never_left_do_no_harm(attributes: dict[str, Any], page: Page) -> None:
    assert page(say="what is hospice", session={"new": False, "attributes": attributes})["turn"]["answer"] == "hospice"


# The page and its files


class Document(HTMLParser):
    """What a page loads, and where it would run or style something of its own."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._within = tag
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        if tag in ("script", "img", "link", "iframe"):
            self.loaded.append(given.get("src") or given.get("href") or "")

    def handle_data(self, data: str) -> None:
        if self._within in ("script", "style") and data.strip():
            self.inline.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._within = ""


def responses(client: FlaskClient) -> list[TestResponse]:
    got = [client.get("/simulator"), client.get("/simulator/static/main.js", buffered=True), client.get(TURN)]
    return [*got, client.post(TURN, json={"say": "hi"}), client.post(TURN, json={})]


def test_everything_is_sent_under_a_policy_that_lets_nothing_out(client: FlaskClient) -> None:
    for response in responses(client):
        policy = dict(part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["form-action"] == policy["base-uri"] == "'none'"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in response.headers


def test_what_was_asked_stays_in_no_cache(client: FlaskClient) -> None:
    assert client.post(TURN, json={"say": "hi"}).headers["Cache-Control"] == "no-store"


def test_the_page_runs_and_styles_nothing_of_its_own(client: FlaskClient) -> None:
    document = Document(client.get("/simulator").text)
    assert document.inline == []
    assert len(document.loaded) == 4


def test_every_file_of_the_page_comes_from_here(client: FlaskClient) -> None:
    waiting, seen = list(Document(client.get("/simulator").text).loaded), set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        assert address.startswith("/simulator/static/") or address == "/assets/icon.svg"
        response = client.get(address, buffered=True)
        assert response.status_code == 200
        if address.endswith(".js"):
            assert response.mimetype == "text/javascript"
            assert "/alexa" not in response.text
            assert (
                re.findall(
                    r"innerHTML|outerHTML|document\.write|\beval\(|new Function|insertAdjacentHTML", response.text
                )
                == []
            )
            imported = re.findall(r'from "([^"]+)"', response.text)
            assert all(name.startswith("./") for name in imported)
            waiting += [f"/simulator/static/{name[2:]}" for name in imported]
        if not address.endswith(".svg"):
            assert re.findall(r'(?:url\(|["\'])(?:https?:)?//', response.text) == []
    assert "/simulator/static/apl.js" in seen


def test_the_page_can_be_read_out(client: FlaskClient) -> None:
    text = client.get("/simulator").text
    assert '<label for="say">Say something to Cancer Guide</label>' in text
    assert 'role="log" aria-live="polite"' in text
    assert 'lang="en"' in text


# Why


@pytest.mark.parametrize(
    ("words", "kind", "answers"),
    [
        ("what is hospice", "answer", ["hospice"]),
        ("i can't breathe and my chest hurts", "emergency", []),
        ("i want to kill myself", "crisis", []),
        ("what's the weather today", "none", []),
    ],
)
def test_an_explanation_gives_the_decision_and_how_it_came_about(
    words: str, kind: str, answers: list[str], page: Page
) -> None:
    find = page(say=words)["explain"]["find"]
    assert find["decision"] == {"kind": kind, "answers": answers}
    assert len(find["best"]) == 5
    scores = [best["score"] for best in find["best"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= find[name] <= 1 for name in ("first", "both"))
    assert (find["safety"] is not None) is (kind in ("emergency", "crisis"))


def test_an_explanation_names_what_was_misheard_and_the_slots(page: Page) -> None:
    explain = page(say="what is pal e a tive care")["explain"]
    assert {"heard": "pal e a tive", "meant": "palliative"} in explain["find"]["corrected"]
    listed = page(say="what is hospice")["explain"]
    assert listed["slots"] == {"topic": {"value": "hospice", "id": "hospice"}}
    assert listed["find"]["known"] == "hospice"
    assert page(say="open cancer guide")["explain"]["find"] is None


@pytest.mark.parametrize("words", STARTERS)
def test_the_finder_explains_what_it_finds(words: str, catalogue: Catalogue) -> None:
    finder = Finder(catalogue)
    assert finder.explain(words).decision == finder.find(words)


def test_the_keyboard_explains_as_the_page_does(
    page: Page, catalogue: Catalogue, model: Understanding, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "what is pal e a tive care"
    assert command.main(["explain", "--json", words]) == 0
    assert json.loads(capsys.readouterr().out) == page(say=words)["explain"]
    assert Explainer(catalogue, model, Finder(catalogue)).of_words(words) == page(say=words)["explain"]
    assert command.main(["explain", words]) == 0
    shown = capsys.readouterr().out
    assert "corrected  pal e a tive → palliative" in shown
    assert "decision   answer palliative-care" in shown


# Kept conversations


def test_a_touch_and_a_silence_are_replayed(turns: Turns, model: Understanding) -> None:
    kept = {
        "dialog": 1,
        "locale": "en-US",
        "turns": [
            {"person": "open cancer guide", "ended": False},
            {"person": "", "touch": ["answer", "hospice"], "answer": "hospice", "ended": False},
            {"person": "", "silence": True, "alexa": "", "ended": True},
        ],
    }
    _, said = dialog.read(json.dumps(kept))
    assert dialog.differences(said, Conversation(turns, model)) == []


def test_a_touch_in_a_file_is_a_list_of_words() -> None:
    with pytest.raises(dialog.DialogError, match="a touch is a list of words"):
        dialog.read('{"dialog": 1, "turns": [{"person": "", "touch": [5]}]}')
