"""Learns the ranking from the content, ahead of time: python -m skill.find. Needs scikit-learn, a tool of development.

A linear support vector machine over words, pairs of words and letter groups ranks; a logistic regression on what it
gives decides whether the best answer can be given, the best two offered, or neither. The ranking learns from the ways
to ask of every answer and from the examples of what is not ours. The decision learns from rankings of questions that
the ranking had not learned from: half of the examples at a time, and the questions set aside for it in tuning.jsonl.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from skill.catalogue import Catalogue
from skill.find.features import features
from skill.find.model import Floats, Model
from skill.find.search import DECLINE, EVIDENCE, Search
from skill.find.words import Normalizer, split
from skill.loading import CONTENT

ROWS = 120_000  # features that are kept: those with the most weight
LETTERS_FROM = 3  # a group of letters counts from so many examples on
FALSE_ANSWERS = 0.06  # of the near misses set aside; half of what people ask beside us lies much further away
KNOWN_FROM = 4  # a word counts as known from so many examples on: a slip may stand in two or three
TUNING = CONTENT / "tuning.jsonl"
TUNING_WEIGHT = 10.0  # people's questions differ more from the examples than the examples from each other
VERSION = 1


@dataclass(frozen=True)
class Example:
    """A question and the classes that are right for it."""

    text: str
    right: frozenset[str]


def examples(catalogue: Catalogue) -> list[Example]:
    """All that the ranking learns from, in the order of the content."""
    ours = [
        Example(line, frozenset({answer.id}))
        for answer in catalogue.answers.values()
        for line in (*answer.asks, *answer.terms, answer.title, answer.name)
    ]
    not_ours = [
        Example(line, frozenset({DECLINE + decline.id}))
        for decline in catalogue.declines.values()
        for line in decline.asks
    ]
    return ours + not_ours


def tuning(file: Path = TUNING) -> list[Example]:
    """The questions set aside for the decision; one that is not ours has nothing right."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [Example(row["q"], frozenset(row["accept"] if row["kind"] == "in" else ())) for row in rows]


def known_words(given: Sequence[Example]) -> frozenset[str]:
    """Words that several examples use: they mean themselves and are never taken for misheard ones."""
    counts: Counter[str] = Counter(word for example in given for word in set(split(example.text)))
    return frozenset(word for word, count in counts.items() if count >= KNOWN_FROM and (len(word) > 1 or word in "aio"))


def fingerprint(catalogue: Catalogue) -> str:
    """What the model was learned from, as one number: another one means that the model is stale."""
    words = catalogue.words
    parts = [
        VERSION,
        ROWS,
        LETTERS_FROM,
        words.same,
        words.fold,
        words.hard,
        words.heard,
        catalogue.spelling,
    ]
    lines = [[example.text, *sorted(example.right)] for example in (*examples(catalogue), *tuning())]
    return hashlib.sha256(json.dumps([repr(parts), lines]).encode()).hexdigest()


def learn(catalogue: Catalogue) -> Model:
    """The model of a catalogue. The same content gives the same model."""
    given = examples(catalogue)
    known = known_words(given)
    normalizer = Normalizer.of(catalogue.words, catalogue.spelling, known)
    words = [normalizer.words(example.text) for example in given]
    labels = [next(iter(example.right)) for example in given]
    model = _ranking(words, labels)
    evidence, first, both, weights = _experience(words, labels, model, normalizer)
    model = replace(
        model,
        first=_regression(evidence, first, weights),
        both=_regression(evidence, both, weights),
        known=known,
        content=fingerprint(catalogue),
    )
    return replace(model, thresholds=_thresholds(model, normalizer))


def _ranking(words: Sequence[Sequence[str]], labels: Sequence[str]) -> Model:
    """Trains the ranking; the decision on top is still empty."""
    counted = [features(said) for said in words]
    seen: Counter[str] = Counter(name for pair in counted for part in pair for name in part)
    kept = sorted(name for name, count in seen.items() if count >= _least(name))
    rows = {name: row for row, name in enumerate(kept)}
    idf = np.array([np.log((1 + len(words)) / (1 + seen[name])) + 1 for name in kept], dtype=np.float32)
    matrix = _matrix(counted, rows, idf)
    ranking = _machine().fit(matrix, labels)
    gate = _machine().fit(matrix, [not label.startswith(DECLINE) for label in labels])
    weights = np.hstack([ranking.coef_.T, gate.coef_.T]).astype(np.float32)
    strongest = np.sort(np.argsort(-np.abs(weights).max(axis=1), kind="stable")[:ROWS])
    weights = weights[strongest]
    scale = (np.abs(weights).max(axis=0) / 127).astype(np.float32)
    classes = tuple(str(name) for name in ranking.classes_)
    vocabulary, holders, rarity = _vocabulary(words, labels, classes)
    nothing = np.zeros(EVIDENCE, dtype=np.float32)
    return Model(
        classes=classes,
        features={kept[place]: row for row, place in enumerate(strongest)},
        idf=idf[strongest],
        weights=np.round(weights / scale).astype(np.int8),
        scale=scale,
        bias=np.concatenate([ranking.intercept_, gate.intercept_]).astype(np.float32),
        known=frozenset(),
        words=vocabulary,
        holders=holders,
        rarity=rarity,
        first=nothing,
        both=nothing,
        thresholds=(1.0, 1.0),
        content="",
    )


