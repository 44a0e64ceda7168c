"""Programs that know nothing of this project read recordings as they are."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from binance_streams import Gap
from binance_streams_runtime.recording.lines import (
    LOST,
    NOTICE,
    answer_line,
    data_line,
    prefix_of,
    raw_line,
    snapshot_line,
)
from binance_streams_runtime.recording.notices import notice_data
from tests.support.recordings import BEGIN, frame_line, trade_line, write_part

PREFIX = prefix_of(BEGIN, 1)
# Every kind of line there is.
LINES = [
    *(trade_line(second) for second in range(100)),
    frame_line(PREFIX, b'{"result":null,"id":1}'),
    frame_line(PREFIX, b'{"stream":"!miniTicker@arr","data":[{"s":"BTCUSDT"},{"s":"ETHUSDT"}]}'),
    frame_line(PREFIX, b'{"stream":"btcusdt@bookTicker","data":{"u":1,"b":"1.0"}}'),
    raw_line(PREFIX, b"garbage"),
    raw_line(PREFIX, b"\xff\x00"),
    snapshot_line(BEGIN, "btcusdt@depthSnapshot", "/depth", b'{"lastUpdateId":1,"bids":[]}'),
    answer_line(BEGIN, "/klines", 200, b'[[1,"2"]]'),
    data_line(BEGIN, NOTICE, notice_data(Gap("btcusdt@trade", 1, 2))),
    data_line(BEGIN, LOST, {"lines": 5, "bytes": 1000, "reason": "the disk is full"}),
]
COUNT = len(LINES) + 1


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return write_part(tmp_path, [LINES[:50], LINES[50:]])


@pytest.fixture
def torn(part: Path) -> Path:
    """A part whose writer was killed in the middle of a block."""
    part.write_bytes(part.read_bytes()[:-20])
    return part


def test_polars_reads_a_part(part: Path) -> None:
    """With a schema for the keys of every line, as those of ``data`` differ."""
    schema = {"t": pl.Int64, "c": pl.Int64, "stream": pl.String}
    frame = pl.read_ndjson(part, schema=schema)
    assert len(frame) == COUNT
    trades = frame.filter(pl.col("stream") == "btcusdt@trade")
    assert trades["t"].to_list() == [BEGIN + second * 10**9 for second in range(100)]
    lazy = pl.scan_ndjson(part, schema=schema).filter(pl.col("stream") == "!lost").collect()
    assert len(lazy) == 1


def test_polars_reads_the_data_of_one_stream(part: Path) -> None:
    data = pl.Struct({"e": pl.String, "E": pl.Int64})
    schema: dict[str, Any] = {"t": pl.Int64, "stream": pl.String, "data": data}
    frame = pl.read_ndjson(part, schema=schema, ignore_errors=True)
    trades = frame.filter(pl.col("stream") == "btcusdt@trade").unnest("data")
    assert trades["E"].to_list() == [second * 1000 for second in range(100)]


def rows(part: Path, what: str) -> list[tuple[object, ...]]:
    columns = "columns={t: 'BIGINT', c: 'BIGINT', stream: 'VARCHAR', data: 'JSON'}"
    source = f"read_json('{part}', format='newline_delimited', compression='zstd', {columns})"
    with duckdb.connect() as connection:
        return connection.execute(f"select {what} from {source}").fetchall()


def test_duckdb_reads_a_part(part: Path) -> None:
    assert rows(part, "count(*), count(distinct stream)") == [(COUNT, 9)]
    what = "sum((data->>'E')::BIGINT) filter (where stream = 'btcusdt@trade')"
    assert rows(part, what) == [(sum(range(100)) * 1000,)]


def test_duckdb_reads_a_torn_part(torn: Path) -> None:
    """It reads even what there is of the block that is torn."""
    assert rows(torn, "count(*)")[0][0] >= 51  # type: ignore[operator]


def run(*command: str | Path, text: bytes | None = None, status: int = 0) -> bytes:
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, input=text, capture_output=True, check=False)
    assert done.returncode == status, done.stderr
    return done.stdout


def test_zstdcat_and_jq_read_a_part(part: Path) -> None:
    text = run("zstdcat", part)
    assert text.splitlines()[1:] == LINES
    found = run("jq", "-c", 'select(.stream == "!notice") | .data.type', text=text)
    assert found == b'"Gap"\n'
    assert [json.loads(line)["t"] for line in text.splitlines()][1] == BEGIN


def test_zstdcat_reads_a_torn_part_up_to_its_end(torn: Path) -> None:
    """And says that it is torn, by its status."""
    text = run("zstdcat", torn, status=1)
    assert text.splitlines()[1:51] == LINES[:50]
