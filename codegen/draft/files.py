"""Where messages come from: a file, standard input, or the files of a recording."""

from __future__ import annotations

import collections
import fnmatch
import gzip
import itertools
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from codegen.draft.messages import DraftError, Message, read_lines, read_text

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST_MESSAGES = 2000
"""More of them say nothing new about a stream."""
_MOST_LINES = 1_000_000
_ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst")


def read_messages(source: str, name: str) -> list[Message]:
    """Return the messages of the stream ``name``, which may be a pattern such as ``*@trade``.

    Without a name, all have to be of one stream. Raises DraftError if there is none.
    """
    found = _read(source, name)
    if not found and name and source != "-":
        # To say what there is instead.
        found = _read(source, "")
    if not found:
        raise DraftError(f"{source}: there is no message of a stream in it")
    named = [message for message in found if message.stream]
    if named and name:
        chosen = [message for message in named if fnmatch.fnmatchcase(message.stream, name)]
        if not chosen:
            raise DraftError(f"--name: got {name!r}; allowed: {_names(named)}")
        return chosen[:MOST_MESSAGES]
    if named:
        return named[:MOST_MESSAGES]
    if not name:
        raise DraftError(
            f"{source}: the messages do not say of which stream they are; say it by --name, such "
            "as --name btcusdt@trade (of make: NAME=btcusdt@trade)"
        )
    if "*" in name:
        raise DraftError(
            f"--name: got {name!r}, but the messages do not say of which stream they are; "
            "allowed: one name, such as btcusdt@trade"
        )
    return [Message(name, item.payload, item.comments) for item in found[:MOST_MESSAGES]]


def _names(messages: list[Message]) -> str:
    counted = collections.Counter(message.stream for message in messages)
    names = [name for name, _ in counted.most_common(10)]
    more = f", and {len(counted) - 10} more" if len(counted) > 10 else ""
    return f"{', '.join(sorted(names))}{more}"


def _read(source: str, name: str) -> list[Message]:
    if source == "-":
        if sys.stdin.isatty():
            print("reading messages from here, up to Ctrl-D ...", file=sys.stderr)
        return read_text(_decoded(sys.stdin.buffer.read(), "standard input"), "standard input")
    path = Path(source)
    if path.is_dir():
        return _recorded(path, name)
    try:
        if path.name.endswith(_ENDINGS):
            return _of_lines(path, name)
        return read_text(_decoded(path.read_bytes(), source), source)
    except OSError as error:
        raise DraftError(f"{source}: cannot be read: {error.strerror}") from None


def _recorded(folder: Path, name: str) -> list[Message]:
    files = sorted(path for path in folder.rglob("*") if path.name.endswith(_ENDINGS))
    if not files:
        allowed = ", ".join(f"*{ending}" for ending in _ENDINGS)
        raise DraftError(f"{folder}: there is no recording in it: no file {allowed}")
    found: list[Message] = []
    for path in files:
        found += _of_lines(path, name)
        if name and len(found) >= MOST_MESSAGES:
            break
    return found


def _of_lines(path: Path, name: str) -> list[Message]:
    """Read one file of a recording, of which the last frame may be cut off."""
    # Quick to look for, so that only what is wanted is decoded.
    needle = max(name.split("*"), key=len)
    lines = itertools.islice(_lines(path), _MOST_LINES)
    return read_lines(lines, str(path), lambda line: needle in line)


def _lines(path: Path) -> Iterator[str]:
    try:
        with _opened(path) as file:
            for line in file:
                yield line.decode("utf-8", "replace")
    except EOFError:
        # A program that was killed leaves the last frame unfinished.
        return
    except (OSError, zlib.error, zstd.ZstdError) as error:
        raise DraftError(f"{path}: cannot be read: {error}") from None


def _opened(path: Path) -> BinaryIO:
    if path.name.endswith(".zst"):
        return cast("BinaryIO", zstd.open(path))
    return cast("BinaryIO", gzip.open(path)) if path.name.endswith(".gz") else path.open("rb")


def _decoded(content: bytes, source: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DraftError(f"{source}: not UTF-8: byte 0x{content[error.start]:02x}") from None
