"""What a device with a screen shows beside what is said: one document for all devices, and the data of one reply."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from ask_sdk_model.interfaces.alexa.presentation.apl import RenderDocumentDirective

DOCUMENT: dict[str, Any] = json.loads(Path(__file__).with_name("screen.json").read_text(encoding="utf-8"))
LABEL_AT_MOST = 125  # characters that a screen reader is given for one row (4.8)

SHORT_NUMBER = 10  # characters that fit where numbers are shown largest


@dataclass(frozen=True)
class Row:
    """Something to touch that can be said as well: the kind and id that `TouchHandler` takes, a name, a line on it."""

    kind: str
    id: str
    label: str
    detail: str = ""


@dataclass(frozen=True)
class Call:
    """A number that is shown large, and whose it is; where there is none to call, a website."""

    number: str
    name: str = ""


@dataclass(frozen=True)
class Screen:
    """What is shown, in plain text: the words as said, numbers to call, rows to touch, where it comes from, and what
    to say next."""

    title: str
    text: str
    rows: tuple[Row, ...] = ()
    calls: tuple[Call, ...] = ()
    source: str = ""
    hint: str = ""


def can_show(version: str) -> bool:
    """Whether a device that draws APL up to `version` draws our document; as numbers, 1.9 is before 2022.1 (4.2)."""
    return bool(version) and _numbers(version) >= _numbers(DOCUMENT["version"])


def directive(screen: Screen, token: str, spelled: Callable[[str], str] = str) -> RenderDocumentDirective:
    """The directive that shows a screen (4.3); `spelled` puts its words into the spelling of the locale."""

    def shown(text: str) -> str:
        return escape(spelled(text))  # a Text component reads markup

    rows = [
        {
            "kind": row.kind,
            "id": row.id,
            "label": shown(row.label),
            "detail": shown(row.detail),
            "spoken": spelled(", ".join(filter(None, (row.label, row.detail))))[:LABEL_AT_MOST],
        }
        for row in screen.rows
    ]
    data = {
        "title": shown(screen.title),
        "text": shown(screen.text),
        "rows": rows,
        "calls": [
            {"number": shown(call.number), "name": shown(call.name), "long": len(call.number) > SHORT_NUMBER}
            for call in screen.calls
        ],
        "source": shown(screen.source),
        "hint": shown(screen.hint),
    }
    return RenderDocumentDirective(token=token, document=DOCUMENT, datasources={"screen": data})


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
