"""Rules 1.2 to 1.10 for requests from Alexa: what passes, what is refused, and what is never even fetched."""

from __future__ import annotations

import base64
import json
import ssl
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as some

from skill.certificates import trusted_roots
from skill.verify import (
    FETCHES_A_MINUTE,
    KEPT_AT_MOST,
    KEPT_KEYS,
    REFUSED_FOR,
    REFUSED_URLS,
    NotFromAlexa,
    Verifier,
    _Rules,
)
from skill.webservice_support import RequestVerifier
from tests.chain import ALEXA, CERT_URL, DAY, Amazon

SKILL_ID = "amzn1.ask.skill.b5c7a5a4-0000-4000-8000-cancerguide00"
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
SHA_1 = hashes.SHA1()  # noqa: S303  (what the old header was signed with)
REAL_CHAINS = Path(__file__).parents[2] / "shared" / "certificates"


class Clock:
    """A clock that stands until it is told that time passes."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def passes(self, time: timedelta) -> None:
        self.now += time


def envelope(at: datetime | str = NOW, kind: str = "LaunchRequest") -> dict[str, Any]:
    """A request for our skill, as far as its verification goes."""
    return {
        "version": "1.0",
        "session": {"new": True, "application": {"applicationId": SKILL_ID}},
        "context": {"System": {"application": {"applicationId": SKILL_ID}}},
        "request": {
            "type": kind,
            "timestamp": at if isinstance(at, str) else at.isoformat().replace("+00:00", "Z"),
        },
    }


def body_of(envelope: object) -> bytes:
    return json.dumps(envelope).encode()


BODY = body_of(envelope())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def amazon() -> Amazon:
    return Amazon(NOW)


@pytest.fixture
def verifier(amazon: Amazon, clock: Clock) -> Verifier:
    return Verifier(SKILL_ID, amazon.roots, amazon.fetch, clock)


def passes(verifier: Verifier, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the request is taken for Alexa's; anything else than NotFromAlexa fails the test."""
    try:
        verifier.verify(headers, body)
    except NotFromAlexa:
        return False
    return True


# The signature, over the bytes as they came [1.2, 1.3]


def test_a_request_that_alexa_signed_just_now_for_our_skill_passes(verifier: Verifier, amazon: Amazon) -> None:
    verifier.verify(amazon.headers(BODY), BODY)
    assert amazon.fetched == [CERT_URL]


@pytest.mark.parametrize("spelled", [str.lower, str.upper, str.title, str.swapcase])
def test_header_names_are_read_in_any_case(verifier: Verifier, amazon: Amazon, spelled: Callable[[str], str]) -> None:
    verifier.verify({spelled(name): value for name, value in amazon.headers(BODY).items()}, BODY)


def test_headers_that_mean_nothing_to_us_do_no_harm(verifier: Verifier, amazon: Amazon) -> None:
    headers = {"Host": "skill.example", "Signature": "old", "": "", **amazon.headers(BODY), "Accept": "*/*"}
    verifier.verify(headers, BODY)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(body_of({"certificationParam": {"probe": [1, None]}, **envelope()}), id="unknown key"),
        pytest.param(body_of(dict(reversed(envelope().items()))), id="odd order of keys"),
        pytest.param(BODY.replace(b'"1.0"', b'"1.0", "word": "caf\\u00e9 \\/"'), id="escapes"),
        pytest.param(BODY.replace(b'"1.0"', '"1.0", "word": "café 🙂"'.encode()), id="no escapes"),
        pytest.param(BODY.replace(b": ", b"  :  ").replace(b", ", b",\r\n\t"), id="spaces and new lines"),
        pytest.param(b" \n" + BODY + b"\n", id="spaces around, signed with it"),
        pytest.param(BODY.replace(b'"1.0"', b'"1.0", "n": 1.0e+2, "m": 1E400'), id="odd numbers"),
    ],
)
def test_the_bytes_are_judged_as_they_came_however_they_are_written(
    verifier: Verifier, amazon: Amazon, body: bytes
) -> None:
    verifier.verify(amazon.headers(body), body)


