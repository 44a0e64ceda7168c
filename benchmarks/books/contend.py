"""Running one book in this process: ``python -m benchmarks.books.contend MODULE SEQUENCE``.

It prints ``RESULT`` and JSON. Standard library only, on any Python.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import platform
import time
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, Protocol

from benchmarks.books import diffs
from benchmarks.contend import NotPossible

Level = Iterable[Any]
"""A price and a quantity, in the form that the library returns."""

_BLOCK = 16
"""Messages that are decoded before they are applied: few enough to be in the processor's cache."""


class Book(Protocol):
    """A library's book that holds a snapshot."""

    def decode(self, text: str) -> Any:
        """Decode a message as the library does."""

    def apply(self, message: Any) -> object:
        """Apply a decoded message."""

    def best(self) -> tuple[Level, Level]:
        """Return the best bid and the best ask."""

    def ten(self) -> tuple[Sequence[Level], Sequence[Level]]:
        """Return the ten best levels of each side, the best one first."""


Make = Callable[[diffs.Diffs, str], Book]
"""From a sequence, whose snapshot the book holds, and the variant."""


def measure(make: Make, sequence: diffs.Diffs, variant: str, seconds: float) -> dict[str, Any]:
    """Measure until at least so much CPU time was used, each way on books of its own."""
    reads: dict[str, Callable[[Book], Callable[[], object]]] = {
        "best": lambda book: book.best,
        "ten": lambda book: book.ten,
    }
    result: dict[str, Any] = {}
    decoding = count = 0.0
    for name, read_of in reads.items():
        applying = passes = 0
        while not passes or applying < seconds * 1e9:
            book = make(sequence, variant)
            gc.collect()
            decoded, applied = _run(book, sequence.messages, read_of(book))
            decoding += decoded
            applying += applied
            passes += 1
        count += passes * len(sequence.messages)
        result[f"{name}_us"] = applying / 1000 / passes / len(sequence.messages)
        if wrong := _wrong(book, sequence):
            result["wrong"] = wrong
    result["decode_us"] = decoding / 1000 / count
    return result


def _run(book: Book, messages: Sequence[str], read: Callable[[], object]) -> tuple[int, int]:
    """Return the CPU time of decoding, and of applying and reading, in ns."""
    decode, apply, clock = book.decode, book.apply, time.process_time_ns
    decoding = applying = 0
    for start in range(0, len(messages), _BLOCK):
        texts = messages[start : start + _BLOCK]
        begun = clock()
        block = [decode(text) for text in texts]
        decoded = clock()
        for message in block:
            apply(message)
            read()
        applied = clock()
        decoding += decoded - begun
        applying += applied - decoded
    return decoding, applying


def _wrong(book: Book, sequence: diffs.Diffs) -> str:
    """Return what is wrong with the book after all messages, or nothing."""
    bids, asks = true_levels(sequence)
    for name, given, right in zip(("bid", "ask"), book.ten(), (bids, asks), strict=True):
        if len(given) != 10:
            return f"{len(given)} {name}s where 10 were asked for"
        for place, (one, other) in enumerate(zip(given, right, strict=False), 1):
            if not _is_same(one, other):
                return f"{name} {place} is {_text(one)} where {_text(other)} is right"
    for name, level, right in zip(("bid", "ask"), book.best(), (bids, asks), strict=True):
        if not _is_same(level, right[0]):
            return f"the best {name} is {_text(level)} where {_text(right[0])} is right"
    return ""


def true_levels(
    sequence: diffs.Diffs,
) -> tuple[list[tuple[Decimal, Decimal]], list[tuple[Decimal, Decimal]]]:
    """Return bids and asks after all messages, by the rules alone."""
    updates = (json.loads(text)["data"] for text in sequence.messages)
    book = diffs.applied(sequence.snapshot, updates)
    bids, asks = (
        [(Decimal(price), Decimal(quantity)) for price, quantity in book[side]]
        for side in ("bids", "asks")
    )
    return bids, asks


def _is_same(level: Level, right: Level) -> bool:
    return all(
        given == float(true) if isinstance(given, float) else Decimal(given) == true
        for given, true in zip(tuple(level)[:2], right, strict=True)
    )


def _text(level: Level) -> str:
    price, quantity = tuple(level)[:2]
    return f"{price} x {quantity}"


class Decoder:
    """No book, but what decoding a message costs."""

    def __init__(self, decode: Callable[[str], Any]) -> None:
        self.decode = decode

    def run(self, messages: Sequence[str], seconds: float) -> dict[str, Any]:
        """Measure until so much CPU time was used."""
        used = passes = 0
        while used < seconds * 1e9:
            begun = time.process_time_ns()
            for text in messages:
                self.decode(text)
            used += time.process_time_ns() - begun
            passes += 1
        return {"decode_us": used / 1000 / passes / len(messages)}


def main() -> None:
    """Import the book's module and measure it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("module")
    parser.add_argument("sequence", choices=diffs.NAMES)
    parser.add_argument("--variant", default="")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--core", type=int)
    options = parser.parse_args()
    if options.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    sequence = diffs.find(options.sequence)
    if options.module == "json":
        result = Decoder(json.loads).run(sequence.messages, options.seconds)
    else:
        try:
            module: Any = importlib.import_module(f"benchmarks.books.contenders.{options.module}")
            result = measure(module.make, sequence, options.variant, options.seconds)
        except NotPossible as error:
            print(f"NOT POSSIBLE {error}", flush=True)
            return
    result["python"] = platform.python_version()
    print("RESULT " + json.dumps(result), flush=True)
    # Some libraries have threads that never end.
    os._exit(0)


if __name__ == "__main__":
    main()
