"""python -m skill doctor: what is wrong with a configuration, in plain words, before Amazon says so.

Looks at the settings in the environment, at what is compiled, at the content, and asks the address in SKILL_BASE_URL.
A tool for people, and no part of the program that serves: so it may look into interaction_model/, as the simulator
does.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPMessage, HTTPSConnection
from typing import Literal
from urllib.parse import urlsplit

from interaction_model.fresh import is_current
from skill.catalogue import Catalogue
from skill.loading import ContentError, load
from skill.ready import has_roots, ranking_fits
from skill.settings import Settings, SettingsError

Level = Literal["well", "note", "wrong"]
SECONDS = 5.0
SKEW = timedelta(seconds=30)  # Alexa's requests may be 150 s old; a clock that is off by a fifth of that wants mending
REVIEWED_WITHIN = timedelta(days=365)  # as skill.content.rules has it, which only editors can run
SOON = timedelta(days=30)
_SKILL_ID = re.compile(r"amzn1\.ask\.skill\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it stands, and a sentence about it."""

    level: Level
    text: str


@dataclass(frozen=True)
class Surroundings:
    """What is there outside: the time now, the certificates to trust in place of the system's, the time to wait."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    tls: ssl.SSLContext | None = None
    seconds: float = SECONDS


def examine(environ: Mapping[str, str], around: Surroundings | None = None) -> Iterator[Finding]:
    """Everything that can be said of a configuration; what is wrong does not keep the rest from being looked at."""
    around = around or Surroundings()
    try:
        settings = Settings.from_environment(environ)
    except SettingsError as error:
        for fault in re.split(r"; (?=SKILL_)", str(error)):
            yield Finding("wrong", fault)
        yield Finding("note", "the address was not asked, for the settings cannot be read")
    else:
        yield from _settings(settings)
        yield from _address(settings, around)
    yield _roots()
    try:
        catalogue = load()
    except ContentError as error:
        yield Finding("wrong", f"the content has {len(error.faults)} faults: run make check")
        return
    yield from _compiled(catalogue)
    yield _reviews(catalogue, around.now())


def report(findings: list[Finding]) -> str:
    """The findings as lines, what is wrong last, where it is seen."""
    marks: dict[Level, str] = {"well": "well ", "note": "note ", "wrong": "WRONG"}
    order = list(marks)
    lines = [f"{marks[each.level]}  {each.text}" for each in sorted(findings, key=lambda each: order.index(each.level))]
    wrong = sum(each.level == "wrong" for each in findings)
    return "\n".join([*lines, "", "All is well." if not wrong else f"{wrong} to put right."])


def _settings(settings: Settings) -> Iterator[Finding]:
    if settings.skill_id is None:
        level: Level = "wrong" if settings.environment == "production" else "note"
        yield Finding(level, "SKILL_ID is missing: copy it from the skill's page in Amazon's developer console")
    elif not _SKILL_ID.fullmatch(settings.skill_id):
        yield Finding(
            "wrong",
            f"SKILL_ID is {settings.skill_id!r}: it should read amzn1.ask.skill. and then 36 small letters, digits and "
            "hyphens; every request will be refused",
        )
    else:
        yield Finding("well", "SKILL_ID has the form that Amazon gives")
    if settings.environment == "production" and not settings.verify_requests:
        yield Finding("wrong", "requests are not verified: anyone can speak as Alexa; take SKILL_VERIFY_REQUESTS away")
    elif settings.environment != "production":
        yield Finding("note", "SKILL_ENV is development: Amazon's requests belong to production")
    if settings.environment == "production" and settings.simulator:
        yield Finding("wrong", "SKILL_SIMULATOR is on, and it is for development: take it away")
    if settings.metrics_port is not None and settings.metrics_host not in ("127.0.0.1", "::1", "localhost"):
        yield Finding(
            "note", f"the metrics are open on {settings.metrics_host}: see that only your own network gets in"
        )


def _address(settings: Settings, around: Surroundings) -> Iterator[Finding]:
    """Whether the skill stands at SKILL_BASE_URL as Amazon asks [1.1], and whether our clock is right [1.7]."""
    if settings.base_url is None:
        yield Finding("note", "SKILL_BASE_URL is not set: cards carry no link, and the address was not asked")
        return
    if urlsplit(settings.base_url).port not in (None, 443):
        yield Finding("wrong", f"SKILL_BASE_URL is {settings.base_url}: Amazon calls port 443 only")
    try:
        status, headers = _asked(settings.base_url, around)
    except ssl.SSLCertVerificationError as error:
        yield Finding("wrong", f"the certificate of {settings.base_url} is not good: {error.verify_message}")
    except ssl.SSLError:
        yield Finding("wrong", f"{settings.base_url} does not speak TLS as it should: is the proxy set up for https?")
    except TimeoutError:
        yield Finding("wrong", f"{settings.base_url} does not answer within {around.seconds:g} seconds")
    except socket.gaierror:
        yield Finding("wrong", f"the name in {settings.base_url} is not known: is the DNS entry there?")
    except (OSError, HTTPException) as error:
        yield Finding("wrong", f"{settings.base_url} cannot be reached: {type(error).__name__}")
    else:
        yield Finding("well", f"{settings.base_url} can be reached, and its certificate is good")
        if status != 200:
            yield Finding("wrong", f"{settings.base_url}/healthz answers {status}, not 200: does the proxy pass it on?")
        yield _clock(headers, around.now())


def _asked(base_url: str, around: Surroundings) -> tuple[int, HTTPMessage]:
    """Status and headers of /healthz at `base_url`: within the time, no redirect followed."""
    parts = urlsplit(base_url)
    context = around.tls or ssl.create_default_context()
    began = time.monotonic()
    with closing(HTTPSConnection(parts.netloc, timeout=around.seconds, context=context)) as connection:
        connection.request("GET", f"{parts.path}/healthz", headers={"Connection": "close"})
        connection.sock.settimeout(max(0.1, around.seconds - (time.monotonic() - began)))
        response = connection.getresponse()
        return response.status, response.headers


def _clock(headers: HTTPMessage, now: datetime) -> Finding:
    """How our clock stands to the one at the address, which may be this same machine's: then it tells nothing."""
    try:
        theirs = parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return Finding("note", "the address told no date, so the clock was not compared")
    apart = abs(now - theirs.replace(tzinfo=theirs.tzinfo or UTC))
    if apart <= SKEW:
        return Finding("well", "the clock agrees with that of the address")
    return Finding(
        "wrong",
        f"the clock is {apart.total_seconds():.0f} seconds from that of the address: beyond 150, Alexa's requests are "
        "refused as not fresh; switch on NTP",
    )


