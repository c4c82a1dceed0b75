"""Is a request from Alexa, signed, fresh, and meant for this skill?

The rules are Amazon's ("Host a Custom Skill as a Web Service"); the numbers in brackets below are those of the list
that tests/test_verify.py follows. The URL and body rules of ask-sdk-webservice-support are kept and made stricter;
the chain of certificates is judged by `cryptography.x509.verification`.
"""

from __future__ import annotations

import base64
import json
import posixpath
import re
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.verification import PolicyBuilder, Store

from skill.webservice_support import (
    CERT_CHAIN_DOMAIN,
    CERT_CHAIN_URL_HOSTNAME,
    MAX_NORMAL_REQUEST_TOLERANCE_IN_MILLIS,
    MAX_SKILL_EVENT_TOLERANCE_IN_MILLIS,
    SIGNATURE_CERT_CHAIN_URL_HEADER,
    SIGNATURE_HEADER,
    RequestVerifier,
    VerificationException,
)

KEPT_AT_MOST = timedelta(hours=24)
KEPT_KEYS = 16
REFUSED_FOR = timedelta(seconds=10)  # short: a host that stumbled once is asked again before a person has given up
REFUSED_URLS = 256  # more than can be refused within that time, so that no refusal pushes another out
FETCHES_A_MINUTE = 20  # of chains whose names are not those that Amazon has used so far
FETCHES_AT_ONCE = 4
Value = TypeVar("Value")
_USUAL_NAME = re.compile(
    r"https://[^/]+/echo\.api/echo-api-cert(-\d{1,2})?\.pem"
)  # 111 names, all that Amazon ever used


class NotFromAlexa(VerificationException):  # type: ignore[misc]
    """The request is refused: it is not from Alexa, not fresh, or not meant for this skill."""


@dataclass(frozen=True)
class _Key:
    """The public key of a chain that was found valid, and until when that may be relied on."""

    key: RSAPublicKey
    until: datetime

    def public_key(self) -> RSAPublicKey:
        """The key, under the name by which the package asks a certificate for it."""
        return self.key


class _Rules(RequestVerifier):  # type: ignore[misc]
    """The package's rules for the URL and for the body, without its ways to fetch and to judge a chain."""

    def url(self, url: str) -> None:
        self._validate_certificate_url(url)

    def body(self, key: _Key, signature: str, body: bytes) -> None:
        self._valid_request_body(key, signature, body.decode("utf-8"))

    def _load_cert_chain(self, cert_url: str) -> NoReturn:
        raise NotFromAlexa("chains are fetched in one place only")

    def _validate_cert_chain(self, cert_chain: bytes) -> NoReturn:
        raise NotFromAlexa("chains are judged in one place only")


