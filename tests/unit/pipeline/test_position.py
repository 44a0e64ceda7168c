"""How far a connection has come, by each form of continuity."""

from __future__ import annotations

import pytest

from binance_streams_runtime.catalog.streams import Monotonic, PerKey, Range, Sequence, Step
from binance_streams_runtime.pipeline.position import reaches
from tests.support.trackers import Event

NOW = 1_700_000_000_000


@pytest.mark.parametrize(
    ("sequence", "event", "first", "expected"),
    [
        (Step("first"), (7, 7), (9, 9), False),
        (Step("first"), (8, 8), (9, 9), True),
        (Step("first", 2), (7, 7), (9, 9), True),
        (Range("first", "last"), (1, 7), (9, 12), False),
        (Range("first", "last"), (1, 8), (9, 12), True),
        (Range("first", "last"), (5, 20), (9, 12), True),
        # What comes first names 8 as the one before it.
        (Range("last", "last", "previous"), (1, 7), (9, 12), False),
        (Range("last", "last", "previous"), (1, 8), (9, 12), True),
        (Range("last", "last", "previous"), (5, 20), (9, 12), True),
        (Monotonic("first"), (8, 0), (9, 0), False),
        (Monotonic("first"), (9, 1), (9, 0), False),
        (Monotonic("first"), (9, 0), (9, 0), True),
        (Monotonic("first"), (10, 0), (9, 0), True),
        # A time may go back a little, so a little later proves nothing.
        (Monotonic("first", is_time=True), (NOW + 900, 0), (NOW, 0), False),
        (Monotonic("first", is_time=True), (NOW + 1001, 0), (NOW, 0), True),
        (Monotonic("first", is_time=True), (NOW * 1000 + 1001, 0), (NOW * 1000, 0), False),
        (Monotonic("first", is_time=True), (NOW, 0), (NOW, 0), True),
        # Of several sequences: the same one, and as far as the event itself.
        (PerKey("last", Step("first")), (8, 1), (9, 1), False),
        (PerKey("last", Step("first")), (9, 1), (9, 1), True),
        (PerKey("last", Step("first")), (10, 2), (9, 1), False),
        (PerKey("last", Monotonic("first")), (10, 1), (9, 1), True),
        (PerKey("last", Monotonic("first")), (10, 2), (9, 1), False),
        (None, (9, 9), (9, 8), False),
        (None, (9, 9), (9, 9), True),
    ],
)
def test_what_has_come_reaches_what_comes_first_elsewhere(
    sequence: Sequence | None, event: tuple[int, int], first: tuple[int, int], expected: bool
) -> None:
    assert reaches(sequence, Event(*event), Event(*first)) is expected
