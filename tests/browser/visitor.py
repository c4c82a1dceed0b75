"""An actor: somebody at a browser. Whatever goes wrong behind their back is noted: requests that leave the machine,
errors and warnings on the console (breaches of the content policy are told there), scripts that fail."""

from __future__ import annotations

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, Route

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
LOCAL = ("blob:", "data:", "about:", "chrome-error:")

FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const {outlineStyle, outlineWidth, outlineColor} = getComputedStyle(at);
  const box = at.getBoundingClientRect();
  return {
    name: at.id || at.getAttribute("aria-label") || at.textContent.trim().slice(0, 60) || at.tagName,
    outline: outlineStyle === "none" ? 0 : parseFloat(outlineWidth), color: outlineColor,
    seen: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
    covered: (() => {
      const [x, y] = [Math.max(1, Math.min(innerWidth - 1, box.x + box.width / 2)), Math.max(1, Math.min(innerHeight - 1, box.y + box.height / 2))];
      const top = document.elementFromPoint(x, y);
      return Boolean(top) && !at.contains(top) && !top.contains(at);
    })(),
  };
}"""  # noqa: E501
SIDEWAYS = """() => {
  const root = document.documentElement;
  const width = root.clientWidth; // innerWidth grows on a phone, which zooms out to what is too wide
  if (root.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > width);
  return [`${root.scrollWidth} wide in ${width}`, ...wide.slice(0, 5).map((each) => each.outerHTML.slice(0, 90))];
}"""


class Visitor:
    """visitor.goes("/"); visitor.presses("Tab"); then looks at `page`. Ask for `faults` at the end."""

    def __init__(self, browser: Browser, origin: str, **kind: Any) -> None:
        self.origin = origin
        self.faults: list[str] = []
        self.context: BrowserContext = browser.new_context(base_url=origin, service_workers="block", **kind)
        self.context.set_default_timeout(20_000)
        self.context.route(re.compile(rf"^(?!{re.escape(origin)}/)"), self._stops)
        self.page = self.looks_at(self.context.new_page())

    def looks_at(self, page: Page) -> Page:
        """Notes what goes wrong on a page."""
        page.on("request", self._sees)
        page.on("console", self._reads)
        page.on("pageerror", lambda error: self.faults.append(f"a script failed: {error}"))
        page.on("websocket", lambda socket: self.faults.append(f"left the machine: {socket.url}"))
        return page

    def goes(self, path: str) -> Page:
        """Opens a page of ours."""
        self.page.goto(path, wait_until="load")
        return self.page

    def presses(self, *keys: str) -> None:
        """One key after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def sees(self, text: str | re.Pattern[str]) -> Locator:
        """Where a text stands."""
        return self.page.get_by_text(text)

    @property
    def focus(self) -> dict[str, Any] | None:
        """What has the focus, and how it shows; None where nothing has it."""
        found: dict[str, Any] | None = self.page.evaluate(FOCUS)
        return found

    def starts_over(self) -> None:
        """Puts the keyboard before everything on the page, where it is when a page was opened."""
        self.page.evaluate(
            """() => {
              document.body.tabIndex = -1;
              document.body.focus();
              document.body.removeAttribute("tabindex");
              scrollTo(0, 0);
            }"""
        )

    def tabs_through(self, at_most: int = 400) -> list[dict[str, Any]]:
        """Everything that Tab reaches, from the top until it leaves the page."""
        self.starts_over()
        reached = []
        for _ in range(at_most):
            self.presses("Tab")
            focus = self.focus
            if focus is None:
                return reached
            reached.append(focus)
        raise AssertionError(f"Tab never leaves the page: {[each['name'] for each in reached[-5:]]}")

    @property
    def sideways(self) -> list[str]:
        """What makes the page scroll sideways."""
        found: list[str] = self.page.evaluate(SIDEWAYS)
        return found

    @property
    def barriers(self) -> list[str]:
        """What keeps somebody from using the page, as axe-core finds it."""
        options = {
            "runOnly": {"type": "tag", "values": RULES},
            "rules": {"target-size": {"enabled": True}},  # axe leaves it out unless it is asked for by name
            "resultTypes": ["violations"],
        }
        violations = Axe().run(self.page, options=options).response["violations"]
        return [
            f"{found['id']}: {node['html'][:160]} ({node['failureSummary'].splitlines()[-1].strip()})"
            for found in violations
            for node in found["nodes"]
        ]

    def _stops(self, route: Route) -> None:
        if route.request.url.startswith(LOCAL):
            route.continue_()
        else:
            route.abort()

    def _sees(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", *LOCAL)):
            self.faults.append(f"left the machine: {request.url}")

    def _reads(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text}")
