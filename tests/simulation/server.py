"""The server's end of one connection, and the network between: late, cut, mute, dead, moody."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any

from binance_streams_runtime.errors import ConnectionLost
from tests.support.frames import PING, close_frame, frame

if TYPE_CHECKING:
    from tests.simulation.client import Client
    from tests.simulation.feeds import Feed
    from tests.simulation.world import World


class Connection:
    """One connection. Each direction keeps its order, as TCP does."""

    def __init__(self, world: World, client: Client, number: int) -> None:
        chance = world.chance
        self.world = world
        self.client = client
        self.number = number
        self.up = chance.choice([0.001, 0.02, 0.15, 0.3])
        self.down = chance.choice([0.001, 0.02, 0.15, 0.3])
        # How far its feed is behind the market; answers and pings are not.
        self.lag = chance.choice([0.0, 0.0, 0.05, 0.1, 0.5, 1.0])
        self.is_open = False
        """Whether the server has it."""
        self.is_awaited = True
        """Whether the client waits for it to open."""
        self.is_held = False
        """Whether the client has it."""
        self.is_mute = False
        self.is_dead = False
        self.streams: dict[str, None] = {}
        self.sent_at: deque[float] = deque()
        self.received_at: deque[float] = deque()
        self.last_pong = world.now
        self._is_reset = False
        self._last_up = self._last_down = 0.0
        self._pipe: deque[tuple[float, bytes | None]] = deque()
        self._buffer = b""

    # How it opens

    def accept(self) -> None:
        """The handshake is over, as the server sees it."""
        self.is_open = True
        self.last_pong = self.world.now
        first_ping = self.world.now + self.world.chance.uniform(1, 20)
        self.world.at(first_ping, self._ping, reaches_clients=False)
        lifetime = self.world.lifetime
        if lifetime is not None:
            self.world.at(self.world.now + lifetime, lambda: self.end("close", 1000, ""))

    def become_ready(self) -> None:
        """The handshake is over, as the client sees it."""
        if not self.is_awaited:
            self._forget()
        elif self._is_reset:
            self.fail(ConnectionLost("reset"))
        else:
            self.is_awaited, self.is_held = False, True
            self.client.opened(self.number)
            self.arrive()

    def fail(self, error: ConnectionLost) -> None:
        """It could not be opened."""
        self.is_awaited = False
        self.client.lost(self.number, error)

    # The way to the client

    def send(self, data: bytes | None) -> None:
        """Send bytes, or the end of all (None)."""
        if not self.is_open or self.is_dead:
            return
        at = self.world.soon(self.down)
        at = self._last_down = max(at, self._last_down)
        self._pipe.append((at, data))
        self.world.at(at, self.arrive)

    def arrive(self) -> None:
        """Bytes that are there reach the client, all of them or the first few."""
        world, pipe = self.world, self._pipe
        if not self.is_held or self.client.is_paused:
            return
        while pipe and pipe[0][0] <= world.now:
            data = pipe[0][1]
            if data is None:
                break
            pipe.popleft()
            self._buffer += data
        data, self._buffer = self._buffer, b""
        if len(data) > 1 and world.chance.random() < world.cuts:
            cut = world.chance.randrange(1, len(data))
            data, self._buffer = data[:cut], data[cut:]
            world.at(world.soon(0.005), self.arrive)
        if data:
            if pipe and pipe[0][0] <= world.now:
                world.at(world.soon(0.005), self.arrive)
            self.client.received(self.number, data)
        elif pipe and pipe[0][0] <= world.now:
            self.break_off("the server closed it without a close frame")

    def break_off(self, reason: str) -> None:
        """The client's system says that the connection is gone."""
        if self.is_held:
            self.is_held = False
            self.client.lost(self.number, ConnectionLost(reason))

    # The way to the server

    def take(self, kind: str, payload: bytes) -> None:
        """The client sends a frame."""
        world = self.world
        if self._is_too_often(self.sent_at):
            world.broken.append(f"more than {world.rate} messages a second were sent")
        if len(payload) > world.limits.frame_bytes:
            world.broken.append(f"a frame of {len(payload)} bytes was sent")
        at = self._last_up = max(world.soon(self.up), self._last_up)
        world.at(at, lambda: self._hear(kind, payload), reaches_clients=False)

    def _is_too_often(self, times: deque[float]) -> bool:
        times.append(self.world.now)
        while times[0] <= self.world.now - 1.0:
            times.popleft()
        return len(times) > self.world.rate

    def _hear(self, kind: str, payload: bytes) -> None:
        if kind == "close":
            self._forget()
        if not self.is_open or self.is_dead:
            return
        if self._is_too_often(self.received_at):
            self.world.broken.append("too many messages arrived in a second")
            self.end("close", 1008, "Too many requests")
            return
        if kind == "pong":
            self.last_pong = self.world.now
        elif len(payload) <= self.world.limits.frame_bytes:
            self._react(json.loads(payload))

    def _react(self, request: dict[str, Any]) -> None:
        mood, chance = self.world.mood, self.world.chance
        delay = chance.choice(mood.delays) if self.world.is_faulty else 0.0
        if self.world.is_faulty and chance.random() < mood.ignores:
            if chance.random() < 0.5:
                self._obey(request)
            return
        is_stream = request["method"] == "SUBSCRIBE"
        if self.world.is_faulty and is_stream and chance.random() < mood.refuses:
            self._refuse(request, 2, "Invalid request: not today", delay)
            return
        if not self._obey(request):
            self._refuse(request, 4, "Too many subscriptions", delay)
            return
        result = list(self.streams) if request["method"] == "LIST_SUBSCRIPTIONS" else None
        self._answer({"result": result, "id": request["id"]}, delay)

    def _refuse(self, request: dict[str, Any], code: int, text: str, delay: float) -> None:
        refusal: dict[str, Any] = {"code": code, "msg": text}
        if self.world.chance.random() < 0.5:
            refusal = {"error": refusal}
        if not self.world.mood.hides_ids or self.world.chance.random() < 0.5:
            refusal["id"] = request["id"]
        self._answer(refusal, delay)

    def _answer(self, body: dict[str, Any], delay: float) -> None:
        data = frame(json.dumps(body))
        if delay:
            self.world.at(self.world.soon(delay), lambda: self.send(data))
        else:
            self.send(data)

    def _obey(self, request: dict[str, Any]) -> bool:
        """Do what is asked; False if it is too much."""
        if request["method"] == "SUBSCRIBE":
            most = self.world.limits.streams_per_connection
            if len(self.streams.keys() | set(request["params"])) > most:
                self.world.broken.append(f"more than {most} streams on connection {self.number}")
                return False
            self.streams.update(dict.fromkeys(request["params"]))
        elif request["method"] == "UNSUBSCRIBE":
            for name in request["params"]:
                self.streams.pop(name, None)
        return True

    # The server's own doing

    def publish(self, feed: Feed, data: bytes) -> None:
        """Send an event of a stream, if it is subscribed here by then."""
        place = len(feed.ranges) - 1
        if self.lag:
            at = self.world.now + self.lag
            self.world.at(at, lambda: self._forward(feed.name, place, data), reaches_clients=False)
        else:
            self._forward(feed.name, place, data)

    def _forward(self, name: str, place: int, data: bytes) -> None:
        if name not in self.streams:
            return
        if self.is_mute:
            self.client.skipped.add((name, place))
        else:
            self.send(data)

    def _ping(self) -> None:
        if not self.is_open:
            return
        if self.world.now - self.last_pong > 60 and not self.is_dead:
            self.world.at_pong_timeout(self)
            self.end("close", 1008, "Pong timeout")
            return
        self.ping()
        self.world.at(self.world.now + 20.0, self._ping, reaches_clients=False)

    def ping(self) -> None:
        self.send(frame(str(self.world.now), PING))

    def stall(self, seconds: float) -> None:
        """Whatever the server sends is late."""
        self._last_down = self.world.now + seconds

    def announce(self) -> None:
        """Say that the server is about to go down, in either shape."""
        body = f'{{"e":"serverShutdown","E":{int(self.world.now * 1000)}}}'
        if self.world.chance.random() < 0.5:
            body = f'{{"stream":"!serverShutdown","data":{body}}}'
        self.send(frame(body))

    def end(self, how: str, code: int = 1000, reason: str = "") -> None:
        """End it: with a close frame, without one (``eof``), or by a reset."""
        if not self.is_open:
            return
        if how == "close":
            self.send(close_frame(code, reason) if code else frame(b"", 8))
        if how == "reset":
            self._pipe.clear()
            self._buffer = b""
            self._is_reset = True
            self.world.at(self.world.soon(self.down), lambda: self.break_off("reset"))
        else:
            self.send(None)
        self._forget()

    def _forget(self) -> None:
        self.is_open = False
        self.streams.clear()

    # The client's own doing

    def leave(self, payload: bytes) -> None:
        """The client says goodbye and reads nothing more."""
        self.is_held = False
        at = max(self.world.soon(self.up), self._last_up)
        self.world.at(at, lambda: self._hear("close", payload))

    def drop(self) -> None:
        """The client closes its socket, or does not wait for it any more."""
        self.is_held = self.is_awaited = False
        self.world.at(self.world.soon(self.up), self._forget)
