"""What search engines read: each page described in the words of schema.org."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from skill.pages.reader import Article


def of_article(article: Article, text: str, address: str | None) -> dict[str, Any]:
    """An answer as a page on a medical topic, and as a question with its answer."""
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": ["MedicalWebPage", "FAQPage"],
        "name": article.title,
        "inLanguage": "en",
        "lastReviewed": article.reviewed.isoformat(),
        "audience": {"@type": "MedicalAudience", "audienceType": "Patient"},
        "about": {"@type": "MedicalCondition", "name": "Metastatic cancer"},
        "citation": [source.url for source in article.sources],
        "mainEntity": [
            {
                "@type": "Question",
                "name": article.title,
                "acceptedAnswer": {"@type": "Answer", "text": text},
            }
        ],
    }
    return {**described, "url": address} if address else described


def of_organization(article: Article, text: str) -> dict[str, Any]:
    """An organization, with how to reach it."""
    organization = article.organization
    described: dict[str, Any] = {"@context": "https://schema.org", "@type": "NGO", "name": article.title}
    if organization is not None and organization.website:
        described["url"] = organization.website
    if organization is not None and organization.phone is not None:
        described["telephone"] = organization.phone.number
    return {**described, "description": text}


def of_home(titles: Iterable[str], base_url: str | None) -> dict[str, Any]:
    """The site, and what it is about."""
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": "Cancer Guide",
        "inLanguage": "en",
        "about": list(titles),
    }
    if base_url is None:
        return described
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{base_url}/search?q={{q}}"},
        "query-input": "required name=q",
    }
    return {**described, "url": f"{base_url}/", "potentialAction": search}
