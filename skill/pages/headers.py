"""The headers of every page: what it may load and tell, and how long it may be kept."""

from __future__ import annotations

from flask import Request, Response

SAFE = {
    # JSON-LD stands in the page as data: a script element that is never run is not subject to script-src.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # the address of an answer tells what somebody worries about
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
KEPT_SHORTLY = "public, max-age=300"  # an answer that was mended is seen within minutes
KEPT_LONG = "public, max-age=31536000, immutable"  # the address of a static file changes with what is in it
NOT_KEPT = "no-store"  # what somebody asked stays in no cache


def dressed(response: Response, request: Request) -> Response:
    """The response with its headers; 304 where the browser already has it."""
    for name, value in SAFE.items():
        response.headers.setdefault(name, value)
    if response.status_code != 200:
        response.headers.setdefault("Cache-Control", NOT_KEPT)
        return response
    response.headers.setdefault("Cache-Control", KEPT_SHORTLY)
    if response.headers["Cache-Control"] == NOT_KEPT:
        return response
    response.add_etag()
    response.make_conditional(request)
    return response