@pytest.mark.parametrize(
    "tampered",
    [
        pytest.param(BODY + b" ", id="space after"),
        pytest.param(BODY + b"\n", id="new line after"),
        pytest.param(b" " + BODY, id="space before"),
        pytest.param(BODY.replace(b"1.0", b"1.1"), id="one byte"),
        pytest.param(BODY.replace(b": ", b":"), id="written anew without spaces"),
        pytest.param(BODY.replace(b"version", b"\\u0076ersion"), id="escaped"),
        pytest.param(BODY[:-1], id="cut short"),
        pytest.param(b"\xef\xbb\xbf" + BODY, id="byte order mark"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
    ],
)
def test_a_body_that_is_not_the_signed_one_is_refused(verifier: Verifier, amazon: Amazon, tampered: bytes) -> None:
    with pytest.raises(NotFromAlexa):
        verifier.verify(amazon.headers(BODY), tampered)


@pytest.mark.parametrize("position", range(0, len(BODY), 17))
def test_one_bit_changed_anywhere_is_refused(verifier: Verifier, amazon: Amazon, position: int) -> None:
    verifier.verify(amazon.headers(BODY), BODY)
    tampered = bytearray(BODY)
    tampered[position] ^= 1
    with pytest.raises(NotFromAlexa, match="Request body is not valid"):
        verifier.verify(amazon.headers(BODY), bytes(tampered))


@pytest.mark.parametrize("missing", ["SignatureCertChainUrl", "Signature-256"])
@pytest.mark.parametrize("how", ["absent", "empty"])
def test_a_request_without_its_headers_is_refused_and_nothing_is_fetched(
    verifier: Verifier, amazon: Amazon, missing: str, how: str
) -> None:
    headers = {**amazon.headers(BODY), missing: ""}
    if how == "absent":
        del headers[missing]
    with pytest.raises(NotFromAlexa, match=f"no {missing}"):
        verifier.verify(headers, BODY)
    assert amazon.fetched == []


@pytest.mark.parametrize("algorithm", [SHA_1, hashes.SHA256()], ids=["SHA-1", "SHA-256"])
def test_the_old_signature_header_is_not_enough(
    verifier: Verifier,
    amazon: Amazon,
    algorithm: hashes.HashAlgorithm,
) -> None:
    old = _signature(amazon, padding.PKCS1v15(), algorithm)
    with pytest.raises(NotFromAlexa, match="no Signature-256"):
        verifier.verify({"SignatureCertChainUrl": CERT_URL, "Signature": old}, BODY)


@pytest.mark.parametrize(
    ("padded", "algorithm"),
    [
        pytest.param(padding.PKCS1v15(), SHA_1, id="SHA-1"),
        pytest.param(padding.PKCS1v15(), hashes.SHA512(), id="SHA-512"),
        pytest.param(padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256(), id="PSS"),
    ],
)
def test_a_signature_of_another_kind_is_refused(
    verifier: Verifier,
    amazon: Amazon,
    padded: padding.AsymmetricPadding,
    algorithm: hashes.HashAlgorithm,
) -> None:
    headers = {"SignatureCertChainUrl": CERT_URL, "Signature-256": _signature(amazon, padded, algorithm)}
    with pytest.raises(NotFromAlexa, match="Request body is not valid"):
        verifier.verify(headers, BODY)


def _signature(amazon: Amazon, padded: padding.AsymmetricPadding, algorithm: hashes.HashAlgorithm) -> str:
    assert isinstance(amazon.private_key, RSAPrivateKey)
    return base64.b64encode(amazon.private_key.sign(BODY, padded, algorithm)).decode()


@pytest.mark.parametrize(
    "spoiled",
    [
        pytest.param(lambda good: "not base64!", id="no base64"),
        pytest.param(lambda good: "é", id="not ASCII"),
        pytest.param(lambda good: good[:10] + "\n" + good[10:], id="new line inside"),
        pytest.param(lambda good: good[:10] + "*" + good[10:], id="strange character inside"),
        pytest.param(lambda good: good.rstrip("=")[:-1], id="padding gone"),
        pytest.param(lambda good: good + "AAAA", id="more after the padding"),
    ],
)
def test_a_signature_that_is_not_base64_is_refused_and_nothing_is_fetched(
    verifier: Verifier, amazon: Amazon, spoiled: Callable[[str], str]
) -> None:
    headers = {**amazon.headers(BODY), "Signature-256": spoiled(amazon.sign(BODY))}
    with pytest.raises(NotFromAlexa, match="not base64"):
        verifier.verify(headers, BODY)
    assert amazon.fetched == []


@pytest.mark.parametrize("signature", ["AAAA", base64.b64encode(bytes(256)).decode(), "A" * 100_000])
def test_a_signature_of_any_length_is_refused_when_it_is_wrong(
    verifier: Verifier, amazon: Amazon, signature: str
) -> None:
    with pytest.raises(NotFromAlexa, match="Request body is not valid"):
        verifier.verify({**amazon.headers(BODY), "Signature-256": signature}, BODY)


def test_the_signature_of_another_request_is_refused(verifier: Verifier, amazon: Amazon) -> None:
    verifier.verify(amazon.headers(BODY), BODY)
    other = body_of(envelope(kind="SessionEndedRequest"))
    with pytest.raises(NotFromAlexa):
        verifier.verify(amazon.headers(BODY), other)


# The URL of the chain [1.4, 1.10]


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com:443/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.api/../echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com/other/../echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.api/./echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.api//echo-api-cert.pem",
        "HTTPS://s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://S3.AmazonAWS.com/echo.api/echo-api-cert.pem",
    ],
)
def test_every_spelling_that_amazon_allows_names_one_file(verifier: Verifier, amazon: Amazon, url: str) -> None:
    verifier.verify(amazon.headers(BODY), BODY)
    verifier.verify(amazon.headers(BODY, url), BODY)
    assert amazon.fetched == [CERT_URL]


