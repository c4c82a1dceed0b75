"""An actor: somebody who talks to the simulator in the browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.visitor import Visitor


class Simulator:
    """Simulator(visitor).says("what is hospice"), and then: what is heard, what stands on the page."""

    def __init__(self, visitor: Visitor, address: str = "/simulator") -> None:
        self.visitor = visitor
        self.page: Page = visitor.goes(address)
        self.opened()

    def opened(self) -> None:
        """Waits until the page is ready: its script has run to its end."""
        expect(self.page.locator("body[data-ready]")).to_be_attached()

    @property
    def heard(self) -> Locator:
        """What Cancer Guide said, line by line."""
        return self.page.locator(".alexa > p")

    @property
    def part(self) -> Locator:
        """The parts of the turn that is chosen."""
        return self.page.locator("#turn-parts")

    @property
    def screen(self) -> Locator:
        """What the device shows."""
        return self.page.locator("#screen")

    @property
    def status(self) -> Locator:
        """What the page tells of itself."""
        return self.page.locator("#status")

    def says(self, words: str) -> str:
        """Types and sends; what is heard."""
        before = self.heard.count()
        self.page.fill("#say", words)
        self.page.press("#say", "Enter")
        return self.hears(before + 1)

    def hears(self, number: int) -> str:
        """The line with this number, once it is there."""
        expect(self.heard).to_have_count(number)
        return self.heard.nth(number - 1).inner_text()

    def touches(self, name: str) -> str:
        """Touches a row on the screen; what is heard."""
        before = self.heard.count()
        self.screen.get_by_role("button", name=name).click()
        return self.hears(before + 1)

    def takes(self, device: str) -> None:
        """Another device: speaker or screen."""
        self.page.select_option("#device", device)

    def json(self, part: str) -> dict[str, Any]:
        """What the inspector shows: request, response or attributes."""
        read: dict[str, Any] = json.loads(self.page.locator(f"#{part}").text_content() or "")
        return read

    def downloads(self, button: str, folder: Path) -> Path:
        """The file that a button gives."""
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name=button).click()
        file = folder / download.value.suggested_filename
        download.value.save_as(file)
        return file

    def loads(self, file: Path) -> None:
        """Loads a replay file, and waits until all of it was asked again."""
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("button", name="Load replay…").click()
        chooser.value.set_files(file)
        expect(self.page.locator("#replay")).to_be_visible()
