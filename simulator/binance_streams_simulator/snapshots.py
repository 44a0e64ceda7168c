"""The few HTTP requests that users of streams need: order book snapshots, time, ping."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qs

from binance_streams_simulator.amounts import formatted
from binance_streams_simulator.market import Market

Answer = tuple[int, bytes]
"""An HTTP status and a body."""
PREFIX = "/api/"
_DEFAULT_LIMIT = 100
_MOST_LEVELS = 5_000
_MISSING = "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."


def answer(
    target: str, market: Market, now: int, recorded: Callable[[str], bytes | None]
) -> Answer:
    """Respond to ``GET target``; ``recorded`` returns the snapshot of a replay, or None."""
    path, _, query = target.partition("?")
    if path == "/api/v3/ping":
        return 200, b"{}"
    if path == "/api/v3/time":
        return 200, _json({"serverTime": now // 1_000})
    if path != "/api/v3/depth":
        return 404, _json({"code": -1, "msg": "Not found."})
    arguments = {name: values[-1] for name, values in parse_qs(query).items()}
    symbol = arguments.get("symbol", "")
    if not symbol:
        return _refused(-1102, _MISSING)
    limit = arguments.get("limit", str(_DEFAULT_LIMIT))
    if not (limit.isascii() and limit.isdigit() and int(limit[:9]) > 0):
        return _refused(-1130, "Data sent for parameter 'limit' is not valid.")
    snapshot = recorded(symbol)
    if snapshot is not None:
        return 200, snapshot
    instrument = market.instruments.get(symbol)
    if instrument is None:
        return _refused(-1121, "Invalid symbol.")
    count = min(int(limit[:9]), _MOST_LEVELS)
    book = instrument.book
    return 200, _json(
        {
            "lastUpdateId": book.update_id,
            "bids": [[formatted(price), formatted(size)] for price, size in book.bids.top(count)],
            "asks": [[formatted(price), formatted(size)] for price, size in book.asks.top(count)],
        }
    )


def _refused(code: int, message: str) -> Answer:
    return 400, _json({"code": code, "msg": message})


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
