"""What the safety files hold: signs and how people say them, texts to answer with, numbers by country.

`safety.toml` names word lists (`[words]`), findings made of them (`[findings]`) and the signs that
are put together from both. A pattern is written as people speak, with these marks:

    breathe            this word                      passed_out   these words, side by side
    [cannot]           any entry of that list         (a|b|[c])    any of these
    (a|b)?             may be missing                 ^  $         the first, the last place
    a b                b at most two words after a    a .. b       at most six words after
    a & b              both, anywhere, in any order   ~[c]         not when this is said anywhere

Word lists may use a star at a word's end (`cough*`). Findings may use findings named above them.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

NEAR, FAR = 2, 6
TIERS = ("call_now", "team_now")
LINES = ("warn", "soft", "team_now", "none")
# Words that the grammar in find/safety.py leans on; without them it would be deaf.
GRAMMAR = (
    "opener", "owner", "person", "joiner", "and", "filler", "wh", "wh_first", "why", "when_now", "topic_frame",
    "topic_tail", "topical", "generic", "asking_aux", "having_aux", "command", "if", "not_if", "will", "past",
    "rarely", "habit", "state", "now", "sudden", "not", "not_but", "not_past", "beast", "human",
)  # fmt: skip
PLACEHOLDERS = frozenset({"emergency", "crisis", "poison", "abuse"})
WORDS_IN_A_TEXT, WORDS_IN_A_SENTENCE = 60, 20
# Words that nearly every sentence has: a pattern is not looked up by them.
COMMON = frozenset(
    [
        "a",
        "all",
        "am",
        "an",
        "and",
        "are",
        "at",
        "be",
        "by",
        "can",
        "cannot",
        "could",
        "did",
        "do",
        "does",
        "for",
        "get",
        "go",
        "going",
        "had",
        "has",
        "have",
        "he",
        "her",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "just",
        "keep",
        "like",
        "make",
        "me",
        "my",
        "no",
        "not",
        "now",
        "of",
        "off",
        "on",
        "one",
        "or",
        "our",
        "out",
        "she",
        "should",
        "so",
        "some",
        "stop",
        "take",
        "that",
        "the",
        "their",
        "them",
        "they",
        "this",
        "to",
        "too",
        "up",
        "was",
        "we",
        "what",
        "when",
        "who",
        "why",
        "will",
        "with",
        "would",
        "you",
        "mom",
        "dad",
        "mother",
        "father",
        "husband",
        "wife",
    ]
)


@dataclass(frozen=True, slots=True)
class Part:
    """One place in a pattern: a term, and how many other words may stand before it."""

    term: str
    gap: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of saying something: groups of parts in order, and terms that must not be said."""

    text: str
    groups: tuple[tuple[Part, ...], ...]
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Patterns:
    """Ways of saying one thing, by the term of each that is said most seldom: without it, none need be tried."""

    by_key: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sign:
    """A bodily sign: `alarm` counts unless asked about, denied or past; `present` only when somebody
    has it now; `always` counts in any frame."""

    id: str
    name: str
    tier: str
    wording: str
    answer: str | None
    alarm: Patterns
    present: Patterns
    always: Patterns
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class CrisisSign:
    """A sign of a wish to die or of harm; `emergency` when the emergency number goes first."""

    id: str
    name: str
    kind: str
    wording: str
    emergency: bool
    alarm: Patterns
    always: Patterns
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class LookAlike:
    """What sounds like a sign and is none: the line that goes with the ordinary answer, if any."""

    name: str
    line: str
    wording: str
    answer: str | None
    said: Patterns
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Source:
    title: str
    publisher: str
    url: str


@dataclass(frozen=True, slots=True)
class Text:
    """What is said; holds {emergency}, {crisis}, {poison} and {abuse}, which a Region fills."""

    key: str
    say: str
    reprompt: str


