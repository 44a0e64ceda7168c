"""A network, a server, a clock and the calls of users, all drawn from one seed."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import msgspec

from binance_streams import VENUE
from binance_streams_runtime.client.connect_limit import ConnectLimiter
from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.session.timeouts import Timeouts
from tests.simulation.client import Client
from tests.simulation.feeds import Feed, draw_feeds
from tests.simulation.server import Connection

_CALM = 200.0
"""Seconds of calm at the end, besides the window of the limit of attempts."""

FAULTS = (
    "close",
    "eof",
    "reset",
    "scold",
    "shutdown",
    "shutdown and gone",
    "mute",
    "dead",
    "flood",
    "outage",
    "stall",
    "pause",
)
CALLS = ("subscribe", "unsubscribe", "flip", "flop", "query", "query_all", "resubscribe", "replace")
PLANNED = ("replace", "shutdown", "shutdown and leave")


class Mood(NamedTuple):
    """How the server takes requests as long as there are faults."""

    ignores: float = 0.0
    refuses: float = 0.0
    delays: tuple[float, ...] = (0.0,)
    hides_ids: bool = False
    fails_to_open: float = 0.0


class World:
    """One seed's world.

    ``is_gentle`` has planned handovers for its only faults. ``width`` is how many streams there
    are in a wide world, which keeps the venue's own limits and is cut off three times.
    """

    most_unquiet = 200
    """Seconds within which a moment comes at the end at which no connection is about to end."""

    def __init__(self, seed: int, is_gentle: bool = False, width: int = 0) -> None:
        self.seed = seed
        self.width = width
        self.is_gentle = is_gentle
        self.chance = chance = random.Random(seed)
        self.now = 1000.0
        self.broken: list[str] = []
        self.attempted: list[float] = []
        self.is_faulty = True
        self.outage_until = 0.0
        self._agenda: list[tuple[float, int, Callable[[], None], bool]] = []
        self._order = itertools.count()
        self._draw_venue()
        self.mood = Mood() if is_gentle or width else self._draw_mood()
        self.cuts = chance.choice([0.0, 0.3])
        self.skips = 0.0 if is_gentle else chance.choice([0.0, 0.0, 0.05])
        is_patient = is_gentle or width or self.limits.connection_attempts < 300
        self.max_idle = None if is_patient else chance.choice([None, None, 8.0, 30.0])
        self.feeds = self.make_feeds()
        self.calm_at = self.now + chance.choice([30.0, 60.0, 120.0, 300.0])
        self.ends_at = self.calm_at + _CALM + self.limits.connection_attempts_window
        attempts = ConnectLimiter(
            self.limits.connection_attempts, self.limits.connection_attempts_window
        )
        count = 1 if chance.random() < 0.8 else 2
        self.clients = [self.make_client(attempts) for _ in range(count)]
        self._plan()

    def make_feeds(self) -> dict[str, Feed]:
        """What the server publishes."""
        return draw_feeds(self.chance, self.width or self.chance.randrange(3, 13))

    def make_client(self, attempts: ConnectLimiter) -> Client:
        """A client that has done nothing yet."""
        return Client(self, attempts)

    def _draw_venue(self) -> None:
        """Limits that matter: the venue's own, or smaller ones that a small world reaches."""
        chance, limits = self.chance, VENUE.limits
        if chance.random() < 0.5 and not self.width:
            limits = msgspec.structs.replace(
                limits,
                streams_per_connection=chance.choice([2, 3, 5, 1024]),
                frame_bytes=chance.choice([180, 230, 4096]),
                connection_attempts=300 if self.is_gentle else chance.choice([3, 5, 300]),
                connection_attempts_window=60,
            )
        self.limits = limits
        self.rate = limits.messages_per_second
        self.venue = msgspec.structs.replace(VENUE, limits=limits)
        self.lifetime: float | None = None
        handover = chance.choice([2.0, 5.0, 10.0])
        if chance.random() < 0.4:
            # With few attempts and short lives, a client would be busy with nothing else.
            is_patient = self.is_gentle or limits.connection_attempts < 300
            lives = [300.0] if is_patient else [40.0, 60.0, 300.0]
            self.lifetime = chance.choice(lives)
            # There must be moments at which nothing is handed over.
            handover = handover if self.lifetime == 300.0 else 2.0
        self.timeouts = Timeouts(lifetime=self.lifetime or Timeouts().lifetime, handover=handover)

    def _draw_mood(self) -> Mood:
        chance = self.chance
        if chance.random() < 0.3:
            return Mood(refuses=0.2, hides_ids=True, fails_to_open=chance.choice([0.0, 0.5]))
        return Mood(
            ignores=chance.choice([0.0, 0.0, 0.1, 0.4]),
            refuses=chance.choice([0.0, 0.0, 0.1]),
            delays=chance.choice([(0.0,), (0.0, 0.05, 0.5), (0.0, 0.3, 2.0, 4.5), (0.0, 1.0, 7.0)]),
            fails_to_open=chance.choice([0.0, 0.0, 0.3, 0.7]),
        )

    # Time

    def at(self, time: float, do: Callable[[], None], reaches_clients: bool = True) -> None:
        """Do something later. What happens at the server reaches no client by itself."""
        heapq.heappush(self._agenda, (time, next(self._order), do, reaches_clients))

    def soon(self, delay: float) -> float:
        """After about ``delay``; to the millisecond, so that things happen at the same time."""
        return round(self.now + delay + self.chance.random() * 0.03, 3)

    def run(self) -> None:
        """Live to the end, and on to a moment at which no connection is about to end."""
        self._run_to(self.ends_at)
        for _ in range(self.most_unquiet):
            if self._is_quiet():
                break
            self._run_to(self.now + 1.0)
        for feed in self.feeds.values():
            self._publish(feed)
        self._run_to(self.now + 2.0)

    def _is_quiet(self) -> bool:
        pools = [client.session._pool for client in self.clients]
        return not any(
            pool.handovers
            or any(
                not connection.is_complete or (connection.rotate_at or 0) < self.now + 3.0
                for connection in connections
            )
            for pool in pools
            if (connections := pool.connections.values())
        )

    def _run_to(self, stop: float) -> None:
        agenda = self._agenda
        # Most of what happens reaches no client: then none has anything new to do.
        is_due_known = has_performed = False
        while True:
            if not is_due_known:
                is_due_known = True
                due, first = stop, None
                for client in self.clients:
                    time = client.next_time()
                    if time is not None and time < due:
                        due, first = time, client
            if agenda and agenda[0][0] <= due:
                time, _, do, reaches_clients = heapq.heappop(agenda)
                self.now = max(self.now, time)
                do()
                if reaches_clients:
                    is_due_known = has_performed = False
                # What happens at the same moment is often served before the actions are done.
                if agenda and agenda[0][0] <= self.now and self.chance.random() < 0.5:
                    continue
                if has_performed:
                    continue
                has_performed = True
                for client in self.clients:
                    client.perform()
            elif first is None:
                break
            else:
                self.now = max(self.now, due)
                first.tick()
            is_due_known = False
            self._check_bounds()
        self.now = stop

    def _check_bounds(self) -> None:
        """Memory stays bounded: nothing grows with time."""
        for client in self.clients:
            pool = client.session._pool
            most = 2 * len(self.feeds) + 4
            assert len(pool.connections) <= most, f"{len(pool.connections)} connections"
            assert pool.keepalive.deadlines.keys() <= pool.connections.keys(), (
                "a deadline of nothing"
            )
            for handover in pool.handovers.values():
                assert handover.old.number in pool.connections, "a handover from nowhere"
                assert handover.new.number in pool.connections, "a handover to nowhere"

    # The plan of a day

    def _plan(self) -> None:
        chance, start, calm = self.chance, self.now, self.calm_at
        moments, names = [start], list(self.feeds)
        for client in self.clients:
            for name in self.feeds:
                if self.width or chance.random() < 0.7:
                    at = chance.choice([start, start + 1, chance.uniform(start, calm)])
                    self.at(at, partial(client.subscribe, name))
            count = chance.choice([0, 1, 5, 20])
            # Who is sent away over and over waits a little longer each time.
            planned = PLANNED if count == 1 else PLANNED[:2]
            kinds = planned if self.is_gentle else CALLS
            for _ in range(count):
                moments.append(chance.uniform(start, calm))
                call = partial(self._call, client, chance.choice(kinds), chance.choice(names))
                self.at(moments[-1], call)
        if not self.is_gentle:
            for _ in range(chance.choice([0, 1, 3, 8])):
                moments.append(chance.uniform(start, calm))
                self.at(moments[-1], partial(self._fault, chance.choice(FAULTS)))
        if self.width:
            for fault in ("outage", "close", "shutdown"):
                self.at(chance.uniform(start, calm), partial(self._fault, fault))
        self.at(calm, self._calm_down)
        feeds = list(self.feeds.values())
        for _ in range(chance.randrange(30, 120)):
            # Events are densest where something happens.
            at = chance.uniform(start, self.ends_at - 30)
            if chance.random() < 0.6:
                at = chance.choice(moments) + chance.expovariate(0.7)
            feed = chance.choice(feeds)
            for _ in range(chance.choice([1, 1, 3, 6])):
                self.at(at, partial(self._publish, feed), reaches_clients=False)
                at += chance.choice([0.0, 0.001, 0.05, 0.3])

    def _publish(self, feed: Feed) -> None:
        data = feed.publish(self.now)
        is_skipped = self.is_faulty and self.chance.random() < self.skips
        for client in self.clients:
            if is_skipped:
                client.skipped.add((feed.name, len(feed.ranges) - 1))
                continue
            for connection in list(client.connections.values()):
                connection.publish(feed, data)

    def _call(self, client: Client, kind: str, name: str) -> None:
        with_id = self.chance.random() < 0.15
        if kind == "subscribe":
            client.subscribe(name, with_id)
        elif kind == "unsubscribe":
            client.unsubscribe(name, with_id)
        elif kind == "flip":
            client.unsubscribe(name, with_id)
            client.subscribe(name, with_id)
        elif kind == "flop":
            client.subscribe(name, with_id)
            client.unsubscribe(name, with_id)
        elif kind == "query":
            client.query()
        elif kind == "query_all":
            client.query_all()
        elif kind == "resubscribe":
            client.resubscribe(name)
        elif kind == "replace":
            client.replace(name)
        elif kind == "shutdown":
            self._shut_down(client, None)
        elif kind == "shutdown and leave":
            self._shut_down(client, 4 * self.timeouts.handover)

    def _shut_down(self, client: Client, gone_after: float | None) -> None:
        connections = [one for one in client.connections.values() if one.is_open]
        if connections:
            connection = self.chance.choice(connections)
            connection.announce()
            if gone_after is not None:
                self.at(self.now + gone_after, lambda: connection.end("close", 1001))

    def _fault(self, kind: str) -> None:
        chance = self.chance
        client = chance.choice(self.clients)
        connections = [one for one in client.connections.values() if one.is_open]
        if kind == "outage":
            self.outage_until = self.now + chance.choice([2.0, 10.0, 40.0])
            for connection in connections:
                connection.end(chance.choice(["eof", "reset"]))
            return
        if kind == "pause":
            client.pause()
            self.at(self.now + chance.choice([0.5, 5.0, 40.0]), client.resume)
            return
        if not connections:
            return
        connection = chance.choice(connections)
        if kind in ("close", "eof", "reset"):
            connection.end(kind, chance.choice([0, 1000, 1001, 1008]), "so it is")
        elif kind == "scold":
            connection.end("close", 1008, "Too many requests")
        elif kind == "shutdown":
            self._shut_down(client, chance.choice([None, 3.0, 10.0]))
        elif kind == "shutdown and gone":
            self._shut_down(client, chance.choice([0.0, 0.05, 0.4, 1.0]))
        elif kind == "mute":
            connection.is_mute = True
        elif kind == "dead":
            connection.is_dead = True
        elif kind == "flood":
            for number in range(60):
                self.at(self.now + number / 40, connection.ping)
        elif kind == "stall":
            connection.stall(chance.choice([0.3, 1.0, 3.0]))

    def _calm_down(self) -> None:
        self.is_faulty = False
        for client in self.clients:
            client.calm_down()
            for connection in client.connections.values():
                if connection.is_mute:
                    connection.end("eof")

    def connect(self, connection: Connection) -> None:
        """An attempt to connect: it succeeds, is refused, or hangs."""
        chance = self.chance
        is_out = self.now < self.outage_until
        fails = is_out or (self.is_faulty and chance.random() < self.mood.fails_to_open)
        after = self.soon(2 * connection.up + connection.down)
        if not fails:
            self.at(after, connection.accept)
            self.at(after + connection.down, connection.become_ready)
            return
        error: ConnectionLost | None = chance.choice(
            [
                ConnectionLost("refused"),
                ConnectionLost("refused", None, 503),
                ConnectionLost("refused", None, 429, chance.choice([None, 0.0, 1.0, 20.0])),
                None,
            ]
        )
        if error is not None:
            self.at(after, partial(connection.fail, error))
        elif chance.random() < 0.5:
            # At about the moment at which the client gives up.
            at = self.now + chance.choice([9.9, 10.0, 10.1])
            self.at(at - 0.01, connection.accept)
            self.at(at, connection.become_ready)

    def at_pong_timeout(self, connection: Connection) -> None:
        client = connection.client
        if connection.is_held and not client.was_paused:
            self.broken.append("pings were not answered")
