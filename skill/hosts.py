"""Under which names the program answers, and how many proxies it believes."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.utils import host_is_trusted

# A request to /alexa proves itself by its signature, whatever name it came under, and watchers ask for the others by
# address. None of the three makes an answer of the name, so a wrong one can do no harm; a right one that a proxy did
# not pass on would silence the skill.
ANY_NAME = frozenset({"/alexa", "/healthz", "/readyz"})


def believe_proxies(app: Flask, count: int) -> None:
    """Takes the address, scheme and name of a request from the last `count` proxies; from none where it is 0."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def answer_only_to(app: Flask, hosts: tuple[str, ...]) -> None:
    """Refuses with an empty 400 whatever is asked for under another name; where no name is given, any will do."""
    if not hosts:
        return

    @app.before_request
    def known_host() -> Response | None:
        name = request.environ.get("HTTP_HOST", "").lower()
        if request.path in ANY_NAME or host_is_trusted(name, hosts):
            return None
        return Response(status=400)
