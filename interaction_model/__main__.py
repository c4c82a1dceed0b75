"""Writes the interaction model from the content; with --check, says whether the file is up to date."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from interaction_model.compile import compile_model
from interaction_model.lint import faults
from interaction_model.schema import InteractionModel, read, written
from skill.loading import CONTENT, ContentError, load

MODEL = Path(__file__).parent / "en-US.json"


def main(arguments: Sequence[str], content: Path = CONTENT, file: Path = MODEL) -> int:
    """Compiles `content` into `file`, or with --check compares them; 0 when all is well, else 1 and why."""
    parser = argparse.ArgumentParser(prog="python -m interaction_model", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; say whether the file is up to date")
    check = parser.parse_args(arguments).check
    try:
        model = compile_model(load(content))
    except ContentError as error:
        print(error)
        return 1
    wrong = faults(model)
    if wrong:
        print(*wrong, sep="\n")
        return 1
    text = written(model)
    if check:
        return _checked(text, file)
    file.write_text(text, encoding="utf-8")
    print(f"{file.name}: {_counts(read(text))}, {len(text.encode()):,} bytes")
    return 0


def _checked(text: str, file: Path) -> int:
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return 0
    state = "is not what the content makes now" if file.is_file() else "is missing"
    print(f"{file.name} {state}: run make model, and commit it.")
    return 1


def _counts(model: InteractionModel) -> str:
    intents, types = model.language_model.intents, model.language_model.types
    samples = sum(len(intent.samples) for intent in intents)
    words = sum(len(value.words) for kind in types for value in kind.values)
    return f"{len(intents)} intents, {samples} samples, {words:,} values and synonyms"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
