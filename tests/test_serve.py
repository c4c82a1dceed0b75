"""make run, as somebody starts it: what it prints, and that what it prints is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.loopback import free_port, got

ROOT = Path(__file__).parents[1]
WITHIN = 30  # seconds for a process to end


@contextmanager
def running(**settings: str) -> Iterator[subprocess.Popen[str]]:
    """The program as make run starts it; stopped with SIGTERM, which also reaches it where the tests, and so it, were
    started in the background and Ctrl-C is ignored."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SKILL_")}
    with subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**environment, "SKILL_ENV": "development", "SKILL_SIMULATOR": "true", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def test_it_prints_where_everything_is_and_a_second_one_is_told_that_the_port_is_taken() -> None:
    port = free_port()
    with running(SKILL_PORT=str(port)) as process:
        assert process.stdout is not None
        printed = ""
        for line in process.stdout:
            printed += line
            if "make chat" in line:
                break
        addresses = re.findall(r"http://\S+", printed)
        assert addresses == [f"http://127.0.0.1:{port}{path}" for path in ("/simulator", "/", "/alexa", "/healthz")]
        assert [got(port, urlsplit(address).path)[0] for address in addresses] == [
            200,
            200,
            405,
            200,
        ]  # /alexa only takes what is posted
        with running(SKILL_PORT=str(port)) as late:
            assert late.stderr is not None
            assert f"Cancer Guide cannot start: port {port} is taken" in late.stderr.read()
            assert late.wait(WITHIN) == 1
        process.terminate()
        assert "Stopped." in process.stdout.read()
        assert process.wait(WITHIN) == 0
