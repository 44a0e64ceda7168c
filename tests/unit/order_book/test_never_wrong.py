"""Whatever is lost, repeated, late or out of order: a book that is called synced is right."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.book_world import ACTIONS, Action, BookWorld

drawn = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 1023)), max_size=80)


def some(seed: int, count: int = 80) -> list[Action]:
    random = Random(seed)
    return [(random.choice(ACTIONS), random.randrange(1024)) for _ in range(count)]


@settings(max_examples=60, deadline=None)
@given(drawn, st.integers(0, 1000), st.booleans())
def test_a_book_is_right_or_says_that_it_is_not(
    actions: list[Action], seed: int, is_linked: bool
) -> None:
    """And it is right again once everything works."""
    BookWorld(seed, is_linked=is_linked).run(actions)


@pytest.mark.parametrize("is_linked", [False, True])
def test_many_mishaps_in_a_row(is_linked: bool) -> None:
    for seed in range(20):
        BookWorld(seed, is_linked=is_linked).run(some(seed))
