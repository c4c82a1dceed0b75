"""Who can help: the organizations that fit a need, a cancer and a country, best first."""

from __future__ import annotations

from skill.catalogue import Answer, Catalogue, Country, Organization

AT_MOST = 3


def helpers_for_need(
    catalogue: Catalogue, need: str, country: Country, cancer: str | None = None
) -> tuple[Answer, ...]:
    """At most three organizations that offer `need` in `country`, best first; for a cancer, its own come first."""
    ranked = sorted(
        (rank, answer.id)
        for answer in catalogue.organizations.values()
        if (rank := _rank(_organization(answer), need, country, cancer)) is not None
    )
    return tuple(catalogue.answers[id] for _, id in ranked[:AT_MOST])


def helpers_for_answer(catalogue: Catalogue, answer: Answer, country: Country) -> tuple[Answer, ...]:
    """At most three organizations in `country` for what `answer` is about: those it names, else those for its need,
    else the helpline of the country."""
    named = [catalogue.answers[id] for id in answer.help if _serves(catalogue.answers[id], country)]
    if named:
        return tuple(named[:AT_MOST])
    for need in catalogue.needs.values():
        if need.answer == answer.id and (found := helpers_for_need(catalogue, need.id, country)):
            return found
    helpline = catalogue.helplines.get(country)
    return (catalogue.answers[helpline],) if helpline and helpline != answer.id else ()


def _organization(answer: Answer) -> Organization:
    assert answer.organization is not None  # noqa: S101  (Catalogue.organizations holds no other)
    return answer.organization


def _serves(answer: Answer, country: Country) -> bool:
    organization = _organization(answer)
    return organization.reachable and country in organization.countries


def _rank(organization: Organization, need: str, country: Country, cancer: str | None) -> tuple[int, int, int] | None:
    """Lower is better: for this very cancer before for all, the need among the first named, with a telephone.
    None: not for this need, country or cancer."""
    offers = need in organization.services and country in organization.countries and organization.reachable
    nearness = 0 if cancer in organization.cancers else 1 if "all" in organization.cancers else None
    if not offers or nearness is None:
        return None
    return nearness, organization.services.index(need), 0 if organization.phone else 1
