"""The skill beside the least that the ASK SDK and Flask can serve: each under gunicorn with one process, by turns.

Both get the same signed requests with real questions over loopback, a connection each, as gunicorn.conf.py has it. The
least one answers one sentence to whatever comes and checks nothing; the skill verifies, finds, composes and checks.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_model import RequestEnvelope
from flask import Flask, Response, request

from app import create_app
from skill.settings import Settings
from skill.verify import Verifier
from tests.chain import Amazon
from tests.loopback import free_port

ROOT = Path(__file__).parents[1]
SKILL_ID = "amzn1.ask.skill.bench"
CALLERS = 4
ROUNDS = 8
WITHIN = 30  # seconds for a server to come up


def ours() -> Flask:
    """The skill as production has it, with a chain of certificates that is made here. The requests in the file that
    BENCH_REQUESTS names are signed with it, into a file beside: whoever calls needs the headers."""
    now = datetime.now(UTC)
    amazon = Amazon(now)
    bodies = Path(os.environ["BENCH_REQUESTS"])
    signed = [amazon.headers(line.encode()) for line in bodies.read_text(encoding="utf-8").splitlines()]
    bodies.with_suffix(".headers").write_text(json.dumps(signed), encoding="utf-8")
    return create_app(Settings(skill_id=SKILL_ID), verifier=Verifier(SKILL_ID, amazon.roots, amazon.fetch, lambda: now))


def least() -> Flask:
    """One handler, one sentence, nothing verified."""
    builder = SkillBuilder()
    builder.request_handler(can_handle_func=lambda _: True)(
        lambda given: given.response_builder.speak("Hello.").ask("Hello?").response
    )
    skill, app = builder.create(), Flask("least")

    @app.post("/alexa")
    def answer() -> Response:
        asked = skill.serializer.deserialize(request.get_data().decode(), RequestEnvelope)
        said = skill.serializer.serialize(skill.invoke(asked, None))
        return Response(json.dumps(said), content_type="application/json;charset=UTF-8")

    return app


@dataclass
class Served:
    """A server that is up, and what it was measured at: seconds per request as a caller waits, requests per second in
    each round, the processor's seconds per request, and at the end the bytes of memory that the worker holds."""

    port: int
    worker: int
    waits: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    memory: int = 0

    def ask(self, requests: Sequence[bytes]) -> None:
        """All of the requests, from a few callers at a time."""
        before, began = self._worked(), time.perf_counter()
        with ThreadPoolExecutor(CALLERS) as callers:
            self.waits += callers.map(self._ask, requests)
        self.rates.append(len(requests) / (time.perf_counter() - began))
        self.work.append((self._worked() - before) / len(requests))
        status = Path(f"/proc/{self.worker}/status").read_text(encoding="ascii")
        self.memory = 1024 * int(status.partition("VmRSS:")[2].split()[0])  # shared with the first process or not

    def _ask(self, whole: bytes) -> float:
        began = time.perf_counter()
        with socket.create_connection(("127.0.0.1", self.port), timeout=WITHIN) as connection:
            connection.sendall(whole)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"answered {answer[:40]!r}")
        return time.perf_counter() - began

    def _worked(self) -> float:
        fields = Path(f"/proc/{self.worker}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def compared(bodies: Sequence[str]) -> tuple[Served, Served]:
    """The skill and the least one, after the same requests by turns. Linux only: it reads /proc."""
    with TemporaryDirectory() as folder:
        asked = Path(folder, "requests")
        asked.write_text("\n".join(bodies), encoding="utf-8")
        with serving("ours", asked) as skill, serving("least", asked) as bare:
            headers = json.loads(asked.with_suffix(".headers").read_text(encoding="utf-8"))
            requests = [_request(body, signed) for body, signed in zip(bodies, headers, strict=True)]
            for served in (skill, bare):
                served.ask(requests[:CALLERS])  # the chain is fetched once
                served.waits, served.rates, served.work = [], [], []
            for _ in range(ROUNDS):
                skill.ask(requests)
                bare.ask(requests)
            return skill, bare


@contextmanager
def serving(name: str, asked: Path) -> Iterator[Served]:
    """gunicorn with one process, set up as in production."""
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SKILL_")}
    process = subprocess.Popen(  # noqa: S603  (our own)
        [sys.executable, "-m", "gunicorn", f"tests.bench_served:{name}()", "-b", f"127.0.0.1:{port}", "-w", "1"],
        cwd=ROOT, env={**environ, "BENCH_REQUESTS": str(asked)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield Served(port, _up(process, port))
    finally:
        process.terminate()
        process.wait(WITHIN)


def _up(process: subprocess.Popen[bytes], port: int) -> int:
    """The id of the worker, once the server answers."""
    last = time.monotonic() + WITHIN
    while process.poll() is None and time.monotonic() < last:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=WITHIN):
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
            if children:
                return int(children[0])
        time.sleep(0.05)
    raise RuntimeError("gunicorn did not come up")


def _request(body: str, signed: dict[str, str]) -> bytes:
    headers = {"Host": "localhost", "Content-Type": "application/json", "Content-Length": len(body.encode()), **signed}
    return "\r\n".join(
        ["POST /alexa HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", body]
    ).encode()


def summary(skill: Served, bare: Served) -> str:
    """Both in lines to read."""
    lines = [f"{'one gunicorn process, ' + str(CALLERS) + ' callers':<46}{'the skill':>12}{'least':>12}"]
    ways = (
        ("requests per second, median of rounds", lambda s: f"{statistics.median(s.rates):.0f}"),
        ("a caller waits, p50", lambda s: f"{statistics.median(s.waits) * 1000:.2f} ms"),
        ("a caller waits, p99", lambda s: f"{statistics.quantiles(s.waits, n=100)[98] * 1000:.2f} ms"),
        ("the processor works, per request", lambda s: f"{statistics.median(s.work) * 1000:.2f} ms"),
        ("memory of the worker", lambda s: f"{s.memory / 1e6:.0f} MB"),
    )
    lines += [f"{name:<46}{of(skill):>12}{of(bare):>12}" for name, of in ways]
    throughput = statistics.median(one / other for one, other in zip(skill.rates, bare.rates, strict=True))
    return "\n".join([*lines, f"throughput beside the least one: {throughput:.2f}"])
