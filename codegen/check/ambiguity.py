"""Names that can be read in two ways: as two streams, or as one with different arguments."""

from __future__ import annotations

import string
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from codegen.read.patterns import FOREIGN, Graph, read_pattern
from codegen.read.problems import shown
from codegen.read.queries import name_parts
from codegen.read.spec_model import Spec, Stream

# As the runtime writes them.
_SYMBOL = frozenset(string.ascii_lowercase + string.digits + "_.-" + FOREIGN)
_LISTEN_KEY = frozenset(string.ascii_letters + string.digits)
_SHORTEST_KEY = 16


class _Name(NamedTuple):
    """All names of a stream as a graph, and which part of the name each state belongs to."""

    graph: Graph
    parts: list[int]


class _Step(NamedTuple):
    """Two readings of the same text, so far."""

    one: int
    other: int
    differ: bool


def check_ambiguity(spec: Spec, streams: Iterable[Stream]) -> list[Stream]:
    """Check that no name belongs to two streams, or to one stream with different arguments.

    Return the streams whose names determine their arguments.
    """
    names: list[tuple[Stream, _Name]] = []
    for stream in streams:
        name = _name(spec, stream)
        if not _check_arguments(stream, name):
            continue
        for other, other_name in names:
            if not _is_key_and_word(stream, other):
                _check_pair(stream, name, other, other_name)
        names.append((stream, name))
    return [stream for stream, _ in names]


def _is_key_and_word(one: Stream, other: Stream) -> bool:
    """Return whether one is named by a listen key, which is random, and the other by a word."""
    kinds = [{item.type for item in stream.parameters.values()} for stream in (one, other)]
    return any("listen_key" in kind for kind in kinds) and set() in kinds


def _check_arguments(stream: Stream, name: _Name) -> bool:
    found = _common(name, name, differ=False)
    if found is None:
        return True
    text = "".join(character for character, _, _ in found)
    one, other = sorted(
        (
            _arguments(stream, [(character, part) for character, part, _ in found]),
            _arguments(stream, [(character, part) for character, _, part in found]),
        )
    )
    message = (
        f"{shown(text)} can be read in two ways, as {one} and as {other}: between the two must be "
        "what neither can hold"
    )
    stream.place.problem(message, "name", at_value=True)
    return False


def _check_pair(stream: Stream, name: _Name, other: Stream, other_name: _Name) -> None:
    found = _common(name, other_name, differ=True)
    if found is not None:
        text = "".join(character for character, _, _ in found)
        message = f"{shown(text)} is a name of the stream {other.key}, too"
        stream.place.problem(message, "name", at_value=True)


def _arguments(stream: Stream, read: list[tuple[str, int]]) -> str:
    parts = name_parts(stream.name)
    written = {parts[at]: "" for at in range(1, len(parts), 2)}
    for character, part in read:
        if part % 2:
            written[parts[part]] += character
    return ", ".join(f"{name} {shown(text)}" for name, text in written.items())


def _name(spec: Spec, stream: Stream) -> _Name:
    graph, parts = Graph(), [0]
    state = graph.start
    for at, text in enumerate(name_parts(stream.name)):
        if at % 2 == 0:
            state = graph.text(state, text)
        else:
            state = _parameter(spec, stream, text, graph, state)
        parts += [at] * (len(graph.edges) - len(parts))
    graph.end = state
    return _Name(graph, parts)


def _parameter(spec: Spec, stream: Stream, name: str, graph: Graph, state: int) -> int:
    parameter = stream.parameters[name]
    choices = spec.choices_of(parameter)
    if choices is not None:
        return _choice(graph, state, choices.values())
    if parameter.type == "symbol":
        return graph.repeat(state, _SYMBOL, 1, None)
    if parameter.type == "listen_key":
        return graph.repeat(state, _LISTEN_KEY, _SHORTEST_KEY, None)
    return graph.join(state, read_pattern(parameter.pattern).graph)


def _choice(graph: Graph, state: int, texts: Iterable[str]) -> int:
    """Add the states of one of several texts; those that begin alike share them."""
    shared: dict[tuple[int, str], int] = {}
    after = graph.add()
    for text in texts:
        at = state
        for character in text:
            key = at, character
            at = shared[key] if key in shared else graph.text(at, character)
            shared[key] = at
        graph.free[at].append(after)
    return after


def _common(one: _Name, other: _Name, differ: bool) -> list[tuple[str, int, int]] | None:
    """Find the shortest text that both have, each character with the part that it is of in either.

    Without ``differ`` the two must read it differently.
    """
    start = _Step(one.graph.start, other.graph.start, differ)
    before: dict[_Step, tuple[_Step, frozenset[str]] | None] = {start: None}
    waiting = deque([start])
    while waiting:
        step = waiting.popleft()
        ones, others = one.graph.reached(step.one), other.graph.reached(step.other)
        if step.differ and one.graph.end in ones and other.graph.end in others:
            return _path(one, other, step, before)
        for characters, after in _edges(one.graph, ones):
            for other_characters, other_after in _edges(other.graph, others):
                both = characters & other_characters
                differs = step.differ or one.parts[after] != other.parts[other_after]
                found = _Step(after, other_after, differs)
                if both and found not in before:
                    before[found] = step, both
                    waiting.append(found)
    return None


def _edges(graph: Graph, states: set[int]) -> list[tuple[frozenset[str], int]]:
    return [edge for state in states for edge in graph.edges[state]]


def _path(
    one: _Name,
    other: _Name,
    step: _Step,
    before: dict[_Step, tuple[_Step, frozenset[str]] | None],
) -> list[tuple[str, int, int]]:
    found = []
    while (came := before[step]) is not None:
        step_before, characters = came
        plainest = min(characters, key=_plainness)
        found.append((plainest, one.parts[step.one], other.parts[step.other]))
        step = step_before
    return found[::-1]


def _plainness(character: str) -> tuple[bool, bool, str]:
    return not character.islower() or character == FOREIGN, not character.isalnum(), character
