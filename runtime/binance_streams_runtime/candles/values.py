"""What a window of candles hands out."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar, final

from msgspec import Struct

C = TypeVar("C")


@final
class CandleChange(Struct, Generic[C], frozen=True, gc=False):
    """What changed in a window: a candle was updated, was closed, or is a new one."""

    candle: C
    """The candle as it is now."""
    is_new: bool
    """Whether it is a new candle, rather than a new state of the last one."""
    is_closed: bool
    """Whether the candle is closed: nothing changes in it any more."""


class WindowView(NamedTuple):
    """A window at one moment."""

    candles: tuple[object, ...] = ()
    is_complete: bool = False
    reason: str = "the stream is not confirmed yet"
    """Why it is not complete; empty if it is."""
