"""binance-connector: combined streams, subscribed and listed by requests, and candles by REST."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from binance.spot import Spot
from binance.websocket.spot.websocket_stream import SpotWebsocketStreamClient


def show(*line: Any) -> None:
    # At once, as several threads do, and print writes the end of a line by itself.
    sys.stdout.write(f"{json.dumps(line)}\n")
    sys.stdout.flush()


def on_message(_: object, text: str) -> None:
    message = json.loads(text)
    if message.get("stream") == "btcusdt@trade":
        trade = message["data"]
        show("trade", trade["t"], trade["p"], trade["q"])
    elif "stream" not in message:
        show("answer", message["id"], message["result"])


client = SpotWebsocketStreamClient(
    stream_url=sys.argv[1], on_message=on_message, on_pong=lambda _: show("pong"), is_combined=True
)
client.trade("btcusdt", id=1)
client.ping()
rest = Spot(base_url=sys.argv[2])
while len(rows := rest.klines("BTCUSDT", "1s", startTime=0, limit=4)) < 4:
    time.sleep(0.05)
show("candles", rows)
sys.stdin.readline()
client.book_ticker("btcusdt", id=2)
client.list_subscribe(id=3)
client.trade("btcusdt", id=4, action=SpotWebsocketStreamClient.ACTION_UNSUBSCRIBE)
client.list_subscribe(id=5)
sys.stdin.readline()
client.stop()
