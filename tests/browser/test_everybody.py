"""The pages for everybody: small and large, near and far, dark, in forced colours, by keyboard, without scripts, on
paper. The simulator's own states are in test_simulator_for_everybody.py."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from skill.loading import load
from tests.browser.conftest import Visits
from tests.browser.visitor import Visitor

ANSWERS = load().answers
EVERY_ANSWER = [f"/{'organizations' if known.organization else 'answers'}/{id}" for id, known in ANSWERS.items()]
STATES = {
    "home": "/",
    "answer": "/answers/hospice",
    "organization": "/organizations/org-acs",
    "organization far away": "/organizations/org-acs?country=GB",
    "emergency card": "/answers/emergency",
    "crisis card": "/answers/crisis?country=GB",
    "finder": "/find",
    "found helpers": "/find?need=rides&cancer=breast",
    "found nobody": "/find?need=rides&country=IN",
    "search": "/search",
    "search found": "/search?q=what+is+hospice",
    "search found two things": "/search?q=" + quote("my dad's prostate cancer spread to his bones"),
    "search unsure": "/search?q=" + quote("hospice or palliative care"),
    "search declined": "/search?q=" + quote("what's the weather today"),
    "search lost": "/search?q=" + quote("x" * 200),
    "search caution": "/search?q=" + quote("i have a fever during chemo"),
    "search emergency": "/search?q=" + quote("she cannot breathe"),
    "search crisis": "/search?q=" + quote("i want to kill myself") + "&country=other",
    "privacy": "/privacy",
    "terms": "/terms",
    "missing": "/nothing/here",
    "far away": "/answers/hospice?country=AU",
}
in_every_state = pytest.mark.parametrize("path", STATES.values(), ids=STATES)
PHONE = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2}


def opens(visitor: Visitor, path: str) -> Visitor:
    """Opens a page; a browser's own complaint about the page that is missing is expected."""
    visitor.goes(path)
    if path == STATES["missing"]:
        visitor.faults[:] = [fault for fault in visitor.faults if "404" not in fault]
    return visitor


# -- axe ----------------------------------------------------------------------------------------------


LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "dark phone": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}, **PHONE},
    "forced colours": {"forced_colors": "active"},
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@in_every_state
def test_nothing_stands_in_anybodys_way(path: str, look: dict[str, Any], visits: Visits) -> None:
    assert opens(visits(**look), path).barriers == []


@pytest.mark.parametrize("group", sorted({known.group for known in ANSWERS.values()}))
def test_every_answer_can_be_used_by_everybody_on_a_small_phone(group: str, visits: Visits) -> None:
    visitor = visits(viewport={"width": 320, "height": 640}, **PHONE)
    for path in EVERY_ANSWER:
        if ANSWERS[path.rpartition("/")[2]].group == group:
            visitor.goes(path)
            assert (path, visitor.barriers, visitor.sideways) == (path, [], [])


# -- sizes --------------------------------------------------------------------------------------------


@in_every_state
def test_no_page_scrolls_sideways(path: str, visits: Visits) -> None:
    phone = opens(visits(viewport={"width": 320, "height": 640}, **PHONE), path)
    for width in (320, 360, 390, 768, 1280):
        phone.page.set_viewport_size({"width": width, "height": 800})
        assert (width, phone.sideways) == (width, [])


@in_every_state
def test_a_page_can_be_read_at_400_percent(path: str, visits: Visits) -> None:
    """A window of 1280 by 1024 at 400 %: 320 by 256 pixels of CSS, four of the screen's for each."""
    visitor = opens(visits(viewport={"width": 320, "height": 256}, device_scale_factor=4), path)
    assert visitor.sideways == []
    assert (
        visitor.page.evaluate(
            """() => [...document.querySelectorAll("*")].filter((each) =>
             ["fixed", "sticky"].includes(getComputedStyle(each).position)).map((each) => each.outerHTML)"""
        )
        == []
    ), "what stays in place would cover what is read"


@in_every_state
def test_letters_of_twice_the_size_and_wider_lines_break_nothing(path: str, visits: Visits) -> None:
    """Text at 200 %, with the spacing that WCAG 1.4.12 names."""
    visitor = opens(visits(viewport={"width": 640, "height": 800}), path)
    visitor.page.evaluate(
        """() => {
          document.documentElement.style.fontSize = "200%";
          for (const {style} of document.querySelectorAll("body *")) {
            style.lineHeight = "1.5"; style.letterSpacing = "0.12em"; style.wordSpacing = "0.16em";
          }
        }"""
    )
    assert visitor.sideways == []
    assert (
        visitor.page.evaluate(
            """() => [...document.querySelectorAll("a, button, p, h1, h2, h3, label")].filter((each) =>
             getComputedStyle(each).overflow !== "visible" && each.scrollHeight > each.clientHeight + 1)
             .map((each) => each.outerHTML)"""
        )
        == []
    ), "cut off"


