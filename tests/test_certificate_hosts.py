"""A host of certificates that is slow, fails, sends elsewhere, never ends or lies: through the whole app, with the
real fetch and a real server on loopback. It costs one refused request, and nobody else notices."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from skill.catalogue import Catalogue
from skill.certificates import CHAIN_BYTES, FETCH_SECONDS, fetch
from skill.settings import Settings
from skill.verify import FETCHES_AT_ONCE, REFUSED_FOR, REFUSED_URLS, Verifier
from skill.web import LOCAL_SKILL_ID, verifier_for
from tests.chain import CERT_URL, Amazon
from tests.signed import Door, body_of, launch
from tests.test_certificates import fetches_end, server_chain, serving, trusting

ORIGIN = "https://s3.amazonaws.com"
ANOTHER_URL = f"{ORIGIN}/echo.api/echo-api-cert-12.pem"
SOON = 0.3  # seconds for a fetch that is to run out of time
LONG = 30.0  # seconds that a fetch never takes, on however busy a machine

Says = Callable[[socket.socket, threading.Event], None]  # what a host does with a request for a file, until it is over


class Clock:
    """The real time, and what was added to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Host:
    """Amazon's file server: for each path what it says. `asked` are the paths that it was asked for."""

    def __init__(self) -> None:
        self.says: dict[str, Says] = {}
        self.asked: list[str] = []
        self.was_asked = threading.Semaphore(0)

    def __call__(self, connection: socket.socket, over: threading.Event) -> None:
        path = connection.recv(65536).split(b" ")[1].decode()
        self.asked.append(path)
        self.was_asked.release()
        self.says.get(path, answering("404 Not Found"))(connection, over)


def answering(status: str, *headers: str, body: bytes = b"") -> Says:
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode()
    return lambda connection, over: connection.sendall(head + body)


def serves(chain: Amazon) -> Says:
    return lambda connection, over: answering("200 OK", body=chain.pem)(connection, over)


def silent(connection: socket.socket, over: threading.Event) -> None:
    over.wait()


