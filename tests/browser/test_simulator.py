"""The simulator in the browser: a conversation from the first question to the link that is sent to a colleague."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from skill.simulator import dialog
from skill.simulator.page import STARTERS
from tests.browser.conftest import Visits
from tests.browser.simulator import Simulator

ROOT = Path(__file__).parents[2]
DEVICES = ("round", "small", "medium", "large", "wall", "upright", "tv")
on_each_device = pytest.mark.parametrize("device", DEVICES)


# -- asking, and going on -------------------------------------------------------------------------------


def test_a_question_is_answered_with_its_card_and_why(simulator: Simulator) -> None:
    assert simulator.says("what is hospice").startswith("Hospice is comfort care")
    expect(simulator.part.get_by_role("heading", name="Turn 1")).to_be_visible()
    expect(simulator.page.locator("#facts")).to_contain_text("answer: hospice")
    expect(simulator.page.locator("#card h4")).to_have_text("Hospice care")
    expect(simulator.page.locator("#reprompt")).to_contain_text("Would you like to hear more?")
    expect(simulator.page.locator("#why")).to_contain_text("DefineIntent")
    assert simulator.json("request")["request"]["type"] == "IntentRequest"
    assert simulator.json("response")["response"]["shouldEndSession"] is False
    assert simulator.json("attributes")["answer"] == "hospice"


def test_the_card_dials_and_leads_where_it_says(simulator: Simulator) -> None:
    simulator.says("tell me about the american cancer society")
    card = simulator.page.locator("#card")
    expect(card.get_by_role("link", name="1-800-227-2345").first).to_have_attribute("href", "tel:18002272345")
    expect(card.get_by_role("link", name=re.compile("cancer.org")).first).to_have_attribute(
        "href", re.compile("^https://")
    )


def test_somebody_asks_goes_on_and_leaves(simulator: Simulator) -> None:
    simulator.says("open cancer guide")
    first = simulator.says("what is hospice")
    more = simulator.says("tell me more")
    assert more != first
    assert simulator.json("attributes")["said"] == ["more", "hospice"]
    assert "hospice" in simulator.says("who can help").casefold()
    assert simulator.json("attributes")["said"][0] == "helpers"
    expect(simulator.page.locator(".alexa .state").last).to_have_text("Listening for an answer")
    simulator.says("stop")
    expect(simulator.page.locator(".alexa .state").last).to_have_text("The session is over")
    expect(simulator.page.locator(".person p")).to_have_text(
        ["open cancer guide", "what is hospice", "tell me more", "who can help", "stop"]
    )


def test_an_emergency_is_heard_first_and_looks_like_one(simulator: Simulator) -> None:
    assert "911" in simulator.says("she is not breathing")
    expect(simulator.page.locator(".alexa.urgent")).to_have_count(1)
    expect(simulator.page.locator("#facts")).to_contain_text("emergency")
    expect(simulator.page.locator("#card").get_by_role("link", name="911").first).to_have_attribute("href", "tel:911")
    simulator.says("what is hospice")
    expect(simulator.page.locator(".alexa.urgent")).to_have_count(1)


def test_two_that_are_close_are_asked_about_and_one_is_chosen(simulator: Simulator, unsure: str) -> None:
    asked = simulator.says(unsure)
    assert asked.endswith("?")
    expect(simulator.page.locator("#facts")).to_contain_text("choice: ")
    first, second = simulator.json("attributes")["choices"]
    simulator.says("the second one")
    assert simulator.json("attributes")["answer"] == second != first


def test_a_one_shot_question_is_answered_and_the_session_closes(simulator: Simulator) -> None:
    simulator.page.select_option("#mode", "one-shot")
    simulator.says("what is hospice")
    expect(simulator.page.locator(".person p")).to_have_text("ask cancer guide what is hospice")
    expect(simulator.page.locator(".alexa .state")).to_have_text("The session is over")


@pytest.mark.parametrize("words", STARTERS)
def test_a_question_to_begin_with_is_one_click(words: str, simulator: Simulator) -> None:
    simulator.page.get_by_role("button", name=words, exact=True).click()
    assert simulator.hears(1)
    expect(simulator.page.locator(".person p")).to_have_text(words)
    expect(simulator.page.locator("#say")).to_be_focused()


def test_an_earlier_turn_is_looked_at_again(simulator: Simulator) -> None:
    simulator.says("what is hospice")
    simulator.says("what is palliative care")
    simulator.page.get_by_role("button", name="Card and details of turn 1").click()
    expect(simulator.page.locator("#card h4")).to_have_text("Hospice care")
    expect(simulator.page.get_by_role("button", name="Card and details of turn 1")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(simulator.page.get_by_role("button", name="Card and details of turn 2")).to_have_attribute(
        "aria-pressed", "false"
    )


def test_words_are_only_ever_words(simulator: Simulator) -> None:
    words = "<img src=x onerror=alert(1)> & <b>hospice</b>"
    simulator.says(words)
    expect(simulator.page.locator(".person p")).to_have_text(words)
    assert simulator.page.locator(".log img, .log b").count() == 0


def test_another_english_is_another_session_with_other_numbers(simulator: Simulator) -> None:
    simulator.says("what is hospice")
    simulator.page.select_option("#locale", "en-GB")
    expect(simulator.heard).to_have_count(0)
    assert "999" in simulator.says("she is not breathing")


def test_what_is_refused_is_said_and_the_conversation_goes_on(simulator: Simulator) -> None:
    simulator.page.evaluate("() => { document.getElementById('say').maxLength = 9999; }")
    simulator.page.fill("#say", "a " * 600)
    simulator.page.press("#say", "Enter")
    expect(simulator.status).to_contain_text("say: ")
    faults = simulator.visitor.faults
    assert [fault for fault in faults if "400" not in fault] == []
    faults.clear()
    assert simulator.says("what is hospice").startswith("Hospice")
    expect(simulator.status).to_have_text("")


def test_a_server_that_is_gone_is_said(simulator: Simulator) -> None:
    simulator.page.route("**/simulator/turn", lambda route: route.abort())
    simulator.page.fill("#say", "what is hospice")
    simulator.page.press("#say", "Enter")
    expect(simulator.status).to_have_text("The simulator cannot be reached. Is make run still running?")
    simulator.visitor.faults.clear()


# -- the screen ---------------------------------------------------------------------------------------


def test_what_is_touched_on_the_screen_is_a_turn(simulator: Simulator) -> None:
    simulator.takes("screen")
    simulator.says("what is hospice")
    expect(simulator.screen.get_by_role("heading", name="Hospice care")).to_be_visible()
    more = simulator.touches("Hear more")
    assert more
    assert simulator.json("request")["request"]["arguments"] == ["more", "hospice"]
    assert simulator.json("attributes")["said"] == ["more", "hospice"]


def test_a_screen_without_a_document_shows_the_card_and_not_what_was_there(simulator: Simulator) -> None:
    simulator.takes("screen")
    simulator.says("what is hospice")
    expect(simulator.screen.get_by_role("heading", name="Hospice care")).to_be_visible()
    simulator.says("send me the link")
    expect(simulator.screen.get_by_role("heading")).to_have_count(0)
    card = simulator.json("response")["response"].get("card")
    shown = simulator.screen.locator(".card-view")
    expect(shown).to_contain_text(card["title"] if card else "Cancer Guide")
    simulator.says("thanks")
    expect(shown).to_have_text("Cancer Guide")
    expect(simulator.screen).to_contain_text("neither screen nor card")


def test_a_speaker_has_no_screen(simulator: Simulator) -> None:
    simulator.says("what is hospice")
    expect(simulator.screen).to_contain_text("A speaker has no screen")
    expect(simulator.page.locator("#viewport")).to_be_hidden()
    expect(simulator.page.locator(".device")).to_have_count(0)


@on_each_device
def test_on_every_device_the_title_the_first_words_and_the_hint_are_in_sight(device: str, simulator: Simulator) -> None:
    """In sight: within the screen, on a round one within the circle, and not below something else."""
    simulator.takes("screen")
    for words in ("what is hospice", "tell me about the american cancer society", "she is not breathing"):
        simulator.says(words)
        simulator.page.select_option("#viewport", device)
        hint = simulator.json("response")["response"]["directives"][0]["datasources"]["screen"]["hint"]
        outside = simulator.page.evaluate(
            """([device, hint]) => {
              const frame = document.querySelector(".device"), texts = [...frame.querySelectorAll(".apl-text")];
              frame.scrollIntoView({block: "center"});
              const edge = frame.querySelector(".apl-stage").getBoundingClientRect();
              const range = document.createRange();
              return [texts[0], texts.find((text) => text.textContent === hint)].flatMap((text) => {
                range.selectNodeContents(text);
                return [...range.getClientRects()].flatMap((box) =>
                  [[box.left, box.top], [box.right, box.top], [box.left, box.bottom], [box.right, box.bottom]]
                    .filter(([x, y]) => device === "round"
                      ? Math.hypot(x - edge.x - edge.width / 2, y - edge.y - edge.height / 2) > edge.width / 2
                      : x < edge.left || x > edge.right || y < edge.top || y > edge.bottom)
                    .map((corner) => `${text.textContent}: ${corner}`));
              });
            }""",
            [device, hint],
        )
        assert outside == [], words
        size = simulator.page.locator(".device").bounding_box()
        assert size is not None
        assert (size["height"] > size["width"]) is (device == "upright")


def test_a_number_to_call_is_the_largest_thing_on_the_screen(simulator: Simulator) -> None:
    simulator.takes("screen")
    simulator.says("she is not breathing")
    sizes = simulator.page.evaluate(
        """() => [...document.querySelectorAll(".apl-text")].map((text) =>
             [parseFloat(getComputedStyle(text).fontSize), text.textContent])"""
    )
    assert max(sizes)[1] == "911"


# -- kept, and run again --------------------------------------------------------------------------------


def converses(simulator: Simulator) -> None:
    """A conversation with a touch in it."""
    simulator.takes("screen")
    simulator.says("open cancer guide")
    simulator.says("what is hospice")
    simulator.touches("Hear more")
    simulator.says("stop")


def test_a_conversation_is_kept_and_run_again(simulator: Simulator, tmp_path: Path) -> None:
    converses(simulator)
    file = simulator.downloads("Download replay", tmp_path)
    locale, turns = dialog.read(file.read_text(encoding="utf-8"))
    assert (locale, [turn["person"] for turn in turns]) == (
        "en-US",
        ["open cancer guide", "what is hospice", "", "stop"],
    )
    assert turns[2]["touch"] == ["more", "hospice"]
    simulator.loads(file)
    expect(simulator.page.locator("#replay-summary")).to_have_text("4 turns, all as they were.")
    expect(simulator.page.locator("#replay-turns .same")).to_have_count(4)
    simulator.hears(4)


def test_what_is_heard_differently_is_shown_word_by_word(simulator: Simulator, tmp_path: Path) -> None:
    converses(simulator)
    file = simulator.downloads("Download replay", tmp_path)
    kept = json.loads(file.read_text(encoding="utf-8"))
    kept["turns"][1]["alexa"] = kept["turns"][1]["alexa"].replace("comfort care", "a quiet place")
    kept["turns"][3]["ended"] = False
    file.write_text(json.dumps(kept), encoding="utf-8")
    simulator.loads(file)
    expect(simulator.page.locator("#replay-summary")).to_have_text("2 of 4 turns are different now.")
    expect(simulator.status).to_have_text("2 of 4 turns are different now.")
    different = simulator.page.locator("#replay-turns .different")
    expect(different.nth(0).locator("del")).to_have_text("a quiet place ")
    expect(different.nth(0).locator("ins")).to_have_text("comfort care ")
    expect(different.nth(1)).to_contain_text("ended")
    expect(different.nth(1).locator("del")).to_have_text("false")
    expect(different.nth(1).locator("ins")).to_have_text("true")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "The file is no JSON."),
        ('{"dialog": 2, "turns": []}', "The file is no dialog of version 1."),
        ('{"dialog": 1, "locale": "fr-FR", "turns": []}', "The locale fr-FR is not one of those here."),
    ],
)
def test_a_file_that_is_no_dialog_is_refused_by_name(
    text: str, told: str, simulator: Simulator, tmp_path: Path
) -> None:
    file = tmp_path / "kept.json"
    file.write_text(text, encoding="utf-8")
    with simulator.page.expect_file_chooser() as chooser:
        simulator.page.get_by_role("button", name="Load replay…").click()
    chooser.value.set_files(file)
    expect(simulator.status).to_have_text(f"kept.json: {told}")


def test_the_pytest_case_passes_and_is_in_the_style_of_the_house(simulator: Simulator, tmp_path: Path) -> None:
    converses(simulator)
    file = simulator.downloads("Download pytest case", tmp_path)
    assert file.name == "test_conversation.py"
    run = run_as_a_test(file, tmp_path)
    assert "1 passed" in run.stdout, run.stdout
    lint = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--config",
        ROOT / "pyproject.toml",
        "--ignore",
        "S101",
    ]
    ruff = subprocess.run([*lint, file], capture_output=True, text=True, check=False)  # noqa: S603  (on a file of ours)
    assert ruff.returncode == 0, ruff.stdout


def test_a_pytest_case_fails_when_something_else_is_heard(simulator: Simulator, tmp_path: Path) -> None:
    simulator.says("what is hospice")
    file = simulator.downloads("Download pytest case", tmp_path)
    text = file.read_text(encoding="utf-8")
    assert "comfort care" in text
    file.write_text(text.replace("comfort care", "a quiet place"), encoding="utf-8")
    assert "1 failed" in run_as_a_test(file, tmp_path).stdout


def run_as_a_test(file: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a case where it would be put, under tests/ with its fixtures, but leaves nothing there."""
    (folder / "conftest.py").write_text("from tests.conftest import *\n", encoding="utf-8")
    return subprocess.run(  # noqa: S603  (ours, on a file of ours)
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={folder}", "-c", os.devnull, file],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=folder,
    )


