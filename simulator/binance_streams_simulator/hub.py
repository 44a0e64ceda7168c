"""The streams that somebody listens to, and the events that are due in them.

Nothing is computed for anybody else: a market in which nobody listens stands still.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from websockets.frames import Frame, Opcode

from binance_streams_runtime.catalog.examples import Example
from binance_streams_runtime.catalog.parameters import Symbol, Text
from binance_streams_runtime.catalog.streams import Catalog, Stream
from binance_streams_runtime.errors import BinanceStreamsError
from binance_streams_simulator import feeds, payloads
from binance_streams_simulator.facts import Facts
from binance_streams_simulator.market import Activity, Instrument, Market
from binance_streams_simulator.numbering import Numbering
from binance_streams_simulator.protocol import wrapped

_MILLISECOND = 1_000


def text_frame(text: bytes) -> bytes:
    """A text as the bytes of one unmasked frame, ready for every connection."""
    return bytes(Frame(Opcode.TEXT, text).serialize(mask=False))


class Event:
    """One event of a stream; each form of it is encoded once, and only if somebody needs it."""

    def __init__(self, name: str, payload: Callable[[int], bytes]) -> None:
        self.name = name
        self._payload = payload
        self._frames: dict[tuple[bool, bool], bytes] = {}

    def frame(self, is_microseconds: bool, is_combined: bool) -> bytes:
        form = is_microseconds, is_combined
        found = self._frames.get(form)
        if found is None:
            text = self._payload(1 if is_microseconds else _MILLISECOND)
            if is_combined:
                text = wrapped(self.name, text)
            found = self._frames[form] = text_frame(text)
        return found


class Channel:
    """One stream that somebody listens to."""

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
        words = templates[0].words()
        self.feeds = [feeds.feed(stream, words, instrument) for instrument in instruments]
        period = feeds.period(stream, self.feeds[0])
        self._period = None if period is None else max(1, int(period / pace))
        # The first event comes at once: nobody should wonder whether anything works.
        self._due: int | None = None
        self._ordinal = 0
        self._numbering = Numbering(stream.type.sequence, templates[0].examples())

    def events(self, now: int, activities: Mapping[str, Activity]) -> Iterator[Event]:
        """The events of one step."""
        if not self._is_array:
            for source in self.feeds:
                activity = activities[source.instrument.symbol]
                for facts in source.at_once(now, activity):
                    yield self._event([facts])
        if self._period is None or (self._due is not None and now < self._due):
            return
        due = now if self._due is None else self._due
        self._due = max(due + self._period, now + 1)
        told = [said for source in self.feeds if (said := source.periodic(now)) is not None]
        if told and self._is_array:
            yield self._event(told)
        elif told:
            yield from (self._event([said]) for said in told)

    def close(self) -> None:
        for source in self.feeds:
            source.close()

    def _event(self, told: list[Facts]) -> Event:
        ordinal = self._ordinal
        self._ordinal += 1
        template = self._templates[ordinal % len(self._templates)]
        if not self._is_array:
            self._numbering.complete(told[0])

        def payload(divisor: int) -> bytes:
            rendered = [template.render(facts, divisor, ordinal) for facts in told]
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
        self._listened: dict[str, int] = {}

    def open(self, name: str, now: int) -> bool:
        """Begin a stream; False if the name means nothing, or nothing that is listed: silence."""
        if name in self._channels:
            return True
        try:
            stream = self._catalog.resolve(name)
        except BinanceStreamsError:
            return False
        examples = self._examples.get(stream.type.key)
        if not examples:
            return False
        # A market's streams always look alike; a user's events come in turn.
        templates = payloads.templates(stream, examples if stream.is_secret else examples[:1])
        instruments = self._instruments(stream, "symbol" in templates[0].words(), now)
        if not instruments:
            return False
        self._channels[name] = Channel(stream, templates, instruments, self._pace)
        for instrument in instruments:
            count = self._listened.get(instrument.symbol, 0)
            self._listened[instrument.symbol] = count + 1
        return True

    def category(self, name: str) -> str | None:
        """Return the category of a stream, None if the name means nothing."""
        try:
            return self._catalog.resolve(name).type.category
        except BinanceStreamsError:
            return None

    def close(self, name: str) -> None:
        channel = self._channels.pop(name, None)
        if channel is None:
            return
        channel.close()
        for source in channel.feeds:
            symbol = source.instrument.symbol
            self._listened[symbol] -= 1
            if not self._listened[symbol]:
                del self._listened[symbol]

    def step(self, now: int) -> Iterator[Event]:
        """Let the market go on by one step, and tell what happened."""
        activities = {
            symbol: self.market.instruments[symbol].step(now) for symbol in list(self._listened)
        }
        for channel in list(self._channels.values()):
            yield from channel.events(now, activities)

    def _instruments(self, stream: Stream, tells_symbol: bool, now: int) -> list[Instrument]:
        for parameter in stream.type.parameters:
            if isinstance(parameter, Symbol):
                symbol = str(stream.parameters[parameter.name]).upper()
                return [self.market.instrument(symbol, now)] if self.market.has(symbol) else []
            if isinstance(parameter, Text):
                # It may be a pair, which is called like its symbol.
                symbol = str(stream.parameters[parameter.name]).upper()
                if self.market.has(symbol):
                    return [self.market.instrument(symbol, now)]
        is_for_all = stream.type.is_array or (tells_symbol and not stream.is_secret)
        listed = self.market.listed if is_for_all else self.market.listed[:1]
        return [self.market.instrument(symbol, now) for symbol in listed]
