"""Writes the interaction model from the content; with --check, says whether the file is up to date.

`package` writes all that Amazon wants of a skill: a project for the ASK CLI, in build/.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from interaction_model import manifest
from interaction_model.compile import compile_model
from interaction_model.lint import faults
from interaction_model.package import project, write
from interaction_model.schema import InteractionModel, read, written
from skill.catalogue import Catalogue
from skill.loading import CONTENT, ContentError, load

MODEL = Path(__file__).parent / "en-US.json"


def main(arguments: Sequence[str], content: Path = CONTENT, file: Path = MODEL) -> int:
    """Compiles `content` into `file`, or compares the two, or packages it; 0 when all is well, else 1 and why."""
    parser = argparse.ArgumentParser(prog="python -m interaction_model", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; say whether the file is up to date")
    package = parser.add_subparsers(dest="command").add_parser("package", help="write a project for the ASK CLI")
    package.add_argument("--endpoint", help="https address that Amazon asks, or the ARN of a Lambda function")
    package.add_argument("--base-url", help="https address of the public pages (else that of the endpoint)")
    package.add_argument("--out", type=Path, default=Path("build"), help="folder to write to (build)")
    options = parser.parse_args(arguments)
    try:
        catalogue = load(content)
    except ContentError as error:
        print(error)
        return 1
    if options.command == "package":
        return _package(catalogue, options.endpoint, options.base_url, options.out)
    model = compile_model(catalogue)
    wrong = faults(model)
    if wrong:
        print(*wrong, sep="\n")
        return 1
    text = written(model)
    if options.check:
        return _checked(text, file)
    file.write_text(text, encoding="utf-8")
    print(f"{file.name}: {_counts(read(text))}, {len(text.encode()):,} bytes")
    return 0


def _package(catalogue: Catalogue, endpoint: str | None, base_url: str | None, folder: Path) -> int:
    """Writes the project where it has no fault. Without addresses it is a draft, and is said to be one."""
    files = project(catalogue, endpoint, base_url)
    wrong = manifest.faults(files, [answer.name.removeprefix("the ") for answer in catalogue.organizations.values()])
    if wrong:
        print(*wrong, sep="\n")
        return 1
    write(files, folder)
    lacking = manifest.missing(files)
    print(f"{folder}: {len(files)} files, {sum(map(len, files.values())):,} bytes")
    if lacking:
        print("A draft, for development only: say --endpoint, and --base-url where the pages stand elsewhere.")
        print(*lacking, sep="\n")
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
