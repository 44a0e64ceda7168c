"""The spec as it was written, typed: what the files declare, before anything is derived from it.

Reading assumes that the structure has been checked. Each part keeps its document and path, so
that later checks can say where it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from codegen.read.place import Place
from codegen.read.problems import Path
from codegen.read.rest_model import Backfill, OrderBook, read_backfill
from codegen.read.yaml_source import Document

if TYPE_CHECKING:
    from codegen.read.api_model import Api

DEFAULT_CATEGORY = "market"
SCALARS = ("decimal", "number", "timestamp", "id", "count", "bool", "symbol", "text")


@dataclass(frozen=True)
class Field:
    """One field of a struct, by its wire key."""

    key: str
    place: Place
    description: str
    name: str = ""
    type: str = ""
    is_list: bool = False
    constant: str | None = None
    nullable: bool = False
    optional: bool = False
    empty: bool = False
    ignored: bool = False


@dataclass(frozen=True)
class Struct:
    """One JSON object or array."""

    name: str
    place: Place
    summary: str
    fields: tuple[Field, ...]
    is_array: bool = False

    @property
    def kept(self) -> tuple[Field, ...]:
        """The fields that the struct has: all but the ignored ones."""
        return tuple(field for field in self.fields if not field.ignored)


@dataclass(frozen=True)
class Choices:
    """A closed set: each value with its written form in a stream's name."""

    name: str
    place: Place
    summary: str
    written: dict[object, str]


@dataclass(frozen=True)
class Enum:
    """An open set of words with their meanings."""

    name: str
    place: Place
    summary: str
    values: dict[str, str]


@dataclass(frozen=True)
class Parameter:
    """One parameter of a stream; a text has a pattern, an example, and maybe a case."""

    name: str
    place: Place
    description: str
    type: str | None
    choices: dict[object, str] | None
    has_default: bool
    default: object
    pattern: str
    example: str
    case: str | None

    def in_case(self, text: str) -> str:
        """Return how a text is written in the stream's name."""
        match self.case:
            case "lower":
                return text.lower()
            case "upper":
                return text.upper()
        return text


@dataclass(frozen=True)
class Example:
    """One example payload."""

    id: str
    place: Place
    stream: str
    parameters: dict[str, object]
    payload: Any


@dataclass(frozen=True)
class Stream:
    """One stream: one file."""

    key: str
    place: Place
    title: str
    summary: str
    source: dict[str, str]
    lifecycle: dict[str, str]
    category: str
    method: str
    name: str
    parameters: dict[str, Parameter]
    update_speed: str | dict[str, str]
    sequence: dict[str, Any]
    events: tuple[str, ...]
    is_array: bool
    is_state: bool
    structs: dict[str, Struct]
    examples: tuple[Example, ...]
    backfill: Backfill | None


@dataclass
class Spec:
    """Everything that was declared."""

    streams: list[Stream] = field(default_factory=list)
    structs: dict[str, Struct] = field(default_factory=dict)
    declared_structs: list[Struct] = field(default_factory=list)
    """All of them, also those whose names collide."""
    choices: dict[str, Choices] = field(default_factory=dict)
    enums: dict[str, Enum] = field(default_factory=dict)
    connection: dict[str, Any] = field(default_factory=dict)
    connection_document: Document = field(default_factory=lambda: Document(""))
    order_book: OrderBook | None = None
    api: Api | None = None

    def add_structs(self, structs: dict[str, Struct]) -> None:
        """Add a file's structs; if a name comes twice, the first one counts."""
        self.declared_structs += structs.values()
        self.structs.update({name: self.structs.get(name, item) for name, item in structs.items()})

    @property
    def categories(self) -> dict[str, Any]:
        """What the streams can be about."""
        given: dict[str, Any] = self.connection.get("categories", {})
        return given or {DEFAULT_CATEGORY: {}, "user": {}}

    def named(self) -> list[tuple[str, Place]]:
        """Return every type that was given a name, and where."""
        return [
            *((item.name, item.place) for item in self.choices.values()),
            *((item.name, item.place) for item in self.enums.values()),
            *((item.name, item.place) for item in self.declared_structs),
        ]

    def choices_of(self, parameter: Parameter) -> dict[object, str] | None:
        """Return the values that a parameter may have, or None if it is no choice."""
        if parameter.choices is not None:
            return parameter.choices
        named = self.choices.get(parameter.type or "")
        return None if named is None else named.written


