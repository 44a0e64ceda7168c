"""Who drives: threads that wait, the keeper, and what stops them."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from binance_streams_runtime.driver import seat as seats
from binance_streams_runtime.driver import signals
from binance_streams_runtime.driver.driver import Driver
from binance_streams_runtime.driver.wakeup import Wakeup
from tests.support.limits import LIMIT, failure, in_time, wait_until


class Idle:
    """An engine without any connection."""

    is_paused = False

    def next_time(self, now: float) -> None:
        return None

    def tick(self, now: float, read_until: float) -> None:
        pass

    def close(self, now: float) -> None:
        pass

    def take_actions(self) -> list[object]:
        return []


@contextlib.contextmanager
def patient() -> Iterator[None]:
    """Give a keeper that drives at the moment all the time it needs to make room."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seats, "_BRIEFLY", LIMIT)
        yield


class Driven:
    """A driver of an engine that has nothing to do."""

    def __init__(self) -> None:
        self.failures: list[BaseException | None] = []
        self.driver = Driver(Idle(), None, self.failures.append)  # type: ignore[arg-type]
        self.driver.post(lambda now: None)
        self.seat = self.driver._seat
        self.is_ready = threading.Event()
        self.wakeup = Wakeup()

    def wait(self) -> bool:
        return self.driver.wait(self.is_ready.is_set, self.wakeup)

    def waiting(self) -> Callable[[], list[bool]]:
        """Wait in a thread that drives; return how to get what it returns."""
        outcomes: list[bool] = []
        thread = threading.Thread(target=lambda: outcomes.append(self.wait()), daemon=True)
        with patient():
            thread.start()
            wait_until(lambda: self.seat._driver == thread.ident)

        def outcome() -> list[bool]:
            thread.join(LIMIT)
            return outcomes

        return outcome


@pytest.fixture
def driven() -> Iterator[Driven]:
    driven = Driven()
    yield driven
    in_time(lambda: driven.driver.stop(LIMIT))
    assert driven.failures == [None]


def test_what_another_thread_makes_ready_ends_a_drive(driven: Driven) -> None:
    outcome = driven.waiting()
    driven.is_ready.set()
    driven.driver.wake()
    assert outcome() == [True]


def test_a_thread_that_drives_when_all_is_stopped_gets_up(driven: Driven) -> None:
    outcome = driven.waiting()
    in_time(lambda: driven.driver.stop(LIMIT))
    assert driven.failures == [None]
    driven.is_ready.set()
    driven.wakeup.notify_all()
    assert outcome() == [True]


def test_a_thread_that_comes_when_all_is_being_stopped_does_not_drive(driven: Driven) -> None:
    """It takes the seat from the thread that stops, just before the keeper can."""
    take, leave = driven.seat.take, driven.seat.leave

    def take_late() -> bool:
        with patient():
            assert take()
        driven.driver._stop(time.monotonic())
        leave()
        return take()

    driven.seat.take = take_late  # type: ignore[method-assign]
    assert in_time(lambda: driven.driver.drive(lambda: False)) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_signal_of_the_main_thread_ends_no_wait_of_another_one(driven: Driven) -> None:
    outcome = driven.waiting()
    before = signal.signal(signal.SIGUSR1, lambda number, at: None)
    try:
        signals.defer(driven.driver.wake)
        signal.raise_signal(signal.SIGUSR1)
        assert signals.is_pending()
        for _ in range(3):
            driven.driver.run(lambda now: None)
        driven.is_ready.set()
        driven.driver.wake()
        assert outcome() == [True]
    finally:
        signals.resume(is_loop=False)
        signal.signal(signal.SIGUSR1, before)


def test_what_fails_in_a_drive_stops_all(driven: Driven) -> None:
    """And is raised, unless it is a mere mistake of the client's."""

    def fail(now: float) -> None:
        raise SystemExit(3)

    driven.driver.post(fail)
    raised: list[BaseException] = []

    def wait() -> None:
        try:
            driven.driver.drive(lambda: False)
        except BaseException as error:
            raised.append(error)

    in_time(wait)
    wait_until(lambda: driven.failures)
    (failed,) = driven.failures
    assert isinstance(failed, SystemExit)
    assert raised in ([], [failed])
    driven.failures[:] = [None]


def test_nothing_in_the_midst_of_the_work_can_wait_for_it(driven: Driven) -> None:
    """Although its loop has begun elsewhere."""

    def wait(now: float) -> bool:
        return driven.wait()

    assert "cannot do that" in str(failure(lambda: driven.driver.run(wait)))


def test_a_keeper_that_cannot_be_started_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    failures: list[BaseException | None] = []
    driver = Driver(Idle(), None, failures.append)  # type: ignore[arg-type]

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="new thread"):
            driver.post(lambda now: None)
    assert in_time(lambda: driver.run(lambda now: 5)) == 5
    in_time(lambda: driver.stop(LIMIT))
    assert failures == [None]


def test_what_is_called_after_the_end_is_done_by_the_caller(driven: Driven) -> None:
    in_time(lambda: driven.driver.stop(LIMIT))
    done: list[Any] = []
    driven.driver.run(lambda now: done.append(threading.get_ident()))
    assert done == [threading.get_ident()]


def test_a_seat_whose_thread_was_torn_away_is_free_again(
    driven: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by an exception that another thread raises in it, before it drives."""
    monkeypatch.setattr(seats, "_LOOK", 0.01)
    taken, is_over = threading.Event(), threading.Event()

    def take() -> None:
        with patient():
            assert driven.seat.take()
        taken.set()
        is_over.wait(LIMIT)

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    assert taken.wait(LIMIT)
    assert in_time(lambda: driven.driver.run(lambda now: 5)) == 5
    is_over.set()
    thread.join(LIMIT)


def test_a_seat_whose_thread_drives_for_long_is_not_free(
    driven: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seats, "_LOOK", 0.001)
    outcome = driven.waiting()
    driver, looks = driven.seat._driver, list[bool]()
    look = driven.driver._is_driven

    def look_and_count() -> bool:
        looks.append(look())
        return looks[-1]

    monkeypatch.setattr(driven.seat, "_is_driven", look_and_count)
    wait_until(lambda: len(looks) > 20)
    assert (all(looks), driven.seat._driver) == (True, driver)
    driven.is_ready.set()
    driven.driver.wake()
    assert outcome() == [True]
