"""The patterns of text parameters: a small part of regular expressions.

Every character that a pattern allows is named in it, so ``/``, ``@``, spaces and control characters
cannot be in a text. A pattern is a graph of states, too, by which names are compared.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field

LONGEST = 64
"""How often something is repeated at most, if a pattern does not say it."""

FOREIGN = "é"
"""Stands for every letter and digit that is not ASCII."""

# How many characters in a row are counted.
_COUNTED = 16

_DIGITS = frozenset(string.digits)
_LOWER = frozenset(string.ascii_lowercase)
_UPPER = frozenset(string.ascii_uppercase)
_WORD = _DIGITS | _LOWER | _UPPER | {"_", FOREIGN}
_PLAIN = frozenset(string.ascii_letters + string.digits + "_-:!")
_ESCAPED = frozenset("._-:!+")
_ALLOWED = "letters, digits, '_', '-', ':', '!', '\\.' and '\\+'"


class PatternError(ValueError):
    """What is wrong with a pattern."""


@dataclass
class Graph:
    """States with what leads from one to the next: one of several characters, or nothing."""

    start: int = 0
    end: int = 0
    edges: list[list[tuple[frozenset[str], int]]] = field(default_factory=lambda: [[]])
    free: list[list[int]] = field(default_factory=lambda: [[]])

    def reached(self, state: int) -> set[int]:
        """Return every state that no more characters lead to, the state itself included."""
        found, waiting = {state}, [state]
        while waiting:
            for after in self.free[waiting.pop()]:
                if after not in found:
                    found.add(after)
                    waiting.append(after)
        return found

    def add(self) -> int:
        """Add a state."""
        self.edges.append([])
        self.free.append([])
        return len(self.edges) - 1

    def step(self, state: int, characters: frozenset[str]) -> int:
        """Add a state that one of these characters leads to."""
        after = self.add()
        self.edges[state].append((characters, after))
        return after

    def text(self, state: int, text: str) -> int:
        """Add the states of a text."""
        for character in text:
            state = self.step(state, frozenset((character if character.isascii() else FOREIGN,)))
        return state

    def join(self, state: int, other: Graph) -> int:
        """Add the states of another graph."""
        before = len(self.edges)
        self.free[state].append(before + other.start)
        self.edges += [[(some, before + to) for some, to in edges] for edges in other.edges]
        self.free += [[before + to for to in free] for free in other.free]
        return before + other.end

    def repeat(self, state: int, characters: frozenset[str], least: int, most: int | None) -> int:
        """Add the states of so many of these characters; None is any number.

        A large number is taken for any number, as no two names differ by length alone.
        """
        if most is not None and most > _COUNTED:
            most = None
        for _ in range(least):
            state = self.step(state, characters)
        if most is None:
            after = self.add()
            self.free[state].append(after)
            self.edges[after].append((characters, after))
            return after
        ends = [state]
        for _ in range(most - least):
            state = self.step(state, characters)
            ends.append(state)
        after = self.add()
        for end in ends:
            self.free[end].append(after)
        return after


@dataclass(frozen=True)
class Pattern:
    """A pattern as a regular expression without groups, and as a graph."""

    expression: str
    graph: Graph


def read_pattern(text: str) -> Pattern:
    """Read a pattern; raises PatternError."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._graph = Graph()
        # Some write what is true of every pattern: that the whole text must match.
        if text.startswith("^"):
            self._place = 1
        self._stop = len(text) - (text.endswith("$") and not text.endswith("\\$"))

    def read(self) -> Pattern:
        expression, self._graph.end = self._branches(self._graph.start)
        if self._place < self._stop:
            self._fail(f"{self._text[self._place]!r} has no '(' before it")
        if self._graph.end in self._graph.reached(self._graph.start):
            raise PatternError("it matches the empty text")
        return Pattern(expression, self._graph)

    def _peek(self) -> str:
        return self._text[self._place] if self._place < self._stop else ""

    def _next(self) -> str:
        character = self._peek()
        self._place += 1
        return character

    def _fail(self, message: str) -> None:
        raise PatternError(f"at character {self._place + 1}: {message}")

    def _branches(self, start: int) -> tuple[str, int]:
        expressions = []
        after = self._graph.add()
        while True:
            expression, end = self._pieces(start)
            expressions.append(expression)
            self._graph.free[end].append(after)
            if self._peek() != "|":
                return "|".join(expressions), after
            self._next()

    def _pieces(self, state: int) -> tuple[str, int]:
        expression = ""
        while self._peek() not in ("", "|", ")"):
            if self._peek() == "(":
                piece, after = self._group(state)
            else:
                piece, characters = self._characters()
                suffix, least, most = self._repetition()
                piece += suffix
                after = self._graph.repeat(state, characters, least, most)
            expression, state = expression + piece, after
        return expression, state

    def _group(self, state: int) -> tuple[str, int]:
        self._next()
        if self._text.startswith("?:", self._place):
            self._place += 2
        inner, after = self._branches(state)
        if self._next() != ")":
            self._place -= 1
            self._fail("a ')' is missing")
        expression = f"(?:{inner})"
        if self._peek() == "?":
            self._next()
            expression += "?"
            self._graph.free[state].append(after)
        if self._peek() and self._peek() in "*+{?":
            # Nested repetition could take exponential time.
            self._fail("of a group only '?' is allowed")
        return expression, after

    def _characters(self) -> tuple[str, frozenset[str]]:
        if self._peek() == "[":
            return self._class()
        return self._character()

    def _character(self) -> tuple[str, frozenset[str]]:
        place, character = self._place, self._next()
        if character == "\\":
            escaped = self._next()
            if escaped == "d":
                return "[0-9]", _DIGITS
            if escaped == "w":
                return r"\w", _WORD
            if escaped in _ESCAPED:
                return f"\\{escaped}" if escaped in ".+" else escaped, frozenset(escaped)
            character += escaped
        elif character in _PLAIN:
            return character, frozenset(character)
        self._place = place
        if character == ".":
            self._fail(
                "'.' is every character, also '/' and '@'; name those that are allowed, such as "
                "[A-Za-z0-9], and write a dot as '\\.'"
            )
        if character in tuple("*+?{"):
            self._fail(f"{character!r} has nothing before it")
        self._fail(f"{character!r} is not allowed; allowed: {_ALLOWED}")
        raise AssertionError

    def _class(self) -> tuple[str, frozenset[str]]:
        self._next()
        if self._peek() == "^":
            self._fail("name the characters that are allowed, not those that are not")
        expression, allowed = "[", frozenset[str]()
        while self._peek() != "]":
            if not self._peek():
                self._fail("a ']' is missing")
            if self._peek() in tuple(".+"):
                piece, characters = f"\\{self._peek()}", frozenset(self._next())
            else:
                piece, characters = self._character()
            if self._peek() == "-" and self._text[self._place + 1 : self._place + 2] != "]":
                piece, characters = self._range(piece, characters)
            # Within brackets, a '-' is one only at an end, or behind a backslash.
            expression += {"-": "\\-", "[0-9]": "0-9"}.get(piece, piece)
            allowed |= characters
        self._next()
        if not allowed:
            self._fail("nothing is between the brackets")
        return f"{expression}]", allowed

    def _range(self, first: str, characters: frozenset[str]) -> tuple[str, frozenset[str]]:
        self._next()
        last, ends = self._character()
        for kind in (_DIGITS, _LOWER, _UPPER):
            if len(characters) == len(ends) == 1 and first <= last and characters | ends <= kind:
                within = frozenset(one for one in kind if first <= one <= last)
                return f"{first}-{last}", within
        self._fail(f"{first}-{last} is no range of digits, lower-case or upper-case letters")
        raise AssertionError

    def _repetition(self) -> tuple[str, int, int | None]:
        """Read what says how often: as an expression, and the least and the most."""
        place, sign = self._place, self._peek()
        if sign in ("?", "*", "+"):
            self._next()
            suffix = {"?": "?", "*": f"{{0,{LONGEST}}}", "+": f"{{1,{LONGEST}}}"}[sign]
            least, most = {"?": (0, 1), "*": (0, None), "+": (1, None)}[sign]
        elif sign == "{":
            self._next()
            end = self._text.find("}", self._place, self._stop)
            first, comma, last = self._text[self._place : max(end, self._place)].partition(",")
            counts = [first, last or (first if not comma else str(LONGEST))]
            if not all(count.isascii() and count.isdigit() for count in counts):
                self._place = place
                self._fail("expected how often, such as {3}, {2,8} or {2,}")
            least, most = int(counts[0]), int(counts[1])
            if not least <= most <= LONGEST or most == 0:
                self._place = place
                self._fail(f"allowed: 1 to {LONGEST} times, the smaller number first")
            self._place = end + 1
            suffix = f"{{{least},{most}}}"
        else:
            return "", 1, 1
        if self._peek() and self._peek() in "*+{?":
            self._fail("only one of '?', '*', '+' and '{}' is allowed")
        return suffix, least, most
