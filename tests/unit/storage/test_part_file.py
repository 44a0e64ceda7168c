"""The file of a part: new, and made of whole blocks, whatever the disk does."""

from __future__ import annotations

import errno
from io import FileIO
from pathlib import Path

import pytest

from binance_streams_runtime.recording.header import header_line
from binance_streams_runtime.recording.index import Block
from binance_streams_runtime.storage import part_file
from binance_streams_runtime.storage.compression import Compressor
from binance_streams_runtime.storage.part_file import PartFile, is_being_written
from binance_streams_runtime.storage.parts import open_part
from tests.support.recordings import BEGIN, HEADER, trade_line

_write = part_file._write
COMPRESSOR = Compressor(3)


def block_of(*lines: bytes) -> tuple[bytes, Block]:
    content = b"".join(line + b"\n" for line in lines)
    return COMPRESSOR.frame(content), Block(0, 0, BEGIN, BEGIN, len(lines))


@pytest.fixture
def file(tmp_path: Path) -> PartFile:
    file = PartFile(tmp_path, BEGIN, "1a2b3c4d")
    file.append(*block_of(header_line(BEGIN, HEADER)))
    return file


def test_its_name_is_the_time_and_the_session(file: PartFile, tmp_path: Path) -> None:
    file.close()
    assert file.path == tmp_path / "2026-11-25" / "222042-1a2b3c4d.jsonl.zst"


def test_a_name_that_exists_is_left_to_its_owner(file: PartFile, tmp_path: Path) -> None:
    file.close()
    before = file.path.read_bytes()
    others = [PartFile(tmp_path, BEGIN, "1a2b3c4d") for _ in range(2)]
    assert [other.path.name for other in others] == [
        *("222042-1a2b3c4d-2.jsonl.zst", "222042-1a2b3c4d-3.jsonl.zst")
    ]
    for other in others:
        other.close()
    assert file.path.read_bytes() == before


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_nothing_is_left_of_a_block_that_does_not_fit(
    file: PartFile, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    def write_half(to: FileIO, data: bytes) -> None:
        _write(to, data[: len(data) // 2])
        raise OSError(error, "no")

    with monkeypatch.context() as patched:
        patched.setattr(part_file, "_write", write_half)
        with pytest.raises(OSError, match="no"):
            file.append(*block_of(trade_line(1)))
    file.append(*block_of(trade_line(2)))
    file.close()
    part = open_part(file.path)
    assert [*part.blocks()][1:] == [trade_line(2) + b"\n"]
    assert not part.is_torn
    assert [block.lines for block in part.index()] == [1, 1]


def test_an_index_that_cannot_be_written_is_done_without(
    file: PartFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_blocks_only(to: FileIO, data: bytes) -> None:
        if data.startswith(b"{"):
            raise OSError(errno.ENOSPC, "no")
        _write(to, data)

    monkeypatch.setattr(part_file, "_write", write_blocks_only)
    file.append(*block_of(trade_line(1)))
    file.append(*block_of(trade_line(2)))
    file.close()
    part = open_part(file.path)
    assert len([*part.blocks()]) == 3
    assert len(part.index()) == 1


def test_it_is_known_whether_it_is_being_written(file: PartFile) -> None:
    assert is_being_written(file.path)
    file.close()
    assert not is_being_written(file.path)


def test_a_deleted_file_is_noticed(file: PartFile) -> None:
    assert file.is_there()
    file.path.unlink()
    assert not file.is_there()
    file.close()
