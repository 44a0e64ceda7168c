"""A session in simulated time, and a small model of the server at the end of each connection."""

from __future__ import annotations

import heapq
import itertools
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from binance_streams import VENUE
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.protocol.requests import Request
from binance_streams_runtime.session.actions import (
    Abort,
    Close,
    Confirm,
    Fail,
    Interrupt,
    Notify,
    Open,
    Send,
)
from binance_streams_runtime.session.retry import Retry, full_jitter
from binance_streams_runtime.session.session import Session
from binance_streams_runtime.session.timeouts import Timeouts
from tests.support.frames import PING, close_frame, frame

Reaction = Callable[["Server", dict[str, Any]], None]


@dataclass
class Server:
    """The server's end of one connection."""

    world: World
    number: int
    streams: set[str] = field(default_factory=set)
    is_open: bool = False
    most_streams: int = 0
    requests: list[dict[str, Any]] = field(default_factory=list)

    def obey(self, request: dict[str, Any]) -> None:
        names = request.get("params", [])
        if request["method"] == "SUBSCRIBE":
            self.streams.update(names)
        elif request["method"] == "UNSUBSCRIBE":
            self.streams.difference_update(names)
        self.most_streams = max(self.most_streams, len(self.streams))

    def answer(self, body: dict[str, Any], delay: float = 0.01) -> None:
        self.send(frame(json.dumps(body)), delay)

    def confirm(self, request: dict[str, Any], delay: float = 0.01) -> None:
        result = sorted(self.streams) if request["method"] == "LIST_SUBSCRIPTIONS" else None
        self.answer({"result": result, "id": request["id"]}, delay)

    def send(self, data: bytes, delay: float = 0.0) -> None:
        def arrive() -> None:
            if self.is_open:
                self.world.driven.received(self.world.now, self.number, data)

        self.world.at(self.world.now + delay, arrive)


def behave(server: Server, request: dict[str, Any]) -> None:
    """Do what is asked, and say so."""
    server.obey(request)
    server.confirm(request)


