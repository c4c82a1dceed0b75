"""The safety ear hears every sign, in any wording, and stays quiet at ordinary questions.

The tables beside this file (safety/) hold our own phrases; the dossier's are tried too where it is at hand.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from skill.find.safety import Caution, Crisis, Emergency, hear
from skill.safeguards import Safeguards, build, load

CONTENT = Path(__file__).parent.parent / "skill" / "content" / "en"
TABLES = Path(__file__).parent / "safety"
DOSSIER = Path(__file__).parents[2] / "shared" / "facts" / "safety.yaml"
LOCALES = ("en-US", "es-US", "en-GB", "en-CA", "en-AU", "en-IN", "en-IE", "en-NZ", "xx-XX", "")
# The dossier files this phrase under team_now; its own note sends it up: "Sudden, hard as a board: call_now."
SENT_UP = {"the pain in my belly came suddenly and it's hard as a board"}


def rows(name: str) -> list[tuple[str, ...]]:
    lines = (TABLES / name).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line.strip() and not line.startswith("#")]


@cache
def safeguards() -> Safeguards:
    loaded, faults = load(CONTENT)
    assert faults == []
    return loaded


@pytest.mark.parametrize(("sign", "said"), rows("emergencies.tsv"))
def test_an_emergency_is_heard(sign: str, said: str) -> None:
    heard = hear(safeguards(), said)
    assert isinstance(heard, Emergency), f"{sign}: {heard}"
    assert heard.wording in safeguards().texts


@pytest.mark.parametrize(("kind", "said"), rows("crises.tsv"))
def test_a_crisis_is_heard(kind: str, said: str) -> None:
    heard = hear(safeguards(), said)
    if kind == "attempt":
        assert isinstance(heard, Emergency)
        assert heard.wording in ("attempt", "attempt_other")
    else:
        assert isinstance(heard, Crisis), heard
        assert heard.wording in safeguards().texts


@pytest.mark.parametrize(("line", "answer", "said"), rows("cautions.tsv"))
def test_a_caution_goes_with_its_answer(line: str, answer: str, said: str) -> None:
    heard = hear(safeguards(), said)
    assert isinstance(heard, Caution), heard
    assert (heard.line, heard.answer or "-") == (line, answer)
    assert heard.wording in safeguards().texts


@pytest.mark.parametrize("said", [row[0] for row in rows("ordinary.txt")])
def test_an_ordinary_sentence_raises_no_alarm(said: str) -> None:
    assert not isinstance(hear(safeguards(), said), Emergency | Crisis)


@pytest.mark.parametrize("name", ["emergencies.tsv", "crises.tsv", "cautions.tsv", "ordinary.txt"])
def test_no_phrase_is_listed_twice(name: str) -> None:
    said = [row[-1] for row in rows(name)]
    assert len(said) == len(set(said))


# -- the dossier ---------------------------------------------------------------------------------------


def dossier(part: str) -> Iterator[tuple[str, str, str]]:
    """Signs as (tier, id, phrase) or look-alikes as ("", "", phrase), read by the dossier's own layout."""
    here, sign, tier = "", "", ""
    for line in DOSSIER.read_text(encoding="utf-8").splitlines() if DOSSIER.exists() else ():
        if found := re.match(r"  (\w+):", line):
            here = found[1]
        elif found := re.match(r"    - id: (\S+)", line):
            sign = found[1]
        elif found := re.match(r"      tier: (\S+)", line):
            tier = found[1]
        elif here == part == "signs" and (found := re.match(r"        - (.*)", line)):
            yield tier, sign, unquoted(found[1])
        elif here == part == "look_alikes" and (found := re.match(r"      - phrase: (.*)", line)):
            yield from (("", "", phrase) for phrase in unquoted(found[1]).split(" / "))


def unquoted(text: str) -> str:
    return text.strip().strip("'").replace("''", "'")


needs_dossier = pytest.mark.skipif(not DOSSIER.exists(), reason="the safety dossier (../shared) is not here")


@needs_dossier
def test_every_sign_of_the_dossier_is_heard_as_labelled() -> None:
    wrong = []
    for tier, sign, said in dossier("signs"):
        heard = hear(safeguards(), said)
        if tier in ("call_now", "call_911_and_crisis") or said in SENT_UP:
            right = isinstance(heard, Emergency)
        elif tier == "crisis_now":
            right = isinstance(heard, Crisis)
        else:
            right = isinstance(heard, Caution) and heard.line == "team_now"
        if not right:
            wrong.append((sign, said, heard))
    assert wrong == []


@needs_dossier
def test_every_look_alike_of_the_dossier_raises_no_alarm() -> None:
    phrases = [said for _, _, said in dossier("look_alikes")]
    assert len(phrases) > 80
    assert [said for said in phrases if isinstance(hear(safeguards(), said), Emergency | Crisis)] == []


# -- properties ----------------------------------------------------------------------------------------

SAID = [row[-1] for name in ("emergencies.tsv", "crises.tsv", "cautions.tsv", "ordinary.txt") for row in rows(name)]


@given(st.text(max_size=300))
@example("")
@example("\u200b\u202e \U0001f480 i can\u2019t breathe")
@example("$ ^ & ~ [cannot] (a|b)")
def test_any_string_is_heard_without_fault_and_always_the_same(said: str) -> None:
    assert hear(safeguards(), said) == hear(safeguards(), said)


