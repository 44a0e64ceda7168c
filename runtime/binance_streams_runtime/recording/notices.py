"""Notices as the lines of a recording have them, and back."""

from __future__ import annotations

import base64
from typing import Any

import msgspec

from binance_streams_runtime import notices
from binance_streams_runtime.notices import Notice, Undecodable

_TYPES = {kind.__name__: kind for kind in vars(notices).values() if isinstance(kind, type)}
_TYPES = {name: kind for name, kind in _TYPES.items() if issubclass(kind, Notice)}


def notice_data(notice: Notice) -> dict[str, Any]:
    """Return what the line of a notice says: its class as ``type``, and its fields.

    The message of an ``Undecodable`` is a text, or base64 if it is not UTF-8.
    """
    data = {"type": type(notice).__name__, **msgspec.structs.asdict(notice)}
    if isinstance(notice, Undecodable):
        try:
            data["raw"] = notice.raw.decode()
        except UnicodeDecodeError:
            data["raw"] = base64.b64encode(notice.raw).decode()
            data["encoding"] = "base64"
    return data


class _NoticeLine(msgspec.Struct):
    data: dict[str, Any]


_decode = msgspec.json.Decoder(_NoticeLine).decode


def notice_of(line: bytes) -> Notice:
    """Return the notice of a line; raise ValueError if this version knows none like it.

    Raises msgspec.DecodeError if the line is none of a notice.
    """
    return notice_from(_decode(line).data)


def notice_from(data: dict[str, Any]) -> Notice:
    """Return the notice that is written so; raise ValueError if this version knows none like it."""
    fields = dict(data)
    kind = _TYPES.get(str(fields.pop("type", None)))
    if kind is None:
        raise ValueError(f"no notice of this version: {data.get('type')!r}")
    encoding = fields.pop("encoding", None)
    if kind is Undecodable:
        raw = str(fields.get("raw", ""))
        fields["raw"] = base64.b64decode(raw) if encoding == "base64" else raw.encode()
    try:
        return msgspec.convert(fields, type=kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"no notice of this version: {error}") from None
