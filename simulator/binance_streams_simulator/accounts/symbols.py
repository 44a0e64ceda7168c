"""What a symbol trades, and what its orders must keep to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from binance_streams_simulator.amounts import ONE, formatted
from binance_streams_simulator.market import LOT, Instrument

MIN_NOTIONAL = ONE // 10_000
MOST_QUANTITY = 100_000 * ONE
MOST_TICKS = 10_000_000
MOST_ORDERS = 200
"""Open orders of one account and symbol."""
ORDER_TYPES = ("LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT")
_QUOTES = (
    *("FDUSD", "USDT", "USDC", "TUSD", "BUSD", "USD1", "BTC", "ETH", "BNB", "EUR", "TRY", "BRL"),
    *("JPY", "USD", "DAI"),
)


class Assets(NamedTuple):
    """The assets of a symbol."""

    base: str
    quote: str


def assets_of(symbol: str) -> Assets:
    """Return the assets of a symbol; it is cut in the middle if its end is not known."""
    for quote in _QUOTES:
        if symbol.endswith(quote) and symbol != quote:
            return Assets(symbol.removesuffix(quote), quote)
    middle = len(symbol) // 2
    return Assets(symbol[:middle] or symbol, symbol[middle:])


def price_limit(instrument: Instrument) -> int:
    """Return the highest price that an order may have."""
    return instrument.tick * MOST_TICKS


def described(instrument: Instrument) -> Mapping[str, object]:
    """Return the symbol as ``exchangeInfo`` has it."""
    base, quote = assets_of(instrument.symbol)
    tick, lot = formatted(instrument.tick), formatted(LOT)
    return {
        "symbol": instrument.symbol,
        "status": "TRADING",
        "baseAsset": base,
        "baseAssetPrecision": 8,
        "quoteAsset": quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "orderTypes": list(ORDER_TYPES),
        "icebergAllowed": False,
        "ocoAllowed": True,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": False,
        "cancelReplaceAllowed": False,
        "amendAllowed": True,
        "isSpotTradingAllowed": True,
        "filters": [
            {
                "filterType": "PRICE_FILTER",
                "minPrice": tick,
                "maxPrice": formatted(price_limit(instrument)),
                "tickSize": tick,
            },
            {
                "filterType": "LOT_SIZE",
                "minQty": lot,
                "maxQty": formatted(MOST_QUANTITY),
                "stepSize": lot,
            },
            {
                "filterType": "NOTIONAL",
                "minNotional": formatted(MIN_NOTIONAL),
                "applyMinToMarket": True,
                "maxNotional": formatted(MOST_QUANTITY),
                "applyMaxToMarket": False,
                "avgPriceMins": 0,
            },
            {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": MOST_ORDERS},
        ],
        "defaultSelfTradePreventionMode": "NONE",
        "allowedSelfTradePreventionModes": ["NONE"],
    }
