"""Calls of a client: they wait for weight, are signed in the thread of their key, and count."""

from __future__ import annotations

import gc
import os
import threading
import time
import weakref
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from binance_streams import RequestTimeout, SigningError
from binance_streams_runtime.protocol.api_requests import Call
from binance_streams_runtime.rest import service as service_module
from binance_streams_runtime.signing import threads as threads_module
from binance_streams_runtime.signing.service import ApiCalls
from tests.project.paths import python
from tests.support.calls import LIMITS, Outcomes, Signer, blocking, call
from tests.support.calls import CallingWorld as World
from tests.support.limits import LIMIT, MS, wait_until


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    for client in made.clients:
        client.close()


def prepared(calls: ApiCalls, outcomes: Outcomes, one: Call) -> str:
    """Prepare a call, and return its text."""
    calls.prepare(one)
    found, outcome = outcomes.next(LIMIT)
    assert (found, outcome.error) == (one, None)
    return outcome.text


def failed(outcomes: Outcomes) -> BaseException:
    _, outcome = outcomes.next(LIMIT)
    assert outcome.error is not None
    return outcome.error


def test_a_call_is_signed_in_the_thread_of_its_key(world: World) -> None:
    calls = world.client(outcomes := Outcomes())
    key = Signer("abc")
    assert '"signature":"abc"' in prepared(calls, outcomes, call(key))
    assert '"signature":"abc"' in prepared(calls, outcomes, call(key))
    assert key.threads == {"binance-streams-signing"}


def test_a_call_that_is_not_signed_needs_no_thread(world: World) -> None:
    """It is ready before ``prepare`` returns."""
    calls = world.client(outcomes := Outcomes())
    calls.prepare(call(has_timestamp=True))
    assert not outcomes.is_empty()


def test_the_time_is_that_of_the_signature(world: World) -> None:
    calls = world.client(outcomes := Outcomes())
    before = time.monotonic()
    text = prepared(calls, outcomes, call(Signer(), clock_offset=1000.0))
    stamp = msgspec.json.decode(text)["params"]["timestamp"]
    assert int((before + 1000) * 1000) <= stamp <= (time.monotonic() + 1000) * 1000


def test_a_key_that_hangs_holds_up_no_other_key(world: World) -> None:
    calls = world.client(outcomes := Outcomes())
    gate = threading.Event()
    hanging = call(Signer(blocking(gate, LIMIT)))
    calls.prepare(hanging)
    assert "abc" in prepared(calls, outcomes, call(Signer("abc")))
    gate.set()
    assert outcomes.next(LIMIT)[0] is hanging


def test_a_key_signs_one_call_at_a_time_for_all_clients(world: World) -> None:
    gate = threading.Event()
    running = []

    def sign(payload: bytes) -> str:
        running.append(payload)
        assert gate.wait(LIMIT)
        return "abc"

    key = Signer(sign)
    outcomes = Outcomes()
    for _ in range(2):
        world.client(outcomes).prepare(call(key))
    wait_until(lambda: running)
    assert world.signing_threads() == 1
    assert len(running) == 1
    gate.set()
    assert {outcomes.next(LIMIT)[1].error for _ in range(2)} == {None}


def test_a_call_that_is_given_up_is_not_signed(world: World) -> None:
    calls = world.client(outcomes := Outcomes())
    gate = threading.Event()
    key = Signer(blocking(gate, LIMIT))
    first, second, third = (call(key) for _ in range(3))
    for one in (first, second, third):
        calls.prepare(one)
    wait_until(lambda: key.payloads)
    for one in (first, second):
        calls.answered(one, None, None, None, None)
    gate.set()
    assert outcomes.next(LIMIT)[0] is third
    assert len(key.payloads) == 2
    assert outcomes.is_empty()
    # The call's own and its connection's, which was counted with the first one, are gone.
    assert calls.used() == 1


