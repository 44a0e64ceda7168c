"""Make before break: two connections that carry the same streams for a while.

The server's front ends are never in step: what one of them sends now, another one may send 100 ms
later. So each stream is taken over by itself, and only once it is proven that nothing is missing
between the two connections.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from binance_streams_runtime.errors import ConnectionLost, RequestTimeout
from binance_streams_runtime.notices import Disconnected, Notice
from binance_streams_runtime.pipeline.position import is_beyond
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import UNROUTED, Batch, Router
from binance_streams_runtime.pipeline.sequence import Confirmation, Interruption, Overlap
from binance_streams_runtime.session.base_connection import BaseConnection
from binance_streams_runtime.session.carried import CarriedStream

# Maximum number of buffered events, over all streams.
_MAX_BUFFERED = 65_536

# How often per ``patience`` to look for streams whose deadline has passed.
_CHECKS = 10


C = TypeVar("C", bound=BaseConnection)


class Handover(Generic[C]):
    """The transfer of streams from the connection ``old`` to the connection ``new``.

    For each stream, events from ``old`` are delivered and those from ``new`` are buffered until
    ``old`` has passed the first event from ``new``: its number or, for a stream without numbers,
    the same event. From then on ``new`` delivers, except for what ``old`` had delivered already.

    A stream that is idle on both connections for ``patience`` seconds, with everything confirmed on
    ``new``, is taken over as well: connections are assumed to lag behind each other by less than
    that. A stream that ``old`` has not passed after ``patience`` seconds, or that stays idle on
    ``new`` but not on ``old``, is taken over with an ``Interruption``.

    No stream is taken over by time alone before ``old`` has answered a query: the answer follows
    everything that ``old`` had sent, and shows that it is alive. ``old`` is closed only after such
    an answer, so that earlier queries by users have been answered, too.
    """

    def __init__(
        self,
        old: C,
        new: C,
        reason: str,
        patience: float,
        router: Router,
    ) -> None:
        self.old = old
        self.new = new
        self.reason = reason
        self.check_at: float | None = None
        """When to call ``advance`` even if nothing has come."""
        self._patience = patience
        self._router = router
        self._carried: dict[str, CarriedStream] = {}
        # What ``new`` has taken over already; ``old`` still has it.
        self._taken_over: set[str] = set()
        self._passed: list[str] = []
        self._count = 0
        self._complete_at: float | None = None
        # The current query to ``old``, and the streams that its answer decides. True: the answer
        # proves that nothing is missing; False: the stream is taken over with an interruption.
        self._query: object | None = None
        self._is_answered = False
        self._under_query: dict[str, bool] = {}
        self._expired: dict[str, bool] = {}
        self.carry(new.desired)

    # Which connection delivers what

    def carry(self, names: Iterable[str]) -> None:
        """Let ``old`` deliver these streams until they are taken over."""
        newest = self._router.newest(names)
        for name in names:
            self._carried[name] = CarriedStream(newest.get(name))
            self._router.mark(name, Overlap.BEGINS)

    def forget(self, name: str) -> None:
        """Drop a stream that was unsubscribed: ignore what ``old`` still sends of it."""
        carried = self._carried.pop(name, None)
        if carried is not None:
            self._count -= len(carried.buffered.items)
        self._taken_over.discard(name)
        self._cancel_expiry(name)

    def distrust(self, name: str, reason: str) -> None:
        """Take a stream over as soon as ``new`` delivers it, without waiting for ``old``."""
        carried = self._carried.get(name)
        if carried is not None:
            carried.stale = reason
            if carried.first is not None:
                carried.is_passed = True
                self._passed.append(name)

    def take_at_once(self, name: str) -> None:
        """Take a stream over without waiting for an event, if only ``new`` has it."""
        if name in self._carried and self._is_only_on_new(name):
            self._take_over(name, None)

    def start_over(self, now: float, name: str) -> bool:
        """Forget what ``new`` has delivered of a stream if ``old`` still delivers it."""
        carried = self._carried.get(name)
        if carried is None or not self.old.is_certain_of(name):
            return False
        self._count -= len(carried.buffered.items)
        carried.clear(now)
        self._cancel_expiry(name)
        return True

    def delivers(self, name: str, connection: C) -> bool:
        """Return whether what comes on ``connection`` of a stream is delivered at once."""
        return (connection is self.old) == (name in self._carried)

    def is_carried(self, name: str) -> bool:
        """Return whether ``old`` still delivers the stream, and certainly has it."""
        return name in self._carried and self.old.is_certain_of(name)

    def has_substitute(self, name: str) -> bool:
        """Return whether ``old`` can deliver the stream if ``new`` is lost."""
        return (name in self._carried or name in self._taken_over) and self.old.is_certain_of(name)

    @property
    def active(self) -> C:
        """The connection for queries: ``old`` while ``new`` is not open."""
        return self.old if self.new.state != "open" and self.old.state == "open" else self.new

    # What the two deliver

    def received(self, now: float, connection: C, batch: Batch) -> None:
        """Handle what has come on one of the two: deliver, buffer or drop it."""
        if connection is self.old:
            self._router.release(self.filter_old(now, batch))
        else:
            self.buffer(now, batch)

    def filter_old(self, now: float, batch: Batch) -> Batch:
        """Return those events from ``old`` that the client delivers."""
        kept = Batch()
        kept.has_marks = batch.has_marks
        for route, event in zip(batch.routes, batch.items, strict=True):
            name = route.name
            carried = self._carried.get(name)
            if carried is not None:
                if not isinstance(event, Notice) and self._is_passed_by(now, carried, route, event):
                    continue
            elif name != UNROUTED:
                continue
            kept.append(route, event)
        return kept

    def _is_passed_by(self, now: float, carried: CarriedStream, route: Route, event: Any) -> bool:
        """Return whether ``new`` delivers this event, and all that ``old`` may have skipped."""
        name, sequence = route.name, route.stream.type.sequence
        was_passed = carried.is_passed
        carried.add_from_old(now, sequence, event)
        if not carried.is_passed:
            return False
        if not was_passed:
            self._passed.append(name)
        return self.new.is_certain_of(name) and is_beyond(sequence, event, carried.first)

    def buffer(self, now: float, batch: Batch) -> None:
        """Buffer the events from ``new``; deliver those of streams that ``old`` does not carry."""
        passing = Batch()
        passing.has_marks = batch.has_marks
        for route, event in zip(batch.routes, batch.items, strict=True):
            carried = self._carried.get(route.name)
            if carried is None:
                passing.append(route, event)
            else:
                self._buffer(now, carried, route, event)
        if passing.items:
            self._router.release(passing)
        if self._count > _MAX_BUFFERED:
            self._clear_buffered(now)

    def interrupt(self, name: str, interruption: Interruption) -> None:
        """Mark an interruption on ``new``, at its place among the buffered events."""
        carried, route = self._carried.get(name), self._router.get(name)
        if carried is None or route is None:
            self._router.mark(name, interruption)
        else:
            self._buffer_mark(carried, route, interruption)

    def _buffer(self, now: float, carried: CarriedStream, route: Route, event: Any) -> None:
        if isinstance(event, Notice):
            self._buffer_mark(carried, route, event)
            return
        was_passed, is_first = carried.is_passed, carried.first is None
        carried.add_from_new(now, route.stream.type.sequence, event)
        carried.buffered.routes.append(route)
        carried.buffered.items.append(event)
        self._count += 1
        if carried.has_no_old_event and self._is_only_on_new(route.name):
            # Nothing was delivered, so nothing can be missing.
            carried.is_passed = True
        if carried.is_passed and not was_passed:
            self._passed.append(route.name)
        elif is_first:
            self._check_by(now + self._patience)

    def _is_only_on_new(self, name: str) -> bool:
        return self.new.is_certain_of(name) and not self.old.is_certain_of(name)

    def _buffer_mark(
        self, carried: CarriedStream, route: Route, mark: Notice | Interruption
    ) -> None:
        carried.buffered.routes.append(route)
        carried.buffered.items.append(mark)
        carried.buffered.has_marks = True
        self._count += 1

    def _clear_buffered(self, now: float) -> None:
        """Drop the buffered events: ``old`` delivers them as well.

        ``old`` must then pass the next event from ``new`` instead.
        """
        for name, carried in self._carried.items():
            if carried.buffered.items:
                carried.clear(now)
                self._cancel_expiry(name)
        self._count = 0
        self._check_by(now + self._patience)

    # When ``old`` can go

    @property
    def is_over(self) -> bool:
        """Whether ``new`` has taken over everything."""
        is_taken = not self._carried and self._is_answered and self.new.has_all_it_can
        return is_taken and not self.old.has_queries

    def advance(self, now: float) -> None:
        """Take over the streams that ``old`` has passed, and query ``old`` about expired ones."""
        if self._complete_at is None and self.new.has_all_it_can:
            self._complete_at = now
            self._check_by(now + self._patience)
        if self._passed:
            self._take_passed()
        if self.check_at is not None and self.check_at <= now:
            self._check_expiry(now)
        is_last = not self._carried and not self._is_answered and self.new.has_all_it_can
        if self._query is None and (self._expired or is_last):
            self._under_query, self._expired = self._expired, {}
            query = self._query = object()
            self.old.mark_end(now, lambda error: self._on_answer(query, error))

    def postpone(self, now: float) -> None:
        """Restart the deadlines of all streams, because nothing was read for a while."""
        for carried in self._carried.values():
            if carried.first_at is not None:
                carried.first_at = now
        if self._complete_at is not None:
            self._complete_at = now
        self._check_by(now + self._patience)

    def restart(self, new: C) -> None:
        """Replace a lost new connection by ``new``; ``old`` delivers everything again."""
        self.take_back()
        self.new = new
        for carried in self._carried.values():
            carried.restart()
        self._count = 0
        self._passed.clear()
        self._complete_at = self.check_at = None
        self._is_answered = False

    def take_back(self) -> None:
        """Return to ``old`` the streams that the new connection, now lost, had taken over."""
        reason = f"connection {self.new.number} was lost soon after it had taken over"
        for name in self._taken_over:
            if self.old.is_certain_of(name):
                self._router.mark(name, Interruption(reason))
                self._router.mark(name, Confirmation.CONFIRMED)
        self.carry(self._taken_over)
        self._taken_over.clear()
        # The answer to an earlier query no longer decides anything.
        self._query = None
        self._under_query.clear()
        self._expired.clear()

    def flush(self, interruption: Disconnected) -> None:
        """Take over all remaining streams: ``old`` is lost with what it had yet to deliver."""
        self._query = None
        self._take_passed()
        for name in list(self._carried):
            self._take_over(name, interruption)

    def end_overlap(self) -> None:
        """End the overlap of all remaining streams, which stay on ``old``."""
        for name in self._carried:
            self._router.mark(name, Overlap.ENDS)

    def _take_passed(self) -> None:
        passed, self._passed = self._passed, []
        for name in passed:
            carried = self._carried.get(name)
            if carried is None or not carried.is_passed:
                continue
            if self.new.is_certain_of(name):
                self._take_over(
                    name, None if carried.stale is None else Interruption(carried.stale)
                )
            else:
                self._passed.append(name)

    def _check_by(self, at: float) -> None:
        self.check_at = at if self.check_at is None else min(self.check_at, at)

    def _check_expiry(self, now: float) -> None:
        """Find the streams whose deadline has passed."""
        upcoming = math.inf
        for name, carried in self._carried.items():
            if name in self._under_query or name in self._expired:
                continue
            at = carried.expires_at(self._complete_at, self._patience)
            if at <= now:
                self._expired[name] = carried.is_quiet(now, self._patience)
            else:
                upcoming = min(upcoming, at)
        soonest = now + self._patience / _CHECKS
        self.check_at = None if upcoming == math.inf else max(upcoming, soonest)

    def _on_answer(self, query: object, error: BaseException | None) -> None:
        """Take over the streams under query: ``old`` has answered, or timed out."""
        if query is not self._query or isinstance(error, ConnectionLost):
            # If ``old`` is lost, ``flush`` takes over.
            return
        self._query = None
        self._is_answered = True
        # ``old`` may have passed some of them by the events just before its answer.
        self._take_passed()
        queried, self._under_query = self._under_query, {}
        old, new = self.old.number, self.new.number
        unproven = (
            f"connection {new} took over before connection {old} had shown that nothing was missing"
        )
        unanswered = f"connection {new} took over from connection {old}, which no longer answered"
        is_dead = isinstance(error, RequestTimeout)
        for name, is_quiet in queried.items():
            carried = self._carried.get(name)
            if carried is not None:
                is_proven = is_quiet and not is_dead
                if not is_proven:
                    self._count -= carried.drop_older()
                self._take_over(
                    name, None if is_proven else Interruption(unanswered if is_dead else unproven)
                )

    def _take_over(self, name: str, interruption: Interruption | Disconnected | None) -> None:
        """Deliver the buffered events of a stream, after those that ``old`` has delivered."""
        carried = self._carried.pop(name)
        self._count -= len(carried.buffered.items)
        self._taken_over.add(name)
        route = self._router.get(name)
        if route is None:
            return
        if interruption is None and not self.old.is_certain_of(name):
            interruption = Interruption(self.reason)
        sequence = route.stream.type.sequence
        if interruption is not None:
            self._router.mark(name, interruption)
        if self.new.is_certain_of(name):
            self._router.mark(name, Confirmation.CONFIRMED)
        self._router.mark(name, Overlap.ENDS)
        self._router.release(carried.take_buffered(sequence))

    def _cancel_expiry(self, name: str) -> None:
        self._under_query.pop(name, None)
        self._expired.pop(name, None)
