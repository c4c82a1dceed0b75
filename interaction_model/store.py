"""The shape of a skill manifest as far as we use it (platform rules 6.1 and 6.2): a key that is not here is a fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel
from pydantic.dataclasses import dataclass

_STRICT = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel, validate_by_name=True)


@dataclass(frozen=True, config=_STRICT)
class StoreText:
    """What the store shows in one locale."""

    name: str
    summary: str
    description: str
    example_phrases: tuple[str, ...]
    keywords: tuple[str, ...]
    small_icon_uri: str
    large_icon_uri: str

    @property
    def all(self) -> str:
        """Every word of it, line by line."""
        return "\n".join((self.name, self.summary, self.description, *self.example_phrases, *self.keywords))


@dataclass(frozen=True, config=_STRICT)
class PublishingInformation:
    """How the skill is listed, and where."""

    locales: Mapping[str, StoreText]
    is_available_worldwide: bool
    distribution_countries: tuple[str, ...]
    distribution_mode: Literal["PUBLIC", "PRIVATE"]
    category: str
    testing_instructions: str


@dataclass(frozen=True, config=_STRICT)
class Addresses:
    """The pages that the store links to in one locale."""

    privacy_policy_url: str | None = None
    terms_of_use_url: str | None = None


@dataclass(frozen=True, config=_STRICT)
class PrivacyAndCompliance:
    """What the skill declares about itself."""

    allows_purchases: bool
    uses_personal_info: bool
    is_child_directed: bool
    is_export_compliant: bool
    contains_ads: bool
    uses_health_info: bool
    locales: Mapping[str, Addresses]


@dataclass(frozen=True, config=_STRICT)
class Endpoint:
    """Where Amazon sends requests: an https address, or the ARN of a Lambda function."""

    uri: str
    ssl_certificate_type: Literal["SelfSigned", "Wildcard", "Trusted"] | None = None


@dataclass(frozen=True, config=_STRICT)
class Viewport:
    """A range of screens."""

    mode: Literal["HUB", "TV", "MOBILE", "PC", "AUTO"]
    shape: Literal["ROUND", "RECTANGLE"]
    min_width: int
    max_width: int
    min_height: int
    max_height: int


@dataclass(frozen=True, config=_STRICT)
class Interface:
    """Something beside speech and cards that the skill uses."""

    type: str
    supported_viewports: tuple[Viewport, ...] = ()


@dataclass(frozen=True, config=_STRICT)
class Custom:
    """The skill as a custom skill."""

    interfaces: tuple[Interface, ...]
    endpoint: Endpoint | None = None


@dataclass(frozen=True, config=_STRICT)
class Apis:
    """The kinds of skill it is: one."""

    custom: Custom


@dataclass(frozen=True, config=_STRICT)
class Manifest:
    """A whole manifest."""

    manifest_version: str
    publishing_information: PublishingInformation
    privacy_and_compliance: PrivacyAndCompliance
    permissions: tuple[Any, ...]
    apis: Apis
    events: Mapping[str, Any] | None = None


@dataclass(frozen=True, config=_STRICT)
class _File:
    manifest: Manifest


def read(text: bytes | str) -> Manifest:
    """The manifest that stands in `text`; raises ValidationError that lists what has another shape."""
    return TypeAdapter(_File).validate_json(text).manifest
