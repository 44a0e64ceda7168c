"""The endpoints of the REST API, made from the catalog. They know no stream by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from binance_streams_runtime.catalog.parameters import Choice, Symbol
from binance_streams_runtime.catalog.rest import Backfill, Endpoint, OrderBookRules
from binance_streams_runtime.catalog.streams import StreamType
from binance_streams_simulator import feeds, payloads, values
from binance_streams_simulator.market import Aggregate, Instrument, Market
from binance_streams_simulator.records import Records
from binance_streams_simulator.refusals import Refusal, missing
from binance_streams_simulator.replay import Levels
from binance_streams_simulator.rest.arguments import Arguments
from binance_streams_simulator.rest.rows import RowCache, RowFormat
from binance_streams_simulator.windows import Trade, candle, duration

_LEVELS = 100
_ROWS = 500
"""How much an answer has if no limit is sent."""
_START, _END, _ZONE = "startTime", "endTime", "timeZone"
_QUOTE = "quoteQty"
"""In rows of trades only, so no struct has it."""


@dataclass(frozen=True)
class View:
    """What an answer may show: the market at some time, in some unit."""

    market: Market
    now: int
    rows_until: int
    """The newest rows are of this time, in microseconds."""
    books_until: int
    divisor: int
    """Microseconds in the unit of times."""


class Route(Protocol):
    """One path."""

    def weight(self, arguments: Arguments) -> int:
        """Return the request weight; raise Refusal for a bad limit."""

    def answer(self, arguments: Arguments, view: View) -> bytes:
        """Return the body of the answer; raise Refusal to refuse the request."""


class SnapshotRoute:
    """Snapshots of order books."""

    def __init__(
        self, rules: OrderBookRules, example: Any, recorded: Callable[[str], Levels | bytes | None]
    ) -> None:
        self._rules = rules
        self._recorded = recorded
        self._endpoint = rules.snapshot
        self._symbol = _name_of(Symbol, rules.updates, rules.query)
        self._known = {*rules.query, *rules.constants, rules.snapshot.limit}
        self._format = RowFormat(rules.snapshot_struct, example)

    def weight(self, arguments: Arguments) -> int:
        """Return the request weight, by the number of levels."""
        return self._endpoint.weight(self._limit(arguments))

    def answer(self, arguments: Arguments, view: View) -> bytes:
        """Return a snapshot, or the one of a replay."""
        arguments.check_names(self._known)
        limit = self._limit(arguments)
        recorded = self._recorded(arguments.text(self._symbol))
        if isinstance(recorded, bytes):
            return recorded
        if recorded is None:
            book = arguments.instrument(self._symbol, view.market).book
            found = book.snapshot(limit, view.books_until)
            recorded = Levels(found.last_id, values.levels(found.bids), values.levels(found.asks))
        row = self._format.render(
            {
                "event_time": view.now,
                self._rules.snapshot_id: recorded.id,
                self._rules.bids: recorded.bids[:limit],
                self._rules.asks: recorded.asks[:limit],
            },
            view.divisor,
        )
        return payloads.encoded(row)

    def _limit(self, arguments: Arguments) -> int:
        endpoint = self._endpoint
        return arguments.limit(endpoint.limit, min(_LEVELS, endpoint.max_limit), endpoint.max_limit)


class NotRecorded:
    """An endpoint whose answers a recording does not have."""

    def __init__(self, path: str) -> None:
        self._path = path

    def weight(self, arguments: Arguments) -> int:
        """Return the least request weight."""
        return 1

    def answer(self, arguments: Arguments, view: View) -> bytes:
        """Refuse it: what a simulated market has would contradict what was recorded."""
        raise Refusal(-1, f"A recording is replayed, which has no {self._path}.", status=404)


class RowsRoute:
    """What the routes of rows have in common."""

    def __init__(self, type: StreamType, backfill: Backfill, example: Any) -> None:
        self._endpoint: Endpoint = backfill.endpoint
        self._symbol = _name_of(Symbol, type, backfill.query)
        self._format = RowFormat(backfill.row, example)
        self._cache = RowCache()
        self._known = {*backfill.query, backfill.start, backfill.endpoint.limit}

    def weight(self, arguments: Arguments) -> int:
        """Return the request weight, by the number of rows."""
        return self._endpoint.weight(self._limit(arguments))

    def _limit(self, arguments: Arguments) -> int:
        endpoint = self._endpoint
        return arguments.limit(endpoint.limit, min(_ROWS, endpoint.max_limit), endpoint.max_limit)


class RecordsRoute(RowsRoute):
    """Rows that have ids."""

    def __init__(
        self,
        type: StreamType,
        backfill: Backfill,
        example: Any,
        records: Callable[[Instrument], Records[Any]],
        values_of: Callable[[Any], values.Values],
        *,
        has_times: bool = False,
        needs_start: bool = False,
    ) -> None:
        super().__init__(type, backfill, example)
        self._start = backfill.start
        self._records = records
        self._values_of = values_of
        self._needs_start = needs_start
        if has_times:
            self._known |= {_START, _END}

    def answer(self, arguments: Arguments, view: View) -> bytes:
        """Return rows, oldest first."""
        arguments.check_names(self._known)
        limit = self._limit(arguments)
        instrument = arguments.instrument(self._symbol, view.market)
        first_id = arguments.whole(self._start)
        start, end = arguments.earliest(_START), arguments.latest(_END)
        records = self._records(instrument)
        until = view.rows_until if end is None else min(end, view.rows_until)
        found: Sequence[Trade | Aggregate]
        if first_id is not None:
            if start is not None or end is not None:
                raise Refusal(-1128, "Combination of optional parameters invalid.")
            found = records.from_id(first_id, limit, until)
        elif self._needs_start:
            raise missing(self._start)
        elif start is not None:
            found = records.from_time(start, limit, until)
        else:
            found = records.newest(limit, until)
        return payloads.encoded([self._row(instrument, record, view) for record in found])

    def _row(self, instrument: Instrument, record: Any, view: View) -> msgspec.Raw:
        key = instrument.symbol, record, view.divisor
        cached = self._cache.get(key)
        if cached is not None:
            return cached
        shown = {"event_time": record.time, **self._values_of(record)}
        row = self._format.render(shown, view.divisor)
        if _QUOTE in row:
            row[_QUOTE] = shown["quote_quantity"]
        return self._cache.put(key, row)


class CandlesRoute(RowsRoute):
    """Candles, by the time when they open."""

    def __init__(self, type: StreamType, backfill: Backfill, example: Any) -> None:
        super().__init__(type, backfill, example)
        self._interval = _name_of(Choice, type, backfill.query)
        stream_name = backfill.query[self._interval]
        choice = next(each for each in type.parameters if each.name == stream_name)
        written = choice.written.values() if isinstance(choice, Choice) else ()
        self._intervals = {text for text in written if duration(text)}
        self._start, self._end = backfill.start, backfill.end or _END
        self._known.add(self._end)

    def add_constants(self, constants: Collection[str]) -> None:
        """Accept the parameters that only some streams send, such as a time zone."""
        self._known.update(constants)

    def answer(self, arguments: Arguments, view: View) -> bytes:
        """Return candles, oldest first."""
        arguments.check_names(self._known)
        limit = self._limit(arguments)
        instrument = arguments.instrument(self._symbol, view.market)
        interval = arguments.interval(self._interval, self._intervals)
        offset = arguments.zone(_ZONE)
        start, end = arguments.earliest(self._start), arguments.latest(self._end)
        until = view.rows_until if end is None else min(end, view.rows_until)
        known_since = instrument.history.known_since(duration(interval) or 0) or 0
        first = candle(interval, max(instrument.listed, known_since), offset)
        bounds = _candles(interval, offset, first, start, until, limit)
        return payloads.encoded([self._row(instrument, each, view) for each in bounds])

    def _row(self, instrument: Instrument, bounds: tuple[int, int], view: View) -> msgspec.Raw:
        key = instrument.symbol, bounds, view.divisor
        cached = self._cache.get(key)
        if cached is not None:
            return cached
        shown = values.of_candle(instrument, bounds, view.rows_until)
        row = self._format.render({"event_time": view.now, **shown}, view.divisor)
        if view.rows_until >= bounds[1]:
            return self._cache.put(key, row)
        return msgspec.Raw(payloads.encoded(row))


def _candles(
    interval: str,
    offset: int,
    first: tuple[int, int],
    start: int | None,
    until: int,
    limit: int,
) -> list[tuple[int, int]]:
    """Return when candles open and when the next ones do, oldest first."""
    found: list[tuple[int, int]] = []
    if start is None:
        bounds = candle(interval, until, offset)
        while bounds[0] >= first[0] and len(found) < limit:
            found.append(bounds)
            bounds = candle(interval, bounds[0] - 1, offset)
        return found[::-1]
    bounds = candle(interval, max(start, first[0]), offset)
    if bounds[0] < start:
        bounds = candle(interval, bounds[1], offset)
    while bounds[0] <= until and len(found) < limit:
        found.append(bounds)
        bounds = candle(interval, bounds[1], offset)
    return found


def _name_of(kind: type, type: StreamType, query: Mapping[str, str]) -> str:
    """Return the query parameter whose value is the stream's parameter of this kind."""
    return next(_names_of(kind, type, query))


