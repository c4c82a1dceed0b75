"""What a question means as a whole: a small transformer, made once by scripts/distill.py and read once at start.

The ranking knows no more than the words of its examples. The encoder has read a great deal of English, so that words
which no example holds still tell what they are near to. It is a part of all-MiniLM-L6-v2 (see NOTICE.txt), taught to
say what the whole says, on questions like ours. It depends on no answer: a new one needs `make model` only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from skill.find.model import Floats, ModelError

FILE = Path(__file__).with_name("encoder.npz")
HEADS = 12  # that attend side by side
READ = 24  # pieces of words: what comes after them in a long question says little more
BEGIN, END, UNKNOWN, GOES_ON = "[CLS]", "[SEP]", "[UNK]", "##"  # BERT's marks
TINY = np.float32(1e-12)  # of BERT's layer normalization


class Layer(NamedTuple):
    """The weights of one layer: what every piece asks of the others, how the replies are mixed, a wider step on each
    piece alone and back, and the norms after both."""

    ask: Floats
    ask_bias: Floats
    mix: Floats
    mix_bias: Floats
    mix_norm: Floats
    mix_norm_bias: Floats
    widen: Floats
    widen_bias: Floats
    narrow: Floats
    narrow_bias: Floats
    narrow_norm: Floats
    narrow_norm_bias: Floats


class Encoder:
    """Turns words into numbers. Holds nothing of a question but the pieces of single words; many threads may share it.

    `pieces`: the parts of words that it knows. `table`: a row for each, two numbers to a byte, in steps of its `scale`.
    `places`: what is added for the place of a piece in the question. `norm`: weights and bias of the norm after that.
    """

    def __init__(
        self,
        pieces: Sequence[str],
        table: NDArray[np.uint8],
        scale: Floats,
        places: Floats,
        norm: tuple[Floats, Floats],
        layers: Sequence[Layer],
    ) -> None:
        self._known = {piece: row for row, piece in enumerate(pieces)}
        self._table, self._scale, self._places, self._norm = table, scale, places, norm
        self._layers = tuple(layers)
        self._pieces_of = lru_cache(maxsize=5_000)(self._split)

    def encode(self, words: Sequence[str]) -> Floats:
        """What `words` (corrected, with their endings) mean together, as numbers whose squares add up to one."""
        read = [row for word in words for row in self._pieces_of(word)][: READ - 2]
        rows = np.array([self._known[BEGIN], *read, self._known[END]])
        state = _normal(_unpacked(self._table[rows], self._scale[rows]) + self._places[: len(rows)], *self._norm)
        for layer in self._layers:
            state = _through(layer, state)
        meant: Floats = state.sum(axis=0)
        return meant / np.linalg.norm(meant)

    def _split(self, word: str) -> tuple[int, ...]:
        """The rows of the longest pieces that a word is made of, from its beginning on, as BERT splits words."""
        rows: list[int] = []
        begin = 0
        while begin < len(word):
            mark = GOES_ON if begin else ""
            ends = (end for end in range(len(word), begin, -1) if mark + word[begin:end] in self._known)
            end = next(ends, None)
            if end is None:
                return (self._known[UNKNOWN],)
            rows.append(self._known[mark + word[begin:end]])
            begin = end
        return tuple(rows)


def _through(layer: Layer, state: Floats) -> Floats:
    """One layer: every piece looks at all, then each is thought over by itself."""
    asked = (state @ layer.ask + layer.ask_bias).reshape(len(state), 3, HEADS, -1)
    query, key, value = asked.transpose(1, 2, 0, 3)
    share = query @ key.transpose(0, 2, 1)
    share = np.exp(share - share.max(axis=2, keepdims=True))
    share /= share.sum(axis=2, keepdims=True)
    replies = (share @ value).transpose(1, 0, 2).reshape(len(state), -1)
    state = _normal(state + replies @ layer.mix + layer.mix_bias, layer.mix_norm, layer.mix_norm_bias)
    wide: Floats = state @ layer.widen + layer.widen_bias
    wide *= 0.5 + 0.5 * np.tanh(0.79788456 * wide * (1 + 0.044715 * wide * wide))  # GELU, by its usual approximation
    thought: Floats = state + wide @ layer.narrow + layer.narrow_bias
    return _normal(thought, layer.narrow_norm, layer.narrow_norm_bias)


def _normal(state: Floats, weight: Floats, bias: Floats) -> Floats:
    """Layer normalization: each row brought to mean zero and spread one, then weighed."""
    width = np.float32(state.shape[1])
    level = np.add.reduce(state, axis=1, keepdims=True) / width  # ndarray.mean takes three times as long
    state = np.subtract(state, level)
    spread = np.sqrt(np.einsum("ij,ij->i", state, state) / width + TINY)
    state /= spread[:, None]
    state *= weight
    state += bias
    return state


def read(file: Path = FILE) -> Encoder:
    """The encoder in `file`; raises ModelError where it cannot be had."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as parts:
            count = sum(name.endswith(".ask") for name in parts.files)
            return Encoder(
                pieces=parts["pieces"].tobytes().decode().split(),
                table=parts["table"],
                scale=parts["table.scale"].astype(np.float32),
                places=_whole(parts, "places"),
                norm=(_whole(parts, "norm"), _whole(parts, "norm_bias")),
                layers=[
                    Layer(*(_whole(parts, f"{number}.{name}") for name in Layer._fields)) for number in range(count)
                ],
            )
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise ModelError(f"{file.name} cannot be read ({type(error).__name__}): take it from the repository") from error


def write(file: Path, pieces: Sequence[str], table: Floats, parts: Mapping[str, Floats]) -> None:
    """Writes the encoder that has a row of `table` for each of the `pieces`, and these `parts`, tables among them in
    1/127 of the greatest number of a row. The same parts give the same bytes."""
    packed, scale = _packed(table)
    stored: dict[str, NDArray[np.generic]] = {"table": packed, "table.scale": scale}
    for name, part in parts.items():
        if part.ndim == 1 or name == "places":
            stored[name] = part.astype(np.float16)
        else:
            step = (np.abs(part).max(axis=1, keepdims=True) / 127).astype(np.float16)
            stored[name], stored[f"{name}.scale"] = np.round(part / step.astype(np.float32)).astype(np.int8), step
    np.savez_compressed(file, pieces=np.frombuffer("\n".join(pieces).encode(), dtype=np.uint8), **stored)  # type: ignore[arg-type]


def rounded(table: Floats) -> Floats:
    """A table of pieces as it will be read again."""
    packed, scale = _packed(table)
    return _unpacked(packed, scale.astype(np.float32))


def _packed(table: Floats) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """Rows of numbers in 15 steps, the later half of each row in the upper halves of the bytes; and how long a step
    is."""
    scale = (np.abs(table).max(axis=1, keepdims=True) / 7).astype(np.float16)
    steps = (np.round(table / np.maximum(scale.astype(np.float32), 1e-6)).clip(-7, 7) + 8).astype(np.uint8)
    half = steps.shape[1] // 2
    return steps[:, :half] | steps[:, half:] << 4, scale


def _unpacked(packed: NDArray[np.uint8], scale: Floats) -> Floats:
    steps = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
    unpacked: Floats = steps * scale
    return unpacked


def _whole(parts: Mapping[str, NDArray[np.generic]], name: str) -> Floats:
    whole: Floats = np.ascontiguousarray(parts[name], dtype=np.float32)
    return whole * parts[f"{name}.scale"].astype(np.float32) if f"{name}.scale" in parts else whole
