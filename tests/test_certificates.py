"""The roots that a chain may lead to, and the fetch of a chain from a server that may do anything."""

from __future__ import annotations

import gc
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import certifi
import pytest
from cryptography.hazmat.primitives import serialization

from skill.certificates import CHAIN_BYTES, FetchError, fetch, trusted_roots
from tests.chain import Amazon

SOON = 0.2  # seconds for a fetch that is to run out of time
LONG = 5.0  # and for one that is not, on a slow machine too

# The roots


def test_the_roots_of_certifi_hold_amazons() -> None:
    names = [root.subject.rfc4514_string() for root in trusted_roots()]
    assert any("Amazon Root CA 1" in name for name in names)
    assert len(names) > 50


AMAZON_ROOT = next(
    root.public_bytes(serialization.Encoding.PEM)
    for root in trusted_roots()
    if "Amazon Root CA 1" in root.subject.rfc4514_string()
)
OTHER_ROOT = Amazon(datetime.now(UTC)).roots[0].public_bytes(serialization.Encoding.PEM)
EMPTY_BLOCK = b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"


def _of_version_5() -> bytes:
    """A root that says that it is written by the rules of a version that is not there."""
    der = ssl.PEM_cert_to_DER_cert(OTHER_ROOT.decode())
    return ssl.DER_cert_to_PEM_cert(der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x04", 1)).encode()


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(EMPTY_BLOCK, id="empty"),
        pytest.param(OTHER_ROOT.replace(b"MII", b"NII", 1), id="letters changed"),
        pytest.param(b"".join(OTHER_ROOT.splitlines(keepends=True)[::2]), id="lines missing"),
        pytest.param(OTHER_ROOT.replace(b"\nMI", b"\n!!!", 1), id="no base64"),
        pytest.param(_of_version_5(), id="unknown version"),
        pytest.param(b"# a remark, and \xff\n", id="between the blocks"),
    ],
)
def test_a_broken_block_is_skipped(tmp_path: Path, broken: bytes) -> None:
    bundle = tmp_path / "roots.pem"
    bundle.write_bytes(broken + AMAZON_ROOT + broken + OTHER_ROOT)
    assert [root.public_bytes(serialization.Encoding.PEM) for root in trusted_roots(bundle)] == [
        AMAZON_ROOT,
        OTHER_ROOT,
    ]


@pytest.mark.parametrize("content", [b"", b"junk", EMPTY_BLOCK, OTHER_ROOT])
def test_a_bundle_without_a_root_of_amazons_stops_the_start(tmp_path: Path, content: bytes) -> None:
    bundle = tmp_path / "roots.pem"
    bundle.write_bytes(content)
    with pytest.raises(RuntimeError, match="holds no Amazon root"):
        trusted_roots(bundle)


def test_certifi_without_amazons_roots_stops_the_start(tmp_path: Path) -> None:
    bundle = tmp_path / "roots.pem"
    blocks = re.findall(rb"-----BEGIN.+?-----END CERTIFICATE-----\n", Path(certifi.where()).read_bytes(), re.S)
    amazons = {root.public_bytes(serialization.Encoding.PEM) for root in trusted_roots() if "Amazon" in str(root)}
    bundle.write_bytes(b"".join(block for block in blocks if block not in amazons))
    with pytest.raises(RuntimeError, match="holds no Amazon root"):
        trusted_roots(bundle)


# The fetch

Behaviour = Callable[[socket.socket, threading.Event], None]  # what a server does with a connection, until it is over


@cache
def server_chain(name: str = "localhost") -> Amazon:
    """A chain for a server on this machine, whose clock is the real one."""
    return Amazon(datetime.now(UTC), names=[name], key="ec", owner="A server")


def trusting(amazon: Amazon) -> ssl.SSLContext:
    """The context of a client that trusts this chain."""
    roots = b"".join(root.public_bytes(serialization.Encoding.PEM) for root in amazon.roots)
    return ssl.create_default_context(cadata=roots.decode())


