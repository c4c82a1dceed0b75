"""The pages of the program: routes only. What stands on them is skill.pages.reader, how it looks are the templates."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.exceptions import HTTPException

from skill.catalogue import Catalogue
from skill.codes import by_code
from skill.compose import Composer, plain
from skill.find import Caution, Crisis, Emergency, Finder, Found, Unsure
from skill.heard import WORDS_AT_MOST
from skill.pages import structured
from skill.pages.groups import GROUPS
from skill.pages.headers import KEPT_LONG, NOT_KEPT, dressed
from skill.pages.reader import HOME, Place, Reader, dialled, linked, numbers, telephone
from skill.settings import Settings
from skill.turn import place as place_of
from skill.wording import Wording

FOLDER = Path(__file__).parent
STATIC = {
    "site.css": "text/css; charset=utf-8",
    "listen.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
LANGUAGES = {"en": "English", "es": "Spanish", "fr": "French"}
ADVICE = frozenset({"team_now"})  # lines of caution that are the answer; the others go with one

log = logging.getLogger(__name__)


def pages(catalogue: Catalogue, settings: Settings, finder: Finder) -> Blueprint:
    """The blueprint. It reads its files once, here; no path of a request ever reaches a file."""
    routes = Blueprint("pages", __name__)
    site = Site(catalogue, settings)
    reader, show = site.reader, site.show

    @routes.get("/")
    def home() -> Response:
        """What this is, the search, and every answer by group."""
        place = site.place()
        groups = [(group, title, reader.group(group, place)) for group, title in GROUPS.items()]
        data = structured.of_home((title for _, title, _ in groups), settings.base_url)
        return show("home.html", place, groups=groups, data=data)

    @routes.get("/answers/<id>")
    def answer(id: str) -> Response:
        """An answer: large, with who can help, what to ask next, and where it comes from."""
        return site.article("answer.html", id, organization=False)

    @routes.get("/organizations/<id>")
    def organization(id: str) -> Response:
        """An organization: what it does, for whom, and how to reach it."""
        return site.article("organization.html", id, organization=True)

    @routes.get("/a/<code>")
    def short(code: str) -> Response:
        """The short link of a card. It is typed by hand, without a country: the browser's languages tell that."""
        if (id := site.codes.get(code.lower())) is None:
            abort(404)
        response = Response(status=302, headers={"Vary": "Accept-Language"})
        response.location = site.address(id, catalogue.answers[id].organization is not None, site.place_of_browser())
        return response

    @routes.get("/search")
    def search() -> Response:
        """What the same finder says to the same words as on Alexa; safety first."""
        place, words = site.place(), " ".join(request.args.get("q", "").split())[:WORDS_AT_MOST]
        shown: dict[str, Any] = {"q": words, "caution": None}
        if not any(letter.isalnum() for letter in words):
            return site.unkept("search.html", place, kind="nothing", **shown)
        match finder.find(words):
            case Emergency(_, wording):
                return site.unkept("search.html", place, kind="emergency", text=reader.safety(wording, place), **shown)
            case Crisis(_, wording):
                return site.unkept("search.html", place, kind="crisis", text=reader.safety(wording, place), **shown)
            case Found(id, caution, cancer):
                shown["caution"] = site.caution(caution, place)
                article = reader.article(id, place, "" if caution else cancer)  # as aloud: a warning comes alone
                return site.unkept("search.html", place, kind="found", article=article, **shown)
            case Unsure(ids):
                pointers = [reader.pointer(id, place) for id in ids]
                return site.unkept("search.html", place, kind="unsure", pointers=pointers, **shown)
            case nothing:
                next_ones = catalogue.declines[nothing.decline].next if nothing.decline else ()
                pointers = [reader.pointer(id, place) for id in next_ones]
                text = reader.no(nothing.decline, place)
                return site.unkept("search.html", place, kind="no", text=text, pointers=pointers, **shown)

    @routes.get("/find")
    def find() -> Response:
        """The support finder: who helps with a need, for a cancer, in a country."""
        place = site.place()
        need = catalogue.needs.get(request.args.get("need", ""))
        cancer = catalogue.cancers.get(request.args.get("cancer", ""))
        found = reader.for_need(need.id, cancer.id if cancer else "", place) if need else ()
        about = reader.pointer(need.answer, place) if need else None
        return show("find.html", place, need=need, cancer=cancer, found=found, about=about)

    @routes.get("/privacy")
    def privacy() -> Response:
        """What is kept: nothing; and Amazon's part."""
        return show("privacy.html", site.place(), log_answers=settings.log_answers)

    @routes.get("/terms")
    def terms() -> Response:
        """What this is, and what it is not."""
        return show("terms.html", site.place())

    @routes.get("/sitemap.xml")
    def sitemap() -> Response:
        """Every page, for search engines."""
        base = settings.base_url or request.url_root.rstrip("/")
        paths: list[tuple[str, str | None]] = [(f"/{name}", None) for name in ("", "find", "privacy", "terms")]
        for known in catalogue.answers.values():
            folder = "organizations" if known.organization else "answers"
            paths.append((f"/{folder}/{known.id}", known.reviewed.isoformat()))
        text = site.template("sitemap.xml", base=base, paths=paths)
        response = Response(text, content_type="application/xml; charset=utf-8")
        if settings.base_url is None:  # then the address is the visitor's word, and is for nobody else
            response.headers["Cache-Control"] = NOT_KEPT
        return response

    @routes.get("/robots.txt")
    def robots() -> Response:
        """All may be read, but for what somebody asked."""
        lines = ["User-agent: *", "Disallow: /search", "Disallow: /a/"]
        if settings.base_url is not None:
            lines.append(f"Sitemap: {settings.base_url}/sitemap.xml")
        return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")

    @routes.get("/assets/<name>")
    def static(name: str) -> Response:
        """The stylesheet, the script of the button, the icon."""
        if name not in site.static:
            abort(404)
        response = Response(site.static[name], content_type=STATIC[name])
        if request.args.get("v") == site.versions[name]:
            response.headers["Cache-Control"] = KEPT_LONG
        return response

    @routes.app_errorhandler(404)
    def not_found(_: HTTPException) -> Response:
        """No such page, with the way back and the numbers."""
        return dressed(show("missing.html", site.place(), 404), request)

    @routes.app_errorhandler(405)
    def not_so(error: HTTPException) -> Response:
        """An address that is only read, or only written to, with the way back and the numbers."""
        response = dressed(show("not_so.html", site.place(), 405), request)
        response.headers["Allow"] = error.get_response().headers["Allow"]  # a client is told what would do
        return response

    @routes.errorhandler(Exception)
    def trouble(error: Exception) -> Response | HTTPException:
        """Our own fault: the log names where, and nothing of what was asked."""
        if isinstance(error, HTTPException):
            return error
        log.error("page failed: %s at %s", type(error).__name__, place_of(error))
        return show("trouble.html", site.place(), 500)

    @routes.after_request
    def dress(response: Response) -> Response:
        return dressed(response, request)

    return routes


