"""Which address of a host to try first: the one that worked last."""

from __future__ import annotations

from typing import Any

# Hosts that are remembered; beyond, the one noted longest ago is forgotten.
_MOST = 64

_worked: dict[tuple[str, int], Any] = {}
_failed: dict[tuple[str, int], Any] = {}


def best_first(host: str, port: int, found: list[Any]) -> list[Any]:
    """What ``getaddrinfo`` has found, in its order, but for two.

    The address that last carried a WebSocket of this process comes first, the one that failed
    last, unless it has worked since, comes last.
    """
    worked, failed = _worked.get((host, port)), _failed.get((host, port))
    return sorted(found, key=lambda entry: (entry[4] != worked, entry[4] == failed))


def note_worked(host: str, port: int, address: Any) -> None:
    """A WebSocket has been opened through ``address``."""
    _remember(_worked, _failed, (host, port), address)


def note_failed(host: str, port: int, address: Any) -> None:
    """``address`` took no connection, or none came of the one that it took."""
    _remember(_failed, _worked, (host, port), address)


def _remember(
    memory: dict[tuple[str, int], Any],
    other: dict[tuple[str, int], Any],
    key: tuple[str, int],
    address: Any,
) -> None:
    # Several threads may be here at once; each step is atomic, and a memory may be out of date.
    if other.get(key) == address:
        other.pop(key, None)
    memory.pop(key, None)
    memory[key] = address
    if len(memory) > _MOST:
        memory.pop(next(iter(memory), key), None)
