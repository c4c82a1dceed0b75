"""What the environment may say, and what stops the start."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError, fields

import pytest

from skill.settings import _VARIABLES, Settings, SettingsError

OPEN = {"SKILL_VERIFY_REQUESTS": "false"}


def faults_in(error: SettingsError) -> list[str]:
    """The faults that the message tells, each beginning with the name of its variable."""
    return re.split(r"; (?=SKILL_)", str(error))


def test_an_empty_environment_gives_the_safe_settings() -> None:
    assert Settings.from_environment({}) == Settings()
    assert Settings() == Settings(
        skill_id=None,
        environment="production",
        verify_requests=True,
        simulator=False,
        base_url=None,
        image_base_url=None,
        host=None,
        port=5000,
    )


def test_every_variable_sets_something_and_every_setting_has_a_variable() -> None:
    told = {
        "SKILL_ID": "amzn1.ask.skill.x",
        "SKILL_ENV": "development",
        "SKILL_VERIFY_REQUESTS": "false",
        "SKILL_SIMULATOR": "true",
        "SKILL_BASE_URL": "https://guide.example",
        "SKILL_IMAGE_BASE_URL": "https://images.example/cards",
        "SKILL_HOST": "0.0.0.0",  # noqa: S104  (only a setting)
        "SKILL_PORT": "8080",
        "SKILL_LOG_ANSWERS": "true",
        "SKILL_TRUSTED_PROXIES": "1",
        "SKILL_ALLOWED_HOSTS": "guide.example",
        "SKILL_METRICS_HOST": "10.0.0.1",
        "SKILL_METRICS_PORT": "9400",
    }
    assert set(told) == set(_VARIABLES)
    settings = Settings.from_environment(told)
    untouched = Settings()
    for field in fields(Settings):
        assert getattr(settings, field.name) != getattr(untouched, field.name), field.name


@pytest.mark.parametrize(
    ("environ", "name", "value"),
    [
        ({"SKILL_ID": "amzn1.ask.skill.x"}, "skill_id", "amzn1.ask.skill.x"),
        ({"SKILL_ID": "  amzn1.ask.skill.x\n"}, "skill_id", "amzn1.ask.skill.x"),
        ({"SKILL_ID": ""}, "skill_id", None),
        ({"SKILL_ID": "  "}, "skill_id", None),
        ({"SKILL_ENV": "development"}, "environment", "development"),
        ({"SKILL_ENV": "production"}, "environment", "production"),
        ({"SKILL_ENV": ""}, "environment", "production"),
        *(({"SKILL_SIMULATOR": yes}, "simulator", True) for yes in ("true", "TRUE", " True ", "1", "yes", "on")),
        *(({"SKILL_SIMULATOR": no}, "simulator", False) for no in ("false", "False", "0", "no", "off", "", " ")),
        *(({"SKILL_VERIFY_REQUESTS": yes}, "verify_requests", True) for yes in ("true", "1", "yes", "on", "", " ")),
        *(
            ({"SKILL_ENV": "development", "SKILL_VERIFY_REQUESTS": no}, "verify_requests", False)
            for no in ("false", "FALSE", "0", "no", "off")
        ),
        ({"SKILL_BASE_URL": "https://guide.example"}, "base_url", "https://guide.example"),
        ({"SKILL_BASE_URL": "https://guide.example:8443/a/b"}, "base_url", "https://guide.example:8443/a/b"),
        ({"SKILL_BASE_URL": ""}, "base_url", None),
        ({"SKILL_IMAGE_BASE_URL": "https://images.example/x"}, "image_base_url", "https://images.example/x"),
        ({"SKILL_HOST": "::1"}, "host", "::1"),
        ({"SKILL_HOST": ""}, "host", None),
        ({"SKILL_PORT": "1"}, "port", 1),
        ({"SKILL_PORT": "65535"}, "port", 65535),
        ({"SKILL_PORT": " 8080 "}, "port", 8080),
        ({"SKILL_PORT": ""}, "port", 5000),
        ({"SKILL_LOG_ANSWERS": "yes"}, "log_answers", True),
        ({"SKILL_TRUSTED_PROXIES": "2"}, "trusted_proxies", 2),
        ({"SKILL_ALLOWED_HOSTS": "a.example, b.example"}, "allowed_hosts", ("a.example", "b.example")),
        ({"SKILL_ALLOWED_HOSTS": " "}, "allowed_hosts", ()),
        ({"SKILL_METRICS_PORT": "9400"}, "metrics_port", 9400),
        ({"SKILL_METRICS_PORT": ""}, "metrics_port", None),
        ({"SKILL_METRICS_HOST": ""}, "metrics_host", "127.0.0.1"),
        ({"PATH": "/bin", "HOME": "/root", "MY_SKILL_ID": "x", "skill_id": "x"}, "skill_id", None),
    ],
)
def test_a_variable_gives_a_value(environ: dict[str, str], name: str, value: object) -> None:
    assert getattr(Settings.from_environment(environ), name) == value


@pytest.mark.parametrize(
    ("environ", "fault"),
    [
        ({"SKILL_ENV": "staging"}, "SKILL_ENV is 'staging'"),
        ({"SKILL_ENV": "Production"}, "SKILL_ENV is 'Production'"),
        ({"SKILL_SIMULATOR": "maybe"}, "SKILL_SIMULATOR is 'maybe'"),
        ({"SKILL_VERIFY_REQUESTS": "flase"}, "SKILL_VERIFY_REQUESTS is 'flase'"),
        ({"SKILL_VERIFY_REQUESTS": "2"}, "SKILL_VERIFY_REQUESTS is '2'"),
        *(
            ({name: url}, f"{name} is {url!r}")
            for name in ("SKILL_BASE_URL", "SKILL_IMAGE_BASE_URL")
            for url in (
                "guide.example",
                "http://guide.example",
                "//guide.example",
                "https://",
                "https:///path",
                "https://guide.example/",
                "https://guide.example/a/",
                "https://guide.example?a=1",
                "https://guide.example/#top",
                "https://me:secret@guide.example",
                "https://guide.example:port",
                "https://guide.example:99999",
                "https://[::1",
            )
        ),
        *(({"SKILL_PORT": port}, f"SKILL_PORT is '{port}'") for port in ("http", "-1", "80.0", "0x50", "8 0", "+80")),
        *(({"SKILL_PORT": port}, f"SKILL_PORT is {port}") for port in ("0", "65536", "99999")),
        *(
            ({"SKILL_METRICS_PORT": port}, f"SKILL_METRICS_PORT is {said}")
            for port, said in (("x", "'x'"), ("0", "0"), ("65536", "65536"))
        ),
        *(
            ({"SKILL_TRUSTED_PROXIES": count}, f"SKILL_TRUSTED_PROXIES is {said}")
            for count, said in (("all", "'all'"), ("-1", "'-1'"), ("9", "9"))
        ),
        *(
            ({"SKILL_ALLOWED_HOSTS": host}, f"SKILL_ALLOWED_HOSTS names {host!r}")
            for host in ("https://a.example", "a.example:443", "*", ".a.example", "a..example", "-a.example")
        ),
        ({"SKILL_VERIFY_REQUEST": "false"}, "SKILL_VERIFY_REQUEST is not a setting"),
        ({"SKILL_": ""}, "SKILL_ is not a setting"),
        ({"SKILL_id": "x"}, "SKILL_id is not a setting"),
    ],
)
def test_a_fault_stops_the_start_and_names_the_variable(environ: dict[str, str], fault: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(fault)) as told:
        Settings.from_environment(environ)
    assert len(faults_in(told.value)) == 1


def test_an_unknown_variable_is_told_which_there_are() -> None:
    with pytest.raises(SettingsError) as told:
        Settings.from_environment({"SKILL_PROT": "80"})
    assert all(name in str(told.value) for name in ("SKILL_PROT", *_VARIABLES))


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as told:
        Settings.from_environment(
            {
                "SKILL_ENV": "staging",
                "SKILL_VERIFY_REQUESTS": "no",
                "SKILL_SIMULATOR": "maybe",
                "SKILL_HOST": "0.0.0.0",  # noqa: S104  (only a setting)
                "SKILL_PORT": "http",
                "SKILL_BASE_URL": "http://guide.example",
                "SKILL_IMAGE_BASE_URL": "images",
                "SKILL_COLOUR": "blue",
                "SKILL_COLOR": "blue",
            }
        )
    assert sorted(fault.split(" ")[0] for fault in faults_in(told.value)) == [
        "SKILL_BASE_URL",
        "SKILL_COLOR",
        "SKILL_COLOUR",
        "SKILL_ENV",
        "SKILL_IMAGE_BASE_URL",
        "SKILL_PORT",
        "SKILL_SIMULATOR",
        "SKILL_VERIFY_REQUESTS=false",
    ]


@pytest.mark.parametrize(
    ("environ", "allowed"),
    [
        ({"SKILL_ENV": "development", "SKILL_HOST": "0.0.0.0"}, True),  # noqa: S104  (only a setting)
        ({"SKILL_ENV": "development", "SKILL_HOST": "guide.example"}, True),
        ({"SKILL_HOST": "127.0.0.1"}, True),
        ({"SKILL_HOST": "127.8.8.8"}, True),
        ({"SKILL_HOST": "::1"}, True),
        ({}, False),  # another server binds as it is told: only a host that is named counts
        ({"SKILL_HOST": "localhost"}, True),
        ({"SKILL_HOST": "0.0.0.0"}, False),  # noqa: S104  (only a setting)
        ({"SKILL_HOST": "::"}, False),
        ({"SKILL_HOST": "10.0.0.1"}, False),
        ({"SKILL_HOST": "guide.example"}, False),
        ({"SKILL_HOST": "localhost.guide.example"}, False),
        ({"SKILL_HOST": "127.0.0.1.guide.example"}, False),
        ({"SKILL_ENV": "production", "SKILL_HOST": "0.0.0.0"}, False),  # noqa: S104  (only a setting)
    ],
)
def test_requests_go_unverified_only_in_development_or_on_loopback(environ: dict[str, str], allowed: bool) -> None:
    if allowed:
        assert Settings.from_environment({**OPEN, **environ}).verify_requests is False
    else:
        with pytest.raises(SettingsError, match="SKILL_VERIFY_REQUESTS=false would let anyone speak as Alexa"):
            Settings.from_environment({**OPEN, **environ})
    assert Settings.from_environment(environ).verify_requests is True


def test_settings_made_by_hand_keep_the_same_rules() -> None:
    with pytest.raises(SettingsError) as told:
        Settings(verify_requests=False, host="0.0.0.0", port=0, base_url="guide")  # noqa: S104  (only a setting)
    assert len(faults_in(told.value)) == 3


def test_settings_do_not_change_once_they_are_read() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().verify_requests = False  # type: ignore[misc]
