"""What is left of a recording whose program was killed; ``tests.soak.kills`` does it often."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from binance_streams_simulator import Simulator
from tests.support.killing import kill_while_recording
from tests.support.limits import LIMIT, MARGIN
from tests.support.recordings import lines_in


@pytest.mark.parametrize("seconds", [0.0, 0.31])
def test_a_killed_program_leaves_files_that_can_be_read(
    shared_simulator: Simulator, tmp_path: Path, seconds: float
) -> None:
    kill = kill_while_recording(shared_simulator.url, tmp_path / "rec", seconds)
    recorded = kill.recorded
    assert recorded == [*range(recorded[0], recorded[0] + len(recorded))] if recorded else True
    # A second at most; more only if the machine was as slow.
    assert all(lost < (1 + MARGIN) * 1000 for lost in kill.lost)


PROGRAM = """
import sys
from binance_streams import Client
from binance_streams_runtime.storage import writer_thread
writer_thread._EXIT_TIMEOUT = 60
client = Client(sys.argv[1])
client.record(sys.argv[2])
print(client.trade("btcusdt").get(60).trade_id)
"""


def test_a_program_that_forgets_to_close_loses_nothing(
    shared_simulator: Simulator, tmp_path: Path
) -> None:
    """What waits is written before the interpreter ends."""
    command = [sys.executable, "-c", PROGRAM, shared_simulator.url, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=True)
    recorded = [line for line in lines_in(tmp_path) if line.get("stream") == "btcusdt@trade"]
    assert int(done.stdout) in [line["data"]["t"] for line in recorded]
