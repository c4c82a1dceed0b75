"""Words as people say them to the words that are compared: one normalizer, used on questions and content alike.

What belongs to a language is data (words.toml, spelling.toml); here are only the steps: spelling, contractions, words
that mean the same, words that were misheard, endings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from skill.catalogue import Words

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_CONTRACTIONS = (
    ("n't", " not"),
    ("'re", " are"),
    ("'ve", " have"),
    ("'ll", " will"),
    ("'m", " am"),
    ("'d", " would"),
    ("'s", ""),
)
LONGEST_SLIP = 5  # words that one misheard word may have become: "pal e a tive care" has four and one more


@dataclass(frozen=True)
class Correction:
    """Words that were heard, and the word they were taken for."""

    heard: str
    meant: str


class Normalizer:
    """Brings text to comparable words. `same`: a word to the words it is read as. `hard`: words that may be misheard.
    `known`: words that mean themselves and are never corrected. `heard`: words that recognition makes of one
    hard word, and that word."""

    def __init__(
        self,
        same: Mapping[str, str],
        hard: Iterable[str] = (),
        known: Iterable[str] = (),
        heard: Mapping[str, str] | None = None,
    ) -> None:
        self._same = dict(same)
        self._heard = {tuple(words.split()): meant for words, meant in (heard or {}).items()}
        self._hard = frozenset(hard)
        self._known = frozenset(known) | self._hard
        self._by_sound: dict[str, list[str]] = {}
        self._by_letters: dict[str, list[str]] = {}
        for word in sorted(self._hard):
            self._by_sound.setdefault(sound(word), []).append(word)
            for shorter in _one_less(word):
                self._by_letters.setdefault(shorter, []).append(word)

    @classmethod
    def of(cls, words: Words, spelling: Mapping[str, str], known: Iterable[str]) -> Normalizer:
        """The normalizer for a catalogue's words. `spelling`: American words to British ones."""
        british = {theirs: ours for ours, theirs in spelling.items()}
        folded = {word: one for one, many in words.fold.items() for word in many}
        return cls({**british, **words.same, **folded}, words.hard, known, words.heard)

    def words(self, text: str) -> tuple[str, ...]:
        """The words of `text` in order, whatever string it is: corrected, brought to one spelling, without endings."""
        said, _ = self.corrected(text)
        return tuple(stem(word) for word in said)

    def corrected(self, text: str) -> tuple[list[str], list[Correction]]:
        """The words of `text` before endings are cut off, and what was corrected on the way."""
        said = [same for word in split(text) for same in self._same.get(word, word).split()]
        return self._mend(said)

    def _mend(self, said: list[str]) -> tuple[list[str], list[Correction]]:
        """Joins and replaces words that were misheard; a word that is known stands, unless its neighbour is not."""
        mended: list[str] = []
        corrections: list[Correction] = []
        place = 0
        while place < len(said):
            length, meant = self._slip_at(said, place)
            if meant:
                corrections.append(Correction(" ".join(said[place : place + length]), meant))
                mended += [same for word in meant.split() for same in self._same.get(word, word).split()]
            else:
                mended.append(said[place])
            place += length
        return mended, corrections

    def _slip_at(self, said: list[str], place: int) -> tuple[int, str]:
        """How many words from `place` on are one misheard word, and which; (1, "") where there is no slip."""
        for length in range(min(LONGEST_SLIP, len(said) - place), 0, -1):
            part = tuple(said[place : place + length])
            meant = self._heard.get(part) or self._meant(part)
            if meant:
                return length, meant
        return 1, ""

    def _meant(self, part: tuple[str, ...]) -> str:
        """The hard word that `part` is a slip of. A real word is not bent: at least one of them must be unknown, or all
        together spell the hard word out."""
        joined = "".join(part)
        if len(part) > 1 and joined in self._hard:
            return joined
        if len(joined) < 6 or all(word in self._known for word in part):
            return ""
        near = [word for word in self._by_sound.get(sound(joined), ()) if _alike(joined, word)]
        if not near and len(part) == 1:
            letters = {word for shorter in _one_less(joined) for word in self._by_letters.get(shorter, ())}
            near = sorted(word for word in letters if word[0] == joined[0])
        return near[0] if near else ""


def split(text: str) -> list[str]:
    """The plain words of a text: lower case, contractions apart, possessives without their ending."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    words: list[str] = []
    for word in _WORD.findall(text):
        for ending, instead in _CONTRACTIONS:
            if word.endswith(ending):
                word = (
                    "can not"
                    if word == "can't"
                    else "will not"
                    if word == "won't"
                    else word.removesuffix(ending) + instead
                )
                break
        words += word.split()
    return words


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without the endings of number and tense: enough to bring "spreads", "spreading" and "spread" together."""
    if len(word) < 4 or word.endswith("ss"):
        return word
    for ending, instead in (
        ("ies", "y"),
        ("ied", "y"),
        ("sses", "ss"),
        ("ing", ""),
        ("ed", ""),
        ("es", "e"),
        ("s", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) + len(instead) >= 3:
            word = word[: len(word) - len(ending)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


_SOUNDS = (
    (r"ph", "f"),
    (r"gh", "g"),
    (r"ps|sc(?=[ei])|c(?=[eiy])|z|x", "s"),
    (r"ck|ch|q|c", "k"),
    (r"dg|j|g(?=[eiy])", "j"),
    (r"th|d", "t"),
    (r"b", "p"),
    (r"v", "f"),
    (r"sh|t(?=io)", "s"),
)


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """How a word sounds, roughly: its consonants, those that are mistaken for each other as one, vowels left out."""
    for letters, heard in _SOUNDS:
        word = re.sub(letters, heard, word)
    first = "a" if word[:1] in "aeiou" else word[:1]
    rest = re.sub(r"[aeiouhwy]", "", word[1:])
    return re.sub(r"(.)\1+", r"\1", first + rest)


def _one_less(word: str) -> Iterable[str]:
    """A word, and the word with any one letter left out."""
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def _alike(heard: str, meant: str) -> bool:
    """Whether two words of the same sound are also written much alike: most of their letter pairs are shared."""
    pairs, others = _pairs(heard), _pairs(meant)
    return 2 * len(pairs & others) / (len(pairs) + len(others)) >= 0.4 and abs(len(heard) - len(meant)) <= 3


def _pairs(word: str) -> set[str]:
    return {word[place : place + 2] for place in range(len(word) - 1)}
