"""Puts the parts of a draft together: the whole file of one stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from codegen.check.marks import MARK
from codegen.check.names import Reserved, is_field_name
from codegen.draft import samples, text
from codegen.draft.fields import DraftStruct
from codegen.draft.messages import DraftError, Message
from codegen.draft.names import LISTEN_KEY, DraftName, Markets, key_of, read_name, words_of
from codegen.draft.sequences import LEAST_EVENTS, guess_sequence
from codegen.draft.structs import Drafter
from codegen.read.queries import camel, constant_name
from codegen.read.spec_model import DEFAULT_CATEGORY, Field

_NOTHING = Reserved(frozenset(), frozenset(), frozenset(), frozenset())
_SPEEDS = "real-time, or the time between two events, such as 1000ms"


@dataclass(frozen=True)
class Draft:
    """One file, not yet written."""

    key: str
    lines: tuple[str, ...]

    @property
    def content(self) -> str:
        """The whole file."""
        return "\n".join(self.lines) + "\n"


def draft_stream(
    markets: Markets,
    messages: Sequence[Message],
    schema: str,
    today: str,
    key: str = "",
    reserved: Reserved = _NOTHING,
) -> Draft:
    """Return the draft of a stream; raises DraftError if the messages are no new stream's.

    ``schema`` is the address of the schema for editors, ``today`` the date of the draft, ``key``
    the name of the file if it is not to follow from the stream's, and ``reserved`` are the names
    that mean something else already.
    """
    name = read_name(markets, list(messages))
    messages = [_without_key(message) for message in messages if message.payload]
    if not messages:
        raise DraftError(f"there is nothing in any message of {name.template}")
    if not key:
        key = key_of(name, [stream.key for stream in markets.own.streams])
        key = key if is_field_name(key) and key not in reserved.methods else f"{key}_events"
    taken = next((stream for stream in markets.own.streams if stream.key == key), None)
    if taken is not None:
        raise DraftError(
            f"there is a stream {key} already ({taken.place.document.file}); choose another key "
            f"with --key, such as --key {key}_2"
        )
    return Draft(
        key, tuple(_Writer(markets, name, list(messages), key, reserved).lines(schema, today))
    )


def _without_key(message: Message) -> Message:
    """Put the documented listen key in place of a real one, which nobody else may see."""
    if "@" in message.stream or len(message.stream) < 40:
        return message
    return Message(LISTEN_KEY, _replaced(message.payload, message.stream), message.comments)


def _replaced(value: Any, secret: str) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(item, secret) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, secret) for item in value]
    return LISTEN_KEY if value == secret else value


class _Writer:
    def __init__(
        self,
        markets: Markets,
        name: DraftName,
        messages: list[Message],
        key: str,
        reserved: Reserved,
    ) -> None:
        self._markets = markets
        self._name = name
        self._messages = messages
        self._key = key
        self._is_array = isinstance(messages[0].payload, list)
        constants = {
            constant_name(word) for word in (key, *(each.key for each in markets.own.streams))
        }
        self._drafter = Drafter(markets, messages[0].comments, reserved.types | constants)
        self._events = self._drafted_events()

    def lines(self, schema: str, today: str) -> Iterator[str]:
        """Yield the lines of the file."""
        name, model = self._name, self._name.model
        yield f"# yaml-language-server: $schema={schema}"
        yield text.line(0, "stream", self._key)
        if model is not None:
            like = f"as in {name.model_market}: what does the page say?"
            yield text.line(0, "title", model.title, like)
            yield text.line(0, "summary", model.summary, like)
        else:
            yield text.line(0, "title", f"{MARK}: the heading of its page")
            yield text.line(0, "summary", f"{MARK}: what it delivers, in one or two sentences")
        yield text.line(0, "source", {"page": self._page(), "checked": today})
        yield from self._category()
        yield text.line(0, "method", self._method())
        yield text.line(0, "name", name.template)
        if name.parameters:
            yield "parameters:"
            for parameter, made in name.parameters.items():
                yield text.line(2, parameter, made.given, made.todo)
        yield from self._update_speed()
        yield from self._sequence()
        if self._is_array:
            yield text.line(0, "shape", "array")
        yield from self._event()
        if self._drafter.structs:
            yield "structs:"
            for struct, drafted in self._drafter.structs.items():
                yield from _struct(struct, drafted)
        yield "examples:"
        yield from self._examples()

    def _drafted_events(self) -> list[tuple[str, str]]:
        """Return the struct of each kind of event, and what a person has to do about it."""
        kinds: dict[str, list[dict[str, Any]]] = {}
        for message in self._messages:
            items = message.payload if self._is_array else [message.payload]
            if isinstance(message.payload, list) != self._is_array:
                raise DraftError(f"{message.stream}: some messages are lists, others are objects")
            for item in items:
                if not isinstance(item, dict):
                    raise DraftError(f"{message.stream}: expected objects, got {item!r}")
                kinds.setdefault(self._constant(message, item), []).append(item)
        if len(kinds) > 1 and "" in kinds:
            kinds = {"": [item for items in kinds.values() for item in items]}
        return [
            self._drafter.event(self._struct_name(constant), items, constant or None)
            for constant, items in kinds.items()
        ]

    def _constant(self, message: Message, item: dict[str, Any]) -> str:
        """Return the event type, with the placeholder of a choice that it names."""
        type = item.get("e")
        if not isinstance(type, str):
            return ""
        for parameter, value in (self._name.arguments(message.stream) or {}).items():
            has_choices = self._name.parameters[parameter].values
            if has_choices and str(value) and type.startswith(str(value)):
                return f"<{parameter}>{type[len(str(value)) :]}"
        return type

    def _struct_name(self, constant: str) -> str:
        made = camel(words_of(constant)) if constant and constant[0].isalpha() else ""
        return made or camel(self._key)

    def _page(self) -> str:
        own = self._markets.own
        pages = [each.source["page"] for each in own.streams if "://" not in each.source["page"]]
        if pages and own.connection.get("documentation"):
            return f"{MARK}: its page, such as {pages[0]}, or an https address"
        return f"{MARK}: the https address of its page"

    def _category(self) -> Iterator[str]:
        categories = list(self._markets.own.categories)
        if "listen_key" in self._name.parameters and "user" in categories:
            yield text.line(0, "category", "user")
        elif self._markets.own.connection.get("categories"):
            first = DEFAULT_CATEGORY if DEFAULT_CATEGORY in categories else categories[0]
            others = [word for word in categories if word != first]
            todo = f"or {' or '.join(others)}?" if others else ""
            yield text.line(0, "category", first, todo)

    def _method(self) -> str:
        """Return the method: that of one symbol's stream, if this is the same of all symbols."""
        name = self._name
        if name.model is not None and not self._has_method(name.model.method):
            return name.model.method
        words = self._key.removeprefix("all_").removesuffix("s")
        for stream in self._markets.own.streams:
            is_of_symbol = [item.type for item in stream.parameters.values()] == ["symbol"]
            if stream.method == words and is_of_symbol and not name.parameters:
                return words
        return self._key

    def _has_method(self, method: str) -> bool:
        return any(stream.method == method for stream in self._markets.own.streams)

    def _update_speed(self) -> Iterator[str]:
        speed = self._name.update_speed
        if speed is None:
            yield text.line(0, "update_speed", f"{MARK}: {_SPEEDS}")
            return
        todo = "as in " + self._name.model_market if self._name.model is not None else ""
        yield text.line(0, "update_speed", speed, todo and f"{todo}?")

    def _sequence(self) -> Iterator[str]:
        if self._is_array or len(self._events) > 1:
            return
        types = self._types(self._events[0][0])
        events = [(message.stream, message.payload) for message in self._messages]
        has_symbol = any(
            item.given.get("type") in ("symbol", "text") for item in self._name.parameters.values()
        )
        per = "" if has_symbol else self._symbol(self._events[0][0])
        found, todo = guess_sequence(events, types, per)
        if found:
            self._drafter.set_ids(self._events[0][0], found)
            yield text.line(0, "sequence", found, todo)
        elif len(events) < LEAST_EVENTS:
            yield f"# Without a sequence: {LEAST_EVENTS} messages in a row or more would show one."

    def _types(self, event: str) -> dict[str, str]:
        """Return the types of the keys that every event has."""
        drafted = self._drafter.structs.get(event)
        if drafted is None:
            fields = self._markets.own.structs[event].kept
            return {field.key: field.type for field in fields if _is_always_there(field)}
        return {
            # What nobody has a name for may be an ID that is small yet.
            key: "id" if made.is_unknown_count else made.given["type"]
            for key, made in drafted.fields.items()
            if isinstance(made.given.get("type"), str)
            and "." not in key
            and not made.given.keys() & {"optional", "nullable", "empty"}
        }

    def _symbol(self, event: str) -> str:
        """Return the path of keys to the symbol of an event, empty if it has none."""
        types = self._types(event)
        for key, type in types.items():
            if type == "symbol":
                return key
        for key, type in types.items():
            if type in self._drafter.structs and (inner := self._symbol(type)):
                return f"{key}.{inner}"
        return ""

    def _event(self) -> Iterator[str]:
        if len(self._events) == 1:
            name, todo = self._events[0]
            yield text.line(0, "event", name, todo)
            return
        yield "events:"
        for name, todo in self._events:
            yield f"  - {name}{text.comment(todo)}"

    def _examples(self) -> Iterator[str]:
        first = "documented" if self._messages[0].comments else "recorded"
        for sample in samples.choose(self._messages, first):
            message = sample.message
            yield text.line(2, "- id", sample.id).replace('"- id"', "- id")
            yield text.line(4, "stream", message.stream)
            arguments = self._name.arguments(message.stream) or {}
            if arguments:
                yield text.line(4, "parameters", arguments)
            if samples.is_long(message.payload):
                yield "    # Long lists are cut."
            yield "    payload:"
            yield from text.payload(samples.shortened(message.payload), 6)


def _is_always_there(field: Field) -> bool:
    return not (field.optional or field.nullable or field.empty or field.is_list)


def _struct(name: str, drafted: DraftStruct) -> Iterator[str]:
    yield f"  {name}:{text.comment(drafted.todo)}"
    yield text.line(4, "summary", drafted.summary)
    if drafted.is_array:
        yield text.line(4, "array", True)
    yield "    fields:"
    for key, made in drafted.fields.items():
        if made.hint:
            yield f"      # {made.hint}"
        yield text.line(6, key, made.given, made.todo)
