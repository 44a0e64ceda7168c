"""The simulation notices what it should: a core that forgets something fails it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_streams_runtime.client.attempts import Attempts
from binance_streams_runtime.core import budget, carried, link
from binance_streams_runtime.core.budget import Budget
from binance_streams_runtime.core.carried import CarriedStream
from binance_streams_runtime.core.fleet import Fleet
from binance_streams_runtime.core.handover import Handover
from binance_streams_runtime.core.link import Link
from binance_streams_runtime.core.reporter import Reporter
from binance_streams_runtime.errors import RequestTimeout
from binance_streams_runtime.events.router import Batch, Router
from binance_streams_runtime.events.sequence import Overlap, Tracker
from binance_streams_runtime.events.trackers import ids
from binance_streams_runtime.events.trackers.ids import IdTracker
from binance_streams_runtime.events.trackers.monotonic import MonotonicTracker
from binance_streams_runtime.events.trackers.unnumbered import UnnumberedTracker
from binance_streams_runtime.notices import Gap
from tests.simulation.judge import is_noticed

Patch = pytest.MonkeyPatch
_SEEDS = range(200)


def drop_the_resubscribe(patch: Patch) -> None:
    """The successor of a lost connection asks for nothing."""
    take_over = Link.take_over

    def forget(self: Link, other: Link) -> None:
        take_over(self, other)
        self._dirty.clear()

    patch.setattr(Link, "take_over", forget)


def forget_one_of_many(patch: Patch) -> None:
    """The last stream of a lost connection is left behind."""
    succeed = Fleet._succeed

    def forget(self: Fleet, now: float, link: Link, pause: float) -> Link:
        if len(link.wanted) > 1:
            link.wanted.popitem()
        return succeed(self, now, link, pause)

    patch.setattr(Fleet, "_succeed", forget)


def forget_the_pong_budget(patch: Patch) -> None:
    """Pongs leave at once, whatever was sent before."""
    patch.setattr(Budget, "pong_at", lambda self, now: now)
    patch.setattr(link, "_PONG_INTERVAL", 0.0)


def shorten_the_window(patch: Patch) -> None:
    patch.setattr(budget, "_WINDOW", 0.9)


def spend_nothing(patch: Patch) -> None:
    patch.setattr(Budget, "spend", lambda self, now: None)
    patch.setattr(Budget, "request", lambda self: None)
    patch.setattr(Budget, "arrive", lambda self, now: None)


def ignore_the_frame_limit(patch: Patch) -> None:
    patch.setattr(link, "first_batch", lambda names, frame_bytes: list(names))


def ignore_the_stream_limit(patch: Patch) -> None:
    patch.setattr(Link, "load", property(lambda self: 0))


def lose_what_was_held(patch: Patch) -> None:
    """What the new connection brought during the handover is thrown away."""
    patch.setattr(CarriedStream, "take_held", lambda self, sequence: Batch())


def hold_nothing(patch: Patch) -> None:
    """What both connections bring is delivered as it comes."""

    def take(self: Router, items: list[Any], others: list[Any]) -> Batch:
        self.take(items, others)
        return Batch()

    patch.setattr(Router, "take_apart", take)


def leave_at_once(patch: Patch) -> None:
    """The old connection is left without having been heard to its end."""

    def advance(self: Handover, now: float) -> None:
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
    patch.setattr(Handover, "_look_by", lambda self, at: setattr(self, "look_at", 0.0))


def believe_the_first_event(patch: Patch) -> None:
    """The new connection takes a stream over with the first event that it brings."""
    patch.setattr(carried, "reaches", lambda sequence, event, first: True)


def forget_what_came_before_the_handover(patch: Patch) -> None:
    """What was delivered just before is not known to come again on a connection that lags."""
    patch.setattr(carried, "has_unique_numbers", lambda sequence: True)


def trust_who_does_not_answer(patch: Patch) -> None:
    """A connection that is dead counts as one that is quiet."""
    judge = Handover._judge

    def trust(self: Handover, question: Any, error: BaseException | None) -> None:
        judge(self, question, None)

    patch.setattr(Handover, "_judge", trust)


def leave_before_all_is_confirmed(patch: Patch) -> None:
    is_complete = property(lambda self: self.state == "open")
    patch.setattr(Link, "is_complete", is_complete)


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
    """Streams without ids are never told that something may be missing."""
    for tracker in (MonotonicTracker, UnnumberedTracker, Tracker):
        patch.setattr(tracker, "interrupt", lambda self: None)


def forget_to_suspend(patch: Patch) -> None:
    """No stream is told to be without a connection, and no recovery either."""

    def suspend(self: Fleet, now: float, link: Link, names: list[str]) -> None:
        link.interrupted_at = now

    patch.setattr(Reporter, "suspended", suspend)


def believe_the_unsure(patch: Patch) -> None:
    """What was asked and not answered is taken for done."""
    settle = Link._settle

    def believe(self: Link, request: Any, result: Any, error: BaseException | None) -> None:
        is_timeout = isinstance(error, RequestTimeout)
        settle(self, request, result, None if is_timeout else error)

    patch.setattr(Link, "_settle", believe)


def never_expire(patch: Patch) -> None:
    """A request that is not answered is waited for for ever."""
    patch.setattr(Link, "expire", lambda self, now: None)
    next_time = Link.next_time

    def later(self: Link, *arguments: Any) -> float | None:
        pending, self._pending = self._pending, {}
        time = next_time(self, *arguments)
        self._pending = pending
        return time

    patch.setattr(Link, "next_time", later)


def ignore_the_limit_of_attempts(patch: Patch) -> None:
    patch.setattr(Attempts, "reserve", lambda self, now: now)


def outlive_a_dead_connection(patch: Patch) -> None:
    """Silence is no sign of death."""

    def heard(self: Fleet, now: float, link: Link) -> None:
        self._deadlines[link.number] = now + 10**6

    patch.setattr(Fleet, "heard", heard)


def answer_no_pings(patch: Patch) -> None:
    patch.setattr(Link, "ping", lambda self, payload: None)


def deliver_what_came_before(patch: Patch) -> None:
    """Ids below the last one are not taken for repeated."""
    for tracker in (IdTracker, MonotonicTracker):
        patch.setattr(tracker, "check", lambda self, events: events)
        patch.setattr(tracker, "follows", lambda self, event: True)


def tell_gaps_one_short(patch: Patch) -> None:

    def short(stream: str, first: int | None, last: int | None, **rest: Any) -> Gap:
        return Gap(stream, first, last if last is None or last == first else last - 1, **rest)

    patch.setattr(ids, "Gap", short)


def never_unsubscribe(patch: Patch) -> None:
    compare = Link._compare

    def keep(self: Link, name: str) -> None:
        compare(self, name)
        if name not in self.wanted:
            self._dirty.pop(name, None)

    patch.setattr(Link, "_compare", keep)


def take_any_answer(patch: Patch) -> None:
    """Answers are matched by their order."""
    answer = Link.answer

    def oldest(self: Link, now: float, reply: Any) -> Any:
        reply.id = None
        return answer(self, now, reply)

    patch.setattr(Link, "answer", oldest)


def keep_the_dead(patch: Patch) -> None:
    """Deadlines of connections that are gone stay."""
    new_link = Fleet.new_link

    def keep(self: Fleet, now: float, pause: float = 0.0) -> Link:
        made = new_link(self, now, pause)
        self._deadlines[-made.number] = now + 10**6
        return made

    patch.setattr(Fleet, "new_link", keep)


# Each with whether it is to be noticed in worlds without faults.
MUTANTS: dict[Callable[[Patch], None], bool] = {
    drop_the_resubscribe: False,
    forget_one_of_many: False,
    forget_the_pong_budget: False,
    shorten_the_window: False,
    spend_nothing: False,
    ignore_the_frame_limit: False,
    ignore_the_stream_limit: False,
    lose_what_was_held: True,
    hold_nothing: True,
    leave_at_once: True,
    leave_at_the_answer: True,
    believe_the_first_event: True,
    forget_what_came_before_the_handover: True,
    trust_who_does_not_answer: False,
    leave_before_all_is_confirmed: False,
    forget_the_begin_of_an_overlap: True,
    forget_the_end_of_an_overlap: True,
    mark_no_interruption: False,
    forget_to_suspend: False,
    believe_the_unsure: False,
    never_expire: False,
    ignore_the_limit_of_attempts: False,
    outlive_a_dead_connection: False,
    answer_no_pings: False,
    deliver_what_came_before: True,
    tell_gaps_one_short: False,
    never_unsubscribe: False,
    take_any_answer: False,
    keep_the_dead: False,
}


@pytest.mark.parametrize("mutate", MUTANTS, ids=lambda mutate: mutate.__name__)
def test_a_broken_core_is_noticed(mutate: Callable[[Patch], None], monkeypatch: Patch) -> None:
    """The same seeds pass with the core as it is: see test_seeds.py and test_hand_over.py."""
    mutate(monkeypatch)
    assert is_noticed(_SEEDS, is_gentle=MUTANTS[mutate])
