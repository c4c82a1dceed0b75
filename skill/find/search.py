"""Ranking: which answers a question may be about, best first, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from skill.find.encoder import Encoder
from skill.find.features import features
from skill.find.model import Floats, Model
from skill.find.words import stem

DECLINE = "decline:"  # the mark of a class of questions that are not ours
BEST = 5  # answers that are looked at
EVIDENCE = 13  # how many numbers the decision rests on
SURE = 3.0  # how far a class must lead by its words alone, for what they mean together to change nothing


@dataclass(frozen=True)
class Ranking:
    """The best answers with their scores, the best class of questions that are not ours, and three probabilities: that
    the question is ours, that the best answer is right, and that one of the best two is."""

    best: tuple[tuple[str, float], ...]
    decline: tuple[str, float]
    ours: float
    first: float
    both: float


class Search:
    """Ranks answers with a model. Holds nothing of a question; many threads may share it."""

    def __init__(self, model: Model, encoder: Encoder) -> None:
        self._model, self._encoder = model, encoder
        declined = np.array([name.startswith(DECLINE) for name in model.classes])
        self._ours, self._not_ours = np.flatnonzero(~declined), np.flatnonzero(declined)

    def rank(self, said: Sequence[str]) -> Ranking:
        """The ranking for the words of a question, corrected but with their endings."""
        model = self._model
        scores, best, decline, evidence = self._judged(said)
        ours = probability(model.ours, evidence)
        return Ranking(
            best=tuple((model.classes[place], float(scores[place])) for place in best),
            decline=(model.classes[decline].removeprefix(DECLINE), float(scores[decline])),
            ours=ours,
            first=ours * probability(model.first, evidence),
            both=ours * probability(model.both, evidence),
        )

    def evidence(self, said: Sequence[str]) -> tuple[tuple[str, ...], Floats]:
        """The best two answers, and what the decision rests on: for whoever learns the decision."""
        _, best, _, evidence = self._judged(said)
        return tuple(self._model.classes[place] for place in best[:2]), evidence

    def _judged(self, said: Sequence[str]) -> tuple[Floats, NDArray[np.intp], int, Floats]:
        """What every class gets, the places of the best answers and of the best of what is not ours, the evidence.

        Every class gets something for the words without their endings and, where these leave a doubt, for what the
        words mean together, which takes longer than all the rest."""
        words = [stem(word) for word in said]
        scores = self._of_words(words)
        second, first = np.partition(scores, -2)[-2:]
        if first - second < SURE:
            scores += self._encoder.encode(said) @ self._model.meant
        best, decline = self._best(scores)
        return scores, best, decline, self._evidence(words, scores, best, decline)

    def _of_words(self, words: Sequence[str]) -> Floats:
        model = self._model
        whole, letters = features(words)
        names = np.fromiter(chain(whole, letters), dtype=np.uint32)
        counts = np.fromiter(chain(whole.values(), letters.values()), dtype=np.float32)
        rows = np.minimum(np.searchsorted(model.features, names), len(model.features) - 1)
        values = (1.0 + np.log(counts)) * model.idf[rows] * (model.features[rows] == names)
        for part in (values[: len(whole)], values[len(whole) :]):
            part /= max(float(np.linalg.norm(part)), 1e-9)
        scores: Floats = model.bias + (values @ model.weights[rows].astype(np.float32)) * model.scale
        return scores

    def _best(self, scores: Floats) -> tuple[NDArray[np.intp], int]:
        """The places of the best answers, best first, and of the best class of questions that are not ours."""
        ours = scores[self._ours]
        few = np.argpartition(-ours, BEST)[:BEST] if len(ours) > BEST else np.arange(len(ours))
        best = self._ours[few[np.argsort(-ours[few], kind="stable")]]
        decline = self._not_ours[np.argmax(scores[self._not_ours])] if len(self._not_ours) else best[-1]
        return best, int(decline)

    def _evidence(self, words: Sequence[str], scores: Floats, best: NDArray[np.intp], decline: int) -> Floats:
        """How good the best is, how far the next ones and the best of what is not ours are, whether all answers
        together or all else are likelier, how much is known, and how much of it the best two answers' examples hold."""
        runners_up = [*best, best[-1], best[-1]]  # a small catalogue may have fewer than three answers
        first, second, third = (float(scores[place]) for place in runners_up[:3])
        not_ours = float(scores[decline])
        known, held, held_second = self._covered(words, int(runners_up[0]), int(runners_up[1]))
        return np.array(
            [
                1.0,
                first,
                second,
                first - second,
                second - third,
                not_ours,
                first - not_ours,
                min(first - not_ours, 0.0),
                _together(scores[self._ours]) - _together(scores[self._not_ours]),
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


def _together(scores: Floats) -> float:
    """What several scores come to, as softmax adds them up."""
    most = float(scores.max(initial=-30.0))
    return most + math.log(float(np.exp(scores - most).sum()) + 1e-9)


def probability(weights: Floats, evidence: Floats) -> float:
    """How likely something is, by the weights that its evidence has."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, float(weights @ evidence)))))
