"""YAML to plain data, with the position of every key and value, and without YAML's traps.

Built on the parser's events rather than on a loader, so that nothing is decided for us:
``on`` and ``2026-02-20`` stay texts, a key that comes twice is an error, and there are no anchors,
aliases or tags.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from codegen.read.comments import PAYLOAD, without_comments
from codegen.read.problems import Path, Position, Problem, shown

MAX_DEPTH = 16
MAX_BYTES = 256 * 1024

_INSTEAD = {
    "\t": ": a tab; write spaces",
    "\r": ": lines end in LF or CRLF",
    "\ufeff": ": a byte order mark; save the file as UTF-8 without it",
}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,18})")
_FRACTION = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_TOO_LARGE = 10**19
_HINTS = (
    (
        "mapping values are not allowed here",
        "a text with ': ' needs quotes, or the indentation is wrong",
    ),
    (
        "but got ':'",
        "a text with ': ' needs quotes, or a comma, quote or bracket is missing before it",
    ),
    (
        "but got '<",
        "a quote or bracket is missing before it, or a text that begins with a bracket needs "
        "quotes",
    ),
    ("cannot start any token", "a text that begins with it needs quotes"),
    ("expected <block end>", "the line is indented in another way than those before it"),
)
"""What the parser's messages mean to the author of the file."""
_WORDS = {"true": True, "false": False, "null": None}


class Fraction(Decimal):
    """A number of a payload that is not written as a whole one, with the digits that it has."""

    text: str

    def __new__(cls, text: str) -> Fraction:
        made = super().__new__(cls, text)
        made.text = text
        return made

    def __repr__(self) -> str:
        return self.text

    __str__ = __repr__


@dataclass
class Document:
    """One YAML file: its data, and where each part of it is."""

    file: str
    data: Any = None
    keys: dict[Path, Position] = field(default_factory=dict)
    values: dict[Path, Position] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    marks: list[Problem] = field(default_factory=list)
    """Those of the problems that say what a person still has to write."""

    def at(self, path: Path) -> Position:
        """Return the position of a key, or of what encloses it if the file does not have it."""
        while path:
            position = self.keys.get(path) or self.values.get(path)
            if position is not None:
                return position
            path = path[:-1]
        return self.values.get((), Position(1, 1))

    def at_value(self, path: Path) -> Position:
        """Return the position of a value rather than of its key."""
        return self.values.get(path) or self.at(path)

    def problem(self, path: Path, message: str, at_value: bool = False) -> None:
        """Add a problem at a key, or at its value."""
        position = self.at_value(path) if at_value else self.at(path)
        self.problems.append(Problem(self.file, position, message))


class _Stop(Exception):
    """The rest of the file cannot be read."""


def load(content: bytes, file: str) -> Document:
    """Read one file; what is wrong with it is in the document's ``problems``."""
    document = Document(file)
    try:
        text = _text(content, document)
        document.data = _Reader(document, text).read()
    except _Stop:
        document.data = None
    return document


def _text(content: bytes, document: Document) -> str:
    if len(content) > MAX_BYTES:
        message = f"the file has {len(content)} bytes; allowed: {MAX_BYTES}"
        document.problems.append(Problem(document.file, Position(1, 1), message))
        raise _Stop
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        position = Position(before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1)
        message = f"the file is not UTF-8: byte 0x{content[error.start]:02x}"
        document.problems.append(Problem(document.file, position, message))
        raise _Stop from None
    plain = without_comments(text)
    # Nothing may be hidden in a comment either, but for the tabs of payloads.
    checked = "".join(
        kept if character == "\t" else character
        for character, kept in zip(text, plain, strict=True)
    )
    hidden = False
    for number, line in enumerate(checked.replace("\r\n", "\n").split("\n"), start=1):
        # A line that can be printed as a whole, as nearly all, hides nothing.
        for column, character in enumerate("" if line.isprintable() else line, start=1):
            if is_hidden(character):
                hidden = True
                message = f"the character {named(character)} is not allowed"
                message += _INSTEAD.get(character, "")
                document.problems.append(Problem(document.file, Position(number, column), message))
    if hidden:
        raise _Stop
    return plain


