"""The methods about the market that need no key; most of them answer as the REST API does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from binance_streams_simulator.accounts.symbols import described
from binance_streams_simulator.api.methods import ApiCall, Handler
from binance_streams_simulator.moments import Moment
from binance_streams_simulator.rest.service import RestService

_PATHS = {
    "depth": "/api/v3/depth",
    "trades.recent": "/api/v3/historicalTrades",
    "trades.historical": "/api/v3/historicalTrades",
    "trades.aggregate": "/api/v3/aggTrades",
    "blockTrades.historical": "/api/v3/historicalBlockTrades",
    "klines": "/api/v3/klines",
}


def market_data(rest: RestService) -> Mapping[str, Handler]:
    """Return the methods about the market that ``rest`` is about."""
    found = {method: _as_rest(rest, path) for method, path in _PATHS.items()}
    return {"exchangeInfo": _exchange_info, **found}


def _as_rest(rest: RestService, path: str) -> Handler:
    def handle(call: ApiCall) -> object:
        query = urlencode(call.arguments.texts())
        return json.loads(rest.read(path, query, call.session.target.divisor))

    return handle


def _exchange_info(call: ApiCall) -> object:
    trading = call.exchange.trading
    symbols = trading.listed
    if call.arguments.has("symbol"):
        symbols = (call.arguments.text("symbol"),)
    return {
        "timezone": "UTC",
        "serverTime": Moment(call.now),
        "rateLimits": call.limits,
        "exchangeFilters": [],
        "symbols": [described(trading.instrument(symbol)) for symbol in symbols],
    }
