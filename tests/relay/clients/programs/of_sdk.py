"""binance-sdk-spot, the venue's own: combined streams, by requests with UUIDs as their ids."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from binance_sdk_spot.spot import ConfigurationWebSocketStreams, Spot


def show(*line: Any) -> None:
    # At once, as several threads do, and print writes the end of a line by itself.
    sys.stdout.write(f"{json.dumps(line)}\n")
    sys.stdout.flush()


async def main() -> None:
    spot = Spot(config_ws_streams=ConfigurationWebSocketStreams(stream_url=sys.argv[1]))
    connection = await spot.websocket_streams.create_connection()
    trades = await connection.trade(symbol="btcusdt")
    trades.on("message", lambda trade: show("trade", trade.t, trade.p, trade.q))
    await asyncio.to_thread(sys.stdin.readline)
    await connection.close_connection(close_session=True)


asyncio.run(main())
