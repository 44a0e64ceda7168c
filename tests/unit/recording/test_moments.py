"""Moments as users write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from binance_streams import ParameterError
from binance_streams_runtime.recording.moments import unix_ns

NOON = 1_795_651_200_000_000_000
SAME: list[Any] = [
    datetime(2026, 11, 26, 0, 0, tzinfo=UTC),
    datetime(2026, 11, 26),
    datetime(2026, 11, 26, 2, 0, tzinfo=timezone(timedelta(hours=2))),
    date(2026, 11, 26),
    "2026-11-26",
    "2026-11-26T00:00",
    "2026-11-26 00:00:00Z",
    "2026-11-26T01:00+01:00",
    1_795_651_200,
    1_795_651_200.0,
    "1795651200",
    " 1795651200.0 ",
]


@pytest.mark.parametrize("value", SAME, ids=repr)
def test_a_moment_may_be_written_in_many_ways(value: Any) -> None:
    assert unix_ns("since", value) == NOON


def test_fractions_are_kept() -> None:
    assert unix_ns("since", "1795651200.123456789") == NOON + 123_456_789
    assert unix_ns("since", "2026-11-26T00:00:00.000001") == NOON + 1000
    assert unix_ns("since", 1_795_651_200.5) == NOON + 500_000_000


def test_a_time_is_of_the_first_day() -> None:
    first = NOON + 5 * 3_600 * 1_000_000_000
    assert unix_ns("since", "12:00", first) == NOON + 12 * 3_600 * 1_000_000_000
    assert unix_ns("since", "9:30:15.5", first) == NOON + 34_215_500_000_000


WRONG: list[Any] = [
    *("yesterday", "", "25:00", "12:00", "2026-13-01", 1_795_651_200_000, 0, True, None, b"2026"),
    *(float("nan"), float("inf"), "1795651200000", set()),
]


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_what_is_no_moment_is_an_error_that_says_what_is_allowed(value: Any) -> None:
    with pytest.raises(ParameterError, match=r"since: got .*; allowed: a datetime, a text such"):
        unix_ns("since", value)
