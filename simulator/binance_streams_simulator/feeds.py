"""Feeds: when a stream has an event, and with which values.

The names of its fields show what a stream is: one with an aggregate trade id has an event for each
aggregate, one with bids and a first update id has changes of the book, and so on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from binance_streams_runtime.catalog.parameters import Choice
from binance_streams_runtime.catalog.streams import PerKey, Step, Stream
from binance_streams_simulator import values
from binance_streams_simulator.market import Activity, Instrument
from binance_streams_simulator.values import Values
from binance_streams_simulator.windows import MINUTE, Summary, candle, duration

DEFAULT_PERIOD = 500_000
"""Microseconds between two events of a real-time stream whose fields show no trigger."""
_DAY = "1d"
_DEFAULT_LEVELS = 20
_AVERAGED = 5 * MINUTE
_ZONE = re.compile(r"([+-])(\d\d):(\d\d)")


class Feed:
    """The events of one stream about one symbol; by default, the current state, periodically."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument

    def at_once(self, now: int, activity: Activity) -> Iterator[Values]:
        """Yield the values of the events that one step of the market triggers."""
        return iter(())

    def periodic(self, now: int) -> Values | None:
        """Return the values of the event that is due, or None if nothing has changed."""
        last = self.instrument.last_trade
        recent = self.instrument.history.between(now - _AVERAGED, now + 1)
        return {
            **values.of_trade(last),
            **values.of_top(self.instrument),
            **values.of_average(recent, last.price),
            **values.common(now, self.instrument),
        }

    def close(self) -> None:
        """Release resources: the stream has no listeners any more."""


class Trades(Feed):
    """Every trade."""

    def at_once(self, now: int, activity: Activity) -> Iterator[Values]:
        for trade in activity.trades:
            yield {**values.common(now, self.instrument), **values.of_trade(trade)}


class Aggregates(Feed):
    """Every taker order, one event for each price at which it traded."""

    def at_once(self, now: int, activity: Activity) -> Iterator[Values]:
        for aggregate in activity.aggregates:
            yield {**values.common(now, self.instrument), **values.of_aggregate(aggregate)}


class BlockTrades(Feed):
    """Every block trade."""

    def at_once(self, now: int, activity: Activity) -> Iterator[Values]:
        for trade in activity.block_trades:
            yield {**values.common(now, self.instrument), **values.of_trade(trade)}


class Top(Feed):
    """The best prices, whenever they change, and once at the beginning."""

    _is_begun = False

    def at_once(self, now: int, activity: Activity) -> Iterator[Values]:
        if activity.is_top_changed or not self._is_begun:
            self._is_begun = True
            yield {**values.common(now, self.instrument), **values.of_top(self.instrument)}


class DepthChanges(Feed):
    """Changes of the book since the last event."""

    def __init__(self, instrument: Instrument) -> None:
        super().__init__(instrument)
        self._cursor = instrument.book.watch()

    def periodic(self, now: int) -> Values | None:
        changes = self._cursor.take()
        if changes is None:
            return None
        return {**values.common(now, self.instrument), **values.of_changes(changes)}

    def close(self) -> None:
        self._cursor.close()


class DepthLevels(Feed):
    """The best levels of the book, if it has changed."""

    def __init__(self, instrument: Instrument, count: int) -> None:
        super().__init__(instrument)
        self._count = count
        self._last_id = -1

    def periodic(self, now: int) -> Values | None:
        if self.instrument.book.update_id == self._last_id:
            return None
        self._last_id = self.instrument.book.update_id
        return {
            **values.common(now, self.instrument),
            **values.of_levels(self.instrument, self._count),
        }


class Candles(Feed):
    """The current candle; and each candle once more, closed, as soon as the next one opens."""

    def __init__(self, instrument: Instrument, interval: str, offset: int) -> None:
        super().__init__(instrument)
        self._interval = interval
        self._offset = offset
        self._bounds: tuple[int, int] | None = None

    def at_once(self, now: int, activity: Activity) -> Iterator[Values]:
        # More than one, if the last step was long ago.
        while self._bounds is not None and self._bounds[1] <= now:
            closed = self._bounds
            self._bounds = candle(self._interval, closed[1], self._offset)
            yield self._values(closed, now, is_closed=True)

    def periodic(self, now: int) -> Values | None:
        self._bounds = candle(self._interval, now, self._offset)
        return self._values(self._bounds, now, is_closed=False)

    def _values(self, bounds: tuple[int, int], now: int, *, is_closed: bool) -> Values:
        return {
            **values.common(now, self.instrument),
            **values.of_candle(self.instrument, bounds, now),
            "is_closed": is_closed,
        }


