"""Rules of types: that they resolve, fit together, and are used."""

from __future__ import annotations

import datetime

from codegen.read.api_model import event_streams
from codegen.read.place import Place
from codegen.read.problems import listed, near, shown
from codegen.read.queries import constants, placeholders, reached
from codegen.read.spec_model import SCALARS, Field, Spec, Stream, Struct


def check_types(spec: Spec) -> None:
    """Check that every type resolves. Later checks rely on it, so they need no problem here."""
    for chosen in spec.choices.values():
        if len(set(chosen.written.values())) < len(chosen.written):
            chosen.place.problem("two values are written alike", "values")
    for struct in spec.structs.values():
        for field in struct.fields:
            _check_field(spec, struct, field)
        _check_recursion(spec, struct)
    for stream in spec.streams:
        _check_events(spec, stream)


def check_use(spec: Spec) -> None:
    """Check that every declared type is used by a stream."""
    used: set[str] = set()
    roots = [stream.events for stream in event_streams(spec)]
    methods = spec.api.methods.values() if spec.api is not None else ()
    roots += [method.structs for method in methods]
    for events in roots:
        structs = reached(spec, events)
        used |= set(structs)
        used |= {field.type for name in structs for field in spec.structs[name].kept}
    for part in (*spec.streams, *methods):
        used |= {parameter.type or "" for parameter in part.parameters.values()}
    for name, place in spec.named():
        if name not in used:
            place.problem(f"{name} is used by no stream")


def check_constants(spec: Spec) -> None:
    """Check that every placeholder of a constant is a parameter of the streams that have it."""
    for struct in spec.structs.values():
        for field in struct.kept:
            for name in placeholders(field.constant or ""):
                if any("<" in value for value in constants(spec, struct, field)):
                    message = f"<{name}> is no parameter with choices of a stream that has it"
                    field.place.problem(message, "constant", at_value=True)


def check_events(spec: Spec, stream: Stream) -> bool:
    """Check that several events differ in their constant ``e``; returns whether they do."""
    before = len(stream.place.document.problems)
    if len(stream.events) > 1:
        _check_distinct(spec, stream)
    return len(stream.place.document.problems) == before


def check_page(spec: Spec, source: dict[str, str], place: Place) -> None:
    """Check that a page is an address, or below that of the documentation, and its date exists."""
    page = source["page"]
    if (
        not page.startswith("https://")
        and spec.connection
        and not spec.connection.get("documentation")
    ):
        message = f"page: {page} is below no address: connection.yaml has no 'documentation'"
        place.problem(message, "source", "page", at_value=True)
    _check_date(source["checked"], place, "source", "checked")


def check_dates(stream: Stream) -> None:
    """Check that dates exist and run forward, and that a retired stream names a substitute."""
    words = ("since", "deprecated", "retired")
    for word in words:
        if word in stream.lifecycle:
            _check_date(stream.lifecycle[word], stream.place, "lifecycle", word)
    if "retired" in stream.lifecycle and "use" not in stream.lifecycle:
        stream.place.problem("a retired stream needs 'use': what to use instead", "lifecycle")
    order = [stream.lifecycle[word] for word in words if word in stream.lifecycle]
    if order != sorted(order):
        stream.place.problem("since, deprecated, retired: the dates run backwards", "lifecycle")


def _check_date(text: str, place: Place, *inner: str) -> None:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        place.problem(f"{inner[-1]}: there is no date {text}", *inner, at_value=True)


def _check_field(spec: Spec, struct: Struct, field: Field) -> None:
    place = field.place
    if field.ignored:
        for word in ("name", "type", "constant", "nullable", "empty"):
            if (*place.path, word) in place.document.keys:
                place.problem(f"an ignored field has no {word!r}", word)
        if struct.is_array:
            place.problem("a place of an array cannot be ignored", "ignored")
        return
    if not field.name:
        place.problem("missing key 'name'")
    if struct.is_array and field.optional:
        place.problem("a place of an array cannot be optional", "optional")
    absences = [word for word in ("optional", "nullable", "empty") if getattr(field, word)]
    if len(absences) > 1:
        message = f"a field cannot be both {absences[0]} and {absences[1]}"
        place.problem(message, absences[0])
    if field.empty and field.type != "decimal":
        place.problem("only a decimal can be empty", "empty")
    if field.constant is not None:
        if field.type:
            place.problem("a field has either a type or a constant", "type")
        if field.nullable or field.optional:
            place.problem("a constant can be neither nullable nor optional", "constant")
    elif not field.type:
        place.problem("missing key 'type' (or 'constant')")
    elif field.type not in {*SCALARS, *spec.choices, *spec.enums, *spec.structs}:
        own = sorted({*spec.choices, *spec.enums, *spec.structs})
        message = (
            f"there is no type {shown(field.type)}; allowed: {listed(SCALARS)}, or a name "
            f"declared under choices, enums or structs{near(field.type, own)}"
        )
        place.problem(message, "type", at_value=True)


def _check_recursion(spec: Spec, struct: Struct) -> None:
    """Check that no struct holds itself: it would have no smallest example."""
    waiting, seen = [struct.name], set[str]()
    while waiting:
        for field in spec.structs[waiting.pop()].kept:
            if field.type == struct.name:
                struct.place.problem(f"the struct {struct.name} holds itself")
                return
            if field.type in spec.structs and field.type not in seen:
                seen.add(field.type)
                waiting.append(field.type)


def _check_events(spec: Spec, stream: Stream) -> None:
    keys = stream.place.document.keys
    if (("event",) in keys) == (("events",) in keys):
        stream.place.problem("exactly one of 'event' and 'events' is expected", "events")
    for position, name in enumerate(stream.events):
        if name not in spec.structs:
            path = ("event",) if ("event",) in keys else ("events", position)
            message = (
                f"there is no struct {shown(name)}; allowed: a name declared under structs, here "
                f"or in types.yaml{near(name, sorted(spec.structs))}"
            )
            stream.place.problem(message, *path, at_value=True)
        elif spec.structs[name].is_array:
            stream.place.problem(f"the event {name} is an array, not an object", "event")


def _check_distinct(spec: Spec, stream: Stream) -> None:
    seen: dict[str, str] = {}
    for position, name in enumerate(stream.events):
        struct = spec.structs[name]
        field = next((field for field in struct.kept if field.key == "e"), None)
        if field is None or field.constant is None or field.name != "event_type":
            stream.place.problem(
                f"{name} has no constant 'e' called event_type, which distinguishes several events",
                *("events", position),
                at_value=True,
            )
            continue
        for value in constants(spec, struct, field):
            if value in seen:
                message = f"{name} and {seen[value]} have the same event type {shown(value)}"
                stream.place.problem(message, "events", position, at_value=True)
            seen[value] = name
