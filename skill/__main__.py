"""python -m skill doctor: looks a configuration over before Amazon does."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence

from skill.doctor import Surroundings, examine, report


def main(
    arguments: Sequence[str] | None = None,
    environ: Mapping[str, str] | None = None,
    around: Surroundings | None = None,
) -> int:
    """Runs one command; gives 0, or 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m skill", description=__doc__)
    parser.add_argument("command", choices=("doctor",), help="say what is wrong with the SKILL_* variables, and more")
    parser.parse_args(arguments)
    findings = list(examine(os.environ if environ is None else environ, around))
    sys.stdout.write(report(findings) + "\n")
    return int(any(finding.level == "wrong" for finding in findings))


if __name__ == "__main__":
    sys.exit(main())
