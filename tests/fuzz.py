"""Requests that nobody would send, and what becomes of them: python -m tests.fuzz --examples 20000

Alexa's envelopes with anything changed in them, signed as Alexa signs; and bodies, headers and signatures that are not
Alexa's at all. `Fuzz.turn` sends one through the real app and says what is wrong with what comes back; `counts` and
`slowest` tell of all. tests/test_fuzz.py runs a few hundred of the same.
"""

from __future__ import annotations

import argparse
import copy
import json
import logging
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from skill.catalogue import Catalogue
from skill.limits import faults
from skill.loading import load
from skill.session import VERSION
from skill.simulator import envelope
from skill.simulator.envelope import Device, Session
from skill.turn import NOTHING
from skill.web import BODY_BYTES
from tests.chain import CERT_URL, Amazon
from tests.signed import Body, Door, body_of

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
TIMESTAMP = NOW.isoformat()
STRANGER = Amazon(NOW, root="Root of a stranger", owner="A stranger")

# What is said

SAYINGS = [
    "what is hospice",
    "my dad's prostate cancer went to his bones",
    "she is not breathing",
    "i want to die",
    "who can help with rides",
    "first",
    "ohio",
    "",
    " ",
    "?!",
    "<speak>hello</speak>",
    '"/><audio src="https://example.com/x.mp3"/>',
    "</speak><script>alert(1)</script>",
    "]]> &amp; &lt; &#0; <!-- x -->",
    "{emergency} {phone} {0} %s ${jndi:x} {{7*7}}",
    "' or 1=1; drop table answers; --",
    "../../../../etc/passwd",
    "\u202ecipsoh si tahw\u202c",
    "what\u200b is\u200d hos\u00adpice\ufeff",
    "ما هو سرطان العظام",
    "מהו הוספיס",
    "\ud800",
    "what is hospice \udfff\ud83d",
    "\x00\x01\x1b[31m\x7f\x85\u2028",
    "𝔴𝔥𝔞𝔱 𝔦𝔰 𝔥𝔬𝔰𝔭𝔦𝔠𝔢",
    "Z\u0351\u036b\u0343" * 40,
    "ﷺ" * 60,
    "a" * 30_000,
    "hospice " * 3_000,
    "what does it mean when the doctor says that the cancer in my mother's lung has gone to her " * 12,
]
characters = some.characters()  # lone surrogates among them
texts = some.sampled_from(SAYINGS) | some.text(characters, max_size=40)
questions = some.lists(
    some.sampled_from(["what", "is", "cancer", "spread", "to", "bone", "my", "mom", "hospice", "not", "breathing"]),
    min_size=150,
    max_size=220,
).map(" ".join)
deep = some.integers(1, 90).map(lambda depth: json.loads('{"a":[' * depth + "]}" * depth))
anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | texts,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(texts, inner, max_size=4),
    max_leaves=6,
)
values = anything | deep | questions

# Envelopes

SLOTS = ("question", "topic", "cancer", "site", "need", "country", "state", "organization", "which")
FIXED = {("context", "System", "application", "applicationId"), ("request", "timestamp"), ("request", "type")}
KINDS = [
    *("LaunchRequest", "SessionEndedRequest", "System.ExceptionEncountered", "CanFulfillIntentRequest"),
    *("Alexa.Presentation.APL.UserEvent", "AlexaSkillEvent.SkillEnabled", "AlexaSkillEvent.SkillPermissionChanged"),
    *["IntentRequest"] * 12,
    *("Display.ElementSelected", "Connections.Response", "A.New.One", ""),
]


