"""The browser tests: the real app on a loopback port, and Debian's Chromium, which reaches nothing else."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from skill import content
from skill.catalogue import Catalogue
from skill.settings import Settings
from skill.simulator.understand import Understanding
from skill.web import make_app
from tests.alexa import Alexa
from tests.browser.simulator import Simulator
from tests.browser.visitor import Visitor

CHROMIUM = shutil.which(os.environ.get("CHROMIUM") or "chromium")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no name leads anywhere, whoever asks
]
Visits = Callable[..., Visitor]


def pytest_configure() -> None:
    """Says what is missing before anything else does."""
    if CHROMIUM is None:
        pytest.exit("The browser tests need Chromium: apt-get install chromium", returncode=2)


@pytest.fixture(scope="session")
def origin(catalogue: Catalogue) -> Iterator[str]:
    """Where the app is served as `make run` serves it: requests to /alexa are verified, the simulator is on."""
    app = make_app(Settings(environment="development", simulator=True), None, catalogue)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    serving.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all, with a profile of its own that is empty; every visitor gets a window of their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visits(browser: Browser, origin: str) -> Iterator[Visits]:
    """Makes visitors of any kind (a phone, dark, no scripts). What went wrong behind their backs fails the test."""
    visitors: list[Visitor] = []

    def visit(**kind: Any) -> Visitor:
        visitors.append(Visitor(browser, origin, **kind))
        return visitors[-1]

    yield visit
    for visitor in visitors:
        visitor.context.close()
    assert [fault for visitor in visitors for fault in visitor.faults] == []


@pytest.fixture(scope="session")
def unsure(app: Flask, model: Understanding) -> str:
    """Words that may mean one of two answers."""
    tuning = (Path(content.__file__).parent / "en" / "tuning.jsonl").read_text(encoding="utf-8")
    asked = (json.loads(line)["q"] for line in tuning.splitlines())
    return next(words for words in asked if Alexa(app, model).says(words).kind == "choice")


@pytest.fixture
def visitor(visits: Visits) -> Visitor:
    """Somebody at a desk."""
    return visits()


@pytest.fixture
def simulator(visits: Visits) -> Simulator:
    """Somebody at a desk with the simulator open."""
    return Simulator(visits())
