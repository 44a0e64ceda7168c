"""Killing a program that records, and looking at what is left."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

from binance_streams_runtime.storage.parts import find_parts
from binance_streams_runtime.storage.repair import repair
from tests.support.limits import LIMIT, wait_until
from tests.support.programs import ROOT

_PROGRAM = "tests.support.recording_program"


@dataclass
class Kill:
    """What a killed program has received, and what of it is on the disk."""

    received: list[tuple[int, int]]
    """The ids of trades, and when the program had them: milliseconds."""
    recorded: list[int]
    killed_at: int
    torn: int
    """How many parts did not end with a whole block."""

    @property
    def lost(self) -> list[int]:
        """For how many milliseconds it had had what is not on the disk."""
        kept = {*self.recorded}
        return [self.killed_at - at for number, at in self.received if number not in kept]


def kill_while_recording(
    url: str, folder: Path, seconds: float, rotate: str = "1h", least: int = 10
) -> Kill:
    """Record for some seconds after the first trades, and kill the program with signal 9."""
    output = folder.with_name(f"{folder.name}.txt")
    with (
        output.open("wb") as out,
        subprocess.Popen(
            [sys.executable, "-m", _PROGRAM, url, str(folder), rotate], stdout=out, cwd=ROOT
        ) as child,
    ):
        try:
            wait_until(
                lambda: output.read_bytes().count(b"\n") >= least or child.poll() is not None, LIMIT
            )
            assert child.poll() is None, "it has ended by itself"
            time.sleep(seconds)
        finally:
            child.kill()
            killed_at = int(time.monotonic() * 1000)
    whole = output.read_bytes().rpartition(b"\n")[0].decode().splitlines()
    received = [(int(one), int(two)) for one, two in (line.split() for line in whole)]
    before = _trades(folder)
    torn = sum(one.damage is not None for one in repair(folder))
    # What a reader finds is the same before and after, but for what was saved of a torn block.
    after = _trades(folder)
    assert after[: len(before)] == before
    return Kill(received, after, killed_at, torn)


def _trades(folder: Path) -> list[int]:
    numbers = []
    for part in find_parts(folder):
        for block in part.blocks():
            for line in block.splitlines():
                found = msgspec.json.decode(line)
                if found.get("stream") == "btcusdt@trade":
                    numbers.append(found["data"]["t"])
    return numbers