@contextmanager
def serving(behave: Behaviour, folder: Path, chain: Amazon, tls: bool = True) -> Iterator[str]:
    """A server on loopback that behaves so; gives its address, and waits for all its threads at the end."""
    pem = folder / "server.pem"
    key = chain.private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem.write_bytes(key + chain.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    over = threading.Event()

    class Connection(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # the client may leave at any time
                if not tls:
                    behave(self.request, over)
                    return
                with context.wrap_socket(self.request, server_side=True) as connection:
                    behave(connection, over)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connection) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield f"https://localhost:{server.server_address[1]}/echo.api/echo-api-cert.pem"
        finally:
            over.set()
            server.shutdown()


def fetches_end() -> None:
    """Waits until no thread of a fetch is left, and fails where one stays."""
    for thread in threading.enumerate():
        if thread.name == "fetch-chain":
            thread.join(LONG)
            assert not thread.is_alive()


@pytest.fixture(scope="module", autouse=True)
def _no_socket_is_left_open() -> Iterator[None]:
    """A socket that waits to be collected is a warning when it is, and a warning is an error."""
    yield
    fetches_end()
    gc.collect()


def answers(status: str, *headers: str, body: bytes = b"") -> Behaviour:
    """Reads a request and answers it."""

    def behave(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall("\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode() + body)

    return behave


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


FULL = b"x" * CHAIN_BYTES


@pytest.mark.parametrize(
    ("behave", "body"),
    [
        pytest.param(answers("200 OK", "Content-Length: 5", body=b"chain"), b"chain", id="with a length"),
        pytest.param(answers("200 OK", body=b"chain"), b"chain", id="until it closes"),
        pytest.param(answers("200 OK", "Transfer-Encoding: chunked", body=chunked(b"chain")), b"chain", id="in chunks"),
        pytest.param(answers("200 OK", "Content-Length: 0"), b"", id="nothing"),
        pytest.param(answers("200 OK", f"Content-Length: {CHAIN_BYTES}", body=FULL), FULL, id="as much as may be"),
    ],
)
def test_an_answer_is_the_bytes_of_the_file(tmp_path: Path, behave: Behaviour, body: bytes) -> None:
    chain = server_chain()
    with serving(behave, tmp_path, chain) as url:
        assert fetch(url, context=trusting(chain), seconds=LONG) == body


def test_the_file_is_asked_for_by_its_path(tmp_path: Path) -> None:
    chain, asked = server_chain(), []

    def behave(connection: socket.socket, over: threading.Event) -> None:
        asked.append(connection.recv(65536).decode().splitlines())
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with serving(behave, tmp_path, chain) as url:
        fetch(url, context=trusting(chain), seconds=LONG)
    assert asked[0][0] == "GET /echo.api/echo-api-cert.pem HTTP/1.1"
    assert f"Host: {url.split('/')[2]}" in asked[0]


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(answers("301 Moved", "Location: /other.pem", "Content-Length: 0"), id="301"),
        pytest.param(
            answers("302 Found", "Location: https://localhost/x", "Content-Length: 5", body=b"chain"), id="302"
        ),
        pytest.param(answers("307 There", "Location: http://localhost/x", body=b"chain"), id="307"),
        pytest.param(answers("308 There", "Location: file:///etc/passwd"), id="308"),
        pytest.param(answers("404 Not Found", "Content-Length: 4", body=b"none"), id="404"),
        pytest.param(answers("403 Forbidden", body=b"<xml/>"), id="403"),
        pytest.param(answers("500 Oh", body=b"oh"), id="500"),
        pytest.param(answers("204 No Content"), id="204"),
        pytest.param(answers("206 Partial", "Content-Length: 2", body=b"ch"), id="206"),
        pytest.param(answers("401 Who", 'WWW-Authenticate: Basic realm="x"'), id="401"),
        pytest.param(answers("200 OK", body=FULL + b"x"), id="one byte too much"),
        pytest.param(answers("200 OK", "Content-Length: 10000000", body=FULL * 4), id="far too much"),
        pytest.param(answers("200 OK", "Transfer-Encoding: chunked", body=chunked(FULL * 4)), id="chunks too many"),
        pytest.param(answers("200 OK", "Content-Length: 9", body=b"chain"), id="cut short"),
        pytest.param(answers("200 OK", "Transfer-Encoding: chunked", body=b"9\r\nchain"), id="chunk cut short"),
        pytest.param(answers("200 OK", "Transfer-Encoding: chunked", body=b"zz\r\nchain"), id="chunk of no size"),
        pytest.param(answers("200 OK", *["X: y"] * 500, body=b"chain"), id="headers too many"),
        pytest.param(answers("200 OK", "X: " + "y" * 70_000, body=b"chain"), id="header too long"),
        pytest.param(answers("abc"), id="no status"),
        pytest.param(lambda connection, over: connection.sendall(b"SSH-2.0-OpenSSH\r\n"), id="no HTTP"),
        pytest.param(lambda connection, over: None, id="closes at once"),
        pytest.param(lambda connection, over: connection.recv(65536), id="closes when it was asked"),
    ],
)
def test_any_other_answer_is_a_fetch_error(tmp_path: Path, behave: Behaviour) -> None:
    chain = server_chain()
    with serving(behave, tmp_path, chain) as url, pytest.raises(FetchError):
        fetch(url, context=trusting(chain), seconds=LONG)


def drips(start: bytes, drop: bytes = b"x") -> Behaviour:
    """Sends the start of an answer, then a drop again and again for ever."""

    def behave(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(start)
        while not over.wait(0.02):
            connection.sendall(drop)

    return behave


def waits(connection: socket.socket, over: threading.Event) -> None:
    """Never says a word."""
    over.wait()


@pytest.mark.parametrize(
    ("behave", "tls"),
    [
        pytest.param(drips(b"HTTP/1.1 200 OK\r\n\r\n"), True, id="drips the body"),
        pytest.param(drips(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"), True, id="drips a body with a length"),
        pytest.param(drips(b"HTTP/1.1 200 OK\r\n"), True, id="drips a header"),
        pytest.param(drips(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), True, id="drips headers"),
        pytest.param(drips(b""), True, id="drips the status"),
        pytest.param(drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), True, id="says wait, and wait"),
        pytest.param(
            drips(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"), True, id="drips the size of a chunk"
        ),
        pytest.param(waits, True, id="never answers"),
        pytest.param(waits, False, id="never shakes hands"),
        pytest.param(drips(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"), False, id="drips the handshake"),
    ],
)
def test_a_server_that_is_too_slow_is_a_fetch_error_and_leaves_no_thread(
    tmp_path: Path, behave: Behaviour, tls: bool
) -> None:
    chain = server_chain()
    with serving(behave, tmp_path, chain, tls) as url:
        with pytest.raises(FetchError):
            fetch(url, context=trusting(chain), seconds=SOON)
        fetches_end()  # while the server still drips


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(lambda chain: None, id="nobody said to trust it"),
        pytest.param(lambda chain: trusting(Amazon(chain.now, root="Another root")), id="another root is trusted"),
    ],
)
def test_a_server_that_cannot_prove_its_name_is_a_fetch_error(
    tmp_path: Path, told: Callable[[Amazon], ssl.SSLContext | None]
) -> None:
    chain = server_chain()
    with (
        serving(answers("200 OK", body=b"chain"), tmp_path, chain) as url,
        pytest.raises(FetchError, match="SSLCertVerificationError"),
    ):
        fetch(url, context=told(chain), seconds=LONG)


def test_a_server_of_another_name_is_a_fetch_error(tmp_path: Path) -> None:
    chain = server_chain("s3.example.com")
    with (
        serving(answers("200 OK", body=b"chain"), tmp_path, chain) as url,
        pytest.raises(FetchError, match="SSLCertVerificationError"),
    ):
        fetch(url, context=trusting(chain), seconds=LONG)


def test_no_proxy_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    chain = server_chain()
    with serving(answers("200 OK", body=b"chain"), tmp_path, chain) as url:
        assert fetch(url, context=trusting(chain), seconds=LONG) == b"chain"


def test_a_server_is_not_asked_when_the_url_is_not_https(tmp_path: Path) -> None:
    chain = server_chain()
    with (
        serving(answers("200 OK", body=b"chain"), tmp_path, chain) as url,
        pytest.raises(FetchError, match="not https"),
    ):
        fetch(url.replace("https", "http"), context=trusting(chain), seconds=LONG)


def test_nobody_listening_is_a_fetch_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(FetchError):
        fetch(f"https://127.0.0.1:{port}/chain.pem", seconds=LONG)


@pytest.mark.parametrize(
    "url",
    [
        *("", "chain.pem", "https://", "https://[", "https://localhost:port/", "https://localhost:99999/"),
        *("file:///etc/hosts", "data:,chain", "ftp://127.0.0.1/", "http://127.0.0.1:9/", "HTTP://127.0.0.1:9/"),
        *("https://local host/", "https://localhost\r\n/", "https://127.0.0.1:9/\x00", "https://127.0.0.1:9/é"),
    ],
)
def test_what_is_no_https_url_is_a_fetch_error(url: str) -> None:
    with pytest.raises(FetchError):
        fetch(url, seconds=LONG)