@pytest.mark.parametrize("name", ["echo-api-cert-12.pem", "2026/echo_api~1.pem", "Echo-API.PEM", "a", "...", "-"])
def test_amazon_may_name_its_files_as_it_likes(verifier: Verifier, amazon: Amazon, name: str) -> None:
    url = f"https://s3.amazonaws.com/echo.api/{name}"
    verifier.verify(amazon.headers(BODY, url), BODY)
    assert amazon.fetched == [url]


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "echo-api-cert.pem",
        "//s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "http://s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "ftp://s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "file:///echo.api/echo-api-cert.pem",
        "https:/echo.api/echo-api-cert.pem",
        "https:///echo.api/echo-api-cert.pem",
        # another host
        "https://notamazon.com/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com.example.com/echo.api/echo-api-cert.pem",
        "https://evil.s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com./echo.api/echo-api-cert.pem",
        "https://s3-amazonaws.com/echo.api/echo-api-cert.pem",
        "https://example.com/s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com\\@example.com/echo.api/echo-api-cert.pem",
        "https://example.com\\@s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://[s3.amazonaws.com]/echo.api/echo-api-cert.pem",
        "https://[::1]/echo.api/echo-api-cert.pem",
        "https://[/echo.api/echo-api-cert.pem",
        "https://ｓ3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://\u017f3.amazonaws.com/echo.api/echo-api-cert.pem",  # long s, whose upper case is S
        # somebody's name in it
        "https://s3.amazonaws.com@example.com/echo.api/echo-api-cert.pem",
        "https://user@s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://user:password@s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://@s3.amazonaws.com/echo.api/echo-api-cert.pem",
        # another port
        "https://s3.amazonaws.com:563/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com:80/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com:0/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com:abc/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com:99999/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com:-443/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com:٤٤٣/echo.api/echo-api-cert.pem",
        # another path
        "https://s3.amazonaws.com",
        "https://s3.amazonaws.com/",
        "https://s3.amazonaws.com/echo.api",
        "https://s3.amazonaws.com/echo.api/",
        "https://s3.amazonaws.com/echo.api/..",
        "https://s3.amazonaws.com/EcHo.aPi/echo-api-cert.pem",
        "https://s3.amazonaws.com/invalid.path/echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.apis/echo-api-cert.pem",
        "https://s3.amazonaws.com/bucket/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com//echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.api/../x",
        "https://s3.amazonaws.com/echo.api/../../x",
        "https://s3.amazonaws.com/echo.api/a/../../bucket/x",
        "https://s3.amazonaws.com/echo.api\\..\\x",
        "https://s3.amazonaws.com/echo.api/..\\x",
        # escapes, queries, fragments: other names for the same file, or for another one
        "https://s3.amazonaws.com/echo.api/%2e%2e/x",
        "https://s3.amazonaws.com/echo.api/..%2fx",
        "https://s3.amazonaws.com/%65cho.api/echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.api/echo-api-cert.pem%00",
        "https://s3.amazonaws.com/echo.api/echo-api-cert.pem?",
        "https://s3.amazonaws.com/echo.api/echo-api-cert.pem?a=1",
        "https://s3.amazonaws.com/echo.api/echo-api-cert.pem#",
        "https://s3.amazonaws.com/echo.api/echo-api-cert.pem#frag",
        "https://s3.amazonaws.com/echo.api/echo-api-cert.pem;v=1",
        "https://s3.amazonaws.com?/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.api/é.pem",
        # what urllib drops without a word
        " https://s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.api/echo-api-cert.pem ",
        "https://s3.amazonaws.com/echo.api/echo api cert.pem",
        "https://s3.amazonaws.com/echo.api/echo-api-\ncert.pem",
        "https://s3.amazonaws.com/echo.api/echo-api-\tcert.pem",
        "ht\ntps://s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.api/echo-api-cert.pem\r\nHost: example.com",
        "\x00https://s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.api/echo-api-cert.pem\x00",
        "https://s3.amazonaws.com/echo.api/echo-api-cert.pem\x7f",
    ],
)
def test_any_other_url_is_refused_and_nothing_is_fetched(verifier: Verifier, amazon: Amazon, url: str) -> None:
    with pytest.raises(NotFromAlexa, match=r"certificate URL|no SignatureCertChainUrl"):
        verifier.verify(amazon.headers(BODY, url), BODY)
    assert amazon.fetched == []


# The chain [1.5, 1.6, 1.10]


@pytest.mark.parametrize(
    "chain",
    [
        pytest.param(Amazon(NOW, names=["api.amazon.com"]), id="another name"),
        pytest.param(Amazon(NOW, names=["*.amazon.com"]), id="a name that merely covers it"),
        pytest.param(Amazon(NOW, names=[f"evil.{ALEXA}", f"{ALEXA}.example.com"]), id="names like it"),
        pytest.param(Amazon(NOW, names=None), id="no names"),
        pytest.param(Amazon(NOW, ends=-SECOND), id="leaf over"),
        pytest.param(Amazon(NOW, begins=SECOND), id="leaf not begun"),
        pytest.param(Amazon(NOW, intermediate_ends=-SECOND), id="intermediate over"),
        pytest.param(Amazon(NOW, root="Somebody's root"), id="unknown root"),
        pytest.param(Amazon(NOW, sends_intermediate=False), id="no intermediate"),
        pytest.param(Amazon(NOW, key="ec"), id="key not RSA"),
        pytest.param(Amazon(NOW, usage=ExtendedKeyUsageOID.CLIENT_AUTH), id="for another use"),
    ],
)
def test_a_chain_with_a_fault_is_refused_though_its_key_signed_the_body(
    amazon: Amazon, clock: Clock, chain: Amazon
) -> None:
    verifier = Verifier(SKILL_ID, amazon.roots, chain.fetch, clock)
    with pytest.raises(NotFromAlexa, match="chain"):
        verifier.verify(chain.headers(BODY), BODY)


@pytest.mark.parametrize(
    "chain",
    [
        pytest.param(Amazon(NOW, names=["example.com", ALEXA]), id="more names"),
        pytest.param(Amazon(NOW, begins=timedelta(0), ends=HOUR), id="begins now"),
        pytest.param(Amazon(NOW, begins=-HOUR, ends=timedelta(0)), id="ends now"),
        pytest.param(Amazon(NOW, owner="Alexa's next key"), id="a new key: nothing is pinned"),
    ],
)
def test_another_chain_of_amazons_is_as_good(amazon: Amazon, clock: Clock, chain: Amazon) -> None:
    Verifier(SKILL_ID, amazon.roots, chain.fetch, clock).verify(chain.headers(BODY), BODY)


def _pem(*chains: Amazon) -> bytes:
    return b"".join(chain.pem for chain in chains)


AMAZON, STRANGER = Amazon(NOW), Amazon(NOW, root="Somebody's root", owner="Somebody")
NEEDLESS = Amazon(NOW, root="Another root", ends=-SECOND, intermediate_ends=-SECOND)


