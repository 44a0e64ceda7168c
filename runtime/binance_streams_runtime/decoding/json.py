"""Decoding JSON messages into typed events, and encoding events again.

Every stream type has one msgspec decoder, built once for each number type. The envelope of
combined streams is decoded in the same call, so that no dict is ever built.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from binance_streams_runtime.catalog.streams import Catalog, StreamType
from binance_streams_runtime.decimals import Digits, as_sent, from_json
from binance_streams_runtime.decoding.packing import Packed, Packer
from binance_streams_runtime.errors import (
    BinanceStreamsError,
    ParameterError,
    UndecodableError,
    reason_of,
    shown,
)
from binance_streams_runtime.types import Numbers

T = TypeVar("T")
NUMBERS: tuple[Numbers, ...] = (Decimal, float, str)


class Envelope(msgspec.Struct, Generic[T], gc=False):
    """The envelope of combined streams, without the name, which has been read before."""

    data: T


class _Head(msgspec.Struct, gc=False):
    """The key by which the events of one stream are distinguished."""

    e: str


def check_numbers(numbers: Numbers) -> None:
    """Raise ParameterError if ``numbers`` is not one of the three number types."""
    if numbers not in NUMBERS:
        raise ParameterError("numbers", numbers, "Decimal, float, str")


def json_decoder(type: Any, numbers: Numbers) -> msgspec.json.Decoder[Any]:
    """Make the decoder of a type whose number type is set."""
    # msgspec converts a JSON string to a float only if it is not strict.
    return msgspec.json.Decoder(
        type, strict=numbers is not float, dec_hook=from_json, float_hook=Digits
    )


def concrete(struct: type[Any], numbers: Numbers) -> Any:
    """Return the struct with its number type set: ``AggTrade`` becomes ``AggTrade[Decimal]``.

    A list of structs becomes one of structs with the number type.
    """
    if get_origin(struct) is list:
        return list.__class_getitem__(concrete(get_args(struct)[0], numbers))
    return struct[numbers] if getattr(struct, "__parameters__", ()) else struct


class PayloadDecoder:
    """Decodes the messages of one stream type, wrapped or bare.

    ``wrapped`` takes a whole message and returns an object whose ``data`` is the event;
    ``bare`` takes a payload and returns the event. Both raise msgspec.DecodeError.
    """

    wrapped: Callable[[bytes], Any]
    bare: Callable[[bytes], Any]

    def __init__(self, type: StreamType, numbers: Numbers) -> None:
        self.type: StreamType = type
        self.numbers: Numbers = numbers
        self._items: msgspec.json.Decoder[Any] | None = None
        self._by_event: dict[str, msgspec.json.Decoder[Any]] = {}
        if len(type.events) > 1:
            self._by_event = {
                _event_type(event): json_decoder(concrete(event, numbers), numbers)
                for event in type.events
            }
            self._head = msgspec.json.Decoder(_Head)
            self._raw = msgspec.json.Decoder(Envelope[msgspec.Raw])
            self.wrapped, self.bare = self._tagged_wrapped, self._tagged_bare
            return
        event = concrete(type.events[0], numbers)
        payload: Any = list.__class_getitem__(event) if type.is_array else event
        envelope: Any = Envelope.__class_getitem__(payload)  # type: ignore[attr-defined]
        self._item = json_decoder(event, numbers)
        if type.is_array:
            self._items = msgspec.json.Decoder(Envelope[list[msgspec.Raw]])
        self.wrapped = json_decoder(envelope, numbers).decode
        self.bare = json_decoder(payload, numbers).decode

    @cached_property
    def packer(self) -> Packer | None:
        """Packs events that wait in a long queue; None if packing would not make them smaller."""
        return Packer(self.type, self.numbers)

    def has_event(self, kind: str | None) -> bool:
        """Return whether an event type is one of several that are described."""
        return kind in self._by_event

    def decode_partial(self, message: bytes) -> tuple[list[Any], list[tuple[bytes, str]]]:
        """Decode what can be decoded of a wrapped array.

        Returns the events, and the payloads that failed with the reason for each. Raises
        msgspec.DecodeError if the message is not an array in an envelope.
        """
        if self._items is None:
            raise msgspec.DecodeError("not an array")
        events: list[Any] = []
        failures: list[tuple[bytes, str]] = []
        for raw in self._items.decode(message).data:
            try:
                events.append(self._item.decode(raw))
            except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
                failures.append((bytes(raw), reason_of(error)))
        return events, failures

    def _tagged_wrapped(self, message: bytes) -> Any:
        return Envelope(self._tagged_bare(bytes(self._raw.decode(message).data)))

    def _tagged_bare(self, payload: bytes) -> Any:
        kind = self._head.decode(payload).e
        decoder = self._by_event.get(kind)
        if decoder is None:
            known = ", ".join(self._by_event)
            raise msgspec.ValidationError(f"event type {shown(kind)} is not one of {known}")
        return decoder.decode(payload)


class TextDecoder(PayloadDecoder):
    """Decodes as text what is to be converted to the number type of another decoder later."""

    def __init__(self, plain: PayloadDecoder) -> None:
        super().__init__(plain.type, str)
        self.plain: PayloadDecoder = plain

    @cached_property
    def packer(self) -> Packer | None:
        return self.plain.packer


def from_text(decoder: PayloadDecoder, event: Any) -> Any:
    """Return an event that was decoded as text as another decoder makes it; raise as that does."""
    packer = decoder.packer
    packed = event if packer is None else packer.pack(event)
    return packed.unpack() if isinstance(packed, Packed) else decoder.bare(encode(event))


def _event_type(event: type[Any]) -> str:
    hint = get_type_hints(event)["event_type"]
    assert get_origin(hint) is Literal
    return str(get_args(hint)[0])


class _LooseEnvelope(msgspec.Struct):
    """Either envelope: of combined streams, or of user data on the WebSocket API."""

    stream: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"")
    event: msgspec.Raw = msgspec.Raw(b"")
    e: msgspec.Raw = msgspec.Raw(b"")


_ENVELOPE_BEGINS = b'{"stream":"'
_EVENT_BEGINS = b'{"e":"'
_MESSAGES = (bytes, str, bytearray, memoryview)
REMEMBERED = 4096
"""How many names ``decode`` caches: more than streams are open, too few to fill memory."""


def decode(
    message: bytes | str,
    catalog: Catalog,
    stream: str | type[Any] | None = None,
    numbers: Numbers = Decimal,
) -> Any:
    """Decode one message as it was received, in an envelope or bare.

    ``stream`` is the stream's name or the event type; a message in the envelope of combined streams
    needs neither. Raises UndecodableError if the message does not match the spec,
    UnknownStreamError if no stream has that name, and ParameterError if a bare message comes
    without a name or type, if ``stream`` contradicts the message or is not an event type, or if
    ``message`` is neither text nor bytes.
    """
    check_numbers(numbers)
    if not isinstance(message, _MESSAGES):
        # bytes(n) would make n zero bytes.
        raise ParameterError("message", message, "one message, as bytes or str")
    # Messages the way the venue writes them. Any other valid JSON, and every error, takes the slow
    # path.
    try:
        payload = message.encode() if isinstance(message, str) else bytes(message)
        if payload.startswith(_ENVELOPE_BEGINS):
            start = len(_ENVELOPE_BEGINS)
            name = payload[start : payload.index(b'"', start)].decode()
            if stream is None or stream == name:
                return decoder_of(_type_of(catalog, name), numbers).wrapped(payload).data
        elif payload.startswith(_EVENT_BEGINS) and stream is not None:
            if isinstance(stream, str):
                return decoder_of(_type_of(catalog, stream), numbers).bare(payload)
            return _decoder_of_event(catalog, stream, numbers).decode(payload)
    except (msgspec.DecodeError, ValueError, RecursionError, TypeError, BinanceStreamsError):
        pass
    return _decode_carefully(message, catalog, stream, numbers)


def _decode_carefully(
    message: bytes | str, catalog: Catalog, stream: str | type[Any] | None, numbers: Numbers
) -> Any:
    if not isinstance(stream, str | type | None):
        _check_event(catalog, stream)
    name = stream if isinstance(stream, str) else None
    try:
        payload = message.encode() if isinstance(message, str) else bytes(message)
        if not payload.lstrip().startswith(b"["):
            envelope = msgspec.json.decode(payload, type=_LooseEnvelope)
            if envelope.stream is not None and bytes(envelope.data):
                name = envelope.stream
                if stream not in (None, name) and (
                    isinstance(stream, str) or stream not in _type_of(catalog, name).events
                ):
                    raise ParameterError("stream", stream, f"the message's own {name!r}")
                payload = bytes(envelope.data)
            elif bytes(envelope.event) and not bytes(envelope.e):
                payload = bytes(envelope.event)
        if isinstance(stream, type):
            return _decoder_of_event(catalog, stream, numbers).decode(payload)
        if name is None:
            allowed = "the stream's name or the type of its events, as the message has no name"
            raise ParameterError("stream", None, allowed)
        return decoder_of(_type_of(catalog, name), numbers).bare(payload)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        label = "message" if name is None else catalog.resolve(name).label
        if isinstance(stream, type):
            label = stream.__name__
        raise UndecodableError(f"{label}: {reason_of(error)}: {shown(message)}") from error


def _check_event(catalog: Catalog, event: object) -> None:
    """Raise ParameterError if no stream has events of this type."""
    known = {known.__name__: known for type in catalog for known in type.events}
    # By identity, as a type with its number type, AggTrade[float], equals others.
    if not any(event is one for one in known.values()):
        allowed = f"a stream name such as 'btcusdt@trade', or one of {', '.join(sorted(known))}"
        raise ParameterError("stream", event, allowed)


@lru_cache(REMEMBERED)
def _type_of(catalog: Catalog, name: str) -> StreamType:
    """Return the stream type of a name; matching the patterns costs more than decoding."""
    return catalog.resolve(name).type


_typed_decoders: dict[tuple[Catalog, type[Any], Numbers], msgspec.json.Decoder[Any]] = {}


def _decoder_of_event(
    catalog: Catalog, event: type[Any], numbers: Numbers
) -> msgspec.json.Decoder[Any]:
    """Return the decoder of bare payloads of this event type, made at its first use."""
    decoder = _typed_decoders.get((catalog, event, numbers))
    if decoder is None:
        _check_event(catalog, event)
        decoder = json_decoder(concrete(event, numbers), numbers)
        _typed_decoders[catalog, event, numbers] = decoder
    return decoder


_decoders: dict[tuple[StreamType, Numbers], PayloadDecoder] = {}


def decoder_of(type: StreamType, numbers: Numbers) -> PayloadDecoder:
    """Return the decoder of a stream type, made at its first use."""
    decoder = _decoders.get((type, numbers))
    if decoder is None:
        decoder = _decoders[type, numbers] = PayloadDecoder(type, numbers)
    return decoder


def encode(event: Any) -> bytes:
    """Encode an event as the venue's JSON: wire keys, decimals with their original digits.

    Ignored keys are not restored, and events decoded with ``numbers=float`` give JSON numbers.
    """
    plain = _plain(msgspec.to_builtins(event, builtin_types=(Decimal,)))
    return msgspec.json.encode(as_sent(event, plain))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        # str() would write 0.00000000 as 0E-8, which the venue never does.
        return format(value, "f")
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
