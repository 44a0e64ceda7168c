"""The side file of a part: where each block begins, when it was received, and what is new in it."""

from __future__ import annotations

import msgspec

SUFFIX = ".idx"


class Block(msgspec.Struct, frozen=True):
    """One zstd frame of a part."""

    offset: int
    """Where it begins in the file."""
    size: int
    """How many bytes it has there."""
    first: int
    """The earliest time of a line in it: Unix nanoseconds."""
    last: int
    """The latest one."""
    lines: int
    streams: tuple[str, ...] = ()
    """The streams that have a line here for the first time in this part, ``!notice`` included."""

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.offset + self.size


_decode = msgspec.json.Decoder(Block).decode


def block_line(block: Block) -> bytes:
    """Return the line of a block, with its end."""
    return msgspec.json.encode(block) + b"\n"


def read_index(text: bytes) -> list[Block]:
    """Return the blocks of an index that follow each other without a gap, from the beginning.

    The rest of the file, which may be torn or belong to another one, is ignored.
    """
    blocks: list[Block] = []
    end = 0
    for line in text.split(b"\n"):
        try:
            block = _decode(line)
        except (msgspec.DecodeError, UnicodeError):
            break
        if block.offset != end or block.size <= 0:
            break
        blocks.append(block)
        end = block.end
    return blocks
