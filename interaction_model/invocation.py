"""What people may be asked to say to open a skill (platform rule 5.25)."""

from __future__ import annotations

import re
from collections.abc import Callable


def invocation_faults(name: str) -> list[str]:
    """Why `name` cannot be the invocation name of a skill, a clause each; nothing when it can be."""
    return [fault for breaks, fault in _RULES if breaks(name)]


def _words(alternatives: str) -> re.Pattern[str]:
    """Any of these, as words of their own."""
    return re.compile(rf"(?<!\S)(?:{alternatives})(?!\S)")


_WORD = r"(?:[^\W\d_]\.|[^\W\d_]+(?:'[^\W\d_]*)?)"  # an initial with its period, or letters
_SPELLED = re.compile(rf"{_WORD}(?: {_WORD})*")
_SMALL = _words("the|a|an|for|to|of|about|up|by|at|off|with")
_LAUNCHING = _words("run|start|play|resume|use|launch|ask|open|tell|load|begin|enable")
_CONNECTING = _words("to|from|in|using|with|about|for|that|by|if|and|whether")
_ALEXAS_OWN = _words("alexa|amazon|echo|computer|skills?|apps?")
_COMMANDS = _words("go home|go back|start over|never mind|turn off|say that again|scroll (?:up|down)")
# Places of one word fall under the rule of two words. No list is whole: a person looks at the name as well.
_PLACES = _words(
    "new (?:york|jersey|mexico|hampshire|zealand|delhi|orleans)|(?:north|south) (?:carolina|dakota)|"
    "rhode island|west virginia|los angeles|san (?:francisco|diego|antonio)|las vegas|hong kong|"
    "united (?:states|kingdom)|great britain|northern ireland|south africa|cape town"
)

_RULES: tuple[tuple[Callable[[str], object], str], ...] = (
    (lambda name: not 2 <= len(name) <= 50, "it must have 2 to 50 characters"),
    (lambda name: len(name.split()) < 2, "one word alone is only for a brand"),
    (
        lambda name: name != name.lower() or not _SPELLED.fullmatch(name),
        "it may hold lower-case words, possessive apostrophes, and initials with periods",
    ),
    (
        lambda name: len(name.split()) == 2 and _SMALL.search(name),
        "an article or a preposition cannot be one of two words",
    ),
    (_LAUNCHING.search, "a word that launches skills cannot stand in it"),
    (_CONNECTING.search, "a word that connects a name with a question cannot stand in it"),
    (_ALEXAS_OWN.search, "a word that is Alexa's own cannot stand in it"),
    (_PLACES.fullmatch, "a place alone names no skill"),
    (_COMMANDS.fullmatch, "Alexa takes these words for a command of her own"),
)
