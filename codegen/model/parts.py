"""What the templates print: names, annotations, expressions and texts, ready to use."""

from __future__ import annotations

from typing import Any

import msgspec

from codegen.model.conformance_parts import Answers, ApiConformance, Conformance
from codegen.model.typecheck_parts import (
    ApiTypecheck,
    EventType,
    RecordedStream,
    Typecheck,
)


class Paragraph(msgspec.Struct, frozen=True):
    """A paragraph of a docstring; further lines hang by ``hang`` more columns."""

    text: str
    indent: int = 0
    hang: int = 0
    is_close: bool = False
    """Whether it follows the paragraph before without an empty line."""


class Field(msgspec.Struct, frozen=True):
    """One attribute of a struct."""

    key: str
    name: str
    annotation: str
    is_optional: bool
    is_renamed: bool
    description: str
    prose: str
    """The type in prose, for the reference."""


class Struct(msgspec.Struct, frozen=True):
    """One struct."""

    name: str
    arguments: str
    """What stands in the class statement's parentheses."""
    is_array: bool
    item: str
    """Annotation of what an array has at its places."""
    places: str
    """Tuple source, with a trailing comma for one element."""
    summary: str
    docstring: tuple[Paragraph, ...]
    fields: tuple[Field, ...]
    is_shared: bool = False
    """Whether the runtime has its class, which all markets share."""


class Columns(msgspec.Struct, frozen=True):
    """The columns of a struct's table."""

    name: str
    """The struct's."""
    columns: tuple[str, ...]
    """Source of each."""


class Member(msgspec.Struct, frozen=True):
    """One word of an enum."""

    name: str
    value: str
    description: str


class Enum(msgspec.Struct, frozen=True):
    """One open set of words."""

    name: str
    summary: str
    members: tuple[Member, ...]


class Alias(msgspec.Struct, frozen=True):
    """A name for a type expression."""

    name: str
    expression: str
    description: str


class Constant(msgspec.Struct, frozen=True):
    """A name for a value."""

    name: str
    expression: str


class Example(msgspec.Struct, frozen=True):
    """One example of a stream."""

    id: str
    stream: str
    parameters: dict[str, object]
    payload: tuple[bytes, ...]
    """The payload's JSON, in pieces that fit on lines."""
    pretty: str


class Parameter(msgspec.Struct, frozen=True):
    """One parameter of a method."""

    name: str
    annotation: str
    default: str | None
    """Source of the default value, or None if there is none."""
    description: str
    allowed: str


class Request(msgspec.Struct, frozen=True):
    """A request of the REST API, for the reference."""

    path: str
    source: str
    checked: str
    weights: tuple[tuple[int, int], ...]
    """The most rows or levels a side, and what the request weighs with them."""


class Stream(msgspec.Struct, frozen=True):
    """One entry of the catalog."""

    key: str
    constant: str
    title: str
    summary: str
    name: str
    method: str
    category: str
    source: str
    checked: str
    segments: tuple[str, ...]
    events: tuple[str, ...]
    """Names of the event structs."""
    event_annotation: str
    is_array: bool
    is_state: bool
    """Whether each event is a whole state, which replaces the last one."""
    update_speed: str
    """Source of it."""
    update_prose: str
    ignored: tuple[str, ...]
    """Paths of the keys that the payload has and no struct takes."""
    sequence: str | None
    sequence_prose: str
    subject: str | None
    """The subject of its messages in a log, with placeholders; None if they are never published."""
    message_id: str
    """The id of a message in a log, with placeholders."""
    backfill: str | None
    """Source of it."""
    missed: Request | None
    """The request for missed events, if REST has them."""
    lifecycle: str | None
    lifecycle_prose: str
    parameters: tuple[Parameter, ...]
    examples: tuple[Example, ...]
    structs: tuple[Struct, ...]
    """Every struct of its payload, the events first."""
    signature: str
    """The method's call in one line, for the reference."""


class Signature(msgspec.Struct, frozen=True):
    """One signature of a method."""

    parameters: str
    """Source of the parameters between ``self`` and ``id``, each followed by a comma."""
    event: str
    """Annotation of what the subscription delivers, and its callback takes."""
    returns: str
    options: str
    """The type of its options, without that of the event."""


class Method(msgspec.Struct, frozen=True):
    """One method of the client."""

    name: str
    overloads: tuple[Signature, ...]
    signature: Signature
    docstring: tuple[Paragraph, ...]
    short_docstring: tuple[Paragraph, ...]
    """What it is and where it is documented, no more."""
    takes_more: bool
    """Whether it ignores further keywords in the old client: not if it needs a choice."""
    absent: str | None
    """The parameter whose absence chooses ``absent_constant``."""
    absent_constant: str
    absent_arguments: str
    absent_call: str
    constant: str
    arguments: str
    """Source of the dict of arguments."""
    call: str
    """The method of the base class that is called with them; ``absent_call`` likewise."""


class ClientClass(msgspec.Struct, frozen=True):
    """The client of one front end."""

    name: str
    base: str
    """Its base class in the runtime."""
    summary: str
    iterator: str
    """The type of what iterates it, without what is iterated."""
    iterate: str
    """The method that returns that."""
    methods: tuple[Method, ...]
    order_book: str
    """The class of its order books in the runtime."""
    account: str
    """The class of its accounts."""
    account_module: str


