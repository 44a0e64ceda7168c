"""From routes to whoever takes the events: checks the sequence, fills the mailboxes.

Each event goes to one place: to its subscription where that has a callback or is iterated, else
to the client where that has a callback or is iterated. Until somebody does, events wait in the
subscription's mailbox with the number of their arrival, so that the client can merge them.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from binance_streams_runtime.errors import shown
from binance_streams_runtime.events.mailbox import Mailbox
from binance_streams_runtime.events.route import Route
from binance_streams_runtime.events.router import Router
from binance_streams_runtime.notices import (
    Disconnected,
    Dropped,
    Gap,
    Notice,
    Repeated,
    Undecodable,
)

T_co = TypeVar("T_co", covariant=True)

logger = logging.getLogger("binance_streams")

CLIENT = "*"
"""In a notice: the client's own queue rather than one stream's."""

_MAX_ENDED = 1024

_WARNINGS = (Disconnected, Dropped, Gap, Undecodable)


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

    def flush(self, now: float) -> None:
        """Deliver what has arrived."""
        self._now = now
        self._tell_dropped()
        if not self._router.arrivals:
            return
        # Emptied in place: the router may be in the middle of a batch.
        arrivals = self._router.arrivals.copy()
        self._router.arrivals.clear()
        in_order: dict[Route, list[Any]] = {}
        for route in dict.fromkeys(arrivals):
            events, route.pending = route.pending, []
            route.messages += len(events)
            route.last_received = now
            route.last_event = events[-1]
            checked = events
            if route.tracker is not None:
                checked = route.tracker.check(events)
                if checked is not events:
                    checked = self._sort(route, checked)
            if route.taker == "subscription" or route.taker == "notices":
                self._put(route, route.mailbox, checked)
            else:
                checked.reverse()
                in_order[route] = checked
        if in_order:
            self._flush_in_order(arrivals, in_order)

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

    def _flush_in_order(
        self, arrivals: Iterable[Route], newest_first: dict[Route, list[Any]]
    ) -> None:
        messages = []
        for route in arrivals:
            items = newest_first.get(route)
            if not items:
                continue
            if route.taker == "client":
                messages.append(Message(route.stream.name, items.pop()))
            else:
                self._put(route, route.mailbox, [_Numbered(next(self._numbers), items.pop())])
        if messages:
            self._count_dropped(None, self._client_mailbox.put(messages), self._client_mailbox)

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
        if mailbox.error is not None:
            for ended in self._taken_by_client() if route is None else [route]:
                self._on_overflow(ended, mailbox.error)

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


def log_notice(notice: Notice) -> None:
    """One line a notice: warnings for what costs data, info for the rest."""
    logger.log(logging.WARNING if isinstance(notice, _WARNINGS) else logging.INFO, "%r", notice)