class World:
    """Runs a session: performs its actions, calls it when it wants to be called."""

    def __init__(
        self,
        react: Reaction = behave,
        timeouts: Timeouts | None = None,
        opens_after: float | None = 0.0,
        reconnect: bool = False,
        venue: Venue = VENUE,
        urls: Mapping[str, str] | None = None,
    ) -> None:
        self.now = 1000.0
        self.react = react
        self.opens_after = opens_after
        self.router = Router(VENUE.shutdown_event, lambda notice: self.notices.append(notice))
        draw = random.Random(1).random
        self.retries = reconnect
        retry = Retry(lambda lost: self.retries, lambda: full_jitter(draw), lambda now: now, draw)
        self.session = Session(
            venue,
            self.router,
            "ws://server/stream",
            timeouts or Timeouts(),
            retry,
            1 << 24,
            lambda name: name,
            urls,
        )
        # What the actions come from, and what is notified of what happened.
        self.driven: Session | Engine = self.session
        self.servers: dict[int, Server] = {}
        self.sent: list[tuple[float, int, str, bytes]] = []
        self.opened: list[int] = []
        self.urls: dict[int, str] = {}
        self.dropped: list[int] = []
        self.notices: list[Notice] = []
        self.confirmed: list[str] = []
        self.suspended: list[str] = []
        self.ended: dict[str, BaseException] = {}
        self.on_end: Callable[[str], None] = lambda name: None
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    # What tests do

    def at(self, time: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (time, next(self._order), do))

    def run(self, seconds: float, pings: float | None = 20.0) -> None:
        """Let time pass; the server pings every ``pings`` seconds."""
        stop = self.now + seconds
        if pings is not None:
            for step in range(1, int(seconds / pings) + 1):
                self.at(self.now + step * pings, self._ping_all)
        self._perform()
        idle = 0
        while True:
            due = self.driven.next_time(self.now)
            agenda = self._agenda[0][0] if self._agenda else None
            times = [time for time in (due, agenda, stop) if time is not None]
            time = min(times)
            if time >= stop and not (time == stop and agenda == stop):
                break
            self.now = max(self.now, time)
            if agenda is not None and agenda <= self.now:
                heapq.heappop(self._agenda)[2]()
                self._perform()
                continue
            self.driven.tick(self.now)
            did_something = self._perform()
            after = self.driven.next_time(self.now)
            # A call that neither did anything nor moves the next one would be a busy loop.
            idle = 0 if did_something or after is None or after > self.now else idle + 1
            assert idle < 3, f"busy loop at {self.now}"
        self.now = stop

    def call(self, method: str, *arguments: Any) -> None:
        getattr(self.session, method)(self.now, *arguments)
        self._perform()

    def subscribe(self, name: str, request: Request | None = None) -> None:
        self.call("subscribe", name, request)

    def unsubscribe(self, name: str, request: Request | None = None) -> None:
        self.call("unsubscribe", name, request)

    # What tests look at

    @property
    def requests(self) -> list[dict[str, Any]]:
        return [json.loads(data) for _, _, kind, data in self.sent if kind == "text"]

    @property
    def pongs(self) -> list[bytes]:
        return [data for _, _, kind, data in self.sent if kind == "pong"]

    @property
    def streams(self) -> set[str]:
        """What all servers send now."""
        return set().union(*(server.streams for server in self.servers.values() if server.is_open))

    @property
    def believed(self) -> set[str]:
        """What the client believes to be confirmed."""
        return set().union(*(connection.confirmed for connection in self.session.connections()))

    def assert_within_budget(self) -> None:
        """No second holds more than five frames of one connection, close frames aside."""
        for number in self.servers:
            times = [
                time
                for time, connection, kind, _ in self.sent
                if connection == number and kind != "close"
            ]
            for first, sixth in zip(times, times[5:], strict=False):
                assert sixth - first > 1.0

    def assert_small_frames(self) -> None:
        limit = VENUE.limits.frame_bytes
        assert all(len(data) < limit for _, _, kind, data in self.sent if kind == "text")

    # How

    def _ping_all(self) -> None:
        for server in self.servers.values():
            server.send(frame(b"ping", PING))

    def _open(self, number: int) -> None:
        self.servers[number].is_open = True
        self.driven.opened(self.now, number)

    def _perform(self) -> int:
        count = 0
        while actions := self.driven.take_actions():
            count += len(actions)
            for action in actions:
                self._do(action)
        return count

    def _do(self, action: Any) -> None:
        match action:
            case Open(number, url):
                self.opened.append(number)
                self.urls[number] = url
                self.servers[number] = Server(self, number)
                if self.opens_after is not None:
                    self.at(self.now + self.opens_after, lambda: self._open(number))
            case Send(number, kind, payload):
                assert number not in self.dropped
                self.sent.append((self.now, number, kind, payload))
                if kind == "text":
                    request = json.loads(payload)
                    server = self.servers[number]
                    server.requests.append(request)
                    self.react(server, request)
            case Close(number, payload):
                self.sent.append((self.now, number, "close", payload))
                self._do(Abort(number))
            case Interrupt(stream):
                self.suspended.append(stream)
            case Abort(number):
                self.dropped.append(number)
                self.servers[number].is_open = False
                self.servers[number].streams.clear()
            case Notify(notice):
                self.notices.append(notice)
            case Confirm(stream):
                self.confirmed.append(stream)
            case Fail(stream, error):
                self.ended[stream] = error
                self.on_end(stream)


class FlakyServer:
    """A server that answers late, out of order, with rejections, or not, until it calms down."""

    def __init__(self, seed: int, refuses: bool = True, loses: bool = True) -> None:
        self.random = random.Random(seed)
        self.refuses = refuses
        self.loses = loses
        self.is_calm = False

    def __call__(self, server: Server, request: dict[str, Any]) -> None:
        if self.is_calm:
            behave(server, request)
            return
        fate = self.random.random()
        delay = self.random.choice([0.0, 0.05, 0.5, 2.0, 4.0, 6.0])
        if fate < 0.15 and self.loses:
            if self.random.random() < 0.5:
                server.obey(request)
            return
        if fate < 0.3 and self.refuses and request["method"] == "SUBSCRIBE":
            refusal = {"code": 2, "msg": "Invalid request: too moody"}
            if self.random.random() < 0.5:
                server.answer({**refusal, "id": request["id"]}, delay)
            else:
                server.answer({"error": refusal, "id": request["id"]}, delay)
            return
        server.obey(request)
        server.confirm(request, delay)


__all__ = ["FlakyServer", "Server", "World", "behave", "close_frame"]
