"""What Amazon refuses in a skill package, or what her policy forbids in it: platform rules 6.1 to 6.16, and what of
section 7 a package alone can show.

Left out, and in deploy/RELEASE.md, is what needs Amazon's pages, the served addresses or a person's judgment.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from interaction_model import lint
from interaction_model.package import ICONS, MANIFEST, MODELS, RESOURCES, Files
from interaction_model.store import Manifest, StoreText, read
from skill.simulator.understand import Understanding, spoken

# Amazon's limits; what is recalled and was not read (6.2, 6.16) stands with the stricter of two numbers.
NAME = range(2, 51)
SUMMARY = 120
DESCRIPTION = 4_000
KEYWORDS = 30
PHRASES = 3
TESTING = 4_000

CATEGORY = "HEALTH_AND_FITNESS"
DECLARED = {
    "allowsPurchases": False,
    "usesPersonalInfo": False,
    "isChildDirected": False,
    "isExportCompliant": True,
    "containsAds": False,
    "usesHealthInfo": False,
}
DISCLAIMERS = (
    "does not provide medical advice",
    "informational and educational purposes only",
    "not a substitute for professional medical advice, treatment or diagnosis",
    "Call your doctor",
)
# Countries whose emergency number is said where Alexa speaks our locales. New Zealand is none: its devices speak en-AU,
# and would hear Australia's number.
COUNTRIES = {"US", "CA", "GB", "IE", "AU", "IN"}

_EMERGENCY = re.compile(r"emergency, call [^.]*\d{3}[^.]* from a phone", re.IGNORECASE)
_NO_CALLS = re.compile(r"cannot call", re.IGNORECASE)
_PROMISES = re.compile(
    r"\b(?:cures?|cured|guarantee[ds]?|sav(?:es?|ing) (?:your|a) li(?:fe|ves)|miracles?)\b", re.IGNORECASE
)
_SELLING = re.compile(r"\b(?:donat\w*|buy|discounts?|sponsor\w*|enable the)\b", re.IGNORECASE)
_NOT_A_NAME = re.compile(r"\b(?:alexa|amazon|echo|skills?)\b", re.IGNORECASE)
_LAMBDA = re.compile(r"arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(?::[\w-]+)?")
_OPENS = re.compile(r"Alexa, (?:open|start|launch) (?P<name>.+)")


@dataclass(frozen=True)
class Package:
    """A project that was read: the manifest, the model of each locale, all files, and the names of others."""

    manifest: Manifest
    models: Mapping[str, Mapping[str, Any]]
    files: Files
    brands: tuple[str, ...]

    @property
    def texts(self) -> Mapping[str, StoreText]:
        """What the store shows, by locale."""
        return self.manifest.publishing_information.locales


def faults(files: Files, brands: Iterable[str] = ()) -> list[str]:
    """Every fault of a project, a sentence each that begins with the rule; no fault, an empty list.

    `brands` are names of organizations, which the store's texts may not use without leave (6.10). A project without
    what stands in rule 6.12, or with a manifest of another shape (6.1), is judged by that alone.
    """
    wrong = list(_layout_faults(files))
    if wrong:
        return wrong
    try:
        manifest = read(files[MANIFEST])
    except ValidationError as error:
        return [_shape_fault(dict(detail)) for detail in error.errors()]
    package = Package(manifest, _models(files), files, tuple(brands))
    return [fault for rule in _RULES for fault in rule(package)]


def missing(files: Files) -> list[str]:
    """What a draft lacks before the store takes it: the addresses, a sentence each. For a project without faults."""
    manifest = read(files[MANIFEST])
    pages = manifest.privacy_and_compliance.locales
    without = [locale for locale, page in pages.items() if not (page.privacy_policy_url and page.terms_of_use_url)]
    return [
        *(["1.1 endpoint: there is no address that Amazon could ask."] if not manifest.apis.custom.endpoint else []),
        *(f"6.9 {locale}: there is no address of the privacy page and the terms." for locale in without),
    ]


def _layout_faults(files: Files) -> Iterator[str]:
    for path in (RESOURCES, MANIFEST):
        if path not in files:
            yield f"6.12 {path} is missing."
    if not _models(files):
        yield f"6.12 {MODELS} holds no model."
    for path in files:
        if path.startswith(".ask/"):
            yield f"6.12 {path} belongs to the ASK CLI, which writes it itself."
    profile = json.loads(files.get(RESOURCES, b"{}")).get("profiles", {}).get("default", {})
    if RESOURCES in files and profile.get("skillMetadata") != {"src": "./skill-package"}:
        yield f"6.12 {RESOURCES}: skillMetadata.src of the profile default must be ./skill-package."
    for key in ("code", "skillInfrastructure"):
        if key in profile:
            yield f"6.12 {RESOURCES}: {key} does not belong into a project whose endpoint is hosted elsewhere."


def _models(files: Files) -> dict[str, Mapping[str, Any]]:
    inside = re.compile(rf"{re.escape(MODELS)}/([\w-]+)\.json")
    return {found[1]: json.loads(content) for path, content in files.items() if (found := inside.fullmatch(path))}


def _shape_fault(detail: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in detail["loc"]) or "the whole"
    plain = {"unexpected_keyword_argument": "this key is not known", "missing": "the key is missing"}
    return f"6.1 {key}: {plain.get(detail['type'], detail['msg'])}."


def _version_faults(package: Package) -> Iterator[str]:
    version = package.manifest.manifest_version
    if version != "1.0":
        yield f"6.1 manifestVersion is {version!r}, and there is only 1.0."


def _locale_faults(package: Package) -> Iterator[str]:
    texts, models = set(package.texts), set(package.models)
    pages = set(package.manifest.privacy_and_compliance.locales)
    if not texts:
        yield "6.2 The store has no text in any locale."
    for locale in sorted(texts - models):
        yield f"5.24 {locale}: the store has a text, and there is no model."
    for locale in sorted(models - texts):
        yield f"5.24 {locale}: there is a model, and the store has no text."
    for locale in sorted(texts ^ pages):
        yield f"6.1 {locale}: publishingInformation and privacyAndCompliance do not have the same locales."


def _model_faults(package: Package) -> Iterator[str]:
    wrong = {locale: lint.faults(dict(model), locale) for locale, model in package.models.items()}
    yield from (f"{fault[:-1]} ({locale})." for locale, found in wrong.items() for fault in found)
    if any(wrong.values()):
        return
    first, *others = package.models
    for locale in others:
        for what in ("intents", "types"):
            unlike = _names(package.models[first], what) ^ _names(package.models[locale], what)
            if unlike:
                yield f"5.24 {locale}: its {what} are not those of {first} ({', '.join(sorted(unlike))})."


def _names(model: Mapping[str, Any], what: str) -> set[str]:
    return {one["name"] for one in model["interactionModel"]["languageModel"][what]}


def _text_faults(package: Package) -> Iterator[str]:
    for locale, text in package.texts.items():
        if len(text.name) not in NAME:
            yield f"6.2 {locale}: the name has {len(text.name)} characters, and may have {NAME[0]} to {NAME[-1]}."
        if not 0 < len(text.summary) <= SUMMARY:
            yield f"6.2 {locale}: the summary has {len(text.summary)} characters, and may have 1 to {SUMMARY}."
        if not 0 < len(text.description) <= DESCRIPTION:
            yield f"6.2 {locale}: the description has {len(text.description)} characters, and may have 1 to 4,000."
        if not 0 < len(text.keywords) <= KEYWORDS:
            yield f"6.2 {locale}: there are {len(text.keywords)} keywords, and may be 1 to {KEYWORDS}."
        if len(set(text.keywords)) < len(text.keywords):
            yield f"6.2 {locale}: a keyword is there twice."
        if re.search(r"[{}]", text.all):
            yield f"6.2 {locale}: a place in braces was not filled in."


def _icon_faults(package: Package) -> Iterator[str]:
    for locale, text in package.texts.items():
        for uri, size in ((text.small_icon_uri, ICONS["small"]), (text.large_icon_uri, ICONS["large"])):
            path = uri.replace("file://", "skill-package/", 1)
            if not uri.startswith("file://assets/images/"):
                yield f"6.2 {locale}: the icon {uri!r} is no file://assets/images/ address."
            elif path not in package.files:
                yield f"6.2 {locale}: the icon {path} is missing."
            elif (found := _pixels(package.files[path])) != (size, size):
                yield f"6.2 {locale}: the icon {path} is {found or 'no PNG'}, and must be a PNG of {size} by {size}."


def _pixels(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG; None where it is no PNG."""
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR" or len(content) < 24:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _phrase_faults(package: Package) -> Iterator[str]:
    for locale, text in package.texts.items():
        if len(text.example_phrases) != PHRASES or len(set(text.example_phrases)) != PHRASES:
            yield f"6.3 {locale}: there must be {PHRASES} example phrases, each another."
        model = package.models.get(locale)
        if model is None:
            continue
        understanding = Understanding(model)
        name = model["interactionModel"]["languageModel"]["invocationName"]
        opening = _OPENS.fullmatch(text.example_phrases[0]) if text.example_phrases else None
        if opening is None or opening["name"] != name:
            yield f"6.3 {locale}: the first example phrase must be: Alexa, open {name}."
        for phrase in text.example_phrases:
            if not _matches(understanding, phrase, name):
                yield f"6.3 {locale}: {phrase!r} matches no sample with a listed value word for word."


