"""A session whose decisions are read from a recording instead of being made."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar

from binance_streams_runtime.errors import ConnectionLost, ParameterError, RecordingError
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Batch
from binance_streams_runtime.pipeline.sequence import Interruption, Mark
from binance_streams_runtime.protocol.requests import Request, RequestId
from binance_streams_runtime.recording.facts import (
    Arrived,
    Confirmed,
    Fact,
    Failed,
    Held,
    Interrupted,
    State,
    Subscribed,
    Unanswered,
    Unsubscribed,
    error_from,
    mark_from,
)
from binance_streams_runtime.session.actions import Confirm, Fail, Interrupt, TimedOut
from binance_streams_runtime.session.session import Session

_NAME_STARTS = len(b'{"stream":"')
_WRAPPED = b'{"stream":"'

_UNSUBSCRIBED = "it was unsubscribed for a while when this was recorded"


class _Items:
    """What came of one stream on a connection in a handover, and has not arrived yet."""

    __slots__ = ("first", "items")

    def __init__(self, first: int) -> None:
        self.first = first
        """The number of the first item."""
        self.items: deque[Any] = deque()

    def take(self, first: int, count: int) -> list[Any]:
        """Return the items of these numbers; those before them will never arrive."""
        items = self.items
        for _ in range(min(first - self.first, len(items))):
            items.popleft()
        missed = max(0, self.first - first)
        self.first = max(self.first, first)
        taken = [items.popleft() for _ in range(min(count - missed, len(items)))]
        self.first += len(taken)
        return taken


class ReplaySession(Session):
    """Opens no connection and sends nothing: ``apply`` says what happened to streams.

    It shares the interface of a session with the rest of the engine, and none of its decisions.
    """

    keeps_time: ClassVar[bool] = False

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.flush: Callable[[], None] = lambda: None
        """Delivers what has arrived so far."""
        # The streams of the program that replays; and those of the recorded one at this place, and
        # whether the server had confirmed them.
        self._desired: dict[str, None] = {}
        self._recorded: dict[str, bool] = {}
        # Those for which a request was not answered, so that another confirmation follows.
        self._unanswered: set[str] = set()
        self._held: dict[int, dict[str, _Items]] = {}
        # Whether it knows which streams there are; if not, events show it.
        self._has_state = False

    # What came

    def take(self, now: float, number: int, messages: list[bytes]) -> bool:
        """Take the messages of one read of a connection; return whether any are wanted."""
        self.received_bytes += sum(map(len, messages))
        held = self._held.get(number)
        if held is not None:
            self._hold(held, messages)
            return False
        others: list[Any] = []
        known, recorded = self._router.has_prefix, self._recorded
        wanted, is_whole = [], True
        for message in messages:
            prefix = message[: message.find(b'"', _NAME_STARTS)]
            if known(prefix) or not prefix.startswith(_WRAPPED):
                wanted.append(message)
                if not self._has_state:
                    self._assume(prefix[_NAME_STARTS:].decode(errors="replace"))
            elif prefix[_NAME_STARTS:].decode(errors="replace") in recorded:
                is_whole = False
        if is_whole:
            self._router.decode([*wanted], others)
            return bool(wanted)
        # With those that are not wanted, each event was checked by itself.
        for message in wanted:
            self._router.decode([message], others)
            self.flush()
        return bool(wanted)

    def _assume(self, name: str) -> None:
        """Take a stream that has events for confirmed: the part has no state, as others have."""
        if name in self._desired and not self._recorded.get(name):
            self._recorded[name] = True
            self._confirm(name)

    def _hold(self, held: dict[str, _Items], messages: list[bytes]) -> None:
        batch = Batch()
        others: list[Any] = []
        for message in messages:
            before = len(batch.items)
            self._router.decode([message], others, batch)
            if len(batch.items) == before:
                name = message[_NAME_STARTS : message.find(b'"', _NAME_STARTS)].decode(
                    errors="replace"
                )
                if self._router.get(name) is None and name in self._recorded:
                    # Nobody wants it, but it has a number.
                    held.setdefault(name, _Items(0)).first += 1
        for route, item in zip(batch.routes, batch.items, strict=True):
            if route.name in self._recorded:
                held.setdefault(route.name, _Items(0)).items.append(item)

    # What was decided

    def apply(self, now: float, fact: Fact) -> None:
        """Do what the recorded session decided."""
        match fact:
            case State():
                self._restore(now, fact)
            case Confirmed(names):
                self._unanswered.difference_update(names)
                for name in names:
                    self._recorded[name] = True
                    self._confirm(name)
            case Interrupted(names):
                for name in names:
                    self._recorded[name] = False
                    self._interrupt(name)
            case Subscribed(names):
                for name in names:
                    self._recorded[name] = False
                    self._router.mark(name, Interruption(_UNSUBSCRIBED))
            case Unsubscribed(names):
                for name in names:
                    if self._recorded.pop(name, False):
                        self._interrupt(name)
            case Unanswered(name, error):
                self._unanswered.add(name)
                if name in self._desired:
                    self.actions.append(TimedOut(name, error_from(error)))
            case Failed(name, error):
                self._recorded.pop(name, None)
                if name in self._desired:
                    del self._desired[name]
                    self.actions.append(Fail(name, error_from(error)))
            case Held(numbers):
                self._held = {number: self._held.get(number, {}) for number in numbers}
            case Arrived(items):
                self._arrive(items)

    def look_back(self, fact: Fact) -> None:
        """Take note of what was decided before the place at which the replay begins."""
        match fact:
            case State(confirmed, pending, held):
                self._has_state = True
                self._recorded = dict.fromkeys(pending, False) | dict.fromkeys(confirmed, True)
                self._held = _items_of(held)
            case Confirmed(names):
                self._recorded |= dict.fromkeys(names, True)
            case Interrupted(names) | Subscribed(names):
                self._recorded |= dict.fromkeys(names, False)
            case Unsubscribed(names):
                for name in names:
                    self._recorded.pop(name, None)
            case Failed(name):
                self._recorded.pop(name, None)
            case Held(numbers):
                self._held = {number: self._held.get(number, {}) for number in numbers}
            case Arrived(items):
                for item in items:
                    if len(item) > 2 and item[1] in self._held.get(item[0], {}):
                        self._held[item[0]][item[1]].take(item[2], item[3])

    @property
    def has_held(self) -> bool:
        """Whether messages matter that have not arrived yet."""
        return bool(self._held)

    def begin(self) -> None:
        """Confirm what the recorded server had confirmed before the place of the beginning."""
        for name, is_confirmed in self._recorded.items():
            if is_confirmed:
                self._confirm(name)

    def _restore(self, now: float, state: State) -> None:
        """Begin with a state: nothing is known of what was before."""
        self._has_state = True
        before = {name for name, is_confirmed in self._recorded.items() if is_confirmed}
        self._recorded = dict.fromkeys(state.pending, False) | dict.fromkeys(state.confirmed, True)
        for name in before - {*state.confirmed}:
            self._interrupt(name)
        for name in state.confirmed:
            if name not in before:
                self._confirm(name)
        self._held = _items_of(state.held)

    def lose(self, reason: str) -> None:
        """Mark an interruption of every stream: the recording lacks what was at this place."""
        for name in self._desired:
            self._router.mark(name, Interruption(reason))

    def forget(self, reason: str) -> None:
        """Begin with another recording, whose connections are not those until now."""
        self.lose(reason)
        for name, is_confirmed in self._recorded.items():
            if is_confirmed:
                self._interrupt(name)
        self._recorded, self._held = {}, {}
        self._has_state = False

    def _arrive(self, items: tuple[Any, ...]) -> None:
        arrived: list[tuple[Route, list[Any]]] = []
        is_whole = True
        for item in items:
            if len(item) == 2:
                is_whole = self._arrive_mark(mark_from(item[0]), item[1], arrived, is_whole)
                continue
            number, name, first, count = item
            held, route = self._held.get(number, {}).get(name), self._router.get(name)
            if route is None or held is None:
                is_whole = False
            else:
                arrived.append((route, held.take(first, count)))
        self._release(arrived, is_whole)

    def _arrive_mark(
        self, mark: Mark, names: list[str], before: list[tuple[Route, list[Any]]], is_whole: bool
    ) -> bool:
        """Let what is before a mark and the mark arrive; return that what follows is whole."""
        self._release(before, is_whole)
        before.clear()
        for name in names:
            self._router.mark(name, mark)
        # A mark separates what is checked together, whatever stream it is of.
        self.flush()
        return True

    def _release(self, arrived: list[tuple[Route, list[Any]]], is_whole: bool) -> None:
        """Let items arrive: those that arrived together before, unless some are not wanted."""
        for route, items in arrived:
            for item in items:
                if isinstance(item, Mark):
                    self._router.arrivals.mark(route, item)
                else:
                    self._router.arrivals.append(route, item)
                if not is_whole:
                    self.flush()

    def _confirm(self, name: str) -> None:
        if name in self._desired:
            self.actions.append(Confirm(name))

    def _interrupt(self, name: str) -> None:
        if name in self._desired:
            self.actions.append(Interrupt(name))

    # What users ask for

    def observe(self, now: float, name: str) -> None:
        """Want a stream; if it was wanted before, the recording says what became of that."""
        if name not in self._desired:
            self.subscribe(now, name)

    def subscribe(
        self, now: float, name: str, request: Request | None = None, *, is_of_user: bool = True
    ) -> None:
        """Want a stream; it is confirmed as soon as the recorded server has confirmed it."""
        if request is not None:
            request.settle(None, None)
        if self._pool.is_closed:
            self.actions.append(Fail(name, RecordingError("the recording has ended")))
            return
        was_subscribed = name in self._desired
        self._desired[name] = None
        if self._recorded.get(name) and name not in self._unanswered:
            self.actions.append(Confirm(name, was_subscribed and is_of_user))

    def unsubscribe(self, now: float, name: str, request: Request | None = None) -> None:
        """Want a stream no more."""
        self._desired.pop(name, None)
        if request is not None:
            request.settle(None, None)

    def subscribe_many(self, now: float, names: Sequence[str], id: RequestId) -> None:
        for name in names:
            self.subscribe(now, name)

    def unsubscribe_many(self, now: float, names: Sequence[str], id: RequestId) -> None:
        for name in names:
            self.unsubscribe(now, name)

    def is_desired(self, name: str) -> bool:
        return name in self._desired

    def is_handing_over(self) -> bool:
        return bool(self._held)

    def reason_of(self, now: float, name: str) -> tuple[str, ConnectionLost | None]:
        if name in self._recorded:
            return "the server had not confirmed it at this place of the recording", None
        return "it was not subscribed at this place of the recording", None

    def query(self, now: float, request: Request) -> None:
        """Answer a query, if it is about the subscriptions."""
        if request.method == "LIST_SUBSCRIPTIONS":
            request.settle(sorted(self._desired), None)
            return
        allowed = "LIST_SUBSCRIPTIONS, as a recording has no server"
        request.settle(None, ParameterError("method", request.method, allowed))

    def query_all(self, now: float, requests: Iterator[Request]) -> None:
        self.query(now, next(requests))

    # What only a session with a server does

    def resubscribe(self, now: float, name: str) -> None:
        """Leave it to the recording: it says where a stream was resubscribed."""

    def rotate(self, now: float, name: str, reason: str) -> None:
        """Leave it to the recording."""

    def resubscribe_stale(self, now: float, name: str, reason: str) -> None:
        """Leave it to the recording."""

    def rotate_stale(self, now: float, name: str, reason: str) -> None:
        """Leave it to the recording."""

    def keep_alive(self, now: float) -> None:
        """Leave it to the recording."""

    def ping(self, now: float) -> None:
        """Send nothing."""

    def close(self, now: float) -> None:
        """End: there is nothing to close."""
        self._pool.is_closed = True
        self._desired.clear()

    def tick(self, now: float, read_until: float | None = None) -> None:
        """Do nothing: ``apply`` says what the recorded session did in time."""

    def next_time(self, now: float) -> float | None:
        return None

    def pause(self) -> None:
        """Do nothing: there are no timeouts."""

    def resume(self, now: float) -> None:
        """Do nothing: there are no timeouts."""

    def held_connections(self) -> Iterable[int]:
        return self._held.keys()

    def subscriptions(self) -> Iterator[tuple[str, bool]]:
        return ((name, bool(self._recorded.get(name))) for name in self._desired)


def _items_of(counts: dict[int, dict[str, int]]) -> dict[int, dict[str, _Items]]:
    """Return what is held at a place at which so many items had come already."""
    return {
        number: {name: _Items(count) for name, count in streams.items()}
        for number, streams in counts.items()
    }
