"""Amazon's side of a signed request: a chain of certificates that leads to a root, and a key that signs bodies.

    amazon = Amazon(now)
    verifier = Verifier(skill_id, amazon.roots, amazon.fetch, lambda: now)
    verifier.verify(amazon.headers(body), body)

What is to be wrong with the chain is said when it is made: Amazon(now, names=["example.com"]).
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

ALEXA = "echo-api.amazon.com"
CERT_URL = "https://s3.amazonaws.com/echo.api/echo-api-cert.pem"
DAY = timedelta(days=1)

KindOfKey = Literal["rsa", "ec"]
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def key_of(owner: str, kind: KindOfKey = "ec") -> Key:
    """The private key of `owner`: made once in a session, for an RSA key takes a tenth of a second."""
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Amazon:
    """A chain leaf, intermediate, root, made for `now`; `fetch` serves it, `headers` sign with its leaf.

    `names` are the leaf's alternative names (None: it has none of those). The leaf is valid from `begins` to `ends`,
    told from `now`; the intermediate until `intermediate_ends`. A chain with another `root` leads to a certificate
    that is not among the `roots` of the others. `key` is the kind of the leaf's key and `owner` whose key it is;
    `usage` is what the leaf may be used for.
    """

    now: datetime
    names: Sequence[str] | None = (ALEXA,)
    begins: timedelta = -DAY
    ends: timedelta = 30 * DAY
    intermediate_ends: timedelta = 365 * DAY
    sends_intermediate: bool = True
    root: str = "Root of these tests"
    owner: str = "Alexa"
    key: KindOfKey = "rsa"
    usage: ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH
    fetched: list[str] = field(default_factory=list)

    @property
    def roots(self) -> list[x509.Certificate]:
        """What a skill must trust so that this chain is good."""
        return [self._root]

    @cached_property
    def chain(self) -> list[x509.Certificate]:
        """The certificates that are served: the leaf first, the root not among them."""
        return [self._leaf, self._intermediate] if self.sends_intermediate else [self._leaf]

    @cached_property
    def pem(self) -> bytes:
        """The chain as it is served."""
        return b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in self.chain)

    def fetch(self, url: str) -> bytes:
        """The chain, at whatever URL it is asked for; `fetched` remembers the URLs."""
        self.fetched.append(url)
        return self.pem

    def sign(self, body: bytes) -> str:
        """The signature of the body, as it stands in Signature-256."""
        key = self.private_key
        if isinstance(key, rsa.RSAPrivateKey):
            signature = key.sign(body, padding.PKCS1v15(), hashes.SHA256())
        else:
            signature = key.sign(body, ec.ECDSA(hashes.SHA256()))
        return base64.b64encode(signature).decode()

    def headers(self, body: bytes, url: str = CERT_URL) -> dict[str, str]:
        """The headers with which Amazon sends this body."""
        return {"SignatureCertChainUrl": url, "Signature-256": self.sign(body)}

    @property
    def private_key(self) -> Key:
        """The key of the leaf."""
        return key_of(self.owner, self.key)

    @cached_property
    def _root(self) -> x509.Certificate:
        return self._authority(self.root, issuer=self.root, ends=3650 * DAY)

    @cached_property
    def _intermediate(self) -> x509.Certificate:
        return self._authority(f"Intermediate of {self.root}", issuer=self.root, ends=self.intermediate_ends)

    @cached_property
    def _leaf(self) -> x509.Certificate:
        leaf = self._certificate("leaf", self.private_key, f"Intermediate of {self.root}", self.begins, self.ends)
        leaf = leaf.add_extension(x509.ExtendedKeyUsage([self.usage]), critical=False)
        if self.names is not None:
            names = x509.SubjectAlternativeName([x509.DNSName(name) for name in self.names])
            leaf = leaf.add_extension(names, critical=False)
        return self._signed(leaf, f"Intermediate of {self.root}")

    def _authority(self, name: str, issuer: str, ends: timedelta) -> x509.Certificate:
        key = key_of(name)
        authority = (
            self._certificate(name, key, issuer, -365 * DAY, ends)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_signs_certificates(), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        return self._signed(authority, issuer)

    def _certificate(
        self, name: str, key: Key, issuer: str, begins: timedelta, ends: timedelta
    ) -> x509.CertificateBuilder:
        of_issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key_of(issuer).public_key())
        return (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(_named(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now + begins)
            .not_valid_after(self.now + ends)
            .add_extension(of_issuer, critical=False)
        )

    def _signed(self, certificate: x509.CertificateBuilder, issuer: str) -> x509.Certificate:
        return certificate.sign(key_of(issuer), hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _signs_certificates() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
