"""What the spec declares about the REST API: backfill of a stream, and the order book."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codegen.read.place import Place
from codegen.read.problems import Path
from codegen.read.yaml_source import Document


@dataclass(frozen=True)
class Endpoint:
    """One request."""

    place: Place
    path: str
    source: dict[str, str]
    query: dict[str, str]
    limit: str
    weights: dict[int, int]


@dataclass(frozen=True)
class Answer:
    """One example of an answer, with the events that it describes, if it describes any."""

    id: str
    place: Place
    parameters: dict[str, object]
    payload: Any
    events: list[Any]


@dataclass(frozen=True)
class Backfill:
    """How missed events of a stream are fetched."""

    place: Place
    endpoint: Endpoint
    start: tuple[str, str]
    """The query parameter, and the event's key."""
    end: str | None
    row: dict[str | int, str | None]
    """A row's keys or places, and the event's keys."""
    is_list: bool
    """Whether a row is a list."""
    others: dict[str, str | int | bool]
    """The event's keys that no row has, and what they are."""
    candle: dict[str, str]
    examples: tuple[Answer, ...]


@dataclass(frozen=True)
class OrderBook:
    """How a local copy of an order book is kept."""

    place: Place
    source: dict[str, str]
    updates: dict[str, str]
    """The stream of changes, and its event's keys."""
    defaults: dict[str, object]
    """Defaults of the stream's parameters that are not the stream's own."""
    snapshot: Endpoint
    keys: dict[str, str | None]
    """The snapshot's keys, and the update's."""
    verify: dict[str, str]
    examples: tuple[Answer, ...]


def read_backfill(document: Document) -> Backfill | None:
    """Return the backfill that a stream's file declares, or None."""
    data, path = document.data.get("backfill"), ("backfill",)
    if data is None:
        return None
    row = data["row"]
    return Backfill(
        place=Place(document, path),
        endpoint=_endpoint(document, path, data),
        start=next((str(name), key) for name, key in data["start"].items()),
        end=data.get("end"),
        row=dict(enumerate(row)) if isinstance(row, list) else _by_text(row),
        is_list=isinstance(row, list),
        others=_by_text(data.get("others", {})),
        candle=data.get("candle", {}),
        examples=_answers(document, path, data),
    )


def read_order_book(document: Document) -> OrderBook | None:
    """Return the order book that a market's file declares, or None if there is no such file."""
    data = document.data
    if not data:
        return None
    snapshot = data["snapshot"]
    return OrderBook(
        place=Place(document, ()),
        source=data["source"],
        updates={word: key for word, key in data["updates"].items() if word != "defaults"},
        defaults=data["updates"].get("defaults", {}),
        snapshot=_endpoint(document, ("snapshot",), snapshot),
        keys=_by_text(snapshot["keys"]),
        verify=data.get("verify", {}),
        examples=_answers(document, ("snapshot",), snapshot),
    )


def _endpoint(document: Document, path: Path, data: dict[str, Any]) -> Endpoint:
    return Endpoint(
        place=Place(document, path),
        path=data["path"],
        source=data["source"],
        query={str(name): str(value) for name, value in data["query"].items()},
        limit=data.get("limit", "limit"),
        weights={int(limit): weight for limit, weight in data["weights"].items()},
    )


def _answers(document: Document, path: Path, data: dict[str, Any]) -> tuple[Answer, ...]:
    return tuple(
        Answer(
            given["id"],
            Place(document, (*path, "examples", number)),
            given.get("parameters", {}),
            given["payload"],
            given.get("events", []),
        )
        for number, given in enumerate(data["examples"])
    )


def _by_text(data: dict[Any, Any]) -> dict[Any, Any]:
    return {str(key): value for key, value in data.items()}