def test_a_call_that_is_given_up_before_it_is_counted_leaves_no_weight(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = world.client(outcomes := Outcomes())
    reserve = world.service.reserve
    one = call()

    def late(job: Any, user: Any) -> bool:
        calls.answered(one, None, None, None, None)
        return reserve(job, user)

    monkeypatch.setattr(world.service, "reserve", late)
    calls.prepare(one)
    assert outcomes.is_empty()
    assert calls.used() == 0


def test_a_key_that_fails_says_so_and_leaves_no_weight(world: World) -> None:
    calls = world.client(outcomes := Outcomes())
    calls.prepare(call(Signer(None)))
    assert isinstance(failed(outcomes), SigningError)
    assert calls.used() == 0
    assert calls.stats() == (0, 0, 0)


def test_a_call_that_cannot_be_written_is_an_error(world: World) -> None:
    """Nothing that goes wrong in the thread of a key may leave anybody waiting."""
    calls = world.client(outcomes := Outcomes())
    for key in (Signer(), None):
        calls.prepare(call(key, params={"canary": object()}))
        assert str(failed(outcomes)) == "account.status cannot be sent: TypeError"
    assert calls.used() == 0


def test_a_system_without_threads_is_an_error(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    calls = world.client(outcomes := Outcomes())
    monkeypatch.setattr(threading.Thread, "start", start)
    calls.prepare(call(Signer()))
    expected = "account.status was not signed: cannot start a thread: can't start new thread"
    assert str(failed(outcomes)) == expected
    # Nor can it wait for weight.
    calls.prepare(call(weight=99))
    assert outcomes.next(LIMIT)[1].error is None
    calls.prepare(call(weight=99))
    expected = "account.status: cannot start a thread: can't start new thread"
    assert str(failed(outcomes)) == expected


# Weight


def test_a_call_counts_with_its_connection(world: World) -> None:
    calls = world.client(outcomes := Outcomes())
    for connection, weight in ((1, 5), (1, 6), (2, 7)):
        prepared(calls, outcomes, call(weight=weight, connection=connection))
    assert calls.used() == 5 + 6 + 7 + 2 + 2
    assert calls.stats() == (3, 22, 0)


def test_an_answer_says_what_the_server_has_counted(world: World) -> None:
    calls = world.client(outcomes := Outcomes())
    one = call(Signer(), weight=20)
    prepared(calls, outcomes, one)
    # Amid a minute: near its end, it could have been counted in either.
    calls.answered(one, 70, 30.0, 200, None)
    assert calls.used() == 70
    # Once more, and of a call that was never prepared.
    calls.answered(one, 90, None, 200, None)
    calls.answered(call(), 90, None, 200, None)
    assert calls.used() == 70


def test_a_call_waits_for_weight_and_says_how_much_is_used_if_there_is_none(world: World) -> None:
    calls = world.client(outcomes := Outcomes(), timeout=50 * MS)
    one = call(weight=90)
    prepared(calls, outcomes, one)
    calls.answered(one, 95, None, 200, None)
    calls.prepare(call(Signer(), weight=6))
    error = failed(outcomes)
    assert isinstance(error, RequestTimeout)
    start, _, end = str(error).partition("; there is room in ")
    assert start.startswith("account.status: not sent within ")
    assert start.endswith("s, as 95 of 100 request weight are used")
    assert end.endswith(" s")
    assert calls.stats() == (1, 92, 0)


def test_a_call_waits_until_there_is_weight(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = 0.0
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + ahead)
    monkeypatch.setattr(service_module, "time", clock)
    calls = world.client(outcomes := Outcomes(), timeout=10 * LIMIT)
    calls.prepare(call(weight=98))
    first = outcomes.next(LIMIT)[0]
    second = call(Signer("abc"), weight=98)
    calls.prepare(second)
    assert calls.stats()[2] == 1
    calls.answered(first, None, None, None, None)
    assert calls.stats()[2] == 1
    ahead = 3.0 * LIMITS.window
    world.service._look_again()
    assert outcomes.next(LIMIT)[0] is second


@pytest.mark.parametrize("is_sent", [True, False])
def test_what_waits_learns_that_there_is_weight(world: World, is_sent: bool) -> None:
    """Even if nothing seemed to become free for long."""
    calls = world.client(outcomes := Outcomes())
    gate = threading.Event()
    first = call(Signer("abc" if is_sent else blocking(gate, LIMIT)), weight=98)
    calls.prepare(first)
    if is_sent:
        outcomes.next(LIMIT)
    second = call(weight=98)
    calls.prepare(second)
    wait_until(lambda: world.service.schedule._hosts["host"].resume_at)
    calls.answered(first, 2 if is_sent else None, None, 200 if is_sent else None, None)
    assert outcomes.next(LIMIT)[0] is second
    gate.set()


def test_a_call_that_waits_can_be_given_up(world: World) -> None:
    calls = world.client(outcomes := Outcomes())
    prepared(calls, outcomes, call(weight=98))
    waiting = call(weight=50)
    calls.prepare(waiting)
    calls.answered(waiting, None, None, None, None)
    assert calls.stats() == (1, 100, 0)
    assert calls.used() == 100
    assert not world.service.schedule.is_waiting()


@pytest.mark.parametrize("status", [429, 418])
def test_after_a_refusal_no_call_is_sent(world: World, status: int) -> None:
    calls = world.client(outcomes := Outcomes())
    one = call()
    prepared(calls, outcomes, one)
    calls.answered(one, None, None, status, 200_000.0)
    calls.prepare(call(Signer()))
    expected = "account.status: not sent, as host wants no request from this IP address for "
    assert str(failed(outcomes)).startswith(expected)


def test_without_a_limit_nothing_waits(world: World) -> None:
    calls = world.client(outcomes := Outcomes(), limits=None)
    for _ in range(3):
        one = call(weight=90)
        prepared(calls, outcomes, one)
        calls.answered(one, 90, None, 429, 300.0)
    assert calls.used() == 0
    assert calls.stats() == (3, 270, 0)


# The end


def test_the_thread_of_a_key_ends_with_its_last_client(world: World) -> None:
    key = Signer()
    clients = [world.client(outcomes := Outcomes()) for _ in range(2)]
    for client in clients:
        client.prepare(call(key))
    outcomes.next(LIMIT)
    clients[0].close()
    assert world.signing_threads() == 1
    clients[1].close()
    wait_until(lambda: not world.signing_threads())


def test_an_idle_thread_ends_and_starts_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads_module, "_IDLE", 1 * MS)
    calls = world.client(outcomes := Outcomes())
    key = Signer("abc")
    for _ in range(2):
        assert "abc" in prepared(calls, outcomes, call(key))
        wait_until(lambda: not world.signing_threads())


def test_a_closed_client_hears_nothing_any_more(world: World) -> None:
    calls = world.client(outcomes := Outcomes())
    gate = threading.Event()
    key = Signer(blocking(gate, LIMIT))
    calls.prepare(call(key))
    wait_until(lambda: key.payloads)
    calls.close()
    gate.set()
    wait_until(lambda: not world.signing_threads())
    assert outcomes.is_empty()
    assert calls.used() == 0


def test_a_key_is_not_kept_when_its_thread_has_ended(world: World) -> None:
    calls = world.client(outcomes := Outcomes())
    key = Signer("abc")
    one = call(key)
    prepared(calls, outcomes, one)
    calls.answered(one, None, None, 200, None)
    calls.close()
    wait_until(lambda: not world.signing_threads())
    found = weakref.ref(key)
    del key, one
    wait_until(lambda: gc.collect() >= 0 and found() is None)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_a_forked_child_signs_in_a_thread_of_its_own(world: World) -> None:
    """With the same key, though the parent's thread hangs in it; the parent's calls are gone."""
    calls = world.client(outcomes := Outcomes())
    gate = threading.Event()
    parent = os.getpid()

    def sign(payload: bytes) -> str:
        assert os.getpid() != parent or gate.wait(LIMIT)
        return "abc"

    key = Signer(sign)
    one = call(key)
    calls.prepare(one)
    wait_until(lambda: key.payloads)
    child = os.fork()
    if child == 0:
        try:
            calls.answered(one, None, None, None, None)
            calls.close()
            own = world.client(outcomes)
            assert '"signature":"abc"' in prepared(own, outcomes, call(key))
            assert own.used() == 1 + 2
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    gate.set()
    assert outcomes.next(LIMIT)[0] is one


def test_a_key_that_hangs_does_not_keep_the_interpreter_from_exiting() -> None:
    code = """
import threading
from binance_streams_runtime.signing.threads import SigningThreads

started = threading.Event()

def hang():
    started.set()
    threading.Event().wait()

SigningThreads().submit("key", "user", hang)
started.wait()
print("over")
"""
    assert python("-c", code).stdout == "over\n"
