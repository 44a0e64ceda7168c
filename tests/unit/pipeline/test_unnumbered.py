"""Streams without numbers, at a change of the connection."""

from __future__ import annotations

from binance_streams import Duplicates
from binance_streams_runtime.pipeline.trackers.unnumbered import UnnumberedTracker


def test_what_the_older_connection_brought_first_need_not_come_again() -> None:
    """The newer one begins in the midst of it."""
    tracker = UnnumberedTracker("s")
    tracker.overlap()
    assert tracker.check(["a", "b", "c"]) == ["a", "b", "c"]
    tracker.resume()
    assert tracker.check(["b", "c", "d"]) == ["d", Duplicates("s", 2)]
