"""The simulator for everybody: every state of it, small and large, dark, in forced colours, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.simulator import Simulator
from tests.browser.test_everybody import LOOKS, PHONE
from tests.browser.visitor import Visitor

State = Callable[[Simulator, str], Any]


def _begun(simulator: Simulator, _: str) -> None:
    """Nothing was said yet."""


def _answered(simulator: Simulator, _: str) -> None:
    simulator.says("open cancer guide")
    simulator.says("what is hospice")


def _with_a_screen(simulator: Simulator, _: str) -> None:
    simulator.page.evaluate("document.getElementById('settings').open = true")
    simulator.takes("screen")
    _answered(simulator, _)


def _with_the_card_on_the_screen(simulator: Simulator, _: str) -> None:
    _with_a_screen(simulator, _)
    simulator.says("thanks")


def _in_an_emergency(simulator: Simulator, _: str) -> None:
    simulator.says("she is not breathing")


def _choosing(simulator: Simulator, unsure: str) -> None:
    simulator.says(unsure)


def _inspected(simulator: Simulator, _: str) -> None:
    _with_a_screen(simulator, _)
    simulator.page.evaluate("() => { for (const each of document.querySelectorAll('details')) each.open = true; }")


def _over(simulator: Simulator, _: str) -> None:
    _answered(simulator, _)
    simulator.says("stop")


STATES: dict[str, State] = {
    "begun": _begun,
    "answered": _answered,
    "with a screen": _with_a_screen,
    "with the card on the screen": _with_the_card_on_the_screen,
    "emergency": _in_an_emergency,
    "choosing": _choosing,
    "inspected": _inspected,
    "over": _over,
}
in_every_state = pytest.mark.parametrize("state", STATES.values(), ids=STATES)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@in_every_state
def test_nothing_stands_in_anybodys_way(state: State, look: dict[str, Any], visits: Visits, unsure: str) -> None:
    visitor = visits(**look)
    state(Simulator(visitor), unsure)
    assert visitor.barriers == []


def test_nothing_stands_in_anybodys_way_when_a_conversation_was_run_again(simulator: Simulator, tmp_path: Path) -> None:
    _answered(simulator, "")
    file = simulator.downloads("Download replay", tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace("comfort", "some"), encoding="utf-8")
    simulator.loads(file)
    expect(simulator.page.locator("#replay-turns .different")).to_have_count(1)
    assert simulator.visitor.barriers == []


@in_every_state
def test_it_never_scrolls_sideways(state: State, visits: Visits, unsure: str) -> None:
    """320 by 256 is a window of 1280 by 1024 at 400 %."""
    visitor = visits(viewport={"width": 320, "height": 640}, **PHONE)
    state(Simulator(visitor), unsure)
    for width, height in ((320, 640), (320, 256), (390, 844), (768, 900), (961, 700), (1280, 800)):
        visitor.page.set_viewport_size({"width": width, "height": height})
        assert (width, visitor.sideways) == (width, [])


@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (320, 256)])
def test_what_stays_in_place_leaves_room_to_read(width: int, height: int, visits: Visits) -> None:
    visitor = visits(viewport={"width": width, "height": height}, **PHONE)
    simulator = Simulator(visitor)
    _answered(simulator, "")
    covered = visitor.page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((each) => ["fixed", "sticky"].includes(getComputedStyle(each).position))
             .reduce((sum, each) => sum + each.getBoundingClientRect().height, 0)"""  # noqa: E501
    )
    assert covered <= height / 4
    expect(simulator.heard.last).to_be_in_viewport()


@in_every_state
def test_the_keyboard_reaches_everything_and_shows_where_it_is(state: State, visitor: Visitor, unsure: str) -> None:
    state(Simulator(visitor), unsure)
    reached = visitor.tabs_through()
    assert reached[0]["name"] == "Skip to the text box"
    assert [each for each in reached if each["outline"] < 2] == []
    assert [each for each in reached if not each["seen"] or each["covered"]] == []
    names = [each["name"] for each in reached]
    missing = visitor.page.evaluate(
        """(names) => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
             .filter((each) => !each.disabled && each.checkVisibility())
             .map((each) => each.id || each.getAttribute("aria-label") || each.textContent.trim().slice(0, 60) || each.tagName)
             .filter((name) => !names.includes(name))""",  # noqa: E501
        names,
    )
    assert missing == []
    first = [names.index(name) for name in ("new-session", "device", "log", "say", "send")]
    assert first == sorted(first), "in the order in which it is read"


@in_every_state
def test_forced_colours_leave_every_button_its_edge(state: State, visits: Visits, unsure: str) -> None:
    visitor = visits(forced_colors="active")
    state(Simulator(visitor), unsure)
    bare = visitor.page.evaluate(
        """() => [...document.querySelectorAll("button:not(.apl-touch), select, #say, .card, .alexa > p, .person > p")]
             .filter((each) => each.checkVisibility() && parseFloat(getComputedStyle(each).borderTopWidth) < 1)
             .map((each) => each.outerHTML)"""
    )
    assert bare == []


def test_forced_colours_tell_what_is_chosen_and_what_is_on(visits: Visits) -> None:
    simulator = Simulator(visits(forced_colors="active"))
    simulator.says("what is hospice")
    simulator.says("what is palliative care")
    looks = simulator.page.evaluate(
        "() => [...document.querySelectorAll('.choose')].map((each) => getComputedStyle(each).backgroundColor)"
    )
    assert len(set(looks)) == 2
    assert simulator.page.evaluate("getComputedStyle(document.getElementById('speak')).appearance") == "auto"
    assert simulator.page.evaluate("getComputedStyle(document.getElementById('speak'), '::before').content") == "none"


def test_a_finger_finds_what_it_looks_for(visits: Visits) -> None:
    simulator = Simulator(visits(viewport={"width": 390, "height": 844}, **PHONE))
    _with_a_screen(simulator, "")
    small = simulator.page.evaluate(
        """() => [...document.querySelectorAll("button:not(.quiet, .apl-touch, .starter), .switch, select, #say")]
             .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 43.5)
             .map((each) => each.outerHTML)"""
    )
    assert small == []


def test_what_is_said_is_told_to_who_cannot_see_it(simulator: Simulator) -> None:
    """The log and the status are live regions from the start; what is put into them is read out."""
    log = simulator.page.get_by_role("log", name="What was said")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(simulator.page.get_by_role("status")).to_be_attached()
    simulator.says("what is hospice")
    expect(log).to_contain_text("Hospice is comfort care")
    expect(log).not_to_have_attribute("aria-busy", "true")


def test_the_turn_below_a_conversation_is_reached_on_a_phone(visits: Visits) -> None:
    simulator = Simulator(visits(viewport={"width": 390, "height": 844}, reduced_motion="reduce", **PHONE))
    simulator.says("what is hospice")
    simulator.page.get_by_role("button", name="Card and details of turn 1").click()
    expect(simulator.page.get_by_role("complementary", name="The chosen turn")).to_be_focused()
    expect(simulator.page.get_by_role("heading", name="Turn 1")).to_be_in_viewport()
