"""``python -m codegen``: write what the specs say, or check that it is written."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from codegen.check.names import reserved_by
from codegen.load import load_specs
from codegen.model.build import build, exports_of
from codegen.model.parts import Model
from codegen.read.markets import Market, all_markets, chosen_markets, market_elsewhere
from codegen.read.problems import SpecError
from codegen.render.output import compare, write
from codegen.render.render import own_folders, render

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if (given.spec is None) != (given.out is None):
        parser.error("--spec and --out go together")
    if given.spec is not None and given.markets:
        parser.error("--spec is the one market that is generated; name no other")
    try:
        markets = _markets(given.root, given.spec, given.markets)
    except ValueError as error:
        parser.error(str(error))
    try:
        models = _models(given.root, markets, {} if given.spec is None else _packages(given.root))
    except SpecError as error:
        print(error, file=sys.stderr)
        print(f"{len(error.problems)} problem(s) in the spec", file=sys.stderr)
        return 1
    outputs: dict[str, str] = {}
    for model in models:
        outputs |= render(model)
    folder: Path = given.out or given.root / "generated"
    label = "generated" if given.out is None else given.out.as_posix()
    own = [name for model in models for name in own_folders(model)]
    if given.out is None and len(markets) == len(all_markets(given.root)):
        own = [""]
    if given.check:
        return _report(compare(outputs, folder, label, own), label)
    for path in write(outputs, folder, own):
        print(f"{label}/{path}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__)
    parser.add_argument(
        "markets",
        nargs="*",
        metavar="market",
        help="a folder of spec/, such as spot (default: all)",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; print what differs and exit with 1"
    )
    parser.add_argument(
        "--spec", type=Path, metavar="DIR", help="generate the market in this folder, with --out"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where its package and all the rest is written"
    )
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="folder of spec/ and generated/ (default: here)"
    )
    return parser


def _markets(root: Path, spec: Path | None, names: list[str]) -> list[Market]:
    if spec is None:
        return chosen_markets(root, names)
    if not spec.is_dir():
        raise ValueError(f"--spec: there is no folder {spec}")
    return [market_elsewhere(spec)]


def _packages(root: Path) -> dict[str, str]:
    """Return the packages of this tree's markets, and where each lies."""
    modules = sorted((root / "generated").glob("*/_venue.py"))
    return {path.parent.name: f"generated/{path.parent.name}" for path in modules}


def _models(root: Path, markets: Sequence[Market], packages: Mapping[str, str]) -> list[Model]:
    """Return the model of each market; raises SpecError with the problems of all of them."""
    runtime = root / "runtime" / "binance_streams_runtime"
    exports = exports_of(runtime)
    reserved = reserved_by(runtime, exports)
    schemas = root / "spec" / "schema"
    specs = load_specs(markets, schemas, reserved, packages)
    return [build(spec, market, exports) for spec, market in zip(specs, markets, strict=True)]


def _report(difference: str, label: str) -> int:
    if not difference:
        return 0
    print(difference, end="")
    again = "run `make generate`" if label == "generated" else "generate it again, without --check"
    print(f"{label}/ is not what the spec says: {again}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