@in_every_state
def test_lines_are_no_longer_than_an_eye_can_follow_and_headings_stand_apart(path: str, visitor: Visitor) -> None:
    opens(visitor, path)
    longest = visitor.page.evaluate(
        """() => Math.max(...[...document.querySelectorAll("main p:not(.try)")].map((each) =>
             each.getBoundingClientRect().width / parseFloat(getComputedStyle(each).fontSize)))"""
    )
    assert longest <= 42  # em; about 90 letters
    crowded = visitor.page.evaluate(
        """() => [...document.querySelectorAll("main h2")].filter((each) => {
             const before = each.previousElementSibling;
             return before && each.getBoundingClientRect().top - before.getBoundingClientRect().bottom < 24;
           }).map((each) => each.outerHTML)"""
    )
    assert crowded == []


@in_every_state
def test_a_finger_finds_what_it_looks_for(path: str, visits: Visits) -> None:
    """Buttons, fields and numbers to call are at least 44 pixels high (WCAG 2.5.5)."""
    visitor = opens(visits(viewport={"width": 390, "height": 844}, **PHONE), path)
    small = visitor.page.evaluate(
        """() => [...document.querySelectorAll("button, input:not([type=hidden]), select, .call, .pill, .pointers a")]
             .filter((each) => !each.hidden && each.getBoundingClientRect().height < 44)
             .map((each) => each.outerHTML)"""
    )
    assert small == []


# -- what stands first ----------------------------------------------------------------------------------


@in_every_state
def test_the_numbers_for_an_emergency_are_seen_at_once(path: str, visits: Visits) -> None:
    visitor = opens(visits(), path)
    for width, height in ((1280, 800), (390, 664), (320, 256)):
        visitor.page.set_viewport_size({"width": width, "height": height})
        urgent = visitor.page.locator(".urgent")
        expect(urgent).to_be_in_viewport(ratio=1)
        assert urgent.bounding_box()["y"] == 0  # type: ignore[index]
        if "country=other" not in path:
            assert urgent.locator("a[href^='tel:']").count() >= 1


@pytest.mark.parametrize(("width", "beside"), [(1280, True), (1120, True), (1100, False), (390, False)])
def test_whom_to_call_stands_beside_the_words_where_there_is_room(width: int, beside: bool, visits: Visits) -> None:
    page = visits(viewport={"width": width, "height": 900}).goes("/answers/hospice")
    words, helping = page.locator("#answer").bounding_box(), page.locator(".helping").bounding_box()
    assert words is not None
    assert helping is not None
    assert (helping["x"] >= words["x"] + words["width"]) is beside
    assert (helping["y"] >= words["y"] + words["height"]) is not beside
    if beside:
        expect(page.locator(".helping .call").first).to_be_in_viewport(ratio=1)


# -- keyboard -------------------------------------------------------------------------------------------