# -- shared -------------------------------------------------------------------------------------------


def test_a_link_holds_the_conversation_and_the_server_hears_nothing_of_it_before(
    simulator: Simulator, visits: Visits
) -> None:
    converses(simulator)
    spoken = simulator.heard.all_inner_texts()
    simulator.page.get_by_role("button", name="Copy link").click()
    expect(simulator.status).to_contain_text("link")
    address = simulator.page.url
    assert "#talk=" in address
    assert "hospice" not in address
    other = visits()
    asked: list[str] = []
    other.page.on("request", lambda request: asked.append(f"{request.url} {request.headers.get('referer', '')}"))
    colleague = Simulator(other, address.removeprefix(other.origin))
    colleague.hears(4)
    assert colleague.heard.all_inner_texts() == spoken
    expect(colleague.page.locator("#device")).to_have_value("screen")
    assert [line for line in asked if "talk" in line] == []


def test_a_link_is_copied_where_the_browser_allows_it(visits: Visits) -> None:
    simulator = Simulator(visits(permissions=["clipboard-read", "clipboard-write"]))
    simulator.says("what is hospice")
    simulator.page.get_by_role("button", name="Copy link").click()
    expect(simulator.status).to_contain_text("The link is copied.")
    assert simulator.page.evaluate("navigator.clipboard.readText()") == simulator.page.url