@dataclass(frozen=True)
class Requests:
    """Strategies over the content of one catalogue: its ids and intents stand among what is drawn."""

    catalogue: Catalogue

    @property
    def signed(self) -> some.SearchStrategy[Body]:
        """Well-formed objects for our skill, made just now, with anything changed in them besides: all get a 200."""
        return some.builds(_changed, self._envelopes(), some.lists(_changes(), max_size=5), some.just(FIXED))

    @property
    def any_object(self) -> some.SearchStrategy[object]:
        """The same, where also who it is for, when it was made and what it is may have been changed; or any JSON."""
        changed = some.builds(
            _changed, self._envelopes(), some.lists(_changes(), min_size=1, max_size=5), some.just(set())
        )
        return changed | anything | deep

    def _envelopes(self) -> some.SearchStrategy[Body]:
        ids = some.sampled_from(
            [*self.catalogue.answers, *self.catalogue.needs, *self.catalogue.cancers, *self.catalogue.sites, "gone", ""]
        )
        intents = some.sampled_from([*self.catalogue.intents, "AMAZON.PauseIntent", "AnIntentOfOthers", ""]) | texts
        kinds = some.sampled_from(
            [
                *("welcome", "help", "answer", "more", "spread", "cancer", "choice", "need", "helpers", "center"),
                *("number", "source", "card", "emergency", "crisis", "declined", "not_found", "again", "no such kind"),
            ]
        )
        said = some.none() | some.builds(lambda kind, ids: [kind, *ids], kinds, some.lists(ids, max_size=3))
        attributes = some.fixed_dictionaries(
            {"version": some.just(VERSION)},
            optional={
                "answer": ids,
                "said": said,
                "offer": said,
                "choices": some.lists(ids, max_size=4),
                "trail": some.lists(ids, max_size=8),
                "slow": some.booleans(),
                "missed": some.integers(),
            },
        )
        slot = some.builds(_slot, texts | questions | ids, ids | some.none())
        slots = some.dictionaries(some.sampled_from(SLOTS) | texts, slot, max_size=4)
        locales = some.sampled_from(["en-US", "en-GB", "en-CA", "en-AU", "en-IN", "de-DE", "es-419"]) | texts
        return some.builds(_envelope, some.sampled_from(KINDS), intents, slots, attributes, locales, some.booleans())


def _slot(value: str, id: str | None) -> Body:
    status = {"code": "ER_SUCCESS_MATCH" if id is not None else "ER_SUCCESS_NO_MATCH"}
    authority: Body = {"authority": "x", "status": status}
    if id is not None:
        authority["values"] = [{"value": {"name": value, "id": id}}]
    return {"value": value, "resolutions": {"resolutionsPerAuthority": [authority]}, "confirmationStatus": "NONE"}


def _envelope(kind: str, intent: str, slots: Body, attributes: Body, locale: str, screen: bool) -> Body:
    # through JSON, so that no part stands in two places: a change in one would else change who the other is for
    body: Body = json.loads(json.dumps(envelope.launch(Session(False, "x", attributes), Device(screen=screen))))
    body["request"] |= {"type": kind, "timestamp": TIMESTAMP, "locale": locale, "requestId": "x"}
    body["request"] |= {"intent": {"name": intent, "slots": copy.deepcopy(slots)}}
    body["request"] |= {"reason": "USER_INITIATED", "arguments": ["answer", *slots]}
    return body


def _changes() -> some.SearchStrategy[tuple[str, int, str, Any]]:
    """What to do, at which place of all that there are, with which key and value."""
    return some.tuples(some.sampled_from(["set", "remove", "add", "wrap"]), some.integers(0, 10_000), texts, values)


def _changed(body: Body, changes: list[tuple[str, int, str, Any]], fixed: set[tuple[str, ...]]) -> Body:
    """The body with the changes made, but for the places that are `fixed` and what they stand in."""
    for what, place, key, value in changes:
        paths = list(_paths(body, ()))
        if not paths:
            break
        path = paths[place % len(paths)]
        holder = body
        for step in path[:-1]:
            holder = holder[step]
        if what == "add" and isinstance(holder[path[-1]], dict):
            holder[path[-1]].setdefault(key, value)
        elif any(each[: len(path)] == path for each in fixed) or (fixed and path[:2] == ("session", "application")):
            continue
        elif what == "remove" and isinstance(holder, dict):
            del holder[path[-1]]
        elif what == "wrap":
            holder[path[-1]] = [holder[path[-1]]]
        else:
            holder[path[-1]] = value
    return body


def _paths(value: Any, here: tuple[Any, ...], depth: int = 8) -> Iterator[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*here, step)
        if depth:
            yield from _paths(inner, (*here, step), depth - 1)


# Doors: headers and bytes that are not Alexa's

HEADERS = {
    "Signature-256": some.sampled_from(["", "x", "!!!", "=" * 9, "QUJD", "A" * 30_000])
    | some.binary(max_size=400).map(lambda raw: raw.hex()),
    "SignatureCertChainUrl": some.sampled_from(
        [
            *("", "x", "https://", "http://s3.amazonaws.com/echo.api/a.pem", "https://s3.amazonaws.com/echo.api"),
            *("https://s3.amazonaws.com:444/echo.api/a.pem", "https://s3.amazonaws.com/echo.api/../a.pem"),
            *("file:///etc/passwd", "https://user@s3.amazonaws.com/echo.api/a.pem", "https://[::1", "x" * 9_000),
            *("https://s3.amazonaws.com/EcHo.aPi/a.pem", "https://s3.amazonaws.com/echo.api/%2e%2e/a.pem"),
        ]
    ),
}
bad_headers = some.sampled_from(sorted(HEADERS)).flatmap(lambda name: HEADERS[name].map(lambda value: {name: value}))
bad_bytes = (
    some.binary(max_size=300)
    | some.sampled_from([b"", b"null", b"[]", b"5", b'"x"', b"{", b'{"a":1', b"\xff\xfe{}", b"\xef\xbb\xbf{}"])
    | some.sampled_from(
        [b"[" * 100_000, b'{"a":' * 20_000, b'{"request":' + b"9" * 9_000 + b"}", b"{}" + b" " * 131_072]
    )
)


