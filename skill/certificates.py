"""Where certificates come from: the roots of certifi, and Amazon's chain over https."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
import warnings
from contextlib import closing, suppress
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import certifi
from cryptography import x509

FETCH_SECONDS = 2.0
CHAIN_BYTES = 64 * 1024
_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class FetchError(Exception):
    """The chain of certificates could not be had: no answer in time, too large, or not where it was said to be."""


def trusted_roots(bundle: Path | None = None) -> list[x509.Certificate]:
    """The roots of a PEM bundle (certifi's unless another is given), one by one.

    Some roots, Amazon's Starfield Services Root G2 among them, have a serial number that is not positive: cryptography
    warns of them today and will refuse them some day. Loaded one by one, such a root then drops out alone.
    Raises RuntimeError where no Amazon root is left, for then no request could be verified.
    """
    roots = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for block in _BLOCK.findall((bundle or Path(certifi.where())).read_bytes()):
            try:
                roots.append(x509.load_pem_x509_certificate(block))
            except (ValueError, x509.InvalidVersion):
                continue
    if not any("Amazon Root CA" in root.subject.rfc4514_string() for root in roots):
        raise RuntimeError("the bundle of roots holds no Amazon root: reinstall certifi")
    return roots


def fetch(url: str, *, context: ssl.SSLContext | None = None, seconds: float = FETCH_SECONDS) -> bytes:
    """The bytes at the path of an https `url`, at most 64 KiB, within `seconds` in all, following no redirect and no
    proxy. Raises FetchError, and nothing else.

    A time-out of a socket bounds one read only, and a look-up of a name none at all: so the work is done in a thread
    of its own. When the time is over its socket is shut, and the thread ends.
    """
    deadline = time.monotonic() + seconds
    connected: list[socket.socket] = []
    answers: list[bytes | str] = []

    def work() -> None:
        try:
            answers.append(_read(url, context, deadline, connected))
        except Exception as error:
            answers.append(str(error) if isinstance(error, FetchError) else type(error).__name__)

    thread = threading.Thread(target=work, daemon=True, name="fetch-chain")
    thread.start()
    thread.join(seconds)
    if not answers:
        for each in connected:
            with suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)  # that of SSLSocket is not for two threads
        raise FetchError("no answer in time")
    if isinstance(answers[0], str):
        raise FetchError(answers[0])
    return answers[0]


def _read(url: str, context: ssl.SSLContext | None, deadline: float, connected: list[socket.socket]) -> bytes:
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise FetchError("not https")
    with closing(HTTPSConnection(parts.netloc, timeout=_left(deadline), context=context)) as connection:
        connection.connect()
        connected.append(connection.sock)
        _left(deadline)
        connection.request("GET", parts.path, headers={"Connection": "close"})
        with connection.getresponse() as response:
            if response.status != 200:
                raise FetchError(f"status {response.status}")
            data = b""
            while chunk := response.read1(8192):
                data += chunk
                if len(data) > CHAIN_BYTES:
                    raise FetchError("too large")
            if response.length:
                raise FetchError("cut short")
    return data


def _left(deadline: float) -> float:
    """The seconds until the deadline; raises FetchError when it is over."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchError("no answer in time")
    return left
