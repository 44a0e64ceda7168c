"""A client as sync/engine.py puts it together, less the threads and the sockets."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from binance_streams import CATALOG
from binance_streams_runtime.client.connect_limit import ConnectLimiter
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.delivery import Delivery
from binance_streams_runtime.pipeline.drift import SchemaMonitor
from binance_streams_runtime.pipeline.idle import IdleMonitor
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.protocol.requests import Request
from binance_streams_runtime.session.actions import (
    Abort,
    Action,
    Close,
    Confirm,
    Fail,
    Interrupt,
    Notify,
    Open,
    Send,
    TimedOut,
)
from binance_streams_runtime.session.retry import Retry, full_jitter
from binance_streams_runtime.session.session import Session
from tests.simulation.server import Connection

if TYPE_CHECKING:
    from tests.simulation.world import World

# So many calls of tick in a row at one moment, none of which did anything, are a busy loop.
_MOST_IDLE = 3

_MOST_EVENTS = 1 << 20


class Episode:
    """One subscription: from the call of subscribe to its end."""

    def __init__(self, name: str, route: Route) -> None:
        self.name = name
        self.route = route
        self.state: Literal["pending", "confirmed", "ended"] = "pending"

    @property
    def log(self) -> list[Any]:
        """Events and notices, as somebody who iterates ``with_notices`` gets them."""
        return self.route.sink.sample(_MOST_EVENTS)


class Client:
    """One client of the simulated world."""

    def __init__(self, world: World, attempts: ConnectLimiter) -> None:
        self.world = world
        self.attempts = attempts
        self.notices: list[Notice] = []
        self.episodes: list[Episode] = []
        self.wanted: dict[str, Episode] = {}
        self.connections: dict[int, Connection] = {}
        # Events that the server did not send although it should have: name and place.
        self.skipped: set[tuple[str, int]] = set()
        self.questions: list[int] = []
        self.is_paused = False
        self.was_paused = False
        self._idle = 0
        self._ids = count(1)
        self.router = Router("serverShutdown", self.notices.append)
        self.drift = SchemaMonitor(self.notices.append)
        self.idle = IdleMonitor(self._became_idle)
        self.delivery = Delivery(
            self.router,
            EventQueue(),
            client_takes=False,
            notify=self.notices.append,
            on_overflow=lambda route, error: world.broken.append("a queue was full"),
            unix_time=lambda moment: moment,
        )
        draw = world.chance.random
        self.session = Session(
            world.venue,
            self.router,
            "ws://server/stream",
            world.timeouts,
            Retry(lambda lost: True, lambda: full_jitter(draw), attempts.reserve, draw),
            1 << 24,
            lambda name: name,
        )

    # What users do

    def subscribe(self, name: str, with_id: bool = False) -> None:
        if name in self.wanted:
            return
        stream = CATALOG.resolve(name)
        idle = self.world.max_idle
        on_idle = self.world.chance.choice(["notice", "resubscribe", "reconnect"])
        queue = EventQueue(_MOST_EVENTS)
        # The number type that is decoded fastest.
        route = Route(stream, decoder_of(stream.type, float), queue, idle, on_idle)
        route.consumer = "notices"
        episode = self.wanted[name] = Episode(name, route)
        self.episodes.append(episode)
        self.delivery.add(route)
        self.session.subscribe(self.world.now, name, self._request("SUBSCRIBE", name, with_id))

    def unsubscribe(self, name: str, with_id: bool = False) -> None:
        episode = self.wanted.pop(name, None)
        if episode is None:
            return
        self.session.unsubscribe(self.world.now, name, self._request("UNSUBSCRIBE", name, with_id))
        self._end(episode)

    def _request(self, method: str, name: str, with_id: bool) -> Request | None:
        return Request(method, [name], next(self._ids)) if with_id else None

    def ask(self) -> None:
        """Ask the first connection what it carries."""
        self.session.query(self.world.now, self._question())

    def query_all(self) -> None:
        def questions() -> Any:
            while True:
                yield self._question()

        self.session.query_all(self.world.now, questions())

    def _question(self) -> Request:
        number = len(self.questions)
        self.questions.append(0)

        def settled(result: Any, error: BaseException | None) -> None:
            self.questions[number] += 1

        return Request("LIST_SUBSCRIPTIONS", [], None, [settled])

    def pause(self) -> None:
        """Whoever takes the events is slow: nothing is read."""
        self.is_paused = self.was_paused = True
        self.session.pause()

    def resume(self) -> None:
        if self.is_paused:
            self.is_paused = False
            self.session.resume(self.world.now)
            for episode in self.wanted.values():
                if episode.state == "confirmed":
                    self.idle.listen(self.world.now, episode.route)
            for connection in list(self.connections.values()):
                connection.arrive()

    # What the network says

    def received(self, number: int, data: bytes) -> None:
        self.session.received(self.world.now, number, data)
        self.delivery.flush(self.world.now)
        self.drift.check(self.world.now)

    def opened(self, number: int) -> None:
        self.session.opened(self.world.now, number)

    def lost(self, number: int, error: ConnectionLost) -> None:
        self.session.lost(self.world.now, number, error)

    # What time does

    def next_time(self) -> float | None:
        now = self.world.now
        times = [self.session.next_time(now), self.delivery.next_time()]
        if not self.is_paused:
            # Nothing is read, so no silence is a stream's.
            times.append(self.idle.next_time())
        return min((time for time in times if time is not None), default=None)

    def tick(self) -> None:
        now = self.world.now
        self.session.tick(now)
        self.delivery.flush(now)
        if not self.is_paused:
            self.idle.check(now)
        did = self.perform()
        after = self.next_time()
        self._idle = self._idle + 1 if not did and after is not None and after <= now else 0
        assert self._idle < _MOST_IDLE, f"busy loop at {now}"

    def perform(self) -> int:
        """Do what the core has decided; how much that was."""
        done = 0
        while actions := self.session.take_actions():
            done += len(actions)
            for action in actions:
                self._do(action)
        if done:
            self.delivery.flush(self.world.now)
        return done

    def _do(self, action: Action) -> None:
        match action:
            case Open(number):
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
            case Notify(notice):
                self.notices.append(notice)
            case TimedOut():
                pass
            case Confirm(name):
                episode = self._current(name)
                if episode is not None:
                    episode.state = "confirmed"
                    self.idle.listen(self.world.now, episode.route)
                    self.drift.listen(self.world.now, episode.route)
            case Interrupt(name):
                episode = self._current(name)
                if episode is not None:
                    episode.state = "pending"
                    self.idle.forget(episode.route)
            case Fail(name, _):
                episode = self._current(name)
                if episode is not None and not self.session.is_desired(name):
                    del self.wanted[name]
                    self._end(episode)

    def _current(self, name: str) -> Episode | None:
        episode = self.wanted.get(name)
        if episode is None or episode.route is not self.router.get(name):
            return None
        return episode

    def _end(self, episode: Episode) -> None:
        episode.state = "ended"
        self.idle.forget(episode.route)
        self.drift.forget(episode.route)
        self.delivery.remove(episode.route)

    def _became_idle(self, route: Route) -> None:
        # As in the engine, but for the notice, which says nothing about what is missing.
        name = route.stream.name
        if not self.world.is_faulty:
            # Nothing is published for long, so all would be done over and over.
            return
        if route.on_idle == "resubscribe":
            self.session.resubscribe_stale(self.world.now, name, "silence")
        elif route.on_idle == "reconnect":
            self.session.rotate_stale(self.world.now, name, "silence")
