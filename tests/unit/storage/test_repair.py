"""Repairing parts: nothing readable is lost."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from binance_streams import RecordingError
from binance_streams_runtime.recording.header import header_line
from binance_streams_runtime.recording.lines import prefix_of
from binance_streams_runtime.storage.compression import Compressor
from binance_streams_runtime.storage.part_file import PartFile
from binance_streams_runtime.storage.parts import find_parts, open_part
from binance_streams_runtime.storage.repair import Repair, repair
from tests.support.recordings import BEGIN, HEADER, frame_line, trade_line, write_part

BLOCKS = [[trade_line(block + step / 10) for step in range(10)] for block in range(5)]
LINES = [header_line(BEGIN, HEADER), *(line for block in BLOCKS for line in block)]


def lines_of(path: Path) -> list[bytes]:
    part = open_part(path)
    lines = [line for block in part.blocks() for line in block.splitlines()]
    assert not part.is_torn
    index = part.index()
    assert index[-1].end == path.stat().st_size
    assert sum(block.lines for block in index) == len(lines)
    return lines


def test_a_whole_part_stays_as_it_is(tmp_path: Path) -> None:
    path = write_part(tmp_path, BLOCKS)
    before = path.read_bytes()
    assert repair(tmp_path) == [Repair(path)]
    assert path.read_bytes() == before
    assert open_part(path).index()[0].streams == ("!header", "btcusdt@trade")


def test_a_missing_index_is_made_anew(tmp_path: Path) -> None:
    path = write_part(tmp_path, BLOCKS, has_index=False)
    assert repair(path) == [Repair(path, has_new_index=True)]
    assert lines_of(path) == LINES


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_torn_end_is_removed(tmp_path: Path, cut: int) -> None:
    path = write_part(tmp_path, BLOCKS)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    (done,) = repair(path)
    assert done.damage is not None
    assert done.damaged_bytes > 0
    assert lines_of(path) == LINES[: 41 + done.saved_lines]


def test_what_can_be_read_of_a_torn_block_is_kept(tmp_path: Path) -> None:
    """A block of zstd has up to 128 KiB, each of which can be read once it is there."""
    drawn = random.Random(1)
    block = [
        frame_line(
            prefix_of(BEGIN + number, 1),
            b'{"stream":"btcusdt@trade","data":{"x":"%b"}}' % drawn.randbytes(100).hex().encode(),
        )
        for number in range(1000)
    ]
    path = write_part(tmp_path, [*BLOCKS, block])
    path.write_bytes(path.read_bytes()[:-5])
    assert len([*open_part(path).blocks()]) == 5
    (done,) = repair(path)
    assert 300 < done.saved_lines < 1000
    assert lines_of(path) == [*LINES, *block[: done.saved_lines]]
    assert [one.name for one in sorted(tmp_path.iterdir())] == [path.name, f"{path.name}.idx"]


def test_whole_blocks_behind_a_damaged_place_are_kept(tmp_path: Path) -> None:
    path = write_part(tmp_path, BLOCKS)
    content = bytearray(path.read_bytes())
    damaged = open_part(path).index()[2]
    middle = damaged.offset + damaged.size // 2
    content[middle : middle + 8] = b"\0" * 8
    path.write_bytes(content)
    (done,) = repair(path)
    assert "no zstd frame" in str(done.damage)
    assert done.saved_lines >= 20
    kept = lines_of(path)
    assert kept[:21] == LINES[:21]
    assert kept[-20:] == LINES[-20:]


def test_a_part_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    file = PartFile(tmp_path, BEGIN, "1a2b3c4d")
    (done,) = repair(tmp_path)
    assert done == Repair(file.path, "a client is writing it", is_skipped=True)
    file.close()
    (done,) = repair(tmp_path)
    assert done.is_skipped
    assert "has no whole block" in str(done.damage)
    assert find_parts(tmp_path) == []


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="there is no such file or folder"):
        repair(tmp_path / "none")


def test_a_line_that_cannot_be_read_is_kept(tmp_path: Path) -> None:
    """Somebody has edited the file; the index says as much as can be known."""
    path = write_part(tmp_path, [LINES[:10]], has_index=False)
    bad = [b"garbage", LINES[10].replace(b'"c":1,', b'"c":"x",')]
    content = b"\n".join([*bad, *LINES[11:20], b""])
    path.write_bytes(path.read_bytes() + Compressor(3).frame(content))
    (done,) = repair(path)
    assert done == Repair(path, has_new_index=True)
    assert lines_of(path)[-11:] == [*bad, *LINES[11:20]]
    (part,) = find_parts(tmp_path)
    assert part.index()[-1].lines == 11
