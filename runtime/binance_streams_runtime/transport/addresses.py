"""The order in which to try a host's addresses: the one that worked last comes first."""

from __future__ import annotations

from typing import Any

# How many hosts are remembered; beyond that, the one noted longest ago is forgotten.
_MOST = 64

_worked: dict[tuple[str, int], Any] = {}
_failed: dict[tuple[str, int], Any] = {}


def best_first(host: str, port: int, found: list[Any]) -> list[Any]:
    """Sort the results of ``getaddrinfo``, which otherwise keep their order.

    The address through which this process last opened a WebSocket comes first; the one that failed
    last comes last, unless it has worked since.
    """
    worked, failed = _worked.get((host, port)), _failed.get((host, port))
    return sorted(found, key=lambda entry: (entry[4] != worked, entry[4] == failed))


def note_worked(host: str, port: int, address: Any) -> None:
    """Remember that a WebSocket was opened through ``address``."""
    _remember(_worked, _failed, (host, port), address)


def note_failed(host: str, port: int, address: Any) -> None:
    """Remember that no WebSocket could be opened through ``address``."""
    _remember(_failed, _worked, (host, port), address)


def _remember(
    memory: dict[tuple[str, int], Any],
    other: dict[tuple[str, int], Any],
    key: tuple[str, int],
    address: Any,
) -> None:
    # Several threads may be here at once; each step is atomic, and stale data does no harm.
    if other.get(key) == address:
        other.pop(key, None)
    memory.pop(key, None)
    memory[key] = address
    if len(memory) > _MOST:
        memory.pop(next(iter(memory), key), None)
