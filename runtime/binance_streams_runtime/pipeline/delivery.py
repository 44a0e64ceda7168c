"""Delivering events from routes to sinks, and checking their sequence on the way.

Each event goes to one place: to its subscription if that has a callback or is iterated, else to the
client if that has a callback or is iterated. Until then, events wait in the subscription's queue
with a number in order of arrival, so that the client can merge them.
"""

from __future__ import annotations

import math
import sys
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from binance_streams_runtime.catalog.streams import StreamType
from binance_streams_runtime.decoding.message import Message
from binance_streams_runtime.decoding.packing import Packed, message, without_stream
from binance_streams_runtime.notices import (
    CLIENT,
    Dropped,
    Gap,
    Notice,
    Undecodable,
)
from binance_streams_runtime.pipeline.packing import packed
from binance_streams_runtime.pipeline.queues import Numbered, Overflow
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.route_notices import RouteNotices
from binance_streams_runtime.pipeline.router import Batch, Router
from binance_streams_runtime.pipeline.sequence import Confirmation, Mark, Overlap
from binance_streams_runtime.pipeline.sink import Blocking, Sink

RoutedSink = tuple[Route | None, Sink]
"""A sink and its route, or None for the client's own sink."""

DropSource = tuple[StreamType | None, str | None, Overflow]
"""The type of a stream, or None for the client's own queue; what the events were made for out of
those of the stream, as ``derived`` says; and the policy by which they were dropped."""

_MAX_ENDED = 1024