@pytest.mark.parametrize("held", ["#talk=", "#talk=%%%", "#talk=bm90IGpzb24", "#other"])
def test_a_link_that_holds_nothing_does_no_harm(held: str, visits: Visits) -> None:
    simulator = Simulator(visits(), f"/simulator{held}")
    assert simulator.says("what is hospice").startswith("Hospice")


def test_a_link_with_settings_that_are_not_known_says_so(visits: Visits) -> None:
    held = "eyJsb2NhbGUiOiJmci1GUiIsImRldmljZSI6InNjcmVlbiIsInNhaWQiOlsiaGkiXX0"  # in fr-FR
    simulator = Simulator(visits(), f"/simulator#talk={held}")
    expect(simulator.status).to_have_text("The link holds settings that are not known here.")
    expect(simulator.heard).to_have_count(0)


def test_a_new_session_forgets_everything(simulator: Simulator) -> None:
    simulator.says("what is hospice")
    simulator.page.get_by_role("button", name="Copy link").click()
    expect(simulator.status).to_contain_text("link")
    simulator.page.get_by_role("button", name="New session").click()
    expect(simulator.heard).to_have_count(0)
    expect(simulator.part).to_be_hidden()
    assert simulator.page.url.endswith("/simulator")
    for name in ("Download replay", "Download pytest case", "Copy link"):
        expect(simulator.page.get_by_role("button", name=name)).to_be_disabled()
    simulator.says("tell me more")
    assert simulator.json("attributes").get("answer") is None


