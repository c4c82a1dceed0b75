"""The settings of the program: read once from SKILL_* environment variables, refused at start if wrong."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Environment = Literal["production", "development"]
LOCAL_SKILL_ID = "amzn1.ask.skill.00000000-0000-0000-0000-000000000000"  # before a skill was made at Amazon


PROXIES = 8  # more than ever stand in a row; a larger number is a slip
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.IGNORECASE)


class SettingsError(ValueError):
    """The settings do not fit together; the message names every variable that is wrong and why."""


@dataclass(frozen=True)
class Settings:
    """Everything the program can be told from outside.

    `skill_id` is the id that Amazon gave the skill. `verify_requests` switches the checks of /alexa (off only in
    development). `base_url` is where the public pages stand (https, no slash at the end): cards then carry a link.
    `host` and `port` are what `make run` binds to (loopback and 5000); another server binds as it is told, so only a
    host that is named counts as one.
    `image_base_url` is a folder with card-small.png and card-large.png: cards are then Standard cards.
    `log_answers` lets the log name the answer that was given. `trusted_proxies` is how many proxies stand before the
    program and set X-Forwarded-For, -Proto and -Host. `allowed_hosts` are the names by which pages may be asked for
    (see `hosts`). `metrics_port` opens the page for Prometheus, on `metrics_host`.
    """

    skill_id: str | None = None
    environment: Environment = "production"
    verify_requests: bool = True
    simulator: bool = False
    base_url: str | None = None
    image_base_url: str | None = None
    host: str | None = None
    port: int = 5000
    log_answers: bool = False
    trusted_proxies: int = 0
    allowed_hosts: tuple[str, ...] = ()
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None

    def __post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise SettingsError("; ".join(faults))

    def _faults(self) -> list[str]:
        faults = []
        if self.environment not in ("production", "development"):
            faults.append(f"SKILL_ENV is {self.environment!r}: say production or development")
        if not self.verify_requests and self.environment != "development" and not _is_loopback(self.host or ""):
            faults.append(
                "SKILL_VERIFY_REQUESTS=false would let anyone speak as Alexa: "
                "it needs SKILL_ENV=development, or SKILL_HOST naming a loopback address"
            )
        for name, url in (
            ("SKILL_BASE_URL", self.base_url),
            ("SKILL_IMAGE_BASE_URL", self.image_base_url),
        ):
            if url is not None and not _is_plain_https(url):
                faults.append(f"{name} is {url!r}: an https address without query and without a slash at its end")
        if not 0 < self.port < 65536:
            faults.append(f"SKILL_PORT is {self.port}: a port is from 1 to 65535")
        if self.metrics_port is not None and not 0 < self.metrics_port < 65536:
            faults.append(f"SKILL_METRICS_PORT is {self.metrics_port}: a port is from 1 to 65535")
        if not 0 <= self.trusted_proxies <= PROXIES:
            faults.append(f"SKILL_TRUSTED_PROXIES is {self.trusted_proxies}: from 0 to {PROXIES} proxies")
        for host in self.allowed_hosts:
            if not _HOST.fullmatch(host):
                faults.append(f"SKILL_ALLOWED_HOSTS names {host!r}: a host has no scheme and no port; commas between")
        return faults

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names that pages answer to: those that are named; in production else that of `base_url`. Empty: any.

        /alexa, /healthz and /readyz are asked under any name (see skill.hosts).
        """
        if self.allowed_hosts or self.environment != "production" or self.base_url is None:
            return self.allowed_hosts
        return (urlsplit(self.base_url).hostname or "",)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """The settings in `environ`; raises SettingsError that names every SKILL_* variable that is wrong."""
        faults = [
            f"{name} is not a setting (there are {', '.join(sorted(_VARIABLES))})"
            for name in sorted(environ)
            if name.startswith("SKILL_") and name not in _VARIABLES
        ]

        def flag(name: str, default: bool) -> bool:
            value = environ.get(name, "").strip().lower()
            if value and value not in _FLAGS:
                faults.append(f"{name} is {value!r}: say true or false")
            return _FLAGS.get(value, default)

        def text(name: str) -> str | None:
            return environ.get(name, "").strip() or None

        def number(name: str, what: str) -> int | None:
            value = text(name)
            if value is not None and not _is_port(value):
                faults.append(f"{name} is {value!r}: {what} is a number")
                return None
            return None if value is None else int(value)

        port = number("SKILL_PORT", "a port")
        proxies = number("SKILL_TRUSTED_PROXIES", "how many proxies stand before the program")
        values = {
            "skill_id": text("SKILL_ID"),
            "environment": text("SKILL_ENV") or "production",
            "verify_requests": flag("SKILL_VERIFY_REQUESTS", True),
            "simulator": flag("SKILL_SIMULATOR", False),
            "base_url": text("SKILL_BASE_URL"),
            "image_base_url": text("SKILL_IMAGE_BASE_URL"),
            "host": text("SKILL_HOST"),
            "port": 5000 if port is None else port,
            "log_answers": flag("SKILL_LOG_ANSWERS", False),
            "trusted_proxies": proxies or 0,
            "allowed_hosts": tuple(host for host in re.split(r"[\s,]+", text("SKILL_ALLOWED_HOSTS") or "") if host),
            "metrics_host": text("SKILL_METRICS_HOST") or "127.0.0.1",
            "metrics_port": number("SKILL_METRICS_PORT", "a port"),
        }
        try:
            settings = cls(**values)  # type: ignore[arg-type]
        except SettingsError as error:
            faults.append(str(error))
        if faults:
            raise SettingsError("; ".join(faults))
        return settings


_FLAGS = {
    "true": True,
    "1": True,
    "yes": True,
    "on": True,
    "false": False,
    "0": False,
    "no": False,
    "off": False,
}
_VARIABLES = {
    "SKILL_ID": "the id of the skill at Amazon; required in production",
    "SKILL_ENV": "production (as it is unless said otherwise) or development",
    "SKILL_VERIFY_REQUESTS": "false switches the checks of /alexa off; development only",
    "SKILL_SIMULATOR": "true serves the simulator, in development only",
    "SKILL_BASE_URL": "where the public pages stand",
    "SKILL_IMAGE_BASE_URL": "where card-small.png and card-large.png stand",
    "SKILL_HOST": "the address that make run binds to",
    "SKILL_PORT": "the port that make run binds to",
    "SKILL_LOG_ANSWERS": "true lets the log name the answer that was given",
    "SKILL_TRUSTED_PROXIES": "how many proxies stand before the program and set X-Forwarded-*",
    "SKILL_ALLOWED_HOSTS": "the host names that pages answer to",
    "SKILL_METRICS_HOST": "the address of the page for Prometheus",
    "SKILL_METRICS_PORT": "the port of the page for Prometheus; none unless set",
}


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_port(text: str) -> bool:
    return text.isdecimal() and len(text) < 6


def _is_plain_https(url: str) -> bool:
    """Whether `url` is https, a host, perhaps a port and a path, and nothing else."""
    plain = re.fullmatch(r"https://[A-Za-z0-9.-]+(?::(\d{1,5}))?(/[A-Za-z0-9._~-]+)*", url)
    return plain is not None and 0 < int(plain[1] or 443) < 65536
