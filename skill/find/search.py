"""Ranking: which answers a question may be about, best first, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skill.find.features import features
from skill.find.model import Floats, Model

DECLINE = "decline:"  # the mark of a class of questions that are not ours
EVIDENCE = 12  # how many numbers the decision rests on


@dataclass(frozen=True)
class Ranking:
    """The best answers with their scores, the best class of questions that are not ours, and two probabilities:
    that the best answer is right, and that one of the best two is."""

    best: tuple[tuple[str, float], ...]
    decline: tuple[str, float]
    first: float
    both: float

    @property
    def is_declined(self) -> bool:
        """Whether a class of questions that are not ours fits better than any answer."""
        return self.decline[1] > self.best[0][1]


class Search:
    """Ranks answers with a model. Holds nothing of a question; many threads may share it."""

    def __init__(self, model: Model) -> None:
        self._model = model
        declined = np.array([name.startswith(DECLINE) for name in model.classes])
        self._ours, self._not_ours = np.flatnonzero(~declined), np.flatnonzero(declined)

    def rank(self, words: Sequence[str]) -> Ranking:
        """The ranking for the normalized `words` of a question."""
        model, scores = self._model, self.scores(words)
        best = self._ours[np.argsort(-scores[self._ours], kind="stable")[:5]]
        decline = self._not_ours[np.argmax(scores[self._not_ours])] if len(self._not_ours) else best[-1]
        evidence = self.evidence(words, scores)
        return Ranking(
            best=tuple((model.classes[place], float(scores[place])) for place in best),
            decline=(model.classes[decline].removeprefix(DECLINE), float(scores[decline])),
            first=_probability(model.first, evidence),
            both=_probability(model.both, evidence),
        )

    def scores(self, words: Sequence[str]) -> Floats:
        """What every class gets for `words`; the last number says how much they sound like ours at all."""
        model = self._model
        total = model.bias.copy()
        for counted in features(words):
            found = [(model.features[name], count) for name, count in counted.items() if name in model.features]
            if not found:
                continue
            rows = np.array([row for row, _ in found])
            values = np.array([1.0 + math.log(count) for _, count in found], dtype=np.float32) * model.idf[rows]
            values /= max(float(np.linalg.norm(values)), 1e-9)
            total += (values @ model.weights[rows].astype(np.float32)) * model.scale
        return total

    def evidence(self, words: Sequence[str], scores: Floats) -> Floats:
        """What the decision rests on: how good the best is, how far the next and the best of what is not ours are,
        whether it sounds like ours at all, how much of it is known, and how much the best answers' examples hold."""
        ours = np.sort(scores[self._ours])[::-1]
        not_ours = float(scores[self._not_ours].max()) if len(self._not_ours) else -1.0
        best, second = self._ours[np.argsort(-scores[self._ours], kind="stable")[:2]]
        known, held, held_second = self._covered(words, int(best), int(second))
        return np.array(
            [
                1.0,
                ours[0],
                ours[1],
                ours[0] - ours[1],
                ours[1] - ours[2],
                not_ours,
                float(scores[-1]),
                max(float(ours[0]) - not_ours, -1.0),
                known,
                held,
                held_second,
                math.log(1 + len(words)),
            ],
            dtype=np.float32,
        )

    def _covered(self, words: Sequence[str], best: int, second: int) -> tuple[float, float, float]:
        """The shares of a question's weight in words that are known, and that two classes' own examples hold."""
        model, total, shares = self._model, 0.0, [0.0, 0.0, 0.0]
        rarest = float(model.rarity[-1])
        for word in set(words):
            row = model.words.get(word)
            weight = rarest if row is None else float(model.rarity[row])
            total += weight
            if row is not None:
                shares[0] += weight
                for place, of in ((1, best), (2, second)):
                    if model.holders[row, of >> 3] >> (7 - (of & 7)) & 1:
                        shares[place] += weight
        return (shares[0] / total, shares[1] / total, shares[2] / total) if total else (0.0, 0.0, 0.0)


def _probability(weights: Floats, evidence: Floats) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, float(weights @ evidence)))))
