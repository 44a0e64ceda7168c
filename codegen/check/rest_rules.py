"""Rules of what the REST API has: requests, and the rows that stand for missed events."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.check.example_rules import check_answers
from codegen.check.type_rules import check_page
from codegen.read.problems import listed, shown
from codegen.read.queries import always_there, field_at, leaves, placeholders, row_struct
from codegen.read.rest_model import Backfill, Endpoint
from codegen.read.spec_model import Field, Spec, Stream

_WHOLE = ("timestamp", "id", "count")
_TEXTS = ("symbol", "text")


def check_backfill(spec: Spec, stream: Stream) -> None:
    """Check the backfill of a stream whose own declarations have no problem."""
    given = stream.backfill
    if given is None:
        return
    if not stream.sequence or "per" in stream.sequence:
        message = "only a stream with a sequence of its own has a backfill: missed events are those"
        given.place.problem(f"{message} that the sequence lacks")
        return
    before = len(given.place.document.problems)
    reserved = [given.endpoint.limit, given.start[0], *([given.end] if given.end else [])]
    check_endpoint(spec, stream, given.endpoint, reserved)
    _check_start(spec, stream, given)
    _check_row(spec, stream, given)
    _check_others(spec, stream, given)
    _check_candle(spec, stream, given)
    if len(given.place.document.problems) == before:
        check_answers(spec, stream, given.examples, row_struct(spec, stream, given), is_rows=True)


def check_limits(spec: Spec) -> None:
    """Check that a market with requests says what its REST API allows, and where one is."""
    wanting = [stream.key for stream in spec.streams if stream.backfill is not None]
    wanting += ["order_book"] if spec.order_book is not None else []
    document, connection = spec.connection_document, spec.connection
    if not connection:
        return
    if wanting and "rest" not in connection:
        message = f"missing key 'rest': the limits of the requests of {listed(wanting)}"
        document.problem((), message)
    if wanting and not any("rest" in server for server in connection["servers"].values()):
        message = f"no server has 'rest': the address for the requests of {listed(wanting)}"
        document.problem(("servers",), message)
    for name, server in connection["servers"].items():
        if "rest_elsewhere" in server and "rest" not in server:
            message = "missing key 'rest': only a REST API of its own can lack paths"
            document.problem(("servers", name), message)
    if "time_unit_header" in connection.get("rest", {}) and "time_unit" not in connection:
        message = "the values of the header are those of 'time_unit', which is missing"
        document.problem(("rest", "time_unit_header"), message)


def check_endpoint(spec: Spec, stream: Stream, given: Endpoint, reserved: list[str]) -> None:
    """Check a request; ``reserved`` are query parameters that are not up to ``query``."""
    place = given.place
    check_page(spec, given.source, place)
    for name, value in given.query.items():
        names = placeholders(value)
        if name in reserved:
            message = f"{name} is the query parameter of the limit, the start or the end"
            place.problem(message, "query", name)
        elif "<" in value and value != f"<{''.join(names[:1])}>":
            message = f"{name}: got {shown(value)}; allowed: a <parameter>, or a constant"
            place.problem(message, "query", name, at_value=True)
        elif names and names[0] not in stream.parameters:
            message = f"{name}: {stream.key} has no parameter {shown(names[0])}"
            message += f"; allowed: {listed(stream.parameters)}"
            place.problem(message, "query", name, at_value=True)
    if len({*reserved}) < len(reserved):
        message = "limit, start and end need query parameters of their own; got "
        place.problem(f"{message}{listed(reserved)}")
    before = (0, 0)
    for limit, weight in given.weights.items():
        for word, now, last in (("limits", limit, before[0] + 1), ("weights", weight, before[1])):
            if now < last:
                message = f"the {word} do not ascend: got {now}; at least {last} expected"
                place.problem(message, "weights", str(limit), at_value=word == "weights")
        before = limit, weight


def _check_start(spec: Spec, stream: Stream, given: Backfill) -> None:
    name, key = given.start
    found = {keys: field for keys, _, field in always_there(spec, stream.events[0])}
    sequence = [stream.sequence[word] for word in ("id", "monotonic") if word in stream.sequence]
    ids = [keys for keys in sequence if keys in found and found[keys].type == "id"]
    times = [keys for keys, field in found.items() if field.type == "timestamp"]
    allowed = times if given.candle else ids
    if key in allowed:
        return
    what = "time of a candle" if given.candle else "id of the sequence"
    message = f"{name}: the key {shown(key)} is no {what}; allowed: {listed(allowed)}"
    if key in times:
        message += "; a stream of candles needs 'candle'"
    given.place.problem(message, "start", name, at_value=True)


def _check_row(spec: Spec, stream: Stream, given: Backfill) -> None:
    event, place = stream.events[0], given.place
    keys: dict[str, str | int] = {}
    names: dict[str, str] = {}
    last = max((place for place, key in enumerate(given.row.values()) if key), default=0)
    for position, (key, target) in enumerate(given.row.items()):
        if target is None:
            if given.is_list and position < last:
                message = "only the last places of a list can be null"
                place.problem(message, "row", key, at_value=True)
            continue
        field = check_key(spec, event, target)
        if isinstance(field, str):
            place.problem(field, "row", key, at_value=True)
            continue
        first = keys.setdefault(target, key)
        if first != key:
            message = f"{target} has its value from {first} already"
            place.problem(message, "row", key, at_value=True)
            continue
        other = names.setdefault(field.name, target)
        # Within one struct, the names themselves are reported.
        if other.rpartition(".")[0] != target.rpartition(".")[0]:
            message = f"{target} and {other} would both be called {field.name}"
            place.problem(message, "row", key, at_value=True)


def check_key(spec: Spec, event: str, keys: str) -> Field | str:
    """Return the field that the keys lead to, or else what is wrong with them."""
    allowed = [path for path, field in leaves(spec, event) if field.constant is None]
    if keys in allowed:
        found = field_at(spec, event, keys)
        assert found is not None
        return found[1]
    found = field_at(spec, event, keys)
    if found is None:
        return f"{event} has no key {shown(keys)}; allowed: {listed(allowed)}"
    if found[1].constant is not None:
        return f"{keys} is a constant, which nothing else can give; allowed: {listed(allowed)}"
    return f"{keys} is an object; allowed: {listed(allowed)}"


def _check_others(spec: Spec, stream: Stream, given: Backfill) -> None:
    event, place = stream.events[0], given.place
    in_row = {key for key in given.row.values() if key is not None}
    for keys, value in given.others.items():
        field = check_key(spec, event, keys)
        if isinstance(field, str):
            place.problem(field, "others", keys)
        elif keys in in_row:
            place.problem(f"{keys} has its value from the row already", "others", keys)
        else:
            for message in _wrong_value(spec, stream, given, field, value):
                place.problem(f"{keys}: {message}", "others", keys, at_value=True)
    for keys, field in leaves(spec, event):
        if "<" in (field.constant or ""):
            message = f"a constant with a parameter in it, as {keys} has, cannot be in a backfill"
            place.problem(message, "row")
        elif (
            field.constant is None
            and not field.optional
            and keys not in in_row
            and keys not in given.others
        ):
            message = f"nothing says what {keys} is: no key of the row, nor one of 'others'"
            place.problem(message, "others" if given.others else "row")


def _wrong_value(
    spec: Spec, stream: Stream, given: Backfill, field: Field, value: str | int | bool
) -> Iterator[str]:
    """Yield what is wrong with what a key is that no row has."""
    if isinstance(value, bool):
        if field.type != "bool":
            yield f"got {shown(value)}; its type is {field.type}"
    elif isinstance(value, int):
        if field.type not in _WHOLE:
            yield f"got {value}; its type is {field.type}"
    elif "<" in value:
        name = "".join(placeholders(value)[:1])
        parameter = stream.parameters.get(name)
        if parameter is None or value != f"<{name}>":
            declared = listed(f"<{name}>" for name in stream.parameters)
            yield f"got {shown(value)}; allowed: {declared}"
        elif parameter.type != field.type and not (
            parameter.type in _TEXTS and field.type in _TEXTS
        ):
            yield f"{value} is no {field.type}"
    elif value not in given.row.values():
        allowed = [key for key in given.row.values() if key is not None]
        yield f"no row has the key {shown(value)}; allowed: {listed(allowed)}"
    else:
        found = field_at(spec, stream.events[0], value)
        if found is not None and (found[1].type, found[1].is_list) != (field.type, field.is_list):
            yield f"{value} is no {field.type}"


def _check_candle(spec: Spec, stream: Stream, given: Backfill) -> None:
    for word, keys in given.candle.items():
        type = "timestamp" if word == "close_time" else "bool"
        message = check_typed(spec, stream.events[0], keys, type)
        if message:
            given.place.problem(f"{word}: {message}", "candle", word, at_value=True)


def check_typed(spec: Spec, event: str, keys: str, type: str) -> str:
    """Return what is wrong if the keys lead to no field of that type that is always there."""
    found = {path: field for path, _, field in always_there(spec, event)}
    if keys in found and found[keys].type == type:
        return ""
    allowed = listed(path for path, field in found.items() if field.type == type)
    return f"the key {shown(keys)} is no {type} that is always there; allowed: {allowed}"
