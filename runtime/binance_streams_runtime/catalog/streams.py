"""The description of a stream: name template, event types, sequence, lifecycle.

The entries are generated from the spec; nothing here knows a stream by name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from binance_streams_runtime.catalog.parameters import Choice, Parameter, Symbol
from binance_streams_runtime.catalog.rest import Backfill, OrderBookRules
from binance_streams_runtime.errors import ParameterError, UnknownStreamError


class Step(Struct, frozen=True):
    """Ids follow each other: each event's ``attribute`` is the last one's plus ``step``."""

    attribute: str
    step: int = 1


class Range(Struct, frozen=True):
    """Each event covers the ids from ``first`` to ``last``, and follows the last one's ``last``.

    With ``previous``, ids may be left out between two events: each event repeats in it the ``last``
    of the one before.
    """

    first: str
    last: str
    previous: str | None = None


class Monotonic(Struct, frozen=True):
    """``attribute`` never decreases. It does not show what was missed.

    ``is_time`` if it is a time rather than an id; ``repeats`` if the server may send the same event
    again while nothing has changed, in which case it is delivered again.
    """

    attribute: str
    is_time: bool = False
    repeats: bool = False


class PerKey(Struct, frozen=True):
    """The stream carries one such sequence for each value of the attribute ``key``."""

    key: str
    sequence: Step | Range | Monotonic


class Identified(Struct, frozen=True):
    """Events have no numbers; these attributes identify an event of each type.

    Two events of the same type with the same values are one event that came on two connections. An
    event type that is not listed is compared by all of its attributes.
    """

    attributes: Mapping[str, tuple[str, ...]]
    """By the name of the struct."""


Sequence = Step | Range | Monotonic | PerKey | Identified


class UpdateSpeed(Struct, frozen=True):
    """How often the server sends: every ``milliseconds``, or in real time if that is None.

    If the speed depends on a parameter, ``by`` names it and ``exceptions`` lists the values that
    have a speed of their own.
    """

    milliseconds: int | None
    by: str | None = None
    exceptions: Mapping[object, int] = {}

    def of(self, parameters: Mapping[str, object]) -> int | None:
        """Return the milliseconds between two events, or None for real time."""
        if self.by is None:
            return self.milliseconds
        return self.exceptions.get(parameters.get(self.by), self.milliseconds)


class Lifecycle(Struct, frozen=True):
    """When the stream was introduced and retired (ISO dates), and what replaces it."""

    since: str | None = None
    deprecated: str | None = None
    retired: str | None = None
    use: str | None = None


class StreamType(Struct, frozen=True, eq=False):
    """One entry of the catalog: all streams whose names match one template.

    Entries are compared by identity, as each exists once.
    """

    key: str
    title: str
    method: str
    source: str
    segments: tuple[str | Parameter, ...]
    events: tuple[type[Any], ...]
    update_speed: UpdateSpeed
    is_array: bool = False
    category: str = "market"
    ignored: tuple[str, ...] = ()
    """Paths of keys that are in the payload but not in the event, such as ``k.B``."""
    sequence: Sequence | None = None
    lifecycle: Lifecycle = Lifecycle()
    backfill: Backfill | None = None
    """How to fetch missed events; None if the venue does not offer them."""
    is_state: bool = False
    """Whether each event is a whole state, so that nobody needs the one before it any more."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The placeholders of the name, in order."""
        return tuple(part for part in self.segments if isinstance(part, Parameter))

    @property
    def is_secret(self) -> bool:
        """Whether a parameter is secret, such as a listen key."""
        return any(parameter.secret for parameter in self.parameters)

    @property
    def template(self) -> str:
        """The name with placeholders, as in the documentation."""
        return "".join(
            f"<{part.name}>" if isinstance(part, Parameter) else part for part in self.segments
        )

    def name(self, **arguments: object) -> str:
        """Return the stream's name for these arguments; raise ParameterError if one is invalid."""
        known = {parameter.name for parameter in self.parameters}
        for given in arguments:
            if given not in known:
                raise ParameterError(
                    self.key, given, f"the parameters {', '.join(sorted(known)) or 'none'}"
                )
        written = []
        for part in self.segments:
            if isinstance(part, str):
                written.append(part)
            elif part.name in arguments:
                written.append(part.encode(arguments[part.name]))
            else:
                raise ParameterError(self.key, "nothing", f"a value for {part.name}")
        return "".join(written)

    def parse(self, name: str) -> dict[str, object] | None:
        """Return the parameters that ``name`` was built from, or None if it does not match."""
        match = re.fullmatch(self._pattern(), name)
        if match is None:
            return None
        return {
            parameter.name: parameter.decode(match[position])
            for position, parameter in enumerate(self.parameters, start=1)
        }

    def stream(self, **arguments: object) -> Stream:
        """Return the stream with these arguments; raise ParameterError as ``name`` does."""
        name = self.name(**arguments)
        return Stream(name, self, self.parse(name) or {})

    def check_like(self, name: str) -> None:
        """Raise ParameterError if ``name`` matches the template but for the value of a choice."""
        pattern = "".join(
            f"({part.loose_pattern})" if isinstance(part, Choice) else _pattern_of(part)
            for part in self.segments
        )
        match = re.fullmatch(pattern, name)
        for position, parameter in enumerate(self.parameters, start=1):
            if match is None or not isinstance(parameter, Choice):
                continue
            if match[position] not in parameter.written.values():
                allowed = ", ".join(repr(text) for text in parameter.written.values())
                raise ParameterError(f"{parameter.name} in {name!r}", match[position], allowed)

    def _pattern(self) -> str:
        return "".join(map(_pattern_of, self.segments))


