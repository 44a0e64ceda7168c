"""The engine of a client in a simulated world, and what its driver and its users do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from binance_streams_runtime.client.connect_limit import ConnectLimiter
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.requests import Request
from binance_streams_runtime.recording.clock import UnixClock
from binance_streams_runtime.session.actions import Abort, Close, Open, Send, SocketAction
from binance_streams_runtime.session.retry import Retry, full_jitter
from binance_streams_runtime.session.session import Session
from binance_streams_runtime.types import Numbers
from tests.simulation.server import Connection

if TYPE_CHECKING:
    from tests.simulation.world import World

# So many calls of tick in a row at one moment, none of which did anything, are a busy loop.
_MOST_IDLE = 3

_MOST_EVENTS = 1 << 20

# Nanoseconds from the simulated clock to Unix time.
_UNIX_TIME = 1_700_000_000_000_000_000


class Episode:
    """One subscription: from the call of subscribe to its end."""

    def __init__(self, client: Client, name: str, route: Route) -> None:
        self.client = client
        self.name = name
        self.route = route
        self.state: Literal["pending", "confirmed", "ended"] = "pending"

    @property
    def log(self) -> list[Any]:
        """Events and notices, as somebody who iterates ``with_notices`` gets them."""
        return self.route.sink.sample(_MOST_EVENTS)

    def confirmed(self) -> None:
        if self.state == "pending":
            self.state = "confirmed"

    def interrupted(self) -> None:
        if self.state == "confirmed":
            self.state = "pending"

    def timed_out(self, error: BaseException) -> None:
        assert self.state != "ended"

    def ended(self, error: BaseException | None) -> None:
        self.state = "ended"
        if self.client.subscribed.get(self.name) is self:
            del self.client.subscribed[self.name]


class Gate:
    """A queue that is full for as long as whoever takes its events is slow."""

    is_blocking = False


class Client:
    """One client of the simulated world."""

    def __init__(self, world: World, attempts: ConnectLimiter, **options: Any) -> None:
        """``options`` are those of its engine."""
        self.world = world
        self.attempts = attempts
        self.notices: list[Notice] = []
        self.episodes: list[Episode] = []
        self.subscribed: dict[str, Episode] = {}
        self.connections: dict[int, Connection] = {}
        # Events that the server did not send although it should have: name and place.
        self.skipped: set[tuple[str, int]] = set()
        self.queries: list[int] = []
        self.was_paused = False
        self.note: Callable[[str, str, Route], None] = lambda what, name, route: None
        """Take note of what users do, for who will do it again."""
        self._gate = Gate()
        self._idle = 0
        self._calls = 0
        self._ids = count(1)
        draw = world.chance.random
        self.engine = Engine(
            world.venue,
            "ws://server/stream",
            world.timeouts,
            Retry(lambda lost: True, lambda: full_jitter(draw), attempts.reserve, draw),
            EventQueue(),
            self.notices.append,
            UnixClock(lambda: _UNIX_TIME),
            max_message=1 << 24,
            **options,
        )

    @property
    def session(self) -> Session:
        return self.engine.session

    @property
    def wanted(self) -> list[str]:
        """The streams that must be subscribed."""
        return sorted(self.subscribed)

    @property
    def is_paused(self) -> bool:
        return self.engine.is_paused

    # What users do

    def subscribe(self, name: str, with_id: bool = False) -> None:
        if name in self.subscribed:
            return
        route = self.make_route(name)
        self.note("subscribe", name, route)
        route.consumer = "notices"
        route.subscriber = episode = self.subscribed[name] = Episode(self, name, route)
        self.episodes.append(episode)
        request = self._request("SUBSCRIBE", name, with_id)
        self.engine.subscribe(self.world.now, name, route, request)

    def make_route(self, name: str, fill_with: Numbers | None = None) -> Route:
        stream = self.world.feeds[name].stream
        on_idle = self.world.chance.choice(["notice", "resubscribe", "reconnect"])
        # The number type that is decoded fastest.
        return Route(
            stream,
            decoder_of(stream.type, float),
            EventQueue(_MOST_EVENTS),
            self.world.max_idle,
            on_idle,
            fill_with,
        )

    def unsubscribe(self, name: str, with_id: bool = False) -> None:
        episode = self.subscribed.pop(name, None)
        if episode is not None:
            self.note("unsubscribe", name, episode.route)
            request = self._request("UNSUBSCRIBE", name, with_id)
            self.engine.unsubscribe(self.world.now, name, episode.route, request)

    def resubscribe(self, name: str) -> None:
        self.engine.command(self.world.now, lambda it: it.resubscribe(self.world.now, name))

    def replace(self, name: str) -> None:
        """Have another connection in the place of the one that carries the stream."""
        self.engine.command(self.world.now, lambda it: it.rotate(self.world.now, name, "replaced"))

    def _request(self, method: str, name: str, with_id: bool) -> Request | None:
        return Request(method, [name], next(self._ids)) if with_id else None

    def query(self) -> None:
        """Query the first connection's list of subscriptions."""
        self.engine.query(self.world.now, self._make_query())

    def query_all(self) -> None:
        def queries() -> Iterator[Request]:
            while True:
                yield self._make_query()

        self.engine.query_all(self.world.now, queries())

    def _make_query(self) -> Request:
        number = len(self.queries)
        self.queries.append(0)

        def settled(result: Any, error: BaseException | None) -> None:
            self.queries[number] += 1

        return Request("LIST_SUBSCRIPTIONS", [], None, [settled])

    def pause(self) -> None:
        """Pause reading, as for a slow consumer."""
        self.was_paused = self._gate.is_blocking = True
        self.engine.delivery.blocking.add(self._gate)
        self.engine.tick(self.world.now)
        assert self.is_paused

    def resume(self) -> None:
        if self.is_paused:
            self._gate.is_blocking = False
            self.engine.tick(self.world.now)
            for connection in list(self.connections.values()):
                connection.arrive()

    def calm_down(self) -> None:
        """Do nothing more about streams that are idle: nothing will be published for long."""
        for episode in self.episodes:
            self.note("calm down", episode.name, episode.route)
            episode.route.on_idle = "notice"

    # What the network says

    def received(self, number: int, data: bytes) -> None:
        self.engine.received(self.world.now, number, data)

    def opened(self, number: int) -> None:
        self.engine.opened(self.world.now, number)

    def lost(self, number: int, error: ConnectionLost) -> None:
        self.engine.lost(self.world.now, number, error)

    # What its driver does

    def next_time(self) -> float | None:
        """When the engine wants to be called, which may be too early but never too late."""
        due = self.engine.next_time(self.world.now)
        self._calls += 1
        # To find it takes longer than all the rest; one that is too late stays so for a while.
        if not self._calls % 8:
            assert self.engine._deadline <= self.engine._find_deadline(self.world.now)
        return due

    def tick(self) -> None:
        now = self.world.now
        before = len(self.notices)
        self.engine.tick(now)
        did = self.perform() + len(self.notices) - before
        after = self.next_time()
        self._idle = self._idle + 1 if not did and after is not None and after <= now else 0
        assert self._idle < _MOST_IDLE, f"busy loop at {now}"

    def perform(self) -> int:
        """Do what the engine asks for; how much that was."""
        done = 0
        while actions := self.engine.take_actions():
            done += len(actions)
            for action in actions:
                self._do(action)
        return done

    def _do(self, action: SocketAction) -> None:
        match action:
            case Open(number, _):
                self.world.attempted.append(self.world.now)
                connection = self.connections[number] = Connection(self.world, self, number)
                self.world.connect(connection)
            case Send(number, kind, payload):
                connection = self.connections[number]
                if connection.is_held:
                    connection.take(kind, payload)
            case Close(number, payload):
                self.connections[number].leave(payload)
            case Abort(number):
                if number in self.connections:
                    self.connections[number].drop()
