"""Order books in the model: how a local copy is kept, and what is checked of it."""

from __future__ import annotations

from codegen.model import parts as model
from codegen.model import rest_conformance, typechecks
from codegen.model.literals import Source, call
from codegen.model.methods import argument_prose, arguments_source
from codegen.model.parts import Paragraph
from codegen.model.rest import endpoint, names, query, request
from codegen.model.streams import parameter_source
from codegen.model.structs import source_url
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
        parameters="".join(
            f"{name}: {parameter_source(spec, parameter, book.defaults.get(name))}, "
            for name, parameter in updates.parameters.items()
        ),
        arguments=arguments_source(updates),
        depth=max(book.snapshot.weights),
        calls=typechecks.order_book_calls(spec, updates),
        mistakes=typechecks.order_book_mistakes(spec, updates),
        docstring=_docstring(spec, book),
        source=source_url(spec, book.source),
        checked=book.source["checked"],
        updates=by_key[updates.key],
        snapshot=request(spec, book.snapshot),
        verify=by_key[book.verify["stream"]] if book.verify else None,
        snapshots=rest_conformance.snapshots(spec, book, updates),
    )


def _docstring(spec: Spec, book: OrderBook) -> tuple[Paragraph, ...]:
    """Return what the method says."""
    updates = updates_of(spec, book)
    verify = "No stream of this market can verify it: False, or None for the same."
    if book.verify:
        ticker = next(stream for stream in spec.streams if stream.key == book.verify["stream"])
        verify = (
            f"Whether to compare the book with ``{ticker.name}``, at no request weight: True all "
            "the time, False never, None (the default) for a while, in turn with other books."
        )
    lines = [
        *(
            f"{parameter.name}: {argument_prose(spec, parameter)}"
            for parameter in updates.parameters.values()
        ),
        f"depth: Levels of each side to know, from 1 to {max(book.snapshot.weights)}.",
        f"verify: {verify}",
        "kwargs: Options of the book, such as ``on_event``.",
    ]
    checked = book.source["checked"]
    return (
        Paragraph("Keep a local copy of an order book."),
        Paragraph(
            "Returns at once; ``wait()`` on the result waits until it is synced. It starts from a "
            f"snapshot and applies the changes of ``{updates.name}``. What is missed makes it "
            "stale or resyncing, never wrong: its ``state`` says so. The same arguments give the "
            "same book as long as it lasts."
        ),
        Paragraph("Args:"),
        *(Paragraph(line, indent=4, hang=4, is_close=True) for line in lines),
        Paragraph("Returns:"),
        Paragraph("The book: read it at any time, or iterate its changes.", 4, is_close=True),
        Paragraph("Raises:"),
        Paragraph(
            "ParameterError: An argument is not allowed; nothing has been sent.",
            indent=4,
            hang=4,
            is_close=True,
        ),
        Paragraph(f"Source: {source_url(spec, book.source)} (checked {checked})."),
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
