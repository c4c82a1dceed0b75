"""Softmaxes, which learn all classes at once: one over the features of words, one over what the encoder says.

That over words has a bottleneck: every feature says what it has to say in a few numbers. Because those are shared by
all classes, features that are used alike come to mean alike, and it knows far better than the support vector machines
what is not ours; these know better which of two close answers it is. Their sum is better than either. Trained with
Adam on small batches, with inputs and inner numbers left out at random: written out here, for of scikit-learn's
machines none learns such a bottleneck and all others that do would bring hundreds of megabytes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from skill.find.model import Floats

NUMBERS = 128  # how many numbers a feature has
ROUNDS, ROUNDS_OF_MEANING = 5, 12  # through all examples; later ones only learn them by heart
BATCH = 128
RATE, RATE_OF_MEANING = 3e-3, 1e-2  # of learning, at first; it falls to nothing
FEATURES_LEFT_OUT, NUMBERS_LEFT_OUT, MEANING_LEFT_OUT = 0.3, 0.4, 0.1
STRETCH = 10  # what the encoder says has length one, which would be learned from too slowly
DOUBT = 0.1  # of every label
BETAS, TINY = (0.9, 0.999), 1e-8  # Adam's own
ALL = slice(None)


class _Adam:
    """Adam's memory for a table of weights, of which a step may touch some rows only."""

    def __init__(self, weights: Floats) -> None:
        self.weights = weights
        self._mean, self._square = np.zeros_like(weights), np.zeros_like(weights)
        self._steps = 0

    def step(self, rows: NDArray[np.int64] | slice, gradient: Floats, rate: float) -> None:
        """One step down the gradient of these rows."""
        self._steps += 1
        mean = BETAS[0] * self._mean[rows] + (1 - BETAS[0]) * gradient
        square = BETAS[1] * self._square[rows] + (1 - BETAS[1]) * gradient * gradient
        self._mean[rows], self._square[rows] = mean, square
        pace = rate * np.sqrt(1 - BETAS[1] ** self._steps) / (1 - BETAS[0] ** self._steps)
        self.weights[rows] -= pace * mean / (np.sqrt(square) + TINY)


def of_words(matrix: csr_matrix, labels: NDArray[np.int64], seed: int) -> tuple[Floats, Floats]:
    """Weights (a row for each feature, a column for each class) and biases. `matrix` has the examples as rows; `labels`
    the number of each one's class. The same examples and the same `seed` give the same weights."""
    random = np.random.default_rng(seed)
    matrix = matrix.astype(np.float32)
    worth = _worth(labels)
    inner = _Adam(random.normal(0, 0.1, (matrix.shape[1], NUMBERS)).astype(np.float32))
    outer = _Adam(random.normal(0, 0.05, (NUMBERS, len(worth))).astype(np.float32))
    bias = _Adam(np.zeros((1, len(worth)), dtype=np.float32))
    for chosen, rate in _batches(random, len(labels), ROUNDS, RATE):
        batch = matrix[chosen]
        batch.data *= _left(random, len(batch.data), FEATURES_LEFT_OUT)
        columns, places = np.unique(batch.indices, return_inverse=True)
        batch = csr_matrix((batch.data, places, batch.indptr), shape=(len(chosen), len(columns)))
        kept = _left(random, (len(chosen), NUMBERS), NUMBERS_LEFT_OUT)
        hidden = (batch @ inner.weights[columns]) * kept
        wrong = _error(hidden @ outer.weights + bias.weights, labels[chosen], worth)
        back = (wrong @ outer.weights.T) * kept
        outer.step(ALL, hidden.T @ wrong, rate)
        bias.step(ALL, wrong.sum(axis=0, keepdims=True), rate)
        inner.step(columns, batch.T @ back, rate)
    return inner.weights @ outer.weights, bias.weights[0]


def of_meaning(meant: Floats, labels: NDArray[np.int64], seed: int) -> Floats:
    """Weights (a row for each of the encoder's numbers, a column for each class). `meant` has the examples as rows."""
    random = np.random.default_rng(seed)
    meant = (meant * STRETCH).astype(np.float32)
    worth = _worth(labels)
    weights = _Adam(np.zeros((meant.shape[1], len(worth)), dtype=np.float32))
    for chosen, rate in _batches(random, len(labels), ROUNDS_OF_MEANING, RATE_OF_MEANING):
        batch: Floats = meant[chosen] * _left(random, (len(chosen), meant.shape[1]), MEANING_LEFT_OUT)
        weights.step(ALL, batch.T @ _error(batch @ weights.weights, labels[chosen], worth), rate)
    return weights.weights * np.float32(STRETCH)


def _batches(
    random: np.random.Generator, count: int, rounds: int, rate: float
) -> Iterator[tuple[NDArray[np.int64], float]]:
    """All examples in chance order, a few at a time, and how fast to learn from them."""
    for turn in range(rounds):
        order = random.permutation(count)
        for begin in range(0, count, BATCH):
            yield order[begin : begin + BATCH], rate * (1 - turn / rounds)


def _worth(labels: NDArray[np.int64]) -> Floats:
    """How much an example of each class counts: rare classes more, but not so much as they are rare."""
    counts = np.bincount(labels).astype(np.float32)
    worth: Floats = np.sqrt(counts.mean() / counts)
    return worth


def _left(random: np.random.Generator, shape: int | tuple[int, int], out: float) -> Floats:
    """What is left when a share is left out; the rest makes up for it."""
    return (random.random(shape, dtype=np.float32) >= out).astype(np.float32) / np.float32(1 - out)


def _error(scores: Floats, labels: NDArray[np.int64], worth: Floats) -> Floats:
    """The gradient of the loss by the scores: what softmax says, less what is so."""
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    so = np.full_like(likely, DOUBT / likely.shape[1])
    so[np.arange(len(labels)), labels] += 1 - DOUBT
    share = worth[labels] / worth[labels].sum()
    error: Floats = (likely - so) * share[:, None]
    return error
