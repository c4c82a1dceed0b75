"""What every test may ask for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import hypothesis
import pytest
from flask import Flask

from skill.catalogue import Catalogue
from skill.loading import load
from skill.settings import Settings
from skill.simulator.conversation import understanding
from skill.simulator.understand import Understanding
from skill.web import make_app
from tests.alexa import Alexa

# The same examples in every run: a red test is red for everybody, and time is no matter of tests.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.load_profile("same")

DEVELOPMENT = Settings(environment="development", verify_requests=False)


@pytest.fixture(autouse=True)
def no_hidden_fault(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A skill that apologizes hides its faults: a logged error fails the test, unless it is marked to expect one."""
    yield
    if request.node.get_closest_marker("expects_error") is None:
        errors = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
        assert errors == []


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="session")
def app(catalogue: Catalogue) -> Flask:
    """The app as in development, with requests taken without a signature: what is heard is tested, not the door."""
    return make_app(DEVELOPMENT, None, catalogue)


@pytest.fixture(scope="session")
def model(catalogue: Catalogue) -> Understanding:
    return understanding(catalogue)


@pytest.fixture
def alexa(app: Flask, model: Understanding) -> Alexa:
    return Alexa(app, model)


@pytest.fixture
def alexa_in(app: Flask, model: Understanding) -> Callable[[str], Alexa]:
    """An Alexa in another locale."""
    return lambda locale: Alexa(app, model, locale)
