"""Making the files that are played: one recording, and the same messages in the forms of others.

Run as ``python -m benchmarks.recording.tape FOLDER WORKLOAD``, by the Python of the project. It
records what a server of the benchmark sends, and writes to the folder:

- ``ours``: the recording;
- ``tardis.json.gz`` and ``tardis.json.zst``: a slice as tardis serves them, in ISO times;
- ``BINANCE.0``, ``BINANCE.ws.0``, ``BINANCE.http.0``: as cryptofeed captures them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from backports import zstd

from benchmarks.recording.play import CHANNELS, WARMUP
from benchmarks.workloads import find
from binance_streams import Client, OrderBook

SNAPSHOT = "@depthSnapshot"
DEPTH = 5_000
"""The levels of an order book that are fetched: this market moves out of fewer."""

WARMUP_RATE = 200

_PATIENCE = 20.0


def record(folder: Path, workload: str, port: int, control: int, count: int, rate: float) -> None:
    """Record ``count`` messages from a server, the warm-up included."""
    task = find(workload)
    with socket.create_connection(("127.0.0.1", control)) as connected:
        lines = connected.makefile("rw")

        def send(line: str) -> None:
            lines.write(line + "\n")
            lines.flush()

        send("start")
        lines.readline()
        with Client(f"ws://127.0.0.1:{port}", numbers=str) as client:
            recording = client.record(folder / "ours", rotate=None)
            events = [client.subscribe(name) for name in task.streams]
            book = client.order_book("BTCUSDT", verify=False, depth=DEPTH) if rate else None
            messages = iter(client)
            for one in events:
                one.wait(60)
            send(f"warmup {WARMUP_RATE if rate else 0}")
            for _ in range(WARMUP):
                next(messages)
            if book is not None:
                _wait_for_depth(book)
            send(f"measured {rate}")
            for _ in range(count - WARMUP):
                next(messages)
            recording.close()


def _wait_for_depth(book: OrderBook[str]) -> None:
    """Wait until nearly all levels of an order book were fetched, after the few that come first."""
    until = time.monotonic() + _PATIENCE
    while len(book.bids) < DEPTH * 3 // 4:
        if time.monotonic() > until:
            raise RuntimeError("the order book has not become deep")
        time.sleep(0.05)


def convert(folder: Path, workload: str) -> None:
    """Write the same messages in the forms of others."""
    lines = list(read_lines(folder / "ours"))
    begin = b""
    texts = []
    for received, message in lines:
        moment = datetime.fromtimestamp(received // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        begin = begin or f"{moment[:16]}:00.000Z".encode()
        texts.append(f"{moment}.{received % 10**9 // 100:07d}Z ".encode() + message)
    content = b"\n".join(texts) + b"\n"
    (folder / "tardis.json.gz").write_bytes(gzip.compress(content, 6))
    (folder / "tardis.json.zst").write_bytes(zstd.compress(content, 3))
    (folder / "begin").write_bytes(begin)
    _cryptofeed(folder, workload, lines)


def read_lines(folder: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the time and the text of each message of a recording, snapshots included."""
    for path in sorted(folder.rglob("*.jsonl.zst")):
        with zstd.ZstdFile(path) as file:
            for line in file:
                head, _, rest = line.rstrip(b"\n").partition(b',"c":')
                message = b"{" + rest.partition(b",")[2]
                if b'"data":' in message and not message.startswith(b'{"stream":"!'):
                    yield int(head[len(b'{"t":') :]), message


def _cryptofeed(folder: Path, workload: str, lines: list[tuple[int, bytes]]) -> None:
    streams = find(workload).streams
    symbols = [name.partition("@")[0].upper() for name in streams]
    info = {
        "symbols": [
            {
                "symbol": symbol, "status": "TRADING", "baseAsset": symbol.removesuffix("USDT"),
                "quoteAsset": "USDT", "filters": [{"tickSize": "0.01"}],
            }
            for symbol in symbols
        ]
    }  # fmt: skip
    channel = CHANNELS[workload.partition(":")[0]]
    wanted = {channel: [f"{symbol.removesuffix('USDT')}-USDT" for symbol in symbols]}
    begin = lines[0][0] / 1e9
    (folder / "BINANCE.0").write_text(
        f"https://api.binance.com/api/v3/exchangeInfo -> {begin}: {json.dumps(info)}\n"
        f"configuration: {json.dumps(wanted)}\n"
    )
    sent, fetched = [], []
    for received, message in lines:
        if SNAPSHOT.encode() in message:
            body = json.dumps(json.loads(message)["data"])
            url = "https://api.binance.com/api/v3/depth?symbol=BTCUSDT&limit=1000"
            fetched.append(f"{url} -> {received / 1e9}: {body}")
        else:
            sent.append(f"{received / 1e9}: {message.decode()}")
    (folder / "BINANCE.ws.0").write_text("\n".join(sent) + "\n")
    (folder / "BINANCE.http.0").write_text("\n".join(fetched[-1:]) + "\n")


def main() -> None:
    """Record and convert."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("workload")
    for name in ("port", "control", "count"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--rate", type=float, default=0.0)
    options = parser.parse_args()
    record(
        options.folder, options.workload, options.port, options.control, options.count, options.rate
    )
    convert(options.folder, options.workload)


if __name__ == "__main__":
    main()
