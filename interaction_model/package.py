"""Writes a complete ASK CLI v2 project (platform rule 6.12) from the content and from skill.json.

skill.json is written by hand and holds what the store is told: `manifest` as Amazon wants it, but for the texts and
addresses; `testingInstructions` and `store`, the texts by line; `locales`, what a locale says in its own way.
{emergency} is the emergency number of a locale's country, and British spelling is put in as it is in answers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from interaction_model.compile import compile_model
from interaction_model.icon import png
from interaction_model.schema import written
from skill.catalogue import Catalogue
from skill.compose import Composer

SOURCE = Path(__file__).with_name("skill.json")
RESOURCES = "ask-resources.json"
MANIFEST = "skill-package/skill.json"
MODELS = "skill-package/interactionModels/custom"
ASSETS = "skill-package/assets"
ICONS = {"small": 108, "large": 512}  # pixels (6.2)

Files = Mapping[str, bytes]


def project(catalogue: Catalogue, endpoint: str | None, base_url: str | None, source: Path = SOURCE) -> Files:
    """Every file of the project by its path. `endpoint`: an https address, or the ARN of a Lambda function.

    `base_url` is where the public pages stand. Without an endpoint it is base_url/alexa, where the app listens; without
    any of the two the project is a draft, which Amazon takes for development and not for the store.
    """
    told = json.loads(source.read_text(encoding="utf-8"))
    base_url = base_url.rstrip("/") if base_url else _beside(endpoint)
    endpoint = endpoint or (f"{base_url}/alexa" if base_url else None)
    locales = list(told["locales"])
    return {
        RESOURCES: _json(
            {
                "askcliResourcesVersion": "2020-03-31",
                "profiles": {"default": {"skillMetadata": {"src": "./skill-package"}}},
            }
        ),
        MANIFEST: _json({"manifest": _manifest(told, catalogue, endpoint, base_url)}),
        **{f"{MODELS}/{locale}.json": written(compile_model(catalogue, locale)).encode() for locale in locales},
        **{f"{ASSETS}/{_icon(size)}": png(pixels) for size, pixels in ICONS.items()},
    }


def write(files: Files, folder: Path) -> None:
    """Writes the files; what else lies in the folder, such as .ask of the ASK CLI, is left alone."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _beside(endpoint: str | None) -> str | None:
    """Where the pages stand when only the endpoint is told: the app serves both."""
    if endpoint and endpoint.startswith("https://") and endpoint.endswith("/alexa"):
        return endpoint.removesuffix("/alexa")
    return None


def _manifest(
    told: Mapping[str, Any], catalogue: Catalogue, endpoint: str | None, base_url: str | None
) -> dict[str, Any]:
    manifest: dict[str, Any] = told["manifest"]
    texts = {locale: _text({**told["store"], **own}, catalogue, locale) for locale, own in told["locales"].items()}
    pages = {"privacyPolicyUrl": f"{base_url}/privacy", "termsOfUseUrl": f"{base_url}/terms"} if base_url else {}
    publishing = {"testingInstructions": "\n".join(told["testingInstructions"]), "locales": texts}
    custom = {**manifest["apis"]["custom"], **({"endpoint": _endpoint(endpoint)} if endpoint else {})}
    return {
        **manifest,
        "publishingInformation": {**manifest["publishingInformation"], **publishing},
        "privacyAndCompliance": {**manifest["privacyAndCompliance"], "locales": dict.fromkeys(texts, pages)},
        "apis": {"custom": custom},
    }


def _text(store: Mapping[str, Any], catalogue: Catalogue, locale: str) -> dict[str, Any]:
    emergency = catalogue.safeguards.region(locale).emergency.written
    spelling = Composer(catalogue.spelling)
    description = "\n".join(store["description"]).replace("{emergency}", emergency)
    return {
        **store,
        "summary": spelling.spelled(store["summary"], locale),
        "description": spelling.spelled(description, locale),
        **{f"{size}IconUri": f"file://assets/{_icon(size)}" for size in ICONS},
    }


def _endpoint(uri: str) -> dict[str, str]:
    """A Lambda function has no certificate; a web service has one of a public authority (6.13)."""
    return {"uri": uri} if uri.startswith("arn:") else {"uri": uri, "sslCertificateType": "Trusted"}


def _icon(size: str) -> str:
    return f"images/icon-{size}.png"


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
