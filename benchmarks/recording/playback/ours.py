"""binance-streams: a client that replays, ``read_recording``, and the lines alone."""

from __future__ import annotations

from backports.zstd import ZstdFile

from benchmarks.contenders.ours_book import best
from benchmarks.contenders.ours_reads import NUMBERS, READS
from benchmarks.recording.play import Tape
from benchmarks.workloads import find
from binance_streams import Client, read_recording


def play(tape: Tape) -> int:
    """Play all messages, or those of one stream, and count them."""
    way, _, numbers = tape.variant.partition("-")
    return {"replay": _replay, "one": _one, "book": _book, "read": _read, "lines": _lines}[way](
        tape, numbers
    )


def _address(tape: Tape) -> str:
    return f"replay:{tape.folder / 'ours'}?speed=max"


def _replay(tape: Tape, numbers: str) -> int:
    read = READS[tape.kind]
    count = 0
    with Client(_address(tape), numbers=NUMBERS[numbers]) as client:
        for name in find(tape.workload).streams:
            client.subscribe(name)
        for message in client:
            read(message.data)
            count += 1
    return count


def _one(tape: Tape, numbers: str) -> int:
    read = READS[tape.kind]
    count = 0
    with Client(_address(tape), numbers=NUMBERS[numbers]) as client:
        for event in client.subscribe(find(tape.workload).streams[0]):
            read(event)
            count += 1
    return count


def _book(tape: Tape, numbers: str) -> int:
    count = 0
    with Client(_address(tape), numbers=NUMBERS[numbers]) as client:
        book = client.order_book("BTCUSDT", verify=False)
        for _ in book:
            best(book)
            count += 1
    return count


def _read(tape: Tape, numbers: str) -> int:
    read = READS[tape.kind]
    count = 0
    for batch in read_recording(tape.folder / "ours", numbers=NUMBERS[numbers]).batches():
        for item in batch:
            read(item.data)
        count += len(batch)
    return count


def _lines(tape: Tape, numbers: str) -> int:
    count = 0
    for path in sorted((tape.folder / "ours").rglob("*.jsonl.zst")):
        with ZstdFile(path) as file:
            for line in file:
                count += b'"stream":"!' not in line and b'"data":' in line
    return count
