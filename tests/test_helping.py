"""Who is named first: by need, cancer and country; nobody that is closed; three at most."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from skill.catalogue import Answer, Catalogue, Need, Organization, Phone
from skill.helping import AT_MOST, helpers_for_answer, helpers_for_need

PHONE = Phone("1-800-227-2345", "own site")


def organization(id: str, *services: str, **told: Any) -> Answer:
    """An organization that serves all cancers in the US, unless it is told otherwise."""
    known = {"status": "active", "website": "https://example.org", "countries": ("US",), "cancers": ("all",)}
    kept = Organization(**({"services": services, "people": (), "languages": ("en",), "phone": PHONE} | known | told))
    return answer(id, organization=kept)


def answer(id: str, **told: Any) -> Answer:
    values = {"group": "living", "title": id, "name": id, "terms": (), "say": "…", "more": "…", "next": (), "help": ()}
    values |= {"reviewed": date(2026, 11, 22), "links": (), "sources": (), "asks": ()}
    return Answer(id=id, **(values | told))


@pytest.fixture(scope="module")
def small(catalogue: Catalogue) -> Catalogue:
    """A few organizations that can be told apart at a glance; the order of their ids is not the right one."""
    organizations = [
        organization("a-late", "meals", "rides"),
        organization("b-by-letter", "rides", "meals", phone=None),
        organization("c-best", "rides", "meals"),
        organization("d-breast", "meals", "lodging", "rides", cancers=("breast",)),
        organization("e-closed", "rides", status="closed"),
        organization("f-nowhere", "rides", website="", phone=None),
        organization("g-britain", "rides", countries=("GB",)),
        organization("h-merged", "lodging", status="merged"),
        organization("i-both", "lodging", countries=("US", "GB")),
    ]
    answers = [
        answer("transportation"),
        answer("named", help=("e-closed", "g-britain", "d-breast", "a-late", "c-best", "b-by-letter")),
        answer("lonely"),
    ]
    return replace(
        catalogue,
        answers={one.id: one for one in (*organizations, *answers)},
        needs={"rides": Need("rides", "rides", "transportation", ())},
        helplines={"US": "c-best", "GB": "g-britain"},
    )


def ids(helpers: tuple[Answer, ...]) -> list[str]:
    return [helper.id for helper in helpers]


@pytest.mark.parametrize(
    ("need", "country", "cancer", "named"),
    [
        ("rides", "US", None, ["c-best", "b-by-letter", "a-late"]),
        ("rides", "US", "breast", ["d-breast", "c-best", "b-by-letter"]),
        ("rides", "US", "lung", ["c-best", "b-by-letter", "a-late"]),
        ("rides", "GB", None, ["g-britain"]),
        ("rides", "GB", "breast", ["g-britain"]),
        ("meals", "US", None, ["a-late", "c-best", "b-by-letter"]),
        ("lodging", "US", None, ["h-merged", "i-both"]),
        ("lodging", "US", "breast", ["d-breast", "h-merged", "i-both"]),
        ("lodging", "GB", None, ["i-both"]),
        ("rides", "IN", None, []),
        ("rides", "", None, []),
        ("nothing-like-it", "US", None, []),
    ],
)
def test_the_nearest_to_the_need_the_cancer_and_the_country_is_named_first(
    small: Catalogue, need: str, country: str, cancer: str | None, named: list[str]
) -> None:
    assert ids(helpers_for_need(small, need, country, cancer)) == named


@pytest.mark.parametrize(
    ("about", "country", "named"),
    [
        ("named", "US", ["d-breast", "a-late", "c-best"]),
        ("named", "GB", ["g-britain"]),
        ("named", "IN", []),
        ("transportation", "US", ["c-best", "b-by-letter", "a-late"]),
        ("transportation", "GB", ["g-britain"]),
        ("lonely", "US", ["c-best"]),
        ("lonely", "GB", ["g-britain"]),
        ("lonely", "AU", []),
        ("c-best", "US", []),
    ],
)
def test_an_answer_leads_to_those_it_names_else_to_its_need_else_to_the_helpline(
    small: Catalogue, about: str, country: str, named: list[str]
) -> None:
    assert ids(helpers_for_answer(small, small.answers[about], country)) == named


# With the real content

COUNTRIES = ("US", "CA", "GB", "IE", "AU", "NZ", "IN")


@pytest.mark.parametrize("country", COUNTRIES)
def test_whoever_is_named_offers_the_need_there_for_that_cancer_and_can_be_reached(
    catalogue: Catalogue, country: str
) -> None:
    for need in catalogue.needs:
        for cancer in (None, *catalogue.cancers):
            helpers = helpers_for_need(catalogue, need, country, cancer)
            assert len(helpers) <= AT_MOST
            for organization in (helper.organization for helper in helpers):
                assert organization is not None
                assert organization.status != "closed"
                assert organization.website or organization.phone
                assert need in organization.services
                assert country in organization.countries
                assert "all" in organization.cancers or cancer in organization.cancers


@pytest.mark.parametrize("country", COUNTRIES)
def test_whoever_is_named_for_an_answer_serves_the_country(catalogue: Catalogue, country: str) -> None:
    for answer in catalogue.answers.values():
        helpers = helpers_for_answer(catalogue, answer, country)
        assert len(helpers) <= AT_MOST
        assert all(country in helper.organization.countries for helper in helpers if helper.organization)


@pytest.mark.parametrize("country", ["US", "CA", "GB", "IE", "AU"])
def test_every_answer_leads_to_somebody_where_there_is_a_helpline(catalogue: Catalogue, country: str) -> None:
    helpline = catalogue.helplines[country]
    alone = [a.id for a in catalogue.answers.values() if not helpers_for_answer(catalogue, a, country)]
    assert alone in ([], [helpline])


def test_every_need_can_be_met_in_the_united_states(catalogue: Catalogue) -> None:
    assert [need for need in catalogue.needs if not helpers_for_need(catalogue, need, "US")] == []
