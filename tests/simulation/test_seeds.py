"""Thousands of simulated days with faults: in the end all is as it should be, and all is told."""

from __future__ import annotations

import pytest

from tests.simulation.judge import blocks, live


@pytest.mark.parametrize("seeds", blocks(2000), ids=str)
def test_whatever_happens_nothing_is_lost_in_silence(seeds: range) -> None:
    for seed in seeds:
        live(seed)
