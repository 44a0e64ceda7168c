"""The rate limit of one connection: never above the server's limit, never idle for no reason."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_streams_runtime.session.rate_limit import RateLimiter

LIMIT = 5


@given(st.lists(st.tuples(st.floats(0, 2), st.booleans()), max_size=80))
def test_no_second_holds_more_than_five(waits: list[tuple[float, bool]]) -> None:
    """Whatever the schedule: what waits until it may be sent is never the sixth in a second."""
    limiter = RateLimiter(LIMIT)
    now = 0.0
    sent: list[float] = []
    for wait, is_pong in waits:
        now += wait
        now = limiter.pong_at(now) if is_pong else limiter.request_at(now)
        limiter.spend(now)
        sent.append(now)
    assert all(sixth - first > 1 for first, sixth in zip(sent, sent[LIMIT:], strict=False))


@given(st.lists(st.floats(0, 2), max_size=60))
def test_a_place_is_kept_for_a_pong(waits: list[float]) -> None:
    limiter = RateLimiter(LIMIT)
    now = 0.0
    for wait in waits:
        now = limiter.request_at(now + wait)
        limiter.spend(now)
        assert limiter.pong_at(now) == now


@pytest.mark.parametrize("seed", range(20))
def test_the_time_it_names_is_the_first_that_it_accepts(seed: int) -> None:
    """Called at the time it gave, it says yes: nothing would wait forever, or in small steps."""
    chance = random.Random(seed)
    limiter = RateLimiter(LIMIT)
    now = 0.0
    for _ in range(200):
        now += chance.choice([0.0, 0.01, 0.3, 1.1, 5.0])
        due = limiter.pong_at if chance.random() < 0.5 else limiter.request_at
        now = due(now)
        assert due(now) == now
        limiter.spend(now)


def test_a_request_keeps_its_place_until_it_is_answered() -> None:
    """After a stall the server may get what was sent before it together with what follows."""
    limiter = RateLimiter(LIMIT)
    for _ in range(4):
        limiter.request()
    assert limiter.request_at(100.0) == math.inf
    assert limiter.pong_at(100.0) == 100.0
    limiter.arrive(100.0)
    assert 101.0 < limiter.request_at(100.0) <= 101.2


@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0, 3)), max_size=60))
def test_no_second_holds_more_than_four_requests_whenever_they_arrive(
    waits: list[tuple[float, float]],
) -> None:
    """Each arrives at some time between its sending and its answer; here as late as can be."""
    limiter = RateLimiter(LIMIT)
    now = 0.0
    answers: list[float] = []
    arrivals: list[float] = []
    for wait, takes in waits:
        now += wait
        while True:
            for answer in sorted(answer for answer in answers if answer <= now):
                limiter.arrive(answer)
                answers.remove(answer)
            due = limiter.request_at(now)
            if due <= now:
                break
            now = min([due, *answers])
        limiter.request()
        answers.append(now + takes)
        arrivals.append(now + takes)
    arrivals.sort()
    assert all(fifth - first > 1 for first, fifth in zip(arrivals, arrivals[4:], strict=False))


def test_an_unused_limit_lets_four_requests_go_at_once() -> None:
    limiter = RateLimiter(LIMIT)
    for _ in range(4):
        assert limiter.request_at(10.0) == 10.0
        limiter.spend(10.0)
    assert 11.0 < limiter.request_at(10.0) <= 11.2
