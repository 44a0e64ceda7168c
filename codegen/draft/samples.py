"""Which of the messages become the examples of the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from codegen.draft.messages import Message
from codegen.draft.names import words_of
from codegen.draft.words import MICROSECONDS, MILLISECONDS

MOST_SAMPLES = 6
_MOST_ITEMS = 3


@dataclass(frozen=True)
class Sample:
    """One example: a message, and what is special about it."""

    id: str
    message: Message


def choose(messages: Sequence[Message], first: str) -> list[Sample]:
    """Return the first message, and each that has or lacks something that those before do not."""
    samples: list[Sample] = []
    usual: set[str] = set()
    seen: set[str] = set()
    for message in messages:
        shapes = set(_shapes(message.payload, ""))
        keys = {shape for shape in shapes if shape.endswith(":there")}
        if not samples:
            usual = keys
        lacking = {f"{shape.removesuffix(':there')}:without" for shape in usual - keys}
        # A key that is there is less special than what is special about it.
        news = [*sorted(shapes - keys - seen), *sorted(lacking - seen), *sorted(keys - seen)]
        if news:
            samples.append(Sample(_id(news[0], samples) if samples else first, message))
            seen |= shapes | lacking
        if len(samples) == MOST_SAMPLES:
            break
    return samples


def shortened(payload: Any) -> Any:
    """Return a payload with the first items of long lists, and with times in milliseconds."""
    is_in_microseconds = _are_microseconds(payload)
    return _shortened(payload, is_in_microseconds)


def is_long(payload: Any) -> bool:
    """Return whether a payload has a list that is shortened."""
    if isinstance(payload, dict):
        return any(map(is_long, payload.values()))
    if isinstance(payload, list):
        return len(payload) > _MOST_ITEMS or any(map(is_long, payload))
    return False


def _shapes(value: Any, path: str) -> Iterator[str]:
    """Yield what is special: keys that are there, empty texts and lists, null."""
    if isinstance(value, dict):
        if isinstance(value.get("e"), str) and not path:
            yield f"{value['e']}:event"
        for key, item in value.items():
            inner = f"{path}.{key}"
            yield f"{inner}:there"
            yield from _shapes(item, inner)
    elif isinstance(value, list):
        if not value:
            yield f"{path}:empty"
        for item in value[:_MOST_ITEMS]:
            yield from _shapes(item, path)
    elif value is None:
        yield f"{path}:null"
    elif value == "":
        yield f"{path}:empty"


def _id(shape: str, before: Sequence[Sample]) -> str:
    path, _, kind = shape.rpartition(":")
    word = words_of(path.rpartition(".")[2]) or "payload"
    made = {
        "event": word,
        "there": f"with_{word}",
        "without": f"without_{word}",
        "null": f"{word}_null",
        "empty": f"{word}_empty",
    }[kind]
    if not made[0].isalpha():
        made = f"case_{made}"
    taken = {sample.id for sample in before}
    return made if made not in taken else f"{made}_{len(before) + 1}"


def _are_microseconds(value: Any) -> bool:
    numbers = list(_numbers(value))
    has_micro = any(number in MICROSECONDS for number in numbers)
    return has_micro and not any(number in MILLISECONDS for number in numbers)


def _numbers(value: Any) -> Iterator[int]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _numbers(item)
    elif isinstance(value, int):
        yield value


def _shortened(value: Any, is_in_microseconds: bool) -> Any:
    if isinstance(value, dict):
        return {key: _shortened(item, is_in_microseconds) for key, item in value.items()}
    if isinstance(value, list):
        return [_shortened(item, is_in_microseconds) for item in value[:_MOST_ITEMS]]
    if is_in_microseconds and isinstance(value, int) and value in MICROSECONDS:
        return value // 1000
    return value