@in_every_state
def test_the_keyboard_reaches_everything_in_the_order_it_is_read_and_shows_where_it_is(
    path: str, visits: Visits
) -> None:
    visitor = opens(visits(reduced_motion="reduce"), path)  # else the page is still on its way to what has the focus
    reached = visitor.tabs_through()
    assert reached[0]["name"] == "Skip to the content"
    assert [each for each in reached if each["outline"] < 2] == []
    assert [each for each in reached if not each["seen"] or each["covered"]] == []
    names = visitor.page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input, select")]
             .filter((each) => each.type !== "hidden" && each.checkVisibility())
             .map((each) => each.id || each.getAttribute("aria-label") || each.textContent.trim().slice(0, 60) || each.tagName)"""  # noqa: E501
    )
    assert [each["name"] for each in reached] == names


def test_the_first_key_skips_to_the_content(visitor: Visitor) -> None:
    visitor.goes("/answers/hospice")
    visitor.presses("Tab")
    expect(visitor.page.get_by_role("link", name="Skip to the content")).to_be_in_viewport(ratio=1)
    visitor.presses("Enter", "Tab")
    assert visitor.focus is not None
    assert visitor.focus["name"] == "Comfort, and the end of life"


def test_a_question_is_asked_without_a_mouse(visitor: Visitor) -> None:
    visitor.goes("/")
    visitor.page.get_by_label("What would you like to know?").focus()
    visitor.page.keyboard.type("what is hospice")
    with visitor.page.expect_navigation():
        visitor.presses("Enter")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(ANSWERS["hospice"].title)


# -- colours --------------------------------------------------------------------------------------------


def test_dark_is_dark_and_light_is_light(visits: Visits) -> None:
    for scheme, expected in (("dark", 60), ("light", 245)):
        for path in ("/answers/hospice", "/simulator"):
            color = visits(color_scheme=scheme).goes(path).evaluate("getComputedStyle(document.body).backgroundColor")
            brightness = sum(int(part) for part in color[4:-1].split(", ")) / 3
            assert (brightness < expected) if scheme == "dark" else (brightness > expected - 10), (scheme, path)


@in_every_state
def test_forced_colours_leave_every_button_its_edge(path: str, visits: Visits) -> None:
    visitor = opens(visits(forced_colors="active"), path)
    bare = visitor.page.evaluate(
        """() => [...document.querySelectorAll("button, .button, .call, .pill, .tags a, .jump a, .pointers a, input, select")]
             .filter((each) => each.checkVisibility() && parseFloat(getComputedStyle(each).borderTopWidth) < 1)
             .map((each) => each.outerHTML)"""  # noqa: E501
    )
    assert bare == []


def test_nothing_moves_for_who_wants_no_motion(visits: Visits) -> None:
    smooth = "getComputedStyle(document.documentElement).scrollBehavior"
    assert visits(reduced_motion="no-preference").goes("/").evaluate(smooth) == "smooth"
    still = visits(reduced_motion="reduce")
    assert still.goes("/").evaluate(smooth) == "auto"
    for path in ("/", "/simulator"):
        moving = still.goes(path).evaluate(
            """() => [...document.querySelectorAll("*")].filter((each) => {
                 const {animationName, transitionDuration} = getComputedStyle(each);
                 return animationName !== "none" || transitionDuration.split(", ").some((time) => parseFloat(time));
               }).map((each) => each.outerHTML)"""
        )
        assert moving == []


# -- without scripts, and on paper ----------------------------------------------------------------------


@in_every_state
def test_a_page_lacks_nothing_without_scripts(path: str, visits: Visits) -> None:
    def text(visitor: Visitor) -> list[str]:
        words = opens(visitor, path).page.locator("body").inner_text().split("\n")
        return [line for line in words if line.strip() and line != "Listen"]

    without, having = text(visits(java_script_enabled=False)), text(visits())
    assert without == having
    assert len(without) > 8


def test_a_question_is_answered_without_scripts(visits: Visits) -> None:
    visitor = visits(java_script_enabled=False)
    visitor.goes("/").get_by_label("What would you like to know?").fill("what is hospice")
    visitor.page.get_by_role("button", name="Search").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(ANSWERS["hospice"].title)
    expect(visitor.page.get_by_role("button", name="Listen")).to_be_hidden()


def test_a_search_for_help_needs_no_script(visits: Visits) -> None:
    visitor = visits(java_script_enabled=False)
    visitor.goes("/find").get_by_label("What do you need?").select_option("rides")
    visitor.page.get_by_label("Where?").select_option("GB")
    visitor.page.get_by_role("button", name="Find help").click()
    expect(visitor.page.get_by_role("heading", level=2).first).to_contain_text("United Kingdom")


def test_the_simulator_says_that_it_needs_scripts(visits: Visits) -> None:
    visitor = visits(java_script_enabled=False)
    visitor.goes("/simulator")
    expect(visitor.sees("The simulator needs JavaScript.")).to_be_visible()


def test_an_answer_on_paper_has_the_words_the_numbers_and_the_addresses(visitor: Visitor) -> None:
    page = visitor.goes("/answers/hospice")
    page.emulate_media(media="print")
    for name in ("What to ask next", "Every answer"):
        expect(page.get_by_role("heading", name=name)).to_be_hidden()
    for gone in (".skip", ".top nav", ".tools", ".crumbs", "footer nav", ".alexa"):
        expect(page.locator(gone).first).to_be_hidden()
    for kept in ("h1", "#answer .lead", ".helpers .call >> nth=0", ".sources", ".reviewed", ".disclaimer"):
        expect(page.locator(kept).first).to_be_visible()
    colors = page.evaluate(
        """() => [...document.querySelectorAll("body, h1, .call, .pill, .helpers > li")].map((each) =>
             [getComputedStyle(each).color, getComputedStyle(each).backgroundColor])"""
    )
    assert {ink for ink, _ in colors} == {"rgb(0, 0, 0)"}
    assert {paper for _, paper in colors} <= {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    address = page.evaluate("getComputedStyle(document.querySelector('.sources a'), '::after').content")
    assert "https://" in address
    pdf = page.pdf(format="Letter")
    assert pdf.count(b"/Type /Page\n") <= 2


@pytest.mark.parametrize("path", ["/answers/hospice", "/organizations/org-acs"])
def test_paper_is_light_for_who_reads_in_the_dark(path: str, visits: Visits) -> None:
    page = visits(color_scheme="dark").goes(path)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"
