"""From routes to whoever takes the events: checks the sequence, fills the mailboxes.

Each event goes to one place: to its subscription where that has a callback or is iterated, else
to the client where that has a callback or is iterated. Until somebody does, events wait in the
subscription's mailbox with the number of their arrival, so that the client can merge them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from binance_streams_runtime.errors import shown
from binance_streams_runtime.events.mailbox import Mailbox
from binance_streams_runtime.events.route import Route
from binance_streams_runtime.events.router import Router
from binance_streams_runtime.notices import (
    Dropped,
    Gap,
    Notice,
    Repeated,
)

T_co = TypeVar("T_co", covariant=True)

CLIENT = "*"
"""In a notice: the client's own queue rather than one stream's."""

_MAX_ENDED = 1024


class Message(msgspec.Struct, Generic[T_co], frozen=True, gc=False):
    """An event together with the name of its stream, as the client's iteration gives it."""

    stream: str
    data: T_co

    def __repr__(self) -> str:
        return f"Message(stream={shown(self.stream)}, data={self.data!r})"


class _Numbered(NamedTuple):
    number: int
    event: Any


class Delivery:
    """Where the events of one client go. Runs in the I/O thread, but for its construction."""

    def __init__(
        self,
        router: Router,
        client_mailbox: Mailbox,
        client_takes: bool,
        tell: Callable[[Notice], None],
        on_overflow: Callable[[Route, BaseException], None],
    ) -> None:
        self._router = router
        self._client_mailbox = client_mailbox
        self._client_takes = client_takes
        self._tell = tell
        self._on_overflow = on_overflow
        self._numbers = count()
        self._now = 0.0
        self.client_dropped = 0
        self._untold: dict[str, tuple[int, str]] = {}
        self._tell_at = 0.0
        # Streams that ended before anybody took their events: the client may still iterate them.
        self._ended: deque[Route] = deque(maxlen=_MAX_ENDED)

    def add(self, route: Route) -> None:
        if route.taker == "nobody" and self._client_takes:
            route.taker = "client"
        self._router.add(route)

    def remove(self, route: Route) -> None:
        """The stream is over; what waits can still be taken."""
        self._tell_at = self._now
        self._tell_dropped()
        self._router.remove(route.stream.name)
        if route.taker == "nobody" and route.mailbox.items:
            self._ended.append(route)
            waiting = sum(len(ended.mailbox.items) for ended in self._ended)
            while waiting > self._client_mailbox.maxsize:
                waiting -= len(self._ended.popleft().mailbox.items)

    def flush(self, now: float) -> None:
        """Deliver what has arrived."""
        self._now = now
        self._tell_dropped()
        arrivals, events = self._router.collect()
        if not arrivals:
            return
        first = arrivals[0]
        if arrivals.count(first) == len(arrivals):
            self._flush_one(first, events)
        else:
            self._flush_many(arrivals, events)

    def _flush_one(self, route: Route, events: list[Any]) -> None:
        """A batch of one stream: checked and put as a whole."""
        route.messages += len(events)
        route.last_received = self._now
        route.last_event = events[-1]
        if route.tracker is not None:
            checked = route.tracker.check(events)
            events = events if checked is events else self._sort(route, checked)
        if route.taker == "client":
            name = route.stream.name
            self._put_client([Message(name, event) for event in events])
        else:
            items = self._numbered(events) if route.taker == "nobody" else events
            self._put(route, route.mailbox, items)

    def _flush_many(self, arrivals: list[Route], events: list[Any]) -> None:
        """A batch of several streams: in the order of arrival for the client, by stream else."""
        now = self._now
        messages: list[Any] = []
        by_route: dict[Route, list[Any]] = {}
        for route, event in zip(arrivals, events, strict=True):
            route.messages += 1
            route.last_received = now
            route.last_event = event
            items = [event]
            tracker = route.tracker
            if tracker is not None and not tracker.follows(event):
                items = self._sort(route, tracker.check(items))
            if route.taker == "client":
                messages.extend([Message(route.stream.name, item) for item in items])
                continue
            if route.taker == "nobody":
                items = self._numbered(items)
            if route in by_route:
                by_route[route] += items
            else:
                by_route[route] = items
        for route, items in by_route.items():
            self._put(route, route.mailbox, items)
        if messages:
            self._put_client(messages)

    def _numbered(self, events: list[Any]) -> list[Any]:
        """With the number of each one's arrival, as long as nobody takes them."""
        return [_Numbered(next(self._numbers), event) for event in events]

    def _put_client(self, messages: list[Any]) -> None:
        self._count_dropped(None, self._client_mailbox.put(messages), self._client_mailbox)

    def note(self, route: Route, notice: Notice) -> None:
        """Tell a notice that is about one stream, in its place among the events."""
        self.flush(self._now)
        self._tell(notice)
        if route.taker == "notices":
            self._put(route, route.mailbox, [notice])

    def claim(self, route: Route, with_notices: bool) -> None:
        """The route's subscription takes its events from now on, and what has waited."""
        if route.taker == "nobody":
            route.mailbox.replace(lambda waiting: [numbered.event for numbered in waiting])
        elif route.taker == "client":
            self._give_back(route)
        elif route.taker == "notices" and not with_notices:
            route.mailbox.replace(
                lambda waiting: [item for item in waiting if not isinstance(item, Notice)]
            )
        route.taker = "notices" if with_notices else "subscription"

    def claim_all(self) -> None:
        """The client takes all events that nobody else takes, in the order of their arrival."""
        if self._client_takes:
            return
        self._client_takes = True
        waiting: list[tuple[_Numbered, Route]] = []
        for route in [*self._ended, *self._router]:
            if route.taker == "nobody":
                route.taker = "client"
                taken = route.mailbox.replace(lambda _: [])
                waiting.extend((numbered, route) for numbered in taken)
        waiting.sort(key=lambda entry: entry[0].number)
        before, after = [], []
        for numbered, route in waiting:
            message = Message(route.stream.name, numbered.event)
            if route in self._ended:
                before.append(message)
            else:
                after.append((route, message))
        self._ended.clear()
        # What ended these streams is in the client's queue already, and comes after their events.
        self._client_mailbox.replace(lambda failures: before + failures)
        for route, message in after:
            self._put(route, self._client_mailbox, [message])

    def _sort(self, route: Route, checked: list[Any]) -> list[Any]:
        """Count and tell the notices of a sequence; keep those that the taker wants."""
        kept = []
        for item in checked:
            if isinstance(item, Notice):
                if isinstance(item, Gap):
                    route.gaps += 1
                elif isinstance(item, Repeated):
                    route.repeated += item.count
                self._tell(item)
                if route.taker != "notices":
                    continue
            kept.append(item)
        return kept

    def _put(self, route: Route, mailbox: Mailbox, items: list[Any]) -> None:
        if items:
            self._count_dropped(route, mailbox.put(items), mailbox)

    def _count_dropped(self, route: Route | None, dropped: int, mailbox: Mailbox) -> None:
        if not dropped:
            return
        if route is None:
            self.client_dropped += dropped
        else:
            route.dropped += dropped
        label = CLIENT if route is None else route.label
        before, _ = self._untold.get(label, (0, mailbox.overflow))
        self._untold[label] = before + dropped, mailbox.overflow
        self._tell_dropped()
        if mailbox.overflowed is not None:
            error, mailbox.overflowed = mailbox.overflowed, None
            for ended in self._taken_by_client() if route is None else [route]:
                self._on_overflow(ended, error)

    def next_time(self) -> float | None:
        """When ``flush`` should be called although nothing may have arrived."""
        return self._tell_at if self._untold else None

    def _tell_dropped(self) -> None:
        """Tell of drops at most once a second, or a slow consumer would drown in notices."""
        if self._untold and self._now >= self._tell_at:
            self._tell_at = self._now + 1.0
            untold, self._untold = self._untold, {}
            for label, (dropped, overflow) in untold.items():
                self._tell(Dropped(label, dropped, overflow))

    def _taken_by_client(self) -> list[Route]:
        return [route for route in self._router if route.taker == "client"]

    def _give_back(self, route: Route) -> None:
        """Move what waits for the client but belongs to ``route`` to its own mailbox."""
        name = route.stream.name

        def is_own(item: Any) -> bool:
            return isinstance(item, Message) and item.stream == name

        waiting = self._client_mailbox.replace(
            lambda items: [item for item in items if not is_own(item)]
        )
        own = [item.data for item in waiting if is_own(item)]
        route.mailbox.replace(lambda items: own + items)