def _names_of(kind: type, type: StreamType, query: Mapping[str, str]) -> Iterator[str]:
    for name, parameter_name in query.items():
        for parameter in type.parameters:
            if parameter.name == parameter_name and isinstance(parameter, kind):
                yield name


def rows_route(
    type: StreamType, backfill: Backfill, kind: type[feeds.Feed], example: Any
) -> Route | None:
    """Return the route for the missed events of a stream, None if the market has none of them.

    It has them by symbol, and candles by interval.
    """
    needed = [Symbol, Choice] if issubclass(kind, feeds.Candles) else [Symbol]
    if not all(any(_names_of(each, type, backfill.query)) for each in needed):
        return None
    if issubclass(kind, feeds.Candles):
        return CandlesRoute(type, backfill, example)
    if issubclass(kind, feeds.Aggregates):
        return RecordsRoute(
            type,
            backfill,
            example,
            lambda instrument: instrument.aggregates,
            values.of_aggregate,
            has_times=True,
        )
    if issubclass(kind, feeds.BlockTrades):
        return RecordsRoute(
            type,
            backfill,
            example,
            lambda instrument: instrument.block_trades,
            values.of_trade,
            needs_start=True,
        )
    if issubclass(kind, feeds.Trades):
        return RecordsRoute(
            type, backfill, example, lambda instrument: instrument.trades, values.of_trade
        )
    return None
