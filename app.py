"""The WSGI entry: gunicorn 'app:create_app()'."""

from __future__ import annotations

import os
import sys

from flask import Flask

from interaction_model.fresh import is_current
from skill.loading import load
from skill.logs import set_up
from skill.ready import checks, readiness
from skill.serve import serve
from skill.settings import Settings
from skill.web import Verifies, make_app


def create_app(settings: Settings | None = None, *, verifier: Verifies | None = None) -> Flask:
    """The app with `settings`, or with those of the environment. Raises SettingsError or ContentError instead of
    starting wrong. A `verifier` given here judges the requests in place of the one that the settings would make."""
    settings = settings or Settings.from_environment(os.environ)
    set_up(settings)
    catalogue = load()
    app = make_app(settings, verifier, catalogue)
    needed = {**checks(catalogue), "interaction model": lambda: is_current(catalogue)}
    app.register_blueprint(readiness(needed))
    return app


if __name__ == "__main__":  # make run
    sys.exit(serve(create_app))
