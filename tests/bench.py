"""How long things take on this machine: python -m tests.bench, or make bench. Prints one table and asserts nothing."""

from __future__ import annotations

import json
import logging
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from app import create_app
from skill.build import build
from skill.catalogue import Catalogue
from skill.find import Finder
from skill.find.model import Model, read
from skill.find.search import SURE
from skill.loading import CONTENT, load
from skill.settings import Settings
from skill.simulator import envelope
from skill.simulator.conversation import understanding
from skill.simulator.envelope import Device, Session
from skill.turn import Turns
from skill.verify import Verifier
from tests import bench_served
from tests.bench_served import SKILL_ID
from tests.chain import Amazon

ASKS_OF_EACH = 4  # of the ways to ask for every answer, evenly spread
ROUNDS = 2000
SIZES = (1, 10, 100)  # times the answers that there are
STARTS = 5
PAYLOAD = b"x" * 3000
IMPORT = "import app, skill.settings; "
ON_LAMBDA = (
    "import os; os.environ.update(SKILL_ID='amzn1.ask.skill.bench', AWS_LAMBDA_FUNCTION_NAME='bench'); "
    "import skill.aws_lambda; "  # where the variable is set, the import reads the content too, as Lambda's start does
)
MAKE = "app.create_app(skill.settings.Settings(skill_id='amzn1.ask.skill.bench')); "


def main() -> None:
    """Measures, and prints the table."""
    logging.disable(logging.WARNING)  # a line for each of thousands of turns hides the table
    catalogue = load()
    asked = list(questions(catalogue))
    rows = [
        *turns(catalogue, asked),
        *posts(catalogue, asked),
        *verification(),
        *finding(catalogue, asked),
        *starting(),
    ]
    against = rows[0][1]
    print(f"{'':<46}{'p50 or best':>12}{'p99':>12}{'of a turn':>11}")
    for name, middle, worst in rows:
        print(f"{name:<46}{_time(middle):>12}{_time(worst):>12}{middle / against:>10.2f}x")
    model, device = understanding(catalogue), Device(skill_id=SKILL_ID)
    bodies = [json.dumps(envelope.intent(model.understand(words), Session(), device)) for words in asked[::3]]
    print(f"\n{bench_served.summary(*bench_served.compared(bodies))}")
    print(f"\n{_size(catalogue)}\n{len(asked)} different questions; Python {sys.version.split()[0]}")


Row = tuple[str, float, float | None]


