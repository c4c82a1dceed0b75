"""Learns the ranking from the content, ahead of time: python -m skill.find. Needs scikit-learn, a tool of development.

Two linear machines over words, pairs of words and letter groups rank together, support vector machines and a softmax
with a bottleneck, and so does another softmax over what the encoder says (skill.find.softmax, skill.find.encoder). They
learn from the ways to ask of every answer and from the examples of
what is not ours. Logistic regressions on what they give decide whether a question is ours at all, whether the best
answer can be given, the best two offered, or neither; they learn from the questions in tuning.jsonl, from which no
ranking learns.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from skill.catalogue import Catalogue
from skill.find import encoder, softmax
from skill.find.encoder import READ, Encoder
from skill.find.features import features
from skill.find.model import Floats, Model, Thresholds
from skill.find.search import DECLINE, EVIDENCE, SURE, Search, probability
from skill.find.words import Normalizer, split, stem
from skill.loading import CONTENT

ROWS = 60_000  # features that are kept: those with the most weight
LETTERS_FROM = 3  # a group of letters counts from so many examples on
MACHINES, BOTTLENECK, MEANING = 3.0, 1.0, 1.0  # how much each of the three has to say
SEEDS = (1, 2, 3, 4)  # softmaxes that start from different chances: their mean knows better than any
STEPS = 127  # of a class's weights on either side of nothing
LEAST = 8  # steps: what is less says next to nothing, and all of it together fills more than half of the file
KNOWN_FROM = 4  # a word counts as known from so many examples on: a slip may stand in two or three
TUNING = CONTENT / "tuning.jsonl"
FALSE_ANSWERS = 0.06  # of the questions set aside that are not ours; most are near misses, which people ask less often
ANSWER, OFFER = 0.55, 0.45  # how likely an answer must be right before it is given, one of two before they are offered
VERSION = 4


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
    numbers = [
        VERSION,
        ROWS,
        LETTERS_FROM,
        MACHINES,
        BOTTLENECK,
        MEANING,
        SURE,
        READ,
        SEEDS,
        LEAST,
        KNOWN_FROM,
        FALSE_ANSWERS,
        ANSWER,
        OFFER,
    ]
    parts = [numbers, words.same, words.fold, words.hard, words.heard, catalogue.spelling]
    lines = [[example.text, *sorted(example.right)] for example in (*examples(catalogue), *tuning())]
    said = json.dumps([repr(parts), lines]).encode()
    return hashlib.sha256(said + encoder.FILE.read_bytes()).hexdigest()


def learn(catalogue: Catalogue) -> Model:
    """The model of a catalogue. The same content gives the same model."""
    given = examples(catalogue)
    known = known_words(given)
    normalizer = Normalizer.of(catalogue.words, catalogue.spelling, known)
    reader = encoder.read()
    said = [normalizer.corrected(example.text)[0] for example in given]
    model = _ranking(said, [next(iter(example.right)) for example in given], reader)
    model = replace(model, known=known, content=fingerprint(catalogue))
    asked = [(normalizer.corrected(example.text)[0], example.right) for example in tuning()]
    return _deciding(model, asked, reader)


def _ranking(said: Sequence[Sequence[str]], labels: Sequence[str], reader: Encoder) -> Model:
    """Trains the ranking; the decision on top is still empty."""
    words = [[stem(word) for word in question] for question in said]
    counted = [features(question) for question in words]
    seen: Counter[int] = Counter()
    least: dict[int, int] = {}
    for whole, letters in counted:
        seen.update(whole.keys())
        seen.update(letters.keys())
        least.update(dict.fromkeys(letters, LETTERS_FROM))
    kept = np.array(sorted(name for name, count in seen.items() if count >= least.get(name, 1)), dtype=np.uint32)
    rows = {int(name): row for row, name in enumerate(kept)}
    idf = np.array([np.log((1 + len(words)) / (1 + seen[name])) + 1 for name in rows], dtype=np.float32)
    matrix = _matrix(counted, rows, idf)
    classes, numbers = np.unique(labels, return_inverse=True)
    machines = LinearSVC(C=0.3, class_weight="balanced", random_state=1, max_iter=3000).fit(matrix, numbers)
    softmaxes = [softmax.of_words(matrix, numbers, seed) for seed in SEEDS]
    softened, bias = (np.mean(parts, axis=0) for parts in zip(*softmaxes, strict=True))
    encoded = np.array([reader.encode(question) for question in said])
    weights = (MACHINES * machines.coef_.T + BOTTLENECK * softened).astype(np.float32)
    strongest = np.sort(np.argsort(-np.abs(weights).max(axis=1), kind="stable")[:ROWS])
    weights = weights[strongest]
    scale = (np.abs(weights).max(axis=0) / STEPS).astype(np.float32)
    names = tuple(str(name) for name in classes)
    vocabulary, holders, rarity = _vocabulary(words, labels, names)
    nothing = np.zeros(EVIDENCE, dtype=np.float32)
    return Model(
        classes=names,
        features=kept[strongest],
        idf=idf[strongest],
        weights=_in_steps(weights / scale),
        scale=scale,
        bias=(MACHINES * machines.intercept_ + BOTTLENECK * bias).astype(np.float32),
        meant=(MEANING * softmax.of_meaning(encoded, numbers, SEEDS[0])).astype(np.float16).astype(np.float32),
        known=frozenset(),
        words=vocabulary,
        holders=holders,
        rarity=rarity,
        ours=nothing,
        first=nothing,
        both=nothing,
        thresholds=Thresholds(1.0, 1.0, 1.0),
        content="",
    )


def _in_steps(weights: Floats) -> np.ndarray:
    steps = np.round(weights).astype(np.int8)
    return np.where(np.abs(steps) >= LEAST, steps, np.int8(0))


def _matrix(counted: Sequence[tuple[Counter[int], Counter[int]]], rows: dict[int, int], idf: Floats) -> csr_matrix:
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


def _deciding(model: Model, asked: Sequence[tuple[Sequence[str], frozenset[str]]], reader: Encoder) -> Model:
    """The model with a decision that was learned from questions, each with the answers that are right for it."""
    search = Search(model, reader)
    found = [search.evidence(said) for said, _ in asked]
    evidence = np.array([numbers for _, numbers in found])
    ours = np.array([bool(right) for _, right in asked])
    first = np.array([best[0] in right for (best, _), (_, right) in zip(found, asked, strict=True)])
    both = np.array([not right.isdisjoint(best) for (best, _), (_, right) in zip(found, asked, strict=True)])
    model = replace(
        model,
        ours=_regression(evidence, ours),
        first=_regression(evidence[ours], first[ours]),
        both=_regression(evidence[ours], both[ours]),
    )
    others = [probability(model.ours, numbers) for numbers in evidence[~ours]]
    gate = round(float(np.quantile(others, 1 - FALSE_ANSWERS)) + 5e-4, 3)
    return replace(model, thresholds=Thresholds(gate, ANSWER, OFFER))


def _regression(evidence: Floats, right: np.ndarray) -> Floats:
    machine = LogisticRegression(C=10.0, fit_intercept=False, max_iter=5000, random_state=1)
    machine.fit(evidence, right)
    return np.asarray(machine.coef_[0], dtype=np.float32)
