"""Short codes: an answer's name in a web address that can be typed, and read out over the telephone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

# Letters and digits of which no two look alike in print (0 and o, 1 and l, 2 and z, 5 and s, 8 and b,
# u and v), and no vowels, so that no code is ever a word.
ALPHABET = "cdfghjkmnpqrtwx3479"
LENGTH = 5


def code_of(id: str) -> str:
    """The code of an id: its SHA-256 written with the alphabet. It depends on nothing else, so it stays."""
    number = int.from_bytes(hashlib.sha256(id.encode()).digest())
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def by_code(ids: Iterable[str]) -> dict[str, str]:
    """Ids by their codes; raises ValueError where two ids share one, which the tests rule out for the content."""
    found: dict[str, str] = {}
    for id in ids:
        if (other := found.setdefault(code_of(id), id)) != id:
            raise ValueError(f"{id} and {other} have the same short code: rename the newer one")
    return found