class Windows(Feed):
    """Statistics of the last hours; no event while there are no trades."""

    def __init__(self, instrument: Instrument, size: int) -> None:
        super().__init__(instrument)
        self._size = size
        self._last_id = -1

    def periodic(self, now: int) -> Values | None:
        if self.instrument.trade_id == self._last_id:
            return None
        self._last_id = self.instrument.trade_id
        # The open time starts on a minute, the close time is now.
        start = now - self._size
        start -= start % MINUTE
        history = self.instrument.history
        summary = history.between(start, now + 1)
        before = history.close_before(start)
        if summary is None:
            summary = Summary.empty(start, self.instrument.last_trade.price)
        return {
            **values.of_top(self.instrument),
            **values.of_window(summary, now, before),
            **values.common(now, self.instrument),
        }


class Account(Feed):
    """Events of a user, of which the market knows nothing: only their times are real."""

    def periodic(self, now: int) -> Values | None:
        return values.common(now)


def kind(stream: Stream, field_names: set[str]) -> type[Feed]:
    """Return the class of the feed for a stream whose events have these fields."""
    if stream.is_secret:
        return Account
    is_real_time = stream.type.update_speed.of(stream.parameters) is None
    if {"bids", "asks"} <= field_names:
        return DepthChanges if "first_update_id" in field_names else DepthLevels
    if "is_closed" in field_names:
        return Candles
    if {"open", "close"} <= field_names:
        return Windows
    if "aggregate_trade_id" in field_names and (
        is_real_time or _counts(stream, "aggregate_trade_id")
    ):
        return Aggregates
    if "trade_id" in field_names and (is_real_time or _counts(stream, "trade_id")):
        return Trades
    if "block_trade_id" in field_names and is_real_time:
        return BlockTrades
    if is_real_time and {"best_bid_price", "update_id"} <= field_names:
        return Top
    return Feed


def feed(stream: Stream, field_names: set[str], instrument: Instrument) -> Feed:
    """Make the feed for a stream whose events have these fields."""
    made = kind(stream, field_names)
    if made is DepthLevels:
        return DepthLevels(instrument, _levels(stream.parameters))
    if made is Candles:
        return Candles(instrument, _interval(stream), _offset(stream.name))
    if made is Windows:
        return Windows(instrument, duration(_interval(stream)) or 0)
    return made(instrument)


def period(stream: Stream, source: Feed) -> int | None:
    """Return the microseconds between periodic events, or None if the stream only reacts."""
    if isinstance(source, (Trades, Aggregates, BlockTrades, Top)):
        return None
    milliseconds = stream.type.update_speed.of(stream.parameters)
    return DEFAULT_PERIOD if milliseconds is None else milliseconds * 1_000


def _counts(stream: Stream, name: str) -> bool:
    """Whether no id may be left out between two events, however rarely they are sent."""
    sequence = stream.type.sequence
    inner = sequence.sequence if isinstance(sequence, PerKey) else sequence
    return isinstance(inner, Step) and inner.attribute == name


def _levels(parameters: Mapping[str, object]) -> int:
    """Return how many levels: the number among the parameters that is not a speed."""
    for name, value in parameters.items():
        if isinstance(value, int) and "speed" not in name.lower():
            return value
    return _DEFAULT_LEVELS


def _interval(stream: Stream) -> str:
    """Return the duration among the parameters. A symbol may look like one, so skip it."""
    for parameter in stream.type.parameters:
        value = stream.parameters[parameter.name]
        if isinstance(parameter, Choice) and isinstance(value, str) and duration(value):
            return value
    return _DAY


def _offset(name: str) -> int:
    match = _ZONE.search(name)
    if match is None:
        return 0
    minutes = int(match[2]) * 60 + int(match[3])
    return (minutes if match[1] == "+" else -minutes) * MINUTE
