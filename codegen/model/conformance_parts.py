"""What the templates of the conformance suite print."""

from __future__ import annotations

import msgspec


class Case(msgspec.Struct, frozen=True):
    """An example with what it must decode to."""

    id: str
    stream: str
    payload: tuple[bytes, ...]
    expected: str
    """Source of the expected event."""
    keys: tuple[str, ...]
    """Source of each key of the payload that is no ignored one."""
    ignored: tuple[str, ...]
    """Paths of the ignored keys."""


class Answers(msgspec.Struct, frozen=True):
    """Answers of one request of the REST API."""

    weights: tuple[tuple[int, int], ...]
    """Limits, and what the request weighs with each."""
    cases: tuple[Case, ...]


class Conformance(msgspec.Struct, frozen=True):
    """What the conformance suite checks of one stream."""

    arguments: dict[str, object]
    """Good arguments of the method."""
    names: tuple[tuple[dict[str, object], str], ...]
    """Arguments, and the name that they build."""
    refused: tuple[tuple[str, str], ...]
    """A parameter, and source of the list of values that it refuses."""
    cases: tuple[Case, ...]
    rows: Answers | None
    """Rows that stand for missed events; None if REST has none."""


class MethodCase(msgspec.Struct, frozen=True):
    """What is checked of a method of the WebSocket API."""

    name: str
    security: str
    is_signed: bool
    good: str
    """Source of a dict of parameters of every kind that the method has."""
    sent: str
    """Source of the same as they are sent."""
    required: tuple[str, ...]
    wrong: tuple[tuple[str, str], ...]
    """Parameters, and source of a list of values that each refuses."""
    weights: tuple[tuple[str, int], ...]
    """Source of a dict of parameters as they are sent, and what a request with them weighs."""
    is_public: bool
    """Whether users may call it."""


class SignedCase(msgspec.Struct, frozen=True):
    """A request with a known signature."""

    id: str
    key: str
    """Source of the key."""
    needs_cryptography: bool
    method: str
    given: str
    """Source of a dict of its parameters."""
    timestamp: int
    payload: tuple[bytes, ...]
    """What is signed, in pieces that fit on lines."""
    signature: str
    text: tuple[bytes, ...] | None
    """The whole request; None if the client does not sign times in this unit."""


class ErrorCase(msgspec.Struct, frozen=True):
    """An error code."""

    code: int
    remedy: str
    advice: str
    messages: tuple[str, ...]


class ApiConformance(msgspec.Struct, frozen=True):
    """What the conformance suite checks of the WebSocket API."""

    methods: tuple[MethodCase, ...]
    signed: tuple[SignedCase, ...]
    errors: tuple[ErrorCase, ...]
    results: tuple[Case, ...]
    """Answers; the stream is the method."""
    events: tuple[Case, ...]
    """Events of an account; the stream is the struct."""
    identity: dict[str, tuple[str, ...]]
    """Attributes that identify events, by struct."""
    orders: tuple[tuple[str, str], ...]
    """The id of an event, and source of the order that it stands for."""
