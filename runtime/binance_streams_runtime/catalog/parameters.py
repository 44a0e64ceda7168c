"""The parameters of a stream's name: validated before sending, encoded, and decoded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from binance_streams_runtime.errors import ParameterError

MAX_SYMBOL_LENGTH = 64
MAX_LISTEN_KEY_LENGTH = 256


class Parameter:
    """One placeholder of a stream's name.

    ``pattern`` is the regular expression of its written form, without groups.
    """

    pattern: str
    secret = False

    def __init__(self, name: str) -> None:
        self.name = name

    def encode(self, value: object) -> str:
        """Return the wire form of ``value``; raise ParameterError if it is not allowed."""
        raise NotImplementedError

    def decode(self, text: str) -> object:
        """Return the value that ``encode`` writes as ``text``."""
        raise NotImplementedError


class Symbol(Parameter):
    """A trading pair in either case, written in lower case.

    Letters of any alphabet and digits, with ``_``, ``-`` and ``.``: symbols that are not ASCII
    exist. Characters that could end or split a stream name are rejected.
    """

    pattern = rf"[\w.-]{{1,{MAX_SYMBOL_LENGTH}}}"
    allowed = (
        f"a symbol such as 'btcusdt': letters, digits, '_', '-', '.', "
        f"1 to {MAX_SYMBOL_LENGTH} characters"
    )

    def encode(self, value: object) -> str:
        if not isinstance(value, str):
            raise ParameterError(self.name, value, self.allowed)
        written = value.lower()
        if not re.fullmatch(self.pattern, written):
            raise ParameterError(self.name, value, self.allowed)
        return written

    def decode(self, text: str) -> str:
        return text


class Text(Parameter):
    """A text that must match a pattern, such as a pair or a date.

    Sent unchanged, or converted to ``lower`` or ``upper`` if ``case`` says so.
    """

    def __init__(self, name: str, pattern: str, example: str, case: str | None = None) -> None:
        super().__init__(name)
        self.pattern = pattern
        self.example = example
        self._case = case
        either = "" if case is None else ", in either case"
        self.allowed = f"a text such as {example!r}, all of which {pattern!r} matches{either}"

    def encode(self, value: object) -> str:
        if not isinstance(value, str):
            raise ParameterError(self.name, value, self.allowed)
        written = value
        if self._case is not None:
            written = value.upper() if self._case == "upper" else value.lower()
        if not re.fullmatch(self.pattern, written):
            raise ParameterError(self.name, value, self.allowed)
        return written

    def decode(self, text: str) -> str:
        return text


class ListenKey(Parameter):
    """The key of a user-data stream: secret, and case matters."""

    pattern = rf"[A-Za-z0-9]{{16,{MAX_LISTEN_KEY_LENGTH}}}"
    secret = True

    def encode(self, value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            # The value itself stays out of the text: it may be a mistyped secret.
            kind = f"a text of {len(value)} characters" if isinstance(value, str) else type(value)
            raise ParameterError(
                self.name, kind, f"16 to {MAX_LISTEN_KEY_LENGTH} ASCII letters and digits"
            )
        return value

    def decode(self, text: str) -> str:
        return text


class Choice(Parameter):
    """One of a fixed set of values, each with its written form (which may be empty)."""

    def __init__(self, name: str, written: Mapping[Any, str]) -> None:
        super().__init__(name)
        self.written = dict(written)
        longest_first = sorted(self.written.values(), key=len, reverse=True)
        self.pattern = "|".join(re.escape(text) for text in longest_first)
        is_suffix = "" in self.written.values()
        self.loose_pattern = r"(?:@[^/]*)?" if is_suffix else r"[^@/]+"
        """Matches whatever stands in this parameter's place, allowed or not."""
        self._values = {text: value for value, text in self.written.items()}

    @property
    def values(self) -> tuple[object, ...]:
        """The allowed values."""
        return tuple(self.written)

    def encode(self, value: object) -> str:
        # The type is compared too: True == 1, and 5.0 would be written as "5.0".
        text: str
        for choice, text in self.written.items():
            if value == choice and isinstance(value, type(choice)) and not isinstance(value, bool):
                return text
        raise ParameterError(self.name, value, ", ".join(repr(choice) for choice in self.written))

    def decode(self, text: str) -> object:
        return self._values[text]
