"""Signals' handlers, put off while the main thread drives, and the program's own at all times."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from binance_streams_runtime.driver import signals

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

NUMBER = signal.SIGINT


class Program:
    """A program with a handler of its own."""

    def __init__(self) -> None:
        self.handled: list[str] = []
        self.woken = 0

    def wake(self) -> None:
        self.woken += 1

    def handle(self, number: int, at: FrameType | None) -> None:
        self.handled.append("own")

    def handle_otherwise(self, number: int, at: FrameType | None) -> None:
        self.handled.append("other")

    def drive(self, is_loop: bool = True) -> None:
        signals.defer(self.wake)
        signals.resume(is_loop)

    def interrupted(self) -> str:
        """Which handler is called now."""
        signal.raise_signal(NUMBER)
        return self.handled.pop()


@pytest.fixture
def program() -> Iterator[Program]:
    program = Program()
    before = signal.signal(NUMBER, program.handle)
    yield program
    signals.resume(is_loop=False)
    signal.signal(NUMBER, before)


def test_a_handler_runs_behind_the_work(program: Program) -> None:
    signals.defer(program.wake)
    signal.raise_signal(NUMBER)
    assert (program.handled, program.woken, signals.is_pending()) == ([], 1, True)
    signals.resume(is_loop=True)
    assert (program.handled, signals.is_pending()) == (["own"], False)
    assert program.interrupted() == "own"


def test_handlers_are_back_in_place_behind_a_loop(program: Program) -> None:
    program.drive()
    assert signal.getsignal(NUMBER) != program.handle
    signals.restore()
    assert signal.getsignal(NUMBER) == program.handle


def test_handlers_are_back_in_place_behind_a_call(program: Program) -> None:
    program.drive(is_loop=False)
    assert signal.getsignal(NUMBER) == program.handle


def test_handlers_are_back_in_place_although_one_has_raised(program: Program) -> None:
    def raise_(number: int, at: FrameType | None) -> None:
        raise ZeroDivisionError

    signal.signal(NUMBER, raise_)
    signals.defer(program.wake)
    signal.raise_signal(NUMBER)
    with pytest.raises(ZeroDivisionError):
        signals.resume(is_loop=False)
    assert signal.getsignal(NUMBER) is raise_


def test_each_handler_that_was_put_off_runs_although_another_one_raises(program: Program) -> None:
    def raise_(number: int, at: FrameType | None) -> None:
        raise ZeroDivisionError

    before = signal.signal(signal.SIGUSR1, raise_)
    try:
        signals.defer(program.wake)
        signal.raise_signal(signal.SIGUSR1)
        signal.raise_signal(NUMBER)
        with pytest.raises(ZeroDivisionError):
            signals.resume(is_loop=False)
        assert program.handled == ["own"]
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_a_handler_that_is_set_in_a_loop_stays(program: Program) -> None:
    program.drive()
    signal.signal(NUMBER, program.handle_otherwise)
    program.drive()
    assert program.interrupted() == "other"
    signals.restore()
    assert signal.getsignal(NUMBER) == program.handle_otherwise


def test_a_handler_that_is_replaced_for_a_while_in_a_loop_comes_back(program: Program) -> None:
    program.drive()
    found = signal.signal(NUMBER, program.handle_otherwise)
    program.drive()
    signal.signal(NUMBER, found)
    assert program.interrupted() == "own"
    program.drive()
    assert program.interrupted() == "own"
    signals.restore()
    assert signal.getsignal(NUMBER) == program.handle


def test_a_handler_that_was_found_in_a_loop_may_be_put_back_behind_it(program: Program) -> None:
    program.drive()
    found: Any = signal.signal(NUMBER, program.handle_otherwise)
    signals.restore()
    signal.signal(NUMBER, found)
    assert program.interrupted() == "own"
    program.drive(is_loop=False)
    assert signal.getsignal(NUMBER) == program.handle


def test_what_no_python_code_handles_is_left_alone(program: Program) -> None:
    before = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    try:
        program.drive()
        assert signal.getsignal(signal.SIGUSR1) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_a_handler_is_not_put_off_for_ever(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user's ``reconnect=`` may hang, which the second Ctrl-C must end."""
    signals.defer(program.wake)
    signal.raise_signal(NUMBER)
    monkeypatch.setattr(signals, "_PATIENCE", -1.0)
    signal.raise_signal(NUMBER)
    assert program.handled == ["own"]
