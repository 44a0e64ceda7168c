"""One seed: its world, from beginning to end, and what is said if it fails."""

from __future__ import annotations

import os

from tests.simulation.truth import check
from tests.simulation.world import World

_BLOCK = 50


def blocks(count: int) -> list[range]:
    """The seeds to run, in blocks; with SEED=1234 in the environment this one alone."""
    if "SEED" in os.environ:
        return [range(int(os.environ["SEED"]), int(os.environ["SEED"]) + 1)]
    return [range(first, min(first + _BLOCK, count)) for first in range(0, count, _BLOCK)]


def live(seed: int, is_gentle: bool = False) -> World:
    """Live through a world and check it. A failure says how to see it again."""
    file = "test_hand_over.py" if is_gentle else "test_seeds.py"
    try:
        world = World(seed, is_gentle)
        world.run()
        check(world)
    except Exception as failure:
        again = f"SEED={seed} pytest tests/simulation/{file}"
        raise AssertionError(f"seed {seed}: {failure!r}; alone: {again}") from failure
    return world


def is_noticed(seeds: range, is_gentle: bool = False) -> bool:
    """Whether any of these worlds fails."""
    for seed in seeds:
        try:
            live(seed, is_gentle)
        except AssertionError as failure:
            # A change that does not fit the code is noticed by Python, not by what is checked.
            if isinstance(failure.__cause__, TypeError | AttributeError):
                raise failure.__cause__ from None
            return True
    return False
