"""Simulated days of streams whose gaps are filled: nothing is missing, and nothing comes twice."""

from __future__ import annotations

import pytest

from tests.simulation import truth
from tests.simulation.fills import FillsWorld, check_fills
from tests.simulation.judge import blocks


def live(seed: int, is_gentle: bool = False) -> int:
    """Live through a world of fills and check it; return how many events were fetched."""
    try:
        world = FillsWorld(seed, is_gentle)
        world.run()
        truth.check(world)
        return check_fills(world)
    except Exception as failure:
        raise AssertionError(f"seed {seed}: {failure!r}") from failure


@pytest.mark.parametrize("seeds", blocks(50), ids=str)
def test_whatever_happens_everything_comes_once(seeds: range) -> None:
    assert sum(live(seed) for seed in seeds) > len(seeds)


def test_planned_handovers_need_no_fill() -> None:
    assert sum(live(seed, is_gentle=True) for seed in range(10)) == 0