def questions(catalogue: Catalogue) -> Iterable[str]:
    """Some of the ways to ask for every answer, those too that the interaction model does not list."""
    for answer in catalogue.answers.values():
        yield from answer.asks[:: max(1, len(answer.asks) // ASKS_OF_EACH)][:ASKS_OF_EACH]


def turns(catalogue: Catalogue, asked: list[str]) -> Iterable[Row]:
    """A whole turn in process: the request as a dict in, the checked response as a dict out."""
    model = understanding(catalogue)
    answer = Turns(build(catalogue, Settings(environment="development")), catalogue.phrases).answer
    bodies = [envelope.intent(model.understand(words), Session(), Device()) for words in asked]
    yield row("a whole turn (Turns.answer)", [timed(lambda body=body: answer(body)) for body in bodies])
    opened = envelope.launch(Session(), Device())
    yield row("a launch", [timed(lambda: answer(opened)) for _ in range(len(asked))])


def posts(catalogue: Catalogue, asked: list[str]) -> Iterable[Row]:
    """A signed POST through the Flask test client, which is slower than a server is."""
    now = datetime.now(UTC)
    amazon, device, model = Amazon(now), Device(skill_id=SKILL_ID), understanding(catalogue)
    verifier = Verifier(SKILL_ID, amazon.roots, amazon.fetch, lambda: now)
    client = create_app(Settings(skill_id=SKILL_ID), verifier=verifier).test_client()
    times = []
    for words in asked[::3]:
        body = json.dumps(envelope.intent(model.understand(words), Session(), device)).encode()
        headers = amazon.headers(body)
        times.append(timed(lambda body=body, headers=headers: client.post("/alexa", data=body, headers=headers)))
        assert client.post("/alexa", data=body, headers=headers).status_code == 200
    yield row("a signed POST /alexa (Flask test client)", times)


def verification() -> Iterable[Row]:
    """A warm verifier beside the bare check of a signature, by turns."""
    now = datetime.now(UTC)
    amazon = Amazon(now)
    verifier = Verifier(SKILL_ID, amazon.roots, amazon.fetch, lambda: now)
    body = json.dumps(envelope.launch(Session(), Device(skill_id=SKILL_ID))).encode()
    body = body[:-1] + b', "padding": "' + PAYLOAD[len(body) :] + b'"}'
    headers, signature = amazon.headers(body), amazon.private_key.sign
    assert isinstance(amazon.private_key, rsa.RSAPrivateKey)
    signed, key = signature(body, padding.PKCS1v15(), hashes.SHA256()), amazon.private_key.public_key()
    verifier.verify(headers, body)
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(timed(lambda: verifier.verify(headers, body)))
        bare.append(timed(lambda: key.verify(signed, body, padding.PKCS1v15(), hashes.SHA256())))
    ratio = statistics.median(ours) / statistics.median(bare)
    yield row(f"verification, warm ({len(body)} bytes; {ratio:.2f}x bare)", ours)
    yield row("a bare RSA-2048 verify of the same bytes", bare)


def finding(catalogue: Catalogue, asked: list[str]) -> Iterable[Row]:
    """Finding alone, from the words; what was found before is kept by nobody, so each question is asked once."""
    model = read()
    for times in SIZES:
        find = Finder(catalogue, repeated(model, times)).find
        name = "Finder.find" + (f", {times} times the answers" if times > 1 else "")
        yield row(name, [timed(partial(find, words)) for words in asked])


def repeated(model: Model, times: int) -> Model:
    """A model of so many times the answers, each of which weighs every word; the words are the same. A copy lags so far
    behind that it makes no question harder."""
    return replace(
        model,
        classes=tuple(f"{name}-{copy}" for copy in range(times) for name in model.classes),
        weights=np.tile(model.weights, times),
        scale=np.tile(model.scale, times),
        meant=np.tile(model.meant, times),
        bias=np.concatenate([model.bias - copy * SURE for copy in range(times)]),
        holders=np.tile(model.holders, times),
    )


def starting() -> Iterable[Row]:
    """From nothing to an app, in a fresh interpreter; the least of a few."""
    starts = (
        ("start-up: import app", IMPORT),
        ("start-up: import app and create_app", IMPORT + MAKE),
        ("Lambda: cold import, ready to answer", ON_LAMBDA),
    )
    for name, code in starts:
        whole = f"import time; t = time.perf_counter(); {code}print(time.perf_counter() - t)"
        command = [sys.executable, "-c", whole]
        runs = [subprocess.run(command, capture_output=True, check=True) for _ in range(STARTS)]  # noqa: S603  (our own)
        yield name, min(float(run.stdout) for run in runs), None


def timed(run: Callable[[], object]) -> float:
    """How many seconds one run takes."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def row(name: str, times: list[float]) -> Row:
    """A line of the table: the median, and what one in a hundred is slower than."""
    return name, statistics.median(times), statistics.quantiles(times, n=100)[98]


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds * 1000:.2f} ms" if seconds >= 0.001 else f"{seconds * 1e6:.0f} µs"


def _size(catalogue: Catalogue) -> str:
    files = [file for file in Path(CONTENT).rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    asks = sum(len(answer.asks) for answer in catalogue.answers.values())
    return f"content: {len(catalogue.answers)} answers, {asks:,} asks, {len(files)} files, {size / 1024:,.0f} KiB"


if __name__ == "__main__":
    main()
