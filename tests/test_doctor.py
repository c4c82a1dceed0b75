"""python -m skill doctor: broken configurations, told in plain words; the address is a server on loopback."""

from __future__ import annotations

import socket
import ssl
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from skill import doctor
from skill.__main__ import main
from skill.catalogue import Catalogue
from skill.doctor import Finding, Surroundings, examine, report
from tests.chain import Amazon
from tests.test_certificates import Behaviour, answers, server_chain, serving, trusting

SKILL_ID = "amzn1.ask.skill.b5c7a5a4-0000-4000-8000-0000cafe0000"
GOOD = {"SKILL_ID": SKILL_ID}


def wrong(environ: dict[str, str], around: Surroundings | None = None) -> list[str]:
    """What is told to be wrong with the settings or the address; what is compiled changes while people work on it."""
    return [
        finding.text
        for finding in examine(environ, around)
        if finding.level == "wrong" and "run make model" not in finding.text
    ]


def test_a_good_configuration_has_nothing_wrong() -> None:
    assert wrong(GOOD) == []


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({}, ["SKILL_ID is missing"]),
        ({"SKILL_ID": "cancer-guide"}, ["SKILL_ID is 'cancer-guide'"]),
        ({"SKILL_ID": SKILL_ID.upper()}, ["SKILL_ID is 'AMZN1"]),
        ({"SKILL_ID": f"{SKILL_ID[:-1]}"}, ["SKILL_ID is"]),
        ({**GOOD, "SKILL_VERIFY_REQUESTS": "false", "SKILL_HOST": "127.0.0.1"}, ["requests are not verified"]),
        ({**GOOD, "SKILL_SIMULATOR": "true"}, ["SKILL_SIMULATOR"]),
        ({**GOOD, "SKILL_PORT": "x", "SKILL_COLOUR": "blue"}, ["SKILL_COLOUR is not a setting", "SKILL_PORT is 'x'"]),
        ({**GOOD, "SKILL_BASE_URL": "http://guide.example"}, ["SKILL_BASE_URL is 'http"]),
    ],
    ids=str,
)
def test_what_is_wrong_with_the_settings_is_named(environ: dict[str, str], told: list[str]) -> None:
    found = wrong(environ)
    assert len(found) == len(told)
    assert all(text in sentence for text, sentence in zip(told, sorted(found), strict=True))


# The address


def of_address(
    behave: Behaviour,
    folder: Path,
    chain: Amazon | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    secure: bool = True,
) -> list[str]:
    """What is wrong with an address at which a server behaves so; its port, which is not 443, apart."""
    served = chain or server_chain()
    around = Surroundings(tls=tls or trusting(server_chain()), seconds=1.0)
    with serving(behave, folder, served, secure) as url:
        found = wrong({**GOOD, "SKILL_BASE_URL": url.removesuffix("/echo.api/echo-api-cert.pem")}, around)
    assert "Amazon calls port 443 only" in found[0]
    return found[1:]


def dated(offset: timedelta = timedelta(), status: str = "200 OK") -> Behaviour:
    """A server that answers, and whose clock is so far from ours."""
    return answers(status, f"Date: {format_datetime(datetime.now(UTC) + offset)}", "Content-Length: 0")


def test_an_address_that_answers_over_good_tls_is_well(tmp_path: Path) -> None:
    assert of_address(dated(), tmp_path) == []


@pytest.mark.parametrize("offset", [timedelta(minutes=-5), timedelta(hours=1)], ids=str)
def test_a_clock_that_is_off_is_told(tmp_path: Path, offset: timedelta) -> None:
    (found,) = of_address(dated(offset), tmp_path)
    assert "the clock is" in found
    assert "NTP" in found


def test_an_address_that_answers_something_else_is_told(tmp_path: Path) -> None:
    assert "/healthz answers 404" in of_address(dated(status="404 Not Found"), tmp_path)[0]


def test_a_certificate_that_nobody_signed_is_told(tmp_path: Path) -> None:
    (found,) = of_address(dated(), tmp_path, tls=ssl.create_default_context())
    assert "certificate" in found


def test_a_certificate_for_another_name_is_told(tmp_path: Path) -> None:
    (found,) = of_address(dated(), tmp_path, server_chain("guide.example"))
    assert "Hostname mismatch" in found


def test_an_address_without_tls_is_told(tmp_path: Path) -> None:
    (found,) = of_address(dated(), tmp_path, secure=False)
    assert "TLS" in found or "cannot be reached" in found


def test_an_address_that_says_nothing_is_not_waited_for(tmp_path: Path) -> None:
    def silent(connection: socket.socket, over: threading.Event) -> None:
        over.wait(30)

    (found,) = of_address(silent, tmp_path)
    assert "does not answer within 1 seconds" in found


def test_an_address_where_nobody_is_is_told() -> None:
    found = wrong({**GOOD, "SKILL_BASE_URL": "https://127.0.0.1:9"}, Surroundings(seconds=1.0))
    assert "https://127.0.0.1:9 cannot be reached: ConnectionRefusedError" in found


# What is compiled, and the content


def test_what_is_stale_is_told(catalogue: Catalogue) -> None:
    fewer = {id: answer for id, answer in catalogue.answers.items() if id != "hospice"}
    told = [finding for finding in doctor._compiled(replace(catalogue, answers=fewer)) if finding.level == "wrong"]
    assert [finding.text.partition(" is not")[0] for finding in told] == ["the interaction model", "the ranking"]


@pytest.mark.parametrize(
    ("days", "level", "text"),
    [
        (0, "well", "all 1 answers"),
        (334, "well", "all 1 answers"),
        (336, "note", "1 answers are to be reviewed within 30 days"),
        (365, "note", "1 answers"),
        (366, "wrong", "1 answers were last reviewed over a year ago: hospice"),
    ],
)
def test_answers_that_are_due_for_review_are_told(catalogue: Catalogue, days: int, level: str, text: str) -> None:
    hospice = catalogue.answers["hospice"]
    noon = datetime(hospice.reviewed.year, hospice.reviewed.month, hospice.reviewed.day, 12, tzinfo=UTC)
    found = doctor._reviews(replace(catalogue, answers={"hospice": hospice}), noon + timedelta(days=days))
    assert found.level == level
    assert text in found.text


# The report


def test_the_report_ends_with_what_is_wrong_and_how_much() -> None:
    findings = [Finding("wrong", "this"), Finding("well", "that"), Finding("note", "something")]
    assert report(findings).splitlines() == ["well   that", "note   something", "WRONG  this", "", "1 to put right."]
    assert report(findings[1:]).endswith("All is well.")


def test_the_exit_code_says_whether_something_is_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def compiled(_: Any) -> list[Finding]:
        return []

    assert main(["doctor"], {"SKILL_ID": "x"}) == 1
    assert "WRONG  SKILL_ID is 'x'" in capsys.readouterr().out
    monkeypatch.setattr(doctor, "_compiled", compiled)  # it may be stale while somebody edits the content
    assert main(["doctor"], GOOD) == 0
    assert capsys.readouterr().out.endswith("All is well.\n")
