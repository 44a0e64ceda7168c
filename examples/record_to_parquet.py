"""Record an hour of trades and candles, then make Parquet of it, for polars, DuckDB or pandas.

    python examples/record_to_parquet.py [server [folder [seconds]]]

The recording stays in ``folder/rec``, with every message as it was sent; the Parquet files are in
``folder/parquet``. Needs pyarrow: pip install 'binance-streams[record,arrow]'
"""

import contextlib
import sys
import time
from pathlib import Path

from binance_streams import Client
from binance_streams_sinks import Progress, convert

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
FOLDER = Path(sys.argv[2] if len(sys.argv) > 2 else ".")
SECONDS = float(sys.argv[3]) if len(sys.argv) > 3 else 3600.0
SYMBOLS = ("btcusdt", "ethusdt")


def record() -> None:
    """Record until the time is over, or until Ctrl-C."""
    with Client(SERVER) as client, client.record(FOLDER / "rec") as recording:
        for symbol in SYMBOLS:
            # What a lost connection misses is fetched, and recorded as well. The recording takes
            # the messages themselves, so nothing else need be done with the events.
            client.agg_trade(symbol, fill=True, on_event=ignore)
            client.kline(symbol, "1m", fill=True, on_event=ignore)
        end = time.monotonic() + SECONDS
        with contextlib.suppress(KeyboardInterrupt):
            while (left := end - time.monotonic()) > 0:
                time.sleep(min(10.0, left))
                stats = recording.stats()
                print(f"{stats.lines} messages, {stats.bytes_on_disk} bytes on disk")


def ignore(event: object) -> None:
    """Take an event, so that none waits to be read."""


def show(progress: Progress) -> None:
    """Show how far the conversion has come."""
    print(f"converting: {progress.share:.0%}")


def main() -> None:
    """Record, convert, and say what there is."""
    record()
    converted = convert(FOLDER / "rec", "parquet", FOLDER / "parquet", progress=show)
    print(f"{converted.rows} rows in {len(converted.files)} files:")
    for path in converted.files:
        print(" ", path)
    for reason, count in converted.left_out.items():
        print(f"left out: {count} {reason}")


if __name__ == "__main__":
    main()
