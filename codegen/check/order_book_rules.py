"""Rules of ``order_book.yaml``: the streams and the request that a local copy is kept by."""

from __future__ import annotations

from codegen.check.example_rules import check_answers
from codegen.check.rest_rules import check_endpoint, check_key, check_typed
from codegen.check.type_rules import check_page
from codegen.read.problems import listed, near, shown
from codegen.read.queries import snapshot_struct
from codegen.read.rest_model import OrderBook
from codegen.read.spec_model import Spec, Stream

_LEVEL = ["decimal", "decimal"]
# What the method of an order book has besides the parameters of the updates.
_BOOK_WORDS = {"depth", "verify"}


def check_order_book(spec: Spec, valid: list[Stream], is_whole: bool) -> None:
    """Check the order book; ``valid`` are the streams that have no problem of their own."""
    book = spec.order_book
    if book is None:
        return
    check_page(spec, book.source, book.place)
    updates = _stream(spec, book, valid, "updates", book.updates["stream"], is_whole)
    if updates is not None and _check_updates(spec, book, updates):
        check_endpoint(spec, updates, book.snapshot, [book.snapshot.limit])
        if _check_keys(spec, book, updates):
            struct = snapshot_struct(spec, book, updates)
            check_answers(spec, updates, book.examples, struct, is_rows=False)
    if book.verify:
        ticker = _stream(spec, book, valid, "verify", book.verify["stream"], is_whole)
        if ticker is not None:
            _check_verify(spec, book, ticker, updates)


def _stream(
    spec: Spec, book: OrderBook, valid: list[Stream], word: str, key: str, is_whole: bool
) -> Stream | None:
    found = next((stream for stream in valid if stream.key == key), None)
    keys = [stream.key for stream in spec.streams]
    if key not in keys and is_whole:
        message = f"stream: there is no stream {shown(key)}{near(key, keys)}"
        book.place.problem(message, word, "stream", at_value=True)
    if found is not None and (found.is_array or len(found.events) > 1):
        message = f"stream: {key} does not consist of single events of one kind"
        book.place.problem(message, word, "stream", at_value=True)
        return None
    return found


def _check_updates(spec: Spec, book: OrderBook, updates: Stream) -> bool:
    before = len(book.place.document.problems)
    if "last" not in updates.sequence or "per" in updates.sequence:
        message = f"stream: {updates.key} has no sequence {{first, last}} or {{first, last, "
        message += "previous}, which says how updates follow each other"
        book.place.problem(message, "updates", "stream", at_value=True)
    if all(parameter.type != "symbol" for parameter in updates.parameters.values()):
        message = f"stream: {updates.key} has no parameter of the type symbol: a book is of one"
        book.place.problem(message, "updates", "stream", at_value=True)
    event = updates.events[0]
    for word in ("bids", "asks"):
        keys = book.updates[word]
        field = check_key(spec, event, keys)
        problem = field if isinstance(field, str) else ""
        if not isinstance(field, str):
            level = spec.structs.get(field.type)
            kinds = [item.type for item in level.kept] if level is not None else []
            if not field.is_list or level is None or not level.is_array or kinds != _LEVEL:
                problem = f"the key {shown(keys)} is no list of prices and quantities"
        if problem:
            book.place.problem(f"{word}: {problem}", "updates", word, at_value=True)
    if book.updates["bids"] == book.updates["asks"]:
        message = f"asks: {book.updates['asks']} are the bids"
        book.place.problem(message, "updates", "asks", at_value=True)
    if "event_time" in book.updates:
        problem = check_typed(spec, event, book.updates["event_time"], "timestamp")
        if problem:
            message = f"event_time: {problem}"
            book.place.problem(message, "updates", "event_time", at_value=True)
    for name, value in book.defaults.items():
        parameter = updates.parameters.get(name)
        allowed = None if parameter is None else spec.choices_of(parameter)
        if allowed is None:
            chosen = [name for name, item in updates.parameters.items() if spec.choices_of(item)]
            message = f"{updates.key} has no parameter {shown(name)} with choices"
            message += f"; allowed: {listed(chosen)}"
            book.place.problem(message, "updates", "defaults", name)
        elif value not in allowed:
            message = f"{name}: got {shown(value)}; allowed: {listed(allowed)}"
            book.place.problem(message, "updates", "defaults", name, at_value=True)
    has_default = False
    for name, parameter in updates.parameters.items():
        if name in _BOOK_WORDS:
            message = f"stream: its parameter {name} is one that every order book has already"
            book.place.problem(message, "updates", "stream", at_value=True)
        has_own = parameter.has_default or name in book.defaults
        if has_default and not has_own:
            message = f"{name} needs a default, as a parameter before it has one"
            book.place.problem(message, "updates", "defaults")
        has_default = has_default or has_own
    return len(book.place.document.problems) == before


def _check_keys(spec: Spec, book: OrderBook, updates: Stream) -> bool:
    place, before = book.snapshot.place, len(book.place.document.problems)
    needed = [updates.sequence["last"], book.updates["bids"], book.updates["asks"]]
    seen: dict[str, str] = {}
    for key, target in book.keys.items():
        if target is None:
            continue
        if target not in needed:
            message = f"got {shown(target)}; allowed: {listed(needed)}, or null"
            place.problem(message, "keys", key, at_value=True)
        elif seen.setdefault(target, key) != key:
            message = f"{target} has its value from {seen[target]} already"
            place.problem(message, "keys", key, at_value=True)
    missing = [target for target in needed if target not in seen]
    if missing:
        place.problem(f"keys: no key of the answer stands for {listed(missing)}", "keys")
    return len(book.place.document.problems) == before


def _check_verify(spec: Spec, book: OrderBook, ticker: Stream, updates: Stream | None) -> None:
    for word, keys in book.verify.items():
        if word == "stream":
            continue
        type = "id" if word == "update_id" else "decimal"
        problem = check_typed(spec, ticker.events[0], keys, type)
        if problem:
            book.place.problem(f"{word}: {problem}", "verify", word, at_value=True)
    shared = {} if updates is None else updates.parameters
    for name, parameter in ticker.parameters.items():
        if updates is not None and name not in shared and not parameter.has_default:
            message = f"stream: {ticker.key} needs {name}, which {updates.key} does not have"
            book.place.problem(message, "verify", "stream", at_value=True)
