"""A thousand simulated days with faults: in the end all is as it should be, and all is reported."""

from __future__ import annotations

import pytest

from tests.simulation.judge import blocks, live

SEEDS = blocks(1000)
# The first 250 notice most mistakes, and are all that `make fast` runs.
CASES = [*SEEDS[:5], *(pytest.param(seeds, marks=pytest.mark.slow) for seeds in SEEDS[5:])]


@pytest.mark.parametrize("seeds", CASES, ids=str)
def test_whatever_happens_nothing_is_lost_in_silence(seeds: range) -> None:
    for seed in seeds:
        live(seed)
