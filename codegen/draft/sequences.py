"""Guesses what continuity means from how the numbers of consecutive messages follow each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

LEAST_EVENTS = 4
"""So many events in a row are needed: fewer follow each other by chance."""

Event = Mapping[str, Any]
Rows = list[list[Event]]


def guess_sequence(
    events: Sequence[tuple[str, Event]], types: Mapping[str, str], per: str = ""
) -> tuple[dict[str, Any], str]:
    """Return the sequence that the events have, empty if they show none, and what is uncertain.

    ``types`` are those of the keys that every event has; ``per`` is the path of keys to the symbol
    of an event, such as ``o.s``, if the stream is of several.
    """
    rows = _rows(events, per)
    if max(map(len, rows), default=0) < LEAST_EVENTS:
        return {}, ""
    ids = [key for key, type in types.items() if type == "id"]
    times = [key for key, type in types.items() if type == "timestamp"]
    found = _steps(rows, ids) or _ranges(rows, ids)
    todo = ""
    if not found:
        found = _monotonic(rows, ids) or _monotonic(rows, times)
        todo = (
            "does the page say that these ids are consecutive?"
            if found.get("monotonic") in ids
            else ""
        )
    if found and per:
        found["per"] = per
    return found, todo


def _rows(events: Iterable[tuple[str, Event]], per: str) -> Rows:
    """Return the events of each name and symbol, without exact copies."""
    rows: dict[tuple[str, Any], list[Event]] = {}
    for name, event in events:
        row = rows.setdefault((name, _at(event, per)), [])
        if not row or row[-1] != event:
            row.append(event)
    return list(rows.values())


def _at(event: Event, path: str) -> Any:
    found: Any = event
    for key in path.split(".") if path else ():
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if path else None


def _pairs(rows: Rows) -> list[tuple[Event, Event]]:
    return [pair for row in rows for pair in itertools.pairwise(row)]


def _ranges(rows: Rows, ids: list[str]) -> dict[str, Any]:
    """Find two ids of which one begins where the other one of the event before ended."""
    pairs = _pairs(rows)
    for first, last in itertools.permutations(ids, 2):
        if any(event[first] > event[last] for row in rows for event in row):
            continue
        if all(event[first] == event[last] for row in rows for event in row):
            continue
        for previous in ids:
            is_other = previous not in (first, last)
            if (
                is_other
                and all(after[previous] == before[last] for before, after in pairs)
                and all(event[previous] < event[first] for row in rows for event in row)
            ):
                return {"first": first, "last": last, "previous": previous}
        if all(after[first] == before[last] + 1 for before, after in pairs):
            return {"first": first, "last": last}
    return {}


def _steps(rows: Rows, ids: list[str]) -> dict[str, Any]:
    """Find an id that grows by one."""
    for key in ids:
        if all(after[key] == before[key] + 1 for before, after in _pairs(rows)):
            return {"id": key, "step": 1}
    return {}


def _monotonic(rows: Rows, keys: list[str]) -> dict[str, Any]:
    """Find a number that never decreases, and does grow."""
    pairs = _pairs(rows)
    for key in keys:
        numbers = [(before[key], after[key]) for before, after in pairs]
        if all(before <= after for before, after in numbers) and any(
            before < after for before, after in numbers
        ):
            repeated = any(before == after for before, after in numbers)
            return {"monotonic": key, **({"repeats": True} if repeated else {})}
    return {}
