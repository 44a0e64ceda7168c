"""Rules of sequences: of which keys they are, and that the file's own examples keep to them."""

from __future__ import annotations

from typing import Any

from codegen.read.problems import listed, shown
from codegen.read.queries import always_there
from codegen.read.spec_model import Example, Spec, Stream

_NUMBERS = ("id", "timestamp")
_NAMES = ("symbol", "text", "id")
_FORMS = (
    {"id"},
    {"id", "step"},
    {"first", "last"},
    {"first", "last", "previous"},
    {"monotonic"},
    {"monotonic", "repeats"},
)
# A time may go back by so many milliseconds; the runtime allows it, too.
_TOLERANCE = 1000


def check_sequence(spec: Spec, stream: Stream) -> None:
    """Check that the sequence has one of the forms, with keys that every event has."""
    sequence, place = stream.sequence, stream.place
    if not sequence:
        return
    if set(sequence) - {"per"} not in _FORMS:
        message = (
            "sequence: expected {id, step}, {first, last, previous} or {monotonic, repeats}, each "
            "also with per"
        )
        place.problem(message, "sequence")
        return
    if stream.is_array or len(stream.events) > 1:
        place.problem("only a stream of single events of one kind has a sequence", "sequence")
        return
    found = [(keys, field) for keys, _, field in always_there(spec, stream.events[0])]
    numbers = [key for key, field in found if field.type in _NUMBERS and "." not in key]
    for word in ("id", "first", "last", "previous", "monotonic"):
        _check_key(spec, stream, word, numbers, "id or timestamp")
    named = {*_NAMES, *spec.choices, *spec.enums}
    names = [keys for keys, field in found if field.type in named]
    _check_key(spec, stream, "per", names, "symbol, text, id or word")
    symbols = _symbols(spec, stream)
    kinds = {parameter.type for parameter in stream.parameters.values()}
    if symbols and kinds <= {"listen_key"} and "per" not in sequence:
        message = f"a stream of all symbols has a sequence for each of them: {_advice(symbols[0])}"
        place.problem(message, "sequence")


def _symbols(spec: Spec, stream: Stream) -> list[str]:
    """Return the paths of the fields that say of which symbol an event is."""
    return [
        keys
        for keys, _, field in always_there(spec, stream.events[0])
        if field.type == "symbol" or (field.type == "text" and field.name == "symbol")
    ]


def _check_key(spec: Spec, stream: Stream, word: str, usable: list[str], kind: str) -> None:
    if word not in stream.sequence:
        return
    key, event = stream.sequence[word], stream.events[0]
    if key in usable:
        return
    message = f"the key {shown(key)} is no {kind} that is always there"
    if str(key).partition(".")[0] not in [field.key for field in spec.structs[event].kept]:
        message = f"{event} has no key {shown(key)}"
    stream.place.problem(f"{message}; allowed: {listed(usable)}", "sequence", word, at_value=True)


def check_sequence_examples(spec: Spec, stream: Stream) -> None:
    """No example contradicts the sequence. All of them are as they are declared."""
    if not stream.sequence:
        return
    fields = spec.structs[stream.events[0]].kept
    times = [field.key for field in fields if field.type == "timestamp"]
    tolerance = _TOLERANCE if stream.sequence.get("monotonic") in times else 0
    symbols = _symbols(spec, stream)
    if "per" not in stream.sequence and symbols:
        _check_symbols(stream, symbols)
    latest: dict[tuple[str, Any], dict[str, int]] = {}
    for example in stream.examples:
        numbers = {word: example.payload[key] for word, key in _numbered(stream)}
        if _check_alone(stream, example, numbers):
            each = example.stream, _at(example.payload, stream.sequence.get("per", ""))
            _check_order(stream, example, latest.get(each), numbers, tolerance)
            latest[each] = numbers


def _numbered(stream: Stream) -> list[tuple[str, str]]:
    words = ("id", "first", "last", "previous", "monotonic")
    return [(word, stream.sequence[word]) for word in words if word in stream.sequence]


def _advice(key: str) -> str:
    return f"say by which key, such as {{..., per: {key}}}"


def _check_symbols(stream: Stream, symbols: list[str]) -> None:
    """Check that a sequence is of one symbol, the one in the name."""
    for example in stream.examples:
        given = {str(value).lower() for value in example.parameters.values()}
        found = {keys: str(_at(example.payload, keys)) for keys in symbols}
        if given.isdisjoint(value.lower() for value in found.values()):
            keys, value = next(iter(found.items()))
            message = (
                f"{keys}: {shown(value)} is none of the parameters; if the stream has several "
                f"symbols, the sequence must {_advice(keys)}"
            )
            example.place.problem(message, "payload", *keys.split("."), at_value=True)
            return


def _at(payload: Any, keys: str) -> Any:
    for key in keys.split(".") if keys else ():
        payload = payload[key]
    return payload if keys else None


def _check_alone(stream: Stream, example: Example, numbers: dict[str, int]) -> bool:
    """Whether the numbers of one event are in order."""
    for lower, higher, least in (("first", "last", 0), ("previous", "first", 1)):
        if lower not in numbers or higher not in numbers:
            continue
        if numbers[higher] - numbers[lower] < least:
            low, high = stream.sequence[lower], stream.sequence[higher]
            message = (
                f"{low}: got {numbers[lower]}, but {high} is {numbers[higher]}; the sequence says "
                f"that {low} is {lower} and {high} is {higher}"
            )
            example.place.problem(message, "payload", low, at_value=True)
            return False
    return True


def _check_order(
    stream: Stream,
    example: Example,
    before: dict[str, int] | None,
    numbers: dict[str, int],
    tolerance: int,
) -> None:
    """Check that an example of the same name, later in the file, is a later event."""
    if before is None or before == numbers:
        return
    says = ""
    if "id" in numbers:
        word, step = "id", stream.sequence.get("step", 1)
        if numbers[word] < before[word]:
            says = "never falls"
        elif (numbers[word] - before[word]) % step:
            says = f"grows by {step}"
    elif "monotonic" in numbers:
        word = "monotonic"
        if numbers[word] < before[word] - tolerance:
            says = "never falls"
    else:
        word = "previous" if "previous" in numbers else "first"
        least = before["last"] + (word == "first")
        if numbers[word] < least:
            last = stream.sequence["last"]
            says = f"is at least {least} after an event whose {last} is {before['last']}"
    if says:
        key = stream.sequence[word]
        message = (
            f"{key}: got {numbers[word]} after {before[word]} in an example above; the sequence "
            f"says that it {says}"
        )
        example.place.problem(message, "payload", key, at_value=True)
