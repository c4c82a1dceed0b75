"""Whether the committed interaction model is that of the content: for those who run the skill, not only build it."""

from __future__ import annotations

from pathlib import Path

from interaction_model.compile import compile_model
from interaction_model.schema import written
from skill.catalogue import Catalogue

MODEL = Path(__file__).with_name("en-US.json")


def is_current(catalogue: Catalogue, file: Path = MODEL) -> bool:
    """Whether `file` is what `catalogue` compiles to; False too where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8") == written(compile_model(catalogue))
    except (OSError, ValueError):
        return False