def endless(start: bytes, drop: bytes) -> Says:
    def say(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(start)
        while not over.wait(0.01):
            connection.sendall(drop)

    return say


@contextmanager
def skill_and_host(
    catalogue: Catalogue, folder: Path, seconds: float, tls: bool = True
) -> Iterator[tuple[Door, Host, Clock]]:
    """The app, whose verifier fetches with `skill.certificates.fetch` from a host on loopback, in so many seconds."""
    host, clock, chain = Host(), Clock(), server_chain()
    with serving(host if tls else silent, folder, chain, tls) as address:
        here = address.removesuffix("/echo.api/echo-api-cert.pem")

        def from_here(url: str) -> bytes:
            return fetch(url.replace(ORIGIN, here), context=trusting(chain), seconds=seconds)

        yield Door(catalogue, Amazon(clock()), from_here, clock), host, clock
    fetches_end()


def path_of(url: str) -> str:
    return url.removeprefix(ORIGIN)


STRANGER = Amazon(datetime.now(UTC), root="Root of a stranger", owner="A stranger")
SLOW_HOSTS = {
    "never answers": silent,
    "drips for ever": endless(b"HTTP/1.1 200 OK\r\n\r\n", b"-"),
    "drips its headers": endless(b"HTTP/1.1 200 OK\r\nX: ", b"y"),
}
BAD_HOSTS = {
    "never ends": endless(b"HTTP/1.1 200 OK\r\n\r\n", b"-" * CHAIN_BYTES),
    "closes": lambda connection, over: None,
    "fails": answering("500 Internal Server Error", body=b"oh"),
    "has it no more": answering("404 Not Found", body=b"<Error/>"),
    "forbids it": answering("403 Forbidden", body=b"<Error>AccessDenied</Error>"),
    "sends elsewhere": answering("302 Found", f"Location: {CERT_URL}"),
    "sends to a file": answering("301 Moved Permanently", "Location: file:///etc/hostname"),
    "sends to itself": answering("307 Temporary Redirect", f"Location: {path_of(CERT_URL)}"),
    "lies about the length": answering("200 OK", "Content-Length: 90000", body=b"chain"),
    "says what is no chain": answering("200 OK", body=b"<html>welcome</html>"),
    "serves a stranger's chain": serves(STRANGER),
    "serves a chain for another name": serves(Amazon(datetime.now(UTC), names=["example.com"])),
    "serves a chain that is over": serves(Amazon(datetime.now(UTC), ends=-timedelta(seconds=1))),
}


def test_in_production_chains_are_fetched_so_and_within_two_seconds() -> None:
    verifier = verifier_for(Settings(skill_id=LOCAL_SKILL_ID))
    assert isinstance(verifier, Verifier)
    assert verifier._fetch is fetch
    assert FETCH_SECONDS <= 2


@pytest.mark.parametrize("which", [*SLOW_HOSTS, *BAD_HOSTS])
def test_a_bad_host_costs_one_refusal_and_what_it_said_is_not_kept(
    catalogue: Catalogue, tmp_path: Path, which: str
) -> None:
    says = {**SLOW_HOSTS, **BAD_HOSTS}[which]
    with skill_and_host(catalogue, tmp_path, SOON if which in SLOW_HOSTS else LONG) as (door, host, clock):
        host.says[path_of(CERT_URL)] = says
        for signer in (door.amazon, STRANGER):
            refused = door.post(body_of(launch(clock())), signed_by=signer)
            assert (refused.status_code, refused.data) == (400, b"")
        assert len(host.asked) <= 1  # once, whoever asks; on a busy machine time is over before it can be asked
        assert not door.verifier._keys


def test_a_host_that_never_shakes_hands_costs_one_refusal(catalogue: Catalogue, tmp_path: Path) -> None:
    with skill_and_host(catalogue, tmp_path, SOON, tls=False) as (door, _, clock):
        assert door.post(body_of(launch(clock()))).status_code == 400


def test_a_host_that_is_well_again_is_believed_again(catalogue: Catalogue, tmp_path: Path) -> None:
    with skill_and_host(catalogue, tmp_path, LONG) as (door, host, clock):
        host.says[path_of(CERT_URL)] = serves(STRANGER)
        assert door.post(body_of(launch(clock()))).status_code == 400
        host.says[path_of(CERT_URL)] = serves(door.amazon)
        clock.ahead += REFUSED_FOR
        assert door.post(body_of(launch(clock()))).status_code == 200


def test_a_host_that_turns_bad_takes_nothing_from_a_key_that_is_kept(catalogue: Catalogue, tmp_path: Path) -> None:
    with skill_and_host(catalogue, tmp_path, LONG) as (door, host, clock):
        host.says[path_of(CERT_URL)] = serves(door.amazon)
        assert door.post(body_of(launch(clock()))).status_code == 200
        host.says[path_of(CERT_URL)] = serves(STRANGER)
        assert door.post(body_of(launch(clock())), signed_by=STRANGER).status_code == 400
        assert door.post(body_of(launch(clock()))).status_code == 200
        assert len(host.asked) == 1


def test_others_are_served_while_hosts_keep_us_waiting(catalogue: Catalogue, tmp_path: Path) -> None:
    """As many fetches as may be at once hang; one more is refused at once; all else goes on."""
    released = threading.Event()

    def holds(connection: socket.socket, over: threading.Event) -> None:
        released.wait(LONG)

    held = [f"{ORIGIN}/echo.api/echo-api-cert-{number}.pem" for number in range(FETCHES_AT_ONCE)]
    with (
        skill_and_host(catalogue, tmp_path, LONG) as (door, host, clock),
        ThreadPoolExecutor(FETCHES_AT_ONCE) as threads,
    ):
        host.says[path_of(CERT_URL)] = serves(door.amazon)
        host.says |= {path_of(url): holds for url in held}
        assert door.post(body_of(launch(clock()))).status_code == 200
        assert host.was_asked.acquire(timeout=LONG)
        waiting = [threads.submit(door.post, body_of(launch(clock())), url) for url in held]
        try:
            for _ in held:
                assert host.was_asked.acquire(timeout=LONG)
            assert door.app.test_client().get("/healthz").status_code == 200
            assert door.post(body_of(launch(clock()))).status_code == 200
            assert door.post(body_of(launch(clock())), ANOTHER_URL).status_code == 400
            assert path_of(ANOTHER_URL) not in host.asked
            assert not any(each.done() for each in waiting)
        finally:
            released.set()
        assert [each.result(LONG).status_code for each in waiting] == [400] * FETCHES_AT_ONCE
        host.says[path_of(ANOTHER_URL)] = serves(door.amazon)
        assert door.post(body_of(launch(clock())), ANOTHER_URL).status_code == 200


def test_who_asks_for_the_same_chain_waits_for_one_fetch(catalogue: Catalogue, tmp_path: Path) -> None:
    released = threading.Event()
    with skill_and_host(catalogue, tmp_path, LONG) as (door, host, clock), ThreadPoolExecutor(6) as threads:

        def when_released(connection: socket.socket, over: threading.Event) -> None:
            released.wait(LONG)
            serves(door.amazon)(connection, over)

        host.says[path_of(CERT_URL)] = when_released
        body = body_of(launch(clock()))
        first = threads.submit(door.post, body)
        assert host.was_asked.acquire(timeout=LONG)
        others = [threads.submit(door.post, body) for _ in range(5)]
        released.set()
        assert [each.result(LONG).status_code for each in (first, *others)] == [200] * 6
        assert len(host.asked) == 1


def test_a_burst_of_refused_requests_makes_no_fetch_and_nothing_grows(catalogue: Catalogue, tmp_path: Path) -> None:
    with skill_and_host(catalogue, tmp_path, LONG) as (door, host, clock):
        stale = body_of(launch(clock() - timedelta(hours=1)))
        fresh = body_of(launch(clock()))
        for number in range(300):
            assert door.post(stale, f"{ORIGIN}/echo.api/echo-api-cert-{number}.pem").status_code == 400
            assert door.post(fresh, f"https://s3.example.com/echo.api/{number}.pem").status_code == 400
            assert door.post(fresh, f"{ORIGIN}/elsewhere/{number}.pem").status_code == 400
        assert host.asked == []
        kept = (door.verifier._keys, door.verifier._refused, door.verifier._fetching, door.verifier._unusual)
        assert [len(each) for each in kept] == [0] * 4


def test_a_burst_of_requests_that_only_their_chain_can_refuse_is_bounded(catalogue: Catalogue, tmp_path: Path) -> None:
    with skill_and_host(catalogue, tmp_path, LONG) as (door, host, clock):
        fresh = body_of(launch(clock()))
        for number in range(60):
            assert door.post(fresh, f"{ORIGIN}/echo.api/{number}.pem", signed_by=STRANGER).status_code == 400
        assert len(host.asked) == 20
        assert len(door.verifier._refused) <= REFUSED_URLS
        host.says[path_of(CERT_URL)] = serves(door.amazon)
        assert door.post(fresh).status_code == 200  # a process that has just started still learns Alexa's key
