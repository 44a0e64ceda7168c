"""What the templates of programs for type checkers print."""

from __future__ import annotations

import msgspec


class EventType(msgspec.Struct, frozen=True):
    """A struct that is an event, as the signatures of ``decode`` name it."""

    name: str
    annotation: str
    any_number: str
    """The annotation of all its number types together."""
    numbers: str
    """Annotation of the argument that chooses one of them."""


class RecordedStream(msgspec.Struct, frozen=True):
    """A kind of streams that can be read from recordings, as ``read_recording`` names it."""

    key: str
    annotation: str
    """What it delivers."""
    numbers: str
    """Annotation of the argument that chooses the number type."""


class InferredStruct(msgspec.Struct, frozen=True):
    """A struct with its number type, and the types of its fields."""

    name: str
    annotation: str
    fields: tuple[tuple[str, str], ...]


class Inferred(msgspec.Struct, frozen=True):
    """What must be inferred if numbers are of one type."""

    number: str
    event: str
    """Annotation of what the subscription delivers."""
    subscription: str
    """Annotation of the subscription, without the prefix of a front end."""
    candle: str | None
    """Annotation of the candles of its window; None if it has none."""
    structs: tuple[InferredStruct, ...]


class InferredAccount(msgspec.Struct, frozen=True):
    """What must be inferred of accounts if numbers are of one type."""

    number: str
    event: str
    """Annotation of what an account delivers."""
    order: str
    """Annotation of an order of its state."""
    requests: tuple[tuple[str, str], ...]
    """Source of a good request, and the annotation of its result."""
    structs: tuple[InferredStruct, ...]
    """The structs of results."""


class ApiTypecheck(msgspec.Struct, frozen=True):
    """What type checkers must see of accounts."""

    inferred: tuple[InferredAccount, ...]
    mistakes: tuple[tuple[str, str], ...]
    """What is wrong, and source of the request that does it."""


class Typecheck(msgspec.Struct, frozen=True):
    """What type checkers must see of one stream."""

    call: str
    """Source of a good call of its method."""
    callback: str
    """The same with the callback ``take``."""
    async_callback: str
    """The same with ``take_async``."""
    is_recorded: bool
    """Whether recordings have its events."""
    fill: str | None
    """The same with ``fill=True``; None if the stream has no backfill."""
    inferred: tuple[Inferred, ...]
    mistakes: tuple[tuple[str, str], ...]
    """What is wrong, and source of the call that does it."""
    other_event: str
    """Annotation of the event with another number type; empty if it has no numbers."""