@pytest.mark.parametrize(
    "pem",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"junk", id="junk"),
        pytest.param(b"\x00\xff" * 40_000, id="much junk"),
        pytest.param(AMAZON.pem[:200], id="cut in the leaf"),
        pytest.param(AMAZON.pem[: len(AMAZON.pem) // 2 + 300], id="cut in the intermediate"),
        pytest.param(AMAZON.pem.replace(b"M", b"N", 9), id="letters changed"),
        pytest.param(AMAZON.pem.replace(b"CERTIFICATE", b"PUBLIC KEY"), id="labelled as something else"),
        pytest.param(b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", id="an empty block"),
        pytest.param(ssl.PEM_cert_to_DER_cert(AMAZON.pem.decode().split("-----\n-----")[0] + "-----"), id="DER"),
        pytest.param(_pem(STRANGER, AMAZON), id="a good chain behind another leaf"),
        pytest.param(b"<html>AccessDenied</html>", id="what S3 says for no file"),
    ],
)
def test_a_file_that_is_no_good_chain_is_refused(amazon: Amazon, clock: Clock, pem: bytes) -> None:
    verifier = Verifier(SKILL_ID, amazon.roots, lambda url: pem, clock)
    for signer in (amazon, STRANGER):
        with pytest.raises(NotFromAlexa, match="the chain is not valid"):
            verifier.verify(signer.headers(BODY), BODY)
        clock.passes(REFUSED_FOR)


@pytest.mark.parametrize("answer", [None, "text", 7, [], {}], ids=repr)
def test_a_fetch_that_gives_no_bytes_is_refused(amazon: Amazon, clock: Clock, answer: Any) -> None:
    assert not passes(Verifier(SKILL_ID, amazon.roots, lambda url: answer, clock), amazon.headers(BODY), BODY)


def test_certificates_that_the_path_does_not_need_do_no_harm(amazon: Amazon, clock: Clock) -> None:
    """Amazon's real chains end in one that no root of today has issued."""
    pem = _pem(amazon, NEEDLESS, STRANGER)
    Verifier(SKILL_ID, amazon.roots, lambda url: pem, clock).verify(amazon.headers(BODY), BODY)


@pytest.mark.parametrize("year", [2019, 2023])
def test_the_real_chains_of_amazon_lead_to_a_root_of_certifi(year: int) -> None:
    """We have no signature of Amazon's: that the refusal is for the body, and that the key is kept, says that the
    chain was found good; another date says that this was no accident."""
    file = REAL_CHAINS / f"echo-api-{year}.pem"
    if not file.exists():
        pytest.skip(f"the real chains are not in the repository, and {file} is not on this machine")
    fetched = []

    def fetch(url: str) -> bytes:
        fetched.append(url)
        return file.read_bytes()

    def refusal(verifier: Verifier, at: datetime) -> str:
        body = body_of(envelope(at))
        with pytest.raises(NotFromAlexa) as refused:
            verifier.verify(Amazon(NOW).headers(body), body)
        return str(refused.value)

    then = {2019: datetime(2019, 7, 1, tzinfo=UTC), 2023: datetime(2023, 6, 1, tzinfo=UTC)}[year]
    good = Verifier(SKILL_ID, trusted_roots(), fetch, lambda: then)
    assert [refusal(good, then), refusal(good, then)] == ["Request body is not valid"] * 2
    assert len(fetched) == 1
    later = Verifier(SKILL_ID, trusted_roots(), fetch, lambda: then + 730 * DAY)
    assert refusal(later, then + 730 * DAY) == "the chain is not valid: VerificationError"


@pytest.mark.parametrize("error", [URLError("no route"), TimeoutError(), ValueError("?"), KeyError("?"), OSError()])
def test_a_chain_that_cannot_be_fetched_is_a_refusal_and_is_fetched_again_soon(
    amazon: Amazon, clock: Clock, error: Exception
) -> None:
    errors = [error]

    def fetch(url: str) -> bytes:
        if errors:
            raise errors.pop()
        return amazon.pem

    verifier = Verifier(SKILL_ID, amazon.roots, fetch, clock)
    with pytest.raises(NotFromAlexa, match=f"cannot be fetched: {type(error).__name__}"):
        verifier.verify(amazon.headers(BODY), BODY)
    with pytest.raises(NotFromAlexa, match="refused just now"):
        verifier.verify(amazon.headers(BODY), BODY)
    clock.passes(REFUSED_FOR)
    verifier.verify(amazon.headers(BODY), BODY)


# The keys that are kept, and the fetches that are made


def test_many_requests_need_one_fetch(verifier: Verifier, amazon: Amazon, clock: Clock) -> None:
    for minute in range(5):
        body = body_of({**envelope(clock.now), "minute": minute})
        verifier.verify(amazon.headers(body), body)
        clock.passes(60 * SECOND)
    assert amazon.fetched == [CERT_URL]


@pytest.mark.parametrize(
    "chain",
    [
        pytest.param(Amazon(NOW, ends=HOUR), id="leaf"),
        pytest.param(Amazon(NOW, intermediate_ends=HOUR), id="intermediate"),
    ],
)
def test_a_kept_key_is_refused_after_its_chain_is_over(chain: Amazon, clock: Clock) -> None:
    verifier = Verifier(SKILL_ID, chain.roots, chain.fetch, clock)
    verifier.verify(chain.headers(BODY), BODY)
    clock.passes(HOUR - SECOND)
    body = body_of(envelope(clock.now))
    verifier.verify(chain.headers(body), body)
    assert len(chain.fetched) == 1
    clock.passes(2 * SECOND)
    body = body_of(envelope(clock.now))
    with pytest.raises(NotFromAlexa, match="the chain is not valid"):
        verifier.verify(chain.headers(body), body)


def test_a_kept_key_is_fetched_anew_after_a_day(verifier: Verifier, amazon: Amazon, clock: Clock) -> None:
    verifier.verify(amazon.headers(BODY), BODY)
    clock.passes(KEPT_AT_MOST - SECOND)
    body = body_of(envelope(clock.now))
    verifier.verify(amazon.headers(body), body)
    assert len(amazon.fetched) == 1
    clock.passes(SECOND)
    verifier.verify(amazon.headers(body), body)
    assert len(amazon.fetched) == 2


def test_a_key_that_amazon_took_back_is_refused_after_a_day(clock: Clock) -> None:
    old, new = Amazon(NOW), Amazon(NOW, owner="Alexa's next key")
    served = {CERT_URL: old.pem}
    verifier = Verifier(SKILL_ID, old.roots, served.__getitem__, clock)
    verifier.verify(old.headers(BODY), BODY)
    served[CERT_URL] = new.pem
    clock.passes(KEPT_AT_MOST)
    body = body_of(envelope(clock.now))
    assert not passes(verifier, old.headers(body), body)
    assert passes(verifier, new.headers(body), body)


def test_a_chain_that_was_refused_is_remembered_for_seconds_only(amazon: Amazon, clock: Clock) -> None:
    served = {CERT_URL: STRANGER.pem}
    verifier = Verifier(SKILL_ID, amazon.roots, served.__getitem__, clock)
    assert not passes(verifier, STRANGER.headers(BODY), BODY)
    served[CERT_URL] = amazon.pem
    assert not passes(verifier, amazon.headers(BODY), BODY)
    clock.passes(REFUSED_FOR)
    assert not passes(verifier, STRANGER.headers(BODY), BODY)
    assert passes(verifier, amazon.headers(BODY), BODY)


def test_few_keys_are_kept_and_the_one_unused_for_longest_goes_first(verifier: Verifier, amazon: Amazon) -> None:
    urls = [f"https://s3.amazonaws.com/echo.api/{number}.pem" for number in range(KEPT_KEYS + 1)]
    for url in urls[:-1]:
        verifier.verify(amazon.headers(BODY, url), BODY)
    verifier.verify(amazon.headers(BODY, urls[0]), BODY)  # used again: the second is now the oldest
    verifier.verify(amazon.headers(BODY, urls[-1]), BODY)
    assert amazon.fetched == urls
    assert len(verifier._keys) == KEPT_KEYS
    verifier.verify(amazon.headers(BODY, urls[0]), BODY)
    assert amazon.fetched == urls
    verifier.verify(amazon.headers(BODY, urls[1]), BODY)
    assert amazon.fetched == [*urls, urls[1]]


def test_strangers_cannot_make_us_fetch_without_end(amazon: Amazon, clock: Clock) -> None:
    served = {CERT_URL: amazon.pem}
    fetched = []

    def fetch(url: str) -> bytes:
        fetched.append(url)
        return served[url]

    verifier = Verifier(SKILL_ID, amazon.roots, fetch, clock)
    verifier.verify(amazon.headers(BODY), BODY)
    for number in range(3 * FETCHES_A_MINUTE):
        url = f"https://s3.amazonaws.com/echo.api/{number}.pem"
        assert not passes(verifier, STRANGER.headers(BODY, url), BODY)
    assert len(fetched) == 1 + FETCHES_A_MINUTE
    verifier.verify(amazon.headers(BODY), BODY)  # Alexa's own requests pass meanwhile: their key is kept

    served[url] = amazon.pem
    with pytest.raises(NotFromAlexa, match="too many"):
        verifier.verify(amazon.headers(BODY, url), BODY)
    clock.passes(60 * SECOND)
    verifier.verify(amazon.headers(BODY, url), BODY)


def test_strangers_cannot_keep_us_from_fetching_alexas_chain_anew(amazon: Amazon, clock: Clock) -> None:
    served = {CERT_URL: amazon.pem}
    verifier = Verifier(SKILL_ID, amazon.roots, served.__getitem__, clock)
    verifier.verify(amazon.headers(BODY), BODY)
    clock.passes(KEPT_AT_MOST)
    body = body_of(envelope(clock.now))
    for number in range(FETCHES_A_MINUTE):
        assert not passes(verifier, amazon.headers(body, f"{CERT_URL}.{number}"), body)
    verifier.verify(amazon.headers(body), body)


def test_a_chain_that_is_gone_is_asked_for_once_in_a_while(amazon: Amazon, clock: Clock) -> None:
    served = [amazon.pem]
    fetched = []

    def fetch(url: str) -> bytes:
        fetched.append(url)
        return served.pop()

    verifier = Verifier(SKILL_ID, amazon.roots, fetch, clock)
    verifier.verify(amazon.headers(BODY), BODY)
    clock.passes(KEPT_AT_MOST)
    body = body_of(envelope(clock.now))
    for _ in range(3 * FETCHES_A_MINUTE):
        assert not passes(verifier, amazon.headers(body), body)
    assert len(fetched) == 1 + 1


def test_one_verifier_serves_many_threads(verifier: Verifier, amazon: Amazon) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(lambda _: passes(verifier, amazon.headers(BODY), BODY), range(40)))
    assert amazon.fetched == [CERT_URL]  # who came meanwhile waited for the one fetch