def _machine() -> LinearSVC:
    return LinearSVC(C=0.3, class_weight="balanced", random_state=1, max_iter=3000)


def _least(name: str) -> int:
    return LETTERS_FROM if name.startswith("#") else 1


def _matrix(counted: Sequence[tuple[Counter[str], Counter[str]]], rows: dict[str, int], idf: Floats) -> csr_matrix:
    """Questions as rows of weighted features; words and letters each of length one."""
    data: list[float] = []
    columns: list[int] = []
    ends = [0]
    for pair in counted:
        for part in pair:
            found = [(rows[name], count) for name, count in part.items() if name in rows]
            values = [(1.0 + np.log(count)) * idf[row] for row, count in found]
            length = float(np.sqrt(sum(value * value for value in values))) or 1.0
            data += [value / length for value in values]
            columns += [row for row, _ in found]
        ends.append(len(data))
    return csr_matrix((data, columns, ends), shape=(len(counted), len(rows)))


def _vocabulary(
    words: Sequence[Sequence[str]], labels: Sequence[str], classes: tuple[str, ...]
) -> tuple[dict[str, int], np.ndarray, Floats]:
    """Every word, which classes' examples hold it, and how rare it is (the last entry: never seen)."""
    place = {name: number for number, name in enumerate(classes)}
    counts: Counter[str] = Counter(word for said in words for word in set(said))
    rows = {word: row for row, word in enumerate(sorted(counts))}
    held = np.zeros((len(rows), len(classes)), dtype=bool)
    for said, label in zip(words, labels, strict=True):
        for word in said:
            held[rows[word], place[label]] = True
    rarity = [np.log((1 + len(words)) / (1 + counts[word])) for word in rows] + [np.log(1 + len(words))]
    return rows, np.packbits(held, axis=1), np.array(rarity, dtype=np.float32)


Experience = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _experience(
    words: Sequence[Sequence[str]], labels: Sequence[str], model: Model, normalizer: Normalizer
) -> Experience:
    """Evidence on questions that a ranking had not learned from, whether its first, and one of its two, was right."""
    rows: list[tuple[Floats, bool, bool, float]] = []
    for half in (0, 1):
        learned = [place for place in range(len(words)) if place % 2 != half]
        search = Search(_ranking([words[place] for place in learned], [labels[place] for place in learned]))
        asked = [(words[place], frozenset({labels[place]}), 1.0) for place in range(half, len(words), 2)]
        rows += _tried(search, asked)
    set_aside = [(normalizer.words(example.text), example.right, TUNING_WEIGHT) for example in tuning()]
    rows += _tried(Search(model), set_aside)
    evidence, first, both, weights = zip(*rows, strict=True)
    return np.array(evidence), np.array(first), np.array(both), np.array(weights)


def _tried(
    search: Search, asked: Sequence[tuple[Sequence[str], frozenset[str], float]]
) -> Iterator[tuple[Floats, bool, bool, float]]:
    for said, right, weight in asked:
        best = [name for name, _ in search.rank(said).best[:2]]
        yield search.evidence(said, search.scores(said)), best[0] in right, bool(right & set(best)), weight


def _regression(evidence: np.ndarray, right: np.ndarray, weights: np.ndarray) -> Floats:
    machine = LogisticRegression(C=10.0, fit_intercept=False, max_iter=2000, random_state=1)
    machine.fit(evidence, right, sample_weight=weights)
    return np.asarray(machine.coef_[0], dtype=np.float32)


def _thresholds(model: Model, normalizer: Normalizer) -> tuple[float, float]:
    """From which probability on an answer is given, and two are offered: so that of the questions set aside that are
    not ours no more than allowed get an answer, and no more than twice as many get an offer."""
    search = Search(model)
    ranked = [search.rank(normalizer.words(example.text)) for example in tuning() if not example.right]
    first = sorted((0.0 if found.is_declined else found.first for found in ranked), reverse=True)
    both = sorted((0.0 if found.is_declined else found.both for found in ranked), reverse=True)
    allowed = int(FALSE_ANSWERS * len(ranked))
    return round(max(first[allowed], 0.4) + 1e-3, 3), round(max(both[2 * allowed], 0.4) + 1e-3, 3)
