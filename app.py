"""The WSGI entry: gunicorn 'app:create_app()'."""

from __future__ import annotations

import os

from flask import Flask

from skill.settings import Settings
from skill.web import Verifies, make_app


def create_app(settings: Settings | None = None, *, verifier: Verifies | None = None) -> Flask:
    """The app with `settings`, or with those of the environment. Raises SettingsError or ContentError instead of
    starting wrong. A `verifier` given here judges the requests in place of the one that the settings would make."""
    return make_app(settings or Settings.from_environment(os.environ), verifier)
