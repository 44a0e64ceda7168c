"""The order in which to try a host's addresses: the one that worked last comes first.

Redundant connections prefer different addresses: each of their lines has an order of its own.
"""

from __future__ import annotations

from typing import Any

# How many hosts are remembered; beyond that, the one noted longest ago is forgotten.
_MOST = 64

_Key = tuple[str, int, int]

_worked: dict[_Key, Any] = {}
_failed: dict[_Key, Any] = {}
# What was about to be tried first, so that lines that begin together do not try the same.
_tried: dict[_Key, Any] = {}

# The most lines that avoid each other's addresses.
_MOST_LINES = 8


def best_first(host: str, port: int, found: list[Any], line: int = 0) -> list[Any]:
    """Sort the results of ``getaddrinfo``, which otherwise keep their order.

    The address through which this process last opened a WebSocket comes first; the one that failed
    last comes last, unless it has worked since. ``line`` numbers redundant connections: each
    prefers addresses that the others do not use.
    """
    key = host, port, line
    worked, failed = _worked.get(key), _failed.get(key)
    used = _addresses_of_others(host, port, line)
    if line == 0:
        # It chooses first, and the others avoid what it has chosen. Only if that has failed, it
        # avoids what they use.
        avoided = [] if failed is None else used
        ordered = sorted(
            found,
            key=lambda entry: (entry[4] != worked, entry[4] == failed, entry[4] in avoided),
        )
    else:
        ordered = sorted(
            found,
            key=lambda entry: (entry[4] == failed, entry[4] in used, entry[4] != worked),
        )
    if ordered:
        _remember(_tried, {}, key, ordered[0][4])
    return ordered


def _addresses_of_others(host: str, port: int, line: int) -> list[Any]:
    """Return the addresses that the other redundant connections use, or were about to."""
    return [
        address
        for number in range(_MOST_LINES)
        if number != line
        for memory in (_worked, _tried)
        if (address := memory.get((host, port, number))) is not None
    ]


def note_worked(host: str, port: int, address: Any, line: int = 0) -> None:
    """Remember that a WebSocket was opened through ``address``."""
    if line and address in _addresses_of_others(host, port, line):
        # So that it does not share this one forever, as soon as its own has failed once.
        _failed.pop((host, port, line), None)
    _remember(_worked, _failed, (host, port, line), address)


def note_failed(host: str, port: int, address: Any, line: int = 0) -> None:
    """Remember that no WebSocket could be opened through ``address``."""
    _remember(_failed, _worked, (host, port, line), address)


def _remember(
    memory: dict[_Key, Any],
    other: dict[_Key, Any],
    key: _Key,
    address: Any,
) -> None:
    # Several threads may be here at once; each step is atomic, and stale data does no harm.
    if other.get(key) == address:
        other.pop(key, None)
    memory.pop(key, None)
    memory[key] = address
    if len(memory) > _MOST:
        memory.pop(next(iter(memory), key), None)
