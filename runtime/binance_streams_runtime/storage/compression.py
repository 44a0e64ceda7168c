"""Zstandard, from the standard library or from the extra ``record``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from binance_streams_runtime.errors import RecordingError

MAGIC = b"\x28\xb5\x2f\xfd"
"""How a frame begins."""

if TYPE_CHECKING:
    from types import ModuleType


@cache
def zstd() -> ModuleType:
    """Return the module; raise RecordingError if it is not installed."""
    try:
        return _load()
    except ImportError:
        raise RecordingError(
            "recordings are compressed with zstd, which Python has from 3.14 on: "
            "pip install 'binance-streams[record]'"
        ) from None


def _load() -> ModuleType:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


class Compressor:
    """Makes frames that are complete in themselves, and have a checksum."""

    def __init__(self, level: int) -> None:
        module = zstd()
        parameter = module.CompressionParameter
        options = {parameter.compression_level: level, parameter.checksum_flag: 1}
        self._compressor: Any = module.ZstdCompressor(options=options)

    def frame(self, data: bytes) -> bytes:
        """Return ``data`` as one frame."""
        compressor = self._compressor
        compressor.set_pledged_input_size(len(data))
        frame: bytes = compressor.compress(data, compressor.FLUSH_FRAME)
        return frame


def frame_in(data: bytes) -> tuple[bytes, int] | None:
    """Return what the frame at the beginning of ``data`` holds, and its size.

    None if it is incomplete. Raises ValueError if it is no frame, or a damaged one.
    """
    decompressor = zstd().ZstdDecompressor()
    try:
        content: bytes = decompressor.decompress(data)
    except zstd().ZstdError as error:
        raise ValueError(f"no zstd frame: {error}") from None
    if not decompressor.eof:
        return None
    return content, len(data) - len(decompressor.unused_data)


def salvage(data: bytes | memoryview) -> bytes:
    """Return the whole lines that the beginning of a torn or damaged frame holds."""
    decompressor = zstd().ZstdDecompressor()
    parts: list[bytes] = []
    for piece in _pieces(data):
        try:
            parts.append(decompressor.decompress(piece))
        except (zstd().ZstdError, EOFError):
            break
    content = b"".join(parts)
    return content[: content.rfind(b"\n") + 1]


def _pieces(data: bytes | memoryview) -> Iterator[bytes | memoryview]:
    # Small enough to lose little of what comes before a damaged place.
    for start in range(0, len(data), 1024):
        yield data[start : start + 1024]
