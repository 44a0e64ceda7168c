"""Clients with redundant connections, cut one at a time or all at once, and what must be true."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from binance_streams_runtime.client.connect_limit import ConnectLimiter
from binance_streams_runtime.decoding.json import PayloadDecoder, decoder_of
from binance_streams_runtime.notices import Disconnected, Gap, Late, Notice
from binance_streams_runtime.protocol.frames import FrameReader
from binance_streams_runtime.session.redundancy.session import RedundantSession
from tests.simulation.books import BookClient, BooksWorld, check_books
from tests.simulation.client import Client, Episode
from tests.simulation.feeds import Feed
from tests.simulation.truth import _check_attempts
from tests.simulation.world import World

# Seconds between two cuts: a front end's lag, the longest handover, and a few events.
_APART = 45.0


class RedundantClient(Client):
    """A client each of whose streams is carried by several connections."""

    def __init__(
        self, world: World, attempts: ConnectLimiter, count: int | None = None, **options: Any
    ) -> None:
        """``count`` is how many carry each stream; it is drawn if it is None."""
        self.count = world.chance.choice([2, 2, 2, 3]) if count is None else count
        self.came: dict[str, set[int]] = {}
        """The places of the events that have come on any connection."""
        self._readers: dict[int, FrameReader] = {}
        self._decoders: dict[str, PayloadDecoder] = {}
        super().__init__(
            world, attempts, make_session=partial(RedundantSession, self.count), **options
        )

    def received(self, number: int, data: bytes) -> None:
        for item in self._readers.setdefault(number, FrameReader(1 << 24)).feed(data):
            if not isinstance(item, bytes) or not item.startswith(b'{"stream":"'):
                continue
            name = item.split(b'"', 4)[3].decode()
            feed = self.world.feeds.get(name)
            if feed is not None:
                decoder = self._decoders.get(name)
                if decoder is None:
                    decoder = self._decoders[name] = decoder_of(feed.stream.type, float)
                event = decoder.wrapped(item).data
                if not self._is_dropped(number, name):
                    self.came.setdefault(name, set()).add(feed.place_of(event))
        super().received(number, data)

    def _is_dropped(self, number: int, name: str) -> bool:
        """Return whether a stream comes on a connection that has handed it over already.

        What comes there is lost if the new connection requests the stream again at that moment.
        """
        for line in self.lines():
            handover = line._pool.handovers.get(number)
            if handover is not None and handover.old.number == number:
                new = handover.new
                return handover.delivers(name, new) and not new.is_certain_of(name)
        return False

    def lines(self) -> list[Any]:
        session = self.engine.session
        assert isinstance(session, RedundantSession)
        return list(session.lines)


class RedundantWorld(World):
    """A world in which nothing is skipped, and connections are cut.

    If it ``cuts_one``, no two lines are ever cut within some time, and nobody unsubscribes.
    """

    # Several connections a line, which live for 40 seconds each, are rarely all at rest.
    most_unquiet = 2000

    def __init__(self, seed: int, cuts_one: bool) -> None:
        self.cuts_one = cuts_one
        super().__init__(seed, is_gentle=cuts_one)

    def make_client(self, attempts: ConnectLimiter) -> RedundantClient:
        return RedundantClient(self, attempts)

    def _draw_venue(self) -> None:
        super()._draw_venue()
        limits = self.limits
        if limits.connection_attempts < 30:
            # Each stream needs several connections, which must all come back in the end.
            limits = msgspec.structs.replace(limits, connection_attempts=30)
        self.limits = limits
        self.venue = msgspec.structs.replace(self.venue, limits=limits)

    def _plan(self) -> None:
        super()._plan()
        self.skips = 0.0
        if not self.cuts_one:
            return
        self.max_idle = None
        at = self.now + 20.0
        while at < self.calm_at:
            self.at(at, self._cut_one)
            at += _APART + self.chance.random()
        feeds = list(self.feeds.values())
        at = self.now + 2.0
        while at < self.calm_at + 60.0:
            self.at(at, partial(self._publish, self.chance.choice(feeds)))
            at += self.chance.choice([0.0, 0.001, 0.05, 0.3, 1.0])

    def _cut_one(self) -> None:
        """End a connection of one line, if all of them have caught up."""
        for client in self.clients:
            assert isinstance(client, RedundantClient)
            lines = client.lines()
            held = [line for line in lines if line.connections()]
            is_whole = all(
                one.is_complete and one.opened_at is not None and one.opened_at < self.now - 15.0
                for line in lines
                for one in line.connections()
            )
            session = client.engine.session
            assert isinstance(session, RedundantSession)
            # A stream that has just been subscribed has not shown yet that its lines are in step.
            is_whole &= all(
                line.confirmed_at is not None and line.confirmed_at < self.now - 15.0
                for arbiter in session._arbiters.values()
                for line in arbiter.lines
            )
            if not is_whole or any(line.is_handing_over() for line in lines) or not held:
                continue
            line = self.chance.choice(held)
            number = self.chance.choice([one.number for one in line.connections()])
            connection = client.connections[number]
            kind = self.chance.choice(["close", "eof", "reset", "dead"])
            if kind == "dead":
                connection.is_dead = True
            else:
                connection.end(kind, self.chance.choice([0, 1000, 1001, 1008]), "so it is")

    def _is_quiet(self) -> bool:
        pools = [
            line._pool
            for client in self.clients
            if isinstance(client, RedundantClient)
            for line in client.lines()
        ]
        connections = [one for pool in pools for one in pool.connections.values()]
        if any(pool.handovers for pool in pools):
            return False
        if not all(one.is_complete and one.rotate_at is not None for one in connections):
            return False
        for connection in connections:
            # Of many that live for 40 seconds each, one is always about to be replaced.
            connection.rotate_at = max(connection.rotate_at, self.now + 3.0)
        return True

    def _check_bounds(self) -> None:
        super()._check_bounds()
        for client in self.clients:
            assert isinstance(client, RedundantClient)
            for line in client.lines():
                most = 2 * len(self.feeds) + 4
                assert len(line._pool.connections) <= most


class RedundantBookClient(BookClient, RedundantClient):
    """A client with redundant connections that keeps books, and has subscriptions beside them."""


class RedundantBooksWorld(RedundantWorld, BooksWorld):
    """A world of books alone, one of whose connections is cut from time to time."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, cuts_one=True)

    def make_client(self, attempts: ConnectLimiter) -> RedundantClient:
        return RedundantBookClient(self, attempts)


