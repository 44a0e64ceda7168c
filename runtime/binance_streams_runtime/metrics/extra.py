"""Libraries of the extra ``metrics``, which are imported when they are needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def load(module: str, package: str) -> Any:
    """Import a module; raise ImportError that says how to install it."""
    try:
        return import_module(module)
    except ImportError as error:
        text = f"this needs {package}: pip install 'binance-streams[metrics]'"
        raise ImportError(text, name=error.name) from error