def _matches(understanding: Understanding, phrase: str, name: str) -> bool:
    """Whether a phrase opens the skill, or asks it by name for what a sample with listed values says."""
    said = phrase.removeprefix("Alexa, ")
    if said == phrase or said != spoken(said):
        return False
    understood = understanding.understand(phrase)
    if understood.kind == "launch":
        return True
    asked = said.removeprefix(f"ask {name} ")
    exact = understanding.understand(asked)
    if asked == said or exact.intent != understood.intent or exact.intent == "AMAZON.FallbackIntent":
        return False
    return all(slot.id for slot in exact.slots.values())


def _privacy_faults(package: Package) -> Iterator[str]:
    declared = json.loads(package.files[MANIFEST])["manifest"]["privacyAndCompliance"]
    for key, value in DECLARED.items():
        if declared[key] is not value:
            yield f"6.4 {key} must be {str(value).lower()}."


def _address_faults(package: Package) -> Iterator[str]:
    for locale, page in package.manifest.privacy_and_compliance.locales.items():
        for url in (page.privacy_policy_url, page.terms_of_use_url):
            if url is not None and not _is_public(url):
                yield f"6.9 {locale}: {url!r} is no https address of a page."
            elif url is not None and "alexa" in (urlsplit(url).hostname or ""):
                yield f"3.9 {locale}: the host of {url!r} has Alexa in its name."


