"""What docs/scale.md shows runs, and what it names exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from binance_streams_cli.main import COMMANDS, command_parser
from binance_streams_simulator import Simulator
from tests.project.paths import ROOT
from tests.support.limits import LIMIT
from tests.support.log_writer import LogWriter, depth, snapshot
from tests.support.nats_server import NatsServer
from tests.support.relays import RunningRelay

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
OF_A_RELAY, OF_A_LOG = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SHELL = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
# Those of other programs.
FOREIGN = {"--jetstream", "--store_dir", "--file", "--now"}


def printed(program: str, tmp_path: Path) -> list[str]:
    """What a program prints that ends without an error and without a warning."""
    script = tmp_path / "program.py"
    script.write_text(program, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-W", "error", script],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.splitlines()


def test_a_program_reads_from_a_relay(simulator: Simulator, tmp_path: Path) -> None:
    with RunningRelay(simulator) as relay:
        program = OF_A_RELAY.replace("ws://127.0.0.1:9443", relay.url)
        (line,) = printed(program, tmp_path)
    assert re.fullmatch(r"\d+ [\d.]+", line)


def test_a_program_reads_from_a_log_and_goes_on(nats_server: NatsServer, tmp_path: Path) -> None:
    """The second run begins with the last event of the first one."""
    log = LogWriter(nats_server)
    log.trades(range(1, 301))
    log.snapshot("BTCUSDT", snapshot(100, [["1.0", "2.0"]], [["3.0", "1.0"]]))
    log.write("btcusdt@depth@100ms", [depth(101, 102, [["1.5", "7"]])])
    program = OF_A_LOG.replace("nats://127.0.0.1:4222", nats_server.url)
    first, second = (printed(program, tmp_path) for _ in range(2))
    assert [line.split()[0] for line in first[:-1]] == [str(one) for one in range(1, 101)]
    assert [line.split()[0] for line in second[:-1]] == [str(one) for one in range(100, 200)]
    assert first[-1].startswith("PriceLevel(")


def test_a_log_is_restored_from_a_copy(own_nats_server: NatsServer, tmp_path: Path) -> None:
    """By the commands of the page, with other folders."""
    LogWriter(own_nats_server).trades(range(1, 101))
    own_nats_server.stop()
    (block,) = [block for block in SHELL if "tar " in block]
    restored = tmp_path / "restored"
    (restored / "store").mkdir(parents=True)
    for line in block.splitlines():
        if line.startswith("tar "):
            for folder, other in (
                ("/var/lib/nats-restored", restored / "store"),
                ("/var/lib/nats", own_nats_server.folder / "store"),
                ("log.tgz", tmp_path / "log.tgz"),
            ):
                line = line.replace(folder, os.fspath(other))
            subprocess.run(line.split(), check=True, timeout=LIMIT)
    with NatsServer(restored) as server:
        assert len(server.messages("binance.spot.trade.BTCUSDT")) == 100


def test_every_option_exists() -> None:
    """Of one of the commands, or known to be of another program."""
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z_-]*", PAGE))
    options = {
        option
        for name in COMMANDS
        for action in command_parser(name)._actions
        for option in action.option_strings
    }
    assert named - options - FOREIGN == set()


def test_every_metric_exists() -> None:
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:collector|relay)_\w+)[`{]", PAGE)
    assert len(named) > 3
    assert [name for name in named if f"| `{name}` |" not in page] == []


@pytest.mark.parametrize("name", ["relay", "nats"])
def test_extras_are_installed_as_the_page_says(name: str) -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.search(rf"^{name} = \[", project, re.MULTILINE)
    assert name in "".join(re.findall(r"pip install '\.\[([\w,]+)\]'", PAGE)).split(",")
