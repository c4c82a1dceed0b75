"""Alexa's rules for a screen, checked with the rest of a response by `skill.limits`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

RENDER = "Alexa.Presentation.APL.RenderDocument"  # the one directive that we send [4.3, 4.9]
NEWEST = (2022, 1)  # documents of a later version would leave out devices that could show them [4.2]
LABEL_CHARACTERS = 125  # [4.8]
TOUCHES = frozenset({"answer", "more", "helpers", "number"})  # what TouchHandler takes [1.21]

_TOUCHABLE = frozenset({"TouchWrapper", "VectorGraphic", "EditText", "Pager", "Video"})
_COMMANDS_OF_OTHERS = frozenset({"OpenURL", "PlayMedia", "SpeakItem", "SpeakList", "InsertItem", "Log"})


def screen_faults(directive: Any) -> Iterator[str]:
    """What is wrong with a directive, as its rules in a few words each."""
    if not isinstance(directive, Mapping) or directive.get("type") != RENDER:
        yield "a directive that is not ours [4.9]"
        return
    token = directive.get("token")
    if not isinstance(token, str) or not token:
        yield "a screen without a token [4.3]"
    document = directive.get("document")
    if not isinstance(document, Mapping) or document.get("type") != "APL" or "mainTemplate" not in document:
        yield "a screen without a document [4.3]"
        return
    if not _usable(document.get("version")):
        yield "the document is of a version that is not ours [4.2]"
    for node in _nodes(document):
        yield from _node_faults(node)
    yield from _data_faults((directive.get("datasources") or {}).get("screen"))


def _node_faults(node: Mapping[str, Any]) -> Iterator[str]:
    kind = node.get("type")
    if kind in _TOUCHABLE and not (node.get("accessibilityLabel") and node.get("role")):
        yield "a part to touch without a label or a role [4.7]"
    if kind == "Image" and not node.get("accessibilityLabel"):
        yield "a picture without a label [4.7]"
    if kind in _COMMANDS_OF_OTHERS:
        yield f"the command {kind} is not ours [4.4]"


def _data_faults(screen: Any) -> Iterator[str]:
    if not isinstance(screen, Mapping) or not all(screen.get(key) for key in ("title", "text")):
        yield "a screen without a title or words [4.3]"
        return
    for row in screen.get("rows") or ():
        if row.get("kind") not in TOUCHES or not row.get("id"):
            yield "a row that asks for nothing we answer [1.21]"
        if not 0 < len(row.get("spoken") or "") <= LABEL_CHARACTERS:
            yield "a row without a label, or with too long a one [4.8]"


def _usable(version: Any) -> bool:
    if not isinstance(version, str) or not re.fullmatch(r"\d{1,4}\.\d{1,2}", version):
        return False
    return (1, 4) <= tuple(map(int, version.split("."))) <= NEWEST


def _nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object within a document."""
    if isinstance(value, Mapping):
        yield value
        for part in value.values():
            yield from _nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from _nodes(part)
