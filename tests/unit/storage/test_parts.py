"""Finding and reading parts of recordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from binance_streams import RecordingError
from binance_streams_runtime.recording.header import header_line
from binance_streams_runtime.storage.parts import find_parts, open_part, package_in
from tests.support.recordings import BEGIN, HEADER, SECOND, header_of, trade_line, write_part

BLOCKS = [[trade_line(block + step / 10) for step in range(10)] for block in range(5)]
LINES = [header_line(BEGIN, HEADER), *(line for block in BLOCKS for line in block)]


def lines_of(path: Path, since: float | None = None, until: float | None = None) -> list[bytes]:
    part = open_part(path)
    bounds = (None if time is None else BEGIN + round(time * SECOND) for time in (since, until))
    return [line for block in part.blocks(*bounds) for line in block.splitlines()]


def test_a_part_is_read_block_by_block(tmp_path: Path) -> None:
    path = write_part(tmp_path, BLOCKS)
    part = open_part(path)
    assert part.header == HEADER
    assert part.begin == BEGIN
    assert lines_of(path) == LINES
    assert not part.is_torn


@pytest.mark.parametrize("has_index", [True, False])
def test_the_index_only_spares_reading(tmp_path: Path, has_index: bool) -> None:
    """Without it, all blocks are read."""
    path = write_part(tmp_path, BLOCKS, has_index=has_index)
    read = lines_of(path, since=3.5, until=3.6)
    assert {*BLOCKS[3]} <= {*read}
    assert (BLOCKS[0][0] in read) == (not has_index)


@pytest.mark.parametrize("cut", [1, 30, 60])
def test_a_torn_part_is_read_up_to_its_last_whole_block(tmp_path: Path, cut: int) -> None:
    path = write_part(tmp_path, BLOCKS)
    path.write_bytes(path.read_bytes()[:-cut])
    part = open_part(path)
    assert [*part.blocks()][-1].splitlines() == BLOCKS[3]
    assert part.is_torn
    assert "the last block is incomplete" in str(part.damage)


def test_a_damaged_block_ends_a_part(tmp_path: Path) -> None:
    path = write_part(tmp_path, BLOCKS)
    end = open_part(path).index()[-2].end
    path.write_bytes(path.read_bytes()[:end] + b"\0" * 4096)
    assert lines_of(path) == LINES[:-10]
    assert lines_of(path, since=3.0)[-1] == LINES[-11]


def test_an_index_beyond_the_file_is_not_trusted(tmp_path: Path) -> None:
    path = write_part(tmp_path, BLOCKS)
    path.write_bytes(path.read_bytes()[: open_part(path).index()[2].end])
    assert lines_of(path, since=2.0, until=9.0)[-1] == BLOCKS[2][-1]


@pytest.mark.parametrize("index", [b"", b"garbage", b'{"offset":5,"size":1}\n', b'{"offset":0'])
def test_a_bad_index_is_ignored(tmp_path: Path, index: bytes) -> None:
    path = write_part(tmp_path, BLOCKS)
    open_part(path).index_path.write_bytes(index)
    assert lines_of(path, since=4.0) == LINES


def test_parts_are_found_in_order_of_their_beginning(tmp_path: Path) -> None:
    later = write_part(tmp_path / "a", BLOCKS, header_of(part=2), BEGIN + 1)
    first = write_part(tmp_path / "b" / "c", BLOCKS)
    assert [part.path for part in find_parts(tmp_path)] == [first, later]
    assert [part.path for part in find_parts(str(later))] == [later]


def test_parts_of_other_times_are_left_out(tmp_path: Path) -> None:
    hour = 3600 * SECOND
    paths = [
        write_part(tmp_path, [[]], header_of(part=part + 1), BEGIN + part * hour)
        for part in range(4)
    ]
    found = find_parts(tmp_path, BEGIN + hour + hour // 2, BEGIN + 2 * hour + hour // 2)
    assert [part.path for part in found] == paths[1:3]


def test_a_part_that_is_hardly_begun_is_skipped(tmp_path: Path) -> None:
    path = write_part(tmp_path, BLOCKS)
    (tmp_path / "000000-2.jsonl.zst").write_bytes(path.read_bytes()[:50])
    (tmp_path / "000000-3.jsonl.zst").write_bytes(b"")
    assert [part.path for part in find_parts(tmp_path)] == [path]


def test_what_is_no_recording_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="there is no such file or folder"):
        find_parts(tmp_path / "none")
    other = tmp_path / "other.jsonl.zst"
    other.write_bytes(b"text")
    with pytest.raises(RecordingError, match=r"other\.jsonl\.zst is no part of a recording"):
        find_parts(tmp_path)
    other.write_bytes(b"")
    with pytest.raises(RecordingError, match="has no whole block"):
        find_parts(other)


def test_a_later_version_is_an_error_that_says_so(tmp_path: Path) -> None:
    path = write_part(tmp_path, BLOCKS, header_of(version=2))
    with pytest.raises(RecordingError, match=r"version 2 of the format.*update binance-streams"):
        open_part(path)


def test_a_recording_does_not_say_which_module_is_imported(tmp_path: Path) -> None:
    path = write_part(tmp_path, BLOCKS)
    assert package_in(path) == "binance_streams"
    for name in ("antigravity", "binance_streams.none"):
        write_part(tmp_path, BLOCKS, header_of(package=name))
        with pytest.raises(RecordingError, match=f"is a recording of {name}: import {name} before"):
            package_in(path)
