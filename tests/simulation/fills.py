"""Streams whose gaps are filled in a simulated world, and the REST API that has their events."""

from __future__ import annotations

import json
import random
from functools import partial
from typing import Any

from binance_streams_runtime.client.connect_limit import ConnectLimiter
from binance_streams_runtime.notices import Filled, Gap, Notice
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.rest import RestFailure, RestRequest, RestServer
from binance_streams_runtime.types import Numbers
from tests.simulation.client import Client, Episode
from tests.simulation.feeds import Feed
from tests.simulation.world import World
from tests.support import fill_feeds
from tests.support.fill_feeds import AggTrades, BlockTrades, Candles, Trades

KINDS = [Trades, AggTrades, BlockTrades, Candles]
ENDED = "given up as the stream ended"


class Filling(Feed):
    """One of these streams."""

    def __init__(self, chance: random.Random, symbol: str) -> None:
        super().__init__(chance, symbol)
        self.made: fill_feeds.Feed = chance.choice(KINDS)(symbol=symbol)
        self.name = self.made.name

    def publish(self, now: float) -> bytes:
        self.ranges.append((0, 0))
        if isinstance(self.made, Candles):
            return self.made.publish(now, self.chance.random() < 0.3)
        return self.made.publish(now)


class FillClient(Client):
    """A client that fills the gaps of all its streams."""

    world: FillsWorld

    def __init__(self, world: World, attempts: ConnectLimiter) -> None:
        self._cancelled: set[int] = set()
        super().__init__(
            *(world, attempts),
            fetch=self._fetch,
            cancel=self._cancelled.add,
            rest=RestServer("http://rest"),
            # Longer than all the trouble together.
            fill_timeout=1000.0,
        )

    def make_route(self, name: str, fill_with: Numbers | None = float) -> Route:
        return super().make_route(name, fill_with)

    def _fetch(self, number: int, request: RestRequest) -> None:
        world, chance = self.world, self.world.chance
        delay = chance.choice((0.01, 0.2, 1.0, 4.0)) if world.is_faulty else 0.01
        world.at(world.now + delay, partial(self._answer, number, request))

    def _answer(self, number: int, request: RestRequest) -> None:
        world = self.world
        if number in self._cancelled:
            return
        result: Any = RestFailure("503", 503, None, world.chance.choice((None, 0.5, 5.0)))
        if not world.is_faulty or world.chance.random() >= world.refuses_rest:
            symbol = request.query["symbol"].lower()
            (feed,) = (
                feed.made
                for feed in world.feeds.values()
                if isinstance(feed, Filling) and feed.symbol == symbol
            )
            lag = world.lag if world.is_faulty else 0.0
            rows = feed.rows(dict(request.query), world.now - lag)
            result = request.decode(json.dumps(rows).encode())
        self.engine.fetched(world.now, number, result)


class FillsWorld(World):
    """A world of streams whose gaps are filled."""

    def __init__(self, seed: int, is_gentle: bool = False) -> None:
        self.refuses_rest = self.lag = 0.0
        super().__init__(seed, is_gentle)
        self.refuses_rest = self.chance.choice((0.0, 0.2, 0.6))
        self.lag = self.chance.choice((0.0, 0.0, 0.5, 3.0))

    def make_feeds(self) -> dict[str, Feed]:
        count = self.chance.randrange(2, 7)
        feeds = (Filling(self.chance, f"s{number}usdt") for number in range(count))
        return {feed.name: feed for feed in feeds}

    def make_client(self, attempts: ConnectLimiter) -> Client:
        return FillClient(self, attempts)


def check_fills(world: FillsWorld) -> int:
    """Every event and every closed candle came once, in order; return how many were fetched."""
    fetched = 0
    for client in world.clients:
        assert client.engine._fills.next_time() is None, "a fill never ends"
        for episode in client.episodes:
            fetched += _check_episode(world, client, episode)
    return fetched


def _check_episode(world: FillsWorld, client: Client, episode: Episode) -> int:
    feed, log = world.feeds[episode.name], episode.log
    assert isinstance(feed, Filling)
    events = [item for item in log if not isinstance(item, Notice)]
    if not events:
        return 0
    made = feed.made
    first, last = made.number_of(events[0]), made.number_of(events[-1])
    if isinstance(made, Candles):
        events = [event for event in events if event.kline.is_closed]
    numbers = [made.number_of(event) for event in events]
    gaps = [item for item in log if isinstance(item, Gap)]
    if episode.state == "confirmed":
        assert not gaps, f"{feed.name}: {gaps[0]}"
        last = made.last_number
    assert all(ENDED in gap.reason for gap in gaps), f"{feed.name}: {gaps[0]}"
    expected = made.expected(first, last)
    if gaps:
        assert numbers == sorted(set(numbers)), f"{feed.name}: {numbers}"
        expected = [number for number in expected if number in set(numbers)]
    elif isinstance(made, BlockTrades):
        # What the server does not send at all leaves no trace.
        skipped = {made.published[place][1] for _, place in _skipped(client, feed)}
        expected = [number for number in expected if number not in skipped - set(numbers)]
    elif isinstance(made, Candles) and episode.state != "confirmed" and last in expected:
        # It ended before the last candle was seen closed.
        expected = expected[: None if last in numbers else -1]
    assert numbers == expected, f"{feed.name}: {numbers}, not {expected}"
    return sum(item.count for item in log if isinstance(item, Filled))


def _skipped(client: Client, feed: Feed) -> list[tuple[str, int]]:
    return [(name, place) for name, place in client.skipped if name == feed.name]
