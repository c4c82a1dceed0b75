"""Finding what a person needs from the words they said: safety first, then the answers. Knows nothing of Alexa."""

from __future__ import annotations

from dataclasses import dataclass

from skill.catalogue import Catalogue
from skill.find import encoder
from skill.find.model import Model, Thresholds, read
from skill.find.safety import Caution, Crisis, Emergency, hear
from skill.find.search import Ranking, Search
from skill.find.words import Correction, Normalizer, split, stem

SAYS_ENOUGH = 8  # letters from which on a cancer is known without the word: melanoma is, skin is not

__all__ = ["Caution", "Crisis", "Emergency", "Explanation", "Finder", "Finding", "Found", "NotFound", "Unsure"]


@dataclass(frozen=True)
class Found:
    """The answer, the sentence of caution that goes with it, if any, and the cancer that was named beside it."""

    answer: str
    caution: Caution | None = None
    cancer: str = ""


@dataclass(frozen=True)
class Unsure:
    """Two answers are close: which was meant?"""

    answers: tuple[str, str]


@dataclass(frozen=True)
class NotFound:
    """Nothing fits; `decline` says what the question was about where it is known not to be ours."""

    decline: str = ""


Finding = Emergency | Crisis | Found | Unsure | NotFound


@dataclass(frozen=True)
class Explanation:
    """Why words find what they find: `words` as they are compared and what was `corrected` on the way, what `safety`
    heard, the `ranking` (the best five, the best decline, the probabilities) with the `thresholds` that these must
    reach, and the `decision`."""

    words: tuple[str, ...]
    corrected: tuple[Correction, ...]
    safety: Emergency | Crisis | Caution | None
    ranking: Ranking
    thresholds: Thresholds
    decision: Finding


class Finder:
    """Finds answers in a catalogue, with the ranking that was compiled from it."""

    def __init__(self, catalogue: Catalogue, model: Model | None = None) -> None:
        self._model = model or read()
        self._safeguards = catalogue.safeguards
        self._normalizer = Normalizer.of(catalogue.words, catalogue.spelling, self._model.known)
        self._search = Search(self._model, encoder.read())
        self._names = {
            answer.id: tuple(
                frozenset(self._normalizer.words(name)) for name in (answer.name, answer.title, *answer.terms)
            )
            for answer in catalogue.answers.values()
        }
        self._titles = {answer.id: answer.title for answer in catalogue.answers.values()}
        self._pointing = frozenset(catalogue.words.pointing)
        self._cancers = {
            self._normalizer.words(name): cancer.id
            for cancer in catalogue.cancers.values()
            if cancer.answer is not None
            for term in cancer.terms
            for name in (f"{term} cancer", *([term] if len(term) >= SAYS_ENOUGH else ()))
        }

    def hear(self, words: str) -> Emergency | Crisis | Caution | None:
        """The emergency or crisis in `words`, or the caution that an answer to them needs; None: none of it."""
        return hear(self._safeguards, words)

    def choose(self, words: str, choices: tuple[str, ...]) -> str | None:
        """The one of `choices` (ids of answers) that `words` name; None when they name none, or more than one."""
        if not choices:
            return None
        said = set(self._normalizer.words(words))
        named = [id for id in choices if any(said <= name for name in self._names.get(id, ()))]
        return named[0] if len(named) == 1 and said else None

    def find(self, words: str, known: str = "", about: str = "") -> Finding:
        """What `words` ask for: an alarm comes before everything, then what `look_up` finds."""
        said = self.hear(words)
        return said if isinstance(said, Emergency | Crisis) else self.look_up(words, said, known, about)

    def look_up(self, words: str, said: Caution | None, known: str = "", about: str = "") -> Finding:
        """What `words` without an alarm ask for, from how sure the ranking is: the best answer, a question which of two
        was meant, or nothing. `said`: the caution that was heard in them.

        `known`: the answer that Alexa matched the words to, which then needs no search. `about`: the last answer, which
        words that point back ("how is that treated") are about where they do not say enough by themselves.
        """
        if known in self._names:
            return Found(known, said, self._cancer_in(self._normalizer.words(words)))
        finding = self._decided(words, said)
        if about in self._titles and not isinstance(finding, Found) and self._points_back(words):
            resolved = self._decided(f"{words} {self._titles[about]}", said)
            return resolved if isinstance(resolved, Found) else finding
        return finding

    def _decided(self, words: str, said: Caution | None) -> Finding:
        """The decision that the ranking of `words` allows. An answer that safety names stands where the ranking is not
        sure of another; a call to make comes first in any case."""
        meant, _ = self._normalizer.corrected(words)
        ranking, needed = self._search.rank(meant), self._model.thresholds
        is_ours = ranking.ours >= needed.ours
        is_sure = is_ours and ranking.first >= needed.answer
        if said is not None and said.answer is not None and (said.line == "team_now" or not is_sure):
            return Found(said.answer, said)
        if is_sure:
            return Found(ranking.best[0][0], said, self._cancer_in(tuple(map(stem, meant))))
        if is_ours and ranking.both >= needed.offer:
            return Unsure((ranking.best[0][0], ranking.best[1][0]))
        return NotFound(ranking.decline[0] if ranking.decline[1] > ranking.best[0][1] else "")

    def _points_back(self, words: str) -> bool:
        said = split(words)
        return not self._pointing.isdisjoint(said) or said[:1] == ["and"] or said[1:2] == ["about"]

    def _cancer_in(self, said: tuple[str, ...]) -> str:
        """The cancer that is named ("prostate cancer", "melanoma"); none where none is, or more than one."""
        named = {
            self._cancers[said[place : place + length]]
            for length in (1, 2, 3, 4)
            for place in range(len(said) - length + 1)
            if said[place : place + length] in self._cancers
        }
        return named.pop() if len(named) == 1 else ""

    def explain(self, words: str, known: str = "") -> Explanation:
        """What `find` makes of the same words, and how it came to it."""
        meant, corrected = self._normalizer.corrected(words)
        return Explanation(
            words=tuple(map(stem, meant)),
            corrected=tuple(corrected),
            safety=hear(self._safeguards, words),
            ranking=self._search.rank(meant),
            thresholds=self._model.thresholds,
            decision=self.find(words, known),
        )
