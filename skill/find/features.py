"""What a question is compared by: its words, its neighbouring pairs of words, and the letter groups within words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

LETTERS = (3, 4, 5)


def features(words: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
    """How often each feature occurs in the words of a question: first those of whole words, then those of letters."""
    return Counter(_of_words(words)), Counter(_of_letters(words))


def _of_words(words: Sequence[str]) -> Iterator[str]:
    previous = ""
    for word in words:
        yield word
        if previous:
            yield f"{previous} {word}"
        previous = word


def _of_letters(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        framed = f"<{word}>"
        for size in LETTERS:
            for place in range(len(framed) - size + 1):
                yield f"#{framed[place : place + size]}"
