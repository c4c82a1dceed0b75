"""The pages, through the real app: what stands on them, where they lead, and what they let in and out."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from skill import content
from skill.catalogue import Catalogue
from skill.codes import ALPHABET, LENGTH, by_code, code_of
from skill.find import Finder, Found, Unsure
from skill.loading import load
from skill.pages.groups import GROUPS
from skill.pages.routes import pages
from skill.settings import Settings
from skill.simulator.understand import Understanding
from skill.web import make_app
from tests.alexa import Alexa

ANSWERS = load().answers
IDS = sorted(ANSWERS)
COUNTRIES = {"US": "911", "GB": "999 or 112", "AU": "000", "IN": "112", "other": "your local emergency number"}
FIXED = ("/", "/find", "/privacy", "/terms", "/search", "/answers/emergency", "/answers/crisis")
VOID = {"meta", "link", "input", "br", "img", "path", "circle"}
BASE = "https://guide.example.org"
STABLE = {"hospice": "wg9mx", "org-acs": "n9fwd", "what-is-metastasis": "w7k97"}  # cards that were sent point there


class Page(HTMLParser):
    """An HTML page, read strictly: every tag that is opened is closed, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.data: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], "not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice in {tag}"
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert tag in VOID or self.open.pop() == tag, f"{tag} is closed out of order"

    def handle_data(self, data: str) -> None:
        self.data.append(data)
        for tag in set(self.open):
            self.texts[tag][-1] += data

    @property
    def text(self) -> str:
        """All that can be read."""
        return " ".join("".join(self.data).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every such tag."""
        return [attributes for name, attributes in self.tags if name == tag]

    def hrefs(self) -> list[str]:
        """Where the page's links lead."""
        return [attributes["href"] or "" for attributes in self.all("a")]

    def only(self, tag: str) -> str:
        """The text of the one such tag."""
        [text] = self.texts[tag]
        return " ".join(text.split())


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def hosted(catalogue: Catalogue) -> FlaskClient:
    """The app with an address of its own, as in production."""
    settings = Settings(environment="development", verify_requests=False, base_url=BASE)
    return make_app(settings, None, catalogue).test_client()


def path_of(id: str) -> str:
    return f"/organizations/{id}" if ANSWERS[id].organization else f"/answers/{id}"


def read(client: FlaskClient, path: str, status: int = 200) -> Page:
    response = client.get(path)
    assert response.status_code == status, path
    return Page(response.text)


# -- every page ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*map(path_of, IDS), *FIXED])
def test_every_page_is_sound(client: FlaskClient, path: str) -> None:
    page = read(client, path)
    assert len(page.texts["h1"]) == 1
    assert page.only("title").endswith("Cancer Guide") or path == "/"
    assert page.all("html")[0]["lang"] == "en-US"
    for landmark in ("header", "main", "footer"):
        assert len(page.texts[landmark]) == 1
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert "#main" in page.hrefs()
    levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3")]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert not any("style" in attributes or "onclick" in attributes for _, attributes in page.tags)
    assert "{" not in page.text.replace(json_in(page), "")


def json_in(page: Page) -> str:
    return " ".join(" ".join(page.texts.get("script", [])).split())


@pytest.mark.parametrize("id", IDS)
def test_a_page_has_its_title_its_words_its_sources_and_its_review(client: FlaskClient, id: str) -> None:
    page, answer = read(client, path_of(id)), ANSWERS[id]
    assert page.only("h1") == answer.title
    assert page.only("title").startswith(answer.title)
    first = re.split(r"\{", " ".join(answer.say.split()))[0].strip()
    assert first in page.text
    assert {source.url for source in answer.sources} <= set(page.hrefs())
    assert page.all("time")[0]["datetime"] == answer.reviewed.isoformat()
    assert {path_of(other) for other in answer.next} <= set(page.hrefs())


def test_the_numbers_of_helpers_can_be_dialled(client: FlaskClient) -> None:
    hrefs = read(client, "/organizations/org-acs").hrefs()
    assert {"tel:18002272345", "https://www.cancer.org", "tel:911", "tel:988"} <= set(hrefs)


def test_links_between_pages_lead_to_pages(client: FlaskClient) -> None:
    asked = set()
    for path in [*map(path_of, IDS), *FIXED, "/answers/hospice?country=GB"]:
        page = read(client, path)
        ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
        for href in page.hrefs():
            parts = urlsplit(href)
            if href.startswith("#"):
                assert href[1:] in ids, (path, href)
            elif not parts.scheme:
                asked.add(href.partition("#")[0])
    assert len(asked) > len(IDS)
    assert [href for href in asked if client.head(href).status_code != 200] == []


def test_nothing_comes_from_elsewhere(client: FlaskClient) -> None:
    loading = ("script", "link", "img", "iframe", "source", "video", "audio", "object", "embed")
    for path in [*map(path_of, IDS[::9]), *FIXED]:
        page = read(client, path)
        for tag in loading:
            for attributes in page.all(tag):
                address = attributes.get("src") or attributes.get("href") or "/"
                assert address.startswith("/assets/") or attributes.get("rel") == "canonical" or address == "/"
        assert all((attributes["action"] or "").startswith("/") for attributes in page.all("form"))
    css = client.get("/assets/site.css").text
    assert "url(" not in css
    assert "@import" not in css


def test_every_group_is_listed_with_every_answer(client: FlaskClient) -> None:
    assert {answer.group for answer in ANSWERS.values()} <= set(GROUPS)
    assert set(map(path_of, IDS)) <= set(read(client, "/").hrefs())


# -- country ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("country", "number"), COUNTRIES.items())
def test_a_country_brings_its_numbers(client: FlaskClient, country: str, number: str) -> None:
    page = read(client, f"/answers/emergency?country={country}")
    assert f"Call {number} now" in page.text


def test_a_country_is_carried_along(client: FlaskClient) -> None:
    page = read(client, "/answers/hospice?country=GB")
    assert "six months" not in page.only("article")  # that is the American rule
    inside = [href for href in page.hrefs() if href.startswith(("/answers", "/organizations", "/find"))]
    assert [href for href in inside if "country=" not in href] == []
    assert page.all("html")[0]["lang"] == "en-GB"
    assert "tumour" in read(client, "/answers/primary-and-secondary?country=GB").text.casefold()


def test_another_country_is_chosen_without_losing_the_question(client: FlaskClient) -> None:
    hrefs = read(client, "/search?q=she cannot breathe").hrefs()
    [british] = [href for href in hrefs if href.startswith("/search") and "country=GB" in href]
    assert "Call 999 or 112 now" in read(client, british).text
    assert "/find?need=rides&country=GB" in read(client, "/find?need=rides").hrefs()


def test_an_unknown_country_gets_no_number_that_may_be_wrong(client: FlaskClient) -> None:
    page = read(client, "/answers/emergency?country=%22%3E<script>")
    assert "your local emergency number" in page.text
    assert "911" not in page.only("main")


# -- search -------------------------------------------------------------------------------------------


def test_a_question_is_answered_as_on_alexa(client: FlaskClient, alexa: Alexa) -> None:
    for question in ("what is hospice", "where does breast cancer spread", "can i get help with rides"):
        page = read(client, f"/search?q={question}")
        asked = alexa.asks(question).answer
        assert asked
        assert page.only("h1") == ANSWERS[asked].title


@pytest.mark.parametrize(
    ("words", "title", "number"),
    [
        ("she cannot breathe", "Get help now", "tel:911"),
        ("i want to kill myself", "Help is there, at any hour", "tel:988"),
    ],
)
def test_an_alarm_comes_first(client: FlaskClient, words: str, title: str, number: str) -> None:
    page = read(client, f"/search?q={words}")
    assert page.only("h1") == title
    assert page.hrefs().count(number) >= 3  # on top, in the text, and as a button
    assert not page.only("section").endswith("?")
    assert words not in page.text


def test_a_caution_goes_with_the_answer(client: FlaskClient) -> None:
    page = read(client, "/search?q=i have a fever during chemo")
    assert page.text.index("Fever during cancer treatment is urgent") < page.text.index(page.only("h1"))


def test_what_is_not_ours_gets_an_honest_no(client: FlaskClient) -> None:
    page = read(client, "/search?q=how do i bake bread")
    assert "article" not in page.texts
    assert "?" not in page.texts["p"][1]


def test_two_that_are_close_are_both_shown(client: FlaskClient, catalogue: Catalogue) -> None:
    tuning = Path(content.__file__).parent / "en" / "tuning.jsonl"
    finder = Finder(catalogue)
    asked = (json.loads(line)["q"] for line in tuning.read_text(encoding="utf-8").splitlines())
    words, two = next((words, found.answers) for words in asked if isinstance(found := finder.find(words), Unsure))
    page = read(client, f"/search?q={quote(words)}")
    assert page.only("h1") == "Which of these did you mean?"
    assert set(map(path_of, two)) <= set(page.hrefs())


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20%20", "?q=%00", "?q=...", "?q=%ff%fe", "?q=" + "pain " * 2000])
def test_any_words_are_borne(client: FlaskClient, query: str) -> None:
    read(client, f"/search{query}")


def test_a_cancer_and_the_place_it_went_to_are_answered_together_as_on_alexa(
    catalogue: Catalogue, alexa: Alexa
) -> None:
    class Heard:
        def find(self, words: str) -> Found:
            return Found("mets-bone", cancer="prostate")

    app = Flask("heard", static_folder=None)
    app.register_blueprint(pages(catalogue, Settings(environment="development"), Heard()))  # type: ignore[arg-type]
    page = read(app.test_client(), "/search?q=bone mets from prostate cancer")
    aloud = alexa.asks("my dad's prostate cancer went to his bones").speech
    [told] = [text for text in page.texts["p"] if "still prostate cancer" in text]
    assert aloud.startswith(told)
    assert page.only("h1") == ANSWERS["mets-bone"].title


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'-alert(1)-'"])
def test_words_stay_words(client: FlaskClient, words: str) -> None:
    response = client.get("/search", query_string={"q": words})
    page = Page(response.text)
    assert words not in response.text or words.isalnum() or "<" not in words
    assert page.all("input")[0]["value"] == words
    assert [picture["alt"] for picture in page.all("img")] == [""]  # the icon, and nothing that was typed
    assert "alert" not in json_in(page)


def test_what_was_asked_is_kept_nowhere(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    response = client.get("/search?q=what is hospice")
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers
    assert "hospice" not in caplog.text
    assert Page(response.text).only("title") == "Search: Cancer Guide"


@pytest.mark.expects_error
def test_a_fault_of_ours_is_calm_and_names_nothing_that_was_asked(
    catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def find(self, words: str) -> None:
            raise RuntimeError(words)

    app = Flask("broken", static_folder=None)
    app.register_blueprint(pages(catalogue, Settings(environment="development"), Broken()))  # type: ignore[arg-type]
    response = app.test_client().get("/search?q=lump")
    assert response.status_code == 500
    assert Page(response.text).only("h1") == "Something went wrong"
    assert "RuntimeError" in caplog.text
    assert "lump" not in caplog.text


# -- the support finder -------------------------------------------------------------------------------


def test_every_need_finds_somebody_or_says_so(client: FlaskClient, catalogue: Catalogue) -> None:
    for need in catalogue.needs.values():
        page = read(client, f"/find?need={need.id}")
        assert path_of(need.answer) in page.hrefs()
        assert any(href.startswith("/organizations/") for href in page.hrefs()) or "I don’t know of" in page.text


def test_a_cancer_brings_its_own_organizations(client: FlaskClient) -> None:
    hrefs = read(client, "/find?need=helpline&cancer=pancreatic&country=US").hrefs()
    assert "/organizations/org-pancan" in hrefs


def test_nobody_is_an_honest_answer(client: FlaskClient) -> None:
    assert "I don’t know of an organization" in read(client, "/find?need=rides&country=IN").text


@pytest.mark.parametrize("query", ["need=nothing", "need=rides&cancer=<b>", "need=&cancer=&country="])
def test_what_the_finder_does_not_know_does_no_harm(client: FlaskClient, query: str) -> None:
    read(client, f"/find?{query}")


# -- short links --------------------------------------------------------------------------------------


def test_codes_are_short_stable_and_can_be_typed() -> None:
    assert len(by_code(IDS)) == len(IDS)
    assert LENGTH <= 6
    assert not set(ALPHABET) & set("0o1il2z5s8b6uvaey")
    assert all(set(code_of(id)) <= set(ALPHABET) and len(code_of(id)) == LENGTH for id in IDS)
    assert {id: code_of(id) for id in ("hospice", "org-acs", "what-is-metastasis")} == STABLE


def test_two_ids_with_one_code_are_refused() -> None:
    ids = (f"made-up-{number}" for number in range(100_000))
    with pytest.raises(ValueError, match="the same short code"):
        by_code(ids)


@pytest.mark.parametrize("id", IDS)
def test_a_short_link_leads_to_its_page(client: FlaskClient, id: str) -> None:
    response = client.get(f"/a/{code_of(id)}")
    assert (response.status_code, response.location) == (302, path_of(id))


def test_a_short_link_is_typed_in_capitals_and_far_away(client: FlaskClient) -> None:
    link = f"/a/{code_of('hospice').upper()}"
    assert client.get(link, headers={"Accept-Language": "en-GB,en;q=0.9"}).location == "/answers/hospice?country=GB"
    assert client.get(link, headers={"Accept-Language": "de,xx-YY"}).location == "/answers/hospice"


def test_the_card_has_the_short_link(catalogue: Catalogue, model: Understanding) -> None:
    settings = Settings(environment="development", verify_requests=False, base_url=BASE)
    turn = Alexa(make_app(settings, None, catalogue), model).asks("what is hospice")
    assert turn.card is not None
    assert f"{BASE}/a/{code_of('hospice')}" in turn.card["links"]


# -- headers, and what stands beside the pages ---------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/answers/hospice", "/search?q=hospice", "/nothing", "/assets/site.css"])
def test_a_page_may_load_only_what_is_ours(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", ["/", "/answers/hospice", "/organizations/org-acs", "/privacy", "/assets/listen.js"])
def test_what_a_browser_has_is_not_sent_again(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    assert "max-age" in first.headers["Cache-Control"]
    assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_static_file_is_kept_for_as_long_as_its_address_holds(client: FlaskClient) -> None:
    [sheet] = [link["href"] for link in read(client, "/").all("link") if link["rel"] == "stylesheet"]
    assert "immutable" in client.get(sheet or "").headers["Cache-Control"]
    assert "immutable" not in client.get("/assets/site.css?v=old").headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/answers/hospice", "/search?q=hospice", "/sitemap.xml", "/assets/site.css"])
def test_head_gives_the_same_headers_and_no_body(client: FlaskClient, path: str) -> None:
    head, got = client.head(path), client.get(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers.get("ETag") == got.headers.get("ETag")
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


@pytest.mark.parametrize(
    "path",
    [
        "/answers/nothing",
        "/answers/org-acs",
        "/organizations/hospice",
        "/organizations/emergency",
        "/a/aaaaa",
        "/assets/nothing",
        "/assets/../pages/routes.py",
        "/assets/%2e%2e/routes.py",
        "/answers/..%2f..%2fapp.py",
        "/answers/",
        "/no/such/page",
    ],
)
def test_what_is_not_there_is_said_in_the_same_style(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    page = Page(response.text)
    assert page.only("h1") == "There is no such page"
    assert "tel:911" in page.hrefs()


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/"), ("DELETE", "/answers/hospice"), ("PUT", "/find"), ("GET", "/alexa")]
)
def test_what_does_not_work_is_said_in_the_same_style(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(path, method=method)
    assert response.status_code == 405
    assert method not in response.headers["Allow"]
    assert ("POST" if path == "/alexa" else "GET") in response.headers["Allow"]
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    page = Page(response.text)
    assert page.only("h1") == "That does not work here"
    assert "tel:911" in page.hrefs()


def test_a_canonical_address_needs_an_address(client: FlaskClient, hosted: FlaskClient) -> None:
    def canonical(page: Page) -> list[str | None]:
        return [link["href"] for link in page.all("link") if link["rel"] == "canonical"]

    assert canonical(read(client, "/answers/hospice")) == []
    assert canonical(read(hosted, "/answers/hospice?country=GB")) == [f"{BASE}/answers/hospice"]
    assert canonical(read(hosted, "/")) == [f"{BASE}/"]


def test_search_engines_are_told_what_a_page_is(hosted: FlaskClient) -> None:
    for id in IDS:
        page = read(hosted, path_of(id))
        [data] = [text for text in page.texts["script"] if text.strip()]
        described = json.loads(data)
        assert described["name"] == ANSWERS[id].title
        if not ANSWERS[id].organization:
            assert described["@type"] == ["MedicalWebPage", "FAQPage"]
            assert described["url"] == BASE + path_of(id)
            assert described["mainEntity"][0]["acceptedAnswer"]["text"]
    [site] = [text for text in read(hosted, "/").texts["script"] if text.strip()]
    assert json.loads(site)["url"] == f"{BASE}/"


def test_the_sitemap_names_every_page_and_robots_name_the_sitemap(hosted: FlaskClient, client: FlaskClient) -> None:
    tree = ElementTree.fromstring(hosted.get("/sitemap.xml").data)
    named = {element.text or "" for element in tree.iter() if element.tag.endswith("loc")}
    assert {BASE + path_of(id) for id in IDS} <= named
    assert [url for url in named if hosted.get(url.removeprefix(BASE)).status_code != 200] == []
    robots = hosted.get("/robots.txt")
    assert robots.content_type.startswith("text/plain")
    assert f"Sitemap: {BASE}/sitemap.xml" in robots.text
    assert "Sitemap" not in client.get("/robots.txt").text
    assert client.get("/sitemap.xml").headers["Cache-Control"] == "no-store"


def test_the_stores_pages_say_what_they_must(client: FlaskClient) -> None:
    privacy, terms = read(client, "/privacy").text, read(client, "/terms").text
    for words in ("keeps nothing about you", "no cookies", "Amazon may keep its own record"):
        assert words in privacy
    for words in ("not medical advice", "no emergency service", "cannot call anyone"):
        assert words in terms


def test_privacy_tells_when_answers_are_logged(client: FlaskClient, catalogue: Catalogue) -> None:
    settings = Settings(environment="development", verify_requests=False, log_answers=True)
    chatty = make_app(settings, None, catalogue).test_client()
    assert "which of its answers was given" in read(chatty, "/privacy").text
    assert "which of its answers was given" not in read(client, "/privacy").text
