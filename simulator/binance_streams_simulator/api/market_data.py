"""The methods about the market that need no key."""

from __future__ import annotations

from collections.abc import Mapping

from binance_streams_simulator.accounts.symbols import described
from binance_streams_simulator.api.methods import ApiCall, Handler
from binance_streams_simulator.moments import Moment


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


MARKET_DATA: Mapping[str, Handler] = {"exchangeInfo": _exchange_info}
