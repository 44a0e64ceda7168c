"""Clients whose streams are messages as they were received, in a simulated world."""

from __future__ import annotations

import random
from typing import Any

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.client.connect_limit import ConnectLimiter
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.decoding.raw import RawDecoder, RawMessage
from binance_streams_runtime.pipeline.raw_feed import FeedState
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.types import Numbers
from tests.simulation.client import Client, Episode
from tests.simulation.truth import check
from tests.simulation.world import World


class RawEpisode(Episode):
    """One subscription to messages."""

    @property
    def log(self) -> list[Any]:
        decode = decoder_of(self.route.stream.type, float).wrapped
        return [
            decode(item.frame).data if isinstance(item, RawMessage) else item for item in self.items
        ]

    @property
    def items(self) -> list[Any]:
        return super().log


class RawClient(Client):
    """A client that subscribes to messages."""

    def make_route(self, name: str, fill_with: Numbers | None = None) -> Route:
        route = super().make_route(name)
        raw = RawDecoder(route.stream)
        route.decoder, route.decode, route.decode_bare = raw, raw.wrapped, raw.bare
        return route

    def subscribe(self, name: str, with_id: bool = False) -> None:
        super().subscribe(name, with_id)
        episode = self.episodes[-1]
        episode.__class__ = RawEpisode


class FedEpisode(RawEpisode):
    """One stream of a feed, from when it was added to when it was removed or has failed."""

    def __init__(self, client: Client, name: str, route: Route) -> None:
        super().__init__(client, name, route)
        self._items: list[Any] = []

    @property
    def items(self) -> list[Any]:
        return self._items


class FedClient(Client):
    """A client with a feed: each stream is fed, subscribed, or both, and either may end first."""

    def __init__(self, world: World, attempts: ConnectLimiter, **options: Any) -> None:
        super().__init__(world, attempts, **options)
        self.fed: dict[str, FedEpisode] = {}
        self.feed = self.engine.open_feed(self._on_items, self._on_state)
        self._chance = random.Random(world.seed)

    @property
    def wanted(self) -> list[str]:
        return sorted(self.subscribed.keys() | self.fed.keys())

    def subscribe(self, name: str, with_id: bool = False) -> None:
        drawn = self._chance.random()
        if drawn < 0.2:
            super().subscribe(name, with_id)
        if drawn < 0.8:
            self._add(name)
        if drawn > 0.6:
            super().subscribe(name, with_id)

    def unsubscribe(self, name: str, with_id: bool = False) -> None:
        drawn = self._chance.random()
        if drawn < 0.3:
            super().unsubscribe(name, with_id)
        if drawn < 0.8:
            self._remove(name)
        if drawn > 0.6:
            super().unsubscribe(name, with_id)

    def _add(self, name: str) -> None:
        if name not in self.fed:
            episode = self.fed[name] = FedEpisode(self, name, self.make_route(name))
            self.episodes.append(episode)
            now, stream = self.world.now, episode.route.stream
            self.engine.command(now, lambda _: self.feed.add(now, [stream]))

    def _remove(self, name: str) -> None:
        episode = self.fed.pop(name, None)
        if episode is not None:
            now = self.world.now
            self.engine.command(now, lambda _: self.feed.remove(now, [name]))
            episode.state = "ended"

    def _on_items(self, items: list[tuple[Stream, Any]], received: float) -> None:
        assert received <= self.world.now
        for stream, item in items:
            self.fed[stream.name].items.append(item)

    def _on_state(self, stream: Stream, state: FeedState, error: BaseException | None) -> None:
        if state == "confirmed":
            self.fed[stream.name].confirmed()
        elif state == "interrupted":
            self.fed[stream.name].interrupted()
        else:
            self.fed.pop(stream.name).state = "ended"


class RawWorld(World):
    """A world of such clients."""

    kind: type[Client] = RawClient

    def make_client(self, attempts: ConnectLimiter) -> Client:
        return self.kind(self, attempts)


class FedWorld(RawWorld):
    """A world of clients with feeds."""

    kind = FedClient


def live(kind: type[RawWorld], seed: int, is_gentle: bool = False) -> RawWorld:
    """Live through a world and check it; a failure says its seed."""
    try:
        world = kind(seed, is_gentle)
        world.run()
        check(world)
        for client in world.clients:
            if isinstance(client, FedClient):
                states = {name: episode.state for name, episode in client.fed.items()}
                assert set(states.values()) <= {"confirmed"}, f"not confirmed: {states}"
    except Exception as failure:
        raise AssertionError(f"seed {seed} of {kind.__name__}: {failure!r}") from failure
    return world