class Delivery:
    """Delivers the events of one client. Only the driver may call it."""

    def __init__(
        self,
        router: Router,
        client_sink: Sink,
        client_consumes: bool,
        notify: Callable[[Notice], None],
        on_overflow: Callable[[Route, BaseException], None],
        unix_time: Callable[[float], float],
    ) -> None:
        self._router = router
        self._client_sink = client_sink
        self._client_consumes = client_consumes
        self._notify = notify
        self._on_overflow = on_overflow
        self._notices = RouteNotices(notify, unix_time)
        self.blocking: set[Blocking] = set()
        """Sinks with the policy ``block`` that were full, and may have room by now."""
        self._numbers = count()
        self.now: float = 0.0
        """The time of what is being delivered."""
        self.derived: dict[Route, str] = {}
        """Routes of what is made of other streams' events, and given to ``deliver_derived``: what
        each is called."""
        self.client_dropped: int = 0
        self.client_dropped_at: float | None = None
        self.dropped_by: dict[DropSource, int] = {}
        """How many events were dropped, by what they were."""
        # By route, or None for the client's sink, and by the limit that was reached.
        self._unreported: dict[tuple[Route | None, str], int] = {}
        self._notify_at = 0.0
        self.report_at: float = math.inf
        """When to call ``flush`` even if nothing arrives, as drops are to be reported."""
        # Streams that ended before anything consumed their events: the client may still do so.
        self._ended: deque[Route] = deque(maxlen=_MAX_ENDED)

    def add(self, route: Route) -> None:
        """Add the route of a new subscription."""
        if route.consumer == "unclaimed" and self._client_consumes:
            route.consumer = "client"
        self._router.add(route)

    def remove(self, route: Route) -> None:
        """Remove the route of a stream that has ended; what waits can still be consumed."""
        self.report_dropped()
        self._router.remove(route.name)
        if route.consumer == "unclaimed" and len(route.sink):
            self._ended.append(route)
            waiting = sum(len(ended.sink) for ended in self._ended)
            while waiting > self._client_sink.maxsize:
                waiting -= len(self._ended.popleft().sink)

    def flush(self, now: float) -> None:
        """Deliver the items that have arrived."""
        self.now = now
        if now >= self.report_at:
            self._notify_dropped()
        arrivals = self._router.arrivals
        if arrivals.has_marks:
            self._flush_marked(self._router.collect())
        elif len(arrivals.items) == 1:
            self._flush_event(arrivals.routes.pop(), arrivals.items.pop())
        elif arrivals.items:
            batch = self._router.collect()
            self._flush_events(batch.routes, batch.items)

    def _flush_event(self, route: Route, event: Any) -> None:
        """Deliver a single event; this is the path of most events while the market is calm."""
        if not route.tracker.is_next(event):
            self._flush_one(route, [event])
            return
        route.messages += 1
        route.last_received = self.now
        route.last_event = event
        if route.consumer == "client":
            self._enqueue(None, self._client_sink, [Message(route.name, event)])
        elif route.consumer == "unclaimed":
            self._enqueue(route, route.sink, self._numbered([event]))
        else:
            self._enqueue(route, route.sink, [event])

    def _flush_events(self, routes: list[Route], events: list[Any]) -> None:
        if routes.count(routes[0]) == len(routes):
            self._flush_one(routes[0], events)
        else:
            self._flush_many(routes, events)

    def _flush_marked(self, batch: Batch) -> None:
        routes: list[Route] = []
        events: list[Any] = []
        for route, event in zip(batch.routes, batch.items, strict=True):
            if not isinstance(event, Mark):
                routes.append(route)
                events.append(event)
                continue
            if routes:
                self._flush_events(routes, events)
                routes, events = [], []
            self._apply_mark(route, event)
        if routes:
            self._flush_events(routes, events)

    def _apply_mark(self, route: Route, mark: Mark) -> None:
        if mark is Confirmation.CONFIRMED:
            missed = route.tracker.confirm()
            self._enqueue_checked(route, self._report(route, missed))
            route.interruption = None if missed else route.interruption
            return
        if mark is Overlap.BEGINS:
            route.tracker.overlap()
            return
        if mark is Overlap.ENDS:
            route.tracker.resume()
            return
        if isinstance(mark, Undecodable):
            route.undecodable += 1
            route.tracker.skip(mark.reason)
            self._notify(mark)
        else:
            route.interrupt(mark)
        if isinstance(mark, Notice):
            self.enqueue_notice(route, mark)

    def _flush_one(self, route: Route, events: list[Any]) -> None:
        """Check and deliver a batch of one stream as a whole."""
        checked = self._checked(route, events)
        route.messages += len(events)
        self._enqueue_checked(route, checked)

    def _enqueue_checked(self, route: Route, checked: list[Any]) -> None:
        if route.consumer == "client":
            name = route.name
            self._enqueue(None, self._client_sink, [Message(name, event) for event in checked])
        else:
            items = self._numbered(checked) if route.consumer == "unclaimed" else checked
            self._enqueue(route, route.sink, items)

    def _flush_many(self, routes: list[Route], events: list[Any]) -> None:
        """Deliver a batch of several streams: to the client in order of arrival, else by stream."""
        now = self.now
        messages: list[Any] = []
        by_route: dict[Route, list[Any]] = {}
        for route, event in zip(routes, events, strict=True):
            route.messages += 1
            if route.tracker.is_next(event):
                route.last_received = now
                route.last_event = event
                if route.consumer == "client":
                    messages.append(Message(route.name, event))
                    continue
                items = [event]
            else:
                items = self._checked(route, [event])
            if route.consumer == "client":
                messages += [Message(route.name, item) for item in items]
                continue
            if route.consumer == "unclaimed":
                items = self._numbered(items)
            if route in by_route:
                by_route[route] += items
            else:
                by_route[route] = items
        for route, items in by_route.items():
            self._enqueue(route, route.sink, items)
        self._enqueue(None, self._client_sink, messages)

    def _checked(self, route: Route, events: list[Any]) -> list[Any]:
        """Check the sequence of a stream's events; return what the consumer gets."""
        checked = route.tracker.check(events)
        if checked is not events:
            return self._report(route, checked)
        route.interruption = None
        route.last_received = self.now
        route.last_event = events[-1]
        return events

    def _report(self, route: Route, checked: list[Any]) -> list[Any]:
        """Report what a tracker found; return what the consumer gets now."""
        explained = self._notices.explain(self.now, route, checked)
        filling = route.filling
        if filling is not None:
            explained = filling.hold(self.now, checked, explained)
            if filling.is_blocking:
                self.blocking.add(filling)
        return self._notices.report(route, explained)

    def interruption(self, now: float, route: Route) -> Gap:
        """Describe the interruption of a stream that nothing has come of since."""
        gap = Gap(route.label, None, None)
        return self._notices.explain_gap(now, route, gap, route.last_received)

    def explained(self, route: Route, checked: list[Any]) -> list[Any]:
        """Return what a tracker has found, with the causes of gaps."""
        return self._notices.explained(self.now, route, checked)

    def room(self, route: Route) -> int:
        """Return how many events can be delivered without filling the queue by more than half."""
        sink = self._client_sink if route.consumer == "client" else route.sink
        # Some are always better than none.
        most = sys.maxsize if sink.takes_all else sink.maxsize // 2
        return max(most - len(sink), 0 if len(sink) else 1)

    def deliver(self, now: float, route: Route, items: list[Any]) -> None:
        """Deliver what was fetched or held, with its notices."""
        self.now = now
        self._enqueue_checked(route, self._notices.report(route, items))

    def _numbered(self, events: list[Any]) -> list[Any]:
        """Add the number of each event's arrival, while the route is unclaimed."""
        return [Numbered(next(self._numbers), event) for event in events]

    def report(self, route: Route, notice: Notice) -> None:
        """Report a notice about one stream, in its place among the events."""
        self.flush(self.now)
        self._notify(notice)
        self.enqueue_notice(route, notice)

    def deliver_derived(self, route: Route, items: list[Any]) -> None:
        """Deliver items that were made of other events; something must consume them."""
        self._enqueue(route, route.sink, items)

    def enqueue_notice(self, route: Route, notice: Notice) -> None:
        """Add a notice to those of a stream, if its consumer wants them."""
        route.tracker.noticed(notice)
        if route.filling is not None and route.filling.is_holding:
            route.filling.append(notice)
        elif route.consumer == "notices":
            self._enqueue(route, route.sink, [notice])

    def sinks(self) -> Iterator[RoutedSink]:
        """Yield every sink in which events may wait."""
        yield None, self._client_sink
        for route in [*self._ended, *self._router, *self.derived]:
            if route.consumer != "client":
                yield route, route.sink

    def discard(self, route: Route | None, sink: Sink, count: int) -> None:
        """Apply a sink's policy to ``count`` events, as all unread events take too much memory."""
        self._count_dropped(route, sink.discard(count), sink, "max_unread_bytes")

    def is_blocked(self) -> bool:
        """Return whether reading must pause, as a sink with the policy ``block`` is full."""
        self.blocking = {blocking for blocking in self.blocking if blocking.is_blocking}
        return bool(self.blocking)

    def attach_consumer(self, route: Route, with_notices: bool) -> None:
        """Give the route's subscription its events from now on, and those that have waited."""
        if route.consumer == "unclaimed":
            route.sink.replace(lambda waiting: [numbered.event for numbered in waiting])
        elif route.consumer == "client":
            self._return_events(route)
        elif route.consumer == "notices" and not with_notices:
            route.sink.replace(
                lambda waiting: [item for item in waiting if not isinstance(item, Notice)]
            )
        route.consumer = "notices" if with_notices else "subscription"

    def attach_client(self) -> None:
        """Give the client all events that no subscription consumes, in order of arrival."""
        if self._client_consumes:
            return
        self._client_consumes = True
        waiting: list[tuple[Numbered, Route]] = []
        for route in [*self._ended, *self._router]:
            if route.consumer == "unclaimed":
                route.consumer = "client"
                taken = route.sink.replace(lambda _: [])
                waiting.extend((numbered, route) for numbered in taken)
        waiting.sort(key=lambda entry: entry[0].number)
        before, after = [], []
        for numbered, route in waiting:
            item = message(route.name, numbered.event)
            if route in self._ended:
                before.append(item)
            else:
                after.append((route, item))
        self._ended.clear()
        if self._client_sink.is_closed:
            before, after = before + [message for _, message in after], []
        # The errors that ended these streams are in the client's sink and follow their events.
        self._client_sink.replace(lambda failures: before + failures)
        for route, item in after:
            self._enqueue(route, self._client_sink, [item])

    def _enqueue(self, route: Route | None, sink: Sink, items: list[Any]) -> None:
        """Add items to a route's own sink, or messages of any route to the client's."""
        if not items:
            return
        if sink.is_long():
            items = [packed(self._router, route, item) for item in items]
        dropped = sink.put(items)
        if dropped or sink.overflow == "block" or sink.overflowed is not None:
            self._count_dropped(route, dropped, sink)

    def _count_dropped(
        self, route: Route | None, dropped: int, sink: Sink, limit: str = "maxsize"
    ) -> None:
        if sink.overflow == "block" and sink.is_blocking:
            self.blocking.add(sink)
        if dropped:
            if route is None:
                self.client_dropped += dropped
                self.client_dropped_at = self.now
                source: DropSource = None, None, sink.overflow
            else:
                route.dropped += dropped
                route.dropped_at = self.now
                source = route.stream.type, self.derived.get(route), sink.overflow
            self.dropped_by[source] = self.dropped_by.get(source, 0) + dropped
            self._unreported[route, limit] = self._unreported.get((route, limit), 0) + dropped
            # At most once a second, so as not to flood a slow consumer with notices.
            self.report_at = self._notify_at
            if self.now >= self.report_at:
                self._notify_dropped()
        if sink.overflowed is not None:
            error, sink.overflowed = sink.overflowed, None
            for ended in self._client_routes() if route is None else [route]:
                self._on_overflow(ended, error)

    def report_dropped(self) -> None:
        """Report drops at once, as there may be no later occasion."""
        self._notify_at = self.now
        if self._unreported:
            self._notify_dropped()

    def _notify_dropped(self) -> None:
        self._notify_at, self.report_at = self.now + 1.0, math.inf
        unreported, self._unreported = self._unreported, {}
        for (route, limit), dropped in unreported.items():
            sink = self._client_sink if route is None else route.sink
            label = CLIENT if route is None else route.label
            notice = Dropped(label, dropped, sink.overflow, limit)
            self._notify(notice)
            if route is not None and route.consumer == "notices":
                sink.insert(notice, is_first=sink.overflow in ("drop_oldest", "latest"))

    def _client_routes(self) -> list[Route]:
        return [route for route in self._router if route.consumer == "client"]

    def _return_events(self, route: Route) -> None:
        """Move events of ``route`` that wait in the client's sink to the route's own sink."""
        name = route.name

        def is_own(item: Any) -> bool:
            return isinstance(item, Message | Packed) and item.stream == name

        waiting = self._client_sink.replace(
            lambda items: [item for item in items if not is_own(item)]
        )
        own = [without_stream(item) for item in waiting if is_own(item)]
        route.sink.replace(lambda items: own + items)