def check_redundant_books(world: RedundantBooksWorld) -> None:
    """Raise AssertionError if a book is wrong, or if anything was interrupted."""
    assert not world.broken, world.broken[0]
    check_books(world)
    for client in world.clients:
        assert isinstance(client, RedundantClient)
        _check_agreement(client)
        _check_uninterrupted(client)


def check_redundant(world: RedundantWorld) -> None:
    """Raise AssertionError if anything that is promised did not hold."""
    assert not world.broken, world.broken[0]
    _check_attempts(world)
    for client in world.clients:
        assert isinstance(client, RedundantClient)
        _check_agreement(client)
        for episode in client.episodes:
            if world.cuts_one:
                _check_whole(world.feeds[episode.name], episode)
            else:
                _check_reported(client, world.feeds[episode.name], episode)
        if world.cuts_one:
            _check_uninterrupted(client)


def _check_uninterrupted(client: RedundantClient) -> None:
    for notice in client.notices:
        assert not isinstance(notice, Gap | Late), f"though one line was whole: {notice}"
        is_cut = isinstance(notice, Disconnected) and notice.streams
        assert not is_cut, f"interrupted: {notice}"


def _check_agreement(client: RedundantClient) -> None:
    """Each line has all streams, and so has the server."""
    held = {one.number: one for one in client.connections.values() if one.is_held}
    for line in client.lines():
        connections = list(line._pool.connections.values())
        assert sorted(line._pool.assignments) == client.wanted
        confirmed = sorted(name for one in connections for name in one.confirmed)
        assert confirmed == client.wanted, f"confirmed {confirmed}, wanted {client.wanted}"
        has = sorted(name for one in connections for name in held[one.number].streams)
        assert has == client.wanted, f"the server has {has}"
        assert not line._pool.handovers, "a handover never ends"
    states = {episode.state for episode in client.subscribed.values()}
    assert states <= {"confirmed"}, states
    session = client.engine.session
    assert isinstance(session, RedundantSession)
    for name, arbiter in session._arbiters.items():
        assert arbiter.carriers == client.count, f"{name} is carried by {arbiter.carriers}"
        assert not arbiter.is_holding, f"something of {name} waits forever"
    assert not session.coverage._interrupted, "a recovery was never reported"
    assert not any(session.coverage.reduced), "a recovery was never reported"
    assert all(count == 1 for count in client.queries), "a query was not answered exactly once"


def _check_whole(feed: Feed, episode: Episode) -> None:
    """Each event once and in order, from the first one to the last one that was published."""
    places = [feed.place_of(item) for item in episode.log if not isinstance(item, Notice)]
    if places:
        assert places == list(range(places[0], places[-1] + 1)), f"{feed.name}: {places}"
    if episode.state == "confirmed" and feed.ranges:
        assert places, f"{feed.name}: nothing was delivered"
        assert places[-1] == len(feed.ranges) - 1, f"{feed.name}: silent since {places[-1]}"


def _check_reported(client: RedundantClient, feed: Feed, episode: Episode) -> None:
    """In order, each once; what no connection has delivered is reported, and nothing else."""
    seen: set[int] = set()
    missing: set[int] = set()
    last: int | None = None
    is_gap = False
    came = client.came.get(feed.name, set())
    for item in episode.log:
        if isinstance(item, Gap):
            is_gap = True
            if feed.has_ids:
                assert item.first_missing is not None
                assert item.last_missing is not None
                missing |= {
                    place
                    for place, (first, end) in enumerate(feed.ranges)
                    if item.first_missing <= first and end <= item.last_missing
                }
        elif not isinstance(item, Notice):
            place = feed.place_of(item)
            assert place not in seen or not feed.has_numbers, f"{feed.name}: {place} twice"
            if place in missing:
                missing.discard(place)
                seen.add(place)
                continue
            may_repeat = is_gap and not feed.has_numbers
            assert last is None or place > last or may_repeat, f"{feed.name}: {place} after {last}"
            between = set() if last is None else set(range(last + 1, place))
            # What the server did not send, though it should have.
            between -= {gone for name, gone in client.skipped if name == feed.name}
            assert is_gap or not between, f"{feed.name}: {between} missing without a gap"
            seen.add(place)
            last, is_gap = place, False
    # A handover that is cut short by the user or the server may drop what came on the old one.
    mood = client.world.mood
    is_exact = client.world.max_idle is None and not (mood.refuses or mood.ignores)
    if feed.has_ids and is_exact:
        wrong = missing & came
        # What builds on what came before cannot be delivered behind it.
        is_single = feed.name.endswith("@trade")
        assert not wrong or not is_single, f"{feed.name}: {wrong} reported, but they had come"
    if episode.state == "confirmed" and feed.ranges:
        assert last == len(feed.ranges) - 1, f"{feed.name}: silent since {last}"
