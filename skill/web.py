"""The way in over HTTP: POST /alexa, and what stands beside it."""

from __future__ import annotations

import json
import logging
from time import perf_counter
from typing import Any, Protocol

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from skill.build import build
from skill.catalogue import Catalogue
from skill.certificates import fetch, trusted_roots
from skill.find import Finder
from skill.hosts import answer_only_to, believe_proxies
from skill.journal import Journal
from skill.loading import load
from skill.metrics import Metrics
from skill.pages.routes import pages
from skill.settings import LOCAL_SKILL_ID, Settings, SettingsError
from skill.simulator.page import simulator
from skill.turn import Turns
from skill.verify import NotFromAlexa, Verifier

BODY_BYTES = 128 * 1024

log = logging.getLogger(__name__)


class Verifies(Protocol):
    """Whatever judges whether a request is Alexa's: raises NotFromAlexa when it is not."""

    def verify(self, headers: Any, body: bytes) -> None:
        """Returns when it is."""


class _Anyone:
    """Development only: takes every request for Alexa's."""

    def verify(self, headers: Any, body: bytes) -> None:
        """Returns, whatever comes."""


def make_app(settings: Settings, verifier: Verifies | None, catalogue: Catalogue | None = None) -> Flask:
    """The Flask app. Without a `verifier` the settings decide; raises SettingsError where they do not allow a start."""
    verifier = verifier or verifier_for(settings)
    app = Flask("skill", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    believe_proxies(app, settings.trusted_proxies)
    answer_only_to(app, settings.hosts)
    catalogue = catalogue or load()
    finder = Finder(catalogue)
    turns = Turns(build(catalogue, settings, finder), catalogue.phrases)
    metrics = None if settings.metrics_port is None else Metrics()
    app.extensions["skill-metrics"] = metrics
    journal = Journal(catalogue, log_answers=settings.log_answers, counts=metrics)
    app.register_blueprint(alexa(turns, verifier, journal))
    app.register_blueprint(pages(catalogue, settings, finder))
    if settings.simulator and settings.environment == "development":
        app.register_blueprint(simulator(turns, catalogue, finder))
    elif settings.simulator:
        log.warning("the simulator is not served in production, whatever SKILL_SIMULATOR says")
    return app


def verifier_for(settings: Settings) -> Verifies:
    """The verifier that the settings ask for."""
    if not settings.verify_requests:
        log.warning("REQUESTS TO /alexa ARE NOT VERIFIED: anyone can speak as Alexa. For development only.")
        return _Anyone()
    if settings.skill_id is None and settings.environment == "production":
        raise SettingsError("SKILL_ID is missing: the id that Amazon gave the skill (amzn1.ask.skill. ...)")
    return Verifier(settings.skill_id or LOCAL_SKILL_ID, trusted_roots(), fetch)


def alexa(turns: Turns, verifier: Verifies, journal: Journal) -> Blueprint:
    """POST /alexa for Alexa, GET /healthz for whoever keeps watch."""
    routes = Blueprint("alexa", __name__)

    @routes.post("/alexa")
    def answer() -> Response:
        """Verify the bytes, then read them, then answer. Whatever is refused gets an empty 400 [1.8]."""
        began = perf_counter()
        body = request.get_data(cache=False)
        try:
            verifier.verify(request.headers, body)
            envelope = _envelope(body)
        except NotFromAlexa as refusal:
            journal.refused(refusal.args[0])
            return Response(status=400)
        response = turns.answer(envelope)
        journal.turn(envelope, response, turns.outcome(response), perf_counter() - began)
        return _json(response)

    @routes.get("/healthz")
    def healthz() -> Response:
        """Alive."""
        return _json({"status": "ok"})

    @routes.errorhandler(RequestEntityTooLarge)
    def too_large(_: RequestEntityTooLarge) -> Response:
        journal.refused(f"larger than {BODY_BYTES} bytes")
        return Response(status=413)

    return routes


def _envelope(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; raises NotFromAlexa where there is no request in it."""
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotFromAlexa("the body is no JSON") from error
    if not isinstance(envelope, dict) or not isinstance(envelope.get("request"), dict):
        raise NotFromAlexa("the body is no request")
    return envelope


def _json(value: dict[str, Any]) -> Response:
    return Response(json.dumps(value), content_type="application/json;charset=UTF-8")
