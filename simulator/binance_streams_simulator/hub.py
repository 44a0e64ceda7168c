"""The streams that have listeners, and the events that are due in them.

A symbol that never had a listener stands still; one that had goes on for a while, so that whoever
is cut off misses something.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence

from binance_streams_runtime.catalog.examples import Example
from binance_streams_runtime.catalog.parameters import Symbol, Text
from binance_streams_runtime.catalog.streams import Catalog, Stream
from binance_streams_runtime.errors import BinanceStreamsError
from binance_streams_simulator import feeds, payloads
from binance_streams_simulator.market import Activity, Instrument, Market
from binance_streams_simulator.numbering import Numbering
from binance_streams_simulator.protocol import wrapped
from binance_streams_simulator.values import Values, levels
from binance_streams_simulator.windows import SECOND

OrderBook = tuple[int, list[list[str]], list[list[str]]]
"""The id of the last update, and all bids and asks, best first, each a price and a quantity."""
ALL_LEVELS = 10**6
_MILLISECOND = 1_000
_MEDIUM, _LONG = struct.Struct("!BBH").pack, struct.Struct("!BBQ").pack
LINGER = 600 * SECOND
"""Microseconds for which a symbol goes on trading after its last listener has left."""


def text_frame(text: bytes) -> bytes:
    """Encode a text as one unmasked frame, ready for every connection."""
    size = len(text)
    if size < 126:
        return b"\x81%c%b" % (size, text)
    # RFC 6455, section 5.2: 126 or 127 announce that the length follows in 2 or 8 bytes.
    return (_MEDIUM(0x81, 126, size) if size < 2**16 else _LONG(0x81, 127, size)) + text


class Event:
    """One event of a stream; each form of it is encoded once, when it is first needed."""

    def __init__(self, name: str, payload: Callable[[int], bytes]) -> None:
        self.name = name
        self.payload = payload
        self._frames: dict[tuple[bool, bool], bytes] = {}

    def frame(self, is_microseconds: bool, is_combined: bool) -> bytes:
        """Return the frame of one form of the event."""
        form = is_microseconds, is_combined
        found = self._frames.get(form)
        if found is None:
            text = self.payload(1 if is_microseconds else _MILLISECOND)
            if is_combined:
                text = wrapped(self.name, text)
            found = self._frames[form] = text_frame(text)
        return found


def emptied(event: Event) -> Event:
    """Return the same event without what is in its lists."""

    def payload(divisor: int) -> bytes:
        values = json.loads(event.payload(divisor))
        if isinstance(values, list):
            return b"[]"
        return payloads.encoded(
            {key: [] if isinstance(value, list) else value for key, value in values.items()}
        )

    return Event(event.name, payload)


class Channel:
    """One stream that has listeners."""

    def __init__(
        self,
        stream: Stream,
        templates: Sequence[payloads.Template],
        instruments: Sequence[Instrument],
        pace: float,
    ) -> None:
        self.name = stream.name
        self._is_array = stream.type.is_array
        self._templates = templates
        field_names = templates[0].field_names()
        self.feeds = [feeds.feed(stream, field_names, instrument) for instrument in instruments]
        period = feeds.period(stream, self.feeds[0])
        self._period = None if period is None else max(1, int(period / pace))
        # The first event comes at once, so that nobody wonders whether it works.
        self._due: int | None = None
        self._ordinal = 0
        self._numbering = Numbering(stream.type.sequence, templates[0].examples())

    def events(self, now: int, activities: Mapping[str, Activity]) -> Iterator[Event]:
        """Yield the events of one step."""
        if not self._is_array:
            for source in self.feeds:
                activity = activities[source.instrument.symbol]
                for values in source.at_once(now, activity):
                    yield self._event([values])
        if self._period is None or (self._due is not None and now < self._due):
            return
        due = now if self._due is None else self._due
        self._due = max(due + self._period, now + 1)
        found = [source.periodic(now) for source in self.feeds]
        changed = [values for values in found if values is not None]
        if changed and self._is_array:
            yield self._event(changed)
        else:
            yield from (self._event([values]) for values in changed)

    def close(self) -> None:
        """Close the feeds."""
        for source in self.feeds:
            source.close()

    def _event(self, events: list[Values]) -> Event:
        ordinal = self._ordinal
        self._ordinal += 1
        template = self._templates[ordinal % len(self._templates)]
        if not self._is_array:
            self._numbering.complete(events[0])

        def payload(divisor: int) -> bytes:
            rendered = [template.render(values, divisor, ordinal) for values in events]
            return payloads.encoded(rendered if self._is_array else rendered[0])

        return Event(self.name, payload)


class Hub:
    """Every channel, and the market behind them."""

    def __init__(
        self,
        catalog: Catalog,
        examples: Mapping[str, Sequence[Example]],
        market: Market,
        pace: float = 1.0,
    ) -> None:
        self._catalog = catalog
        self._examples = {
            key: [example.payload for example in some] for key, some in examples.items()
        }
        self.market = market
        self._pace = pace
        self._channels: dict[str, Channel] = {}
        self._use_counts: dict[str, int] = {}
        # Symbols that have lost their last listener, and when they stop trading.
        self._lingering: dict[str, int] = {}
        self.traded: set[str] = set()
        """Symbols that accounts have traded: they go on."""
        self._now = 0

    def open(self, name: str, now: int) -> bool:
        """Start a stream; return False if the name is unknown or not listed: it stays silent."""
        if name in self._channels:
            return True
        try:
            stream = self._catalog.resolve(name)
        except BinanceStreamsError:
            return False
        examples = self._examples.get(stream.type.key)
        if not examples:
            return False
        # A market stream always has the same shape; a user's events take turns.
        templates = payloads.templates(stream, examples if stream.is_secret else examples[:1])
        instruments = self._instruments(stream, "symbol" in templates[0].field_names(), now)
        if not instruments:
            return False
        self._now = now
        self._channels[name] = Channel(stream, templates, instruments, self._pace)
        for instrument in instruments:
            count = self._use_counts.get(instrument.symbol, 0)
            self._use_counts[instrument.symbol] = count + 1
        return True

    def category(self, name: str) -> str | None:
        """Return the category of a stream, None if the name means nothing."""
        try:
            return self._catalog.resolve(name).type.category
        except BinanceStreamsError:
            return None

    def close(self, name: str) -> None:
        """Stop a stream that has no listeners any more."""
        channel = self._channels.pop(name, None)
        if channel is None:
            return
        channel.close()
        for source in channel.feeds:
            symbol = source.instrument.symbol
            self._use_counts[symbol] -= 1
            if not self._use_counts[symbol]:
                del self._use_counts[symbol]
                self._lingering[symbol] = self._now + LINGER

    def step(self, now: int) -> Iterator[Event]:
        """Advance the market by one step, and yield the events."""
        self._now = now
        for symbol, until in list(self._lingering.items()):
            if until < now or symbol in self._use_counts:
                del self._lingering[symbol]
        activities = {
            symbol: self.market.instruments[symbol].step(now)
            for symbol in dict.fromkeys((*self._use_counts, *self._lingering, *self.traded))
        }
        for channel in list(self._channels.values()):
            yield from channel.events(now, activities)

    def order_book(self, symbol: str, update_id: int | None) -> OrderBook:
        """Return the book of ``symbol``, in upper case; raise ValueError if it is not known."""
        instrument = self.market.instruments.get(symbol)
        if instrument is None:
            raise ValueError(f"nobody has asked for {symbol!r}")
        book = instrument.book
        snapshot = book.snapshot_at(book.update_id if update_id is None else update_id, ALL_LEVELS)
        return snapshot.last_id, levels(snapshot.bids), levels(snapshot.asks)

    def _instruments(self, stream: Stream, has_symbol: bool, now: int) -> list[Instrument]:
        for parameter in stream.type.parameters:
            if isinstance(parameter, Symbol):
                symbol = str(stream.parameters[parameter.name]).upper()
                return [self.market.instrument(symbol, now)] if self.market.has(symbol) else []
            if isinstance(parameter, Text):
                # It may be a pair, which has the name of its symbol.
                symbol = str(stream.parameters[parameter.name]).upper()
                if self.market.has(symbol):
                    return [self.market.instrument(symbol, now)]
        is_for_all = stream.type.is_array or (has_symbol and not stream.is_secret)
        listed = self.market.listed if is_for_all else self.market.listed[:1]
        return [self.market.instrument(symbol, now) for symbol in listed]
