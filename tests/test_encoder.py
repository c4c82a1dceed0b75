"""The encoder: what words mean together, whatever they are, and its file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from skill.find import encoder
from skill.find.encoder import HEADS, READ, Encoder, Layer
from skill.find.model import ModelError

ENCODER = encoder.read()
WIDE = 2 * HEADS  # numbers of the small encoder that the tests make


def near(one: str, other: str) -> float:
    return float(ENCODER.encode(one.split()) @ ENCODER.encode(other.split()))


@pytest.mark.parametrize(
    ("said", "alike", "unlike"),
    [
        ("she is worn out all day", "why is he so tired", "who pays for the hotel"),
        ("we need a lift to the clinic", "transport to appointments", "his skin is itchy"),
        ("he leaves his dinner untouched", "loss of appetite", "loss of hair"),
        ("the kids keep asking about mum", "how to tell my children", "how to tell my boss"),
        ("my ankles are puffy", "swollen feet", "broken sleep"),
    ],
)
def test_words_that_share_nothing_are_near_when_they_mean_the_same(said: str, alike: str, unlike: str) -> None:
    assert near(said, alike) > near(said, unlike) + 0.1


def test_the_order_of_words_counts() -> None:
    assert near("breast cancer in the lung", "lung cancer in the breast") < 0.999


@given(some.lists(some.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=30), max_size=60))
def test_any_words_are_turned_into_numbers_of_length_one(words: list[str]) -> None:
    numbers = ENCODER.encode(words)
    assert np.linalg.norm(numbers) == pytest.approx(1.0, abs=1e-4)
    assert (numbers == ENCODER.encode(words)).all()


def test_only_the_beginning_of_a_very_long_question_is_read() -> None:
    words = ["what"] * READ
    assert (ENCODER.encode(words) == ENCODER.encode([*words, "hospice"])).all()


def test_letters_that_it_does_not_know_do_no_harm() -> None:
    assert np.isfinite(ENCODER.encode(["ж", "hospice", "😀"])).all()


# Its file


def written(file: Path) -> Encoder:
    """A small encoder with weights of chance, as it is read again."""
    chance = np.random.default_rng(1)
    shapes = {
        **{"ask": (WIDE, 3 * WIDE), "ask_bias": (3 * WIDE,), "mix": (WIDE, WIDE), "mix_bias": (WIDE,)},
        **{"mix_norm": (WIDE,), "mix_norm_bias": (WIDE,), "widen": (WIDE, 20), "widen_bias": (20,)},
        **{"narrow": (20, WIDE), "narrow_bias": (WIDE,), "narrow_norm": (WIDE,), "narrow_norm_bias": (WIDE,)},
    }
    assert set(shapes) == set(Layer._fields)
    parts = {f"{number}.{name}": chance.normal(0, 1, shape) for number in range(2) for name, shape in shapes.items()}
    parts |= {"places": chance.normal(0, 1, (READ, WIDE)), "norm": np.ones(WIDE), "norm_bias": np.zeros(WIDE)}
    pieces = [encoder.BEGIN, encoder.END, encoder.UNKNOWN, "ho", "##spice", "is"]
    table = chance.normal(0, 1, (len(pieces), WIDE)).astype(np.float32)
    encoder.write(file, pieces, table, {name: part.astype(np.float32) for name, part in parts.items()})
    return encoder.read(file)


def test_what_is_written_is_read_again_and_the_same_has_the_same_bytes(tmp_path: Path) -> None:
    one, other = written(tmp_path / "one.npz"), written(tmp_path / "other.npz")
    assert (one.encode(["hospice"]) == other.encode(["hospice"])).all()
    assert not (one.encode(["hospice"]) == one.encode(["is"])).all()
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()


def test_a_rounded_table_is_near_to_the_table() -> None:
    table = np.random.default_rng(1).normal(0, 1, (5, 64)).astype(np.float32)
    step = np.abs(table).max(axis=1, keepdims=True) / 7
    assert (np.abs(encoder.rounded(table) - table) <= step * 0.51).all()
    assert (encoder.rounded(np.zeros((2, 4), dtype=np.float32)) == 0).all()


@pytest.mark.parametrize("text", [b"", b"no encoder", b"PK\x03\x04"])
def test_a_broken_encoder_says_what_to_do(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "encoder.npz").write_bytes(text)
    with pytest.raises(ModelError, match=r"encoder\.npz cannot be read"):
        encoder.read(tmp_path / "encoder.npz")
