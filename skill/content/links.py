"""python -m skill.content.links (make check-links): asks every address in the content whether it is still there.

For people and for a scheduled job. Polite: one request at a time to a host, a pause between two, a few hosts at once,
HEAD first and GET only where HEAD is not understood, no page read to its end, an honest name. What is told is what
stands there; whether a page still says what an answer says is for an editor to read.
"""

from __future__ import annotations

import argparse
import http.client
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal
from urllib.parse import quote, urljoin, urlsplit

from skill.catalogue import Catalogue
from skill.loading import ContentError, load

SECONDS = 10.0
HOSTS_AT_ONCE = 8
PAUSE = 1.0
REDIRECTS = 5
AGENT = "cancer-guide-link-check/1.0 (checks that the sources it cites are still there)"
# A host that turns programs away is not a page that is gone: a person has to look.
KEEPS_PROGRAMS_OUT = {401, 403, 405, 406, 429, 503, 999}

State = Literal["good", "moved", "look", "gone"]


@dataclass(frozen=True)
class Checked:
    """What became of one address: `state`, a word on it, and the answers that it stands in."""

    url: str
    state: State
    why: str
    answers: tuple[str, ...]


Ask = Callable[[str, str], tuple[int, str | None]]


def addresses(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Every address in the content, each with the ids of what it stands in."""
    found: dict[str, list[str]] = {}
    for answer in catalogue.answers.values():
        urls = {*(link.url for link in answer.links), *(source.url for source in answer.sources)}
        if answer.organization is not None and answer.organization.website:
            urls.add(answer.organization.website)
        for url in urls:
            found.setdefault(url, []).append(answer.id)
    for cancer in catalogue.cancers.values():
        for source in cancer.sources:
            found.setdefault(source.url, []).append(f"cancers {cancer.id}")
    for state in catalogue.states.values():
        for center in state.centers:
            found.setdefault(center.url, []).append(f"cancer_centers {state.id}")
    return {url: tuple(ids) for url, ids in sorted(found.items())}


def check(concerned: Mapping[str, tuple[str, ...]], *, seconds: float = SECONDS, pause: float = PAUSE) -> list[Checked]:
    """Asks every address: the hosts side by side, the addresses of one host one after another."""
    hosts: dict[str, list[str]] = {}
    for url in concerned:
        hosts.setdefault(urlsplit(url).netloc.lower(), []).append(url)

    def ask_host(urls: Sequence[str]) -> list[Checked]:
        waiting, answers = threading.Event(), []
        for place, url in enumerate(urls):
            if place:
                waiting.wait(pause)
            state, why = visit(url, lambda method, where: _ask(method, where, seconds))
            answers.append(Checked(url, state, why, concerned[url]))
        return answers

    with ThreadPoolExecutor(HOSTS_AT_ONCE, thread_name_prefix="links") as pool:
        checked = [each for host in pool.map(ask_host, hosts.values()) for each in host]
    return sorted(checked, key=lambda each: each.url)


def visit(url: str, ask: Ask) -> tuple[State, str]:
    """What stands at an address, and a word on it; redirects are followed, and a lasting one is told."""
    here, lasting = url, False
    for _ in range(REDIRECTS + 1):
        try:
            status, there = ask("HEAD", here)
            if status in (403, 404, 405, 501):  # some answer HEAD as if it were not there
                status, there = ask("GET", here)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return "gone", f"no answer: {type(error).__name__}"
        if status < 300:
            return ("moved", f"moved to {here}") if lasting else ("good", str(status))
        if status in (301, 302, 303, 307, 308) and there:
            lasting = lasting or status in (301, 308)
            here = urljoin(here, there)
            continue
        return ("look" if status in KEEPS_PROGRAMS_OUT else "gone"), _named(status)
    return "gone", "it leads round in circles"


def report(checked: Iterable[Checked]) -> str:
    """What needs a person: the addresses that are gone first, each with its answers; then the sums."""
    counts: dict[State, int] = {"gone": 0, "look": 0, "moved": 0, "good": 0}
    lines: dict[State, list[str]] = {state: [] for state in counts}
    for each in checked:
        counts[each.state] += 1
        if each.state != "good":
            lines[each.state].append(f"{each.state:<6}{each.url}\n      {each.why}; in {', '.join(each.answers)}")
    sums = ", ".join(f"{count} {state}" for state, count in counts.items())
    return "\n".join(
        [*(line for state in counts for line in lines[state]), f"{sum(counts.values())} addresses: {sums}"]
    )


def main(arguments: Sequence[str] | None = None, catalogue: Catalogue | None = None) -> int:
    """Asks, prints the report; gives 1 where an address is gone, else 0."""
    parser = argparse.ArgumentParser(prog="python -m skill.content.links", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("answers", nargs="*", help="ids of answers; all of them unless some are named")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long to wait for an answer")
    parser.add_argument("--pause", type=float, default=PAUSE, help="seconds between two requests to one host")
    options = parser.parse_args(arguments)
    try:
        concerned = addresses(catalogue or load())
    except ContentError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if options.answers:
        concerned = {url: ids for url, ids in concerned.items() if set(ids) & set(options.answers)}
    checked = check(concerned, seconds=options.seconds, pause=options.pause)
    sys.stdout.write(report(checked) + "\n")
    return int(any(each.state == "gone" for each in checked))


def _ask(method: str, url: str, seconds: float) -> tuple[int, str | None]:
    """Status and Location of one request; raises OSError or HTTPException where there is no answer."""
    parts = urlsplit(url)
    kinds = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}
    if parts.scheme not in kinds:
        raise ValueError(parts.scheme)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~") + (f"?{parts.query}" if parts.query else "")
    with closing(kinds[parts.scheme](parts.netloc, timeout=seconds)) as connection:
        headers = {"User-Agent": AGENT, "Accept": "text/html, */*;q=0.5", "Connection": "close"}
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.headers.get("Location")


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


if __name__ == "__main__":
    sys.exit(main())
