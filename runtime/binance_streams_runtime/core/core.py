"""The decisions of a client, without sockets, clocks or threads.

The core is told what happened and when; it answers with actions: what to open, send, drop, and
what to tell. So it can be tested in simulated time, and any shell can be put around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.core.actions import Action, Confirm, Drop, End, Tell, Unanswered
from binance_streams_runtime.core.fleet import Fleet
from binance_streams_runtime.core.link import Link
from binance_streams_runtime.core.retry import Retry
from binance_streams_runtime.core.timing import Timing
from binance_streams_runtime.errors import ConnectionLost, RequestTimeout, client_closed, shown
from binance_streams_runtime.events.router import Router
from binance_streams_runtime.events.sequence import Interruption
from binance_streams_runtime.notices import ServerShutdown, Undecodable
from binance_streams_runtime.wire.frames import Binary, Closed, Ping, Violation
from binance_streams_runtime.wire.reply import Reply
from binance_streams_runtime.wire.requests import Request, RequestId, first_batch


class Core:
    """What a client wants and is told, and the connections that it takes."""

    def __init__(
        self,
        venue: Venue,
        router: Router,
        url: str,
        timing: Timing,
        retry: Retry,
        max_message: int,
        label: Callable[[str], str],
    ) -> None:
        self._venue = venue
        self._router = router
        self._url = url
        self._properties: dict[str, object] = {}
        self.bytes = 0
        """Received so far, over all connections."""
        self._fleet = Fleet(
            venue.limits, router, url, timing, retry, max_message, label, self._settled
        )

    # What happened

    def subscribe(self, now: float, name: str, request: Request | None = None) -> None:
        """``name`` is wanted. ``request`` is the caller's own, where the caller chose an id."""
        if self._fleet.is_closed:
            if request is not None:
                request.settle(None, client_closed())
            return
        link = self._fleet.home.get(name)
        if link is None:
            link = self._fleet.home[name] = self._fleet.link_for(now, name)
        link.want(name, request)
        self._bridge(now, link, name)
        if link.is_settled(name):
            # Its UNSUBSCRIBE had not been sent yet, so no answer will come.
            self._fleet.actions.append(Confirm(name))
        self._fleet.pump(now, link)

    def unsubscribe(self, now: float, name: str, request: Request | None = None) -> None:
        """``name`` is not wanted any more; without effect where it was not."""
        link = self._fleet.home.pop(name, None)
        if link is None:
            if request is not None:
                self.ask(now, request)
            return
        self._forget(now, link, name, request)
        self._fleet.pump(now, link)

    def _forget(self, now: float, link: Link, name: str, request: Request | None = None) -> None:
        link.interrupted.pop(name, None)
        handover = self._fleet.handovers.get(link.number)
        if handover is not None:
            handover.forget(name)
            handover.old.unwant(name)
            self._fleet.pump(now, handover.old)
        link.unwant(name, request)
        if not link.interrupted:
            link.interrupted_at = None
        elif link.is_complete:
            # It was the last one that was waited for.
            self._fleet.report.recovered(now, link)

    def renew(self, now: float, name: str) -> None:
        """Unsubscribe from a stream that is wanted, and subscribe to it again."""
        link = self._fleet.home.get(name)
        if link is not None:
            link.renew(name)
            self._fleet.pump(now, link)

    def replace(self, now: float, name: str, reason: str) -> None:
        """Put a new connection in the place of the one that carries ``name``."""
        link = self._fleet.home.get(name)
        if link is not None:
            self._fleet.replace(now, link, reason)

    def resubscribe_stale(self, now: float, name: str, reason: str) -> None:
        """Renew a stream that was silent for too long; nobody knows what was missed meanwhile."""
        self._router.mark(name, Interruption(reason))
        self.renew(now, name)

    def replace_stale(self, now: float, name: str, reason: str) -> None:
        """Replace the connection that carries a stream that was silent for too long.

        Once only, however many of its streams are silent.
        """
        self._router.mark(name, Interruption(reason))
        link = self._fleet.home.get(name)
        if link is None:
            return
        if link.number not in self._fleet.handovers or name in link.confirmed:
            self._fleet.replace(now, link, reason)
        handover = self._fleet.handovers.get(self._fleet.home[name].number)
        if handover is not None:
            handover.distrust(name, reason)

    def keep_open(self, now: float) -> None:
        """Have a connection from now on, even while nothing is wanted of it."""
        self._fleet.keeps_open = True
        if not self._fleet.is_closed and not self._fleet.lasting():
            self._fleet.new_link(now)

    def subscribe_together(self, now: float, names: Sequence[str], id: RequestId) -> None:
        """``names`` are wanted; one request with ``id`` asks for as many of them as it can."""
        if self._fleet.is_closed or not names:
            return
        by_link: dict[Link, list[str]] = {}
        for name in names:
            link = self._fleet.home.get(name) or self._fleet.link_for(now, name)
            self._fleet.home[name] = link
            link.want(name)
            by_link.setdefault(link, []).append(name)
        self._ask_together(now, "SUBSCRIBE", by_link, id)

    def unsubscribe_together(self, now: float, names: Sequence[str], id: RequestId) -> None:
        """``names`` are not wanted any more; the server is asked about unknown ones too."""
        by_link: dict[Link, list[str]] = {}
        unknown: list[str] = []
        for name in names:
            link = self._fleet.home.pop(name, None)
            if link is None:
                unknown.append(name)
                continue
            self._forget(now, link, name)
            by_link.setdefault(link, []).append(name)
        if by_link:
            self._ask_together(now, "UNSUBSCRIBE", by_link, id)
        elif unknown:
            self.ask(now, Request("UNSUBSCRIBE", unknown, id))

    def _ask_together(
        self, now: float, method: str, by_link: dict[Link, list[str]], id: RequestId
    ) -> None:
        for position, (link, names) in enumerate(by_link.items()):
            if id is not None and position == 0:
                link.ask(Request(method, first_batch(names, link.frame_bytes), id))
            self._fleet.pump(now, link)

    def ping(self, now: float) -> None:
        """Send a ping on the first connection that is open; none is sent where there is none."""
        for link in self._fleet.lasting():
            if link.state == "open":
                link.pings += 1
                self._fleet.pump(now, link)
                return

    def wants(self, name: str) -> bool:
        """Whether a connection is to carry ``name``."""
        return name in self._fleet.home

    def ask(self, now: float, request: Request) -> None:
        """Ask the first connection; one is opened where there is none."""
        for link in self._targets(now, request):
            self._ask(now, link, request)
            return

    def ask_all(self, now: float, requests: Iterator[Request]) -> None:
        """Ask every connection, each with the next of ``requests``."""
        first = next(requests)
        for position, link in enumerate(self._targets(now, first)):
            self._ask(now, link, first if position == 0 else next(requests))

    def remember(self, name: str, value: object) -> None:
        """A property was set; later connections are to have it too."""
        self._properties[name] = value

    def opened(self, now: float, number: int) -> None:
        link = self._fleet.links.get(number)
        if link is None or link.state != "connecting":
            self._fleet.actions.append(Drop(number))
            return
        self._fleet.opened(now, link)
        for name, value in self._properties.items():
            link.ask(Request("SET_PROPERTY", [name, value]))
        self._fleet.pump(now, link)

    def received(self, now: float, number: int, data: bytes) -> None:
        """Bytes came. Events are left in the router's arrivals."""
        link = self._fleet.links.get(number)
        if link is None:
            return
        items = link.reader.feed(data)
        link.bytes += len(data)
        self.bytes += len(data)
        link.messages += len(items)
        others: list[Any] = []
        handover = self._fleet.handovers.get(number) if self._fleet.handovers else None
        if handover is None:
            self._router.take(items, others)
        elif handover.old is link:
            self._router.put(handover.still_carried(now, self._router.take_apart(items, others)))
        else:
            handover.hold(now, self._router.take_apart(items, others))
        if not link.has_spoken and len(items) > len(others):
            link.has_spoken = True
        self._fleet.heard(now, link, not items and link.reader.is_mid_message)
        if others:
            for item in others:
                self._other(now, link, item)
            self._fleet.tend(now, link)
        if handover is not None:
            self._fleet.advance(now, handover)

    def lost(self, now: float, number: int, error: ConnectionLost) -> None:
        """The connection ended, or could not be opened."""
        self._fleet.lost(now, number, error)

    def pause(self) -> None:
        """Nothing is read from now on: silence is no sign of death."""
        self._fleet.pause()

    def resume(self, now: float) -> None:
        """Reading goes on."""
        self._fleet.resume(now)

    def close(self, now: float) -> None:
        """The client is closing: say goodbye on every connection."""
        self._fleet.close(now)

    def tick(self, now: float, read_until: float | None = None) -> None:
        """Do what is due ``now``.

        Everything that had arrived by ``read_until`` (None: by ``now``) must have been given to
        ``received``. Only here, and only by that time, is a server judged to be late: whoever was
        stopped, or slow, reads what has come before it calls a connection dead.
        """
        self._fleet.tick(now, now if read_until is None else read_until)

    # What to do

    def next_time(self, now: float) -> float | None:
        """When ``tick`` should be called next, or None where nothing is awaited."""
        return self._fleet.next_time(now)

    def take_actions(self) -> list[Action]:
        """What is to be done, in order; each action is given once."""
        actions, self._fleet.actions = self._fleet.actions, []
        return actions

    @property
    def reconnects(self) -> int:
        """How often a connection was put in the place of another one."""
        return self._fleet.reconnects

    def reason_of(self, now: float, name: str) -> tuple[str, ConnectionLost | None]:
        """Why ``name`` is not confirmed: as a text, and as what went wrong last.

        Only reads, so that any thread may ask.
        """
        link = self._fleet.home.get(name)
        if link is None:
            return "it is about to be subscribed to", None
        return self._fleet.report.reason_of(now, link), link.failure

    def links(self) -> Iterable[Link]:
        return self._fleet.links.values()

    # Requests

    def _targets(self, now: float, request: Request) -> list[Link]:
        """The connections that can be asked; none where the client is closed."""
        if self._fleet.is_closed:
            request.settle(None, client_closed())
            return []
        chosen = []
        for link in self._fleet.lasting():
            handover = self._fleet.handovers.get(link.number)
            chosen.append(link if handover is None else handover.speaking)
        return chosen or [self._fleet.new_link(now)]

    def _bridge(self, now: float, link: Link, name: str) -> None:
        """While ``link`` is not open, let the one that it is to follow carry ``name``, too."""
        handover = self._fleet.handovers.get(link.number)
        if handover is None or handover.speaking is link:
            return
        if handover.old.load < self._venue.limits.streams_per_connection:
            handover.old.want(name)
            handover.carry([name])
            self._fleet.pump(now, handover.old)

    def _ask(self, now: float, link: Link, request: Request) -> None:
        if link.state == "waiting":
            error = ConnectionLost(self._fleet.report.reason_of(now, link))
            error.__cause__ = link.failure
            request.settle(None, error)
            return
        link.ask(request)
        self._fleet.pump(now, link)

    def _settled(self, link: Link, names: list[str], error: BaseException | None) -> None:
        for name in names:
            if self._fleet.home.get(name) is not link:
                handover = self._fleet.handovers.get(link.number)
                if handover is not None and handover.is_carried(name):
                    self._fleet.actions.append(Confirm(name))
                continue
            is_postponed = isinstance(error, RequestTimeout) or name in link.refusals
            if is_postponed and error is not None:
                self._fleet.actions.append(Unanswered(name, error))
            elif name in link.confirmed:
                self._fleet.actions.append(Confirm(name))
            elif name not in link.wanted and error is not None:
                link.interrupted.pop(name, None)
                del self._fleet.home[name]
                self._fleet.actions.append(End(name, error))

    # What is no event

    def _other(self, now: float, link: Link, item: Any) -> None:
        self._router.overhear(item)
        match item:
            case Ping(payload):
                link.ping(payload)
            case Closed(code, reason):
                self._end_of(now, link, f"the server closed it: {shown(reason)}", code)
            case Violation(code, reason):
                self._end_of(now, link, f"the server broke the protocol: {reason}", code)
            case Binary(payload):
                # The venue sends text only.
                self._fleet.actions.append(Tell(Undecodable(None, "a binary message", payload)))
            case Reply():
                self._reply(now, link, item)

    def _end_of(self, now: float, link: Link, reason: str, code: int) -> None:
        self._fleet.hang_up(link, code)
        self.lost(now, link.number, ConnectionLost(reason, code))

    def _reply(self, now: float, link: Link, reply: Reply) -> None:
        shutdown = self._venue.shutdown
        if shutdown and (shutdown.stream == reply.stream or shutdown.event == reply.e):
            self._fleet.actions.append(Tell(ServerShutdown(link.number, reply.event_time)))
            self._fleet.replace(now, link, "the server is about to shut down")
        elif reply.is_answer:
            link.answer(now, reply)
            link.has_spoken = True
            if link.interrupted_at is not None and link.is_complete:
                self._fleet.report.recovered(now, link)
