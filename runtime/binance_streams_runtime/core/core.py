"""The decisions of a client, without sockets, clocks or threads.

The core is told what happened and when; it answers with actions: what to open, send, drop, and
what to tell. So it can be tested in simulated time, and any shell can be put around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from msgspec import Struct

from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.core.link import Link
from binance_streams_runtime.errors import ConnectionLost, RequestTimeout, client_closed
from binance_streams_runtime.events.router import Router
from binance_streams_runtime.notices import (
    Connected,
    Disconnected,
    Notice,
    ServerShutdown,
    Undecodable,
)
from binance_streams_runtime.wire.frames import (
    NO_STATUS,
    NORMAL_CLOSURE,
    Binary,
    Closed,
    Ping,
    Violation,
)
from binance_streams_runtime.wire.reply import Reply
from binance_streams_runtime.wire.requests import Request


class Open(Struct, frozen=True):
    """Open a connection; answer with ``opened`` or ``lost``."""

    link: int


class Send(Struct, frozen=True):
    """Send one frame."""

    link: int
    kind: Literal["text", "pong", "close"]
    payload: bytes


class Drop(Struct, frozen=True):
    """Close the socket, or stop opening it."""

    link: int


class Tell(Struct, frozen=True):
    """Pass a notice on."""

    notice: Notice


class Confirm(Struct, frozen=True):
    """The server has confirmed this stream."""

    stream: str


class Unanswered(Struct, frozen=True):
    """The server did not answer a request for this stream in time; it will be asked again."""

    stream: str
    error: BaseException


class End(Struct, frozen=True):
    """This stream is over: refused, or its connection is lost."""

    stream: str
    error: BaseException


Action = Open | Send | Drop | Tell | Confirm | Unanswered | End


class Timing(Struct, frozen=True):
    """Limits in seconds."""

    connect: float = 10.0
    """For a connection to be open: address, TCP, TLS and handshake together."""
    request: float = 5.0
    """For the server to answer a request."""
    silence: float = 30.0
    """Without a byte from the server, which pings every 20 s, before the connection is dead."""


class Core:
    """All connections of one client, and which streams are on them."""

    def __init__(
        self,
        venue: Venue,
        router: Router,
        url: str,
        timing: Timing,
        max_message: int,
        label: Callable[[str], str],
    ) -> None:
        self._venue = venue
        self._router = router
        self._url = url
        self._timing = timing
        self._max_message = max_message
        self._label = label
        self._links: dict[int, Link] = {}
        self._home: dict[str, Link] = {}
        self._deadlines: dict[int, float] = {}
        self._actions: list[Action] = []
        self._opened = 0
        self._is_closed = False

    # What happened

    def subscribe(self, now: float, name: str, request: Request | None = None) -> None:
        """``name`` is wanted. ``request`` is the caller's own, where the caller chose an id."""
        if self._is_closed:
            if request is not None:
                request.settle(None, client_closed())
            return
        link = self._home.get(name)
        if link is None:
            link = self._home[name] = self._link_for(now, name)
        link.want(name, request)
        if link.is_settled(name):
            # Its UNSUBSCRIBE had not been sent yet, so no answer will come.
            self._actions.append(Confirm(name))
        self._pump(now, link)

    def unsubscribe(self, now: float, name: str, request: Request | None = None) -> None:
        """``name`` is not wanted any more; without effect where it was not."""
        link = self._home.pop(name, None)
        if link is None:
            if request is not None:
                self.ask(now, request)
            return
        link.unwant(name, request)
        self._pump(now, link)

    def wants(self, name: str) -> bool:
        """Whether a connection is to carry ``name``."""
        return name in self._home

    def ask(self, now: float, request: Request) -> None:
        """Ask the first connection; one is opened where there is none."""
        if self._is_closed:
            request.settle(None, client_closed())
            return
        link = next(iter(self._links.values()), None) or self._new_link(now)
        link.ask(request)
        self._pump(now, link)

    def ask_all(self, now: float, requests: Iterator[Request]) -> None:
        """Ask every connection, each with the next of ``requests``."""
        if self._is_closed:
            next(requests).settle(None, client_closed())
            return
        if not self._links:
            self._new_link(now)
        links = list(self._links.values())
        for link in links:
            link.ask(next(requests))
            self._pump(now, link)

    def opened(self, now: float, number: int) -> None:
        link = self._links.get(number)
        if link is None:
            self._actions.append(Drop(number))
            return
        link.state = "open"
        link.opened_at = now
        self._heard(now, link)
        self._actions.append(Tell(Connected(number, self._url)))
        self._pump(now, link)

    def received(self, now: float, number: int, data: bytes) -> None:
        """Bytes came. Events are left in the router's arrivals."""
        link = self._links.get(number)
        if link is None:
            return
        self._heard(now, link)
        items = link.reader.feed(data)
        link.bytes += len(data)
        link.messages += len(items)
        others: list[Any] = []
        self._router.take(items, others)
        for item in others:
            self._other(now, link, item)
        if others:
            self._pump(now, link)

    def lost(self, now: float, number: int, reason: str, code: int | None = None) -> None:
        """The connection ended, or could not be opened: everything on it ends, and is told so."""
        link = self._links.pop(number, None)
        if link is None:
            return
        self._deadlines.pop(number, None)
        names = [name for name, home in self._home.items() if home is link]
        for name in names:
            del self._home[name]
        code_text = "" if code is None else f" (close code {code})"
        error = ConnectionLost(f"connection {number} to {self._url} ended: {reason}{code_text}")
        link.end(error)
        labels = tuple(self._label(name) for name in names)
        self._actions.append(Tell(Disconnected(number, code, reason, labels)))
        self._actions.extend(End(name, error) for name in names)

    def close(self, now: float) -> None:
        """The client is closing: say goodbye on every connection."""
        self._is_closed = True
        for link in self._links.values():
            if link.state == "open":
                goodbye = NORMAL_CLOSURE.to_bytes(2, "big")
                self._actions.append(Send(link.number, "close", goodbye))
            self._actions.append(Drop(link.number))
            link.end(client_closed())
        self._links.clear()
        self._home.clear()
        self._deadlines.clear()

    def tick(self, now: float) -> None:
        """Time has passed."""
        for number, deadline in list(self._deadlines.items()):
            if deadline <= now:
                self._give_up(now, number)
        for link in list(self._links.values()):
            link.expire(now)
            self._pump(now, link)

    # What to do

    def next_time(self, now: float) -> float | None:
        """When ``tick`` should be called next, or None where nothing is awaited."""
        times = list(self._deadlines.values())
        for link in self._links.values():
            due = link.next_time(now)
            if due is not None:
                times.append(due)
        return min(times, default=None)

    def take_actions(self) -> list[Action]:
        """What is to be done, in order; each action is given once."""
        actions, self._actions = self._actions, []
        return actions

    def links(self) -> Iterable[Link]:
        return self._links.values()

    # How

    def _link_for(self, now: float, name: str) -> Link:
        """The connection that still carries ``name``, else one with room, else a new one."""
        links = self._links.values()
        for link in links:
            if link.carries(name):
                return link
        for link in links:
            if link.load < self._venue.limits.streams_per_connection:
                return link
        return self._new_link(now)

    def _new_link(self, now: float) -> Link:
        self._opened += 1
        number = self._opened
        link = Link(
            number,
            self._venue.limits,
            self._max_message,
            self._timing.request,
            on_settled=self._settled,
        )
        self._links[number] = link
        self._deadlines[number] = now + self._timing.connect
        self._actions.append(Open(number))
        return link

    def _heard(self, now: float, link: Link) -> None:
        link.last_received = now
        self._deadlines[link.number] = now + self._timing.silence

    def _give_up(self, now: float, number: int) -> None:
        link = self._links[number]
        if link.state == "connecting":
            reason = f"not open within {self._timing.connect} s"
        else:
            reason = f"no byte from the server for {self._timing.silence} s"
        self._actions.append(Drop(number))
        self.lost(now, number, reason)

    def _pump(self, now: float, link: Link) -> None:
        while (frame := link.due(now)) is not None:
            self._actions.append(Send(link.number, *frame))

    def _settled(self, names: list[str], error: BaseException | None) -> None:
        for name in names:
            link = self._home.get(name)
            if link is None:
                continue
            if name in link.confirmed:
                self._actions.append(Confirm(name))
            elif isinstance(error, RequestTimeout):
                self._actions.append(Unanswered(name, error))
            elif name not in link.wanted and error is not None:
                del self._home[name]
                self._actions.append(End(name, error))

    def _other(self, now: float, link: Link, item: Any) -> None:
        match item:
            case Ping(payload):
                link.ping(payload)
            case Closed(code, reason):
                self._hang_up(now, link, code, f"the server closed it: {reason!r}")
            case Violation(code, reason):
                self._hang_up(now, link, code, f"the server broke the protocol: {reason}")
            case Binary(payload):
                # The venue sends text only.
                self._actions.append(Tell(Undecodable(None, "a binary message", payload)))
            case Reply():
                self._reply(link, item)

    def _hang_up(self, now: float, link: Link, code: int, reason: str) -> None:
        # 1005 stands for a close frame without a code, and must not be sent.
        payload = b"" if code == NO_STATUS else code.to_bytes(2, "big")
        self._actions.append(Send(link.number, "close", payload))
        self._actions.append(Drop(link.number))
        self.lost(now, link.number, reason, code)

    def _reply(self, link: Link, reply: Reply) -> None:
        shutdown = self._venue.shutdown
        if shutdown.stream == reply.stream or shutdown.event == reply.e:
            self._actions.append(Tell(ServerShutdown(link.number, reply.event_time)))
        elif reply.is_answer:
            link.answer(reply)
