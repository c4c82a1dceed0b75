"""The safety ear: every utterance passes here before any other understanding.

Words become terms, terms become findings ("chest pain", "weak legs"), findings make up signs. Then the
grammar of the clause decides: does somebody have it now, or is it asked about, past, imagined or denied?
The signs and the words are data (content/en/safety.toml); which sign outranks which, and that doubt counts
as an emergency, are the rules of the project's safety dossier.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from skill.safeguards import CrisisSign, Lexicon, LookAlike, Part, Pattern, Patterns, Safeguards, Sign


@dataclass(frozen=True, slots=True)
class Emergency:
    """A sign that needs the emergency number now; `wording` is the key of the text to say."""

    sign: str
    wording: str


@dataclass(frozen=True, slots=True)
class Crisis:
    """A wish to die, harm done or feared; `kind` and `wording` as in the safety file."""

    kind: str
    wording: str


@dataclass(frozen=True, slots=True)
class Caution:
    """No alarm: a sentence (`wording`) goes with the ordinary answer, or with `answer` when it is known."""

    line: str
    answer: str | None
    wording: str = ""


class Mood(IntEnum):
    """How a sign was said, from least to most pressing."""

    DENIED = 0
    ASKED = 1
    PRESENT = 2


AnySign = TypeVar("AnySign", Sign, CrisisSign, LookAlike)
Match = tuple[int, int, int]  # first place, place after the last, bits of the places that were used
Spans = dict[str, list[Match]]
NOTHING: tuple[Match, ...] = ()
NEARBY = 5  # words between a sign and what would rule it out
MOST = 50  # ways to match a finding: more add nothing, and a long rambling must not take long
ENDINGS = (
    ("n't", "not"),
    ("'s", "is"),
    ("'m", "am"),
    ("'re", "are"),
    ("'ve", "have"),
    ("'ll", "will"),
    ("'d", "would"),
)
WORD = re.compile(r"[^\W_]+(?:['.][^\W_]+)*")


def hear(safeguards: Safeguards, utterance: str) -> Emergency | Crisis | Caution | None:
    """What the safety of the speaker asks for, given any string; None when nothing in it does."""
    said = _Said(safeguards, words_of(safeguards, utterance))
    crises = [(sign, mood) for sign in said.only(safeguards.crises) if (mood := said.mood_of_crisis(sign)) is not None]
    pressing = [sign for sign, mood in crises if mood is Mood.PRESENT]
    if attempt := next((sign for sign in pressing if sign.emergency), None):
        return Emergency(attempt.id, attempt.wording)
    alarms: list[tuple[Sign, Mood]] = []
    for sign in said.only(safeguards.signs):
        mood = said.mood_of_sign(sign)
        if mood is Mood.PRESENT and sign.tier == "call_now":
            return Emergency(sign.id, sign.wording)
        if mood is not None:
            alarms.append((sign, mood))
    if pressing:
        return Crisis(pressing[0].kind, pressing[0].wording)
    return _caution(said, alarms, bool(crises))


def _caution(said: "_Said", alarms: Sequence[tuple[Sign, Mood]], of_crisis: bool) -> Caution | None:
    """The line that goes with an ordinary answer; `of_crisis`: something of a crisis was said, denied or long past."""
    for sign, mood in alarms:
        if sign.tier == "team_now" and mood is Mood.PRESENT:
            return Caution("team_now", sign.answer, sign.wording)
    for alike in said.only(said.safeguards.look_alikes):
        if said.has(alike.said):
            return None if alike.line == "none" else Caution(alike.line, alike.answer, alike.wording)
    if any(sign.tier == "call_now" and mood is Mood.ASKED for sign, mood in alarms):
        return Caution("warn", None, "warn")
    return Caution("soft", None, "soft") if of_crisis else None


def words_of(safeguards: Safeguards, utterance: str) -> list[str]:
    """The utterance as plain words: no case, accents, apostrophes; slips of recognition put right."""
    plain = unicodedata.normalize("NFKD", utterance.casefold().replace("\u2019", "'"))
    spelled: list[str] = []
    for word in WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign))):
        spelled += _spelled_out(safeguards, word)
    words: list[str] = []
    place = 0
    while place < len(spelled):
        for heard, meant in safeguards.slips.get(spelled[place], ()):
            if tuple(spelled[place + 1 : place + 1 + len(heard)]) == heard:
                words += meant
                place += len(heard) + 1
                break
        else:
            words.append(spelled[place])
            place += 1
    return words


def _spelled_out(safeguards: Safeguards, word: str) -> list[str]:
    """A contraction, with or without its apostrophe, as the words that it stands for."""
    if word in safeguards.spellings:
        return safeguards.spellings[word].split()
    for ending, meant in ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return [word[: -len(ending)], meant]
    return [word]


class _Said:
    """One utterance taken apart: its words, the terms and findings in it, and where its clauses begin."""

    def __init__(self, safeguards: Safeguards, words: list[str]) -> None:
        self.safeguards = safeguards
        self.words = ["^", *words, "$"]
        self.spans = _look_up(safeguards.lexicon, self.words)
        self.terms = set(self.spans)  # most patterns are ruled out by what was not said at all
        if figures := self._matches(safeguards.figures):
            self.words = _without(self.words, figures)
            self.spans = _look_up(safeguards.lexicon, self.words)
            self.terms = set(self.spans)
        for name, patterns in safeguards.findings:
            if not patterns.keys.isdisjoint(self.terms) and (matches := self._matches(patterns)):
                self.terms.add(name)
                self.spans[name] = sorted({*self.spans.get(name, ()), *matches})
        self.clauses = self._clauses()
        self.moods: dict[tuple[Match, bool, bool], Mood] = {}

    def only(self, signs: Iterable[AnySign]) -> list[AnySign]:
        """The signs that could have been said at all."""
        return [sign for sign in signs if not sign.keys.isdisjoint(self.terms)]

    def _tried(self, patterns: Patterns) -> list[Pattern]:
        """The patterns that could have been said at all."""
        return [pattern for key in patterns.keys & self.terms for pattern in patterns.by_key[key]]

    def _matches(self, patterns: Patterns) -> set[Match]:
        return {match for pattern in self._tried(patterns) for match in _match(pattern, self.spans)}

    def has(self, patterns: Patterns) -> bool:
        """Whether one of the patterns was said, in whatever frame."""
        return any(_match(pattern, self.spans) for pattern in self._tried(patterns))

    def mood_of_sign(self, sign: Sign) -> Mood | None:
        """How the sign was said; None when it was not."""
        if self.has(sign.always):
            return Mood.PRESENT
        alarm = self._mood(sign.alarm)
        if alarm is Mood.PRESENT:
            return alarm
        present = self._mood(sign.present)
        if present is Mood.PRESENT and not self._somebody_has_it(sign):
            present = Mood.ASKED
        return max((mood for mood in (alarm, present) if mood is not None), default=None)

    def mood_of_crisis(self, sign: CrisisSign) -> Mood | None:
        """Likewise for a wish: that it is asked or imagined makes it no less pressing; a deed must be real."""
        return Mood.PRESENT if self.has(sign.always) else self._mood(sign.alarm, in_crisis=not sign.emergency)

    def _mood(self, patterns: Patterns, *, in_crisis: bool = False) -> Mood | None:
        """The most pressing way in which one of the patterns was said."""
        best: Mood | None = None
        for pattern in self._tried(patterns):
            mood = self._mood_of_pattern(pattern, in_crisis)
            if mood is not None and (best is None or mood > best):
                best = mood
                if best is Mood.PRESENT:
                    break
        return best

    def _mood_of_pattern(self, pattern: Pattern, in_crisis: bool) -> Mood | None:
        """The most pressing way to match all groups, none by the words of another; the least pressing group counts."""
        ways: dict[int, Mood] = {0: Mood.PRESENT}
        for number, group in enumerate(pattern.groups):
            matches = _of_group(pattern, group, self.spans)
            moods = [(match[2], self._mood_once(match, in_crisis, not number)) for match in matches]
            ways = {
                used | more: min(mood, other)
                for used, mood in ways.items()
                for more, other in sorted(moods, key=lambda way: way[1])
                if used != more
            }
        return max(ways.values(), default=None)

    # -- grammar ----------------------------------------------------------------------------------

    def _clauses(self) -> list[int]:
        """For every place, where its clause begins: at a person or thing that something is said of."""
        joiners = {end for _, end, _ in self._of("joiner")}
        openers = {start for start, _, _ in self._of("opener")} - joiners
        openers |= {start for start, _, _ in self._of("owner") if self._says_something(start)} - joiners
        begins, clause = [], 0
        for place in range(len(self.words)):
            if place in openers:
                clause = place
            begins.append(clause)
        return begins

    def _says_something(self, owner: int) -> bool:
        """Whether a verb soon follows 'my …': 'my dad cannot', but not 'take my port out'."""
        return any(owner + 1 < start <= owner + 5 for start, _, _ in self._of("state"))

    def _of(self, term: str) -> Sequence[Match]:
        return self.spans.get(term, NOTHING)

    def _between(self, term: str, first: int, last: int, used: int = 0) -> bool:
        """Whether the term begins in [first, last) and is not wholly part of the sign itself."""
        return any(first <= start < last and mask & ~used for start, _, mask in self._of(term))

    def _starts(self, term: str, place: int) -> bool:
        return any(start == place for start, _, _ in self._of(term))

    def _mood_once(self, match: Match, in_crisis: bool, leads: bool) -> Mood:
        """The mood of a match, which many patterns share."""
        key = (match, in_crisis, leads)
        if key not in self.moods:
            self.moods[key] = self._mood_of_match(match, in_crisis, leads)
        return self.moods[key]

    def _mood_of_match(self, match: Match, in_crisis: bool, leads: bool) -> Mood:
        """The mood of one match; what only goes with a sign (`leads` is false) may well be past ('chemo last week')."""
        start, end, used = match
        clause, after = self._clause_around(start, end)
        past = leads and self._past(clause, after, used)
        if self._denied(clause, match):
            return Mood.DENIED
        if in_crisis:
            return Mood.ASKED if past else Mood.PRESENT
        if self._of_a_beast(clause, start, end) or self._imagined(clause, start, end, used):
            return Mood.ASKED
        if self._between("now", clause, after) or (self._between("sudden", clause, after) and self._of("person")):
            return Mood.PRESENT
        asked = self._asked(clause, start, end, used) or self._between("rarely", clause, after, used)
        return Mood.ASKED if asked or past else Mood.PRESENT

    def _clause_around(self, start: int, end: int) -> tuple[int, int]:
        """Where the clause of a match begins, and where the clause in which it ends is over."""
        clause = self.clauses[start]
        last = self.clauses[min(end, len(self.words)) - 1]
        after = next((place for place in range(end, len(self.words)) if self.clauses[place] != last), len(self.words))
        return clause, after

    def _denied(self, clause: int, match: Match) -> bool:
        """A 'not' inside the sign or shortly before it ('no chest pain', 'is not choking')."""
        start, end, used = match
        return self._between("not", max(clause, start - 3), end, used | _places(self._of("not_but")))

    def _imagined(self, clause: int, start: int, end: int, used: int) -> bool:
        """'If he has a seizure', 'he will have'; not 'I don't know if he breathes'; 'and' carries an 'if' on."""
        spared = {place for first, last, _ in self._of("not_if") for place in range(first, last)}
        supposed = any(clause <= place < end and place not in spared for place, _, _ in self._of("if"))
        if supposed or self._to_come(clause, start, used):
            return True
        if clause and self._starts("and", clause - 1):
            return self._imagined(self.clauses[clause - 1], clause, clause, used)
        return False

    def _of_a_beast(self, clause: int, start: int, end: int) -> bool:
        """'The dog had a fit'; not when a person comes between ('the dog knocked him over …')."""
        return not self._between("human", clause, end) and any(
            clause < last <= start and not self._between("person", last, end) for _, last, _ in self._of("beast")
        )

    def _to_come(self, clause: int, start: int, used: int) -> bool:
        """'He will have', 'I might get'; but 'will not stop' is here and now."""
        return any(
            clause <= place < start and mask & ~used and self.words[end] != "not"
            for place, end, mask in self._of("will")
        )

    def _asked(self, clause: int, start: int, end: int, used: int) -> bool:
        """A question about the sign, or words about people in general, rather than somebody who has it."""
        first = self._first_word(clause)
        if self._between("topic_frame", clause, end, used) or self._between("generic", clause, start, used):
            return True
        if self._between("topic_tail", end, end + 2, used) or self._starts("command", first):
            return True
        if self._of("topical") and not self._of("person") and not self._of("state"):
            return True
        if self._between("wh", clause, start, used) or self._starts("wh_first", first):
            return not self._between("when_now", clause, end)
        if self._starts("asking_aux", first) and first < start:
            return not self._asks_of_somebody(first)
        return False

    def _first_word(self, clause: int) -> int:
        """The first place of a clause past 'alexa', 'please', 'can you', 'so'."""
        place = clause + 1 if clause == 0 else clause
        while ends := [end for start, end, _ in self._of("filler") if start == place]:
            place = max(ends)
        return place

    def _asks_of_somebody(self, first: int) -> bool:
        """'Is he having …', 'could this be …' ask of somebody at hand; 'can chemo cause …' does not."""
        return self._starts("having_aux", first) and self._starts("opener", first + 1)

    def _past(self, clause: int, after: int, used: int) -> bool:
        """A time long gone in the clause, or alone before it ('last month he …'); not 'had chemo last week'."""
        begin = 0 if clause and self.clauses[clause - 1] == 0 and not self._starts("and", clause - 1) else clause
        return self._between("past", begin, after, used | _places(self._of("not_past")))

    def _somebody_has_it(self, sign: Sign) -> bool:
        """For vague signs: a person or a state is named, and no habit or 'why' makes a call_now sign less."""
        if self._of("why") or (sign.tier == "call_now" and self._of("habit")):
            return False
        return bool(self._of("person") or self._of("state"))


