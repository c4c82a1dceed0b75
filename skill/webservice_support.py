"""What this skill takes from ask-sdk-webservice-support, importable on every machine.

The package imports certvalidator, which imports oscrypto 1.3.0, which cannot read the version of an OpenSSL
with a two-digit part (3.0.10 and later): "Error detecting the version of libcrypto". Only where that happens, a
stand-in takes certvalidator's place while the package is imported. It validates nothing: whoever calls it gets an
error. Chains of certificates are judged in `skill.verify`, by `cryptography`, and nowhere else.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, NoReturn


class StandInError(RuntimeError):
    """certvalidator cannot be used on this machine; chains are judged in skill.verify."""


def stand_in_for_certvalidator() -> dict[str, ModuleType]:
    """Modules by name with the three names that the package imports; the validator raises when it is called."""

    class CertificateValidator:
        def __init__(self, *_: Any, **__: Any) -> NoReturn:
            raise StandInError(StandInError.__doc__)

    package, errors = ModuleType("certvalidator"), ModuleType("certvalidator.errors")
    package.CertificateValidator = CertificateValidator  # type: ignore[attr-defined]
    errors.ValidationError = type("ValidationError", (Exception,), {})  # type: ignore[attr-defined]
    errors.PathError = type("PathError", (Exception,), {})  # type: ignore[attr-defined]
    return {"certvalidator": package, "certvalidator.errors": errors}


def _ready_for_import() -> dict[str, ModuleType]:
    """The stand-ins that this machine needs: none where certvalidator itself can be imported."""
    try:
        import certvalidator  # type: ignore[import-untyped]  # noqa: F401
    except Exception:  # oscrypto raises a LibraryNotFoundError of its own, which cannot be imported either
        return stand_in_for_certvalidator()
    return {}


_stand_ins = _ready_for_import()
sys.modules.update(_stand_ins)
try:
    from ask_sdk_webservice_support.verifier import (
        RequestVerifier,
        VerificationException,
    )
    from ask_sdk_webservice_support.verifier_constants import (
        CERT_CHAIN_DOMAIN,
        CERT_CHAIN_URL_HOSTNAME,
        MAX_NORMAL_REQUEST_TOLERANCE_IN_MILLIS,
        MAX_SKILL_EVENT_TOLERANCE_IN_MILLIS,
        SIGNATURE_CERT_CHAIN_URL_HEADER,
        SIGNATURE_HEADER,
    )
finally:
    for _name in _stand_ins:  # nobody else is to find a validator that is none
        del sys.modules[_name]

__all__ = [
    "CERT_CHAIN_DOMAIN",
    "CERT_CHAIN_URL_HOSTNAME",
    "MAX_NORMAL_REQUEST_TOLERANCE_IN_MILLIS",
    "MAX_SKILL_EVENT_TOLERANCE_IN_MILLIS",
    "SIGNATURE_CERT_CHAIN_URL_HEADER",
    "SIGNATURE_HEADER",
    "RequestVerifier",
    "VerificationException",
]
