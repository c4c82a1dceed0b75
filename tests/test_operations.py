"""Running it: under gunicorn through restarts, behind a proxy, watched by /readyz and Prometheus."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request

from app import create_app
from skill.catalogue import Catalogue
from skill.hosts import ANY_NAME
from skill.journal import DECISIONS, OTHER, refusal
from skill.metrics import Metrics, serve
from skill.ready import checks, readiness
from skill.settings import Settings
from skill.simulator import envelope
from skill.simulator.envelope import Device, Session
from skill.simulator.understand import FilledSlot, Understood
from skill.wording import Wording
from tests.chain import Amazon
from tests.loopback import free_port, got
from tests.test_web import NOW, SKILL_ID, Line, Verifier, question

ROOT = Path(__file__).parents[1]
OPEN = Settings(environment="development", verify_requests=False)
WITHIN = 60.0  # seconds that a server has to start or to stop on a busy machine
HOSPICE = Understood("intent", "AskIntent", {"question": FilledSlot("what is hospice", "QUESTION", "hospice")})

# /readyz


def test_an_app_that_has_all_it_needs_is_ready() -> None:
    response = create_app(OPEN).test_client().get("/readyz")
    assert (response.status_code, response.get_json()["status"]) == (200, "ready")
    assert response.get_json()["checks"] == dict.fromkeys(("content", "ranking", "roots", "interaction model"), True)


@pytest.mark.parametrize("missing", ["content", "ranking", "roots", "interaction model"])
def test_an_app_that_lacks_something_says_what(missing: str) -> None:
    asked: Counter[str] = Counter()

    def check(name: str) -> bool:
        asked[name] += 1
        return name != missing

    app = Flask("watched")
    names = ("content", "ranking", "roots", "interaction model")
    app.register_blueprint(readiness({name: lambda name=name: check(name) for name in names}))
    for _ in range(3):
        response = app.test_client().get("/readyz")
        assert (response.status_code, response.get_json()["status"]) == (503, "not ready")
        assert [name for name, well in response.get_json()["checks"].items() if not well] == [missing]
    assert set(asked.values()) == {1}  # whoever asks again costs nothing


def test_a_ranking_that_does_not_know_an_answer_is_not_ready(catalogue: Catalogue) -> None:
    assert checks(catalogue)["ranking"]()
    fewer = {id: answer for id, answer in catalogue.answers.items() if id != "hospice"}
    assert not checks(replace(catalogue, answers=fewer))["ranking"]()


# Names and proxies


def app_of(**settings: Any) -> Flask:
    """An app in production, with a page that says what it believes of a request."""
    app = create_app(Settings(skill_id=SKILL_ID, **settings))
    app.add_url_rule("/seen", "seen", lambda: [request.remote_addr, request.scheme, request.host])
    return app


@pytest.mark.parametrize(
    ("settings", "host", "status"),
    [
        ({}, "anything.example", 200),
        ({"base_url": "https://guide.example/a"}, "guide.example", 200),
        ({"base_url": "https://guide.example/a"}, "GUIDE.example:443", 200),
        ({"base_url": "https://guide.example/a"}, "evil.example", 400),
        ({"base_url": "https://guide.example/a"}, "guide.example.evil.example", 400),
        ({"base_url": "https://guide.example/a"}, "guide.example@evil.example", 400),
        ({"base_url": "https://guide.example/a"}, "", 400),
        ({"base_url": "https://guide.example", "environment": "development"}, "localhost", 200),
        ({"allowed_hosts": ("one.example", "two.example")}, "two.example", 200),
        ({"allowed_hosts": ("one.example",), "base_url": "https://guide.example"}, "guide.example", 400),
        ({"allowed_hosts": ("one.example",), "environment": "development"}, "localhost", 400),
    ],
)
def test_pages_answer_only_to_names_that_are_allowed(settings: dict[str, Any], host: str, status: int) -> None:
    response = app_of(**settings).test_client().get("/seen", headers={"Host": host})
    assert response.status_code == status
    assert status == 200 or response.data == b""


@pytest.mark.parametrize("path", sorted(ANY_NAME))
def test_alexa_and_watchers_are_answered_under_any_name(path: str) -> None:
    amazon = Amazon(NOW)
    verifier = Verifier(SKILL_ID, amazon.roots, amazon.fetch, lambda: NOW)
    app = create_app(Settings(skill_id=SKILL_ID, allowed_hosts=("guide.example",)), verifier=verifier)
    client, headers = app.test_client(), {"Host": "10.0.0.7:8000"}
    if path == "/alexa":
        body = json.dumps(question()).encode()
        assert client.post(path, data=body, headers={**headers, **amazon.headers(body)}).status_code == 200
        assert client.post(path, json=question(), headers=headers).status_code == 400  # not signed
    else:
        assert client.get(path, headers=headers).status_code != 400


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [
        (0, ["127.0.0.1", "http", "inner.example"]),
        (1, ["192.0.2.2", "https", "guide.example"]),
        (2, ["192.0.2.1", "https", "outer.example"]),
        (3, ["127.0.0.1", "http", "inner.example"]),
    ],
)
def test_only_so_many_proxies_are_believed_as_there_are(proxies: int, seen: list[str]) -> None:
    headers = {
        "Host": "inner.example",
        "X-Forwarded-For": "192.0.2.1, 192.0.2.2",
        "X-Forwarded-Proto": "https, https",
        "X-Forwarded-Host": "outer.example, guide.example",
    }
    response = app_of(trusted_proxies=proxies).test_client().get("/seen", headers=headers)
    assert response.get_json() == seen


def test_a_forwarded_name_is_held_to_the_list_too() -> None:
    client = app_of(trusted_proxies=1, allowed_hosts=("guide.example",)).test_client()
    asked = {"Host": "guide.example", "X-Forwarded-Host": "evil.example"}
    assert client.get("/seen", headers=asked).status_code == 400
    assert client.get("/seen", headers={**asked, "X-Forwarded-Host": "guide.example"}).status_code == 200


# Metrics


def test_nothing_is_counted_unless_asked_for() -> None:
    assert create_app(OPEN).extensions["skill-metrics"] is None


def test_turns_and_refusals_are_counted_by_short_lists() -> None:
    amazon = Amazon(NOW)
    verifier = Verifier(SKILL_ID, amazon.roots, amazon.fetch, lambda: NOW)
    app = create_app(Settings(skill_id=SKILL_ID, metrics_port=9400), verifier=verifier)
    client, metrics = app.test_client(), app.extensions["skill-metrics"]
    line = Line(client, amazon)
    line.sends(json.dumps(question()).encode())
    strange = question()
    strange["request"]["type"] = "Something.New"
    line.sends(json.dumps(strange).encode())
    client.post("/alexa", json=question())
    client.post("/alexa", data=b"x" * 200_000)

    def value(name: str, **labels: str) -> float | None:
        found: float | None = metrics.registry.get_sample_value(name, labels)
        return found

    assert value("skill_requests_total", kind="IntentRequest", outcome="answered") == 1
    assert value("skill_requests_total", kind=OTHER, outcome="silent") == 1
    assert value("skill_replies_total", decision="answer") == 1
    assert value("skill_refusals_total", reason="header") == 1
    assert value("skill_refusals_total", reason="size") == 1
    assert value("skill_turn_seconds_count") == 2


def test_the_page_for_prometheus_has_a_port_of_its_own() -> None:
    metrics = Metrics()
    metrics.turn("LaunchRequest", "answered", "welcome", 0.002)
    port = free_port()
    server = serve("127.0.0.1", port, metrics)
    try:
        status, page = got(port, "/metrics")
    finally:
        server.shutdown()
        server.server_close()
    assert status == 200
    assert 'skill_requests_total{kind="LaunchRequest",outcome="answered"} 1.0' in page


def test_every_kind_of_reply_can_be_counted(catalogue: Catalogue) -> None:
    assert set(Wording(catalogue)._kinds) == DECISIONS


def test_every_reason_for_a_refusal_has_a_class() -> None:
    written = "".join((ROOT / "skill" / name).read_text(encoding="utf-8") for name in ("verify.py", "web.py"))
    reasons = [
        reason.replace("{name}", "Signature-256")
        for reason in re.findall(r'(?:NotFromAlexa|refused)\(f?"([^"]+)"', written)
        if "one place only" not in reason
    ]
    assert len(reasons) >= 15
    assert [reason for reason in reasons if refusal(reason) == OTHER] == []
    assert refusal("what is hospice") == OTHER


# Under gunicorn


@dataclass
class Server:
    """gunicorn in a process of its own, as gunicorn.conf.py has it, with requests taken unsigned."""

    port: int
    process: subprocess.Popen[str]
    metrics_port: int

    def is_up(self) -> bool:
        with suppress(OSError):
            return got(self.port, "/healthz")[0] == 200
        return False

    def workers(self) -> set[int]:
        """The ids of the processes that serve."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return {int(each) for each in children.split()}


