"""What the venue publishes: streams of every kind of sequence, and what each has published."""

from __future__ import annotations

import random
from typing import Any

import msgspec

from binance_streams import CATALOG
from binance_streams_runtime.catalog.streams import (
    Monotonic,
    PerKey,
    Range,
    Sequence,
    Step,
    Stream,
)
from tests.support.frames import frame, wrapped

START = 1_700_000_000_000


class Feed:
    """One stream. Each event has a place: its position among all that were published."""

    name: str
    # Whether ids follow each other, so that what is missing can be reported.
    has_ids = False
    # Whether there is any number that shows what came before.
    has_numbers = True

    def __init__(self, chance: random.Random, symbol: str) -> None:
        self.chance = chance
        self.symbol = symbol
        self.now = 0.0
        # The ids that each event covers, if it has any.
        self.ranges: list[tuple[int, int]] = []

    @property
    def stream(self) -> Stream:
        return CATALOG.resolve(self.name)

    def publish(self, now: float) -> bytes:
        """The next event, as a frame."""
        self.now = now
        self.ranges.append(self.next_range())
        return frame(wrapped(self.name, self.payload(len(self.ranges) - 1)))

    def next_range(self) -> tuple[int, int]:
        place = len(self.ranges)
        return place, place

    def payload(self, place: int) -> str:
        raise NotImplementedError

    def place_of(self, event: Any) -> int:
        """Which of the published events this is."""
        raise NotImplementedError


class Trades(Feed):
    """Ids one by one."""

    has_ids = True

    def __init__(self, chance: random.Random, symbol: str) -> None:
        super().__init__(chance, symbol)
        self.name = f"{symbol}@trade"
        self.first = chance.randrange(1, 10**9)

    def next_range(self) -> tuple[int, int]:
        id = self.first + len(self.ranges)
        return id, id

    def payload(self, place: int) -> str:
        return (
            f'{{"e":"trade","E":{START},"s":"{self.symbol.upper()}",'
            f'"t":{self.ranges[place][0]},"p":"1.0","q":"0.5","T":{START},"m":true,"M":true}}'
        )

    def place_of(self, event: Any) -> int:
        return int(event.trade_id) - self.first


class Depths(Feed):
    """Each event covers a range of ids."""

    has_ids = True

    def __init__(self, chance: random.Random, symbol: str) -> None:
        super().__init__(chance, symbol)
        self.name = f"{symbol}@depth@100ms"
        self.places: dict[tuple[int, int], int] = {}

    def next_range(self) -> tuple[int, int]:
        first = self.ranges[-1][1] + 1 if self.ranges else 1000
        last = first + self.chance.choice([0, 0, 1, 7, 30])
        self.places[first, last] = len(self.ranges)
        return first, last

    def payload(self, place: int) -> str:
        first, last = self.ranges[place]
        return (
            f'{{"e":"depthUpdate","E":{START},"s":"{self.symbol.upper()}","U":{first},"u":{last},'
            '"b":[["0.0024","10"]],"a":[]}'
        )

    def place_of(self, event: Any) -> int:
        return self.places[event.first_update_id, event.last_update_id]


class Quotes(Feed):
    """A number that rises, by as much as it likes."""

    def __init__(self, chance: random.Random, symbol: str) -> None:
        super().__init__(chance, symbol)
        self.name = f"{symbol}@bookTicker"
        self.numbers: list[int] = []
        self.places: dict[int, int] = {}

    def payload(self, place: int) -> str:
        number = (self.numbers[-1] if self.numbers else 5) + self.chance.choice([1, 1, 2, 90])
        self.numbers.append(number)
        self.places[number] = place
        return (
            f'{{"u":{number},"s":"{self.symbol.upper()}","b":"25.3","B":"31.2",'
            '"a":"25.4","A":"40.6"}'
        )

    def place_of(self, event: Any) -> int:
        return self.places[event.update_id]


