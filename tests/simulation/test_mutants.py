"""The simulation notices what it should: an engine that forgets something fails it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from binance_streams_runtime.client.connect_limit import ConnectLimiter
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.errors import RequestTimeout
from binance_streams_runtime.notices import Gap
from binance_streams_runtime.pipeline.route_lifecycle import RouteLifecycle
from binance_streams_runtime.pipeline.router import Batch, Router
from binance_streams_runtime.pipeline.sequence import Overlap, Tracker
from binance_streams_runtime.pipeline.trackers import ids
from binance_streams_runtime.pipeline.trackers.ids import IdTracker
from binance_streams_runtime.pipeline.trackers.monotonic import MonotonicTracker
from binance_streams_runtime.pipeline.trackers.unnumbered import UnnumberedTracker
from binance_streams_runtime.session import base_connection, carried, rate_limit
from binance_streams_runtime.session import connection as connection_module
from binance_streams_runtime.session.actions import SocketAction
from binance_streams_runtime.session.carried import CarriedStream
from binance_streams_runtime.session.connection import Connection
from binance_streams_runtime.session.counters import ReconnectCause
from binance_streams_runtime.session.handover import Handover
from binance_streams_runtime.session.keepalive import Keepalive
from binance_streams_runtime.session.pool import ConnectionPool
from binance_streams_runtime.session.rate_limit import RateLimiter
from binance_streams_runtime.session.reporter import Reporter
from binance_streams_runtime.session.session import Session
from tests.simulation.judge import is_noticed

pytestmark = pytest.mark.slow

Patch = pytest.MonkeyPatch
_SEEDS = range(200)


def drop_the_resubscribe(patch: Patch) -> None:
    """The successor of a lost connection asks for nothing."""
    take_over = Connection.take_over

    def forget(self: Connection, other: Connection) -> None:
        take_over(self, other)
        self._pending_change.clear()

    patch.setattr(Connection, "take_over", forget)


def forget_one_of_many(patch: Patch) -> None:
    """The last stream of a lost connection is left behind."""
    succeed = ConnectionPool.succeed

    def forget(
        self: ConnectionPool[Connection],
        now: float,
        connection: Connection,
        pause: float,
        cause: ReconnectCause,
    ) -> Connection:
        if len(connection.desired) > 1:
            connection.desired.popitem()
        return succeed(self, now, connection, pause, cause)

    patch.setattr(ConnectionPool, "succeed", forget)


def forget_the_pong_budget(patch: Patch) -> None:
    """Pongs leave at once, whatever was sent before."""
    patch.setattr(RateLimiter, "pong_at", lambda self, now: now)
    patch.setattr(base_connection, "_PONG_INTERVAL", 0.0)


def shorten_the_window(patch: Patch) -> None:
    patch.setattr(rate_limit, "_WINDOW", 0.9)


def spend_nothing(patch: Patch) -> None:
    patch.setattr(RateLimiter, "spend", lambda self, now: None)
    patch.setattr(RateLimiter, "request", lambda self: None)
    patch.setattr(RateLimiter, "arrive", lambda self, now: None)


def ignore_the_frame_limit(patch: Patch) -> None:
    patch.setattr(connection_module, "first_batch", lambda names, frame_bytes: list(names))


def ignore_the_stream_limit(patch: Patch) -> None:
    patch.setattr(Connection, "load", property(lambda self: 0))


def lose_what_was_buffered(patch: Patch) -> None:
    """What the new connection delivered during the handover is thrown away."""
    patch.setattr(CarriedStream, "take_buffered", lambda self, sequence: Batch())


def buffer_nothing(patch: Patch) -> None:
    """What both connections deliver is delivered as it comes."""

    decode = Router.decode

    def decode_at_once(
        self: Router, items: list[Any], others: list[Any], into: Batch | None = None
    ) -> None:
        decode(self, items, others)

    patch.setattr(Router, "decode", decode_at_once)


def leave_at_once(patch: Patch) -> None:
    """The old connection is left without having been read to its end."""

    def advance(self: Handover[Connection], now: float) -> None:
        self._is_answered = self.new.is_complete
        if self.new.is_complete:
            for name in list(self._carried):
                self._take_over(name, None)

    patch.setattr(Handover, "advance", advance)


def leave_at_the_answer(patch: Patch) -> None:
    """The old connection is left once its front end has sent all that it had to send."""
    never = float("inf")
    patch.setattr(CarriedStream, "expires_at", lambda self, complete_at, _: complete_at or never)
    patch.setattr(CarriedStream, "is_quiet", lambda self, now, patience: True)
    patch.setattr(Handover, "_check_by", lambda self, at: setattr(self, "check_at", 0.0))


def believe_the_first_event(patch: Patch) -> None:
    """The new connection takes a stream over with the first event that it delivers."""
    patch.setattr(carried, "reaches", lambda sequence, event, first: True)


def forget_what_came_before_the_handover(patch: Patch) -> None:
    """What was delivered just before is not known to come again on a connection that lags."""
    patch.setattr(carried, "has_unique_numbers", lambda sequence: True)


def trust_who_does_not_answer(patch: Patch) -> None:
    """A connection that is dead counts as one that is quiet."""
    judge = Handover._on_answer

    def trust(self: Handover[Connection], query: Any, error: BaseException | None) -> None:
        judge(self, query, None)

    patch.setattr(Handover, "_on_answer", trust)


def leave_before_all_is_confirmed(patch: Patch) -> None:
    is_complete = property(lambda self: self.state == "open")
    patch.setattr(Connection, "is_complete", is_complete)


def _without(patch: Patch, what: Overlap) -> None:
    mark = Router.mark

    def skip(self: Router, name: str, given: Any) -> None:
        if given is not what:
            mark(self, name, given)

    patch.setattr(Router, "mark", skip)


def forget_the_begin_of_an_overlap(patch: Patch) -> None:
    _without(patch, Overlap.BEGINS)


def forget_the_end_of_an_overlap(patch: Patch) -> None:
    _without(patch, Overlap.ENDS)


def mark_no_interruption(patch: Patch) -> None:
    """Streams without ids are never notified that something may be missing."""
    for tracker in (MonotonicTracker, UnnumberedTracker, Tracker):
        patch.setattr(tracker, "interrupt", lambda self: None)


def forget_to_interrupt(patch: Patch) -> None:
    """No stream is reported to be without a connection, and no recovery either."""

    def suspend(
        self: ConnectionPool[Connection], now: float, connection: Connection, names: list[str]
    ) -> None:
        connection.interrupted_at = now

    patch.setattr(Reporter, "interrupted", suspend)


def believe_a_timeout(patch: Patch) -> None:
    """What was asked and not answered is taken for done."""
    settle = Connection._settle

    def believe(self: Connection, request: Any, result: Any, error: BaseException | None) -> None:
        is_timeout = isinstance(error, RequestTimeout)
        settle(self, request, result, None if is_timeout else error)

    patch.setattr(Connection, "_settle", believe)


def never_expire(patch: Patch) -> None:
    """A request that is not answered is waited for forever."""
    patch.setattr(Connection, "expire", lambda self, now, read_until: None)
    next_time = Connection.next_time

    def later(self: Connection, *arguments: Any) -> float | None:
        pending, self._pending = self._pending, {}
        time = next_time(self, *arguments)
        self._pending = pending
        return time

    patch.setattr(Connection, "next_time", later)


def ignore_the_limit_of_attempts(patch: Patch) -> None:
    patch.setattr(ConnectLimiter, "reserve", lambda self, now: now)


def outlive_a_dead_connection(patch: Patch) -> None:
    """Silence is no sign of death."""

    deadline = Keepalive.deadline

    def later(self: Keepalive, connection: Connection) -> float:
        return deadline(self, connection) + (10**6 if connection.state == "open" else 0)

    patch.setattr(Keepalive, "deadline", later)


def answer_no_pings(patch: Patch) -> None:
    patch.setattr(Connection, "ping", lambda self, payload: None)


def deliver_what_came_before(patch: Patch) -> None:
    """Ids below the last one are not taken for repeated."""
    for tracker in (IdTracker, MonotonicTracker):
        patch.setattr(tracker, "check", lambda self, events: events)
        patch.setattr(tracker, "is_next", lambda self, event: True)


def report_gaps_one_short(patch: Patch) -> None:

    def short(stream: str, first: int | None, last: int | None, **rest: Any) -> Gap:
        return Gap(stream, first, last if last is None or last == first else last - 1, **rest)

    patch.setattr(ids, "Gap", short)


def never_unsubscribe(patch: Patch) -> None:
    compare = Connection._update_pending_change

    def keep(self: Connection, name: str) -> None:
        compare(self, name)
        if name not in self.desired:
            self._pending_change.pop(name, None)

    patch.setattr(Connection, "_update_pending_change", keep)


def take_any_answer(patch: Patch) -> None:
    """Answers are matched by their order."""
    answer = Connection.answer

    def oldest(self: Connection, now: float, reply: Any) -> Any:
        reply.id = None
        return answer(self, now, reply)

    patch.setattr(Connection, "answer", oldest)


def keep_the_dead(patch: Patch) -> None:
    """Deadlines of connections that are gone stay."""
    new_connection = ConnectionPool.new_connection

    def keep(self: ConnectionPool[Connection], now: float, *rest: Any) -> Connection:
        made = new_connection(self, now, *rest)
        self.keepalive.deadlines[-made.number] = now + 10**6
        return made

    patch.setattr(ConnectionPool, "new_connection", keep)


def end_nobody(patch: Patch) -> None:
    """A stream that is over is over for the session alone."""
    patch.setattr(RouteLifecycle, "end", lambda self, route, error: None)


def never_resume(patch: Patch) -> None:
    """Once a queue was full, nothing is read any more."""

    def pace(self: Engine, now: float) -> None:
        self.is_paused = self.is_paused or self.delivery.is_blocked()

    patch.setattr(Engine, "_pace", pace)


def confirm_nobody(patch: Patch) -> None:
    patch.setattr(RouteLifecycle, "confirmed", lambda self, now, name, is_repeated=False: None)


def lose_an_action(patch: Patch) -> None:
    """Of several things that a driver should do at once, the last is forgotten."""
    take_actions = Engine.take_actions

    def take(self: Engine) -> Sequence[SocketAction]:
        actions = take_actions(self)
        return actions[:-1] if len(actions) > 2 else actions

    patch.setattr(Engine, "take_actions", take)


def keep_deadlines(patch: Patch) -> None:
    """Whatever the server says, deadlines are taken for those from before."""
    received = Session.received

    def keep(self: Session, now: float, number: int, data: bytes) -> bool:
        received(self, now, number, data)
        return True

    patch.setattr(Session, "received", keep)


# Each with whether it is to be noticed in worlds without faults.
MUTANTS: dict[Callable[[Patch], None], bool] = {
    drop_the_resubscribe: False,
    forget_one_of_many: False,
    forget_the_pong_budget: False,
    shorten_the_window: False,
    spend_nothing: False,
    ignore_the_frame_limit: False,
    ignore_the_stream_limit: False,
    lose_what_was_buffered: True,
    buffer_nothing: True,
    leave_at_once: True,
    leave_at_the_answer: True,
    believe_the_first_event: True,
    forget_what_came_before_the_handover: True,
    trust_who_does_not_answer: False,
    leave_before_all_is_confirmed: False,
    forget_the_begin_of_an_overlap: True,
    forget_the_end_of_an_overlap: True,
    mark_no_interruption: False,
    forget_to_interrupt: False,
    believe_a_timeout: False,
    never_expire: False,
    ignore_the_limit_of_attempts: False,
    outlive_a_dead_connection: False,
    answer_no_pings: False,
    deliver_what_came_before: True,
    report_gaps_one_short: False,
    never_unsubscribe: False,
    take_any_answer: False,
    keep_the_dead: False,
    end_nobody: False,
    never_resume: False,
    confirm_nobody: False,
    lose_an_action: False,
    keep_deadlines: False,
}


@pytest.mark.parametrize("mutate", MUTANTS, ids=lambda mutate: mutate.__name__)
def test_a_broken_engine_is_noticed(mutate: Callable[[Patch], None], monkeypatch: Patch) -> None:
    """The same seeds pass with the engine as it is: see test_seeds.py and test_hand_over.py."""
    mutate(monkeypatch)
    assert is_noticed(_SEEDS, is_gentle=MUTANTS[mutate])