class WrongError(AssertionError):
    """What came back is not what is promised."""


@dataclass
class Fuzz:
    """The skill behind its door, and what became of all that was sent: how often each outcome, and the slowest turn."""

    catalogue: Catalogue
    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0

    def __post_init__(self) -> None:
        amazon = Amazon(NOW)
        chains = {CERT_URL: amazon.pem}
        self.door = Door(self.catalogue, amazon, chains.__getitem__, lambda: NOW)
        self.requests = Requests(self.catalogue)

    def turn(
        self, what: str, body: bytes, must_pass: bool | None, signed_by: Amazon | None = None, **headers: str
    ) -> None:
        """Sends bytes; raises WrongError where a good request is refused (`must_pass`), a bad one is let in (False), or
        what comes back is no valid answer, an apology of our own, or a fault."""
        began = time.thread_time()
        response = self.door.post(body, signed_by=signed_by, **headers)
        self.slowest = max(self.slowest, (time.thread_time() - began) * 1000)
        status = response.status_code
        self.counts[f"{what}: {self._outcome(status, response.data)}"] += 1
        if must_pass is True and status != 200:
            raise WrongError(f"a good request got {status}")
        if must_pass is False and not 400 <= status < 500:
            raise WrongError(f"a bad request got {status}")
        if must_pass is None and status != 200 and not 400 <= status < 500:
            raise WrongError(f"a request got {status}")

    def _outcome(self, status: int, data: bytes) -> str:
        if status != 200:
            return str(status)
        answer = json.loads(data)
        if answer == NOTHING:
            return "200, nothing to say"
        if wrong := faults(answer):
            raise WrongError("; ".join(wrong))
        speech = answer["response"].get("outputSpeech")
        if speech is None:
            return "200, silence"
        if self.catalogue.phrases.trouble[:30] in speech["ssml"]:
            raise WrongError("an apology for a fault of ours")
        if len(json.dumps(answer.get("sessionAttributes"))) > 2000:
            raise WrongError("the session attributes are too large")
        return "200, an answer, and the end" if answer["response"]["shouldEndSession"] else "200, an answer"

    def run(self, examples: int) -> None:
        """So many of each sort, the same ones each time."""
        bounded = settings(
            max_examples=examples,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )

        @bounded
        @given(self.requests.signed)
        def signed(body: Body) -> None:
            raw = body_of(body)
            self.turn("signed, for us", raw, must_pass=len(raw) <= BODY_BYTES)

        @bounded
        @given(self.requests.any_object)
        def any_object(body: object) -> None:
            self.turn("signed, any JSON", body_of(body), must_pass=None)

        @bounded
        @given(bad_bytes)
        def no_request(body: bytes) -> None:
            self.turn("signed, no request", body, must_pass=False)

        @bounded
        @given(self.requests.signed, bad_headers)
        def not_signed(body: Body, headers: dict[str, str]) -> None:
            self.turn("bad headers", body_of(body), must_pass=False, **headers)

        @bounded
        @given(self.requests.signed)
        def by_a_stranger(body: Body) -> None:
            self.turn("signed by a stranger", body_of(body), must_pass=False, signed_by=STRANGER)

        for each in (signed, any_object, no_request, not_signed, by_a_stranger):
            each()

    def report(self) -> str:
        """The counts and the slowest turn, a line each."""
        lines = [f"{count:8}  {outcome}" for outcome, count in sorted(self.counts.items())]
        return "\n".join(
            [*lines, f"{sum(self.counts.values()):8}  in all; the slowest took {self.slowest:.0f} ms of a processor"]
        )


def main() -> None:
    """Runs for long and prints the totals; stops at the first thing that is wrong, made as small as can be."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="send the skill what nobody would send")
    parser.add_argument("--examples", type=int, default=2_000, help="of each of the five sorts (2000)")
    logging.disable(logging.WARNING)  # each refusal logs a line
    fuzz = Fuzz(load())
    fuzz.run(parser.parse_args().examples)
    print(fuzz.report())


if __name__ == "__main__":
    main()