class Verifier:
    """Lets a request pass that Alexa signed for this skill just now.

    `skill_id`: the id of this skill. `roots`: certificates a chain may end in. `fetch`: the bytes at a URL, raising
    whatever it likes. `clock`: the time now, aware. Safe to share between threads.
    """

    def __init__(
        self,
        skill_id: str,
        roots: Sequence[x509.Certificate],
        fetch: Callable[[str], bytes],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._skill_id = skill_id
        self._store = Store(list(roots))
        self._fetch = fetch
        self._clock = clock
        self._rules = _Rules()
        self._keys: OrderedDict[str, _Key] = OrderedDict()
        self._fetching: dict[str, Future[_Key]] = {}
        self._refused: OrderedDict[str, datetime] = OrderedDict()
        self._unusual: deque[datetime] = deque(maxlen=FETCHES_A_MINUTE)
        self._lock = threading.RLock()

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Returns when the request is Alexa's for this skill; raises NotFromAlexa, and nothing else, when not.

        `headers`: those of the request, in any case. `body`: its bytes as they came [1.2, 1.3].
        """
        try:
            self._verify(headers, body)
        except NotFromAlexa:
            raise
        except Exception as error:  # whatever comes in, a request that cannot be judged is refused [1.8]
            # its text and cause are left out, for they may hold words of the body [1.24]
            raise NotFromAlexa(f"cannot be judged: {type(error).__name__}") from None

    def _verify(self, headers: Mapping[str, str], body: bytes) -> None:
        now = self._clock()
        url, signature = _header(headers, SIGNATURE_CERT_CHAIN_URL_HEADER), _header(headers, SIGNATURE_HEADER)
        url = canonical(url, self._rules)
        try:
            base64.b64decode(signature, validate=True)  # the package decodes leniently
        except ValueError as error:
            raise NotFromAlexa("the signature is not base64") from error
        key = self._kept(url, now)
        if key is None:
            self._check_claims(body, now)  # whatever is stale or meant for others makes us fetch nothing
            key = self._key(url, now)
        try:
            self._rules.body(key, signature, body)
        except VerificationException as error:
            raise NotFromAlexa(str(error.args[0])) from error
        self._check_claims(body, now)

    def _check_claims(self, body: bytes, now: datetime) -> None:
        """The body is for this skill, and made just now."""
        envelope = json.loads(body)
        self._check_recipient(envelope)
        _check_time(envelope["request"], now)

    def _kept(self, url: str, now: datetime) -> _Key | None:
        """The key of the chain at `url`, where it was found valid before and still may be relied on."""
        with self._lock:
            kept = self._keys.get(url)
            if kept is None or now >= kept.until:
                return None
            self._keys.move_to_end(url)
            return kept

    def _key(self, url: str, now: datetime) -> _Key:
        """The key of the chain at `url`, fetched and judged now [1.5, 1.6]; others wait for the same fetch."""
        with self._lock:
            if (kept := self._kept(url, now)) is not None:  # another thread was faster
                return kept
            others = self._fetching.get(url)
            if others is None:
                self._admit(url, now)
                ours = self._fetching[url] = Future()
        if others is not None:
            return others.result()
        self._settle(ours, url, now)
        return ours.result()

    def _admit(self, url: str, now: datetime) -> None:
        """Refuses a fetch that would let strangers keep us busy.

        A chain that was refused is not asked for again within seconds. The names that Amazon uses are few, so that
        alone bounds what they cost; any other name, for Amazon may choose one, shares a small budget. Thus whoever
        uses up the budget with names of his own does not lock Alexa out.
        """
        refused = self._refused.get(url)
        if refused is not None and abs(now - refused) < REFUSED_FOR:
            raise NotFromAlexa("the chain was refused just now")
        if len(self._fetching) >= FETCHES_AT_ONCE:
            raise NotFromAlexa("too many chains are being fetched")
        was_good = self._keys.pop(url, None) is not None  # renewed however many others were asked for
        if was_good or _USUAL_NAME.fullmatch(url):
            return
        if len(self._unusual) == FETCHES_A_MINUTE and abs(now - self._unusual[0]) < timedelta(minutes=1):
            raise NotFromAlexa("too many chains were asked for in a minute")
        self._unusual.append(now)

    def _settle(self, fetching: Future[_Key], url: str, now: datetime) -> None:
        """Fetches and judges the chain at `url`, and keeps its key, or for a while that it was refused."""
        try:
            key = self._fetched(url, now)
        except BaseException as refusal:  # whatever it is, nobody may be left waiting
            with self._lock:
                del self._fetching[url]
                _remember(self._refused, url, now, REFUSED_URLS)
            fetching.set_exception(refusal)
        else:
            with self._lock:
                del self._fetching[url]
                _remember(self._keys, url, key, KEPT_KEYS)
            fetching.set_result(key)

    def _fetched(self, url: str, now: datetime) -> _Key:
        try:
            pem = self._fetch(url)
        except Exception as error:
            raise NotFromAlexa(f"the chain cannot be fetched: {type(error).__name__}") from error
        return self._judge(pem, now)

    def _judge(self, pem: bytes, now: datetime) -> _Key:
        """The leaf's key, where a path leads from it to a root, valid now, for echo-api.amazon.com [1.5]."""
        try:
            leaf, *others = x509.load_pem_x509_certificates(pem)
            policy = PolicyBuilder().store(self._store).time(now.astimezone(UTC).replace(tzinfo=None))
            chain = policy.build_server_verifier(x509.DNSName(CERT_CHAIN_DOMAIN)).verify(leaf, others)
        except Exception as error:
            raise NotFromAlexa(f"the chain is not valid: {type(error).__name__}") from error
        if CERT_CHAIN_DOMAIN not in _names(leaf):
            raise NotFromAlexa("the chain is not valid: its name merely covers Alexa's")
        key = leaf.public_key()
        if not isinstance(key, RSAPublicKey):
            raise NotFromAlexa("the key of the chain is not RSA")
        return _Key(key, min(now + KEPT_AT_MOST, *(certificate.not_valid_after_utc for certificate in chain)))

    def _check_recipient(self, envelope: dict[str, Any]) -> None:
        """The skill id in the context, and in the session where there is one, is ours [1.9]."""
        ids = [envelope["context"]["System"]["application"]["applicationId"]]
        session = envelope.get("session")
        if isinstance(session, dict) and "application" in session:
            ids.append(session["application"]["applicationId"])
        if any(found != self._skill_id for found in ids):
            raise NotFromAlexa("meant for another skill")


def _remember(kept: OrderedDict[str, Value], url: str, value: Value, at_most: int) -> None:
    """Keeps a value as the newest; the one unused for longest makes room."""
    kept[url] = value
    kept.move_to_end(url)
    while len(kept) > at_most:
        kept.popitem(last=False)


def _names(leaf: x509.Certificate) -> list[str]:
    """The names of a certificate as they are written: *.amazon.com is not one of Alexa's."""
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names.get_values_for_type(x509.DNSName)


_VISIBLE = re.compile(r"[!-~]+")
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9._~/-]+")