def _health_faults(package: Package) -> Iterator[str]:
    for locale, text in package.texts.items():
        for words in DISCLAIMERS:
            if words not in text.description:
                yield f"6.6 {locale}: the description does not say {words!r}."
        if "not medical advice" not in text.summary:
            yield f"6.6 {locale}: the summary does not say that this is not medical advice."
        if promise := _PROMISES.search(text.all):
            yield f"6.6 {locale}: {promise[0]!r} promises what no skill may promise."
        if not _EMERGENCY.search(text.description):
            yield f"6.7 {locale}: the description does not say which emergency number to call from a phone."
        if not _NO_CALLS.search(text.description):
            yield f"6.7 {locale}: the description does not say that the skill cannot call anyone."


def _policy_faults(package: Package) -> Iterator[str]:
    for locale, text in package.texts.items():
        if word := _NOT_A_NAME.search(text.name):
            yield f"6.10 {locale}: {word[0]!r} cannot stand in the name of a skill."
        if word := _SELLING.search(text.all):
            yield f"6.10 {locale}: {word[0]!r} reads as an advertisement, an appeal or a recommendation."
        for brand in package.brands:
            if re.search(rf"(?<!\w){re.escape(brand)}(?!\w)", text.all, re.IGNORECASE):
                yield f"6.10 {locale}: {brand} is a name of others, which needs their leave."
        if "names its sources" not in text.description:
            yield f"6.11 {locale}: the description does not say that answers name their sources."


