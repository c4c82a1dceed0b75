"""What is remembered within a session: carried as attributes, read back, and never trusted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from skill.session import TRAIL, VERSION, Said, Session

bounded = settings(max_examples=150, derandomize=True, deadline=None, database=None)
words = some.text(max_size=8)
said = some.none() | some.builds(Said, some.text(min_size=1, max_size=8), some.lists(words, max_size=3).map(tuple))
sessions = some.builds(
    Session,
    answer=words,
    said=said,
    offer=said,
    choices=some.lists(words, max_size=3).map(tuple),
    trail=some.lists(words, max_size=TRAIL).map(tuple),
    slow=some.booleans(),
    missed=some.integers(0, 9),
    greeted=some.booleans(),
)
any_json = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | words,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
KEYS = tuple(Session().attributes())


@bounded
@given(sessions)
def test_a_session_survives_the_way_through_alexa(session: Session) -> None:
    assert Session.of(json.loads(json.dumps(session.attributes()))) == session


@bounded
@given(some.dictionaries(some.sampled_from(KEYS), any_json).map(lambda attributes: attributes | {"version": VERSION}))
def test_whatever_the_attributes_are_the_session_is_typed(attributes: dict[str, Any]) -> None:
    session = Session.of(attributes)
    assert isinstance(session.answer, str)
    assert type(session.missed) is int
    assert {type(session.slow), type(session.greeted)} == {bool}
    assert all(isinstance(id, str) for id in (*session.choices, *session.trail))
    assert all(part is None or isinstance(part.kind, str) for part in (session.said, session.offer))
    assert Session.of(session.attributes()) == session


@pytest.mark.parametrize("version", [None, 0, VERSION + 1, "1", "", [], {}])
def test_attributes_of_another_version_are_a_new_session(version: Any) -> None:
    attributes = Session(answer="hospice", slow=True).attributes()
    assert Session.of(attributes | {"version": version}) == Session()
    del attributes["version"]
    assert Session.of(attributes) == Session()


@pytest.mark.parametrize("key", KEYS[1:])
def test_one_attribute_that_does_not_fit_leaves_the_others(key: str) -> None:
    session = Session("hospice", Said("answer", ("a",)), Said("more", ("a",)), ("b",), ("c",), True, 2, True)
    read = Session.of(session.attributes() | {key: {"not": "fitting"}})
    assert getattr(read, key) == getattr(Session(), key)
    assert [name for name in KEYS[1:] if getattr(read, name) != getattr(session, name)] == [key]


@pytest.mark.parametrize("value", [[], [""], [1], ["answer", None], "answer", {"kind": "answer"}, None])
def test_what_was_said_is_a_kind_and_ids_or_nothing(value: Any) -> None:
    assert Session.of({"version": VERSION, "said": value}).said is None


def test_a_new_answer_puts_the_one_before_on_the_trail() -> None:
    session = Session().turned_to("a").turned_to("b").turned_to("b").turned_to("c")
    assert (session.answer, session.trail) == ("c", ("a", "b"))


def test_the_trail_keeps_the_last_few() -> None:
    session = Session()
    for number in range(20):
        session = session.turned_to(str(number))
    assert session.trail == ("14", "15", "16", "17", "18")
    long = session.attributes() | {"trail": [str(number) for number in range(20)]}
    assert Session.of(long).trail == ("15", "16", "17", "18", "19")


def test_a_session_is_small() -> None:
    id = "a-rather-long-id-of-an-answer-as-they-come"
    session = Session(id, Said("answer", (id,)), Said("more", (id,)), (id,) * 3, (id,) * TRAIL, True, 3, True)
    assert len(json.dumps(session.attributes())) < 1000
