"""Make before break: two connections that carry the same streams for a while.

The front ends of the server are never equally far: what one of them sends now, another one sends
100 ms later. So a stream is taken over only once it is proven that nothing is missing between the
two, and each stream for itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.errors import ConnectionLost, RequestTimeout
from binance_streams_runtime.notices import Disconnected, Notice
from binance_streams_runtime.pipeline.position import is_beyond
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import UNROUTED, Batch, Router
from binance_streams_runtime.pipeline.sequence import Interruption, Overlap
from binance_streams_runtime.protocol.requests import Request, RequestIds, query_for_answer
from binance_streams_runtime.session.carried import CarriedStream
from binance_streams_runtime.session.connection import Connection

# Events that may be held back for all streams together.
_MAX_BUFFERED = 65_536

# Streams whose time is over are looked for so often within that time.
_LOOKS = 10


class Handover:
    """``new`` is to take over what ``old`` carries.

    Of each stream ``old`` delivers, and what ``new`` brings is held back, until ``old`` has passed
    what ``new`` brought first: its number or, without numbers, the same event. From then on ``new``
    delivers, less what ``old`` had delivered already.

    A stream on which both are silent for ``patience`` seconds, with everything confirmed on
    ``new``, is taken over as well: connections are assumed to lag behind each other by less than
    that. A stream that ``old`` has not passed after ``patience`` seconds, or on which ``new``
    remains silent while ``old`` is not, is taken over with an ``Interruption``.

    Nothing is judged by time before ``old`` has answered a question: the answer comes behind all
    that ``old`` had sent, and shows that it lives. ``old`` is left after such an answer, too, so
    that questions that users had asked there are answered before.
    """

    def __init__(
        self,
        old: Connection,
        new: Connection,
        reason: str,
        patience: float,
        router: Router,
        venue: Venue,
        ids: RequestIds,
    ) -> None:
        self.old = old
        self.new = new
        self.reason = reason
        self.look_at: float | None = None
        """When ``advance`` must be called although nothing has come."""
        self._patience = patience
        self._router = router
        self._venue = venue
        self._ids = ids
        self._carried: dict[str, CarriedStream] = {}
        # What ``new`` has taken over already; ``old`` still has it.
        self._taken: set[str] = set()
        self._passed: list[str] = []
        self._count = 0
        self._complete_at: float | None = None
        # The question to ``old`` that counts, and the streams that are judged by its answer: those
        # that are proven by it, and those that are not passed and will be reported.
        self._query: Request | None = None
        self._is_answered = False
        self._queried: dict[str, bool] = {}
        self._expired: dict[str, bool] = {}
        self.carry(new.desired)

    # Which connection delivers what

    def carry(self, names: Iterable[str]) -> None:
        """Let ``old`` deliver these streams for now."""
        newest = self._router.newest(names)
        for name in names:
            self._carried[name] = CarriedStream(newest.get(name))
            self._router.mark(name, Overlap.BEGINS)

    def forget(self, name: str) -> None:
        """Ignore what ``old`` still delivers of a stream that was unsubscribed."""
        carried = self._carried.pop(name, None)
        if carried is not None:
            self._count -= len(carried.buffered.items)
        self._taken.discard(name)
        self._withdraw(name)

    def distrust(self, name: str, reason: str) -> None:
        """Wait for ``old`` no longer than until ``new`` delivers the stream."""
        carried = self._carried.get(name)
        if carried is not None:
            carried.stale = reason
            if carried.first is not None:
                carried.is_passed = True
                self._passed.append(name)

    def is_carried(self, name: str) -> bool:
        """Return whether ``old`` delivers the stream for certain."""
        return name in self._carried and self.old.is_certain_of(name)

    def has_substitute(self, name: str) -> bool:
        """Return whether ``old`` can go on with the stream if ``new`` is lost."""
        return (name in self._carried or name in self._taken) and self.old.is_certain_of(name)

    @property
    def active(self) -> Connection:
        """The one to ask: ``old`` while ``new`` is not open."""
        return self.old if self.new.state != "open" and self.old.state == "open" else self.new

    # What the two deliver

    def still_carried(self, now: float, batch: Batch) -> Batch:
        """Return what counts of what ``old`` has delivered."""
        kept = Batch()
        kept.has_marks = batch.has_marks
        for route, event in zip(batch.routes, batch.items, strict=True):
            name = route.stream.name
            carried = self._carried.get(name)
            if carried is not None:
                if not isinstance(event, Notice) and self._is_passed_by(now, carried, route, event):
                    continue
            elif name != UNROUTED:
                continue
            kept.append(route, event)
        return kept

    def _is_passed_by(self, now: float, carried: CarriedStream, route: Route, event: Any) -> bool:
        """Whether ``new`` delivers this event of ``old``, and what ``old`` may have skipped."""
        name, sequence = route.stream.name, route.stream.type.sequence
        was_passed = carried.is_passed
        carried.old_delivered(now, sequence, event)
        if not carried.is_passed:
            return False
        if not was_passed:
            self._passed.append(name)
        return self.new.is_certain_of(name) and is_beyond(sequence, event, carried.first)

    def buffer(self, now: float, batch: Batch) -> None:
        """Keep what ``new`` has delivered for later; let pass what ``old`` does not carry."""
        passing = Batch()
        passing.has_marks = batch.has_marks
        for route, event in zip(batch.routes, batch.items, strict=True):
            carried = self._carried.get(route.stream.name)
            if carried is None:
                passing.append(route, event)
            else:
                self._buffer(now, carried, route, event)
        if passing.items:
            self._router.release(passing)
        if self._count > _MAX_BUFFERED:
            self._clear_buffered(now)

    def interrupt(self, name: str, interruption: Interruption) -> None:
        """Note that ``new`` did not have the stream for a moment."""
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
        carried.new_delivered(now, route.stream.type.sequence, event)
        carried.buffered.routes.append(route)
        carried.buffered.items.append(event)
        self._count += 1
        if carried.is_unheard and self._is_only_on_new(route.stream.name):
            # Nothing was delivered, so nothing can be missing.
            carried.is_passed = True
        if carried.is_passed and not was_passed:
            self._passed.append(route.stream.name)
        elif is_first:
            self._look_by(now + self._patience)

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
        """Hold no more: ``old`` brings all this, too, and must pass what comes next instead."""
        for name, carried in self._carried.items():
            if carried.buffered.items:
                carried.clear(now)
                self._withdraw(name)
        self._count = 0
        self._look_by(now + self._patience)

    # When ``old`` can go

    @property
    def is_over(self) -> bool:
        """Whether ``new`` has taken over everything."""
        return not self._carried and self._is_answered and self.new.is_complete

    def advance(self, now: float) -> None:
        """Take over what is proven, and see whose time is over."""
        if self._complete_at is None and self.new.is_complete:
            self._complete_at = now
            self._look_by(now + self._patience)
        if self._passed:
            self._take_passed()
        if self.look_at is not None and self.look_at <= now:
            self._look(now)
        is_last = not self._carried and not self._is_answered and self.new.is_complete
        if self._query is None and (self._expired or is_last):
            self._queried, self._expired = self._expired, {}
            query = self._query = query_for_answer(self._venue, self._ids)
            query.on_result.append(lambda result, error: self._judge(query, error))
            self.old.enqueue(query)

    def postpone(self, now: float) -> None:
        """Give each stream its whole time again: nothing was read for a while."""
        for carried in self._carried.values():
            if carried.first_at is not None:
                carried.first_at = now
        if self._complete_at is not None:
            self._complete_at = now
        self._look_by(now + self._patience)

    def restart(self, new: Connection) -> None:
        """Put ``new`` in the place of one that is lost; ``old`` delivers everything again."""
        self.take_back()
        self.new = new
        for carried in self._carried.values():
            carried.restart()
        self._count = 0
        self._passed.clear()
        self._complete_at = self.look_at = None
        self._is_answered = False

    def take_back(self) -> None:
        """Let ``old`` go on with what the new connection, which is lost, had taken over."""
        reason = f"connection {self.new.number} was lost soon after it had taken over"
        for name in self._taken:
            if self.old.is_certain_of(name):
                self._router.mark(name, Interruption(reason))
        self.carry(self._taken)
        self._taken.clear()
        # What the answer to an earlier question says is of no use any more.
        self._query = None
        self._queried.clear()
        self._expired.clear()

    def flush(self, interruption: Disconnected) -> None:
        """Take over all the rest: ``old`` is lost, and what it had still to deliver, too."""
        self._query = None
        self._take_passed()
        for name in list(self._carried):
            self._take_over(name, interruption)

    def end_overlap(self) -> None:
        """Leave everything to ``old``."""
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

    def _look_by(self, at: float) -> None:
        self.look_at = at if self.look_at is None else min(self.look_at, at)

    def _look(self, now: float) -> None:
        """Find the streams whose time is over."""
        upcoming = math.inf
        for name, carried in self._carried.items():
            if name in self._queried or name in self._expired:
                continue
            at = carried.expires_at(self._complete_at, self._patience)
            if at <= now:
                self._expired[name] = carried.is_quiet(now, self._patience)
            else:
                upcoming = min(upcoming, at)
        soonest = now + self._patience / _LOOKS
        self.look_at = None if upcoming == math.inf else max(upcoming, soonest)

    def _judge(self, query: Request, error: BaseException | None) -> None:
        """``old`` has said all that it had to say, or does not answer."""
        if query is not self._query or isinstance(error, ConnectionLost):
            # Of an ``old`` that is lost, ``release`` takes over.
            return
        self._query = None
        self._is_answered = True
        # ``old`` may have passed some of them with what came just before its answer.
        self._take_passed()
        queried, self._queried = self._queried, {}
        old, new = self.old.number, self.new.number
        behind = (
            f"connection {new} took over before connection {old} had shown that nothing was missing"
        )
        dead = f"connection {new} took over from connection {old}, which did not answer any more"
        is_dead = isinstance(error, RequestTimeout)
        for name, is_quiet in queried.items():
            carried = self._carried.get(name)
            if carried is not None:
                is_proven = is_quiet and not is_dead
                if not is_proven:
                    self._count -= carried.leave_out_older()
                self._take_over(
                    name, None if is_proven else Interruption(dead if is_dead else behind)
                )

    def _take_over(self, name: str, interruption: Interruption | Disconnected | None) -> None:
        """Let what was held back of a stream arrive, behind what ``old`` has delivered."""
        carried = self._carried.pop(name)
        self._count -= len(carried.buffered.items)
        self._taken.add(name)
        route = self._router.get(name)
        if route is None:
            return
        if interruption is None and not self.old.is_certain_of(name):
            interruption = Interruption(self.reason)
        sequence = route.stream.type.sequence
        if interruption is not None:
            self._router.mark(name, interruption)
        self._router.mark(name, Overlap.ENDS)
        self._router.release(carried.take_buffered(sequence))

    def _withdraw(self, name: str) -> None:
        self._queried.pop(name, None)
        self._expired.pop(name, None)