class Site:
    """What the routes share: reader, templates, static files, short codes; made once, and never changed."""

    def __init__(self, catalogue: Catalogue, settings: Settings) -> None:
        self.catalogue = catalogue
        self.base_url = settings.base_url
        self.reader = Reader(catalogue, Wording(catalogue), Composer(catalogue.spelling))
        self.codes = by_code(catalogue.answers)
        self.static = {name: (FOLDER / "static" / name).read_bytes() for name in STATIC}
        self.versions = {name: hashlib.sha256(held).hexdigest()[:12] for name, held in self.static.items()}
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.filters |= {"linked": linked, "dialled": dialled, "telephone": telephone, "plain": plain}
        self._templates.globals |= {
            "numbers": numbers,
            "groups_by_id": GROUPS,
            "languages": LANGUAGES,
            "catalogue": catalogue,
            "places": self.reader.places,
            "phrases": catalogue.phrases,
        }

    def place(self) -> Place:
        """Where the reader is, by the address of the page."""
        return self.reader.place(request.args.get("country", ""))

    def place_of_browser(self) -> Place:
        """Where the reader is, by the first of the browser's languages that names a country of ours."""
        for language in request.accept_languages.values():
            country = language.rpartition("-")[2].upper()
            if "-" in language and country in self.reader.places:
                return self.reader.places[country]
        return self.reader.places[HOME]

    def address(self, id: str, of_organization: bool, place: Place) -> str:
        """The address of a page about an answer or an organization."""
        return self._at("organization" if of_organization else "answer", place, id=id)

    def article(self, template: str, id: str, *, organization: bool) -> Response:
        """The page of an answer or an organization; 404 where it is not one of that kind."""
        place = self.place()
        known = self.catalogue.answers.get(id)
        if known is None and (organization or id not in self.catalogue.safeguards.cards):
            abort(404)
        if known is not None and (known.organization is not None) != organization:
            abort(404)
        article = self.reader.article(id, place)
        text = " ".join(plain(paragraph) for paragraph in article.paragraphs)
        if organization:
            data = structured.of_organization(article, text)
        else:
            data = structured.of_article(article, text, self._canonical())
        return self.show(template, place, article=article, data=data)

    def caution(self, caution: Caution | None, place: Place) -> dict[str, Any] | None:
        """The sentence that goes with an answer, and whether it is the more important of the two."""
        if caution is None or caution.wording not in self.catalogue.safeguards.texts:
            return None
        return {"text": self.reader.safety(caution.wording, place), "first": caution.line in ADVICE}

    def unkept(self, template: str, place: Place, **values: Any) -> Response:
        """A page that no cache may keep."""
        response = self.show(template, place, **values)
        response.headers["Cache-Control"] = NOT_KEPT
        return response

    def show(self, template: str, place: Place, status: int = 200, **values: Any) -> Response:
        """A page."""

        def at(endpoint: str, **parts: str) -> str:
            return self._at(endpoint, place, **parts)

        return Response(
            self.template(
                template,
                place=place,
                at=at,
                static=self._static,
                here=request.path if status == 200 else "/",
                kept={name: value for name, value in request.args.items() if name in ("q", "need", "cancer")},
                canonical=self._canonical() if status == 200 else None,
                **values,
            ),
            status=status,
            content_type="text/html; charset=utf-8",
        )

    def template(self, name: str, **values: Any) -> str:
        """A template, filled in; raises for a name that it was not given."""
        return self._templates.get_template(name).render(**values)

    def _at(self, endpoint: str, place: Place, **parts: str) -> str:
        country = None if place.code == HOME else place.code
        return url_for(f"pages.{endpoint}", **{"country": country, **parts})  # type: ignore[arg-type]

    def _static(self, name: str) -> str:
        return url_for("pages.static", name=name, v=self.versions[name])

    def _canonical(self) -> str | None:
        return f"{self.base_url}{request.path}" if self.base_url else None
