"""The lines of a recording: JSON objects that begin with a time and the number of a connection.

A frame of the server is kept byte for byte: ``"t"`` and ``"c"`` are put in front of its own keys.
What is no frame has a stream name that begins with ``!``. What a line says is in docs/recording.md.
"""

from __future__ import annotations

import base64
from typing import Any, NamedTuple

import msgspec

HEADER = "!header"
"""The first line of each part, and nothing else."""
NOTICE = "!notice"
"""A notice: its class and its fields."""
SESSION = "!session"
"""What the session decided, as it cannot be seen from the frames."""
REST = "!rest"
"""The answer to a REST request, or why there was none."""
LOST = "!lost"
"""What should have been here, but was not written."""
RAW = "!raw"
"""A message that is not one JSON object on one line, or that has keys of its own named t or c."""

NEWLINE = b"\n"

# '{"t":1795645242000000000,"c":1' : nanoseconds have 19 digits from 2001 to 2286.
_TIME_STARTS = len(b'{"t":')
_TIME_ENDS = _TIME_STARTS + 19
_CONNECTION_STARTS = _TIME_ENDS + len(b',"c":')
_STREAM = b',"stream":"'
_WRAPPED = b'{"stream":'

_check = msgspec.json.Decoder(msgspec.Raw).decode
_keys = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_data = msgspec.json.encode
_NOT_JSON = (msgspec.DecodeError, UnicodeError, RecursionError)


class Head(NamedTuple):
    """What every line begins with."""

    time: int
    """When it was received or happened: Unix time in nanoseconds."""
    connection: int
    """The number of the connection; 0 if it came on none."""
    stream: str | None
    """The stream's name, or what kind of line it is; None if it is a message without a name."""


class Lost(msgspec.Struct):
    """What a line ``!lost`` says to be missing."""

    lines: int = 0
    bytes: int = 0
    reason: str = ""


def prefix_of(time: int, connection: int) -> bytes:
    """Return how a line begins, up to the comma before its next key."""
    return b'{"t":%d,"c":%d,' % (time, connection)


def frame_line(stream: str, prefix: bytes, message: bytes) -> tuple[str, bytes]:
    """Return what stream the line of a text message is of, and the line, without its end.

    ``stream`` is the message's, and ``prefix`` that of ``prefix_of``.
    """
    if is_one_object(message):
        return stream, prefix + message[1:]
    return RAW, raw_line(prefix, message)


def is_one_object(message: bytes) -> bool:
    """Return whether a message can be a line as it is, but for the keys in front."""
    if message.startswith(_WRAPPED):
        return is_json_line(message)
    if not message.startswith(b"{") or not is_json_line(message):
        return False
    keys = _keys(message)
    return bool(keys) and "t" not in keys and "c" not in keys


def is_json_line(text: bytes) -> bool:
    """Return whether a text is JSON on one line."""
    try:
        _check(text)
        if not text.isascii():
            text.decode()
    except _NOT_JSON:
        return False
    # JSON allows neither in a string, so they can only be between two tokens.
    return NEWLINE not in text and b"\r" not in text


def raw_line(prefix: bytes, message: bytes) -> bytes:
    """Return the line of a message that cannot be a line itself, as text or base64."""
    try:
        text = message.decode()
    except UnicodeDecodeError:
        encoded = base64.b64encode(message)
        return prefix + b'"stream":"!raw","encoding":"base64","data":"' + encoded + b'"}'
    return prefix + b'"stream":"!raw","data":' + _data(text) + b"}"


def data_line(time: int, stream: str, data: object) -> bytes:
    """Return the line of what is no frame; ``data`` is anything that msgspec writes as JSON."""
    return prefix_of(time, 0) + b'"stream":%b,"data":%b}' % (_data(stream), _data(data))


def snapshot_line(time: int, stream: str, request: str, body: bytes) -> bytes:
    """Return the line of an order book snapshot; ``body`` is the answer, byte for byte."""
    if not is_json_line(body):
        return answer_line(time, request, 200, body)
    head = prefix_of(time, 0) + b'"stream":%b,"generated":true,' % _data(stream)
    return head + b'"request":%b,"data":%b}' % (_data(request), body)


def answer_line(time: int, request: str, status: int, body: bytes) -> bytes:
    """Return the line of an answer to a REST request; ``body`` as it is, or as a text."""
    if not is_json_line(body):
        body = _data(body.decode("utf-8", "replace"))
    data = b'{"request":%b,"status":%d,"body":%b}' % (_data(request), status, body)
    return prefix_of(time, 0) + b'"stream":"!rest","data":%b}' % data


def read_head(line: bytes) -> Head:
    """Return what a line begins with; raise ValueError if it is no line of a recording."""
    if line[:_TIME_STARTS] != b'{"t":' or line[_TIME_ENDS : _TIME_ENDS + 5] != b',"c":':
        return _read_odd_head(line)
    # A message without a name and without other keys does not exist, so a comma follows.
    end = line.find(b",", _CONNECTION_STARTS)
    time, connection = int(line[_TIME_STARTS:_TIME_ENDS]), int(line[_CONNECTION_STARTS:end])
    if not line.startswith(_STREAM, end):
        return Head(time, connection, _other_stream(line))
    start = end + len(_STREAM)
    name = line[start : line.find(b'"', start)]
    if b"\\" in name:
        return Head(time, connection, _other_stream(line))
    return Head(time, connection, name.decode())


def message_of(line: bytes) -> bytes:
    """Return the message of the line of a frame, byte for byte as it came; not that of ``!raw``."""
    return b"{" + line[line.find(b",", _CONNECTION_STARTS) + 1 :]


def raw_message_of(line: bytes) -> bytes:
    """Return the message of a line ``!raw``, byte for byte as it came."""
    found = msgspec.json.decode(line, type=_Raw)
    if found.encoding == "base64":
        return base64.b64decode(found.data)
    return found.data.encode()


def lost_of(line: bytes) -> Lost:
    """Return what a line ``!lost`` says; raise msgspec.DecodeError if it is written otherwise."""
    return msgspec.json.decode(line, type=_LostLine).data


class _LostLine(msgspec.Struct):
    data: Lost


class _Raw(msgspec.Struct):
    data: str
    encoding: str | None = None


class _AnyLine(msgspec.Struct):
    t: int
    c: int = 0
    stream: Any = None


def _other_stream(line: bytes) -> str | None:
    """Return the stream of a line that names it behind other keys, or with escapes."""
    try:
        stream = msgspec.json.decode(line, type=_AnyLine).stream
    except _NOT_JSON as error:
        raise ValueError(f"no line of a recording: {error}") from None
    return stream if isinstance(stream, str) else None


def _read_odd_head(line: bytes) -> Head:
    """Return the head of a line that another program has written, with spaces or in another way."""
    try:
        found = msgspec.json.decode(line, type=_AnyLine)
    except _NOT_JSON as error:
        raise ValueError(f"no line of a recording: {error}") from None
    return Head(found.t, found.c, found.stream if isinstance(found.stream, str) else None)
