"""Reading WebSocket frames: bytes in, messages and control frames out, no socket.

One call takes the data of one ``recv``, often hundreds of frames, and returns every complete
message. The common case (a final, unmasked text frame) is parsed inline; everything else that
RFC 6455 allows or forbids goes through ``_parse_frame``.
"""

from __future__ import annotations

from dataclasses import dataclass

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
_CONTINUATION = 0x0
_FINAL_TEXT = 0x80 | TEXT

NORMAL_CLOSURE = 1000
PROTOCOL_ERROR = 1002
INVALID_TEXT = 1007
MESSAGE_TOO_BIG = 1009
NO_STATUS = 1005


@dataclass(frozen=True, slots=True)
class Binary:
    """A binary message; a text message is plain ``bytes``."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Ping:
    """A ping; the pong must carry its payload."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    """A pong, solicited or not."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """The server's close frame. ``code`` is 1005 if it has none."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Violation:
    """The server broke the protocol: close with ``code`` and read nothing more."""

    code: int
    reason: str


Item = bytes | Binary | Ping | Pong | Closed | Violation


class FrameReader:
    """Splits the bytes of one connection into messages.

    ``max_message`` limits one message, fragments included; a larger one is rejected as soon as its
    header is read, before any of its payload is buffered.
    """

    __slots__ = (
        "_chunks",
        "_fragments",
        "_fragments_size",
        "_held",
        "_is_binary",
        "_is_finished",
        "_max_message",
        "_needed",
    )

    def __init__(self, max_message: int = 16 * 1024 * 1024) -> None:
        self._max_message = max_message
        self._chunks: list[bytes] = []
        self._held = 0
        # How many bytes the next step needs. Joining the chunks only then keeps the cost of a large
        # message that arrives in many pieces linear.
        self._needed = 2
        # One buffer, as a list of tiny fragments would take many times their size.
        self._fragments: bytearray | None = None
        self._fragments_size = 0
        self._is_binary = False
        self._is_finished = False

    @property
    def is_mid_message(self) -> bool:
        """Whether a frame or a fragmented message is incomplete."""
        return self._held > 0 or self._fragments is not None

    def feed(self, data: bytes) -> list[Item]:
        """Return what ``data`` completes, in order: ``bytes`` for a text message, else an item.

        Texts are not checked to be UTF-8: their decoder does that.

        After a Closed or a Violation nothing more is read, as the RFC requires.
        """
        if self._is_finished:
            return []
        if self._held:
            self._chunks.append(data)
            self._held += len(data)
            if self._held < self._needed:
                return []
            data = b"".join(self._chunks)
            self._chunks.clear()
            self._held = 0
        elif (
            # At the market's pace, a read returns one message, and every line counts.
            len(data) > 129
            and data[0] == _FINAL_TEXT
            and data[1] == 126
            and (data[2] << 8 | data[3]) == len(data) - 4 <= self._max_message
            and self._fragments is None
        ):
            return [data[4:]]
        items: list[Item] = []
        position = 0
        end = len(data)
        limit = self._max_message
        is_between = self._fragments is None
        while True:
            start = position + 2
            if start > end:
                self._needed = 2
                break
            # The second byte of a masked frame is 128 or more, so that it takes the slow path.
            if data[position] == _FINAL_TEXT and is_between:
                length = data[position + 1]
                if length == 126:
                    start += 2
                    if start > end:
                        self._needed = 4
                        break
                    length = data[position + 2] << 8 | data[position + 3]
                    # A short length in the long form is forbidden: the slow path reports it.
                    is_plain = 126 <= length <= limit
                else:
                    is_plain = length < 126 and length <= limit
                if is_plain:
                    stop = start + length
                    if stop > end:
                        self._needed = stop - position
                        break
                    items.append(data[start:stop])
                    position = stop
                    continue
            position = self._parse_frame(data, position, items)
            if position < 0:
                return items
            is_between = self._fragments is None
            if self._needed:
                break
        if position < end:
            rest = data[position:]
            self._chunks.append(rest)
            self._held = len(rest)
        return items

    def _parse_frame(self, data: bytes, position: int, items: list[Item]) -> int:
        """Parse one frame of any kind; return the position after it, or -1 if reading ends.

        Sets ``_needed`` to the frame's size if it is incomplete, else to 0.
        """
        available = len(data) - position
        first, second = data[position], data[position + 1]
        opcode, is_final = first & 0x0F, bool(first & 0x80)
        length = second & 0x7F
        start = position + 2
        if first & 0x70:
            return self._violation(items, PROTOCOL_ERROR, "reserved bits are set")
        if opcode not in (_CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            return self._violation(items, PROTOCOL_ERROR, f"unknown opcode {opcode}")
        if second & 0x80:
            return self._violation(items, PROTOCOL_ERROR, "the server's frame is masked")
        if opcode >= CLOSE and (not is_final or length > 125):
            return self._violation(items, PROTOCOL_ERROR, "control frame fragmented or too long")
        if length > 125:
            size = 2 if length == 126 else 8
            if available < 2 + size:
                self._needed = 2 + size
                return position
            start += size
            length = int.from_bytes(data[position + 2 : start], "big")
            if length < (126 if size == 2 else 0x10000) or length >> 63:
                return self._violation(items, PROTOCOL_ERROR, "length not in its shortest form")
        if opcode < CLOSE and self._fragments_size + length > self._max_message:
            return self._violation(
                items, MESSAGE_TOO_BIG, f"a message above {self._max_message} bytes"
            )
        stop = start + length
        if stop > len(data):
            self._needed = stop - position
            return position
        self._needed = 0
        payload = data[start:stop]
        if opcode >= CLOSE:
            return stop if self._control(opcode, payload, items) else -1
        return stop if self._data(opcode, is_final, payload, items) else -1

    def _control(self, opcode: int, payload: bytes, items: list[Item]) -> bool:
        if opcode == PING:
            items.append(Ping(payload))
        elif opcode == PONG:
            items.append(Pong(payload))
        else:
            self._is_finished = True
            items.append(_close_item(payload))
            return False
        return True

    def _data(self, opcode: int, is_final: bool, payload: bytes, items: list[Item]) -> bool:
        if (opcode == _CONTINUATION) != (self._fragments is not None):
            reason = "continuation of nothing" if opcode == _CONTINUATION else "message in message"
            self._violation(items, PROTOCOL_ERROR, reason)
            return False
        if self._fragments is None and is_final:
            items.append(Binary(payload) if opcode == BINARY else payload)
            return True
        if self._fragments is None:
            self._fragments = bytearray()
            self._is_binary = opcode == BINARY
        self._fragments += payload
        self._fragments_size += len(payload)
        if is_final:
            message = bytes(self._fragments)
            items.append(Binary(message) if self._is_binary else message)
            self._fragments = None
            self._fragments_size = 0
        return True

    def _violation(self, items: list[Item], code: int, reason: str) -> int:
        self._is_finished = True
        items.append(Violation(code, reason))
        return -1


def _close_item(payload: bytes) -> Closed | Violation:
    """Parse a close frame, which may violate RFC 6455 section 7.4."""
    if not payload:
        return Closed(NO_STATUS, "")
    code = int.from_bytes(payload[:2], "big")
    is_assigned = code in range(1000, 1015) and code not in (1004, 1005, 1006)
    if len(payload) == 1 or not (is_assigned or 3000 <= code < 5000):
        return Violation(PROTOCOL_ERROR, "close frame with a bad code")
    try:
        return Closed(code, payload[2:].decode("utf-8"))
    except UnicodeDecodeError:
        return Violation(INVALID_TEXT, "close reason is not UTF-8")
