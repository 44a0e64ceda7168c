"""Events as tables, for users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from binance_streams_runtime.tables.batch import Levels, Options, Times, collect
from binance_streams_runtime.tables.libraries import builder
from binance_streams_runtime.types import Numbers

if TYPE_CHECKING:
    import pandas
    import polars


def to_polars(
    events: Iterable[Any],
    *,
    type: Any = None,
    numbers: Numbers | None = None,
    levels: Levels = "lists",
    times: Times = "datetime",
) -> polars.DataFrame:
    """Return events as a ``polars.DataFrame``, with a row for each event.

    The columns are the events' attributes, in their order, and have the same types whether there
    are none, one or many. Prices and quantities are exact: ``Decimal(38, 8)``, or with more digits
    after the point if a value has them; symbols and other words ``Categorical``; times ``Datetime``
    in microseconds, UTC. The attributes of an inner struct are columns of their own, such as
    ``open`` for ``kline.open``.

    Args:
        events: Events of one type: a list or another iterable, such as a subscription or a
            recording, which is read to its end. Lists of events, as streams of all symbols give
            them, are one row for each event in them. Messages have the column ``stream`` as well,
            recorded events ``received`` (nanoseconds), ``connection`` and ``stream``.
        type: The events' struct, such as ``AggTrade``; only needed if there may be no event.
        numbers: ``Decimal``, ``float`` or ``str``; None is what the events have.
        levels: ``lists`` of price and quantity in the columns ``bids`` and ``asks``, or
            ``explode``: a row for each level, with the columns ``side`` (``bid`` or ``ask``),
            ``level`` (its place, from 1 on), ``price`` and ``quantity``. Events without levels have
            no row then.
        times: ``datetime``, or ``int``: as the events have them.

    Raises ParameterError if an argument is invalid, the events are not of one type, or a value
    does not fit its column; ImportError if polars is not installed: ``pip install
    'binance-streams[polars]'``.
    """
    table: polars.DataFrame = _table("polars", events, type, numbers, levels, times)
    return table


def to_pandas(
    events: Iterable[Any],
    *,
    type: Any = None,
    numbers: Numbers | None = None,
    levels: Levels = "lists",
    times: Times = "datetime",
) -> pandas.DataFrame:
    """Return events as a ``pandas.DataFrame``, with a row for each event.

    As ``to_polars``, with the types of pandas: exact prices and quantities are ``Decimal`` objects,
    symbols and other words are texts; whole numbers that may be missing are ``Int64``, truth values
    ``boolean``; times are ``datetime64[us, UTC]``. Levels are lists of dicts. With
    ``numbers=float``, prices are ``float64``, which is what most of pandas calculates with.

    Raises ParameterError as ``to_polars``; ImportError if pandas is not installed: ``pip install
    'binance-streams[pandas]'``.
    """
    table: pandas.DataFrame = _table("pandas", events, type, numbers, levels, times)
    return table


def to_arrow(
    events: Iterable[Any],
    *,
    type: Any = None,
    numbers: Numbers | None = None,
    levels: Levels = "lists",
    times: Times = "datetime",
) -> Any:
    """Return events as a ``pyarrow.Table``, with a row for each event.

    As ``to_polars``, with the types of Arrow: ``decimal128(38, 8)``, ``timestamp[us, UTC]``,
    dictionaries for symbols and other words. To type checkers it is ``Any``, as pyarrow has no
    types.

    Raises ParameterError as ``to_polars``; ImportError if pyarrow is not installed: ``pip install
    'binance-streams[arrow]'``.
    """
    return _table("arrow", events, type, numbers, levels, times)


def _table(
    library: str,
    events: Iterable[Any],
    type: Any,
    numbers: Numbers | None,
    levels: Levels,
    times: Times,
) -> Any:
    made = builder(library, Options(numbers, levels, times))
    return made.table(*collect(events, type))
