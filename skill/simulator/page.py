"""The simulator in the browser: GET /simulator, and POST /simulator/turn that it talks to.

The server keeps nothing: the browser holds the session and sends it with every turn, as Alexa does. Requests are made
and answered in process; nothing here reaches /alexa or knows how its requests are verified.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from flask import Blueprint, Response, render_template, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, UnsupportedMediaType

from skill.catalogue import Catalogue
from skill.find import Finder
from skill.simulator.conversation import Conversation, Turn, understanding
from skill.simulator.envelope import Device, Session
from skill.simulator.explain import Explainer
from skill.turn import Turns

BODY_BYTES = 32 * 1024
SAY_CHARACTERS = 1000

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STARTERS = (
    "open cancer guide",
    "what is metastasis",
    "where does breast cancer spread",
    "my dad's prostate cancer went to his bones",
    "what is hospice",
    "who can help with rides",
    "find a cancer center in Ohio",
    "how do I tell my children",
    "I can't afford my medicine",
    "what is pal e a tive care",
    "I have chest pain and I can't breathe",
    "what's the weather today",
)


class _Strict(BaseModel):
    """Takes what it names and nothing else, without bending types."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Carried(_Strict):
    """The session as the browser carries it."""

    new: bool = True
    id: str = Field(default="", max_length=200)
    attributes: dict[str, Any] = Field(default_factory=dict)


class _Asked(_Strict):
    """A turn that is asked for: words, a touch on the screen, or the end that Alexa brings about."""

    say: str | None = Field(default=None, max_length=SAY_CHARACTERS)
    touch: list[str] | None = Field(default=None, min_length=1, max_length=20)
    end: Literal["EXCEEDED_MAX_REPROMPTS", "USER_INITIATED"] | None = None
    locale: Literal["en-US", "en-GB", "en-CA", "en-AU", "en-IN"] = "en-US"
    screen: bool = False
    session: _Carried = Field(default_factory=_Carried)

    @model_validator(mode="after")
    def _is_one_turn(self) -> _Asked:
        if sum(part is not None for part in (self.say, self.touch, self.end)) != 1:
            raise ValueError("say one of say, touch and end")
        return self


def simulator(turns: Turns, catalogue: Catalogue, finder: Finder) -> Blueprint:
    """The page, its files and its API. Raises ModelError where the interaction model was not compiled."""
    model = understanding(catalogue)
    explainer = Explainer(catalogue, model, finder)
    routes = Blueprint(
        "simulator", __name__, "static", static_url_path="/simulator/static", template_folder="templates"
    )

    @routes.get("/simulator")
    def page() -> Response:
        """The page: one document, its files beside it."""
        response = Response(render_template("simulator.html", starters=STARTERS, at_most=SAY_CHARACTERS))
        response.cache_control.no_store = True
        return response

    @routes.post("/simulator/turn")
    def turn() -> Response:
        """One turn: who asks brings the session along and gets the next one back."""
        asked = _asked()
        carried = Session(asked.session.new, asked.session.id, asked.session.attributes)
        if not carried.id:
            carried.id = Session().id
        conversation = Conversation(turns, model, Device(asked.locale, asked.screen), carried)
        done = _take(conversation, asked)
        session = conversation.session
        return _json(
            {
                "turn": done.report(),
                "explain": explainer.of(done.said, done.understood) if asked.say is not None else None,
                "request": done.request,
                "response": done.response,
                "session": {"new": session.new, "id": session.id, "attributes": session.attributes},
            }
        )

    @routes.route("/simulator/turn", methods=["GET", "PUT", "PATCH", "DELETE"])
    def not_so() -> Response:
        """Another method."""
        raise MethodNotAllowed(["POST"])

    @routes.errorhandler(MethodNotAllowed)  # named as well: the pages have one for the whole app
    @routes.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        """What is refused says why, in a sentence."""
        response = _json({"error": error.description})
        response.status_code = error.code or 400
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = "POST"
        return response

    @routes.after_request
    def guarded(response: Response) -> Response:
        """Everything comes from here and goes nowhere else."""
        response.headers.update(_HEADERS)
        return response

    return routes


def _asked() -> _Asked:
    """The turn in the body; raises the HTTP error that fits."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("The content type is application/json.")
    request.max_content_length = BODY_BYTES
    try:
        body = json.loads(request.get_data(cache=False))
        json.dumps(body, allow_nan=False)  # what comes in goes out again in the request that is shown
    except (ValueError, RecursionError) as error:
        raise BadRequest("The body is no JSON.") from error
    try:
        return _Asked.model_validate(body)
    except ValidationError as error:
        raise BadRequest("; ".join(_fault(fault) for fault in error.errors())) from error


def _fault(fault: Any) -> str:
    """A fault by the place where it is, without what stood there."""
    return ": ".join(part for part in (".".join(map(str, fault["loc"])), fault["msg"]) if part)


def _take(conversation: Conversation, asked: _Asked) -> Turn:
    if asked.touch is not None:
        return conversation.touch(asked.touch)
    if asked.end is not None:
        return conversation.end(asked.end)
    return conversation.say(asked.say or "")


def _json(value: dict[str, Any]) -> Response:
    response = Response(json.dumps(value), content_type="application/json;charset=UTF-8")
    response.cache_control.no_store = True
    return response
