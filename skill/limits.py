"""Alexa's limits on a response, checked in one place after the SDK has made it.

The numbers in brackets are those of the list of rules that the tests follow: a response that breaks one would be read
to the person as an error, so `skill.turn` says a calm sentence instead.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import Any

from skill.screen_limits import screen_faults

SPEECH_CHARACTERS = 8000  # [1.14]
CARD_CHARACTERS = 8000  # [3.2]
RESPONSE_BYTES = 120_000  # [1.13]
PAUSE_SECONDS = 10.0  # [2.4]

# What we write, a part of what Alexa allows [2.1]: element → its attributes and the values they may have.
_TAGS: dict[str, dict[str, str]] = {
    "speak": {},
    "break": {"time": r"\d{1,5}ms|\d{1,2}(\.\d+)?s"},
    "sub": {"alias": r".+"},
    "say-as": {"interpret-as": r"telephone|digits|characters"},
    "prosody": {"rate": r"\d{2,3}%|x-slow|slow|medium|fast|x-fast"},
}


def faults(response: Mapping[str, Any]) -> list[str]:
    """What is wrong with a whole response, as its rules in a few words each; never any of its content."""
    return list(_faults(response))


def _faults(response: Mapping[str, Any]) -> Iterator[str]:
    inner = response.get("response") or {}
    if len(json.dumps(response).encode()) > RESPONSE_BYTES:
        yield "the response is too large [1.13]"
    if "outputSpeech" not in inner:
        if any(key in inner for key in ("reprompt", "card", "directives")):
            yield "a silent response carries more than silence [1.16]"
        return
    speech = inner["outputSpeech"].get("ssml", "")
    again = ((inner.get("reprompt") or {}).get("outputSpeech") or {}).get("ssml")
    yield from _speech_faults(speech)
    if not isinstance(inner.get("shouldEndSession"), bool):
        yield "it does not say whether the session ends [1.22]"
    elif inner["shouldEndSession"]:
        if again is not None:
            yield "a reprompt after the end [2.14]"
        if _asks(speech):
            yield "a question, and then the session ends [2.13]"
    else:
        if not _asks(speech):
            yield "the session stays open without a question [2.13]"
        if again is None:
            yield "an open session without a reprompt [2.14]"
        else:
            yield from _speech_faults(again)
            if again == speech:
                yield "the reprompt is the question once more [2.14]"
    if (card := inner.get("card")) is not None:
        yield from _card_faults(card)
    directives = inner.get("directives") or []
    if len(directives) > 1:
        yield "more than one directive [4.3]"
    for directive in directives:
        yield from screen_faults(directive)


def _speech_faults(ssml: str) -> Iterator[str]:
    if len(ssml) >= SPEECH_CHARACTERS:
        yield "speech is too long [1.14]"
    try:
        root = ET.fromstring(ssml)  # noqa: S314  (our own text, on its way out)
    except ET.ParseError:
        yield "speech is not well formed [2.2]"
        return
    if root.tag != "speak":
        yield "speech does not begin with speak [2.1]"
    if not "".join(root.itertext()).strip():
        yield "speech is empty"
    for element in root.iter():
        allowed = _TAGS.get(element.tag)
        if allowed is None:
            yield f"the tag {element.tag} is not ours [2.1]"
        elif any(not re.fullmatch(allowed.get(name, ""), value) for name, value in element.attrib.items()):
            yield f"an attribute of {element.tag} is not ours [2.5, 2.7]"
    if sum(_seconds(element.get("time", "0s")) for element in root.iter("break")) > PAUSE_SECONDS:
        yield "the pauses are too long [2.4]"


def _card_faults(card: Mapping[str, Any]) -> Iterator[str]:
    text = card.get("text") if card.get("type") == "Standard" else card.get("content")
    if card.get("type") not in ("Simple", "Standard") or not text or not card.get("title"):
        yield "the card is not whole [3.1]"
        return
    urls = [url for url in (card.get("image") or {}).values() if url]
    if sum(map(len, (text, card["title"], *urls))) > CARD_CHARACTERS:
        yield "the card is too long [3.2]"


def _asks(ssml: str) -> bool:
    """Whether the last sentence is a question."""
    return re.sub(r"<[^>]*>", "", ssml).rstrip().endswith("?")


def _seconds(time: str) -> float:
    if not re.fullmatch(_TAGS["break"]["time"], time):  # a fault of its own
        return 0.0
    return float(time[:-2]) / 1000 if time.endswith("ms") else float(time[:-1])
