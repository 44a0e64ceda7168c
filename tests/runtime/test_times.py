"""Unix times of either unit as datetimes, without losing a microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from binance_streams import to_datetime


def test_documented_times() -> None:
    assert to_datetime(1672515782136) == datetime(2022, 12, 31, 19, 43, 2, 136000, tzinfo=UTC)
    assert to_datetime(1672515782136123) == datetime(2022, 12, 31, 19, 43, 2, 136123, tzinfo=UTC)
    assert to_datetime(0) == datetime(1970, 1, 1, tzinfo=UTC)
    assert to_datetime(-1) == datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2200, 1, 1)))
def test_both_units_are_told_apart_and_exact(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    microseconds = (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert to_datetime(microseconds) == aware
    assert to_datetime(microseconds // 1000) == aware.replace(
        microsecond=aware.microsecond // 1000 * 1000
    )