USUAL = [CERT_URL, *(CERT_URL.replace("cert", f"cert-{number}") for number in range(100))]


def test_strangers_cannot_lock_alexa_out_of_a_process_that_has_just_started(amazon: Amazon, clock: Clock) -> None:
    served = {CERT_URL: amazon.pem}
    verifier = Verifier(SKILL_ID, amazon.roots, served.__getitem__, clock)
    for number in range(3 * FETCHES_A_MINUTE):
        assert not passes(verifier, STRANGER.headers(BODY, f"{CERT_URL}.{number}"), BODY)
    for url in USUAL[1:]:
        assert not passes(verifier, STRANGER.headers(BODY, url), BODY)
    verifier.verify(amazon.headers(BODY), BODY)


def test_the_names_that_amazon_uses_cost_a_fetch_each_in_a_while_and_no_more(amazon: Amazon, clock: Clock) -> None:
    fetched: list[str] = []

    def fetch(url: str) -> bytes:
        fetched.append(url)
        raise OSError

    verifier = Verifier(SKILL_ID, amazon.roots, fetch, clock)
    for _ in range(3):
        for url in USUAL:
            assert not passes(verifier, STRANGER.headers(BODY, url), BODY)
    assert fetched == USUAL


@pytest.mark.parametrize(
    "name",
    [
        *("echo-api-cert-100.pem", "echo-api-cert-x.pem", "echo-api-cert.PEM", "a/echo-api-cert.pem"),
        *("echo.api/echo-api-cert.pem", "echo-api-cert-1.pem.pem", "echo-api-cert--1.pem", "echo-api-cert1.pem"),
    ],
)
def test_any_other_name_shares_the_small_budget(amazon: Amazon, clock: Clock, name: str) -> None:
    served: dict[str, bytes] = {}
    verifier = Verifier(SKILL_ID, amazon.roots, served.__getitem__, clock)
    for number in range(FETCHES_A_MINUTE):
        passes(verifier, STRANGER.headers(BODY, f"{CERT_URL}.{number}"), BODY)
    url = f"https://s3.amazonaws.com/echo.api/{name}"
    served[url] = amazon.pem
    with pytest.raises(NotFromAlexa, match="in a minute"):
        verifier.verify(amazon.headers(BODY, url), BODY)


