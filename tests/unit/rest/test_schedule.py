"""Which REST request goes next, in simulated time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_streams_runtime.catalog.rest import RestLimits
from binance_streams_runtime.protocol.rest import Need, RestFailure
from binance_streams_runtime.rest.schedule import MOST_AT_ONCE, Job, Schedule

LIMITS = RestLimits(weight=100, window=60, used_header="X")


def job(
    now: float = 0.0,
    host: str = "a",
    need: Need = Need.FILL,
    weight: int = 1,
    timeout: float = 30.0,
    reserve: int = 0,
) -> Job:
    return Job(
        f"{host}/rows", host, LIMITS, need, weight, reserve, now, timeout, lambda result: None
    )


def schedule(random: Callable[[], float] = lambda: 0.0) -> Schedule:
    return Schedule(random)


def send(schedule: Schedule, now: float) -> Job | None:
    """Send the next request, if one may be sent."""
    chosen, _ = schedule.next_job(now)
    if chosen is not None:
        schedule.sent(now, chosen)
    return chosen


def send_all(schedule: Schedule, now: float) -> list[Job]:
    """Send all requests that may be sent."""
    sent = []
    while (one := send(schedule, now)) is not None:
        sent.append(one)
    return sent


def answer(
    schedule: Schedule, now: float, one: Job, status: int | None = 200, used: int | None = None
) -> None:
    schedule.answered(now, one, used, None)
    schedule.judge(now, one, status, None)


def test_the_most_urgent_goes_first_and_then_the_oldest() -> None:
    plan = schedule()
    made = [
        job(0.1, need=Need.DEPTH),
        job(0.3, need=Need.BOOK),
        job(0.0, need=Need.FILL),
        job(0.2, need=Need.BOOK),
    ]
    for one in made:
        plan.add(one)
    order = []
    for _ in made:
        (one,) = send_all(plan, 1.0)[:1]
        order.append(made.index(one))
        plan.answered(1.0, one, None, None)
    assert order == [3, 1, 2, 0]


def test_requests_of_books_are_put_off_at_random_and_fills_are_not() -> None:
    plan = schedule(lambda: 0.5)
    book, fill = job(need=Need.BOOK), job()
    plan.add(book)
    plan.add(fill)
    assert send(plan, 0.0) is fill
    answer(plan, 0.0, fill)
    assert send(plan, 0.04) is None
    assert send(plan, 0.06) is book


def test_a_heavy_request_is_not_overtaken_by_light_ones() -> None:
    plan = schedule()
    first, heavy, light = (
        job(now, weight=weight, timeout=100.0) for now, weight in ((0.0, 60), (0.1, 60), (0.2, 1))
    )
    for one in (first, heavy, light):
        plan.add(one)
    assert send(plan, 0.3) is first
    answer(plan, 0.4, first)
    assert send(plan, 0.5) is None
    assert send(plan, 61.0) is heavy


def test_a_server_without_weight_holds_up_no_other() -> None:
    plan = schedule()
    first, second, other = job(weight=90), job(weight=90), job(0.5, host="b")
    plan.add(first)
    plan.add(second)
    assert send(plan, 0.0) is first
    answer(plan, 0.1, first)
    plan.add(other)
    assert send(plan, 0.6) is other


def test_a_server_has_one_request_until_it_has_answered_and_then_some() -> None:
    plan = schedule()
    for _ in range(10):
        plan.add(job())
    sent = send_all(plan, 0.0)
    assert len(sent) == 1
    for _ in range(5):
        answer(plan, 0.1, sent.pop(0), used=49)
        sent += send_all(plan, 0.1)
    assert len(sent) == MOST_AT_ONCE


@pytest.mark.parametrize("used", [None, 50])
def test_a_server_that_does_not_say_that_it_has_room_has_one_request_at_a_time(
    used: int | None,
) -> None:
    plan = schedule()
    for _ in range(10):
        plan.add(job())
    for _ in range(3):
        (one,) = send_all(plan, 0.0)
        answer(plan, 0.0, one, used=used)


@pytest.mark.parametrize("status", [None, 503, 429, 418])
def test_a_server_that_fails_has_one_request_at_a_time_again(status: int | None) -> None:
    plan = schedule()
    for _ in range(3):
        one = job()
        plan.add(one)
        assert send(plan, 0.0) is one
        answer(plan, 0.0, one, used=1)
    failing = job(timeout=1000.0)
    plan.add(failing)
    assert send(plan, 0.0) is failing
    answer(plan, 0.0, failing, status)
    for _ in range(2):
        plan.add(job(timeout=1000.0))
    assert send(plan, 500.0) is not None
    assert send(plan, 500.0) is None


def test_a_refusal_holds_back_all_requests_to_its_server() -> None:
    plan = schedule()
    first, second = job(), job(timeout=100.0)
    plan.add(first)
    assert send(plan, 0.0) is first
    plan.answered(1.0, first, None, None)
    assert plan.judge(1.0, first, 429, 20.0) == 20.0
    plan.add(second)
    assert plan.next_job(2.0) == (None, 21.0)
    assert send(plan, 21.0) is second


def late(plan: Schedule, now: float) -> list[Any]:
    return [failure for _, failure in plan.take_late(now)]


def test_a_request_that_would_wait_for_too_long_fails_at_once_if_the_server_has_said_so() -> None:
    plan = schedule()
    first = job()
    plan.add(first)
    assert send(plan, 0.0) is first
    plan.answered(1.0, first, None, None)
    plan.judge(1.0, first, 418, 3600.0)
    plan.add(job(2.0))
    text = "a/rows: not sent, as a wants no request from this IP address for 3599 s"
    assert late(plan, 2.0) == [RestFailure(text, retry_after=3599.0)]
    assert plan.next_job(2.0) == (None, None)


def test_a_request_that_waits_for_weight_in_vain_says_so() -> None:
    plan = schedule()
    first, second = job(weight=90), job(weight=20, timeout=10.0, reserve=5)
    plan.add(first)
    assert send(plan, 0.0) is first
    answer(plan, 0.0, first)
    plan.add(second)
    assert late(plan, 9.9) == []
    (failure,) = late(plan, 10.0)
    assert failure.reason == (
        "a/rows: not sent within 10 s, as 90 of 100 request weight are used, 5 are kept free"
    )
    assert failure.retry_after == pytest.approx(50.0, abs=1.0)


def test_a_removed_request_is_never_sent() -> None:
    plan = schedule()
    one = job()
    plan.add(one)
    plan.remove(one)
    plan.remove(one)
    assert plan.next_job(1.0) == (None, None)


# Calls of the WebSocket API


def called(plan: Schedule, now: float, weight: int = 1, timeout: float = 30.0) -> tuple[Job, bool]:
    one = job(now, need=Need.CALL, weight=weight, timeout=timeout)
    return one, plan.add_call(now, one)


def test_a_call_is_sent_at_once_if_there_is_weight() -> None:
    plan = schedule(lambda: 0.9)
    first, is_sent = called(plan, 0.0, weight=60)
    assert is_sent
    assert plan.used(0.0, "a") == 60
    second, is_sent = called(plan, 1.0, weight=41)
    assert not is_sent
    plan.answered(1.0, first, 60, None)
    assert send_all(plan, 59.0) == []
    assert send_all(plan, 62.0) == [second]


def test_a_call_waits_no_longer_than_it_must_once_the_one_before_it_is_answered() -> None:
    """Until then nobody knows when that one is counted, so it may take very long."""
    plan = schedule(lambda: 1.0)
    first, _ = called(plan, 0.0, weight=100)
    second, _ = called(plan, 0.0, weight=100, timeout=1000.0)
    _, wake_at = plan.next_job(0.5)
    assert wake_at is not None
    assert wake_at > 100.0
    plan.answered(1.0, first, None, None)
    _, wake_at = plan.next_job(1.0)
    assert wake_at is not None
    assert 61.0 <= wake_at < 62.0
    assert plan.next_job(1.5)[1] == wake_at
    assert send_all(plan, wake_at) == [second]


def test_a_call_does_not_overtake_one_that_waits() -> None:
    plan = schedule()
    called(plan, 0.0, weight=90)
    heavy, _ = called(plan, 1.0, weight=20)
    light, is_sent = called(plan, 2.0, weight=1)
    assert not is_sent
    plan.remove(heavy)
    assert send_all(plan, 2.0) == [light]


def test_calls_go_before_requests_and_use_what_those_leave_for_others() -> None:
    plan = schedule()
    called(plan, 0.0, weight=70)
    book = job(0.0, need=Need.BOOK, weight=10, reserve=25)
    plan.add(book)
    assert send_all(plan, 1.0) == []
    _, is_sent = called(plan, 1.0, weight=30)
    assert is_sent


def test_as_many_calls_as_have_weight_are_under_way_beside_a_request() -> None:
    plan = schedule()
    assert [called(plan, 0.0)[1] for _ in range(5)] == [True] * 5
    request = job()
    plan.add(request)
    assert send_all(plan, 0.0) == [request]
    assert called(plan, 0.0)[1]


def test_the_answer_to_a_call_says_how_much_is_used() -> None:
    plan = schedule()
    one, _ = called(plan, 0.0, weight=2)
    plan.answered(1.0, one, 95, None)
    assert plan.used(1.0, "a") == 95
    assert not called(plan, 1.0, weight=6)[1]


@pytest.mark.parametrize("status", [429, 418])
def test_a_refused_call_holds_back_calls_and_requests(status: int) -> None:
    plan = schedule()
    one, _ = called(plan, 0.0)
    plan.answered(0.0, one, None, None)
    assert plan.judge(0.0, one, status, 300.0) == 300.0
    request = job(0.0, timeout=400.0)
    plan.add(request)
    second, is_sent = called(plan, 0.0, timeout=400.0)
    assert not is_sent
    assert send_all(plan, 299.0) == []
    assert send_all(plan, 301.0) == [second, request]


def test_a_call_that_waits_for_weight_in_vain_says_how_much_is_used() -> None:
    plan = schedule()
    one, _ = called(plan, 0.0, weight=95)
    plan.answered(0.0, one, 95, None)
    second, _ = called(plan, 1.0, weight=6, timeout=10.0)
    assert late(plan, 10.9) == []
    ((failed, failure),) = plan.take_late(11.0)
    assert failed is second
    assert failure.reason == "a/rows: not sent within 10 s, as 95 of 100 request weight are used"
    assert failure.retry_after == pytest.approx(49, abs=1)
    assert failure.is_unsent


def test_a_withdrawn_call_does_not_count() -> None:
    plan = schedule()
    first, _ = called(plan, 0.0, weight=90)
    second, _ = called(plan, 0.0, weight=20)
    plan.withdraw(second)
    plan.withdraw(first)
    assert plan.used(0.0, "a") == 0
    assert not plan.is_waiting()
    # Once more changes nothing.
    plan.withdraw(first)
    assert called(plan, 0.0, weight=100)[1]


def test_a_failed_call_says_nothing_about_http() -> None:
    """Only requests have connections here: three may be under way after a call failed."""
    plan = schedule()
    for _ in range(MOST_AT_ONCE):
        one = job()
        plan.add(one)
        send(plan, 0.0)
        answer(plan, 0.0, one, used=1)
    failed, _ = called(plan, 0.0)
    plan.answered(0.0, failed, None, None)
    assert plan.judge(0.0, failed, 503, None) is None
    requests = [job() for _ in range(MOST_AT_ONCE)]
    for one in requests:
        plan.add(one)
    assert send_all(plan, 0.0) == requests


def test_the_answer_to_a_call_of_before_a_fork_is_ignored() -> None:
    plan = schedule()
    plan.answered(0.0, job(need=Need.CALL), 50, None)
    assert plan.used(0.0, "a") == 0
