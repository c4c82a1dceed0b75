"""Content files to a Catalogue, or one ContentError that lists every fault by file and key."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from skill import safeguards
from skill.catalogue import (
    Answer,
    Cancer,
    Catalogue,
    Decline,
    Intent,
    Need,
    Organization,
    Phrases,
    Site,
    State,
    Words,
)

CONTENT = Path(__file__).parent / "content" / "en"
_COUNTRIES = dict[str, tuple[str, ...]]
_WORDS = dict[str, str]
_ORGANIZATION_KEYS = {field.name for field in fields(Organization)}
T = TypeVar("T")


class ContentError(ValueError):
    """The content cannot be used; the message lists every fault, a line each: file, key, what is wrong."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(("the content has faults:", *self.faults)))


def load(folder: Path = CONTENT) -> Catalogue:
    """Reads and cross-checks the content of `folder`; raises ContentError that lists every fault of every file."""
    return _Loader(folder).load()


class _Loader:
    """Reads files one by one and collects their faults as it goes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[str] = []

    def load(self) -> Catalogue:
        answers = self._answers()
        guards, faults = safeguards.load(self.folder)
        self.faults += faults
        tables: dict[str, Any] = {
            "answers": answers,
            "cancers": self._table("cancers.toml", Cancer),
            "sites": self._table("sites.toml", Site),
            "needs": self._table("needs.toml", Need),
            "states": self._table("cancer_centers.toml", State),
            "declines": self._declines(),
            "intents": self._table("asking.toml", Intent, key="name"),
            "helplines": self._make(_WORDS, self._read(self.folder / "helplines.toml"), "helplines.toml"),
            "countries": self._make(_COUNTRIES, self._read(self.folder / "countries.toml"), "countries.toml"),
            "spelling": self._make(_WORDS, self._read(self.folder / "spelling.toml"), "spelling.toml"),
            "words": self._make(Words, self._read(self.folder / "words.toml"), "words.toml"),
            "phrases": self._make(Phrases, self._read(self.folder / "phrases.toml"), "phrases.toml"),
            "safeguards": guards,
        }
        if not self.faults:  # what cannot be read cannot be compared
            catalogue = Catalogue(**tables)
            self.faults += cross_faults(catalogue)
        if self.faults:
            raise ContentError(self.faults)
        return catalogue

    def _answers(self) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        files = sorted([*self.folder.glob("answers/*/*.toml"), *self.folder.glob("organizations/*.toml")])
        for file in files:
            group = file.parent.name
            data = self._read(file)
            values = {key: value for key, value in data.items() if key not in _ORGANIZATION_KEYS}
            if group == "organizations":
                values["organization"] = {key: value for key, value in data.items() if key in _ORGANIZATION_KEYS}
            asks = self.folder / "asks" / group / f"{file.stem}.txt"
            values |= {"id": file.stem, "group": group, "asks": self._lines(asks)}
            if file.stem in answers:
                self.faults.append(f"{self._name(file)}: the id {file.stem} is taken by another file")
            answer = self._make(Answer, values, self._name(file))
            if answer is not None:
                answers[file.stem] = answer
        for asks in sorted(self.folder.glob("asks/*/*.txt")):
            if asks.parent.name != "declines" and asks.stem not in answers:
                self.faults.append(f"{self._name(asks)}: there is no answer {asks.stem}")
        return answers

    def _declines(self) -> dict[str, Decline]:
        """Classes of questions that are not ours, each with its examples in a file beside the asks."""
        made = {
            id: self._make(
                Decline,
                _with(values, id=id, asks=self._lines(self.folder / "asks" / "declines" / f"{id}.txt")),
                f"declines.toml [{id}]",
            )
            for id, values in self._read(self.folder / "declines.toml").items()
        }
        return {id: decline for id, decline in made.items() if decline is not None}

    def _table(self, name: str, kind: type[T], key: str = "id") -> dict[str, T]:
        """A file of tables, each one thing of `kind` whose `key` is the table's name."""
        made = {
            id: self._make(kind, _with(values, **{key: id}), f"{name} [{id}]")
            for id, values in self._read(self.folder / name).items()
        }
        return {id: thing for id, thing in made.items() if thing is not None}

    def _make(self, kind: type[T], values: Any, where: str) -> T | None:
        """One thing of `kind`; where its values do not fit, notes each fault and gives None."""
        try:
            return TypeAdapter(kind).validate_python(values)
        except ValidationError as error:
            self.faults += [_fault(where, dict(detail)) for detail in error.errors()]
            return None

    def _read(self, file: Path) -> dict[str, Any]:
        return self._open(file, lambda: tomllib.loads(file.read_text(encoding="utf-8")), {})

    def _lines(self, file: Path) -> tuple[str, ...]:
        return self._open(file, lambda: tuple(file.read_text(encoding="utf-8").splitlines()), ())

    def _open(self, file: Path, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except FileNotFoundError:
            self.faults.append(f"{self._name(file)}: the file is missing")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.faults.append(f"{self._name(file)}: {error}")
        return otherwise

    def _name(self, file: Path) -> str:
        return str(file.relative_to(self.folder))


def _with(values: Any, **own: Any) -> Any:
    """The values of a table, and what stands elsewhere; what is no table stays as it is, for its fault to be named."""
    return {**own, **values} if isinstance(values, dict) else values


_PLAIN = {
    "unexpected_keyword_argument": "this key is not known here; is it misspelt?",
    "missing": "the key is missing",
    "missing_argument": "the key is missing",
}


def _fault(where: str, detail: Mapping[str, Any]) -> str:
    """A fault of pydantic's in an editor's words."""
    key = ".".join(str(part) for part in detail["loc"]) or "the whole"
    return f"{where}: {key}: {_PLAIN.get(detail['type'], detail['msg'])}"


def cross_faults(catalogue: Catalogue) -> list[str]:
    """What no file shows alone: ids that lead nowhere, words that two answers claim, sources that are no links."""
    faults: list[str] = []
    known, groups = catalogue.answers, catalogue.organizations

    def refer(where: str, ids: Iterable[str | None], among: Mapping[str, object], what: str) -> None:
        faults.extend(f"{where}: there is no {what} {id}" for id in ids if id is not None and id not in among)

    for answer in known.values():
        refer(f"{answer.id}: next", answer.next, known, "answer")
        refer(f"{answer.id}: help", answer.help, groups, "organization")
        if answer.id in (*answer.next, *answer.help):
            faults.append(f"{answer.id}: it points at itself")
        if answer.organization is not None:
            refer(f"{answer.id}: services", answer.organization.services, catalogue.needs, "need")
        urls = [*(link.url for link in answer.links), *(source.url for source in answer.sources)]
        faults.extend(f"{answer.id}: {url} does not begin with https://" for url in urls if url[:8] != "https://")
        faults.extend(
            f"{answer.id}: {what} is empty"
            for what in ("say", "more", "asks", "sources", "title", "name")
            if not getattr(answer, what)
        )
    for cancer in catalogue.cancers.values():
        refer(f"cancers.toml [{cancer.id}]: answer", [cancer.answer], known, "answer")
        refer(f"cancers.toml [{cancer.id}]: help", cancer.help, groups, "organization")
        if (cancer.answer is None) == (cancer.say is None):
            faults.append(f"cancers.toml [{cancer.id}]: give either answer or say")
    for site in catalogue.sites.values():
        refer(f"sites.toml [{site.id}]: answer", [site.answer], known, "answer")
    for need in catalogue.needs.values():
        refer(f"needs.toml [{need.id}]: answer", [need.answer], known, "answer")
    for decline in catalogue.declines.values():
        refer(f"declines.toml [{decline.id}]: next", decline.next, known, "answer")
    for state in catalogue.states.values():
        refer(f"cancer_centers.toml [{state.id}]: neighbors", state.neighbors, catalogue.states, "state")
    for country, organization in catalogue.helplines.items():
        refer(f"helplines.toml: {country}", [organization], groups, "organization")
    asks = {answer.id: answer.asks for answer in known.values()}
    faults += claimed_twice("ask", asks | {f"declines {d.id}": d.asks for d in catalogue.declines.values()})
    faults += claimed_twice("term", {answer.id: answer.terms for answer in known.values()})
    faults += claimed_twice("term", {f"cancers.toml {c.id}": c.terms for c in catalogue.cancers.values()})
    faults += claimed_twice("term", {f"sites.toml {s.id}": s.terms for s in catalogue.sites.values()})
    faults += claimed_twice("term", {f"needs.toml {n.id}": n.terms for n in catalogue.needs.values()})
    return faults


def claimed_twice(what: str, words: Mapping[str, Iterable[str]]) -> list[str]:
    """A fault for every line that two owners claim."""
    owners: dict[str, str] = {}
    return [
        f"{owner}: the {what} {line!r} also belongs to {owners[line]}"
        for owner, lines in words.items()
        for line in lines
        if owners.setdefault(line, owner) != owner
    ]
