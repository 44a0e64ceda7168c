"""The trackers of streams' sequences, one for each form of continuity."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any

from binance_streams_runtime.catalog.streams import (
    Identified,
    Monotonic,
    PerKey,
    Range,
    Sequence,
    Step,
)
from binance_streams_runtime.pipeline.sequence import Tracker
from binance_streams_runtime.pipeline.trackers.identified import IdentifiedTracker, identity_by
from binance_streams_runtime.pipeline.trackers.ids import IdTracker
from binance_streams_runtime.pipeline.trackers.keyed import KeyedTracker
from binance_streams_runtime.pipeline.trackers.monotonic import MonotonicTracker
from binance_streams_runtime.pipeline.trackers.unnumbered import UnnumberedTracker


def tracker_for(sequence: Sequence | None, stream: str) -> Tracker:
    """Make the tracker of a stream with this sequence."""
    match sequence:
        case Step(attribute, step):
            get = attrgetter(attribute)
            return IdTracker(stream, get, get, step)
        case Range(first, last, previous):
            if previous is None:
                return IdTracker(stream, attrgetter(first), attrgetter(last), 1)
            return IdTracker(stream, _after(previous), attrgetter(last), 1, is_linked=True)
        case Monotonic(attribute, is_time, repeats):
            return MonotonicTracker(stream, attrgetter(attribute), is_time, repeats)
        case PerKey(key, inner):
            return KeyedTracker(stream, attrgetter(key), partial(tracker_for, inner, stream))
        case Identified():
            return IdentifiedTracker(stream, identity_by(sequence))
        case None:
            return UnnumberedTracker(stream)


def _after(attribute: str) -> Callable[[Any], int]:
    """Make what gets the first id that an event covers if it names the last id before it."""
    get = attrgetter(attribute)
    return lambda event: get(event) + 1
