"""Recording an engine: its frames and notices as they come, and its decisions as facts."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, Protocol

from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.fetches import Fetched
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.pipeline.sequence import Mark
from binance_streams_runtime.protocol.frames import Item
from binance_streams_runtime.protocol.rest import RestFailure, RestRequest
from binance_streams_runtime.recording.clock import UnixClock
from binance_streams_runtime.recording.facts import (
    Arrived,
    Clock,
    Confirmed,
    Fact,
    Failed,
    Held,
    Interrupted,
    Paused,
    Read,
    State,
    Subscribed,
    Ticked,
    Unanswered,
    Unsubscribed,
    error_data,
    mark_data,
)
from binance_streams_runtime.recording.tap import Tap
from binance_streams_runtime.session.actions import Action, Confirm, Fail, Interrupt, TimedOut

# Items of handovers that are remembered: more than a handover buffers.
_MOST_REMEMBERED = 2 * 65_536


class RecordedSession(Protocol):
    """What is looked up in the session of streams."""

    def held_connections(self) -> Iterable[int]: ...

    def subscriptions(self) -> Iterable[tuple[str, bool]]: ...


class EngineRecorder:
    """Passes on what an engine receives and decides. Only the driver may call it."""

    def __init__(self, session: RecordedSession, router: Router, clock: UnixClock) -> None:
        """Have no tap."""
        self.taps: tuple[Tap, ...] = ()
        self._now = 0.0
        self._session = session
        self._router = router
        self._clock = clock
        self._is_paused = False
        self._last_read = (0.0, 0)
        # What was decided since the last line: what kind of fact, and of what.
        self._pending: list[tuple[type[Fact], list[Any]]] = []
        self._mark: Mark | None = None
        # The items of held connections: how many there were, and which ones may still arrive.
        self._counts: dict[int, dict[str, int]] = {}
        self._remembered: dict[int, tuple[object, int, str, int]] = {}
        self._unkept: deque[int] = deque()

    # What the parts of the engine say

    def received(
        self,
        now: float,
        connection: int,
        items: list[Item],
        size: int,
        is_account: bool = False,
    ) -> None:
        self.write(now)
        if self._last_read == (now, connection):
            self._put(Read())
        self._last_read = now, connection
        self._check_held()
        for tap in self.taps:
            tap.frames(now, connection, items, size, is_account)

    def held(
        self, connection: int, routes: list[Route], items: list[object], is_kept: bool
    ) -> None:
        counts = self._counts.setdefault(connection, {})
        for route, item in zip(routes, items, strict=True):
            number = counts.get(route.name, 0)
            counts[route.name] = number + 1
            self._remembered[id(item)] = item, connection, route.name, number
            if not is_kept:
                self._unkept.append(id(item))
        while len(self._remembered) > _MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]

    def arrived(self, route: Route, item: object) -> None:
        remembered = self._remembered.pop(id(item), None)
        if not _is_public(route):
            return
        arrived = self._pending_of(Arrived)
        if remembered is not None:
            self._mark = None
            _, connection, name, number = remembered
            last = arrived[-1] if arrived else []
            if last[:2] == [connection, name] and number == last[2] + last[3]:
                last[3] += 1
            else:
                arrived.append([connection, name, number, 1])
        elif isinstance(item, Mark):
            if item is self._mark and arrived:
                arrived[-1][1].append(route.name)
            else:
                self._mark = item
                arrived.append([mark_data(item), [route.name]])

    def subscribed(self, name: str) -> None:
        self._note(Subscribed, name)

    def unsubscribed(self, name: str) -> None:
        self._note(Unsubscribed, name)

    def fetched(self, now: float, request: RestRequest, result: object) -> None:
        self.write(now)
        for tap in self.taps:
            if isinstance(result, Fetched):
                tap.answer(now, request.target, 200, result.body, request.snapshot)
            elif isinstance(result, RestFailure):
                tap.failure(now, request.target, result)

    # What the engine says

    def notice(self, notice: Notice) -> None:
        """Note a notice."""
        self.write(self._now)
        for tap in self.taps:
            tap.notice(self._now, notice)

    def ticked(self, now: float, due: Iterable[float], until: float) -> None:
        """Note that something is done now that was due."""
        self.write(now)
        self._put(Ticked(tuple(due), until))

    def paused(self, is_paused: bool) -> None:
        """Note that reading was paused or resumed."""
        self._is_paused = is_paused
        self._put(Paused(is_paused))

    def decided(self, action: Action) -> None:
        """Note what the session has decided, before it is done; notices follow by themselves."""
        match action:
            case Confirm(name, is_repeated=False):
                self._note(Confirmed, name)
            case Interrupt(name):
                self._note(Interrupted, name)
            case TimedOut(name, error) if self._is_public(name):
                self._pending.append((Unanswered, [name, error_data(error)]))
            case Fail(name, error) if self._is_public(name):
                self._pending.append((Failed, [name, error_data(error)]))

    def state(self) -> State:
        """Return how things stand: the first fact of each part."""
        streams = [entry for entry in self._session.subscriptions() if self._is_public(entry[0])]
        return State(
            tuple(name for name, is_confirmed in streams if is_confirmed),
            tuple(name for name, is_confirmed in streams if not is_confirmed),
            {
                number: {name: count for name, count in counts.items() if self._is_public(name)}
                for number, counts in self._counts.items()
            },
            self._is_paused,
        )

    # Lines

    def write(self, now: float) -> None:
        """Write what has been decided since the last line."""
        self._now = now
        if self._clock.look(now):
            self._put(Clock(self._clock.offset))
        if self._pending:
            pending, self._pending = self._pending, []
            for kind, values in pending:
                is_single = kind is Unanswered or kind is Failed
                self._put(kind(*values) if is_single else kind(tuple(values)))
        while self._unkept:
            self._remembered.pop(self._unkept.popleft(), None)
        if self._counts:
            self._check_held()

    def _check_held(self) -> None:
        """Note which connections are in a handover, if others were."""
        held = set(self._session.held_connections())
        if held == self._counts.keys():
            return
        self._counts = {number: self._counts.get(number, {}) for number in sorted(held)}
        self._put(Held(tuple(self._counts)))
        if not held:
            self._remembered.clear()

    def _pending_of(self, kind: type[Fact]) -> list[Any]:
        """Return what the next line of a kind will say, if nothing of another kind came since."""
        if not self._pending or self._pending[-1][0] is not kind:
            self._pending.append((kind, []))
        return self._pending[-1][1]

    def _note(self, kind: type[Fact], name: str) -> None:
        if self._is_public(name):
            self._pending_of(kind).append(name)

    def _put(self, fact: Fact) -> None:
        for tap in self.taps:
            tap.session(self._now, fact)

    def _is_public(self, name: str) -> bool:
        route = self._router.get(name)
        return route is not None and _is_public(route)


def _is_public(route: Route) -> bool:
    """Return whether a stream's name is no secret, and on the wire."""
    return not (route.is_account or route.stream.is_secret)