def _pattern_of(part: str | Parameter) -> str:
    return f"({part.pattern})" if isinstance(part, Parameter) else re.escape(part)


class Stream(Struct, frozen=True):
    """One stream that can be subscribed to."""

    name: str
    type: StreamType
    parameters: Mapping[str, object]

    def __repr__(self) -> str:
        return f"<Stream {self.label}>"

    @property
    def is_secret(self) -> bool:
        """Whether the name contains a secret."""
        return self.type.is_secret

    def query(self, names: Mapping[str, str]) -> dict[str, str]:
        """Return query parameters of a REST request, given the parameters that they are made of.

        Each is written as in the stream's name, but a symbol in upper case.
        """
        parameters = {parameter.name: parameter for parameter in self.type.parameters}
        query = {}
        for name, made_of in names.items():
            parameter = parameters[made_of]
            written = parameter.encode(self.parameters[made_of])
            query[name] = written.upper() if isinstance(parameter, Symbol) else written
        return query

    @property
    def label(self) -> str:
        """The name for logs and error messages.

        A listen key is shortened to its first letters plus a few letters of its digest.
        """
        if not self.is_secret:
            return self.name
        return f"{self.name[:4]}…{hashlib.sha256(self.name.encode()).hexdigest()[:6]}"


class Catalog:
    """Every stream that the spec describes."""

    def __init__(
        self, types: tuple[StreamType, ...], order_book: OrderBookRules | None = None
    ) -> None:
        self.types = types
        self.order_book = order_book
        self._by_key = {type.key: type for type in types}
        # Most specific template first: a bare listen key would match other names as well.
        self._by_width = sorted(types, key=lambda type: len(type.parameters) == len(type.segments))

    def __getitem__(self, key: str) -> StreamType:
        return self._by_key[key]

    def __iter__(self) -> Iterator[StreamType]:
        return iter(self.types)

    def __len__(self) -> int:
        return len(self.types)

    def resolve(self, name: str) -> Stream:
        """Return the stream of a raw name; raise UnknownStreamError if no template matches."""
        if not isinstance(name, str):
            raise ParameterError("stream", name, "a stream name such as 'btcusdt@trade'")
        for type in self._by_width:
            parameters = type.parse(name)
            # It must be the exact wire form: the server would send nothing for 'BTCUSDT@trade'.
            if parameters is not None and type.name(**parameters) == name:
                return Stream(name, type, parameters)
        for type in self._by_width:
            type.check_like(name)
        raise UnknownStreamError(name, self._near(name))

    def _near(self, name: str) -> list[str]:
        if "@" in name:
            symbol, _, rest = name.partition("@")
            for alike in (f"{symbol.lower()}@{rest}", f"{symbol.upper()}@{rest}"):
                if alike != name and any(type.parse(alike) is not None for type in self.types):
                    return [alike]
        return [type.template for type in self.types if not type.is_secret]
