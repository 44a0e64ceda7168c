"""Trades as data frames of polars, each written to a Parquet file of its own.

    python examples/frames_to_parquet.py [server [folder [seconds]]]

There is a frame for every ten seconds, by default; its file is named after its first
trade. ``pl.scan_parquet("folder/*.parquet")`` reads all of them. Needs polars:
pip install 'binance-streams[polars]'
"""

import contextlib
import sys
from pathlib import Path

import polars as pl

from binance_streams import Client

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
FOLDER = Path(sys.argv[2] if len(sys.argv) > 2 else "frames")
SECONDS = float(sys.argv[3]) if len(sys.argv) > 3 else 10.0


def main() -> None:
    """Write frames until Ctrl-C."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with Client(SERVER) as client:
        trades = client.agg_trade("btcusdt", fill=True)
        for frame in trades.frames("polars", seconds=SECONDS, max_rows=100_000):
            if frame.is_empty():
                continue  # nobody traded
            path = FOLDER / f"btcusdt-{frame['aggregate_trade_id'][0]}.parquet"
            frame.write_parquet(path)
            value = frame.select((pl.col("price") * pl.col("quantity")).sum()).item()
            print(f"{path}: {len(frame)} trades, worth {value:.2f}")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
