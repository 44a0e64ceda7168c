"""The budget of one connection: never above the server's limit, never idle for no reason."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_streams_runtime.core.budget import Budget

LIMIT = 5


@given(st.lists(st.tuples(st.floats(0, 2), st.booleans()), max_size=80))
def test_no_second_holds_more_than_five(waits: list[tuple[float, bool]]) -> None:
    """Whatever the schedule: what waits until it may be sent is never the sixth in a second."""
    budget = Budget(LIMIT)
    now = 0.0
    sent: list[float] = []
    for wait, is_pong in waits:
        now += wait
        now = budget.pong_at(now) if is_pong else budget.request_at(now)
        budget.spend(now)
        sent.append(now)
    assert all(sixth - first > 1 for first, sixth in zip(sent, sent[LIMIT:], strict=False))


@given(st.lists(st.floats(0, 2), max_size=60))
def test_a_place_is_kept_for_a_pong(waits: list[float]) -> None:
    budget = Budget(LIMIT)
    now = 0.0
    for wait in waits:
        now = budget.request_at(now + wait)
        budget.spend(now)
        assert budget.pong_at(now) == now


@pytest.mark.parametrize("seed", range(20))
def test_the_time_it_names_is_the_first_that_it_accepts(seed: int) -> None:
    """Called at the time it gave, it says yes: nothing would wait for ever, or in small steps."""
    chance = random.Random(seed)
    budget = Budget(LIMIT)
    now = 0.0
    for _ in range(200):
        now += chance.choice([0.0, 0.01, 0.3, 1.1, 5.0])
        due = budget.pong_at if chance.random() < 0.5 else budget.request_at
        now = due(now)
        assert due(now) == now
        budget.spend(now)


def test_an_unused_budget_lets_four_requests_go_at_once() -> None:
    budget = Budget(LIMIT)
    for _ in range(4):
        assert budget.request_at(10.0) == 10.0
        budget.spend(10.0)
    assert 11.0 < budget.request_at(10.0) <= 11.2