STALE = body_of(envelope(NOW - HOUR))
FOREIGN = body_of({**envelope(), "context": {"System": {"application": {"applicationId": "amzn1.ask.skill.other"}}}})


@pytest.mark.parametrize("body", [STALE, FOREIGN, b"no json", b"{}", b"[" * 100_000], ids=lambda body: body[:12])
def test_a_burst_of_requests_that_are_refused_anyway_fetches_nothing_and_keeps_nothing(
    verifier: Verifier, amazon: Amazon, body: bytes
) -> None:
    for url in USUAL:
        assert not passes(verifier, STRANGER.headers(body, url), body)
        assert not passes(verifier, amazon.headers(body, url), body)
    assert amazon.fetched == []
    assert len(verifier._keys) + len(verifier._refused) + len(verifier._fetching) + len(verifier._unusual) == 0


def test_refusals_are_remembered_within_bounds(amazon: Amazon, clock: Clock) -> None:
    verifier = Verifier(SKILL_ID, amazon.roots, lambda url: b"junk", clock)
    for number in range(1000):
        body = body_of(envelope(clock.now))
        passes(verifier, STRANGER.headers(body, f"{CERT_URL}.{number}"), body)
        passes(verifier, STRANGER.headers(body, USUAL[number % len(USUAL)]), body)
        clock.passes(3 * SECOND)
    assert len(verifier._refused) == REFUSED_URLS
    assert len(verifier._keys) + len(verifier._fetching) == 0


# No way around the judging of the chain


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(lambda rules, a: rules._retrieve_and_validate_certificate_chain(CERT_URL), id="retrieve"),
        pytest.param(lambda rules, a: rules._load_cert_chain(CERT_URL), id="load"),
        pytest.param(lambda rules, a: rules._validate_cert_chain(a.pem), id="validate"),
        pytest.param(lambda rules, a: rules.verify(a.headers(BODY), BODY.decode(), None), id="verify"),
    ],
)
def test_the_packages_own_ways_to_a_chain_are_closed(
    amazon: Amazon, way: Callable[[RequestVerifier, Amazon], object]
) -> None:
    with pytest.raises(NotFromAlexa, match="in one place only"):
        way(_Rules(), amazon)


def test_the_packages_own_validator_is_never_asked(amazon: Amazon) -> None:
    """Where certvalidator cannot be imported its stand-in raises; where it can, it knows nothing of our root."""
    with pytest.raises(Exception, match=r"skill\.verify|[Cc]ertificate"):
        RequestVerifier()._validate_cert_chain(amazon.pem)
    Verifier(SKILL_ID, amazon.roots, amazon.fetch, lambda: NOW).verify(amazon.headers(BODY), BODY)


def test_a_good_request_opens_no_way_for_a_stranger(amazon: Amazon, clock: Clock) -> None:
    theirs = "https://s3.amazonaws.com/echo.api/theirs.pem"
    served = {CERT_URL: amazon.pem, theirs: STRANGER.pem}
    verifier = Verifier(SKILL_ID, amazon.roots, served.__getitem__, clock)
    for _ in range(2):
        assert passes(verifier, amazon.headers(BODY), BODY)
        assert not passes(verifier, STRANGER.headers(BODY, theirs), BODY)  # their key, their chain
        assert not passes(verifier, STRANGER.headers(BODY), BODY)  # their key, Alexa's chain
        assert not passes(verifier, amazon.headers(BODY, theirs), BODY)  # Alexa's key, their chain
    assert list(verifier._keys) == [CERT_URL]


def test_only_keys_of_good_chains_are_ever_kept(amazon: Amazon, clock: Clock) -> None:
    bad = [STRANGER, Amazon(NOW, names=None), Amazon(NOW, ends=-SECOND), Amazon(NOW, key="ec"), NEEDLESS]
    served = {f"https://s3.amazonaws.com/echo.api/{n}.pem": chain.pem for n, chain in enumerate(bad)}
    served |= {CERT_URL: amazon.pem, "https://s3.amazonaws.com/echo.api/junk.pem": b"junk"}
    verifier = Verifier(SKILL_ID, amazon.roots, served.__getitem__, clock)
    for url in [*served, "https://s3.amazonaws.com/echo.api/nowhere.pem"]:
        for signer in (amazon, *bad):
            passes(verifier, signer.headers(BODY, url), BODY)
            clock.passes(4 * SECOND)  # fewer fetches than are allowed in a minute
    assert list(verifier._keys) == [CERT_URL]


# The time [1.7]

EVENT = "AlexaSkillEvent.SkillEnabled"
UNLISTED_EVENT = "AlexaSkillEvent.ProactiveSubscriptionChanged"  # the package's list lacks it