def read_stream(document: Document) -> Stream:
    """Return the stream that a file declares."""
    data = document.data
    place = Place(document, ())
    return Stream(
        key=data["stream"],
        place=place,
        title=data["title"],
        summary=_sentence(data["summary"]),
        source=data["source"],
        lifecycle=data.get("lifecycle", {}),
        category=data.get("category", DEFAULT_CATEGORY),
        method=data["method"],
        name=data["name"],
        parameters={
            name: _parameter(document, name, given)
            for name, given in data.get("parameters", {}).items()
        },
        update_speed=data["update_speed"],
        sequence=data.get("sequence", {}),
        events=(*data.get("events", ()), *([data["event"]] if "event" in data else ())),
        is_array=data.get("shape") == "array",
        is_state=data.get("state", False),
        structs=read_structs(document),
        examples=tuple(
            Example(
                given["id"],
                Place(document, ("examples", number)),
                given["stream"],
                given.get("parameters", {}),
                given["payload"],
            )
            for number, given in enumerate(data["examples"])
        ),
        backfill=read_backfill(document),
    )


def read_structs(document: Document) -> dict[str, Struct]:
    """Return the structs that a file declares."""
    return {
        name: Struct(
            name=name,
            place=Place(document, ("structs", name)),
            summary=_sentence(given["summary"]),
            fields=tuple(
                _field(document, ("structs", name, "fields", str(key)), field)
                for key, field in given["fields"].items()
            ),
            is_array=given.get("array", False),
        )
        for name, given in document.data.get("structs", {}).items()
    }


def _sentence(text: str) -> str:
    """Return a text as it is printed: with a capital letter, and a full stop."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"


def read_choices(document: Document) -> dict[str, Choices]:
    """Return the closed sets that a file declares."""
    return {
        name: Choices(
            name, Place(document, ("choices", name)), given["summary"], written(given["values"])
        )
        for name, given in document.data.get("choices", {}).items()
    }


def read_enums(document: Document) -> dict[str, Enum]:
    """Return the open sets that a file declares."""
    return {
        name: Enum(name, Place(document, ("enums", name)), given["summary"], given["values"])
        for name, given in document.data.get("enums", {}).items()
    }


def written(values: list[object] | dict[object, str]) -> dict[object, str]:
    """Return each value with its written form, which in a list is the value itself."""
    return dict(values) if isinstance(values, dict) else {value: str(value) for value in values}


def _parameter(document: Document, name: str, given: dict[str, Any]) -> Parameter:
    return Parameter(
        name=name,
        place=Place(document, ("parameters", name)),
        description=_sentence(given["description"]),
        type=given.get("type"),
        choices=written(given["choices"]) if "choices" in given else None,
        has_default="default" in given,
        default=given.get("default"),
        pattern=given.get("pattern", ""),
        example=given.get("example", ""),
        case=given.get("case"),
    )


def _field(document: Document, path: Path, given: dict[str, Any]) -> Field:
    type = given.get("type", "")
    is_list = isinstance(type, dict)
    return Field(
        key=str(path[-1]),
        place=Place(document, path),
        description=_sentence(given["description"]),
        name=given.get("name", ""),
        type=type["list"] if is_list else type,
        is_list=is_list,
        constant=given.get("constant"),
        nullable=given.get("nullable", False),
        optional=given.get("optional", False),
        empty=given.get("empty", False),
        ignored=given.get("ignored", False),
    )
