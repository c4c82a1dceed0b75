"""The whole skill behind its door: requests with Amazon's signature, through the real app.

door = Door()
door.post(body_of(envelope)).status_code
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from skill.catalogue import Catalogue
from skill.settings import Settings
from skill.simulator import envelope
from skill.simulator.envelope import Device, Session
from skill.verify import Verifier
from skill.web import LOCAL_SKILL_ID, make_app
from tests.chain import CERT_URL, Amazon

Body = dict[str, Any]


def launch(at: datetime) -> Body:
    """A request for our skill, made at that time."""
    body = envelope.launch(Session(), Device())
    body["request"]["timestamp"] = at.isoformat()
    return body


def body_of(envelope: object) -> bytes:
    """An envelope as the bytes that are signed; what is no character is escaped, as JSON allows."""
    return json.dumps(envelope).encode()


class Door:
    """An app in production whose requests must be signed by `amazon`. `fetch` and `clock` are those of the verifier."""

    def __init__(
        self,
        catalogue: Catalogue,
        amazon: Amazon | None = None,
        fetch: Callable[[str], bytes] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.amazon = amazon or Amazon(clock())
        self.verifier = Verifier(LOCAL_SKILL_ID, self.amazon.roots, fetch or self.amazon.fetch, clock)
        self.app: Flask = make_app(Settings(skill_id=LOCAL_SKILL_ID), self.verifier, catalogue)

    def post(self, body: bytes, url: str = CERT_URL, signed_by: Amazon | None = None, **headers: str) -> TestResponse:
        """The response to these bytes; `headers` take the place of those that are right."""
        right = (signed_by or self.amazon).headers(body, url)
        return self.app.test_client().post(
            "/alexa", data=body, content_type="application/json", headers={**right, **headers}
        )