def canonical(url: str, rules: _Rules | None = None) -> str:
    """The one spelling of a certificate URL that Amazon's rules allow; raises NotFromAlexa for any other URL [1.4].

    Stricter than the package: no user, query, fragment or escape, so that one file has one name and one place kept.
    """
    try:
        (rules or _Rules()).url(url)
        parts = urlsplit(url)
    except VerificationException as error:
        raise NotFromAlexa("the certificate URL is not Amazon's") from error
    except ValueError as error:
        raise NotFromAlexa("the certificate URL is no URL") from error
    path = posixpath.normpath(parts.path)
    if (
        "@" in parts.netloc
        or "?" in url
        or "#" in url
        or not _PLAIN_PATH.fullmatch(parts.path)
        or not path.startswith("/echo.api/")
        or not _VISIBLE.fullmatch(url)
    ):
        raise NotFromAlexa("the certificate URL is not plain")
    return f"https://{CERT_CHAIN_URL_HOSTNAME}{path}"


def _header(headers: Mapping[str, str], name: str) -> str:
    for key, value in headers.items():
        if key.lower() == name.lower() and value:
            return value
    raise NotFromAlexa(f"no {name}")


def _check_time(request: dict[str, Any], now: datetime) -> None:
    """The request was made within 150 seconds of now, past or future; an event within an hour [1.7]."""
    try:
        made = datetime.fromisoformat(request["timestamp"])
    except ValueError:
        raise NotFromAlexa("the time of the request cannot be read") from None  # the error quotes it
    if made.tzinfo is None:
        raise NotFromAlexa("the time of the request has no zone")
    is_event = str(request["type"]).startswith("AlexaSkillEvent.")
    allowed = MAX_SKILL_EVENT_TOLERANCE_IN_MILLIS if is_event else MAX_NORMAL_REQUEST_TOLERANCE_IN_MILLIS
    if abs(now - made) > timedelta(milliseconds=allowed):
        raise NotFromAlexa("not fresh")
