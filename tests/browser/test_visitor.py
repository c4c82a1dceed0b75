"""What the other tests rely on: a visitor notices what goes wrong. A guard that cannot bark guards nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import Visits
from tests.browser.visitor import Visitor


@pytest.fixture
def careless(visits: Visits) -> Visitor:
    """A visitor whose faults are expected: they are taken away before the test ends."""
    return visits()


def noticed(visitor: Visitor) -> str:
    """The faults so far, which then are forgotten."""
    visitor.page.evaluate("() => true")
    found, visitor.faults[:] = "\n".join(visitor.faults), []
    return found


def test_a_request_that_would_leave_the_machine_is_noticed_and_stopped(careless: Visitor) -> None:
    page = careless.goes("/assets/site.css")  # a page without a policy of its own for pictures
    page.goto("about:blank")
    loaded = page.evaluate(
        """() => new Promise((done) => {
          const picture = new Image();
          picture.onload = () => done(true);
          picture.onerror = () => done(false);
          picture.src = "http://example.org/pixel.png";
        })"""
    )
    assert loaded is False
    assert "left the machine: http://example.org/pixel.png" in noticed(careless)


@pytest.mark.parametrize("path", ["/", "/simulator"])
def test_a_breach_of_the_content_policy_is_noticed(careless: Visitor, path: str) -> None:
    careless.goes(path).evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.breached = true";
          document.body.append(script);
        }"""
    )
    assert careless.page.evaluate("window.breached") is None
    assert "Content Security Policy" in noticed(careless)


def test_an_error_and_a_warning_on_the_console_are_noticed(careless: Visitor) -> None:
    careless.goes("/").evaluate("() => { console.warn('hm'); setTimeout(() => { throw new Error('oh'); }); }")
    with careless.page.expect_event("pageerror"):
        careless.page.evaluate("() => setTimeout(() => { throw new Error('oh'); })")
    found = noticed(careless)
    assert "console: hm" in found
    assert "a script failed: oh" in found


def test_barriers_are_found(visitor: Visitor) -> None:
    visitor.goes("/terms").evaluate(
        """() => {
          document.querySelector("h1").style.color = "#eee";
          document.querySelector("main").insertAdjacentHTML("beforeend",
            "<img src=/assets/icon.svg width=9><button id=tiny></button><button>x</button>");
          for (const each of document.querySelectorAll("main button")) Object.assign(each.style,
            {padding: 0, minHeight: 0, border: 0, width: "9px", height: "9px", display: "inline"});
        }"""
    )
    found = "\n".join(visitor.barriers)
    for rule in ("color-contrast", "image-alt", "button-name", "target-size"):
        assert rule in found


@pytest.mark.parametrize("kind", [{}, {"is_mobile": True, "viewport": {"width": 320, "height": 640}}])
def test_what_is_too_wide_is_found(kind: dict[str, Any], visits: Visits) -> None:
    visitor = visits(**kind)
    visitor.goes("/terms")
    assert visitor.sideways == []
    wide = visitor.page.evaluate("document.documentElement.clientWidth") + 9
    visitor.page.evaluate(f"() => {{ document.querySelector('h1').style.width = '{wide}px'; }}")
    assert len(visitor.sideways) > 1


def test_a_focus_that_does_not_show_is_found(visitor: Visitor) -> None:
    visitor.goes("/terms").evaluate("() => { document.querySelector('.brand').style.outline = 'none'; }")
    assert [each["name"] for each in visitor.tabs_through() if each["outline"] < 2] == ["Cancer Guide"]
