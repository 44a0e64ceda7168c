"""From routes to whoever takes the events: checks the sequence, fills the mailboxes.

Each event goes to one place: to its subscription where that has a callback or is iterated, else
to the client where that has a callback or is iterated. Until somebody does, events wait in the
subscription's mailbox with the number of their arrival, so that the client can merge them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from binance_streams_runtime.events.mailbox import Mailbox
from binance_streams_runtime.events.message import Message, Numbered
from binance_streams_runtime.events.packing import Packed, message, without_stream
from binance_streams_runtime.events.route import Route
from binance_streams_runtime.events.router import Batch, Router
from binance_streams_runtime.events.sequence import Interruption, Overlap
from binance_streams_runtime.notices import (
    CLIENT,
    DEFAULT_REASON,
    Disconnected,
    Dropped,
    Gap,
    Late,
    Notice,
    Repeated,
    Undecodable,
)

Queue = tuple[Route | None, Mailbox]
"""A queue with its stream, or with None for the client's own."""

_MAX_ENDED = 1024


class Delivery:
    """Where the events of one client go. Runs in the I/O thread, but for its construction."""

    def __init__(
        self,
        router: Router,
        client_mailbox: Mailbox,
        client_takes: bool,
        tell: Callable[[Notice], None],
        on_overflow: Callable[[Route, BaseException], None],
        unix_time: Callable[[float], float],
    ) -> None:
        self._router = router
        self._client_mailbox = client_mailbox
        self._client_takes = client_takes
        self._tell = tell
        self._on_overflow = on_overflow
        self._unix_time = unix_time
        self._blocking: set[Mailbox] = set()
        self._numbers = count()
        self._now = 0.0
        self.client_dropped = 0
        # By route, or None for the client's queue, and by the limit that was reached.
        self._untold: dict[tuple[Route | None, str], int] = {}
        self._tell_at = 0.0
        # Streams that ended before anybody took their events: the client may still iterate them.
        self._ended: deque[Route] = deque(maxlen=_MAX_ENDED)

    def add(self, route: Route) -> None:
        if route.taker == "nobody" and self._client_takes:
            route.taker = "client"
        self._router.add(route)

    def remove(self, route: Route) -> None:
        """The stream is over; what waits can still be taken."""
        self.report_dropped()
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
        batch = self._router.collect()
        if batch.has_marks:
            self._flush_marked(batch)
        elif batch.routes:
            self._flush_events(batch.routes, batch.events)

    def _flush_events(self, routes: list[Route], events: list[Any]) -> None:
        if routes.count(routes[0]) == len(routes):
            self._flush_one(routes[0], events)
        else:
            self._flush_many(routes, events)

    def _flush_marked(self, batch: Batch) -> None:
        routes: list[Route] = []
        events: list[Any] = []
        for route, event in zip(batch.routes, batch.events, strict=True):
            if not isinstance(event, Notice | Overlap | Interruption):
                routes.append(route)
                events.append(event)
                continue
            if routes:
                self._flush_events(routes, events)
                routes, events = [], []
            self._take_mark(route, event)
        if routes:
            self._flush_events(routes, events)

    def _take_mark(self, route: Route, mark: Notice | Overlap | Interruption) -> None:
        if mark is Overlap.BEGINS:
            route.tracker.overlap()
            return
        if mark is Overlap.ENDS:
            route.tracker.resume()
            return
        if isinstance(mark, Undecodable):
            route.undecodable += 1
            self._tell(mark)
        elif (
            isinstance(mark, Disconnected | Interruption)
            and route.messages
            and route.interruption is None
        ):
            route.interruption = mark
            route.tracker.interrupt()
        if isinstance(mark, Notice):
            self._put_notice(route, mark)

    def _flush_one(self, route: Route, events: list[Any]) -> None:
        """A batch of one stream: checked and put as a whole."""
        checked = route.tracker.check(events)
        if checked is not events:
            checked = self._sort(route, checked)
        else:
            route.interruption = None
            route.last_received = self._now
            route.last_event = events[-1]
        route.messages += len(events)
        if route.taker == "client":
            name = route.stream.name
            self._put_client([Message(name, event) for event in checked])
        else:
            items = self._numbered(checked) if route.taker == "nobody" else checked
            self._put(route, route.mailbox, items)

    def _flush_many(self, routes: list[Route], events: list[Any]) -> None:
        """A batch of several streams: in the order of arrival for the client, by stream else."""
        now = self._now
        messages: list[Any] = []
        by_route: dict[Route, list[Any]] = {}
        for route, event in zip(routes, events, strict=True):
            items = [event]
            if not route.tracker.follows(event):
                checked = route.tracker.check(items)
                if checked is not items:
                    items = self._sort(route, checked)
                else:
                    route.interruption = None
                    route.last_received = now
                    route.last_event = event
            else:
                route.last_received = now
                route.last_event = event
            route.messages += 1
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
        return [Numbered(next(self._numbers), event) for event in events]

    def _put_client(self, messages: list[Any]) -> None:
        if self._client_mailbox.is_long:
            messages = [self._packed_message(item) for item in messages]
        self._count_dropped(None, self._client_mailbox.put(messages), self._client_mailbox)

    def note(self, route: Route, notice: Notice) -> None:
        """Tell a notice that is about one stream, in its place among the events."""
        self.flush(self._now)
        self._tell(notice)
        self._put_notice(route, notice)

    def _put_notice(self, route: Route, notice: Notice) -> None:
        if route.taker == "notices":
            self._put(route, route.mailbox, [notice])

    def queues(self) -> Iterator[Queue]:
        """Every queue in which events may wait."""
        yield None, self._client_mailbox
        for route in [*self._ended, *self._router]:
            if route.taker != "client":
                yield route, route.mailbox

    def discard(self, route: Route | None, mailbox: Mailbox, count: int) -> None:
        """All unread events take too much memory: let ``count`` of this queue go, by its policy."""
        self._count_dropped(route, mailbox.discard(count), mailbox, "max_unread_bytes")

    def is_blocked(self) -> bool:
        """Whether nothing more may be read until somebody takes events: the policy ``block``."""
        if self._blocking:
            self._blocking = {mailbox for mailbox in self._blocking if mailbox.is_blocking}
        return bool(self._blocking)

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
        waiting: list[tuple[Numbered, Route]] = []
        for route in [*self._ended, *self._router]:
            if route.taker == "nobody":
                route.taker = "client"
                taken = route.mailbox.replace(lambda _: [])
                waiting.extend((numbered, route) for numbered in taken)
        waiting.sort(key=lambda entry: entry[0].number)
        before, after = [], []
        for numbered, route in waiting:
            item = message(route.stream.name, numbered.event)
            if route in self._ended:
                before.append(item)
            else:
                after.append((route, item))
        self._ended.clear()
        if self._client_mailbox.is_closed:
            before, after = before + [message for _, message in after], []
        # What ended these streams is in the client's queue already, and comes after their events.
        self._client_mailbox.replace(lambda failures: before + failures)
        for route, item in after:
            self._put(route, self._client_mailbox, [item])

    def _sort(self, route: Route, checked: list[Any]) -> list[Any]:
        """Count and tell the notices of a sequence; keep those that the taker wants."""
        kept = []
        last = route.last_received
        for item in checked:
            if isinstance(item, Notice):
                if isinstance(item, Gap):
                    item = self._dated(route, item, last)
                    route.gaps += 1
                    route.missing += item.missing or 0
                elif isinstance(item, Repeated):
                    route.repeated += item.count
                elif isinstance(item, Late):
                    route.late += 1
                self._tell(item)
                if route.taker != "notices":
                    continue
            else:
                route.interruption = None
                route.last_received = last = self._now
                route.last_event = item
            kept.append(item)
        return kept

    def _dated(self, route: Route, gap: Gap, last: float | None) -> Gap:
        """The gap with when it was, and why; ``last`` is when the event before it came."""
        cause = route.interruption
        reason = gap.reason
        if cause is not None:
            # Why the numbers themselves are a gap is told besides.
            reason = cause.reason if reason == DEFAULT_REASON else f"{cause.reason}; {reason}"
        # One look at the wall clock for both, as it may be set in between.
        offset = self._unix_time(0.0)
        return Gap(
            gap.stream,
            gap.first_missing,
            gap.last_missing,
            None if last is None else offset + last,
            offset + self._now,
            reason,
        )

    def _put(self, route: Route, mailbox: Mailbox, items: list[Any]) -> None:
        if not items:
            return
        if mailbox.is_long:
            items = [_packed(route, item) for item in items]
        self._count_dropped(route, mailbox.put(items), mailbox)

    def _packed_message(self, item: Any) -> Any:
        route = self._router.get(item.stream) if isinstance(item, Message) else None
        packer = None if route is None else route.decoder.packer
        return item if packer is None else message(item.stream, packer.pack(item.data))

    def _count_dropped(
        self, route: Route | None, dropped: int, mailbox: Mailbox, limit: str = "maxsize"
    ) -> None:
        if mailbox.overflow == "block" and mailbox.is_blocking:
            self._blocking.add(mailbox)
        if dropped:
            if route is None:
                self.client_dropped += dropped
            else:
                route.dropped += dropped
            self._untold[route, limit] = self._untold.get((route, limit), 0) + dropped
            self._tell_dropped()
        if mailbox.overflowed is not None:
            error, mailbox.overflowed = mailbox.overflowed, None
            for ended in self._taken_by_client() if route is None else [route]:
                self._on_overflow(ended, error)

    def next_time(self) -> float | None:
        """When ``flush`` should be called although nothing may have arrived."""
        return self._tell_at if self._untold else None

    def report_dropped(self) -> None:
        """Report at once what was dropped, as nothing may follow that would."""
        self._tell_at = self._now
        self._tell_dropped()

    def _tell_dropped(self) -> None:
        """Tell of drops at most once a second, or a slow consumer would drown in notices."""
        if self._untold and self._now >= self._tell_at:
            self._tell_at = self._now + 1.0
            untold, self._untold = self._untold, {}
            for (route, limit), dropped in untold.items():
                mailbox = self._client_mailbox if route is None else route.mailbox
                label = CLIENT if route is None else route.label
                notice = Dropped(label, dropped, mailbox.overflow, limit)
                self._tell(notice)
                if route is not None and route.taker == "notices":
                    mailbox.insert(notice, is_first=mailbox.overflow in ("drop_oldest", "latest"))

    def _taken_by_client(self) -> list[Route]:
        return [route for route in self._router if route.taker == "client"]

    def _give_back(self, route: Route) -> None:
        """Move what waits for the client but belongs to ``route`` to its own mailbox."""
        name = route.stream.name

        def is_own(item: Any) -> bool:
            return isinstance(item, Message | Packed) and item.stream == name

        waiting = self._client_mailbox.replace(
            lambda items: [item for item in items if not is_own(item)]
        )
        own = [without_stream(item) for item in waiting if is_own(item)]
        route.mailbox.replace(lambda items: own + items)


def _packed(route: Route, item: Any) -> Any:
    packer = route.decoder.packer
    if packer is None:
        return item
    if isinstance(item, Numbered):
        return Numbered(item.number, packer.pack(item.event))
    return packer.pack(item)
