"""The installed size of a distribution with its dependencies; run with its own Python.

``python -m benchmarks.sizes NAME`` prints JSON: bytes of the distribution itself, and with its
dependencies. Byte code is not counted, as it is generated locally.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import re
import sys
from pathlib import Path

_OURS = ("binance_streams", "binance_streams_runtime", "binance_streams_simulator")


def _own(name: str) -> int:
    distribution = importlib.metadata.distribution(name)
    if name == "binance-streams":
        # An editable installation lists no files: use the packages of the wheel.
        files = [path for package in _OURS for path in _folder(package).rglob("*")]
    else:
        files = [Path(str(file.locate())) for file in distribution.files or []]
    return sum(path.stat().st_size for path in files if path.is_file() and path.suffix != ".pyc")


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _needed(name: str, seen: set[str]) -> set[str]:
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in seen:
        return seen
    try:
        requirements = importlib.metadata.distribution(name).requires or []
    except importlib.metadata.PackageNotFoundError:
        return seen
    seen.add(key)
    for requirement in requirements:
        text, _, marker = requirement.partition(";")
        if "extra" not in marker:
            _needed(re.split(r"[^A-Za-z0-9._-]", text.strip())[0], seen)
    return seen


def main() -> None:
    """Print both sizes."""
    name = sys.argv[1]
    needed = _needed(name, set())
    with_needed = sum(_own(one) for one in needed)
    print(json.dumps({"own": _own(name), "all": with_needed, "needs": len(needed) - 1}))


if __name__ == "__main__":
    main()