def _endpoint_faults(package: Package) -> Iterator[str]:
    endpoint = package.manifest.apis.custom.endpoint
    if endpoint is None or _LAMBDA.fullmatch(endpoint.uri):
        return
    if not _is_public(endpoint.uri):
        yield f"1.1 endpoint {endpoint.uri!r} is neither an https address on port 443 nor a Lambda function."
    if endpoint.ssl_certificate_type not in ("Trusted", "Wildcard"):
        yield f"6.13 sslCertificateType is {endpoint.ssl_certificate_type}, and must be Trusted or Wildcard."


def _is_public(url: str) -> bool:
    """Whether `url` is https on port 443 of a host with a name, with a path and nothing behind it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    named = re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+", host) is not None
    plain = parts.netloc.lower() in (host, f"{host}:443") and not (parts.query or parts.fragment)
    return parts.scheme == "https" and named and plain and len(parts.path) > 1


def _listing_faults(package: Package) -> Iterator[str]:
    listing = package.manifest.publishing_information
    if package.manifest.permissions:
        yield "6.14 permissions: the skill uses none, and must ask for none."
    if listing.category != CATEGORY:
        yield f"6.15 category is {listing.category}, and must be {CATEGORY}."
    if not 0 < len(listing.testing_instructions.strip()) <= TESTING:
        yield f"6.16 testingInstructions must have 1 to {TESTING:,} characters."
    if listing.is_available_worldwide or not listing.distribution_countries:
        yield "6.7 distributionCountries: name the countries, as emergency numbers are not known for all."
    for country in listing.distribution_countries:
        if country not in COUNTRIES:
            yield f"6.7 distributionCountries: a device in {country} would hear another country's emergency number."


def _interface_faults(package: Package) -> Iterator[str]:
    if package.manifest.events:
        yield "1.19 events: the skill keeps nothing that an event could concern, and subscribes to none."
    interfaces = package.manifest.apis.custom.interfaces
    for interface in interfaces:
        if interface.type == "CAN_FULFILL_INTENT_REQUEST":
            yield "1.20 CAN_FULFILL_INTENT_REQUEST is for hidden skills, and must not be declared."
        elif interface.type != "ALEXA_PRESENTATION_APL":
            yield f"7.11 {interface.type}: the skill does not use this interface."
        elif not interface.supported_viewports:
            yield "4.1 ALEXA_PRESENTATION_APL: supportedViewports must list the screens."
        for screen in interface.supported_viewports:
            if screen.min_width > screen.max_width or screen.min_height > screen.max_height:
                yield (
                    f"4.1 supportedViewports: no screen is from {screen.min_width} to {screen.max_width} wide and "
                    + (f"from {screen.min_height} to {screen.max_height} high.")
                )
    if "ALEXA_PRESENTATION_APL" not in {interface.type for interface in interfaces}:
        yield "4.1 ALEXA_PRESENTATION_APL is not declared, and the skill shows answers on screens."


_RULES: tuple[Callable[[Package], Iterator[str]], ...] = (
    _version_faults,
    _locale_faults,
    _model_faults,
    _text_faults,
    _icon_faults,
    _phrase_faults,
    _privacy_faults,
    _address_faults,
    _health_faults,
    _policy_faults,
    _endpoint_faults,
    _listing_faults,
    _interface_faults,
)
