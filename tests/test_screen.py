"""What a device with a screen shows: where it is sent, that it can be read on each, and that touch is voice."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from skill.catalogue import Catalogue
from skill.limits import faults
from skill.screen import DOCUMENT, Row, Screen, can_show, directive
from skill.simulator.conversation import Turn
from skill.simulator.understand import Understanding
from tests.alexa import Alexa
from tests.apl import AplError, Node, Viewport, contrast, dp, laid_out

APL = "Alexa.Presentation.APL"
TOUCH = f"{APL}.UserEvent"
LOCALES = ["en-US", "en-GB", "en-IN", "en-XX"]
VIEWPORTS = {
    "round": Viewport(480, 480, "round"),
    "small hub": Viewport(960, 480),
    "medium hub": Viewport(1024, 600),
    "large hub": Viewport(1280, 800),
    "hub on the wall": Viewport(1920, 1080),
    "upright hub": Viewport(1080, 1920),
    "tablet": Viewport(600, 960, mode="mobile"),
    "tv": Viewport(960, 540, mode="tv"),
}
on_each_device = pytest.mark.parametrize("viewport", VIEWPORTS.values(), ids=VIEWPORTS)


def shown(turn: Turn) -> dict[str, Any] | None:
    """The data of the screen that came with a turn; None where none came."""
    directives = turn.inner.get("directives")
    return directives[0]["datasources"]["screen"] if directives else None


@pytest.fixture
def show(app: Flask, model: Understanding) -> Alexa:
    """Somebody at a device with a screen."""
    return Alexa(app, model, screen=True)


@pytest.fixture(scope="session")
def touched(app: Flask, model: Understanding, catalogue: Catalogue) -> dict[tuple[str, ...], tuple[Turn, Turn]]:
    """Everything that can be touched, as it is answered to a speaker and to a device with a screen."""
    answers = {}
    for locale in LOCALES:
        speaker, screen = Alexa(app, model, locale), Alexa(app, model, locale, screen=True)
        ids = catalogue.answers if locale == "en-US" else catalogue.organizations
        for kind in ("answer", "more", "helpers", "number"):
            for id in ids:
                if kind != "number" or id in catalogue.organizations:
                    request = {"type": TOUCH, "arguments": [kind, id]}
                    answers[locale, kind, id] = (speaker.sends(**request), screen.sends(**request))
    return answers


# Where it is sent [4.1, 4.2]


@pytest.mark.parametrize(
    ("interface", "drawn"),
    [
        *(({"runtime": {"maxVersion": version}}, True) for version in ("1.4", "1.9", "1.10", "2022.1", "2024.3", "3")),
        *(({"runtime": {"maxVersion": version}}, False) for version in ("1.3", "1.0", "1", "0.9")),
        *(({"runtime": {"maxVersion": junk}}, False) for junk in (None, 5, 2024.3, [], {}, "", "x", "1.", ".4", "-2")),
        *(({"runtime": {"maxVersion": junk}}, False) for junk in ("1.4 ", "1.4\n", "٢٠٢٤.٣", "9" * 5000, "2024.3.x")),
        *((junk, False) for junk in (None, {}, [], 5, "1.4", {"runtime": None}, {"runtime": {}}, {"runtime": "1.4"})),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_a_screen_is_sent_only_where_the_device_can_draw_it(interface: Any, drawn: bool, app: Flask) -> None:
    body = {
        "version": "1.0",
        "session": {"new": False, "attributes": {}},
        "context": {"System": {"device": {"supportedInterfaces": {APL: interface}}}},
        "request": {"type": TOUCH, "locale": "en-US", "arguments": ["answer", "hospice"]},
    }
    response = app.test_client().post("/alexa", json=body).get_json()
    assert faults(response) == []
    assert ("directives" in response["response"]) is drawn
    assert response["sessionAttributes"]["answer"] == "hospice"


def test_versions_are_compared_as_numbers() -> None:
    assert can_show("1.10")
    assert can_show("2022.1")
    assert not can_show("1.3.9")
    assert not can_show("")


def test_what_is_said_and_the_card_are_the_same_with_and_without_a_screen(
    touched: dict[tuple[str, ...], tuple[Turn, Turn]],
) -> None:
    assert len(touched) > 900
    for what, (speaker, screen) in touched.items():
        assert "directives" not in speaker.inner, what
        without = {key: value for key, value in screen.inner.items() if key != "directives"}
        assert without == speaker.inner, what
        assert screen.attributes == speaker.attributes, what


def test_nothing_that_is_said_sends_anybody_to_a_screen(touched: dict[tuple[str, ...], tuple[Turn, Turn]]) -> None:
    sends = re.compile(r"\b(?:tap|swipe|touch (?:a|the) (?:row|name)|(?:your|the|this|on) screen)\b", re.IGNORECASE)
    said = {what: f"{speaker.speech} {speaker.reprompt}" for what, (speaker, _) in touched.items()}
    found = {what: sends.findall(words) for what, words in said.items() if sends.search(words)}
    assert found == {}


def test_questions_and_leaving_show_nothing(show: Alexa) -> None:
    for words in ("open cancer guide", "help", "thanks", "repeat", "mumble mumble", "what is the capital of france"):
        assert shown(show.says(words)) is None, words
    assert shown(show.says("stop")) is None


def test_a_one_shot_question_is_shown_with_the_way_back(show: Alexa, catalogue: Catalogue) -> None:
    screen = shown(show.asks("what is hospice"))
    assert screen is not None
    assert screen["hint"] == catalogue.phrases.way_back


# What is on it


def test_an_answer_is_shown_with_its_words_helpers_and_sources(show: Alexa) -> None:
    show.opens()
    turn = show.says("what is palliative care")
    screen = shown(turn)
    assert screen is not None
    assert screen["title"] == turn.card["title"] if turn.card else False
    assert turn.speech.startswith(screen["text"])
    assert [row["kind"] for row in screen["rows"]][:2] == ["more", "answer"]
    assert "Sources: " in screen["source"]
    assert "not medical advice" in screen["source"]


def test_an_organization_shows_its_number_large(show: Alexa) -> None:
    show.opens()
    screen = shown(show.says("tell me about the american cancer society"))
    assert screen is not None
    assert [call["number"] for call in screen["calls"]] == ["1-800-227-2345"]


def test_a_number_of_another_country_is_not_shown(app: Flask, model: Understanding) -> None:
    away = Alexa(app, model, "en-GB", screen=True)
    screen = shown(away.sends(type=TOUCH, arguments=["number", "org-acs"]))
    assert screen is not None
    assert "1-800" not in json.dumps(screen)


def test_two_that_are_close_can_be_touched(app: Flask, catalogue: Catalogue) -> None:
    said = ["choice", "hospice", "palliative-care"]
    body = {
        "session": {"new": False, "attributes": {"version": 1, "said": said}},
        "context": {
            "System": {"device": {"supportedInterfaces": {APL: {"runtime": {"maxVersion": "2024.3"}}}}},
        },
        "request": {
            "type": "IntentRequest",
            "locale": "en-US",
            "intent": {"name": "AMAZON.RepeatIntent"},
        },
    }
    inner = app.test_client().post("/alexa", json=body).get_json()["response"]
    rows = inner["directives"][0]["datasources"]["screen"]["rows"]
    assert [(row["kind"], row["id"]) for row in rows] == [("answer", "hospice"), ("answer", "palliative-care")]
    assert "card" not in inner


def alarms(catalogue: Catalogue) -> list[tuple[str, ...]]:
    texts = catalogue.safeguards.texts
    return [*(("emergency", key) for key in texts), *(("crisis", "direct-self", key) for key in texts)]


@pytest.mark.parametrize("locale", LOCALES)
def test_an_alarm_shows_the_number_that_is_said_first_large(locale: str, app: Flask, catalogue: Catalogue) -> None:
    region = catalogue.safeguards.region(locale)
    for said in alarms(catalogue):
        body = {
            "session": {"new": False, "attributes": {"version": 1, "said": list(said), "offer": ["again"]}},
            "context": {
                "System": {"device": {"supportedInterfaces": {APL: {"runtime": {"maxVersion": "2024.3"}}}}},
            },
            "request": {"type": "IntentRequest", "locale": locale, "intent": {"name": "AMAZON.RepeatIntent"}},
        }
        response = app.test_client().post("/alexa", json=body).get_json()
        assert faults(response) == []
        if said[-1] == "being_harmed":
            assert "directives" not in response["response"]
            assert "card" not in response["response"]
            continue
        screen = response["response"]["directives"][0]["datasources"]["screen"]
        first = re.findall(r"\{(\w+)\}", catalogue.safeguards.texts[said[-1]].say)[:1]
        numbers = [call["number"].lower() for call in screen["calls"]]
        assert numbers[:1] == [getattr(region, name).written.lower() for name in first], said
        for viewport in VIEWPORTS.values():
            laid_out(DOCUMENT, {"screen": screen}, viewport)


@pytest.mark.parametrize(
    ("words", "number"), [("she is not breathing", "911"), ("i want to kill myself", "988")], ids=["911", "988"]
)
@on_each_device
def test_somebody_in_need_sees_the_number_larger_than_all_else(
    words: str, number: str, viewport: Viewport, show: Alexa
) -> None:
    show.opens()
    screen = shown(show.says(words))
    assert screen is not None
    texts = laid_out(DOCUMENT, {"screen": screen}, viewport).of("Text")
    sizes = {text["text"]: dp(text["fontSize"]) for text in texts}
    assert sizes[number] == max(sizes.values())
    assert sizes[number] >= 2 * sizes[screen["text"]]


def test_words_are_spelled_as_the_locale_spells(app: Flask, model: Understanding) -> None:
    for locale, spelled in (("en-US", "tumor"), ("en-GB", "tumour")):
        turn = Alexa(app, model, locale, screen=True).sends(type=TOUCH, arguments=["answer", "what-is-metastasis"])
        screen = shown(turn)
        assert screen is not None
        assert re.search(rf"\b{spelled}s?\b", screen["text"])


def test_what_a_text_would_read_as_markup_is_escaped_and_a_label_is_not() -> None:
    data = directive(Screen("A & B", "1 < 2", (Row("answer", "x", "C & D"),)), "token").datasources["screen"]
    assert (data["title"], data["text"]) == ("A &amp; B", "1 &lt; 2")
    assert (data["rows"][0]["label"], data["rows"][0]["spoken"]) == ("C &amp; D", "C & D")


# What can be touched can be said [1.21, 4.6]


def test_every_touch_leads_to_an_answer(touched: dict[tuple[str, ...], tuple[Turn, Turn]]) -> None:
    for what, (_, turn) in touched.items():
        screen = shown(turn)
        assert turn.attributes["said"][0] in ("answer", "more", "helpers", "number") or screen is None, what
        for row in screen["rows"] if screen else ():
            target = touched[(what[0], row["kind"], row["id"])] if what[0] == "en-US" else None
            if target is not None:
                assert target[1].attributes["said"][:2] == [row["kind"], row["id"]], (what, row)


@on_each_device
def test_a_touch_on_the_device_sends_what_the_row_says(viewport: Viewport, show: Alexa) -> None:
    show.opens()
    screen = shown(show.says("what is hospice"))
    assert screen is not None
    rows = laid_out(DOCUMENT, {"screen": screen}, viewport).of("TouchWrapper")
    assert len(rows) == len(screen["rows"]) >= 3
    for row in rows:
        (command,) = row["onPress"]
        turn = show.sends(type=TOUCH, token="answer.hospice", arguments=command["arguments"])
        assert turn.attributes["said"][:2] == command["arguments"]


SAID_FOR = {
    "more": ["what is hospice", "tell me more"],
    "helpers": ["what is hospice", "tell me more", "who can help"],
    "number": ["tell me about the american cancer society", "say the number again"],
}


@pytest.mark.parametrize("kind", SAID_FOR)
def test_what_a_row_does_is_what_the_words_do(kind: str, app: Flask, model: Understanding) -> None:
    """The last words of a conversation, and the row of that kind on the screen before them."""
    by_voice, by_touch = Alexa(app, model, screen=True), Alexa(app, model, screen=True)
    by_voice.opens()
    by_touch.opens()
    *before, last = SAID_FOR[kind]
    said = by_voice.hears(*before, last)[-1]
    screen = shown(by_touch.hears(*before)[-1])
    assert screen is not None
    rows = [row for row in screen["rows"] if row["kind"] == kind]
    if kind == "number":
        rows = [{"kind": "number", "id": "org-acs"}]
    turn = by_touch.sends(type=TOUCH, arguments=[rows[0]["kind"], rows[0]["id"]])
    assert (turn.speech, turn.card) == (said.speech, said.card)


HINTED = {
    "screen_hint": ["what is hospice", "where does that come from"],
    "screen_hint_more": ["what is hospice"],
    "screen_hint_helpers": ["what is hospice", "tell me more"],
    "screen_hint_number": ["tell me about the american cancer society", "say the number again"],
    "screen_hint_answer": ["tell me about the american cancer society", "tell me more"],
    "screen_hint_again": ["she is not breathing"],
    "screen_hint_choose": ["who can help with rides"],
}


@pytest.mark.parametrize("hint", HINTED)
def test_what_a_hint_says_can_be_said(hint: str, app: Flask, model: Understanding, catalogue: Catalogue) -> None:
    words = getattr(catalogue.phrases, hint)
    for quoted in re.findall(r"“(.+?)”", words):
        show = Alexa(app, model, screen=True)
        show.opens()
        screen = shown(show.hears(*HINTED[hint])[-1])
        assert screen is not None
        assert screen["hint"] == words
        turn = show.says(quoted)
        assert turn.attributes.get("missed", 0) == 0, quoted
        assert shown(turn) is not None or quoted == "stop", quoted


def test_every_hint_is_tried(catalogue: Catalogue) -> None:
    assert {name for name in vars(catalogue.phrases) if name.startswith("screen_hint")} == set(HINTED)


# Valid and readable on every device [4.2 to 4.8]


@on_each_device
def test_every_screen_is_valid_with_labels_roles_and_room_to_touch(
    viewport: Viewport, touched: dict[tuple[str, ...], tuple[Turn, Turn]]
) -> None:
    for what, (_, turn) in touched.items():
        screen = shown(turn)
        if screen is None:
            continue
        root = laid_out(DOCUMENT, {"screen": screen}, viewport)
        for row in root.of("TouchWrapper"):
            assert row["role"] == "button", what
            assert 0 < len(row["accessibilityLabel"]) <= 125, what
            assert dp(row["minHeight"]) >= 48, what
        for text in root.of("Text"):
            assert dp(text["fontSize"]) >= 18, what
        words = [text["text"] for text in root.of("Text")]
        for part in ("title", "text", "hint"):
            assert screen[part] in words, what


@on_each_device
def test_everything_is_shown_once_and_the_title_first(viewport: Viewport, show: Alexa) -> None:
    show.opens()
    screen = shown(show.says("what is hospice"))
    assert screen is not None
    texts = laid_out(DOCUMENT, {"screen": screen}, viewport).of("Text")
    assert texts[0]["role"] == "header"
    words = [text["text"] for text in texts]
    assert len(words) == len(set(words))


def test_there_are_two_columns_only_where_there_is_room(show: Alexa) -> None:
    show.opens()
    screen = shown(show.says("what is hospice"))
    columns = {
        name: len(laid_out(DOCUMENT, {"screen": screen}, viewport).of("ScrollView"))
        for name, viewport in VIEWPORTS.items()
    }
    narrow = {"round", "upright hub", "tablet"}
    assert columns == {name: 1 if name in narrow else 2 for name in VIEWPORTS}


def _written_on(node: Node, color: str) -> list[tuple[Node, str]]:
    """Every text with the colour behind it."""
    behind = node.properties.get("backgroundColor", color)
    own = [(node, behind)] if node.type == "Text" else []
    return own + [pair for child in node.children for pair in _written_on(child, behind)]


@on_each_device
def test_every_text_stands_out_from_what_is_behind_it(viewport: Viewport, show: Alexa) -> None:
    show.opens()
    for words in ("tell me about the american cancer society", "what is hospice", "she is not breathing"):
        root = laid_out(DOCUMENT, {"screen": shown(show.says(words))}, viewport)
        pairs = _written_on(root, "none")
        assert pairs
        for text, behind in pairs:
            assert contrast(text["color"], behind) >= 4.5, text["text"]


def test_a_row_stays_readable_when_it_is_pressed_and_stands_out_when_it_has_the_focus() -> None:
    colors = DOCUMENT["resources"][0]["colors"]
    assert contrast(colors["colorText"], colors["colorPressed"]) >= 4.5
    assert contrast(colors["colorQuiet"], colors["colorPressed"]) >= 4.5
    for behind in ("colorRow", "colorPressed", "colorBackground"):
        assert contrast(colors["colorFocus"], colors[behind]) >= 3


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
    assert contrast("#123456", "#123456") == 1


def test_nothing_in_the_document_is_left_unused() -> None:
    text = json.dumps(DOCUMENT)
    names = {
        name for block in DOCUMENT["resources"] for kind in block.values() if isinstance(kind, dict) for name in kind
    }
    assert {name for name in names if f"@{name}" not in text} == set()
    assert {name for name in DOCUMENT["layouts"] if f'"type": "{name}"' not in text} == set()


def test_a_response_with_a_screen_is_far_below_the_limit(touched: dict[tuple[str, ...], tuple[Turn, Turn]]) -> None:
    assert max(len(json.dumps(turn.response).encode()) for _, turn in touched.values()) < 24_000


# A broken screen is refused


def changed(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Puts a value at a path such as document.version; None takes away what is there."""
    *way, last = path.split(".")

    def change(screen: dict[str, Any]) -> None:
        place: Any = screen
        for step in way:
            place = place[int(step)] if step.isdigit() else place[step]
        if value is None:
            del place[last]
        else:
            place[int(last) if last.isdigit() else last] = value

    return change


