"""GET /readyz: whether this process can answer as it should, and what it lacks if not."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache

from flask import Blueprint, Response

from skill.catalogue import Catalogue
from skill.certificates import trusted_roots
from skill.find.model import ModelError, read
from skill.find.search import DECLINE

Check = Callable[[], bool]


def readiness(checks: Mapping[str, Check]) -> Blueprint:
    """The route. Each check is asked once, when somebody first wants to know: what it looks at does not change while a
    process runs, and a stranger who asks again costs nothing."""
    routes = Blueprint("ready", __name__)

    @cache
    def found() -> dict[str, bool]:
        return {name: check() for name, check in checks.items()}

    @routes.get("/readyz")
    def readyz() -> Response:
        """200 where all is well, else 503; what was looked at, and whether it was as it should be."""
        ready = all(found().values())
        body = {"status": "ready" if ready else "not ready", "checks": found()}
        return Response(json.dumps(body), status=200 if ready else 503, content_type="application/json")

    return routes


def checks(catalogue: Catalogue) -> dict[str, Check]:
    """What a process that serves `catalogue` needs."""
    return {
        "content": lambda: bool(catalogue.answers),
        "ranking": lambda: ranking_fits(catalogue),
        "roots": has_roots,
    }


def ranking_fits(catalogue: Catalogue) -> bool:
    """Whether the compiled ranking knows the answers of `catalogue` and no others.

    That its texts are those that it was learned from is for make check to say: that needs the tools of development.
    """
    try:
        known = set(read().classes)
    except ModelError:
        return False
    return known == {*catalogue.answers, *(DECLINE + id for id in catalogue.declines)}


def has_roots() -> bool:
    """Whether there are roots that a chain of Amazon's may lead to."""
    try:
        return bool(trusted_roots())
    except (RuntimeError, OSError):
        return False