@pytest.mark.parametrize("sign", [1, -1], ids=["past", "future"])
@pytest.mark.parametrize(
    ("kind", "seconds", "fresh"),
    [
        ("LaunchRequest", 0, True),
        ("LaunchRequest", 149, True),
        ("LaunchRequest", 150, True),
        ("LaunchRequest", 151, False),
        ("IntentRequest", 149, True),
        ("IntentRequest", 151, False),
        ("SessionEndedRequest", 151, False),
        ("AlexaSkillEvents", 151, False),
        ("Alexa.AlexaSkillEvent.SkillEnabled", 151, False),
        (EVENT, 151, True),
        (EVENT, 3599, True),
        (EVENT, 3600, True),
        (EVENT, 3601, False),
        (UNLISTED_EVENT, 3599, True),
        (UNLISTED_EVENT, 3601, False),
        ("AlexaSkillEvent.OneThatIsYetToCome", 3599, True),
        ("AlexaSkillEvent.OneThatIsYetToCome", 3601, False),
    ],
)
def test_a_request_is_fresh_for_150_seconds_and_an_event_for_an_hour(
    verifier: Verifier, amazon: Amazon, kind: str, seconds: int, fresh: bool, sign: int
) -> None:
    body = body_of(envelope(NOW - sign * seconds * SECOND, kind))
    assert passes(verifier, amazon.headers(body), body) is fresh


@pytest.mark.parametrize("timestamp", ["2026-07-01T12:00:00Z", "2026-07-01T12:00:00.123Z", "2026-07-01T14:00:00+02:00"])
def test_a_time_is_read_in_the_forms_of_iso_8601(verifier: Verifier, amazon: Amazon, timestamp: str) -> None:
    body = body_of(envelope(timestamp))
    verifier.verify(amazon.headers(body), body)


@pytest.mark.parametrize(
    "timestamp",
    [
        *("", " ", "now", "2026-07-01T12:00:00", "2026-07-01", "12:00:00Z", "2026-07-01T25:00:00Z"),
        *("1782907200", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"),
        *(1782907200, 1782907200000, 1782907200.5, True, None, [], {}, ["2026-07-01T12:00:00Z"]),
    ],
    ids=repr,
)
def test_a_time_that_is_none_is_a_refusal(verifier: Verifier, amazon: Amazon, timestamp: object) -> None:
    request = {"type": "LaunchRequest", "timestamp": timestamp}
    body = body_of({**envelope(), "request": request})
    assert not passes(verifier, amazon.headers(body), body)


@pytest.mark.parametrize("timestamp", ["2026-07-01T12:00:00", "2026-07-01"])
def test_a_time_without_a_zone_is_no_time(verifier: Verifier, amazon: Amazon, timestamp: str) -> None:
    body = body_of(envelope(timestamp))
    with pytest.raises(NotFromAlexa, match="no zone"):
        verifier.verify(amazon.headers(body), body)


@pytest.mark.parametrize("missing", ["timestamp", "type"])
def test_a_request_without_a_time_or_a_type_is_refused(verifier: Verifier, amazon: Amazon, missing: str) -> None:
    request = {key: value for key, value in envelope()["request"].items() if key != missing}
    body = body_of({**envelope(), "request": request})
    assert not passes(verifier, amazon.headers(body), body)


# For whom it is meant [1.9]


def _to(skill_id: object) -> dict[str, Any]:
    return {"application": {"applicationId": skill_id}}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"session": None}, id="session null"),
        pytest.param({"session": {}}, id="session empty"),
        pytest.param({"session": {"new": False}}, id="session without application"),
        pytest.param({"session": {**_to(SKILL_ID), "user": {}}}, id="session with more"),
        pytest.param({"context": {"System": {**_to(SKILL_ID), "x": 1}, "Viewport": {}}}, id="context with more"),
    ],
)
def test_a_request_for_our_skill_passes(verifier: Verifier, amazon: Amazon, changed: dict[str, object]) -> None:
    body = body_of({**envelope(), **changed})
    verifier.verify(amazon.headers(body), body)


def test_an_event_without_a_session_passes(verifier: Verifier, amazon: Amazon) -> None:
    body = body_of({key: value for key, value in envelope(kind=EVENT).items() if key != "session"})
    verifier.verify(amazon.headers(body), body)


OTHER_IDS = ["amzn1.ask.skill.other", "", SKILL_ID.upper(), SKILL_ID + " ", None, 0, [SKILL_ID], {SKILL_ID: 1}]


@pytest.mark.parametrize("other", OTHER_IDS, ids=repr)
@pytest.mark.parametrize("where", ["context", "session"])
def test_a_request_for_another_skill_is_refused_though_alexa_signed_it(
    verifier: Verifier, amazon: Amazon, where: str, other: object
) -> None:
    told = {"context": {"System": _to(other)}} if where == "context" else {"session": _to(other)}
    body = body_of({**envelope(), **told})
    with pytest.raises(NotFromAlexa, match="another skill"):
        verifier.verify(amazon.headers(body), body)


@pytest.mark.parametrize("context", [None, {}, [], "", 1, {"System": None}, {"System": {}}], ids=repr)
def test_a_request_that_does_not_say_for_whom_is_refused(verifier: Verifier, amazon: Amazon, context: object) -> None:
    body = body_of({**envelope(), "context": context})
    assert not passes(verifier, amazon.headers(body), body)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"System": {"application": None}}, id="application null"),
        pytest.param({"System": {"application": {}}}, id="application empty"),
        pytest.param({"System": {"application": SKILL_ID}}, id="application is the id"),
        pytest.param({"System": [_to(SKILL_ID)]}, id="a list"),
    ],
)
def test_a_context_that_is_not_built_as_alexas_is_refused(verifier: Verifier, amazon: Amazon, told: object) -> None:
    body = body_of({**envelope(), "context": told})
    assert not passes(verifier, amazon.headers(body), body)


def test_a_request_without_a_context_is_refused(verifier: Verifier, amazon: Amazon) -> None:
    body = body_of({key: value for key, value in envelope().items() if key != "context"})
    assert not passes(verifier, amazon.headers(body), body)


