"""The version of the installed distribution."""

from __future__ import annotations

import functools


@functools.cache
def version() -> str:
    """Return the version, such as ``0.1.0``; ``0+unknown`` if the package is not installed."""
    # Imported late, so that the package imports faster: few programs ask.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("binance-streams")
    except PackageNotFoundError:
        return "0+unknown"
