"""From a message's bytes to typed events, and back.

Every stream has one msgspec decoder, made once for the chosen number type. The envelope of
combined streams is decoded in the same call, so that no JSON dict is ever built.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from binance_streams_runtime.catalog.streams import Catalog, StreamType
from binance_streams_runtime.errors import ParameterError, UndecodableError, shown
from binance_streams_runtime.types import Numbers

T = TypeVar("T")
NUMBERS: tuple[Numbers, ...] = (Decimal, float, str)


class Envelope(msgspec.Struct, Generic[T], gc=False):
    """What a combined stream wraps its payload in, less the name, which is read before."""

    data: T


class _Head(msgspec.Struct, gc=False):
    """The key that tells the events of one stream apart."""

    e: str


def check_numbers(numbers: Numbers) -> None:
    """Raise ParameterError where ``numbers`` is none of the three number types."""
    if numbers not in NUMBERS:
        raise ParameterError("numbers", numbers, "Decimal, float, str")


def concrete(struct: type[Any], numbers: Numbers) -> Any:
    """The struct with its numbers decided: ``AggTrade`` becomes ``AggTrade[Decimal]``."""
    return struct[numbers] if getattr(struct, "__parameters__", ()) else struct


class PayloadDecoder:
    """Decodes the messages of one stream type, wrapped or bare.

    ``wrapped`` takes a whole message and returns an object whose ``data`` is the event;
    ``bare`` takes a payload and returns the event. Both raise msgspec.DecodeError.
    """

    wrapped: Callable[[bytes], Any]
    bare: Callable[[bytes], Any]

    def __init__(self, type: StreamType, numbers: Numbers) -> None:
        # msgspec reads a JSON string into a float only where it is not strict.
        strict = numbers is not float
        self._items: msgspec.json.Decoder[Any] | None = None
        if len(type.events) > 1:
            self._by_event = {
                _event_type(event): msgspec.json.Decoder(concrete(event, numbers), strict=strict)
                for event in type.events
            }
            self._head = msgspec.json.Decoder(_Head)
            self._raw = msgspec.json.Decoder(Envelope[msgspec.Raw])
            self.wrapped, self.bare = self._tagged_wrapped, self._tagged_bare
            return
        event = concrete(type.events[0], numbers)
        payload: Any = list.__class_getitem__(event) if type.is_array else event
        envelope: Any = Envelope.__class_getitem__(payload)  # type: ignore[attr-defined]
        self._item = msgspec.json.Decoder(event, strict=strict)
        if type.is_array:
            self._items = msgspec.json.Decoder(Envelope[list[msgspec.Raw]])
        self.wrapped = msgspec.json.Decoder(envelope, strict=strict).decode
        self.bare = msgspec.json.Decoder(payload, strict=strict).decode

    def salvage(self, message: bytes) -> tuple[list[Any], list[tuple[bytes, str]]]:
        """Of a wrapped array: the events that can be decoded; the others, each with what is wrong.

        Raises msgspec.DecodeError where not even that can be done.
        """
        if self._items is None:
            raise msgspec.DecodeError("no array")
        events: list[Any] = []
        failures: list[tuple[bytes, str]] = []
        for raw in self._items.decode(message).data:
            try:
                events.append(self._item.decode(raw))
            except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
                failures.append((bytes(raw), str(error)))
        return events, failures

    def _tagged_wrapped(self, message: bytes) -> Any:
        return Envelope(self._tagged_bare(bytes(self._raw.decode(message).data)))

    def _tagged_bare(self, payload: bytes) -> Any:
        kind = self._head.decode(payload).e
        decoder = self._by_event.get(kind)
        if decoder is None:
            known = ", ".join(self._by_event)
            raise msgspec.ValidationError(f"event type {shown(kind)} is none of {known}")
        return decoder.decode(payload)


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


def decode(
    message: bytes | str,
    catalog: Catalog,
    stream: str | None = None,
    numbers: Numbers = Decimal,
) -> Any:
    """Decode one message as it was received, wrapped in an envelope or bare.

    ``stream`` is the stream's name; a message in the envelope of combined streams brings its own.
    Raises UndecodableError where the message is not what the spec says, UnknownStreamError where
    no stream has that name, ParameterError where a bare message comes without a name or where
    ``stream`` is another than the message's own.
    """
    check_numbers(numbers)
    name = stream
    try:
        payload = message.encode() if isinstance(message, str) else bytes(message)
        if not payload.lstrip().startswith(b"["):
            envelope = msgspec.json.decode(payload, type=_LooseEnvelope)
            if envelope.stream is not None and bytes(envelope.data):
                if stream is not None and stream != envelope.stream:
                    raise ParameterError("stream", stream, f"the message's own {envelope.stream!r}")
                name = envelope.stream
                payload = bytes(envelope.data)
            elif bytes(envelope.event) and not bytes(envelope.e):
                payload = bytes(envelope.event)
        if name is None:
            raise ParameterError("stream", None, "the stream's name, as the message has none")
        return decoder_of(catalog.resolve(name).type, numbers).bare(payload)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        label = "message" if name is None else catalog.resolve(name).label
        raise UndecodableError(f"{label}: {error}: {shown(message)}") from error


_decoders: dict[tuple[StreamType, Numbers], PayloadDecoder] = {}


def decoder_of(type: StreamType, numbers: Numbers) -> PayloadDecoder:
    """The decoder of a stream type, made at its first use."""
    decoder = _decoders.get((type, numbers))
    if decoder is None:
        decoder = _decoders[type, numbers] = PayloadDecoder(type, numbers)
    return decoder


def encode(event: Any) -> bytes:
    """The event as the venue's JSON: wire keys, decimals in the digits they came with.

    Ignored keys are not there again, and events decoded with ``numbers=float`` give JSON numbers.
    """
    return msgspec.json.encode(_plain(msgspec.to_builtins(event, builtin_types=(Decimal,))))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        # str() would write 0.00000000 as 0E-8, which no message of the venue ever holds.
        return format(value, "f")
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