@given(
    st.sampled_from(SAID), st.sampled_from(["", ".", "!", "?", "...", " ", "!?"]), st.sampled_from([" ", "   ", "\t"])
)
def test_case_spaces_and_closing_marks_do_not_matter(said: str, close: str, space: str) -> None:
    plain = hear(safeguards(), said)
    assert hear(safeguards(), said.upper() + close) == plain
    assert hear(safeguards(), space + space.join(said.split()) + close) == plain
    assert hear(safeguards(), said.replace("'", "\u2019")) == plain


@given(
    st.sampled_from([row[-1] for row in rows("emergencies.tsv")]), st.sampled_from(["alexa", "um", "okay", "please"])
)
def test_a_filler_word_before_an_emergency_does_not_hide_it(said: str, filler: str) -> None:
    assert isinstance(hear(safeguards(), f"{filler} {said}"), Emergency)


def test_two_hundred_words_are_heard_to_the_end() -> None:
    rambling = "we were talking about the garden and the weather and my sister came over for tea " * 12
    assert isinstance(hear(safeguards(), f"{rambling} and now she can't breathe"), Emergency)
    assert hear(safeguards(), rambling) is None


def test_an_emergency_goes_before_a_crisis() -> None:
    assert isinstance(hear(safeguards(), "i can't breathe and i want to die"), Emergency)


# -- what is said --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", safeguards().texts)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_text_is_whole_in_every_country(key: str, locale: str) -> None:
    said = safeguards().text(key, locale)
    assert "{" not in said + safeguards().reprompt(key, locale)
    assert not re.search(r"\d", said), "spoken numbers are written in words"
    assert len(said.split()) <= 75


@pytest.mark.parametrize("key", safeguards().texts)
def test_whom_to_call_comes_early(key: str) -> None:
    """Within two sentences; after the one plain question in the texts that ask it (the dossier's own order)."""
    sentences = re.split(r"(?<=[.!?])\s+", safeguards().texts[key].say)
    early = " ".join(sentences[: 3 if "May I ask" in " ".join(sentences[:2]) else 2])
    assert any(call in early for call in ("{", "hospice", "care team", "cancer team")), early


@pytest.mark.parametrize(
    ("locale", "number"),
    [("en-US", "911"), ("es-US", "911"), ("en-CA", "911"), ("en-GB", "999"), ("en-AU", "000"), ("en-NZ", "111"),
     ("en-IN", "112"), ("en-IE", "112"), ("fr-FR", "your local emergency number"), ("", "your local emergency number")],
)  # fmt: skip
def test_the_number_is_that_of_the_country(locale: str, number: str) -> None:
    assert number in safeguards().text("emergency", locale, spoken=False)


def test_the_two_safety_answers_are_there() -> None:
    assert set(safeguards().cards) == {"emergency", "crisis"}


def test_no_text_names_a_means_or_a_dose() -> None:
    said = " ".join(text.say + text.reprompt for text in safeguards().texts.values()).casefold()
    assert not re.search(r"\b(milligram|mg|overdose of|gun|rope|bridge|razor|morphine|fentanyl)\b", said)


# -- faults --------------------------------------------------------------------------------------------


def tables() -> tuple[dict[str, Any], dict[str, Any]]:
    safety, regions = (
        tomllib.loads((CONTENT / name).read_text(encoding="utf-8")) for name in ("safety.toml", "regions.toml")
    )
    return safety, regions


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda safety, regions: safety["words"].pop("joiner"), "words.joiner is missing"),
        (lambda safety, regions: safety["texts"].pop("cord"), "texts.cord is missing"),
        (lambda safety, regions: safety["texts"]["cord"].update(say="word " * 61), "more than 60 words"),
        (lambda safety, regions: safety["texts"]["cord"].update(say="Call {mother}."), "{mother} is not a number"),
        (lambda safety, regions: safety["signs"][0].update(tier="soon"), "tier must be one of"),
        (lambda safety, regions: safety["signs"][0].update(alarm=["[gone_list] a"]), "nothing named [gone_list]"),
        (lambda safety, regions: safety["signs"][0].update(alarm=["a & "]), "a side of '&' is empty"),
        (lambda safety, regions: safety["signs"][0].update(alarm=["(a|(b|c))"]), "brackets"),
        (lambda safety, regions: safety["signs"][0].update(alarm=["can't breathe"]), "apostrophe"),
        (lambda safety, regions: regions["US"].pop("crisis"), "US.crisis: name is missing"),
        (lambda safety, regions: regions["US"]["emergency"].update(spoken="911"), "in words, not digits"),
        (lambda safety, regions: regions["US"].pop("reviewed"), "reviewed must be a date"),
        (lambda safety, regions: regions["US"]["sources"][0].update(url="http://a.b"), "must begin with https"),
    ],
)  # fmt: skip
def test_a_fault_is_told_in_a_sentence(change: Any, fault: str) -> None:
    safety, regions = tables()
    change(safety, regions)
    assert any(fault in told for told in build(safety, regions)[1])


def test_a_missing_folder_is_a_fault() -> None:
    _, faults = load(Path("/nowhere"))
    assert [fault.split(":")[0] for fault in faults] == ["safety.toml", "regions.toml"]