class Conversion(msgspec.Struct, frozen=True):
    """A function that makes an event of a row of the REST API."""

    name: str
    row: str
    """Annotation of the row."""
    event: str
    """Annotation of the event."""
    docstring: str
    expression: str
    """Source of the event."""


class OrderBook(msgspec.Struct, frozen=True):
    """How local copies of order books are kept."""

    rules: str
    """Source of the rules."""
    parameters: str
    """Source of the method's parameters that are those of the updates, each with a comma."""
    arguments: str
    """Source of the dict of their arguments."""
    depth: int
    """The most levels a side that a snapshot has."""
    calls: tuple[str, str, str]
    """Source of a good call: as it is, with the callback ``take``, and with ``take_async``."""
    mistakes: tuple[tuple[str, str], ...]
    """What is wrong, and source of the call that does it."""
    docstring: tuple[Paragraph, ...]
    source: str
    checked: str
    updates: Stream
    """The stream of changes."""
    snapshot: Request
    verify: Stream | None
    """The stream that a book is compared with."""
    snapshots: Answers


class Rest(msgspec.Struct, frozen=True):
    """What the package has of the REST API."""

    structs: tuple[Struct, ...]
    conversions: tuple[Conversion, ...]
    examples: tuple[tuple[str, tuple[bytes, ...]], ...]
    """Paths, and the JSON of an answer, in pieces that fit on lines."""


class ApiRequest(msgspec.Struct, frozen=True):
    """A method of the WebSocket API as a request is typed."""

    name: str
    parameters: str
    """Source of its parameters, with a comma before each."""
    result: str
    """Annotation of its result."""


class ApiMethod(msgspec.Struct, frozen=True):
    """A method of the WebSocket API, for the reference."""

    name: str
    anchor: str
    summary: str
    source: str
    security: str
    weight: str
    parameters: tuple[Parameter, ...]
    """Those without a default are required."""
    result: str
    is_typed: bool
    is_by_client: bool
    example: str
    """JSON of a result; empty if results are plain JSON."""


class AccountClass(msgspec.Struct, frozen=True):
    """The accounts of one front end."""

    name: str
    base: str
    """Its base class in the runtime."""
    summary: str
    define: str
    """``def`` or ``async def``."""
    call: str
    """Source of what sends a request."""
    docstring: tuple[Paragraph, ...]
    """That of a request."""


class Api(msgspec.Struct, frozen=True):
    """What the package has of the WebSocket API."""

    account: Stream
    """The events of accounts."""
    conversions: tuple[Conversion, ...]
    """Functions that make what the API answers of events."""
    arguments: tuple[Constant, ...]
    """The arguments of the API, each as source."""
    event: str
    """Annotation of what an account delivers."""
    state: str
    """Annotations of what a state is made of: the account, a balance, an order."""
    requests: tuple[ApiRequest, ...]
    """The methods that users may call."""
    account_class: AccountClass
    async_account_class: AccountClass
    docstring: tuple[Paragraph, ...]
    """That of the client's method."""
    conformance: ApiConformance
    methods: tuple[ApiMethod, ...]
    """All of them, for the reference."""
    results: tuple[Struct, ...]
    """The structs of their results."""
    checked: str
    typecheck: ApiTypecheck


class Model(msgspec.Struct, frozen=True):
    """Everything that templates print."""

    market: str
    """The market's name, as paths have it."""
    package: str
    """The name of the generated package."""
    made_by: str
    """What generated files say about where they come from."""
    structs: tuple[Struct, ...]
    columns: tuple[Columns, ...]
    enums: tuple[Enum, ...]
    choices: tuple[Alias, ...]
    unions: tuple[Alias, ...]
    written: tuple[Constant, ...]
    """Written forms of the choices that streams share."""
    streams: tuple[Stream, ...]
    client: ClientClass
    async_client: ClientClass
    """The same methods; their subscriptions are those of asyncio."""
    events: tuple[EventType, ...]
    recorded: tuple[RecordedStream, ...]
    rest: Rest
    api: Api | None
    """The WebSocket API, None if the market has none."""
    order_book: OrderBook | None
    """How order books are kept, None if the market has none."""
    any_event: dict[str, str]
    """Annotation of whatever a client delivers, by its number type."""
    has_several_events: bool
    """Whether that is of more than one type."""
    server_names: str
    """Source of the type of the servers' names."""
    venue: tuple[Constant, ...]
    """The arguments of the venue, each as source."""
    venue_name: str
    has_time_unit: bool
    has_mixed_case: bool
    """Whether a parameter of a stream has a name with an upper-case letter."""
    client_options: str
    """The type of what a client takes besides its server and its numbers."""
    compat: str | None
    """The class of the old connector in the module ``compat``, None if there is no such module."""
    runtime_exports: tuple[str, ...]
    own_exports: tuple[str, ...]
    """Public names of the structs module."""
    exports: tuple[str, ...]
    messages: dict[str, Any]
    """How a log names the messages."""
    schemas: dict[str, Any]
    conformance: dict[str, Conformance]
    typechecks: dict[str, Typecheck]
