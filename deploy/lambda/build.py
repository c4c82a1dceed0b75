"""Builds the zip for AWS Lambda: python deploy/lambda/build.py [--wheels FOLDER] [--out FILE]   (make lambda).

The same sources give the same bytes: names sorted, one fixed time, one kind of permission. In the zip: the skill
without what serves the web, the content, the compiled ranking. With --wheels, the packages of those wheels too; get
them for Lambda's platform and by their hashes with

    python -m pip download --only-binary=:all: --platform manylinux_2_28_x86_64 --python-version 3.12 \\
        --require-hashes -r requirements.lock -d build/wheels

Without --wheels the packages must come from a layer, or be added by hand. (certvalidator and freezegun, which
ask-sdk-webservice-support drags along, and that package itself are not used on Lambda: NOT_NEEDED leaves them out.)
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
OUT = ROOT / "build" / "cancer-guide-lambda.zip"
WHEN = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can tell
LEFT_OUT = ("simulator", "pages", "__pycache__")  # folders of skill/ that Lambda has no use for
KINDS = {".py", ".toml", ".txt", ".jsonl", ".json", ".npz"}
NOT_NEEDED = (
    *("flask", "werkzeug", "jinja2", "markupsafe", "itsdangerous", "blinker", "click", "gunicorn", "prometheus_client"),
    *("ask_sdk_webservice_support", "certvalidator", "oscrypto", "asn1crypto", "freezegun"),
)


def build(out: Path = OUT, wheels: Path | None = None) -> str:
    """Writes the zip and gives its sha256."""
    entries = dict(sorted((*ours(), *(theirs(wheels) if wheels else ()))))
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in entries.items():
            entry = zipfile.ZipInfo(name, WHEN)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, data)
    return hashlib.sha256(out.read_bytes()).hexdigest()


def ours() -> Iterator[tuple[str, bytes]]:
    """The files of the skill, by their names in the zip."""
    for file in (ROOT / "skill").rglob("*"):
        name = file.relative_to(ROOT)
        if file.is_file() and file.suffix in KINDS and not set(LEFT_OUT) & set(name.parts):
            yield name.as_posix(), file.read_bytes()


def theirs(wheels: Path) -> Iterable[tuple[str, bytes]]:
    """What is in the wheels of a folder, but for what Lambda does not need."""
    for wheel in sorted(wheels.glob("*.whl")):
        if wheel.name.lower().startswith(tuple(f"{name}-" for name in NOT_NEEDED)):
            continue
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if not name.endswith("/"):
                    yield name, archive.read(name)


def main(arguments: list[str] | None = None) -> int:
    """Builds; gives 0, or 2 where there are no wheels where they were said to be."""
    parser = argparse.ArgumentParser(prog="deploy/lambda/build.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--wheels", type=Path, help="a folder of wheels for Lambda's platform")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(arguments)
    if options.wheels is not None and not list(options.wheels.glob("*.whl")):
        parser.error(f"there is no wheel in {options.wheels}")
    digest = build(options.out, options.wheels)
    sys.stdout.write(f"{options.out.name}: {options.out.stat().st_size:,} bytes, sha256 {digest}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
