"""Captured messages: JSON lines with or without their stream, or a payload pasted from a page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from codegen.read.comments import PAYLOAD
from codegen.read.problems import Path, shown
from codegen.read.yaml_source import Document, Fraction, load

# Lines that recordings of this project have besides messages.
_ASIDE = {"!header", "!notice", "!session", "!rest", "!lost", "!raw"}
_NAME = re.compile(r"[A-Za-z0-9@_!:+.-]{1,400}")
_COMMENT = re.compile(r"//[ \t]*(.*)$")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
# Other tools put the time of receipt in front of a message.
_PREFIX = re.compile(r"^[0-9TZ:. +-]{1,40}(?=[{\[])")


class DraftError(ValueError):
    """What is wrong with the messages, or with the command."""


@dataclass(frozen=True)
class Message:
    """One message: of which stream if it says so, and what the page's comments say of its keys."""

    stream: str
    payload: Any
    comments: dict[Path, str] = field(default_factory=dict)


def read_text(text: str, source: str) -> list[Message]:
    """Read all messages of a text; raises DraftError for what is none."""
    if not text.strip():
        raise DraftError(f"{source}: there is nothing in it; expected messages as JSON")
    try:
        whole = read_json(text)
    except ValueError as error:
        first, _, rest = text.strip().partition("\n")
        if rest and _is_message(first):
            return read_lines(text.splitlines(), source)
        if "//" in text:
            return [_pasted(text, source)]
        raise DraftError(f"{_place(source, error)}: not JSON: {_said(error)}") from None
    items = whole if _are_enveloped(whole) else [whole]
    messages = [message for item in items if (message := unwrap(item)) is not None]
    for message in messages:
        if not isinstance(message.payload, dict | list):
            raise DraftError(f"{source}: expected an object or a list, got {shown(whole)}")
    return messages


def read_lines(
    lines: Iterable[str], source: str, is_wanted: Callable[[str], bool] = lambda line: True
) -> list[Message]:
    """Read one message a line; the last line may be cut off."""
    messages, broken = [], ""
    for number, line in enumerate(lines, start=1):
        if broken:
            raise DraftError(broken)
        if not line.strip() or not is_wanted(line):
            continue
        try:
            message = unwrap(read_json(_PREFIX.sub("", line, count=1)))
        except ValueError as error:
            broken = f"{source}:{number}: not JSON: {_said(error)}"
            continue
        if message is not None and isinstance(message.payload, dict | list):
            messages.append(message)
    if broken and not messages:
        raise DraftError(broken)
    return messages


def read_json(text: str) -> Any:
    """Read JSON, with the digits of every number; raises ValueError."""
    return json.loads(text, parse_float=Fraction, parse_constant=_refuse, object_pairs_hook=_object)


def unwrap(item: Any) -> Message | None:
    """Take a message out of its envelope; None for an answer, or what a recording has besides."""
    if not isinstance(item, dict):
        return Message("", item)
    stream = item.get("stream")
    if isinstance(stream, str) and "data" in item:
        return None if stream in _ASIDE else Message(stream, item["data"])
    if "result" in item or ("error" in item and "e" not in item):
        return None
    if isinstance(item.get("event"), dict) and item.keys() <= {"subscriptionId", "event", "t", "c"}:
        return Message("", item["event"])
    return Message("", item)


def check_name(name: str) -> None:
    """Check that a name can be one of a stream; raises DraftError."""
    if not _NAME.fullmatch(name):
        raise DraftError(
            f"--name: got {shown(name)}; allowed: a stream's name as it is subscribed to, such as "
            "btcusdt@trade"
        )


def _place(source: str, error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{source}:{error.lineno}:{error.colno}"
    return source


def _said(error: ValueError) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error)


def _is_message(line: str) -> bool:
    try:
        read_json(_PREFIX.sub("", line, count=1))
    except ValueError:
        return False
    return True


def _are_enveloped(whole: Any) -> bool:
    """Return whether it is a list of messages, rather than a message that is a list."""
    return isinstance(whole, list) and all(
        isinstance(item, dict) and {"stream", "data"} <= item.keys() for item in whole
    )


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = next(key for key, _ in pairs if [name for name, _ in pairs].count(key) > 1)
        raise ValueError(f"the key {shown(twice)} comes twice")
    return made


def _pasted(text: str, source: str) -> Message:
    """Read a payload as it is on a page, with comments that say what its keys are."""
    lines = text.rstrip().splitlines()
    # Tabs and comments are allowed in payloads only, which are within a key.
    document = load(
        f"{PAYLOAD}:\n {chr(10).join(lines).replace(chr(10), chr(10) + ' ')}".encode(), ""
    )
    if document.problems:
        problem = document.problems[0]
        line, column = problem.position
        said = problem.message.replace("not YAML", "not JSON", 1)
        raise DraftError(f"{source}:{max(1, line - 1)}:{max(1, column - 1)}: {said}")
    payload = document.data[PAYLOAD]
    if not isinstance(payload, dict | list):
        raise DraftError(f"{source}:1:1: not JSON: expected an object or a list, got {shown(text)}")
    message = unwrap(payload)
    if message is None:
        raise DraftError(f"{source}: an answer to a request, no message of a stream")
    depth = 2 if message.payload is not payload else 1
    return Message(message.stream, message.payload, _comments(document, lines, depth))


def _comments(document: Document, lines: list[str], depth: int) -> dict[Path, str]:
    """Return what the page says at the end of the line of each key."""
    found: dict[Path, str] = {}
    for path, position in document.keys.items():
        inner = tuple(step for step in path if isinstance(step, str))
        if len(path) <= depth or position.line < 2:
            continue
        comment = _COMMENT.search(
            _STRING.sub(lambda text: "_" * len(text[0]), lines[position.line - 2])
        )
        if comment is not None:
            # With the quotes that stand in the comment itself.
            said = lines[position.line - 2][comment.start(1) :].strip()
            found.setdefault(inner[depth:], said)
    return found
