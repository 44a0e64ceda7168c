"""Unix times of either unit as datetimes, without losing a microsecond; all else is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_streams import ParameterError, to_datetime
from binance_streams_runtime.errors import shown


class Index:
    """An integer of another kind, as numpy has them."""

    def __index__(self) -> int:
        return 1672515782136


def test_documented_times() -> None:
    assert to_datetime(1672515782136) == datetime(2022, 12, 31, 19, 43, 2, 136000, tzinfo=UTC)
    assert to_datetime(1672515782136123) == datetime(2022, 12, 31, 19, 43, 2, 136123, tzinfo=UTC)
    assert to_datetime(Index()) == to_datetime(1672515782136)  # type: ignore[arg-type]


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2199, 12, 31)))
def test_both_units_are_distinguished_and_exact(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    microseconds = (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert to_datetime(microseconds) == aware
    assert to_datetime(microseconds // 1000) == aware.replace(
        microsecond=aware.microsecond // 1000 * 1000
    )


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2199, 12, 31)))
def test_seconds_and_nanoseconds_are_refused(moment: datetime) -> None:
    """Whatever the year, whole or not: they would be dates of 1970, or beyond all dates."""
    seconds = int(moment.replace(tzinfo=UTC).timestamp())
    for wrong in (seconds, float(seconds), seconds + 0.5):
        with pytest.raises(ParameterError, match="these are seconds: multiply them by 1000"):
            to_datetime(wrong)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="these are nanoseconds: divide them by 1000"):
        to_datetime(seconds * 10**9)


@pytest.mark.parametrize(
    "wrong",
    [
        *(0, -1, 1, 10**400, 10**30, -(10**30), -1672515782136, True, False),
        *(1672515782136.0, float("nan"), float("inf"), "1672515782136", b"1", None, [], Exception),
        datetime(2022, 12, 31),
    ],
)
def test_what_is_no_time_of_the_venue_is_refused(wrong: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        to_datetime(wrong)
    assert str(caught.value).startswith(
        f"timestamp: got {shown(wrong)}; allowed: a whole number of "
    )
    assert "the years 2000 to 2199" in str(caught.value)