class AllQuotes(Feed):
    """Numbers that rise for each symbol apart, in one stream."""

    symbols = 5
    sequence: Sequence = PerKey("symbol", Monotonic("update_id"))

    def __init__(self, chance: random.Random, symbol: str) -> None:
        super().__init__(chance, symbol)
        self.name = "!bookTicker"
        self.numbers: dict[str, int] = {}
        self.places: dict[tuple[str, int], int] = {}

    @property
    def stream(self) -> Stream:
        """No stream of the catalog is like this one."""
        one = CATALOG["book_ticker"]
        every = msgspec.structs.replace(
            one, key="all", segments=(self.name,), sequence=self.sequence
        )
        return Stream(self.name, every, {})

    def first_number(self, symbol: str) -> int:
        # Far from each other, as each symbol has ids of its own.
        return 1000 * int(symbol[1:])

    def next_number(self, symbol: str) -> int:
        before = self.numbers.get(symbol, self.first_number(symbol))
        return before + self.chance.choice([1, 1, 2, 90])

    def payload(self, place: int) -> str:
        symbol = f"S{self.chance.randrange(self.symbols)}"
        number = self.numbers[symbol] = self.next_number(symbol)
        self.places[symbol, number] = place
        return f'{{"u":{number},"s":"{symbol}","b":"25.3","B":"31.2","a":"25.4","A":"40.6"}}'

    def place_of(self, event: Any) -> int:
        return self.places[event.symbol, event.update_id]


class Update(msgspec.Struct, frozen=True, gc=False):
    """An update that names the last id of the one before."""

    first: int = msgspec.field(name="U")
    last: int = msgspec.field(name="u")
    previous: int = msgspec.field(name="pu")


class Linked(Feed):
    """Ids that may be left out between two events, of which each names the one before."""

    has_ids = True

    def __init__(self, chance: random.Random, symbol: str) -> None:
        super().__init__(chance, symbol)
        self.name = f"{symbol}@linked"
        self.places: dict[int, int] = {}

    @property
    def stream(self) -> Stream:
        """No stream of the catalog is like this one."""
        linked = msgspec.structs.replace(
            CATALOG["diff_book_depth"],
            key="linked",
            segments=(self.name,),
            events=(Update,),
            sequence=Range("first", "last", "previous"),
        )
        return Stream(self.name, linked, {})

    def next_range(self) -> tuple[int, int]:
        """All ids after the event before, also those that no event has."""
        first = self.ranges[-1][1] + 1 if self.ranges else 1000
        last = first + self.chance.choice([0, 0, 1, 7, 30])
        self.places[last] = len(self.ranges)
        return first, last

    def payload(self, place: int) -> str:
        after, last = self.ranges[place]
        return f'{{"U":{self.chance.randint(after, last)},"u":{last},"pu":{after - 1}}}'

    def place_of(self, event: Any) -> int:
        return self.places[event.last]


class AllIds(AllQuotes):
    """The same with ids that leave no room."""

    sequence = PerKey("symbol", Step("update_id"))

    def next_number(self, symbol: str) -> int:
        return self.numbers.get(symbol, self.first_number(symbol)) + 1


class Klines(Feed):
    """A time that never falls, and may stand still. The count of trades is the place."""

    def __init__(self, chance: random.Random, symbol: str) -> None:
        super().__init__(chance, symbol)
        self.name = f"{symbol}@kline_1m"

    def payload(self, place: int) -> str:
        time = START + int(self.now * 1000)
        return (
            f'{{"e":"kline","E":{time},"s":"BNBBTC","k":{{"t":{START},"T":{START + 59999},'
            f'"s":"BNBBTC","i":"1m","f":100,"L":200,"o":"1","c":"1","h":"1","l":"1","v":"1",'
            f'"n":{place},"x":false,"q":"1","V":"1","Q":"1","B":"0"}}}}'
        )

    def place_of(self, event: Any) -> int:
        return int(event.kline.trade_count)


class Arrays(Feed):
    """Lists without any number."""

    has_numbers = False

    def __init__(self, chance: random.Random, symbol: str) -> None:
        super().__init__(chance, symbol)
        self.name = "!miniTicker@arr"

    def payload(self, place: int) -> str:
        one = (
            f'{{"e":"24hrMiniTicker","E":{START + place},"s":"ETHBTC","c":"1","o":"1","h":"1",'
            '"l":"1","v":"1","q":"1"}'
        )
        return "[" + ",".join([one] * self.chance.choice([1, 2])) + "]"

    def place_of(self, event: Any) -> int:
        return int(event[0].event_time) - START


KINDS: list[type[Feed]] = [Trades, Depths, Quotes, Klines, Arrays]


def draw_feeds(chance: random.Random, count: int) -> dict[str, Feed]:
    """So many streams, of all kinds."""
    feeds: dict[str, Feed] = {}
    for number in range(count):
        kind = chance.choice(KINDS)
        feed = kind(chance, f"s{number}usdt")
        feeds.setdefault(feed.name, feed)
    return feeds
