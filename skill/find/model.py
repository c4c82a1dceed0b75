"""The ranking as numbers: what `skill.find.learn` has learned from the content, read once at start."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("model.npz")

Floats = NDArray[np.float32]


class ModelError(RuntimeError):
    """The compiled ranking is missing or cannot be read: run make model."""


class Thresholds(NamedTuple):
    """How likely it must be that a question is ours before anything is said to it, that the best answer is right before
    it is given, and that one of the best two is before they are offered."""

    ours: float
    answer: float
    offer: float


@dataclass(frozen=True)
class Model:
    """A linear ranking over features and over what an encoder says, and the decision on top of it.

    `features` are the checksums of the features, in order. `idf` holds a feature's weight in a question; `weights`
    (a row for each feature, a column for each class, in 1/127 of the class's `scale`) and `bias` what it says for
    each class; `meant` what each of the encoder's numbers says for it. `known` are the words that are never taken for
    misheard ones. `words` marks for each word the classes whose own examples hold it. `ours`, `first` and `both` are
    the decision: weights of its evidence that a question is ours, and that, if so, the best answer, or one of the best
    two, is right; `thresholds` say from where on each is believed. `content` is the fingerprint of what was learned
    from.
    """

    classes: tuple[str, ...]
    features: NDArray[np.uint32]
    idf: Floats
    weights: NDArray[np.int8]
    scale: Floats
    bias: Floats
    meant: Floats
    known: frozenset[str]
    words: dict[str, int]
    holders: NDArray[np.uint8]
    rarity: Floats
    ours: Floats
    first: Floats
    both: Floats
    thresholds: Thresholds
    content: str


def read(file: Path = FILE) -> Model:
    """The model in `file`; raises ModelError where it cannot be had."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as parts:
            about = json.loads(parts["about"].tobytes())
            return Model(
                classes=tuple(about["classes"]),
                features=parts["features"],
                idf=parts["idf"],
                weights=parts["weights"],
                scale=parts["scale"],
                bias=parts["bias"],
                meant=parts["meant"].astype(np.float32),
                known=frozenset(about["known"]),
                words={word: row for row, word in enumerate(about["words"])},
                holders=parts["holders"],
                rarity=parts["rarity"],
                ours=parts["ours"],
                first=parts["first"],
                both=parts["both"],
                thresholds=Thresholds(*about["thresholds"]),
                content=about["content"],
            )
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise ModelError(f"{file.name} cannot be read ({type(error).__name__}): run make model") from error


def write(model: Model, file: Path = FILE) -> None:
    """Writes `model`; the same model gives the same bytes."""
    about = {
        "classes": model.classes,
        "known": sorted(model.known),
        "words": list(model.words),
        "thresholds": model.thresholds,
        "content": model.content,
    }
    np.savez_compressed(
        file,
        about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
        features=model.features,
        idf=model.idf,
        weights=model.weights,
        scale=model.scale,
        bias=model.bias,
        meant=model.meant.astype(np.float16),
        holders=model.holders,
        rarity=model.rarity,
        ours=model.ours,
        first=model.first,
        both=model.both,
    )
