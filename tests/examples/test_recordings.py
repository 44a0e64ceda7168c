"""The examples that keep something write all of it, and replay it."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

from binance_streams import decode, encode
from binance_streams_simulator import Simulator
from tests.examples.conftest import NUMBER, Start
from tests.support.programs import Program

# Runs a program whose main thread sleeps for a moment only.
IMPATIENT = """
import runpy, sys, threading, time

real_sleep = time.sleep

def sleep(seconds):
    is_main = threading.current_thread() is threading.main_thread()
    real_sleep(min(seconds, 0.05) if is_main else seconds)

time.sleep = sleep
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_record_to_file(start: Start, tmp_path: Path) -> None:
    """Every line can be read again, byte by byte as it was sent."""
    program = start("record_to_file", tmp_path)
    program.wait_for(r"writing to .*binance-\d{4}-\d\d-\d\d\.jsonl\n", r"\n300 events\n")
    program.interrupt()
    lines = [line for path in tmp_path.glob("*.jsonl") for line in path.read_bytes().splitlines()]
    assert len(lines) >= 300
    seen = set()
    for line in lines:
        stream = json.loads(line)["stream"]
        data = line.removeprefix(b'{"stream":"%b","data":' % stream.encode()).removesuffix(b"}")
        assert encode(decode(data, stream)) == data
        seen.add(stream)
    assert seen == {"btcusdt@trade", "btcusdt@bookTicker", "btcusdt@depth@100ms"}


def test_record_to_parquet(simulator: Simulator, tmp_path: Path) -> None:
    """All that was recorded is in the files."""
    runner = tmp_path / "run.py"
    runner.write_text(IMPATIENT, encoding="utf-8")
    arguments = "examples/record_to_parquet.py", simulator.url, tmp_path, "3600"
    with Program(runner, *arguments) as program:
        program.wait_for(r"^[1-9]\d{2,} messages, [1-9]\d* bytes on disk\n")
        program.interrupt()
    assert re.search(r"^converting: 100%\n\d+ rows in [1-4] files:\n", program.out, re.MULTILINE)
    assert {path.name.split("-")[0] for path in (tmp_path / "parquet").rglob("*.parquet")} <= {
        f"{symbol}@{name}" for symbol in ("btcusdt", "ethusdt") for name in ("aggTrade", "kline_1m")
    }
    assert "left out" not in program.out


def test_replay_a_strategy(start: Start, tmp_path: Path) -> None:
    """The replay of what was recorded decides the same."""
    line = rf"^\S+  (?:buy |sell) {NUMBER}$"
    program = start("replay_a_strategy", tmp_path / "rec")
    program.wait_for(line, times=2)
    program.interrupt()
    live = re.findall(line, program.out, re.MULTILINE)
    with Program("examples/replay_a_strategy.py", f"replay:{tmp_path}/rec?speed=max") as replay:
        replay.wait_for_end()
    # What came after Ctrl-C, and before the end, was recorded as well.
    assert re.findall(line, replay.out, re.MULTILINE)[: len(live)] == live


def test_frames_to_parquet(start: Start, tmp_path: Path) -> None:
    """Each file that it names is there, and has the trades that it says."""
    program = start("frames_to_parquet", tmp_path / "frames", "0.2")
    program.wait_for(rf"^.+\.parquet: \d+ trades, worth {NUMBER}\n", times=2)
    program.interrupt()
    written = re.findall(r"^(.+btcusdt-(\d+)\.parquet): (\d+)", program.out, re.MULTILINE)
    assert all(Path(path).stat().st_size for path, _, _ in written)
    # None is missing between two files.
    for (_, first, count), (_, following, _) in pairwise(written):
        assert int(first) + int(count) == int(following)


def test_lossless_trades(start: Start, simulator: Simulator, tmp_path: Path) -> None:
    """Trades that are left out, or missed while there is no connection, are in the file, too."""
    program = start("lossless_trades", tmp_path / "trades.csv")
    printed = program.wait_for(r"^100 trades\n")
    simulator.skip_events("btcusdt@trade", 5)
    printed = program.wait_for(r"5 missed trades were fetched within", after=printed)
    simulator.refuse_connections()
    simulator.drop_connections()
    # Were it quick enough, nothing would be missing.
    simulator.skip_events("btcusdt@trade", 3)
    simulator.accept_connections()
    program.wait_for(r"missed trades were fetched within", r"00 trades\n", after=printed)
    program.interrupt()
    lines = (tmp_path / "trades.csv").read_text().splitlines()
    ids = [int(line.split(",")[0]) for line in lines]
    assert ids == list(range(ids[0], ids[0] + len(ids)))
