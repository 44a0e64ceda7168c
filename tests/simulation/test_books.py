"""Simulated days of order books: none that is called synced is ever wrong, and all end right."""

from __future__ import annotations

import pytest

from tests.simulation.books import BooksWorld, check_books
from tests.simulation.judge import blocks
from tests.simulation.truth import check


def live(seed: int, is_gentle: bool = False) -> None:
    """Live through a world of books, and check it."""
    try:
        world = BooksWorld(seed, is_gentle)
        world.run()
        check(world)
        check_books(world)
    except Exception as failure:
        raise AssertionError(f"seed {seed}: {failure!r}") from failure


@pytest.mark.parametrize("seeds", blocks(30), ids=str)
def test_no_book_is_ever_wrong(seeds: range) -> None:
    """Nor is a subscription to the same streams any other than without the book."""
    for seed in seeds:
        live(seed, is_gentle=seed % 5 == 4)