@dataclass(frozen=True, slots=True)
class Card:
    """An answer that belongs to safety itself (`emergency`, `crisis`)."""

    id: str
    title: str
    name: str
    say: str
    card: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number to call: `ask` is the whole request, as in "call Samaritans on {number}"."""

    name: str
    written: str
    spoken: str
    ask: str
    how: str = "call"

    def asked(self, spoken: bool) -> str:
        return self.ask.replace("{number}", self.spoken if spoken else self.written)


@dataclass(frozen=True, slots=True)
class Region:
    """The numbers of one country."""

    country: str
    name: str
    locales: tuple[str, ...]
    emergency: Number
    crisis: Number
    poison: Number
    abuse: Number
    more: tuple[Number, ...]
    note: str
    reviewed: date
    sources: tuple[Source, ...]

    def fill(self, text: str, *, spoken: bool) -> str:
        """A text with this country's numbers, as spoken or as written on a card."""
        numbers = {name: getattr(self, name).asked(spoken) for name in PLACEHOLDERS}
        return re.sub(r"\{(\w+)\}", lambda place: str(numbers[place[1]]), text)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words to terms: whole words, word beginnings, and phrases by their first two words."""

    words: Mapping[str, tuple[str, ...]]
    beginnings: Mapping[str, tuple[str, ...]]
    phrases: Mapping[tuple[str, ...], tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]


@dataclass(frozen=True, slots=True)
class Safeguards:
    """Everything that the safety ear and the safety answers need, made once."""

    spellings: Mapping[str, str]
    slips: Mapping[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]
    lexicon: Lexicon
    figures: Patterns
    findings: tuple[tuple[str, Patterns], ...]
    signs: tuple[Sign, ...]
    crises: tuple[CrisisSign, ...]
    look_alikes: tuple[LookAlike, ...]
    texts: Mapping[str, Text]
    cards: Mapping[str, Card]
    regions: Mapping[str, Region]
    fallback: Region
    reviewed: date
    sources: tuple[Source, ...]

    def region(self, locale: str) -> Region:
        """The region of a locale such as en-GB: by its own list, else by the country part."""
        listed = next((region for region in self.regions.values() if locale in region.locales), None)
        return listed or self.regions.get(locale.rpartition("-")[2].upper(), self.fallback)

    def text(self, key: str, locale: str, *, spoken: bool = True) -> str:
        return self.region(locale).fill(self.texts[key].say, spoken=spoken)

    def reprompt(self, key: str, locale: str) -> str:
        return self.region(locale).fill(self.texts[key].reprompt, spoken=True)


def load(folder: Path) -> tuple[Safeguards, list[str]]:
    """Safeguards of a content folder and the faults of its files (none: the safeguards are sound)."""
    faults: list[str] = []
    tables: list[dict[str, Any]] = []
    for name in ("safety.toml", "regions.toml"):
        try:
            tables.append(tomllib.loads((folder / name).read_text(encoding="utf-8")))
        except (OSError, tomllib.TOMLDecodeError) as error:
            faults.append(f"{name}: cannot be read: {error}")
            tables.append({})
    safeguards, more = build(tables[0], tables[1])
    return safeguards, faults or more


def build(safety: Mapping[str, Any], regions: Mapping[str, Any]) -> tuple[Safeguards, list[str]]:
    """Safeguards from the two TOML tables, with a sentence for every fault found."""
    return _Builder(safety, regions).build()


@dataclass
class _Builder:
    """Reads the tables once, collecting terms that patterns name and faults as it goes."""

    safety: Mapping[str, Any]
    regions: Mapping[str, Any]
    faults: list[str] = field(default_factory=list)
    terms: dict[str, list[str]] = field(default_factory=dict)  # term → words and phrases
    findings: dict[str, Patterns] = field(default_factory=dict)

    def build(self) -> tuple[Safeguards, list[str]]:
        for name, entries in self._table(self.safety, "words").items():
            self.terms[name] = list(self._flat(name, entries))
        for name, entries in self._table(self.safety, "findings").items():
            self.findings[name] = self._patterns(f"findings.{name}", entries)
        self.faults += [
            f"safety.toml: words.{name} is missing: the grammar needs it."
            for name in GRAMMAR
            if name not in self.terms and name not in self.findings
        ]
        figures = self._patterns("figures", self._table(self.safety, "figures").get("said", []))
        signs = tuple(self._sign(entry) for entry in self._entries("signs"))
        crises = tuple(self._crisis(entry) for entry in self._entries("crises"))
        look_alikes = tuple(self._look_alike(entry) for entry in self._entries("look_alikes"))
        texts = {key: self._text(key, entry) for key, entry in self._table(self.safety, "texts").items()}
        used = {sign.wording for sign in signs} | {crisis.wording for crisis in crises}
        used |= {alike.wording for alike in look_alikes if alike.line != "none"}
        self.faults += [f"safety.toml: texts.{key} is missing." for key in sorted(used - texts.keys())]
        cards = {key: self._card(key, entry) for key, entry in self._table(self.safety, "answers").items()}
        countries = {key: self._region(key, entry) for key, entry in self.regions.items() if isinstance(entry, dict)}
        safeguards = Safeguards(
            spellings=dict(self._table(self.safety, "spellings")),
            slips=self._slips(),
            lexicon=self._lexicon(),
            figures=figures,
            findings=tuple(self.findings.items()),
            signs=signs,
            crises=crises,
            look_alikes=look_alikes,
            texts=texts,
            cards=cards,
            fallback=countries["fallback"] if "fallback" in countries else self._region("fallback", {}),
            regions={key: region for key, region in countries.items() if key != "fallback"},
            reviewed=self._date("safety.toml", self.safety),
            sources=self._sources("safety.toml", self.safety),
        )
        return safeguards, list(dict.fromkeys(self.faults))

    # -- patterns ---------------------------------------------------------------------------------

    def _flat(self, name: str, entries: Any) -> Iterator[str]:
        """The entries of a word list, other lists named in brackets written out."""
        for entry in entries:
            if not entry.startswith("["):
                yield entry
            elif entry[1:-1] in self.terms:
                yield from self.terms[entry[1:-1]]
            else:
                self.faults.append(f"safety.toml: words.{name}: no list named {entry} stands above it.")

    def _patterns(self, where: str, lines: Any) -> Patterns:
        by_key: dict[str, list[Pattern]] = {}
        for line in lines:
            for pattern in self._variants(where, line):
                by_key.setdefault(self._key(pattern), []).append(pattern)
        return Patterns({key: tuple(patterns) for key, patterns in by_key.items()}, frozenset(by_key))

    def _key(self, pattern: Pattern) -> str:
        """The term of a pattern that is said most seldom: a finding, else the list with the fewest common words."""
        terms = [part.term for group in pattern.groups for part in group]
        return min(terms, key=self._how_common)

    def _how_common(self, term: str) -> tuple[bool, int, int]:
        """The beginning and the end of an utterance are in all of them; then, how many common words a list has."""
        words = self.terms.get(term, [])
        return not {"^", "$"}.isdisjoint(words), sum(word in COMMON for word in words), len(words)

    def _variants(self, where: str, line: str) -> Iterator[Pattern]:
        """A pattern line as patterns: each `(…)?` once with and once without."""
        if "'" in line:
            self.faults.append(f"safety.toml: {where}: spell out the apostrophe in '{line}'.")
        if re.search(r"\([^)]*\(|\([^)]* (?:\.\.|&) [^)]*\)", line):
            self.faults.append(f"safety.toml: {where}: no brackets, '..' or '&' inside brackets: '{line}'.")
        pieces = re.findall(r"~?(?:\([^)]*\)\??|\[\w+\]|[^\s()\[\]]+)", line)
        choices = [(piece[:-1], "") if piece.endswith(")?") else (piece,) for piece in pieces]
        for choice in product(*choices):
            yield self._pattern(where, line, [piece for piece in choice if piece])

    def _pattern(self, where: str, line: str, pieces: list[str]) -> Pattern:
        groups: list[list[Part]] = [[]]
        without: list[str] = []
        gap = NEAR
        for piece in pieces:
            if piece == "&":
                groups.append([])
            elif piece == "..":
                gap = FAR
            elif piece.startswith("~"):
                without.append(self._term(where, piece[1:]))
            else:
                groups[-1].append(Part(self._term(where, piece), gap))
                gap = NEAR
        if not all(groups):
            self.faults.append(f"safety.toml: {where}: a side of '&' is empty in '{line}'.")
        filled = tuple(tuple(group) for group in groups if group)
        return Pattern(line, filled or ((Part("never said", 0),),), tuple(without))

    def _term(self, where: str, piece: str) -> str:
        """The name of the term that a piece of a pattern stands for; new ones are noted."""
        if piece.startswith("["):
            name = piece[1:-1]
            if name not in self.terms and name not in self.findings:
                self.faults.append(f"safety.toml: {where}: nothing named {piece} stands above it.")
            return name
        if not piece.startswith("("):
            return self._noted(f"'{piece}", [piece.replace("_", " ")])
        if piece in self.findings:
            return piece
        members = piece[1:-1].split("|")
        names = {member for member in members if member.startswith("[")}
        if not any(name[1:-1] in self.findings for name in names):
            words = [word.replace("_", " ") for word in members if word not in names]
            return self._noted(piece, words + list(self._flat(where, sorted(names))))
        self.findings[piece] = self._patterns(where, members)
        return piece

    def _noted(self, name: str, words: list[str]) -> str:
        self.terms.setdefault(name, words)
        return name

    def _lexicon(self) -> Lexicon:
        words: dict[str, list[str]] = {}
        beginnings: dict[str, list[str]] = {}
        phrases: dict[tuple[str, ...], dict[tuple[str, ...], list[str]]] = {}
        for term, entries in self.terms.items():
            for entry in dict.fromkeys(entries):
                first, *rest = entry.split()
                if rest:
                    phrases.setdefault((first, rest[0]), {}).setdefault(tuple(rest[1:]), []).append(term)
                elif first.endswith("*"):
                    beginnings.setdefault(first[:-1], []).append(term)
                else:
                    words.setdefault(first, []).append(term)
        return Lexicon(
            words={word: tuple(terms) for word, terms in words.items()},
            beginnings={word: tuple(terms) for word, terms in beginnings.items()},
            phrases={
                first: tuple((rest, tuple(terms)) for rest, terms in by_rest.items())
                for first, by_rest in phrases.items()
            },
        )

    def _slips(self) -> dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]:
        """Misheard phrases by their first word, the longest first."""
        slips: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for heard, meant in self._table(self.safety, "misheard").items():
            first, *rest = heard.split()
            slips.setdefault(first, []).append((tuple(rest), tuple(meant.split())))
        return {first: tuple(sorted(found, key=lambda slip: -len(slip[0]))) for first, found in slips.items()}

    # -- entries ----------------------------------------------------------------------------------

    def _table(self, source: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        found = source.get(name)
        if isinstance(found, dict):
            return found
        self.faults.append(f"safety.toml: the table [{name}] is missing.")
        return {}

    def _entries(self, name: str) -> list[dict[str, Any]]:
        found = self.safety.get(name)
        if isinstance(found, list) and found:
            return found
        self.faults.append(f"safety.toml: there is no [[{name}]].")
        return []

    def _required(self, where: str, entry: Mapping[str, Any], key: str) -> str:
        value = entry.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.faults.append(f"{where}: {key} is missing or empty.")
        return ""

    def _sign(self, entry: Mapping[str, Any]) -> Sign:
        where = f"signs.{entry.get('id', '?')}"
        if entry.get("tier") not in TIERS:
            self.faults.append(f"safety.toml: {where}: tier must be one of {', '.join(TIERS)}.")
        alarm, present, always = (
            self._patterns(f"{where}.{how}", entry.get(how, [])) for how in ("alarm", "present", "always")
        )
        return Sign(
            id=self._required(f"safety.toml: {where}", entry, "id"),
            name=self._required(f"safety.toml: {where}", entry, "name"),
            tier=str(entry.get("tier")),
            wording=self._required(f"safety.toml: {where}", entry, "wording"),
            answer=entry.get("answer"),
            alarm=alarm,
            present=present,
            always=always,
            keys=alarm.keys | present.keys | always.keys,
        )

    def _crisis(self, entry: Mapping[str, Any]) -> CrisisSign:
        where = f"crises.{entry.get('id', '?')}"
        alarm, always = (self._patterns(f"{where}.{how}", entry.get(how, [])) for how in ("alarm", "always"))
        return CrisisSign(
            id=self._required(f"safety.toml: {where}", entry, "id"),
            name=self._required(f"safety.toml: {where}", entry, "name"),
            kind=self._required(f"safety.toml: {where}", entry, "kind"),
            wording=self._required(f"safety.toml: {where}", entry, "wording"),
            emergency=bool(entry.get("emergency", False)),
            alarm=alarm,
            always=always,
            keys=alarm.keys | always.keys,
        )

    def _look_alike(self, entry: Mapping[str, Any]) -> LookAlike:
        where = f"look_alikes.{entry.get('name', '?')}"
        if entry.get("line") not in LINES:
            self.faults.append(f"safety.toml: {where}: line must be one of {', '.join(LINES)}.")
        said = self._patterns(where, entry.get("said", []))
        return LookAlike(
            name=self._required(f"safety.toml: {where}", entry, "name"),
            line=str(entry.get("line")),
            wording=str(entry.get("wording", entry.get("line"))),
            answer=entry.get("answer"),
            said=said,
            keys=said.keys,
        )

    def _text(self, key: str, entry: Mapping[str, Any]) -> Text:
        where = f"safety.toml: texts.{key}"
        text = Text(key, self._required(where, entry, "say"), self._required(where, entry, "reprompt"))
        for name, words in (("say", text.say), ("reprompt", text.reprompt)):
            self._check_wording(f"{where}.{name}", words)
        return text

    def _check_wording(self, where: str, words: str) -> None:
        """Limits of what a frightened person can take in by ear (DESIGN 2; the dossier's rule)."""
        if len(words.split()) > WORDS_IN_A_TEXT:
            self.faults.append(f"{where} has more than {WORDS_IN_A_TEXT} words.")
        for sentence in re.split(r"(?<=[.!?])\s+", words):
            if len(sentence.split()) > WORDS_IN_A_SENTENCE:
                self.faults.append(f"{where} has a sentence over {WORDS_IN_A_SENTENCE} words: '{sentence}'")
        for place in sorted(set(re.findall(r"\{(\w*)\}", words)) - PLACEHOLDERS):
            self.faults.append(f"{where}: {{{place}}} is not a number that regions.toml holds.")

    def _card(self, key: str, entry: Mapping[str, Any]) -> Card:
        where = f"safety.toml: answers.{key}"
        title, name, say, card = (self._required(where, entry, part) for part in ("title", "name", "say", "card"))
        self._check_wording(f"{where}.say", say)
        return Card(key, title, name, say, card)

    # -- regions ----------------------------------------------------------------------------------

    def _region(self, key: str, entry: Mapping[str, Any]) -> Region:
        where = f"regions.toml: {key}"
        return Region(
            country=key,
            name=self._required(where, entry, "name"),
            locales=tuple(entry.get("locales", [])),
            emergency=self._number(where, "emergency", entry.get("emergency", {})),
            crisis=self._number(where, "crisis", entry.get("crisis", {})),
            poison=self._number(where, "poison", entry.get("poison", {})),
            abuse=self._number(where, "abuse", entry.get("abuse", {})),
            more=tuple(self._number(where, "more", more) for more in entry.get("more", [])),
            note=str(entry.get("note", "")),
            reviewed=self._date(where, entry),
            sources=self._sources(where, entry) if key != "fallback" else (),
        )

    def _number(self, where: str, key: str, entry: Mapping[str, Any]) -> Number:
        name, written, spoken, ask = (
            self._required(f"{where}.{key}", entry, part) for part in ("name", "written", "spoken", "ask")
        )
        if re.search(r"\d", spoken):
            self.faults.append(f"{where}.{key}: spoken must be in words, not digits: '{spoken}'.")
        return Number(name, written, spoken, ask, str(entry.get("how", "call")))

    def _date(self, where: str, entry: Mapping[str, Any]) -> date:
        value = entry.get("reviewed")
        if isinstance(value, date):
            return value
        self.faults.append(f"{where}: reviewed must be a date such as 2026-11-22.")
        return date.min

    def _sources(self, where: str, entry: Mapping[str, Any]) -> tuple[Source, ...]:
        sources = []
        for number, source in enumerate(entry.get("sources", []), 1):
            parts = [self._required(f"{where}: source {number}", source, key) for key in ("title", "publisher", "url")]
            if not parts[2].startswith("https://"):
                self.faults.append(f"{where}: source {number}: url must begin with https://.")
            sources.append(Source(*parts))
        if not sources:
            self.faults.append(f"{where}: sources are missing.")
        return tuple(sources)
