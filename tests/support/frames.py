"""Frames as a server writes them, put together by hand from RFC 6455 section 5.2."""

from __future__ import annotations

import json

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def frame(
    payload: bytes | str = b"",
    opcode: int = TEXT,
    *,
    final: bool = True,
    reserved: int = 0,
    mask: bytes | None = None,
    form: int | None = None,
) -> bytes:
    """One frame. ``form`` forces the length's form: 7, 16 or 64 bits."""
    data = payload.encode() if isinstance(payload, str) else payload
    masked = 0 if mask is None else 0x80
    if mask is not None:
        data = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    return head + length_of(len(data), masked, form) + (mask or b"") + data


def length_of(length: int, masked: int = 0, form: int | None = None) -> bytes:
    """The second byte and what follows it of a header."""
    if form is None:
        form = 7 if length < 126 else 16 if length < 2**16 else 64
    if form == 7:
        return bytes([masked | length])
    if form == 16:
        return bytes([masked | 126]) + length.to_bytes(2, "big")
    return bytes([masked | 127]) + length.to_bytes(8, "big")


def close_frame(code: int, reason: str = "") -> bytes:
    return frame(code.to_bytes(2, "big") + reason.encode(), CLOSE)


def wrapped(stream: str, payload: bytes | str) -> str:
    """A combined stream's message."""
    text = payload.decode() if isinstance(payload, bytes) else payload
    return f'{{"stream":{json.dumps(stream, ensure_ascii=False)},"data":{text}}}'


def trade(number: int, symbol: str = "BTCUSDT") -> str:
    """The payload of a trade with this id."""
    return (
        f'{{"e":"trade","E":1700000000000,"s":"{symbol}","t":{number},"p":"1.00000000",'
        '"q":"0.50000000","T":1700000000000,"m":true,"M":true}'
    )


def trade_frame(number: int, symbol: str = "BTCUSDT") -> bytes:
    return frame(wrapped(f"{symbol.lower()}@trade", trade(number, symbol)))
