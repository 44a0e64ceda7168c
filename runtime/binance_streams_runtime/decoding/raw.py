"""Messages that are passed on as they were received, with no more decoded than their order needs.

Whether one was missed, or came twice, is seen by the numbers of its stream's sequence. So each type
of stream has a struct of just these, which is decoded instead of the event.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec

from binance_streams_runtime.catalog.streams import (
    Identified,
    Monotonic,
    PerKey,
    Range,
    Sequence,
    Step,
    Stream,
    StreamType,
)
from binance_streams_runtime.decoding.json import (
    Envelope,
    PayloadDecoder,
    TextDecoder,
    concrete,
    decoder_of,
    json_decoder,
)
from binance_streams_runtime.decoding.packing import Packer
from binance_streams_runtime.errors import shown

# Its key is in no payload of the venue, and is set after a message was decoded.
_NO_KEY = "<frame>"


class _Named(msgspec.Struct, gc=False):
    """The envelope of combined streams, without the payload."""

    stream: str


_read_name = msgspec.json.Decoder(_Named).decode
_read_payload = msgspec.json.Decoder(Envelope[msgspec.Raw]).decode


class RawMessage(msgspec.Struct, gc=False, eq=False):
    """A message as it was received, undecoded.

    Besides, it has the attributes by which the events of its stream are ordered, such as
    ``trade_id``, and their ``event_time``, if they have one. Two are equal if their payloads are.
    A copy that was pickled has only the bytes.
    """

    frame: bytes = msgspec.field(default=b"", name=_NO_KEY)
    """The whole message, in the envelope of combined streams: ``{"stream":"...","data":...}``."""

    @property
    def stream(self) -> str:
        """The name of its stream. Read at each access."""
        return _read_name(self.frame).stream

    @property
    def data(self) -> bytes:
        """The payload as it was sent, without the envelope. Read at each access."""
        return bytes(_read_payload(self.frame).data)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RawMessage):
            return NotImplemented
        return self.frame == other.frame or self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)

    def __repr__(self) -> str:
        return f"RawMessage({shown(self.frame)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return RawMessage, (self.frame,)


class RawDecoder(PayloadDecoder):
    """Makes RawMessages of the messages of one stream."""

    def __init__(self, stream: Stream) -> None:
        self.type: StreamType = stream.type
        # What is made of a message by ``plain`` has numbers as they were sent.
        self.numbers = str
        self._begins = b'{"stream":' + msgspec.json.encode(stream.name) + b',"data":'
        self.wrapped: Callable[[bytes], Any] = _wrapped_by(stream.type)

    @property
    def packer(self) -> Packer | None:
        """None, as nothing is smaller than the message itself."""
        return None

    def bare(self, payload: bytes) -> RawMessage:
        """Put a payload into an envelope; raise msgspec.DecodeError if it is of another type.

        Only its form says which stream a payload without envelope belongs to.
        """
        decoder_of(self.type, str).bare(payload)
        message: RawMessage = self.wrapped(self._begins + payload + b"}").data
        return message

    def has_event(self, kind: str | None) -> bool:
        return False

    def decode_partial(self, message: bytes) -> tuple[list[Any], list[tuple[bytes, str]]]:
        raise msgspec.DecodeError("not decoded in parts")


class FromRawDecoder(TextDecoder):
    """Decodes as RawMessages what is to be converted to the events of another decoder later."""

    def __init__(self, plain: PayloadDecoder, stream: Stream) -> None:
        raw = RawDecoder(stream)
        self.type: StreamType = stream.type
        self.numbers = str
        self.plain: PayloadDecoder = plain
        self.wrapped: Callable[[bytes], Any] = raw.wrapped
        self.bare: Callable[[bytes], Any] = raw.bare


@lru_cache
def _wrapped_by(type: StreamType) -> Callable[[bytes], Any]:
    """Return what makes a RawMessage of a whole message, as the ``data`` of an Envelope.

    It raises msgspec.DecodeError for what is not JSON, or lacks a number of the sequence, and
    UnicodeDecodeError for what is not UTF-8: whoever gets the message relies on that.
    """
    names = _attributes(type)
    if not names:

        def check(frame: bytes) -> Any:
            _read_payload(frame)
            if not frame.isascii():
                frame.decode()
            return Envelope(RawMessage(frame))

        return check

    struct = _struct_of(concrete(type.events[0], str), names)
    envelope_type: Any = Envelope.__class_getitem__(struct)  # type: ignore[attr-defined]
    decode = json_decoder(envelope_type, str).decode

    def wrapped(frame: bytes) -> Any:
        envelope = decode(frame)
        envelope.data.frame = frame
        if not frame.isascii():
            frame.decode()
        return envelope

    return wrapped


def _struct_of(event: Any, names: set[str]) -> Any:
    """Make the struct of an event's attributes with these names."""
    fields = [
        (field.name, field.type, _renamed(field))
        for field in msgspec.structs.fields(event)
        if field.name in names
    ]
    return msgspec.defstruct(
        "RawMessage", fields, bases=(RawMessage,), gc=False, eq=False, kw_only=True
    )


def _renamed(field: msgspec.structs.FieldInfo) -> Any:
    """Return what says that an attribute has the same key and default as a field."""
    if field.default is not msgspec.NODEFAULT:
        return msgspec.field(default=field.default, name=field.encode_name)
    return msgspec.field(name=field.encode_name)


def _attributes(type: StreamType) -> set[str]:
    """Return the attributes that are decoded: those of the sequence, and the time of an event.

    None of arrays, and of events of several types: these have no numbers.
    """
    if type.is_array or len(type.events) > 1:
        return set()
    names = {field.name for field in msgspec.structs.fields(type.events[0])}
    return _of_sequence(type.sequence) | ({"event_time"} & names)


def _of_sequence(sequence: Sequence | None) -> set[str]:
    match sequence:
        case Step(attribute) | Monotonic(attribute):
            return {attribute}
        case Range(first, last, previous):
            return {first, last} | ({previous} if previous else set())
        case PerKey(key, inner):
            return {key} | _of_sequence(inner)
        case Identified() | None:
            return set()
