"""``python -m codegen``: write what the spec says, or check that it is written."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from codegen.check.names import reserved_by
from codegen.load import load_spec
from codegen.model.build import build, exports_of
from codegen.read.problems import SpecError
from codegen.render.output import compare, write
from codegen.render.render import render

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; print what differs and exit with 1"
    )
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="folder of spec/ and generated/ (default: here)"
    )
    given = parser.parse_args(arguments)
    root: Path = given.root
    runtime = root / "runtime" / "binance_streams_runtime"
    exports = exports_of(runtime)
    try:
        spec = load_spec(
            root / "spec" / "spot",
            "spec/spot",
            root / "spec" / "schema",
            reserved_by(runtime, exports),
        )
    except SpecError as error:
        print(error, file=sys.stderr)
        print(f"{len(error.problems)} problem(s) in the spec", file=sys.stderr)
        return 1
    outputs = render(build(spec, exports))
    if given.check:
        difference = compare(outputs, root / "generated")
        if difference:
            print(difference, end="")
            print("generated/ is not what the spec says: run `make generate`", file=sys.stderr)
        return 1 if difference else 0
    for path in write(outputs, root / "generated"):
        print(f"generated/{path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
