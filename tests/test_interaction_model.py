"""The interaction model: what is compiled from the content, what the lint catches, whether the file is up to date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interaction_model import lint
from interaction_model.__main__ import MODEL, main
from interaction_model.compile import compile_model, spoken, values
from interaction_model.invocation import invocation_faults
from interaction_model.lint import faults
from interaction_model.schema import VALUE_LENGTH, written
from skill.catalogue import Answer, Cancer, Catalogue, Intent, Need, Organization, Site
from skill.loading import CONTENT, load

Model = dict[str, Any]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def model(catalogue: Catalogue) -> Model:
    return compile_model(catalogue)


def answer(id: str, name: str, asks: tuple[str, ...], terms: tuple[str, ...] = (), **more: Any) -> Answer:
    """An answer of which only the words that people say for it matter."""
    told = {"title": name, "say": "…", "more": "…", "next": (), "help": (), "links": (), "sources": ()}
    values = told | {"group": "basics", "reviewed": date(2026, 11, 22)} | more
    return Answer(id=id, name=name, asks=asks, terms=terms, **values)


def organization(id: str, name: str, title: str, terms: tuple[str, ...]) -> Answer:
    reach = Organization("active", "https://example.org", ("rides",), ("US",), (), (), ("en",))
    return answer(id, name, (f"what is {name.lower()}",), terms, title=title, organization=reach)


@pytest.fixture
def small(catalogue: Catalogue) -> Catalogue:
    """A content that can be read at a glance."""
    hospice = answer(
        "hospice", "hospice care", tuple(f"what is hospice {n}" for n in "abcdefghijklmnopqrstuvwxyz"), ("hospice",)
    )
    society = organization("org-acs", "the American Cancer Society", "ACS (American Cancer Society)", ("acs", "a c s"))
    return replace(
        catalogue,
        answers={"hospice": hospice, "org-acs": society},
        cancers={"breast": Cancer("breast", "breast cancer", ("breast", "boob"), answer="hospice")},
        sites={"bone": Site("bone", "the bones", "hospice", ("bone", "bones"))},
        needs={"rides": Need("rides", "rides to treatment", "hospice", ("rides", "a ride"))},
        intents={
            "DefineIntent": Intent("DefineIntent", ("what is {topic}",), {"topic": "TOPIC"}),
            "AMAZON.HelpIntent": Intent("AMAZON.HelpIntent"),
        },
    )


def language(model: Model) -> Model:
    found: Model = model["interactionModel"]["languageModel"]
    return found


def words(model: Model, kind: str) -> dict[str, list[str]]:
    """The words of a type by id, the name first."""
    [found] = [one for one in language(model)["types"] if one["name"] == kind]
    return {value["id"]: [value["name"]["value"], *value["name"].get("synonyms", [])] for value in found["values"]}


# What is compiled


def test_an_intent_keeps_its_slots_and_samples_and_a_built_in_one_has_none(small: Catalogue) -> None:
    assert language(compile_model(small))["intents"] == [
        {"name": "DefineIntent", "slots": [{"name": "topic", "type": "TOPIC"}], "samples": ["what is {topic}"]},
        {"name": "AMAZON.HelpIntent", "samples": []},
    ]


def test_a_question_is_listed_with_its_first_twenty_asks_and_its_terms(small: Catalogue) -> None:
    questions = words(compile_model(small), "QUESTION")
    assert questions["hospice"] == [*(f"what is hospice {n}" for n in "abcdefghijklmnopqrst"), "hospice"]
    assert questions["org-acs"] == ["what is the american cancer society", "acs", "a c s"]


def test_a_topic_is_any_answer_but_an_organization(small: Catalogue) -> None:
    assert words(compile_model(small), "TOPIC") == {"hospice": ["hospice care", "hospice"]}


def test_an_organization_is_known_by_its_name_its_terms_and_its_title(small: Catalogue) -> None:
    assert words(compile_model(small), "ORGANIZATION") == {
        "org-acs": ["the american cancer society", "acs", "a c s", "acs american cancer society"]
    }


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("CANCER", {"breast": ["breast", "boob"]}),
        ("SITE", {"bone": ["bone", "bones"]}),
        ("NEED", {"rides": ["rides", "a ride"]}),
    ],
)
def test_cancers_sites_and_needs_are_known_by_their_terms(
    small: Catalogue, kind: str, expected: dict[str, list[str]]
) -> None:
    assert words(compile_model(small), kind) == expected


def test_countries_and_places_in_a_list_are_understood(small: Catalogue) -> None:
    model = compile_model(small)
    assert "britain" in words(model, "COUNTRY")["GB"]
    assert "number one" in words(model, "WHICH")["first"]
    assert "latter" in words(model, "WHICH")["second"]


def test_the_same_content_makes_the_same_text(small: Catalogue) -> None:
    assert written(compile_model(small)) == written(compile_model(small))


def test_words_that_two_claim_belong_to_the_first_and_a_name_wins() -> None:
    claimed = {"pain": ("pain", "sore", "mets"), "bone": ("bone", "sore", "pain"), "spread": ("mets",)}
    assert values(claimed) == [
        {"id": "pain", "name": {"value": "pain", "synonyms": ["sore"]}},
        {"id": "bone", "name": {"value": "bone"}},
        {"id": "spread", "name": {"value": "mets"}},
    ]


def test_what_has_no_words_of_its_own_is_no_value() -> None:
    assert [value["id"] for value in values({"pain": ("pain",), "ache": ("pain",), "empty": ()})] == ["pain"]


def test_words_too_long_for_alexa_are_left_out() -> None:
    assert values({"pain": ("pain", "a" * (VALUE_LENGTH + 1))}) == [{"id": "pain", "name": {"value": "pain"}}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CT scans", "ct scans"),
        ("c t scan", "c t scan"),
        ("988 Suicide & Crisis Lifeline", "nine eight eight suicide and crisis lifeline"),
        ("GO2 for Lung Cancer", "go two for lung cancer"),
        ("Cancer Council (Australia)", "cancer council australia"),
        ("Gilda’s Club", "gilda's club"),
        ("co-pays?", "co-pays"),
        ("Société canadienne", "société canadienne"),
        ("— ! —", ""),
    ],
)
def test_words_are_written_as_alexa_hears_them(text: str, said: str) -> None:
    assert spoken(text) == said


@given(st.text())
def test_whatever_is_written_becomes_words_that_alexa_takes(text: str) -> None:
    broken = minimal()
    kind = language(broken)["types"][0]
    kind["values"] += values({"anything": (text[:VALUE_LENGTH],)})
    assert [fault for fault in faults(broken) if fault.startswith(("5.4", "5.7"))] == []


# What the lint catches


def minimal() -> Model:
    """The smallest model without a fault."""
    return {
        "interactionModel": {
            "languageModel": {
                "invocationName": "cancer guide",
                "modelConfiguration": {"fallbackIntentSensitivity": {"level": "MEDIUM"}},
                "intents": [
                    {
                        "name": "AskIntent",
                        "slots": [{"name": "topic", "type": "TOPIC"}],
                        "samples": ["what is {topic}"],
                    },
                    {"name": "ThanksIntent", "samples": ["thanks a lot"]},
                    *({"name": name, "samples": []} for name in sorted(lint.REQUIRED)),
                ],
                "types": [{"name": "TOPIC", "values": [{"id": "pain", "name": {"value": "pain"}}]}],
            }
        }
    }


def test_a_good_model_has_no_fault() -> None:
    assert faults(minimal()) == []


def say(sample: str) -> Callable[[Model], None]:
    """Adds a sample to the intent with a slot."""
    return lambda model: language(model)["intents"][0]["samples"].append(sample)


def thank(sample: str) -> Callable[[Model], None]:
    """Adds a sample to the intent without a slot."""
    return lambda model: language(model)["intents"][1]["samples"].append(sample)


def add_intent(name: str, *samples: str, **slots: str) -> Callable[[Model], None]:
    declared = [{"name": slot, "type": kind} for slot, kind in slots.items()]
    return lambda model: language(model)["intents"].append({"name": name, "slots": declared, "samples": list(samples)})


def add_type(name: str, *said: str) -> Callable[[Model], None]:
    made = [{"name": {"value": word}} for word in said]
    return lambda model: language(model)["types"].append({"name": name, "values": made})


def add_value(id: str, *said: str) -> Callable[[Model], None]:
    value = {"id": id, "name": {"value": said[0], "synonyms": list(said[1:])}}
    return lambda model: language(model)["types"][0]["values"].append(value)


def put(key: str, value: Any) -> Callable[[Model], None]:
    return lambda model: language(model).update({key: value})


def ask_for(intent: str, slot: str) -> Callable[[Model], None]:
    """Lets Alexa ask for a slot by herself."""
    asking = {"name": intent, "slots": [{"name": slot, "type": "TOPIC", "elicitationRequired": False}]}
    return lambda model: model["interactionModel"].update({"dialog": {"intents": [asking]}})


def drop_help(model: Model) -> None:
    language(model)["intents"] = [
        intent for intent in language(model)["intents"] if intent["name"] != "AMAZON.HelpIntent"
    ]


def both(*changes: Callable[[Model], None]) -> Callable[[Model], None]:
    def change_all(model: Model) -> None:
        for change in changes:
            change(model)

    return change_all


WORDS = [
    f"{a}{b}{c}"
    for a in "abcdefghijklmnopqrstuvwxyz"
    for b in "abcdefghijklmnopqrstuvwxyz"
    for c in "abcdefghijklmnopqrst"
]
BROKEN = [
    ("5.1", put("wakeWord", "alexa"), "wakeWord"),
    ("5.1", put("invocationName", 7), "invocationName"),
    ("5.1", put("modelConfiguration", {"fallbackIntentSensitivity": {"level": "EXTREME"}}), "EXTREME"),
    ("5.1", lambda model: language(model).pop("intents"), "intents"),
    ("5.1", lambda model: language(model)["intents"][0]["slots"][0].update(typ="TOPIC"), "intents.0.slots.0.typ"),
    ("5.2", both(*(add_intent(f"Intent_{word}", f"say {word}") for word in WORDS[:60])), "67 intents"),
    ("5.3", both(add_type("WORD", *WORDS)), "values and synonyms, more than"),
    ("5.4", both(add_type("WORD", *(f"{word} {'a' * 95}" for word in WORDS[:9_900]))), "bytes"),
    ("5.4", thank("thanks " + "very " * 40 + "much"), "very very"),
    ("5.4", add_value("long", "a" * 101), "aaa"),
    ("5.6", add_type("EMPTY"), "EMPTY"),
    ("5.7", thank("thanks!"), "'thanks!'"),
    ("5.7", thank("thanks, really"), "'thanks, really'"),
    ("5.7", thank("is that all?"), "'is that all?'"),
    ("5.7", thank("2 thanks"), "'2 thanks'"),
    ("5.7", thank("thanks for 2"), "'thanks for 2'"),
    ("5.7", thank("'thanks"), "thanks"),
    ("5.7", thank("ｔｈａｎｋｓ"), "ｔｈａｎｋｓ"),
    ("5.7", thank(""), "ThanksIntent"),
    ("5.7", say("what is {topic"), "'what is {topic'"),
    ("5.7", add_value("dollar", "$100"), "'$100'"),
    ("5.7", add_value("blank", " "), "TOPIC"),
    ("5.8", say("what is a {topic}s"), "'what is a {topic}s'"),
    ("5.8", say("what is {topic}'s cause"), "{topic}'s"),
    ("5.8", say("the-{topic}"), "the-{topic}"),
    ("5.9", say("what is {thing}"), "thing"),
    ("5.9", add_intent("SpreadIntent", "where {site}", site="SITE"), "SITE"),
    ("5.9", add_intent("StateIntent", "in {state}", state="AMAZON.US_STATES"), "AMAZON.US_STATES"),
    ("5.9", add_intent("WhenIntent", "when {topic}", topic="AMAZON.DATE"), "AMAZON.DATE"),
    ("5.10", add_intent("Intent2", "go on"), "Intent2"),
    ("5.10", add_intent("AMAZON.HelpMeIntent"), "AMAZON.HelpMeIntent"),
    ("5.10", add_intent("ThanksIntent", "cheers"), "ThanksIntent"),
    ("5.10", add_intent("ToldIntent", "tell {topic-b}", **{"topic-b": "TOPIC"}), "topic-b"),
    ("5.10", lambda model: language(model)["intents"][0]["slots"].append({"name": "topic", "type": "TOPIC"}), "topic"),
    ("5.10", add_type("AMAZON.Pain", "pain"), "AMAZON.Pain"),
    ("5.10", add_type("TOPIC", "ache"), "TOPIC"),
    ("5.10", add_value("pain", "ache"), "pain"),
    ("5.11", thank("Thanks a  lot"), "Thanks a  lot"),
    ("5.11", add_intent("DefineIntent", "what is {topic}", topic="TOPIC"), "AskIntent"),
    ("5.12", add_intent("SearchIntent", "{query}", query=lint.SEARCH), "{query}"),
    ("5.12", add_intent("SearchIntent", "find {query}", query=lint.SEARCH, topic="TOPIC"), "SearchIntent"),
    (
        "5.12",
        add_intent("SearchIntent", "find {query} on {topic}", query=lint.SEARCH, topic="TOPIC"),
        "find {query} on {topic}",
    ),
    (
        "5.13",
        both(
            add_intent("SearchIntent", "find {query}", query=lint.SEARCH),
            add_intent("SeekIntent", "seek {query}", query=lint.SEARCH),
        ),
        "SearchIntent, SeekIntent",
    ),
    ("5.13", add_intent("SearchIntent", "thanks {query}", query=lint.SEARCH), "thanks a lot"),
    ("5.16", ask_for("LostIntent", "topic"), "LostIntent"),
    ("5.16", ask_for("AskIntent", "site"), "site"),
    ("5.17", say("what is pain"), "what is pain"),
    ("5.18", add_value("ache", "ache", "Pain"), "pain"),
    ("5.19", drop_help, "AMAZON.HelpIntent"),
    ("5.20", add_intent("AMAZON.YesIntent", "yes indeed"), "yes indeed"),
    ("5.25", put("invocationName", "guide"), "guide"),
]


@pytest.mark.parametrize(
    ("rule", "break_it", "named"), BROKEN, ids=[f"{rule}-{named[:25]}" for rule, _, named in BROKEN]
)
def test_a_broken_rule_is_named_with_what_broke_it(rule: str, break_it: Callable[[Model], object], named: str) -> None:
    broken = minimal()
    break_it(broken)
    assert any(fault.startswith(f"{rule} ") and named in fault for fault in faults(broken)), faults(broken)


@pytest.mark.parametrize(("rule", "locale"), [("5.21", "fr-FR"), ("5.23", "es-419"), ("5.23", "en-us")])
def test_a_locale_that_alexa_does_not_take_is_a_fault(rule: str, locale: str) -> None:
    assert any(fault.startswith(rule) for fault in faults(minimal(), locale))


@pytest.mark.parametrize("locale", ["en-US", "en-GB", "en-AU", "en-CA", "en-IN", "de-DE"])
def test_the_sensitivity_of_fallback_may_be_set_in_english_and_german(locale: str) -> None:
    assert faults(minimal(), locale) == []


def test_a_model_without_shape_is_judged_by_its_shape_alone() -> None:
    assert all(fault.startswith("5.1 ") for fault in faults({"interactionModel": {}, "extra": 1}))


@pytest.mark.parametrize(
    "change",
    [
        ask_for("AskIntent", "topic"),
        add_intent("SearchIntent", "search for {query}", query=lint.SEARCH),
        add_intent("StateIntent", "in {state}", state="AMAZON.US_STATE"),
        lambda model: language(model)["intents"][0]["slots"][0].update(multipleValues={"enabled": True}),
        thank("dr. o'neal's co-pay"),
        say("{topic}"),
        add_value("ache", "ache", "société"),
    ],
)
def test_what_amazon_allows_is_no_fault(change: Callable[[Model], object]) -> None:
    changed = minimal()
    change(changed)
    assert faults(changed) == []


@pytest.mark.parametrize(
    "name",
    ["cancer guide", "daily horoscopes", "molly's horoscope", "seattle spotlight", "n. p. r. news", "sam's market"],
)
def test_a_good_invocation_name(name: str) -> None:
    assert invocation_faults(name) == []


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("horoscope", "one word"),
        ("molly", "one word"),
        ("seattle", "one word"),
        ("the bookie", "article"),
        ("a bicycle", "article"),
        ("an espresso", "article"),
        ("to amuse", "preposition"),
        ("for fun", "preposition"),
        ("trivia game for star wars", "connects"),
        ("word skills", "Alexa's own"),
        ("cancer guide app", "Alexa's own"),
        ("echo guide", "Alexa's own"),
        ("new york", "place"),
        ("open cancer guide", "launches"),
        ("start over", "command"),
        ("go home", "command"),
        ("Cancer Guide", "lower-case"),
        ("cancer guide 2", "lower-case"),
        ("npr. news", "lower-case"),
        ("cancer  guide", "lower-case"),
        ("cancer-guide help", "lower-case"),
        ("c", "2 to 50"),
        ("cancer " * 8 + "guide", "2 to 50"),
    ],
)
def test_a_bad_invocation_name(name: str, because: str) -> None:
    assert any(because in fault for fault in invocation_faults(name)), invocation_faults(name)


# The model of the real content


def test_the_real_model_has_no_fault(model: Model) -> None:
    assert faults(model) == []


def test_every_answer_can_be_asked_for_by_its_first_ask(catalogue: Catalogue, model: Model) -> None:
    names = {id: said[0] for id, said in words(model, "QUESTION").items()}
    assert names == {id: spoken(answer.asks[0]) for id, answer in catalogue.answers.items()}


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        ("TOPIC", lambda catalogue: set(catalogue.answers) - set(catalogue.organizations)),
        ("ORGANIZATION", lambda catalogue: set(catalogue.organizations)),
        ("CANCER", lambda catalogue: set(catalogue.cancers)),
        ("SITE", lambda catalogue: set(catalogue.sites)),
        ("NEED", lambda catalogue: set(catalogue.needs)),
        ("COUNTRY", lambda _: {"US", "CA", "GB", "IE", "AU", "IN", "NZ"}),
        ("WHICH", lambda _: {"first", "second", "third", "last", "that", "both"}),
    ],
)
def test_everything_that_has_a_name_can_be_named(
    catalogue: Catalogue, model: Model, kind: str, ids: Callable[[Catalogue], set[str]]
) -> None:
    assert set(words(model, kind)) == ids(catalogue)


def test_every_intent_of_the_content_is_in_the_model(catalogue: Catalogue, model: Model) -> None:
    assert [intent["name"] for intent in language(model)["intents"]] == list(catalogue.intents)


def test_all_values_are_lower_case(model: Model) -> None:
    said = [word for kind in language(model)["types"] for one in words(model, kind["name"]).values() for word in one]
    assert [word for word in said if word != word.lower()] == []


# The file


def test_the_committed_file_is_what_the_content_makes(model: Model) -> None:
    assert MODEL.read_text(encoding="utf-8") == written(model), "run make model"


def test_a_fresh_file_passes_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "en-US.json"
    assert main([], file=file) == 0
    assert "values and synonyms" in capsys.readouterr().out
    assert main(["--check"], file=file) == 0
    assert capsys.readouterr().out == ""


def test_a_stale_or_missing_file_fails_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "en-US.json"
    assert main(["--check"], file=file) == 1
    assert "is missing" in capsys.readouterr().out
    file.write_text("{}\n", encoding="utf-8")
    assert main(["--check"], file=file) == 1
    assert "run make model" in capsys.readouterr().out
    assert file.read_text(encoding="utf-8") == "{}\n"


def test_a_fault_of_the_content_is_said_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], content=tmp_path, file=tmp_path / "en-US.json") == 1
    assert "asking.toml: the file is missing" in capsys.readouterr().out
    assert not (tmp_path / "en-US.json").exists()


def test_a_fault_of_the_model_is_said_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = copytree(CONTENT, tmp_path / "content")
    with (content / "asking.toml").open("a", encoding="utf-8") as asking:
        asking.write('\n[WonderIntent]\nsamples = ["why?"]\n')
    assert main([], content=content, file=tmp_path / "en-US.json") == 1
    assert "5.7 WonderIntent: 'why?'" in capsys.readouterr().out
    assert not (tmp_path / "en-US.json").exists()