# -- by keyboard --------------------------------------------------------------------------------------


def test_a_whole_conversation_needs_no_mouse(simulator: Simulator) -> None:
    expect(simulator.page.locator("#say")).to_be_focused()
    simulator.page.keyboard.type("what is hospice")
    simulator.visitor.presses("Enter")
    simulator.hears(1)
    expect(simulator.page.locator("#say")).to_be_focused()
    simulator.page.keyboard.type("tell me more")
    simulator.visitor.presses("Enter")
    simulator.hears(2)
    simulator.visitor.presses("ArrowUp")
    expect(simulator.page.locator("#say")).to_have_value("tell me more")
    simulator.visitor.presses("ArrowUp")
    expect(simulator.page.locator("#say")).to_have_value("what is hospice")
    simulator.visitor.presses("ArrowDown", "ArrowDown")
    expect(simulator.page.locator("#say")).to_have_value("")
    simulator.visitor.presses("ArrowUp", "ArrowUp", "Enter")
    assert simulator.hears(3).startswith("Hospice")


def test_nothing_is_sent_without_words(simulator: Simulator) -> None:
    simulator.visitor.presses("Enter", "Space", "Enter", "ArrowUp", "Enter")
    simulator.says("what is hospice")
    expect(simulator.page.locator(".person p")).to_have_text("what is hospice")


def test_a_row_on_the_screen_is_reached_and_pressed_by_keyboard(simulator: Simulator) -> None:
    simulator.takes("screen")
    simulator.says("what is hospice")
    simulator.screen.get_by_role("button", name="Hear more").focus()
    simulator.visitor.presses("Enter")
    simulator.hears(2)
    assert simulator.json("request")["request"]["arguments"] == ["more", "hospice"]


def test_the_first_key_skips_to_the_text_box(simulator: Simulator) -> None:
    simulator.visitor.starts_over()
    simulator.visitor.presses("Tab")
    expect(simulator.page.get_by_role("link", name="Skip to the text box")).to_be_in_viewport(ratio=1)
    simulator.visitor.presses("Enter")
    simulator.page.keyboard.type("x")
    expect(simulator.page.locator("#say")).to_have_value("x")
