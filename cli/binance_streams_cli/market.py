"""The market that a command is about: its generated package, loaded when it is needed."""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from binance_streams_cli.parser import MARKETS
from binance_streams_cli.status import USAGE, CommandError

if TYPE_CHECKING:
    from binance_streams_runtime.catalog.streams import Catalog
    from binance_streams_runtime.catalog.venue import Venue

DEFAULT_MARKET = "binance_streams"
_PREFIX = "binance_streams_"


class Market:
    """A generated package."""

    def __init__(self, name: str | None) -> None:
        """Find a market by its name or by that of its package; None is the default."""
        self.package = _package(name) if name else DEFAULT_MARKET
        try:
            self.module: Any = importlib.import_module(self.package)
            self.catalog: Catalog = self.module.CATALOG
            self.venue: Venue = self.module.VENUE
        except (ImportError, AttributeError, ValueError) as error:
            listed = ", ".join(MARKETS)
            raise CommandError(
                f"--market: got {name!r}; allowed: {listed}, or the name of a generated package "
                f"({error})",
                USAGE,
            ) from None


def _package(name: str) -> str:
    """Return the package of a market: one may be called by its name or, as in spec/, its folder."""
    if name in MARKETS:
        return MARKETS[name]
    full = f"{_PREFIX}{name}"
    is_folder = name.isidentifier() and importlib.util.find_spec(full) is not None
    return full if is_folder else name