def _look_up(lexicon: Lexicon, words: Sequence[str]) -> Spans:
    """The terms of the word lists, by name, with where they were said."""
    spans: Spans = {}
    for place, word in enumerate(words):
        here = (place, place + 1, 1 << place)
        for term in lexicon.words.get(word, ()):
            spans.setdefault(term, []).append(here)
        for length in range(3, len(word) + 1):
            for term in lexicon.beginnings.get(word[:length], ()):
                spans.setdefault(term, []).append(here)
        for rest, terms in lexicon.phrases.get(tuple(words[place : place + 2]), ()):
            end = place + 2 + len(rest)
            if not rest or tuple(words[place + 2 : end]) == rest:
                for term in terms:
                    spans.setdefault(term, []).append((place, end, (1 << end) - (1 << place)))
    return spans


def _match(pattern: Pattern, spans: Spans) -> list[Match]:
    """Where a pattern was said, its groups taken together."""
    found = _of_group(pattern, pattern.groups[0], spans)
    for group in pattern.groups[1:]:
        more = _of_group(pattern, group, spans)
        found = [
            (min(start, start2), max(end, end2), used | used2)
            for start, end, used in found
            for start2, end2, used2 in more
            if used != used2
        ][:MOST]
    return found


def _of_group(pattern: Pattern, group: Sequence[Part], spans: Spans) -> list[Match]:
    """Where a group of a pattern was said with nothing nearby that rules it out: what does is said beside it, not a
    story away."""
    matches = _sequence(group, spans)
    barred = [span for term in pattern.without if term in spans for span in spans[term]]
    if not barred:
        return matches
    return [
        match
        for match in matches
        if all(end <= match[0] - NEARBY or match[1] + NEARBY <= start for start, end, _ in barred)
    ]


def _sequence(parts: Sequence[Part], spans: Spans) -> list[Match]:
    """Where the parts were said one after the other, each within its gap."""
    if any(part.term not in spans for part in parts):
        return []
    found = spans[parts[0].term]
    for part in parts[1:]:
        found = [
            (start, end2, used | used2)
            for start, end, used in found
            for start2, end2, used2 in spans[part.term]
            if 0 <= start2 - end <= part.gap
        ]
    return found


def _places(matches: Iterable[Match]) -> int:
    """The bits of all places that the matches use."""
    used = 0
    for _, _, mask in matches:
        used |= mask
    return used


def _without(words: Sequence[str], figures: Iterable[Match]) -> list[str]:
    """The words with figures of speech blanked out, every place kept."""
    used = _places(figures)
    return ["" if used >> place & 1 else word for place, word in enumerate(words)]