def _roots() -> Finding:
    if has_roots():
        return Finding("well", "the roots that Amazon's certificates lead to are there")
    return Finding(
        "wrong", "no root of Amazon is in certifi's bundle, so no request can be verified: reinstall certifi"
    )


def _compiled(catalogue: Catalogue) -> Iterator[Finding]:
    for name, current in (("interaction model", is_current(catalogue)), ("ranking", ranking_fits(catalogue))):
        if current:
            yield Finding("well", f"the {name} is that of the content")
        else:
            yield Finding("wrong", f"the {name} is not that of the content: run make model, and upload or deploy anew")


def _reviews(catalogue: Catalogue, now: datetime) -> Finding:
    """Whether every answer was reviewed within a year, and how many are due soon."""
    today = now.date()
    overdue = sorted(answer.id for answer in catalogue.answers.values() if answer.reviewed + REVIEWED_WITHIN < today)
    if overdue:
        names = ", ".join(overdue[:5]) + (" …" if len(overdue) > 5 else "")
        return Finding("wrong", f"{len(overdue)} answers were last reviewed over a year ago: {names}")
    soon = sum(answer.reviewed + REVIEWED_WITHIN < today + SOON for answer in catalogue.answers.values())
    if soon:
        return Finding("note", f"{soon} answers are to be reviewed within {SOON.days} days")
    return Finding("well", f"all {len(catalogue.answers)} answers were reviewed within a year")
