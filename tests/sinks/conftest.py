"""A recording that every format is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from binance_streams_runtime.recording.lines import (
    LOST,
    data_line,
    prefix_of,
    snapshot_line,
)
from tests.support.recorded_events import LEFT, MS, line_of, notice_line
from tests.support.recordings import BEGIN, frame_line, write_part

MIDNIGHT = 5_958_000
"""Milliseconds from the beginning."""

SNAPSHOT = b'{"lastUpdateId":19,"bids":[["0.9","5"],["0.8","6"]],"asks":[["1.1","7"]]}'


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Trades, updates with a snapshot, and tickers of all symbols, over midnight and a handover."""
    lines = []
    for number in range(4):
        lines += [line_of("btcusdt@trade", number, number)]
        lines += [line_of("btcusdt@depth@100ms", number, number + 0.5)]
    request = "/api/v3/depth?symbol=BTCUSDT&limit=100"
    lines += [snapshot_line(BEGIN + 4 * MS, "btcusdt@depthSnapshot", request, SNAPSHOT)]
    lines += [line_of("!miniTicker@arr", 1, 5)]
    # Another connection takes over.
    lines += [line_of("btcusdt@trade", number, 6, 2) for number in (2, 3)]
    lines += [notice_line(7, LEFT)]
    lines += [frame_line(prefix_of(BEGIN, 1), b'{"stream":"btcusdt@trade","data":{}}')]
    lines += [data_line(BEGIN, LOST, {"lines": 5, "bytes": 9, "reason": "slow"})]
    lines += [line_of("btcusdt@trade", 4, MIDNIGHT, 2)]
    folder = tmp_path / "rec"
    write_part(folder / "production" / "2026-11-25", [lines[:6], lines[6:]])
    return folder
