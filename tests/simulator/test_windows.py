"""Candles' bounds, and sums of trades over time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from binance_streams_simulator.windows import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    History,
    Summary,
    Trade,
    candle,
    duration,
)

ZONE = 8 * HOUR


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("interval", "offset", "start", "end"),
    [
        ("1s", 0, "2026-07-21T18:34:56", "2026-07-21T18:34:57"),
        ("15m", 0, "2026-07-21T18:30:00", "2026-07-21T18:45:00"),
        ("8h", 0, "2026-07-21T16:00:00", "2026-07-22T00:00:00"),
        ("8h", ZONE, "2026-07-21T16:00:00", "2026-07-22T00:00:00"),
        ("12h", ZONE, "2026-07-21T16:00:00", "2026-07-22T04:00:00"),
        ("1d", 0, "2026-07-21T00:00:00", "2026-07-22T00:00:00"),
        ("1d", ZONE, "2026-07-21T16:00:00", "2026-07-22T16:00:00"),
        # 2026-07-20 was a Monday.
        ("1w", 0, "2026-07-20T00:00:00", "2026-07-27T00:00:00"),
        ("1w", ZONE, "2026-07-19T16:00:00", "2026-07-26T16:00:00"),
        ("1M", 0, "2026-07-01T00:00:00", "2026-08-01T00:00:00"),
        ("1M", ZONE, "2026-06-30T16:00:00", "2026-07-31T16:00:00"),
    ],
)
def test_candles_open_where_their_time_zone_says(
    interval: str, offset: int, start: str, end: str
) -> None:
    assert candle(interval, at("2026-07-21T18:34:56"), offset) == (at(start), at(end))


def test_the_month_after_december_is_january() -> None:
    assert candle("1M", at("2026-12-31T23:59:59"))[1] == at("2027-01-01T00:00:00")


def test_durations_are_read_and_other_words_are_none() -> None:
    assert duration("4h") == 4 * HOUR
    assert duration("1d") == DAY
    assert duration("btcusdt") is None


def test_an_unknown_interval_is_an_error() -> None:
    with pytest.raises(ValueError, match="not an interval"):
        candle("soon", 0)


def history(times: list[int]) -> tuple[History, list[Trade]]:
    trades = [
        Trade(number, 100 + number % 7, 1 + number % 3, time, number % 2 == 0)
        for number, time in enumerate(times)
    ]
    found = History()
    for trade in trades:
        found.add(trade)
    return found, trades


def summed(trades: list[Trade], start: int, end: int) -> Summary | None:
    """The plain way, to compare with."""
    total: Summary | None = None
    for trade in trades:
        if start <= trade.time < end:
            if total is None:
                total = Summary.of(start, trade)
            else:
                total.add(Summary.of(trade.time, trade))
    return total


@pytest.mark.parametrize("width", [SECOND, MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY])
def test_sums_equal_the_sum_of_the_trades(width: int) -> None:
    begin = at("2026-07-20T22:58:59")
    found, trades = history([begin + number * 7 * SECOND for number in range(15_000)])
    now = trades[-1].time
    start = now // width * width
    assert found.between(start, start + width) == summed(trades, start, start + width)


def test_a_window_that_ends_now_has_everything_up_to_now() -> None:
    begin = at("2026-07-20T22:58:59")
    found, trades = history([begin + number * 13 * SECOND for number in range(6_000)])
    now = trades[-1].time + 1
    for size in (HOUR, 4 * HOUR):
        start = now - size
        start -= start % MINUTE
        assert found.between(start, now) == summed(trades, start, now)


def test_nothing_was_traded() -> None:
    assert History().between(0, DAY) is None
    assert Summary.empty(5, 100).first_id == -1
