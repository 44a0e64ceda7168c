"""What is left of a recording whose program was killed; ``tests.soak.kills`` does it often."""

from __future__ import annotations

from pathlib import Path

import pytest

from binance_streams_simulator import Simulator
from tests.support.killing import kill_while_recording
from tests.support.limits import MARGIN


@pytest.mark.parametrize("seconds", [0.0, 0.31])
def test_a_killed_program_leaves_files_that_can_be_read(
    shared_simulator: Simulator, tmp_path: Path, seconds: float
) -> None:
    kill = kill_while_recording(shared_simulator.url, tmp_path / "rec", seconds)
    recorded = kill.recorded
    assert recorded == [*range(recorded[0], recorded[0] + len(recorded))] if recorded else True
    # A second at most; more only if the machine was as slow.
    assert all(lost < (1 + MARGIN) * 1000 for lost in kill.lost)
