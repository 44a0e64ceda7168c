"""The client of ``binance-connector`` 3.12 on this package's runtime: change the imports.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

# Parameters have the names that the venue gives them, windowSize too.
# ruff: noqa: N803

from __future__ import annotations

from typing import Literal

from binance_streams._catalog import (
    AGG_TRADE,
    ALL_MINI_TICKERS,
    ALL_TICKERS,
    AVG_PRICE,
    BLOCK_TRADE,
    BOOK_TICKER,
    CATALOG,
    DIFF_BOOK_DEPTH,
    KLINE,
    KLINE_TIMEZONE_OFFSET,
    MINI_TICKER,
    PARTIAL_BOOK_DEPTH,
    REFERENCE_PRICE,
    ROLLING_WINDOW_TICKER,
    ROLLING_WINDOW_TICKER_ALL_SYMBOLS,
    TICKER,
    TRADE,
    USER_DATA,
)
from binance_streams._structs import (
    KlineInterval,
    WindowSize,
)
from binance_streams._venue import VENUE
from binance_streams_runtime.compat_api import BaseCompatClient, RequestId, config_logging

__all__ = ["SpotWebsocketStreamClient", "config_logging"]


class SpotWebsocketStreamClient(BaseCompatClient):
    """Streams of Binance Spot as texts, each with a method of its own."""

    catalog = CATALOG
    venue = VENUE

    def agg_trade(
        self, symbol: str, id: RequestId = None, action: str | None = None, **kwargs: object
    ) -> None:
        """Subscribe to trades that filled one taker order at one price, summed into one event.

        Stream ``<symbol>@aggTrade``.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#aggregate-trade-streams
        (checked 2026-07-21).
        """
        self._stream(AGG_TRADE, {"symbol": symbol}, id, action)

    def avg_price(
        self, symbol: str, id: RequestId = None, action: str | None = None, **kwargs: object
    ) -> None:
        """Subscribe to changes of the average price over a fixed time.

        Stream ``<symbol>@avgPrice``.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#average-price
        (checked 2026-07-21).
        """
        self._stream(AVG_PRICE, {"symbol": symbol}, id, action)

    def block_trade(
        self, symbol: str, id: RequestId = None, action: str | None = None, **kwargs: object
    ) -> None:
        """Subscribe to trades of large size that were negotiated outside the order book.

        Stream ``<symbol>@blockTrade``.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#block-trade-streams
        (checked 2026-07-21).
        """
        self._stream(BLOCK_TRADE, {"symbol": symbol}, id, action)

    def book_ticker(
        self, symbol: str, id: RequestId = None, action: str | None = None, **kwargs: object
    ) -> None:
        """Subscribe to every change of the best bid or ask: its price or its quantity.

        Stream ``<symbol>@bookTicker``.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-book-ticker-streams
        (checked 2026-07-21).
        """
        self._stream(BOOK_TICKER, {"symbol": symbol}, id, action)

    def diff_book_depth(
        self,
        symbol: str,
        speed: Literal[1000, 100] = 1000,
        id: RequestId = None,
        action: str | None = None,
        **kwargs: object,
    ) -> None:
        """Subscribe to changes of the order book, from which a local copy of it is kept.

        Stream ``<symbol>@depth<speed>``.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#diff-depth-stream
        (checked 2026-07-21).
        """
        self._stream(DIFF_BOOK_DEPTH, {"symbol": symbol, "speed": speed}, id, action)

    def kline(
        self, symbol: str, interval: KlineInterval, id: RequestId = None, action: str | None = None
    ) -> None:
        """Subscribe to the current candle of a symbol, whose days and weeks begin at midnight UTC.

        Stream ``<symbol>@kline_<interval>``.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#klinecandlestick-streams-for-utc
        (checked 2026-07-21).
        """
        self._stream(KLINE, {"symbol": symbol, "interval": interval}, id, action)

    def kline_timezone_offset(
        self, symbol: str, interval: KlineInterval, id: RequestId = None, action: str | None = None
    ) -> None:
        """Subscribe to the current candle of a symbol, whose days and weeks begin at midnight
        UTC+8.

        Stream ``<symbol>@kline_<interval>@+08:00``.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#klinecandlestick-streams-with-timezone-offset
        (checked 2026-07-21).
        """
        self._stream(KLINE_TIMEZONE_OFFSET, {"symbol": symbol, "interval": interval}, id, action)

    def mini_ticker(
        self,
        symbol: str | None = None,
        id: RequestId = None,
        action: str | None = None,
        **kwargs: object,
    ) -> None:
        """Subscribe to the last 24 hours of one symbol in a few numbers.

        Stream ``!miniTicker@arr`` or ``<symbol>@miniTicker``.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#all-market-mini-tickers-stream
        (checked 2026-07-21).

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-mini-ticker-stream
        (checked 2026-07-21).
        """
        if symbol is None:
            self._stream(ALL_MINI_TICKERS, {}, id, action)
            return
        self._stream(MINI_TICKER, {"symbol": symbol}, id, action)

    def partial_book_depth(
        self,
        symbol: str,
        level: Literal[5, 10, 20] = 5,
        speed: Literal[1000, 100] = 1000,
        id: RequestId = None,
        action: str | None = None,
        **kwargs: object,
    ) -> None:
        """Subscribe to the best bids and asks of the order book, down to a number of levels.

        Stream ``<symbol>@depth<level><speed>``.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#partial-book-depth-streams
        (checked 2026-07-21).
        """
        self._stream(
            PARTIAL_BOOK_DEPTH, {"symbol": symbol, "level": level, "speed": speed}, id, action
        )

    def reference_price(
        self, symbol: str, id: RequestId = None, action: str | None = None, **kwargs: object
    ) -> None:
        """Subscribe to the reference price that the venue's price rules use.

        Stream ``<symbol>@referencePrice``.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#reference-price-streams
        (checked 2026-07-21).
        """
        self._stream(REFERENCE_PRICE, {"symbol": symbol}, id, action)

    def rolling_window_ticker(
        self, symbol: str, windowSize: WindowSize, id: RequestId = None, action: str | None = None
    ) -> None:
        """Subscribe to statistics of one symbol over a rolling window. It opens on a whole minute
        and closes now, so it can be up to 59,999 ms wider than its name.

        Stream ``<symbol>@ticker_<windowSize>``.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-rolling-window-statistics-streams
        (checked 2026-07-21).
        """
        self._stream(
            ROLLING_WINDOW_TICKER, {"symbol": symbol, "windowSize": windowSize}, id, action
        )

    def rolling_window_ticker_all_symbols(
        self, windowSize: WindowSize, id: RequestId = None, action: str | None = None
    ) -> None:
        """Subscribe to statistics over a rolling window of every symbol that changed since the
        event before.

        Stream ``!ticker_<windowSize>@arr``.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#all-market-rolling-window-statistics-streams
        (checked 2026-07-21).
        """
        self._stream(ROLLING_WINDOW_TICKER_ALL_SYMBOLS, {"windowSize": windowSize}, id, action)

    def ticker(
        self,
        symbol: str | None = None,
        id: RequestId = None,
        action: str | None = None,
        **kwargs: object,
    ) -> None:
        """Subscribe to statistics of one symbol over the last 24 hours.

        Stream ``!ticker@arr`` or ``<symbol>@ticker``.

        Source: https://github.com/binance/binance-spot-api-docs/blob/master/CHANGELOG.md#2025-11-14
        (checked 2026-07-21).

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-ticker-streams
        (checked 2026-07-21).
        """
        if symbol is None:
            self._stream(ALL_TICKERS, {}, id, action)
            return
        self._stream(TICKER, {"symbol": symbol}, id, action)

    def trade(
        self, symbol: str, id: RequestId = None, action: str | None = None, **kwargs: object
    ) -> None:
        """Subscribe to every single trade, each with one buyer and one seller.

        Stream ``<symbol>@trade``.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#trade-streams
        (checked 2026-07-21).
        """
        self._stream(TRADE, {"symbol": symbol}, id, action)

    def user_data(
        self, listen_key: str, id: RequestId = None, action: str | None = None, **kwargs: object
    ) -> None:
        """Subscribe to what happens to one account and its orders, by listen key.

        Stream ``<listen_key>``.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/user-data-stream.md#user-data-stream-events
        (checked 2026-07-21).
        """
        self._stream(USER_DATA, {"listen_key": listen_key}, id, action)
