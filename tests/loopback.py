"""Servers of the tests' own on this machine: where one may listen, and one request to it."""

from __future__ import annotations

import socket
from http.client import HTTPConnection


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def got(port: int, path: str, body: bytes | None = None) -> tuple[int, str]:
    """Status and text of one request on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST" if body else "GET", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()