# Whatever comes in


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b"null", b"1", b"[]", b'""', b"{}", b'{"request": {}}', b"{", BODY[:-1], BODY + BODY),
        *(b"\xff\xfe", b"\x00", BODY.replace(b"1.0", b"\xff"), BODY.decode().encode("utf-16")),
        *(b"[" * 100_000, b'{"a":' * 100_000, b"1" * 10_000),
        *(body_of({**envelope(), "request": request}) for request in (None, [], "LaunchRequest", 1, {})),
    ],
    ids=lambda body: repr(body[:20]),
)
def test_a_body_that_is_no_request_is_refused_though_alexa_signed_it(
    verifier: Verifier, amazon: Amazon, body: bytes
) -> None:
    assert not passes(verifier, amazon.headers(body), body)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (None, BODY),
        ({"SignatureCertChainUrl": None, "Signature-256": None}, BODY),
        ({"SignatureCertChainUrl": 1, "Signature-256": 1}, BODY),
        ({b"SignatureCertChainUrl": CERT_URL.encode()}, BODY),
        ({"SignatureCertChainUrl": CERT_URL.encode(), "Signature-256": "AAAA"}, BODY),
        ({"SignatureCertChainUrl": CERT_URL, "Signature-256": ["AAAA"]}, BODY),
        (AMAZON.headers(BODY), None),
        (AMAZON.headers(BODY), BODY.decode()),
        (AMAZON.headers(BODY), {}),
    ],
)
def test_what_is_neither_headers_nor_bytes_is_refused_too(verifier: Verifier, headers: Any, body: Any) -> None:
    assert not passes(verifier, headers, body)


def test_a_clock_that_fails_is_a_refusal(amazon: Amazon) -> None:
    def clock() -> datetime:
        raise OSError

    assert not passes(Verifier(SKILL_ID, amazon.roots, amazon.fetch, clock), amazon.headers(BODY), BODY)


bounded = settings(max_examples=100, derandomize=True, deadline=None, database=None)
any_json = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=8) | some.just(SKILL_ID),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
header_names = some.sampled_from(["SignatureCertChainUrl", "signature-256", "Signature"]) | some.text(max_size=8)
header_values = some.sampled_from([CERT_URL, AMAZON.sign(BODY)]) | some.text() | some.binary().map(base64.b64encode)


@bounded
@given(some.dictionaries(header_names, header_values.map(str)), some.binary() | some.just(BODY))
def test_arbitrary_headers_and_bytes_raise_only_a_refusal(headers: dict[str, str], body: bytes) -> None:
    verifier = Verifier(SKILL_ID, AMAZON.roots, lambda url: AMAZON.pem, lambda: NOW)
    if passes(verifier, headers, body):
        assert body == BODY


@bounded
@given(some.text().map(lambda rest: f"https://s3.amazonaws.com/echo.api/{rest}") | some.text())
def test_an_arbitrary_url_is_refused_or_fetched_from_amazons_folder(url: str) -> None:
    fetched = []
    passes(Verifier(SKILL_ID, AMAZON.roots, fetched.append, lambda: NOW), AMAZON.headers(BODY, url), BODY)
    assert all(each.startswith("https://s3.amazonaws.com/echo.api/") and ".." not in each for each in fetched)


@bounded
@given(
    some.binary()
    | any_json.map(body_of)
    | some.fixed_dictionaries({}, optional=dict.fromkeys(envelope(), any_json)).map(
        lambda changed: body_of({**envelope(), **changed})
    )
)
def test_arbitrary_bodies_that_alexa_signed_raise_only_a_refusal(body: bytes) -> None:
    passes(Verifier(SKILL_ID, AMAZON.roots, lambda url: AMAZON.pem, lambda: NOW), AMAZON.headers(body), body)


@bounded
@given(some.integers(0, len(AMAZON.pem) - 1), some.integers(0, 255))
def test_a_spoiled_chain_raises_only_a_refusal(position: int, byte: int) -> None:
    pem = AMAZON.pem[:position] + bytes([byte]) + AMAZON.pem[position + 1 :]
    verifier = Verifier(SKILL_ID, AMAZON.roots, lambda url: pem, lambda: NOW)
    passes(verifier, AMAZON.headers(BODY), BODY)
    assert not passes(verifier, STRANGER.headers(BODY), BODY)


# What a refusal says is written to the log: it must hold nothing that a person said [1.24]

SAID = "hospiz"


@pytest.mark.parametrize(
    "body",
    [
        SAID.encode(),
        SAID.encode() + b"\xff",
        body_of(SAID),
        body_of([SAID]),
        body_of({SAID: SAID}),
        body_of({**envelope(), "context": SAID}),
        body_of({**envelope(), "context": {"System": _to(SAID)}}),
        body_of({**envelope(), "session": _to(SAID)}),
        body_of({**envelope(), "session": {"application": SAID}}),
        body_of({**envelope(), "request": SAID}),
        body_of({**envelope(), "request": {"type": SAID}}),
        body_of({**envelope(), "request": {"type": SAID, "timestamp": "2026-06-01T00:00:00Z"}}),
        body_of(envelope(at=SAID)),
        body_of(envelope(at=f"2026-07-01T12:00:00Z{SAID}")),
        body_of(envelope(at="2026-06-01T00:00:00", kind=SAID)),
    ],
    ids=lambda body: body.decode(errors="replace"),
)
@pytest.mark.parametrize("signed", [True, False], ids=["signed", "not signed"])
def test_no_refusal_says_anything_of_the_body(verifier: Verifier, amazon: Amazon, body: bytes, signed: bool) -> None:
    with pytest.raises(NotFromAlexa) as refused:
        verifier.verify(amazon.headers(body if signed else b"another"), body)
    told = [*refused.value.args, str(refused.value), *traceback.format_exception(refused.value)]
    assert SAID not in " ".join(map(str, told))
