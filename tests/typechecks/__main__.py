"""``python -m tests.typechecks``: what five type checkers see of programs of users.

Each program of the README, of the pages for users, of examples/ and of generated/typechecks/ must
be free of errors to each of them, but for the statements that are marked as mistakes: there each
must see one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.typechecks.checkers import CHECKERS, Checker, write_settings
from tests.typechecks.marks import disagreements, mistakes_in

ROOT = Path(__file__).resolve().parents[2]
# Checked in a folder of their own, so that the package is found as users find it, as installed.
FOLDERS = ("generated/typechecks/*/*", "examples")
PROGRAMS = "tests/typechecks/programs"
PACKAGES = [path.parent.name for path in (ROOT / "generated").glob("*/_venue.py")]
PAGES = (
    *("README.md", "docs/accounts.md", "docs/backfill.md", "docs/candles.md"),
    *("docs/convert.md", "docs/frames.md", "docs/metrics.md", "docs/migrating.md"),
    *("docs/order-book.md", "docs/recording.md", "docs/redundancy.md", "docs/replay.md"),
)


def programs() -> Iterator[tuple[str, str, str]]:
    """Where each is copied to, where it comes from, and its text."""
    for folder in (*FOLDERS, PROGRAMS):
        for path in sorted(ROOT.glob(f"{folder}/*.py")):
            name = path.relative_to(ROOT).as_posix()
            yield name, name, path.read_text(encoding="utf-8")
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        for found in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            line = text.count("\n", 0, found.start(1))
            # Programs for the old connector have no annotations to check.
            if ".compat" not in found[1]:
                # Blank lines before it, so that its lines have the numbers that the page's have.
                yield f"pages/{Path(page).stem.lower()}_{line}.py", page, "\n" * line + found[1]


def unknown_types(package: str) -> list[str]:
    """Public names of a package whose types pyright does not know, or has to guess."""
    # It finds packages for this purpose on the path, but not as links of an editable install.
    folders = (ROOT / "generated", ROOT / "runtime", *map(Path, sys.path))
    path = os.pathsep.join(str(folder) for folder in folders if folder.is_dir())
    done = subprocess.run(
        [
            *(Path(sys.executable).parent / "pyright", "--pythonpath", sys.executable),
            *("--verifytypes", package, "--ignoreexternal", "--outputjson"),
        ],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    symbols = json.loads(done.stdout)["typeCompleteness"]["symbols"]
    if not symbols:
        raise RuntimeError(f"pyright does not find the package: {done.stdout}")
    unknown = [
        f"{symbol['name']}: {diagnostic['message']}"
        for symbol in symbols
        for diagnostic in symbol["diagnostics"]
        if diagnostic["severity"] == "error"
    ]
    # What is only partially unknown has one of the others inside.
    return [text for text in unknown if "partially unknown" not in text] or unknown


def main() -> int:
    """Run all checkers; returns the exit status."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        origins: dict[str, str] = {}
        mistakes = {}
        for copy, origin, text in programs():
            (folder / copy).parent.mkdir(parents=True, exist_ok=True)
            (folder / copy).write_text(text, encoding="utf-8")
            origins[copy] = origin
            mistakes[copy] = mistakes_in(text)
        write_settings(folder)

        def judge(checker: Checker) -> list[str]:
            return [
                f"{origins[found.file]}:{found.line}: {checker.name}: {found.text}"
                for found in disagreements(checker.name, mistakes, checker.check(folder))
            ]

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            unknown = [pool.submit(unknown_types, package) for package in PACKAGES]
            problems = [problem for found in pool.map(judge, CHECKERS) for problem in found]
            problems += [problem for found in unknown for problem in found.result()]
    for problem in problems:
        print(problem)
    count = sum(map(len, mistakes.values()))
    summary = f"{len(origins)} programs with {count} mistakes, {len(CHECKERS)} type checkers: "
    print(summary + (f"{len(problems)} problems" if problems else "all agree"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
