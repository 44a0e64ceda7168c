"""The classes that a front end adds to what both share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

FEED = "a feed of messages"
"""How a feed's callback is called if it raises."""


class Kinds(NamedTuple):
    """The classes of a front end's event sources."""

    subscription: Callable[..., Any]
    candles: Callable[..., Any]
    """Of subscriptions to streams of candles."""
    order_book: Callable[..., Any]