def until(happens: Any) -> None:
    """Waits, for so long and no longer, until something is so."""
    deadline = time.monotonic() + WITHIN
    waiting = threading.Event()
    while not happens():
        assert time.monotonic() < deadline, "not in time"
        waiting.wait(0.02)


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server that is up; killed at the end, where it still runs."""
    port, metrics_port = free_port(), free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("SKILL_", "PROMETHEUS_"))}
    environ |= {
        "SKILL_ENV": "development",
        "SKILL_VERIFY_REQUESTS": "false",
        "SKILL_HOST": "127.0.0.1",
        "SKILL_METRICS_PORT": str(metrics_port),
        "TMPDIR": str(folder),
    }
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603  (our own)
            command, cwd=ROOT, env=environ, stdout=log, stderr=log, text=True
        )
        server = Server(port, process, metrics_port)
        try:
            until(lambda: process.poll() is not None or server.is_up())
            assert process.poll() is None, (folder / "log").read_text()
            yield server
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(WITHIN)


@dataclass
class Callers:
    """Threads that ask without pause; what became of each request is kept."""

    port: int
    count: int = 6
    answered: list[int] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    turned_away: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.body = json.dumps(envelope.intent(HOSPICE, Session(), Device())).encode()
        self._threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(self.count)]

    def __enter__(self) -> Callers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(WITHIN)

    def ask_more(self, requests: int) -> None:
        """Waits until so many more were answered."""
        goal = len(self.answered) + requests
        until(lambda: len(self.answered) >= goal or self.lost)

    def _ask(self) -> None:
        while not self._over.is_set():
            connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.connect()
            except OSError:  # nobody listens: the request was never sent
                self.turned_away += 1
                return
            try:
                connection.request("POST", "/alexa", self.body, {"Content-Type": "application/json"})
                response = connection.getresponse()
                response.read()
                self.answered.append(response.status)
            except OSError as error:
                self.lost.append(repr(error))
            finally:
                connection.close()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="asks Linux which workers there are")
def test_nothing_is_lost_while_workers_are_replaced_under_load_and_the_counts_are_kept(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        with Callers(server.port) as callers:
            for _ in range(3):
                callers.ask_more(40)
                before = server.workers()
                server.process.send_signal(signal.SIGHUP)
                until(lambda before=before: not before & server.workers())  # type: ignore[misc]
            callers.ask_more(40)
            one = min(server.workers())
            os.kill(one, signal.SIGTERM)
            until(lambda: one not in server.workers())
            callers.ask_more(40)
        assert callers.lost == []
        assert callers.turned_away == 0
        assert Counter(callers.answered) == {200: len(callers.answered)}
        counted = re.findall(r"^skill_requests_total\{.*\} ([\d.]+)", got(server.metrics_port, "/metrics")[1], re.M)
        assert [float(count) for count in counted] == [len(callers.answered)]
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(WITHIN) == 0
    assert "hospice" not in (tmp_path / "log").read_text()
    assert [file.name for file in tmp_path.iterdir()] == ["log"]  # nothing is left behind


def test_a_stop_answers_whatever_it_has_taken_in(tmp_path: Path) -> None:
    """What is sent in half when the stop comes is still read to its end and answered."""
    body = json.dumps(envelope.intent(HOSPICE, Session(), Device())).encode()
    head = f"POST /alexa HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with serving(tmp_path) as server:
        under_way = []
        for _ in range(4):
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
            connection.sendall(head + body[:100])
            under_way.append(connection)
        for _ in range(8):  # whoever came before these was taken in
            assert got(server.port, "/healthz")[0] == 200
        server.process.send_signal(signal.SIGTERM)
        until(lambda: "Handling signal: term" in (tmp_path / "log").read_text())
        for connection in under_way:
            connection.sendall(body[100:])
        answers = [connection.recv(100) for connection in under_way]
        for connection in under_way:
            connection.close()
        assert server.process.wait(WITHIN) == 0
    assert [answer[:15] for answer in answers] == [b"HTTP/1.1 200 OK"] * len(under_way)


def test_a_wrong_setting_stops_the_start_with_a_sentence() -> None:
    environ = {**os.environ, "SKILL_ENV": "staging"}
    run = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--check-config"],
        cwd=ROOT, env=environ, capture_output=True, text=True, timeout=WITHIN, check=False,
    )  # fmt: skip
    assert run.returncode != 0
    assert "Cancer Guide cannot start: SKILL_ENV is 'staging'" in run.stderr


# What is deployed


def test_what_stands_in_deploy_says_what_was_run() -> None:
    files = [
        file for file in (ROOT / "deploy").rglob("*") if file.is_file() and file.suffix not in (".py", ".md", ".pyc")
    ]
    assert len(files) >= 4
    for file in files:
        assert "Run here:" in file.read_text(encoding="utf-8")[:1500], file.name


def test_what_the_program_needs_is_what_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert any(need.startswith("prometheus-client") for need in project["dependencies"])
