"""The ranking as numbers: what `skill.find.train` has learned from the content, read once at start."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("model.npz")

Floats = NDArray[np.float32]


class ModelError(RuntimeError):
    """The compiled ranking is missing or cannot be read: run make model."""


@dataclass(frozen=True)
class Model:
    """A linear ranking over features, and the decision on top of it.

    `features` gives each feature its row. `idf` holds its weight in a question; `weights` (a row for each feature, a
    column for each class, in 1/127 of the class's `scale`) and `bias` what it says for each class, and last
    for whether a question is ours at all. `known` are the
    words that are never taken for misheard ones. `words` marks for each word the classes whose own examples hold it.
    `first` and `both` are the decision: weights of its evidence that the best answer, or one of the best two, is
    right; `thresholds` say from where on each is believed. `content` is the fingerprint of what was learned from.
    """

    classes: tuple[str, ...]
    features: dict[str, int]
    idf: Floats
    weights: NDArray[np.int8]
    scale: Floats
    bias: Floats
    known: frozenset[str]
    words: dict[str, int]
    holders: NDArray[np.uint8]
    rarity: Floats
    first: Floats
    both: Floats
    thresholds: tuple[float, float]
    content: str


def read(file: Path = FILE) -> Model:
    """The model in `file`; raises ModelError where it cannot be had."""
    try:
        with np.load(BytesIO(file.read_bytes()), allow_pickle=False) as parts:
            about = json.loads(parts["about"].tobytes())
            return Model(
                classes=tuple(about["classes"]),
                features={feature: row for row, feature in enumerate(about["features"])},
                idf=parts["idf"],
                weights=parts["weights"],
                scale=parts["scale"],
                bias=parts["bias"],
                known=frozenset(about["known"]),
                words={word: row for row, word in enumerate(about["words"])},
                holders=parts["holders"],
                rarity=parts["rarity"],
                first=parts["first"],
                both=parts["both"],
                thresholds=(about["thresholds"][0], about["thresholds"][1]),
                content=about["content"],
            )
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise ModelError(f"{file.name} cannot be read ({type(error).__name__}): run make model") from error


def write(model: Model, file: Path = FILE) -> None:
    """Writes `model`; the same model gives the same bytes."""
    about = {
        "classes": model.classes,
        "features": list(model.features),
        "known": sorted(model.known),
        "words": list(model.words),
        "thresholds": model.thresholds,
        "content": model.content,
    }
    np.savez_compressed(
        file,
        about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
        idf=model.idf,
        weights=model.weights,
        scale=model.scale,
        bias=model.bias,
        holders=model.holders,
        rarity=model.rarity,
        first=model.first,
        both=model.both,
    )
