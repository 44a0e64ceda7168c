"""What a collector has of each stream, and since when."""

from __future__ import annotations

import binance_streams
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_sinks.collecting.states import States
from tests.support.published import SUBJECTS

CATALOG = binance_streams.CATALOG
TRADES, DEPTH, TICKERS = (
    CATALOG.resolve(name) for name in ("btcusdt@trade", "btcusdt@depth", "!miniTicker@arr")
)


class Clock:
    now = 100

    def __call__(self) -> int:
        return self.now


def received(states: States, stream: Stream, at: int) -> None:
    states.of(stream).received = at


def test_how_a_stream_is_published() -> None:
    found = States(SUBJECTS, Clock()).of(DEPTH)
    assert found.subject == "binance.spot.diff_book_depth.BTCUSDT.1000"
    assert (found.part.name, found.symbol) == ("binance-spot-diff_book_depth", "BTCUSDT")
    assert States(SUBJECTS, Clock()).of(TICKERS).symbol is None


def test_what_changes_together_is_taken_once() -> None:
    states = States(SUBJECTS, Clock())
    states.confirm(TRADES)
    states.confirm(DEPTH)
    states.confirm(DEPTH)
    assert states.confirmed == {TRADES.name, DEPTH.name}
    assert states.take_changes() == ({}, [TRADES.name, DEPTH.name])
    assert states.take_changes() == ({}, [])


def test_streams_of_a_connection_are_interrupted_since_its_last_message() -> None:
    """That of any of them shows that it was alive; what is confirmed but silent counts as well."""
    states = States(SUBJECTS, Clock())
    for stream in (TRADES, DEPTH, TICKERS):
        states.confirm(stream)
    states.take_changes()
    received(states, DEPTH, 150)
    states.lose([TRADES.name, DEPTH.name, "unknown"])
    states.interrupt(TRADES, "cut")
    states.interrupt(DEPTH, "cut")
    states.interrupt(DEPTH, "cut")
    assert states.take_changes() == ({(150, "cut"): [TRADES.name, DEPTH.name]}, [])
    assert states.confirmed == {TICKERS.name}


def test_an_interruption_without_a_lost_connection_is_since_the_last_message() -> None:
    states = States(SUBJECTS, Clock())
    states.confirm(TRADES)
    received(states, TRADES, 140)
    states.interrupt(TRADES, "odd")
    assert states.take_changes() == ({(140, "odd"): [TRADES.name]}, [])


def test_the_next_interruption_has_a_time_of_its_own() -> None:
    clock = Clock()
    states = States(SUBJECTS, clock)
    states.confirm(TRADES)
    states.lose([TRADES.name])
    states.interrupt(TRADES, "cut")
    clock.now = 200
    states.confirm(TRADES)
    states.interrupt(TRADES, "cut")
    assert list(states.take_changes()[0]) == [(100, "cut"), (200, "cut")]


def test_streams_that_are_not_wanted_are_forgotten() -> None:
    states = States(SUBJECTS, Clock())
    states.confirm(TRADES)
    assert states.forget([TRADES.name, DEPTH.name]) == [TRADES.name]
    assert states.take_changes() == ({}, [])
    assert states.confirmed == frozenset()
    states.interrupt(TRADES, "cut")
    assert states.take_changes() == ({}, [])
