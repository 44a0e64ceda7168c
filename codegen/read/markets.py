"""The markets that can be generated: the folders of ``spec/``, or one that lies elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from codegen.read.problems import listed, shown

_SCHEMA = "schema"


@dataclass(frozen=True)
class Market:
    """One market: the folder of its spec, and how outputs and problems name it."""

    name: str
    """Its name in the paths of what is generated, such as ``binance_us``."""
    folder: Path
    label: str
    """The folder as problems name it, such as ``spec/binance_us``."""
    made_by: str
    """What generated files say about where they come from."""


def all_markets(root: Path) -> list[Market]:
    """Return every market of ``root/spec``, in the order of their names."""
    folders = sorted(path for path in (root / "spec").iterdir() if path.is_dir())
    return [
        Market(
            folder.name,
            folder,
            f"spec/{folder.name}",
            f"Made from spec/{folder.name}/ by codegen. Do not edit: change the spec and run "
            "``make generate``.",
        )
        for folder in folders
        if folder.name != _SCHEMA and not folder.name.startswith(".")
    ]


def chosen_markets(root: Path, names: list[str]) -> list[Market]:
    """Return the markets of these names, or all of them; raises ValueError for an unknown one."""
    markets = {market.name: market for market in all_markets(root)}
    for name in names:
        if name not in markets:
            allowed = listed(markets)
            raise ValueError(f"there is no market {shown(name)} in spec/; allowed: {allowed}")
    return [market for name, market in markets.items() if not names or name in names]


def market_elsewhere(folder: Path) -> Market:
    """Return the market in a folder outside this tree, which is named after its folder."""
    name = re.sub(r"[^a-z0-9]+", "_", folder.resolve().name.lower()).strip("_") or "market"
    made_by = f"Made from the spec of {name} by codegen. Do not edit: change it and generate again."
    return Market(name, folder, folder.as_posix(), made_by)
