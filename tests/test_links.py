"""make check-links, against servers on loopback: what is told of an address, and how politely it is asked."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from skill.catalogue import Answer, Catalogue, Link
from skill.content.links import AGENT, Checked, addresses, check, main, report


class Site(BaseHTTPRequestHandler):
    """A site whose paths say how they answer: /404, /301 (to /200), /HEAD-405, /circle, /hang."""

    asked: ClassVar[list[tuple[str, str]]] = []
    agents: ClassVar[set[str | None]] = set()
    at_once: ClassVar[Counter[int]] = Counter()
    most: ClassVar[Counter[int]] = Counter()
    lock: ClassVar[threading.Lock] = threading.Lock()
    released: ClassVar[threading.Event] = threading.Event()

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        port = self.server.server_address[1]
        with self.lock:
            self.asked.append((self.command, self.path))
            self.agents.add(self.headers["User-Agent"])
            self.at_once[port] += 1
            self.most[port] = max(self.most[port], self.at_once[port])
        name = self.path.strip("/")
        if name == "hang":
            self.released.wait(30)
        if name.startswith("HEAD-"):
            status = int(name[5:]) if self.command == "HEAD" else 200
        elif name == "circle":
            status = 302
        else:
            status = int(name) if name.isdecimal() else 200
        with self.lock:
            self.at_once[port] -= 1
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "/circle" if name == "circle" else "/200")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def sites() -> Iterator[list[str]]:
    """The addresses of three sites; what was asked of them is in Site."""
    for kept in (Site.asked, Site.agents, Site.at_once, Site.most):
        kept.clear()
    Site.released.clear()
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Site) for _ in range(3)]
    threads = [threading.Thread(target=server.serve_forever, daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    yield [f"http://127.0.0.1:{server.server_address[1]}" for server in servers]
    Site.released.set()
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        server.server_close()
        thread.join()


def checked(*urls: str, seconds: float = 10.0) -> dict[str, Checked]:
    return {each.url: each for each in check(dict.fromkeys(urls, ("hospice",)), seconds=seconds, pause=0.0)}


@pytest.mark.parametrize(
    ("path", "state", "why"),
    [
        ("/200", "good", "200"),
        ("/204", "good", "204"),
        ("/a path with spaces", "good", "200"),
        ("/page?with=a-query", "good", "200"),
        ("/404", "gone", "404 Not Found"),
        ("/410", "gone", "410 Gone"),
        ("/500", "gone", "500 Internal Server Error"),
        ("/301", "moved", "moved to"),
        ("/308", "moved", "moved to"),
        ("/302", "good", "200"),
        ("/circle", "gone", "round in circles"),
        ("/403", "look", "403 Forbidden"),
        ("/429", "look", "429 Too Many Requests"),
        ("/999", "look", "999"),
        ("/HEAD-405", "good", "200"),
        ("/HEAD-404", "good", "200"),
    ],
)
def test_what_stands_at_an_address_is_told(sites: list[str], path: str, state: str, why: str) -> None:
    (told,) = checked(sites[0] + path).values()
    assert told.state == state
    assert why in told.why
    assert {AGENT} == Site.agents


def test_nobody_there_and_nobody_answering_count_as_gone(sites: list[str]) -> None:
    nobody = "http://127.0.0.1:9/x"
    told = checked(nobody, f"{sites[0]}/hang", f"{sites[1]}/200", "ftp://127.0.0.1/x", seconds=0.5)
    assert {url: each.state for url, each in told.items() if each.state != "good"} == dict.fromkeys(
        (nobody, f"{sites[0]}/hang", "ftp://127.0.0.1/x"), "gone"
    )


def test_a_host_is_asked_one_thing_at_a_time_and_hosts_side_by_side(sites: list[str]) -> None:
    urls = [f"{site}/{name}" for site in sites for name in ("a", "b", "c", "404")]
    assert len(checked(*urls)) == len(urls)
    assert set(Site.most.values()) == {1}
    assert {path for method, path in Site.asked if method == "GET"} == {"/404"}  # the rest was asked without a body


def test_there_is_a_pause_between_two_requests_to_a_host(sites: list[str]) -> None:
    began = time.monotonic()
    check(dict.fromkeys((f"{sites[0]}/a", f"{sites[0]}/b", f"{sites[0]}/c"), ("x",)), pause=0.05)
    assert time.monotonic() - began >= 0.1  # never shorter; how much longer is the machine's affair


def only(catalogue: Catalogue, **changes: object) -> Catalogue:
    """A catalogue of one answer."""
    hospice: Answer = replace(catalogue.answers["hospice"], **changes)  # type: ignore[arg-type]
    return replace(catalogue, answers={"hospice": hospice}, cancers={}, states={})


def test_the_report_names_the_answers_concerned_and_fails_where_something_is_gone(
    sites: list[str], catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    links = (Link("A page", f"{sites[0]}/404"), Link("Another", f"{sites[0]}/200"))
    assert main(["--pause", "0"], only(catalogue, links=links, sources=())) == 1
    told = capsys.readouterr().out
    assert f"{sites[0]}/404\n      404 Not Found; in hospice" in told
    assert told.endswith("2 addresses: 1 gone, 0 look, 0 moved, 1 good\n")
    assert main(["--pause", "0", "another-answer"], only(catalogue, links=links, sources=())) == 0
    assert main(["--pause", "0"], only(catalogue, links=links[1:], sources=())) == 0


def test_every_link_source_website_and_center_is_asked_once(catalogue: Catalogue) -> None:
    found = addresses(catalogue)
    for answer in catalogue.answers.values():
        for page in (*answer.links, *answer.sources):
            assert answer.id in found[page.url]
    for answer in catalogue.organizations.values():
        assert answer.organization is not None
        assert not answer.organization.website or answer.id in found[answer.organization.website]
    assert any(id.startswith("cancer_centers ") for ids in found.values() for id in ids)
    assert all(url.startswith("https://") for url in found)


def test_what_needs_a_person_comes_first() -> None:
    urls = [
        Checked("https://b.example", "look", "403 Forbidden", ("x",)),
        Checked("https://a.example", "gone", "", ("y",)),
    ]
    assert report(urls).index("a.example") < report(urls).index("b.example")
