"""The version of the installed distribution."""

from __future__ import annotations

import functools


@functools.cache
def version() -> str:
    """Such as ``0.1.0``; ``0+unknown`` if the package runs without having been installed."""
    # Only now, so that the package imports faster: hardly any program asks.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("binance-streams")
    except PackageNotFoundError:
        return "0+unknown"