def is_hidden(character: str) -> bool:
    """Return whether a character cannot be seen, or changes how others are seen."""
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def named(character: str) -> str:
    """Show a character that cannot be printed by its code point and name."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


class _Reader:
    def __init__(self, document: Document, text: str) -> None:
        self._document = document
        self._events = self._parsed(text)

    def read(self) -> Any:
        """Return the file's data."""
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                data = self._value(next(self._events), ())
                self._end()
                return data
        self._fail(Position(1, 1), "the file is empty")
        raise _Stop

    def _end(self) -> None:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._fail(_position(event), "a second document; a file holds one")
                raise _Stop

    def _parsed(self, text: str) -> Iterator[Any]:
        try:
            yield from yaml.parse(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)
            reported = str(error.problem or error.context)
            hints = [f" ({hint})" for words, hint in _HINTS if words in reported]
            self._fail(where, f"not YAML: {reported}{''.join(hints[:1])}")
            raise _Stop from None
        except (yaml.YAMLError, RecursionError) as error:
            self._fail(Position(1, 1), f"not YAML: {' '.join(str(error).split())[:200]}")
            raise _Stop from None

    def _value(self, event: Any, path: Path) -> Any:
        position = _position(event)
        if isinstance(event, yaml.AliasEvent):
            self._fail(position, f"alias *{event.anchor}: write the value out")
            return None
        if len(path) > MAX_DEPTH:
            self._fail(position, f"nested more than {MAX_DEPTH} levels deep")
            raise _Stop
        if event.anchor is not None:
            self._fail(position, f"anchor &{event.anchor}: write the value out where it is used")
        if event.tag is not None:
            hint = "; a text that begins with '!' needs quotes" if event.tag[0] == "!" else ""
            self._fail(position, f"tag {event.tag}: tags are not allowed{hint}")
        self._document.values.setdefault(path, position)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        return self._scalar(event, position, path)

    def _list(self, path: Path) -> list[Any]:
        items: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[Any, Any]:
        items: dict[Any, Any] = {}
        seen: dict[str, Position] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            position = _position(event)
            if not isinstance(event, yaml.ScalarEvent):
                self._fail(position, "a key must be a text or a number")
                raise _Stop
            if event.anchor is not None or event.tag is not None:
                self._fail(position, "anchors and tags are not allowed")
            self._scalar(event, position, ())
            word = event.value
            # Numbers stay numbers, for the values of choices; `true` and `null` are words here.
            key = int(word) if not event.style and _INTEGER.fullmatch(word) else word
            inner = (*path, word)
            if word in seen:
                self._fail(
                    position, f"duplicate key {shown(word)}; first in line {seen[word].line}"
                )
                # Read on, so that all other problems are reported, too, but keep the first value.
                self._value(next(self._events), inner)
                continue
            seen[word] = position
            self._document.keys[inner] = position
            items[key] = self._value(next(self._events), inner)
        return items

    def _scalar(self, event: Any, position: Position, path: Path) -> Any:
        text: str = event.value
        # What can be printed as a whole, as nearly all texts, hides nothing.
        for character in "" if text.isprintable() else text:
            if is_hidden(character):
                self._fail(
                    position,
                    f"a text holds {named(character)}; control and direction characters are not "
                    "allowed (a long text is written with '>-')",
                )
                break
        if event.style:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        # Elsewhere, a fraction is a text, such as one of the choices of a parameter.
        is_number = is_json(path) or text.lstrip("-").isdecimal()
        if not is_number or not _FRACTION.fullmatch(text):
            return text
        number = Fraction(text)
        if abs(number) >= _TOO_LARGE:
            self._fail(position, f"the number {shown(text)} is too large; allowed: 19 digits")
        return number

    def _fail(self, position: Position, message: str) -> None:
        self._document.problems.append(Problem(self._document.file, position, message))


def is_json(path: Path) -> bool:
    """Return whether a value is in a payload: one that was pasted, or an event of an answer."""
    return PAYLOAD in path or ("examples" in path and "events" in path)


def _position(event: Any) -> Position:
    return Position(event.start_mark.line + 1, event.start_mark.column + 1)
