"""Streams without numbers, at a change of the connection."""

from __future__ import annotations

from binance_streams import Duplicates, Gap
from binance_streams_runtime.pipeline.trackers.unnumbered import UnnumberedTracker


def test_what_the_older_connection_delivered_first_need_not_come_again() -> None:
    """The newer one begins in the midst of it."""
    tracker = UnnumberedTracker("s")
    tracker.overlap()
    assert tracker.check(["a", "b", "c"]) == ["a", "b", "c"]
    tracker.resume()
    assert tracker.check(["b", "c", "d"]) == ["d", Duplicates("s", 2)]


def test_what_the_older_connection_had_missed_is_a_gap_before_the_next_event() -> None:
    """It would be out of order now, as what came after it has been delivered."""
    tracker = UnnumberedTracker("s")
    tracker.overlap()
    tracker.check(["a", "c"])
    tracker.resume()
    assert tracker.check(["a", "b", "c", "d"]) == [Gap("s", None, None), "d", Duplicates("s", 2)]
