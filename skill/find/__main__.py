"""python -m skill.find: compiles the ranking; with --check, says whether it is up to date with the content."""

from __future__ import annotations

import argparse
import sys

from skill.find.learn import fingerprint, learn
from skill.find.model import FILE, ModelError, read, write
from skill.loading import ContentError, load


def main(arguments: list[str] | None = None) -> int:
    """Compiles or checks; gives 0, or 1 where the content has faults or the ranking is stale."""
    parser = argparse.ArgumentParser(prog="python -m skill.find", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    options = parser.parse_args(arguments)
    try:
        catalogue = load()
        if options.check:
            return _checked(read().content == fingerprint(catalogue))
    except (ContentError, ModelError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    model = learn(catalogue)
    write(model)
    sys.stdout.write(
        f"{FILE.name}: {len(model.classes)} classes, {len(model.features):,} features, {FILE.stat().st_size:,} bytes, "
        f"{', '.join(f'{name} from {least:.2f}' for name, least in model.thresholds._asdict().items())}\n"
    )
    return 0


def _checked(fresh: bool) -> int:
    if not fresh:
        sys.stderr.write("the ranking is not that of the content: run make model\n")
    return 0 if fresh else 1


if __name__ == "__main__":
    sys.exit(main())