ROW = "document.layouts.TouchRow.item"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (changed("type", "Display.RenderTemplate"), "a directive that is not ours [4.9]"),
        (changed("token", None), "a screen without a token [4.3]"),
        (changed("token", ""), "a screen without a token [4.3]"),
        (changed("document", None), "a screen without a document [4.3]"),
        (changed("document", {"type": "Link", "src": "doc://alexa/x"}), "a screen without a document [4.3]"),
        (changed("document.version", "2024.3"), "the document is of a version that is not ours [4.2]"),
        (changed("document.version", "1.3"), "the document is of a version that is not ours [4.2]"),
        (changed("document.version", None), "the document is of a version that is not ours [4.2]"),
        (changed(f"{ROW}.accessibilityLabel", None), "a part to touch without a label or a role [4.7]"),
        (changed(f"{ROW}.role", None), "a part to touch without a label or a role [4.7]"),
        (changed(f"{ROW}.onPress", [{"type": "OpenURL", "source": "x"}]), "the command OpenURL is not ours [4.4]"),
        (changed(f"{ROW}.item", {"type": "Image", "source": "x"}), "a picture without a label [4.7]"),
        (changed("datasources.screen.title", ""), "a screen without a title or words [4.3]"),
        (changed("datasources", None), "a screen without a title or words [4.3]"),
        (changed("datasources.screen.rows.0.kind", "welcome"), "a row that asks for nothing we answer [1.21]"),
        (changed("datasources.screen.rows.0.id", ""), "a row that asks for nothing we answer [1.21]"),
        (
            changed("datasources.screen.rows.0.spoken", "a" * 126),
            "a row without a label, or with too long a one [4.8]",
        ),
        (changed("datasources.screen.text", "a" * 120_000), "the response is too large [1.13]"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_screen_is_named(change: Callable[[dict[str, Any]], None], fault: str, show: Alexa) -> None:
    show.opens()
    response = copy.deepcopy(show.says("what is hospice").response)
    assert faults(response) == []
    change(response["response"]["directives"][0])
    assert fault in faults(response)


@pytest.mark.parametrize("directives", [["x"], [None], [{}], [{"type": "AudioPlayer.Play"}]], ids=str)
def test_any_other_directive_is_refused(directives: list[Any], show: Alexa) -> None:
    response = copy.deepcopy(show.opens().response)
    response["response"]["directives"] = directives
    assert faults(response) == ["a directive that is not ours [4.9]"]


def test_two_screens_at_once_are_refused(show: Alexa) -> None:
    response = copy.deepcopy(show.asks("what is hospice").response)
    response["response"]["directives"] *= 2
    assert "more than one directive [4.3]" in faults(response)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (changed(f"{ROW}.width", "wide"), "no size"),
        (changed(f"{ROW}.minHeight", "@sizeOfNothing"), "no resource sizeOfNothing"),
        (changed(f"{ROW}.colour", "#000000"), "has no colour"),
        (changed(f"{ROW}.role", "knob"), "may not be knob"),
        (changed(f"{ROW}.item.style", "gone"), "no style gone"),
        (changed(f"{ROW}.item.item.items.0.text", "${row.name}"), "no name in the data"),
        (changed(f"{ROW}.item.item.items.0.text", "${row.}"), "cannot be read"),
        (changed(f"{ROW}.item.item.items.0.color", "red"), "no colour"),
        (changed(f"{ROW}.item.item.direction", "down"), "may not be down"),
        (changed(f"{ROW}.onPress", [{"type": "PlayMedia"}]), "not a command"),
        (changed(f"{ROW}.item.type", "Video"), "not a component"),
        (changed("document.layouts.Rows.item.items.0", {"type": "TouchRow", "line": "x"}), "has no line"),
        (changed("document.resources.0.colors.colorText", "white"), "is not what colorText may be"),
        (changed("document.onMount", []), "has no onMount"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_strict_reader_finds_what_is_wrong(
    change: Callable[[dict[str, Any]], None], wrong: str, show: Alexa
) -> None:
    show.opens()
    screen = copy.deepcopy(show.says("what is hospice").inner["directives"][0])
    laid_out(screen["document"], screen["datasources"], VIEWPORTS["small hub"])
    change(screen)
    with pytest.raises(AplError, match=wrong):
        laid_out(screen["document"], screen["datasources"], VIEWPORTS["small hub"])
