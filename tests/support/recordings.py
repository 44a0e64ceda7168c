"""Parts of recordings, made by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from binance_streams_runtime.recording import lines
from binance_streams_runtime.recording.header import Header, header_line
from binance_streams_runtime.recording.index import Block, block_line
from binance_streams_runtime.recording.lines import prefix_of, read_head
from binance_streams_runtime.storage.compression import Compressor
from binance_streams_runtime.storage.parts import ENDING, find_parts, index_path

BEGIN = 1_795_645_242_000_000_000
SECOND = 1_000_000_000

HEADER = Header(
    package="binance_streams",
    market="spot",
    server="production",
    url="wss://stream.binance.com:9443/stream",
    time_unit="millisecond",
    session="1a2b3c4d",
    part=1,
    offset=BEGIN,
)


def header_of(**fields: Any) -> Header:
    """Return a header with these fields."""
    return msgspec.structs.replace(HEADER, **fields)


def frame_line(prefix: bytes, message: bytes) -> bytes:
    """Return the line of a text message, whatever stream it is of."""
    return lines.frame_line("", prefix, message)[1]


def trade_line(seconds: float, connection: int = 1, stream: str = "btcusdt@trade") -> bytes:
    """Return the line of a trade that came so many seconds after the beginning."""
    message = b'{"stream":"%b","data":{"e":"trade","E":%d}}' % (stream.encode(), seconds * 1000)
    return frame_line(prefix_of(BEGIN + round(seconds * SECOND), connection), message)


def whole_trade(number: int, seconds: float, connection: int = 1) -> bytes:
    """Return the line of a trade with this id, with all that the spec wants."""
    message = (
        b'{"stream":"btcusdt@trade","data":{"e":"trade","E":1795645242000,"s":"BTCUSDT","t":%d,'
        b'"p":"95000.01000000","q":"0.00100000","T":1795645242000,"m":true,"M":true}}' % number
    )
    return frame_line(prefix_of(BEGIN + round(seconds * SECOND), connection), message)


def write_part(
    folder: Path,
    blocks: Iterable[Sequence[bytes]],
    header: Header = HEADER,
    begin: int = BEGIN,
    has_index: bool = True,
) -> Path:
    """Write a part of these blocks of lines, the first of which begins with a header."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{header.session}-{header.part}{ENDING}"
    compressor = Compressor(3)
    content = index = b""
    lines = [header_line(begin, header)]
    known: set[str] = set()
    for block in blocks:
        lines += block
        frame = compressor.frame(b"".join(line + b"\n" for line in lines))
        heads = [read_head(line) for line in lines]
        times = [head.time for head in heads]
        new = {head.stream for head in heads if head.stream is not None} - known
        known |= new
        size = len(frame), min(times), max(times), len(lines)
        index += block_line(Block(len(content), *size, tuple(sorted(new))))
        content += frame
        lines = []
    path.write_bytes(content)
    if has_index:
        index_path(path).write_bytes(index)
    return path


def lines_in(root: Path, is_live: bool = False) -> list[Any]:
    """The lines of all parts under a folder, in order; every part must be whole.

    If it ``is_live``, a block may just be written, of which nothing is returned.
    """
    lines: list[Any] = []
    for part in find_parts(root):
        for block in part.blocks():
            lines += map(msgspec.json.decode, block.splitlines())
        assert is_live or not part.is_torn
    return lines
