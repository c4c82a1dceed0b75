"""ask-sdk-webservice-support can be used on every machine, and no stand-in ever judges a chain."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from ask_sdk_runtime.exceptions import AskSdkException

from skill import webservice_support
from skill.webservice_support import StandInError, stand_in_for_certvalidator

REPOSITORY = Path(__file__).parents[1]

BROKEN = """
import sys

class Broken:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("certvalidator", "oscrypto"):
            raise RuntimeError("Error detecting the version of libcrypto")

sys.meta_path.insert(0, Broken())
"""
WORKING = """
import sys
from types import ModuleType

package, errors = ModuleType("certvalidator"), ModuleType("certvalidator.errors")
class CertificateValidator: pass
package.CertificateValidator = CertificateValidator
package.errors = errors
errors.PathError = errors.ValidationError = ValueError
sys.modules.update({"certvalidator": package, "certvalidator.errors": errors})
"""


def tried(*lines: str) -> list[str]:
    """What these lines print in an interpreter of their own, where any warning would be an error."""
    done = subprocess.run(  # noqa: S603  (our own interpreter, our own lines)
        [sys.executable, "-c", "\n".join(lines)], cwd=REPOSITORY, capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_the_package_can_be_imported_here() -> None:
    assert issubclass(webservice_support.VerificationException, AskSdkException)
    assert webservice_support.SIGNATURE_HEADER == "Signature-256"
    assert webservice_support.MAX_NORMAL_REQUEST_TOLERANCE_IN_MILLIS == 150_000
    assert webservice_support.MAX_SKILL_EVENT_TOLERANCE_IN_MILLIS == 3_600_000
    assert all(hasattr(webservice_support, name) for name in webservice_support.__all__)


def test_where_certvalidator_cannot_be_imported_a_stand_in_that_raises_takes_its_place() -> None:
    assert tried(
        BROKEN,
        "from skill.webservice_support import StandInError, RequestVerifier",
        "import ask_sdk_webservice_support.verifier as package",
        "print(any(name.startswith('certvalidator') for name in sys.modules))",
        "try: package.CertificateValidator(b'', [])",
        "except StandInError: print('raised')",
        "from tests.chain import Amazon",
        "from datetime import UTC, datetime",
        "try: RequestVerifier()._validate_cert_chain(Amazon(datetime.now(UTC)).pem)",
        "except StandInError: print('raised')",
    ) == ["False", "raised", "raised"]


def test_where_certvalidator_cannot_be_imported_nobody_else_finds_a_stand_in() -> None:
    assert tried(
        BROKEN,
        "import skill.webservice_support",
        "try: import certvalidator",
        "except RuntimeError: print('raised')",
        "try: from certvalidator.errors import PathError",
        "except RuntimeError: print('raised')",
    ) == ["raised", "raised"]


def test_where_certvalidator_can_be_imported_it_is_the_one() -> None:
    assert tried(
        WORKING,
        "import skill.webservice_support as ours, ask_sdk_webservice_support.verifier as package",
        "print(package.CertificateValidator is CertificateValidator)",
        "print(ours._stand_ins)",
        "print(sys.modules['certvalidator'].CertificateValidator is CertificateValidator)",
    ) == ["True", "{}", "True"]


def test_the_whole_verifier_works_where_certvalidator_does_not() -> None:
    assert tried(
        BROKEN,
        "import json",
        "from datetime import UTC, datetime",
        "from skill.verify import NotFromAlexa, Verifier",
        "from tests.chain import Amazon",
        "now = datetime.now(UTC)",
        "amazon = Amazon(now)",
        "system = {'application': {'applicationId': 'ours'}}",
        "request = {'type': 'LaunchRequest', 'timestamp': now.isoformat()}",
        "body = json.dumps({'context': {'System': system}, 'request': request}).encode()",
        "Verifier('ours', amazon.roots, amazon.fetch).verify(amazon.headers(body), body)",
        "stranger = Amazon(now, root='Somebody')",
        "try: Verifier('ours', amazon.roots, stranger.fetch).verify(stranger.headers(body), body)",
        "except NotFromAlexa: print('refused')",
    ) == ["refused"]


def test_no_stand_in_stays_among_the_modules_here() -> None:
    for name in stand_in_for_certvalidator():
        assert not hasattr(sys.modules.get(name), "__path__") or sys.modules[name].__spec__ is not None
        assert sys.modules.get(name) not in webservice_support._stand_ins.values()


def test_the_stand_in_has_the_names_that_the_package_imports_and_no_way_to_validate() -> None:
    stand_ins = stand_in_for_certvalidator()
    validator = stand_ins["certvalidator"].CertificateValidator
    for arguments in ([], [b"", []]):
        with pytest.raises(StandInError, match=r"skill\.verify"):
            validator(*arguments)
    assert not [name for name in vars(validator) if not name.startswith("__")]
    for name in ("PathError", "ValidationError"):
        error = getattr(stand_ins["certvalidator.errors"], name)
        assert issubclass(error, Exception)
        assert not issubclass(StandInError, error)  # the package would take it for a refusal of its own


def test_this_machine_uses_a_stand_in_only_where_it_must() -> None:
    try:
        importlib.import_module("certvalidator")
    except Exception:
        assert sorted(webservice_support._stand_ins) == ["certvalidator", "certvalidator.errors"]
    else:
        assert webservice_support._stand_ins == {}
