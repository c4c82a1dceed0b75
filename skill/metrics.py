"""Numbers for Prometheus, off unless SKILL_METRICS_PORT is set. Every label is from a short list of our own.

The page has a port of its own, on loopback unless told otherwise, so that the proxy in front of the skill never shows
it. Where PROMETHEUS_MULTIPROC_DIR names a folder (gunicorn.conf.py sees to that), the processes count into files there
and one of them serves the sum; the folder must be named before this module is imported.
"""

from __future__ import annotations

import os
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 8.0)  # after 8 s Alexa has given up


class Metrics:
    """Counts turns and refusals. Safe to share between threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "skill_requests", "Requests that were verified.", ("kind", "outcome"), registry=self.registry
        )
        self._replies = Counter("skill_replies", "Replies by kind.", ("decision",), registry=self.registry)
        self._refusals = Counter("skill_refusals", "Requests refused.", ("reason",), registry=self.registry)
        self._seconds = Histogram(
            "skill_turn_seconds", "From the bytes to the response.", buckets=SECONDS, registry=self.registry
        )

    def turn(self, kind: str, outcome: str, decision: str, seconds: float) -> None:
        """One more turn."""
        self._requests.labels(kind, outcome).inc()
        self._replies.labels(decision).inc()
        self._seconds.observe(seconds)

    def refused(self, reason: str) -> None:
        """One more refusal."""
        self._refusals.labels(reason).inc()


def serve(host: str, port: int, metrics: Metrics | None = None) -> WSGIServer:
    """Serves the page for Prometheus in a thread: the numbers of `metrics`, or of all processes that count together.

    Raises OSError where the port is taken.
    """
    registry = metrics.registry if metrics is not None else CollectorRegistry()
    if metrics is None:
        MultiProcessCollector(registry, os.environ["PROMETHEUS_MULTIPROC_DIR"])  # type: ignore[no-untyped-call]
    server, _ = start_http_server(port, host, registry)
    return server
