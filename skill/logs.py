"""The log: one line a turn, one line a refusal; JSON in production, for reading in development.

A line holds no words of a person, no id of a user or device, no token, no session attribute: what it names is taken
from lists of our own (kinds of request, intents, kinds of reply, answers), and the id of the request is hashed. An
error is told by its type and place, for its text may hold what was said.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from skill.settings import Settings
from skill.turn import place


class JsonLines(logging.Formatter):
    """Every record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """`time`, `level`, `logger`, and the fields of the record, or its message where it has none."""
        made = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": made, "level": record.levelname.lower(), "logger": record.name, **_told(record)}
        return json.dumps(line, ensure_ascii=False)


class Readable(logging.Formatter):
    """Every record as one line for a person."""

    def format(self, record: logging.LogRecord) -> str:
        """The time of day, the level, and what is told."""
        made = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        told = " ".join(f"{name}={value}" if name != "message" else str(value) for name, value in _told(record).items())
        return f"{made} {record.levelname.lower()} {told}"


def set_up(settings: Settings, *, replacing: bool = False) -> None:
    """Sends the log of this process to its standard error, in the form that the settings ask for.

    Once is enough: where the process has a log already (this one, or that of a test run), it is left as it is, unless
    `replacing` says that it is to go (on AWS Lambda, whose own would write every line a second time).
    """
    root = logging.getLogger()
    if root.handlers and not replacing:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(settings))
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("skill").setLevel(logging.INFO)


def formatter(settings: Settings) -> logging.Formatter:
    """JSON in production; else lines for a person."""
    return JsonLines() if settings.environment == "production" else Readable()


def _told(record: logging.LogRecord) -> Mapping[str, Any]:
    """What a record tells: its own fields (see skill.journal), else its message; of an error, type and place alone."""
    fields: Mapping[str, Any] | None = getattr(record, "fields", None)
    if fields is not None:
        return fields
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return {"message": record.getMessage()}
    return {"message": "nothing caught an error", "error": type(error).__name__, "place": place(error)}
