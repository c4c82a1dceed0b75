"""What a question is compared by: its words, its neighbouring pairs of words, and the letter groups within words.

A feature is known by the checksum of its letters: some hundred thousand names would fill more memory than their weights
do, and two that share a checksum among so few do no harm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from zlib import crc32

LETTERS = (3, 4, 5)


def features(words: Sequence[str]) -> tuple[Counter[int], Counter[int]]:
    """How often each feature occurs in the words of a question: first those of whole words, then those of letters."""
    return Counter(_of_words(words)), Counter([letters for word in words for letters in _letters_of(word)])


def _of_words(words: Sequence[str]) -> Iterator[int]:
    previous = ""
    for word in words:
        yield crc32(word.encode())
        if previous:
            yield crc32(f"{previous} {word}".encode())
        previous = word


@lru_cache(maxsize=5_000)  # the words that most questions are made of
def _letters_of(word: str) -> tuple[int, ...]:
    framed = f"<{word}>"
    return tuple(
        crc32(f"#{framed[place : place + size]}".encode())
        for size in LETTERS
        for place in range(len(framed) - size + 1)
    )
