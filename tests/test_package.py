"""The package for the store: it has no fault, each broken rule is named, and its example phrases are answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from interaction_model.__main__ import main
from interaction_model.icon import SVG, png, svg
from interaction_model.manifest import faults, missing
from interaction_model.package import ASSETS, MANIFEST, MODELS, RESOURCES, project, write
from skill.catalogue import Catalogue
from skill.simulator.understand import Understanding
from tests.alexa import Alexa

ENDPOINT = "https://cancerguide.example.org/alexa"
LOCALES = ["en-US", "en-GB", "en-CA", "en-AU", "en-IN"]
Files = dict[str, bytes]
Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def whole(catalogue: Catalogue) -> Files:
    return dict(project(catalogue, ENDPOINT, None))


@pytest.fixture(scope="module")
def little(catalogue: Catalogue) -> Files:
    """The package of a content of two answers, which is sooner judged."""
    few = {id: catalogue.answers[id] for id in ("hospice", "org-acs")}
    return dict(project(replace(catalogue, answers=few), ENDPOINT, None))


@pytest.fixture
def files(little: Files) -> Files:
    """A package without a fault, to break."""
    return dict(little)


@pytest.fixture(scope="module")
def brands(catalogue: Catalogue) -> list[str]:
    return [answer.name.removeprefix("the ") for answer in catalogue.organizations.values()]


def manifest(files: Files) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(files[MANIFEST])["manifest"]
    return read


def changed(files: Files, path: str, change: Change) -> None:
    """Changes a JSON file of the project."""
    content = json.loads(files[path])
    change(content)
    files[path] = json.dumps(content).encode()


# The package as it is


def test_the_little_package_has_no_fault_either(little: Files, brands: list[str]) -> None:
    assert faults(little, brands) == []


def test_the_package_has_no_fault_and_lacks_nothing(whole: Files, brands: list[str]) -> None:
    assert faults(whole, brands) == []
    assert missing(whole) == []


def test_a_draft_without_addresses_has_no_fault_and_says_what_it_lacks(catalogue: Catalogue) -> None:
    draft = project(catalogue, None, None)
    assert faults(draft) == []
    assert [fault[:3] for fault in missing(draft)] == ["1.1", *["6.9"] * len(LOCALES)]


def test_every_locale_has_a_model_a_text_and_pages(whole: Files) -> None:
    assert [f"{MODELS}/{locale}.json" for locale in LOCALES] == [path for path in whole if path.startswith(MODELS)]
    assert list(manifest(whole)["publishingInformation"]["locales"]) == LOCALES
    assert list(manifest(whole)["privacyAndCompliance"]["locales"]) == LOCALES


@pytest.mark.parametrize(
    ("endpoint", "base_url", "asked", "pages"),
    [
        (ENDPOINT, None, ENDPOINT, "https://cancerguide.example.org"),
        (None, "https://cancerguide.example.org/", ENDPOINT, "https://cancerguide.example.org"),
        (ENDPOINT, "https://pages.example.org", ENDPOINT, "https://pages.example.org"),
        ("https://a.example.org/x/alexa", None, "https://a.example.org/x/alexa", "https://a.example.org/x"),
    ],
)
def test_the_addresses_come_from_what_is_said(
    catalogue: Catalogue, endpoint: str | None, base_url: str | None, asked: str, pages: str
) -> None:
    told = manifest(dict(project(catalogue, endpoint, base_url)))
    assert told["apis"]["custom"]["endpoint"] == {"uri": asked, "sslCertificateType": "Trusted"}
    for page in told["privacyAndCompliance"]["locales"].values():
        assert page == {"privacyPolicyUrl": f"{pages}/privacy", "termsOfUseUrl": f"{pages}/terms"}


def test_a_lambda_function_is_an_endpoint_without_a_certificate(catalogue: Catalogue) -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:cancer-guide"
    made = project(catalogue, arn, "https://cancerguide.example.org")
    assert manifest(dict(made))["apis"]["custom"]["endpoint"] == {"uri": arn}
    assert faults(made) == missing(made) == []


def test_the_pages_that_the_store_links_to_are_served_and_name_the_skill(app: Flask, whole: Files) -> None:
    for page in manifest(whole)["privacyAndCompliance"]["locales"].values():
        for url in page.values():
            shown = app.test_client().get(url.removeprefix("https://cancerguide.example.org"))
            assert shown.status_code == 200
            assert "Cancer Guide" in shown.text


@pytest.mark.parametrize(("locale", "number"), [*zip(LOCALES, ["911", "999 or 112", "911", "000", "112"], strict=True)])
def test_the_description_names_the_emergency_number_of_the_country(whole: Files, locale: str, number: str) -> None:
    description = manifest(whole)["publishingInformation"]["locales"][locale]["description"]
    assert f"emergency, call {number} from a phone right away" in description


def test_outside_the_us_british_spelling_is_understood_and_shown(whole: Files) -> None:
    texts = manifest(whole)["publishingInformation"]["locales"]
    for locale, said in (("en-US", "find a cancer center in ohio"), ("en-GB", "find a cancer centre in ohio")):
        understood = Understanding(json.loads(whole[f"{MODELS}/{locale}.json"])).understand(said)
        assert (understood.intent, understood.slots["state"].id) == ("CenterIntent", "OH")
    assert "organizations" in texts["en-US"]["description"]
    assert "organisations" in texts["en-GB"]["description"]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_example_phrases_are_answered(app: Flask, whole: Files, locale: str) -> None:
    understanding = Understanding(json.loads(whole[f"{MODELS}/{locale}.json"]))
    opens, *asks = manifest(whole)["publishingInformation"]["locales"][locale]["examplePhrases"]
    welcome = Alexa(app, understanding, locale).says(opens)
    assert welcome.speech.startswith("Welcome to Cancer Guide.")
    assert not welcome.ended
    on_topic = {"what is hospice": "hospice", "who can help with rides": "rides", "where does breast": "breast cancer"}
    for phrase in asks:
        [word] = [word for words, word in on_topic.items() if words in phrase]
        turn = Alexa(app, understanding, locale).says(phrase)
        assert word in turn.speech.lower()
        assert turn.ended
        assert turn.card is not None


def test_the_model_in_the_package_is_the_one_that_is_committed(whole: Files) -> None:
    committed = Path(__file__).parents[1] / "interaction_model" / "en-US.json"
    assert whole[f"{MODELS}/en-US.json"] == committed.read_bytes()


# What is broken is named


def of_manifest(change: Change) -> Callable[[Files], None]:
    return lambda files: changed(files, MANIFEST, lambda content: change(content["manifest"]))


def put(where: str, value: Any) -> Callable[[Files], None]:
    """Sets what lies at a dotted place of the manifest."""

    def change(told: dict[str, Any]) -> None:
        *path, last = where.split(".")
        for step in path:
            told = told[step]
        told[last] = value

    return of_manifest(change)


def text(key: str, value: Any) -> Callable[[Files], None]:
    return put(f"publishingInformation.locales.en-GB.{key}", value)


def without(words: str) -> Callable[[Files], None]:
    """Takes words out of a description."""

    def change(told: dict[str, Any]) -> None:
        shown = told["publishingInformation"]["locales"]["en-GB"]
        assert words in shown["description"]
        shown["description"] = shown["description"].replace(words, "")

    return of_manifest(change)


def more(words: str) -> Callable[[Files], None]:
    """Adds words to a description."""

    def change(told: dict[str, Any]) -> None:
        told["publishingInformation"]["locales"]["en-GB"]["description"] += words

    return of_manifest(change)


def drop(path: str) -> Callable[[Files], object]:
    return lambda files: files.pop(path)


def file(path: str, content: bytes) -> Callable[[Files], None]:
    return lambda files: files.update({path: content})


def resources(change: Change) -> Callable[[Files], None]:
    return lambda files: changed(files, RESOURCES, lambda content: change(content["profiles"]["default"]))


def of_model(change: Change) -> Callable[[Files], None]:
    return lambda files: changed(
        files, f"{MODELS}/en-GB.json", lambda content: change(content["interactionModel"]["languageModel"])
    )


def lose(key: str) -> Callable[[Files], None]:
    """Takes the last intent or type out of one model."""
    return of_model(lambda model: model[key].pop())


def phrases(*said: str) -> Callable[[Files], None]:
    return text("examplePhrases", list(said))


OPEN, HOSPICE = "Alexa, open cancer guide", "Alexa, ask cancer guide what is hospice"
SPREAD = "Alexa, ask cancer guide where does breast cancer spread"
PRIVACY = "privacyAndCompliance"
PAGE = f"{PRIVACY}.locales.en-GB.privacyPolicyUrl"
BROKEN: list[tuple[str, Callable[[Files], object], str]] = [
    ("1.1", put("apis.custom.endpoint.uri", "http://cancerguide.example.org/alexa"), "http://"),
    ("1.1", put("apis.custom.endpoint.uri", "https://cancerguide.example.org:8443/alexa"), "8443"),
    ("1.1", put("apis.custom.endpoint.uri", "https://127.0.0.1/alexa"), "127.0.0.1"),
    ("1.1", put("apis.custom.endpoint.uri", "https://me:secret@cancerguide.example.org/alexa"), "me:secret"),
    ("1.1", put("apis.custom.endpoint.uri", "arn:aws:lambda:here"), "arn:aws:lambda:here"),
    ("1.19", put("events", {"subscriptions": [{"eventName": "SKILL_ENABLED"}]}), "events"),
    ("1.20", put("apis.custom.interfaces", [{"type": "CAN_FULFILL_INTENT_REQUEST"}]), "CAN_FULFILL"),
    ("3.9", put(PAGE, "https://myalexa.example.org/privacy"), "myalexa"),
    ("4.1", put("apis.custom.interfaces", []), "not declared"),
    ("4.1", put("apis.custom.interfaces", [{"type": "ALEXA_PRESENTATION_APL"}]), "supportedViewports"),
    ("4.1", of_manifest(lambda told: told["apis"]["custom"]["interfaces"][0]["supportedViewports"][0].update(
        minWidth=700)), "700 to 599"),
    ("5.24", drop(f"{MODELS}/en-GB.json"), "no model"),
    ("5.24", lambda files: files.update({f"{MODELS}/fr-FR.json": files[f"{MODELS}/en-GB.json"]}), "no text"),
    ("5.24", lose("intents"), "AMAZON.StartOverIntent"),
    ("5.24", of_model(lambda model: model["types"].append({"name": "X", "values": [{"name": {"value": "x"}}]})), "(X)"),
    ("5.25", of_model(lambda model: model.update(invocationName="the guide")), "en-GB"),
    ("6.1", put("surprise", True), "surprise"),
    ("6.1", of_manifest(lambda told: told.pop("permissions")), "permissions"),
    ("6.1", put("publishingInformation.distributionMode", "SECRET"), "distributionMode"),
    ("6.1", put("apis.custom.endpoint.sslCertificateType", "Homemade"), "sslCertificateType"),
    ("6.1", put("manifestVersion", "2.0"), "2.0"),
    ("6.1", of_manifest(lambda told: told[PRIVACY]["locales"].pop("en-GB")), "same locales"),
    ("6.2", text("name", "C"), "1 characters"),
    ("6.2", text("name", "C" * 51), "51 characters"),
    ("6.2", text("summary", "not medical advice " * 7), "summary"),
    ("6.2", more("more " * 800), "description"),
    ("6.2", text("keywords", [f"word {number}" for number in range(31)]), "31 keywords"),
    ("6.2", text("keywords", ["cancer", "cancer"]), "twice"),
    ("6.2", more("{emergency}"), "braces"),
    ("6.2", text("smallIconUri", "https://example.org/icon.png"), "https://example.org/icon.png"),
    ("6.2", text("largeIconUri", "file://assets/images/none.png"), "none.png"),
    ("6.2", file(f"{ASSETS}/images/icon-small.png", png(107)), "(107, 107)"),
    ("6.2", file(f"{ASSETS}/images/icon-large.png", b"GIF89a"), "no PNG"),
    ("6.3", phrases(OPEN, HOSPICE), "3 example phrases"),
    ("6.3", phrases(OPEN, HOSPICE, HOSPICE), "3 example phrases"),
    ("6.3", phrases(HOSPICE, OPEN, SPREAD), "the first"),
    ("6.3", phrases("Alexa, open cancer help", HOSPICE, SPREAD), "the first"),
    ("6.3", phrases(OPEN, HOSPICE, "Alexa, ask cancer guide what is love"), "love"),
    ("6.3", phrases(OPEN, "Alexa, ask cancer guide what is hospice?", SPREAD), "hospice?"),
    ("6.3", phrases(OPEN, "Alexa, ask cancer guide about hospice", SPREAD), "about hospice"),
    ("6.3", phrases(OPEN, "ask cancer guide what is hospice", SPREAD), "'ask cancer"),
    *(("6.4", put(f"{PRIVACY}.{key}", value), key) for key, value in {
        "allowsPurchases": True, "usesPersonalInfo": True, "isChildDirected": True, "isExportCompliant": False,
        "containsAds": True, "usesHealthInfo": True}.items()),
    *(("6.6", without(words), words) for words in (
        "does not provide medical advice", "informational and educational purposes only",
        "not a substitute for professional medical advice, treatment or diagnosis", "Call your doctor")),
    ("6.6", text("summary", "Plain answers about cancer that has spread."), "summary"),
    ("6.6", more(" It can cure you."), "'cure'"),
    ("6.6", text("keywords", ["miracle"]), "miracle"),
    ("6.7", without("999 or 112"), "emergency number"),
    ("6.7", without("cannot call"), "cannot call"),
    ("6.7", put("publishingInformation.distributionCountries", ["US", "NZ"]), "NZ"),
    ("6.7", put("publishingInformation.isAvailableWorldwide", True), "countries"),
    ("6.9", put(PAGE, "http://cancerguide.example.org/privacy"), "http://"),
    ("6.9", put(PAGE, "https://cancerguide.example.org"), "'https://cancerguide.example.org'"),
    ("6.10", text("name", "Cancer Guide Skill"), "Skill"),
    ("6.10", more(" Please donate."), "donate"),
    ("6.10", more(" Made with the American Cancer Society."), "American Cancer Society"),
    ("6.11", without("names its sources"), "sources"),
    ("6.12", drop(RESOURCES), RESOURCES),
    ("6.12", drop(MANIFEST), MANIFEST),
    ("6.12", lambda files: [files.pop(f"{MODELS}/{locale}.json") for locale in LOCALES], "no model"),
    ("6.12", file(".ask/ask-states.json", b"{}"), ".ask"),
    ("6.12", resources(lambda profile: profile.update(skillMetadata={"src": "./src"})), "skillMetadata"),
    ("6.12", resources(lambda profile: profile.update(code={"default": {"src": "./lambda"}})), "code"),
    ("6.12", resources(lambda profile: profile.update(skillInfrastructure={})), "skillInfrastructure"),
    ("6.13", put("apis.custom.endpoint.sslCertificateType", "SelfSigned"), "SelfSigned"),
    ("6.13", of_manifest(lambda told: told["apis"]["custom"]["endpoint"].pop("sslCertificateType")), "None"),
    ("6.14", put("permissions", [{"name": "alexa::profile:email:read"}]), "permissions"),
    ("6.15", put("publishingInformation.category", "MEDICAL"), "MEDICAL"),
    ("6.16", put("publishingInformation.testingInstructions", " "), "testingInstructions"),
    ("6.16", put("publishingInformation.testingInstructions", "a" * 4_001), "testingInstructions"),
    ("7.11", put("apis.custom.interfaces", [{"type": "AUDIO_PLAYER"}]), "AUDIO_PLAYER"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "break_it", "named"), BROKEN, ids=[f"{rule}-{named[:25]}" for rule, _, named in BROKEN]
)
def test_a_broken_rule_is_named_with_what_broke_it(
    files: Files, brands: list[str], rule: str, break_it: Callable[[Files], object], named: str
) -> None:
    break_it(files)
    found = faults(files, brands)
    assert [fault for fault in found if fault.startswith(f"{rule} ") and named in fault], found


def test_a_certificate_for_many_hosts_is_allowed(files: Files) -> None:
    put("apis.custom.endpoint.sslCertificateType", "Wildcard")(files)
    assert faults(files) == []


# The command


def test_the_package_is_written_and_what_is_the_ask_clis_stays(tmp_path: Path, capsys: Any) -> None:
    states = tmp_path / ".ask" / "ask-states.json"
    states.parent.mkdir()
    states.write_text("{}")
    assert main(["package", "--endpoint", ENDPOINT, "--out", str(tmp_path)]) == 0
    assert "9 files" in capsys.readouterr().out
    assert states.read_text() == "{}"
    assert json.loads((tmp_path / RESOURCES).read_text())["profiles"]["default"]["skillMetadata"]
    assert len(list((tmp_path / MODELS).iterdir())) == len(LOCALES)


def test_without_addresses_the_command_says_that_it_wrote_a_draft(tmp_path: Path, capsys: Any) -> None:
    assert main(["package", "--out", str(tmp_path)]) == 0
    assert "A draft, for development only: say --endpoint" in capsys.readouterr().out
    assert (tmp_path / MANIFEST).is_file()


def test_a_wrong_address_stops_the_command_and_nothing_is_written(tmp_path: Path, capsys: Any) -> None:
    assert main(["package", "--endpoint", "http://cancerguide.example.org/alexa", "--out", str(tmp_path)]) == 1
    assert "1.1 endpoint" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_the_same_content_makes_the_same_package(catalogue: Catalogue, whole: Files, tmp_path: Path) -> None:
    write(whole, tmp_path)
    again = project(catalogue, ENDPOINT, None)
    assert {path: (tmp_path / path).read_bytes() for path in again} == again


def test_the_pages_have_the_icon_of_the_store() -> None:
    assert SVG.read_text(encoding="utf-8") == svg(), "run python -m interaction_model.icon"
