"""Order books in the model: how a local copy is kept, and what is checked of it."""

from __future__ import annotations

from codegen.model import parts as model
from codegen.model import rest_conformance
from codegen.model.literals import Source, call
from codegen.model.rest import endpoint, names, query, request
from codegen.read.queries import SNAPSHOT, constant_name, updates_of
from codegen.read.rest_model import OrderBook
from codegen.read.spec_model import Spec


def order_book(spec: Spec, streams: tuple[model.Stream, ...]) -> model.OrderBook | None:
    """Return how order books are kept, or None if the market has none."""
    book = spec.order_book
    if book is None:
        return None
    updates, by_key = updates_of(spec, book), {stream.key: stream for stream in streams}
    return model.OrderBook(
        rules=_rules(spec, book),
        updates=by_key[updates.key],
        snapshot=request(spec, book.snapshot),
        verify=by_key[book.verify["stream"]] if book.verify else None,
        snapshots=rest_conformance.snapshots(spec, book, updates),
    )


def _rules(spec: Spec, book: OrderBook) -> Source:
    updates = updates_of(spec, book)
    event_time = book.updates.get("event_time")
    parameters, constants = query(book.snapshot)
    best = None
    if book.verify:
        ticker = next(stream for stream in spec.streams if stream.key == book.verify["stream"])
        attributes = {
            word: names(spec, ticker, key) for word, key in book.verify.items() if word != "stream"
        }
        best = call("BestLevels", stream=Source(constant_name(ticker.key)), **attributes)
    return call(
        "OrderBookRules",
        updates=Source(constant_name(updates.key)),
        bids=names(spec, updates, book.updates["bids"]),
        asks=names(spec, updates, book.updates["asks"]),
        snapshot=endpoint(spec, book.snapshot),
        query=parameters,
        constants=constants or None,
        snapshot_struct=Source(SNAPSHOT),
        snapshot_id=names(spec, updates, updates.sequence["last"]),
        event_time=None if event_time is None else names(spec, updates, event_time),
        best=best,
    )
