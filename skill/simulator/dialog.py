"""Conversations kept in a file: what was said and what was heard, to be read, replayed and compared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from skill.simulator.conversation import Conversation, Turn


class DialogError(ValueError):
    """A file is no dialog: the message says what is wrong with it."""


def written(turns: Iterable[Turn], locale: str) -> str:
    """A dialog as text: JSON that a person can read and mend."""
    said = [{"person": turn.said, "alexa": turn.speech, "answer": turn.answer, "ended": turn.ended} for turn in turns]
    return json.dumps({"dialog": 1, "locale": locale, "turns": said}, indent=1, ensure_ascii=False) + "\n"


def read(text: str) -> tuple[str, list[Mapping[str, Any]]]:
    """The locale and the turns of a written dialog; raises DialogError."""
    try:
        dialog = json.loads(text)
        turns = dialog["turns"]
        if dialog["dialog"] != 1 or not all(isinstance(turn["person"], str) for turn in turns):
            raise DialogError("not a dialog of version 1")
        if not all(_is_touch(turn.get("touch", [])) for turn in turns):
            raise DialogError("a touch is a list of words")
        return str(dialog.get("locale", "en-US")), turns
    except (ValueError, KeyError, TypeError) as error:
        raise DialogError(f"the file is no dialog: {error}") from error


def differences(turns: Iterable[Mapping[str, Any]], conversation: Conversation) -> list[str]:
    """Says every turn again; a line for each thing that is heard differently now."""
    found = []
    for number, turn in enumerate(turns, 1):
        now = _again(turn, conversation)
        for key, value in (("alexa", now.speech), ("answer", now.answer), ("ended", now.ended)):
            if key in turn and turn[key] != value:
                found.append(f"turn {number} ({turn['person']!r}), {key}: was {turn[key]!r}, is {value!r}")
    return found


def _again(turn: Mapping[str, Any], conversation: Conversation) -> Turn:
    """The same done again: words, or as the simulator's page keeps it, a touch on the screen or lasting silence."""
    if turn.get("touch"):
        return conversation.touch(turn["touch"])
    return conversation.end() if turn.get("silence") is True else conversation.say(turn["person"])


def _is_touch(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)
