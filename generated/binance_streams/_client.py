"""The client: a method for each stream.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

# Parameters have the names that the venue gives them, windowSize too.
# ruff: noqa: N803

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

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
    AccountEvent,
    AggTrade,
    AnyEvent,
    AvgPrice,
    BlockTrade,
    BookTicker,
    DepthUpdate,
    Kline,
    KlineEvent,
    KlineInterval,
    MiniTicker,
    PartialBookDepth,
    ReferencePrice,
    RollingWindowTicker,
    Ticker,
    Trade,
    UserDataEvent,
    WindowSize,
)
from binance_streams._venue import VENUE, ServerName
from binance_streams_runtime.generated_api import (
    Action,
    BaseClient,
    BookOptions,
    CandleSubscription,
    FillOptions,
    Message,
    N,
    OrderBook,
    RequestId,
    SigningKey,
    SubscribeOptions,
    Subscription,
    TimedClientOptions,
)

if TYPE_CHECKING:
    from binance_streams._account import Account


class Client(BaseClient[N]):
    """Streams of Binance Spot, each with a method of its own."""

    catalog = CATALOG
    venue = VENUE
    package = "binance_streams"
    market = "spot"

    # What BaseClient does, with the types that follow from the spec.
    if TYPE_CHECKING:

        @overload
        def __init__(
            self: Client[Decimal],
            server: ServerName | str | None = None,
            *,
            numbers: type[Decimal] = ...,
            **options: Unpack[TimedClientOptions[AnyEvent[Decimal]]],
        ) -> None: ...

        @overload
        def __init__(
            self: Client[float],
            server: ServerName | str | None = None,
            *,
            numbers: type[float],
            **options: Unpack[TimedClientOptions[AnyEvent[float]]],
        ) -> None: ...

        @overload
        def __init__(
            self: Client[str],
            server: ServerName | str | None = None,
            *,
            numbers: type[str],
            **options: Unpack[TimedClientOptions[AnyEvent[str]]],
        ) -> None: ...

        @overload
        def __init__(
            self,
            server: ServerName | str | None = None,
            *,
            numbers: type[N],
            **options: Unpack[TimedClientOptions[AnyEvent[N]]],
        ) -> None: ...

        def __init__(
            self,
            server: str | None = None,
            *,
            numbers: type[Any] = Decimal,
            **options: Unpack[TimedClientOptions[Any]],
        ) -> None: ...

        def __iter__(self) -> Iterator[Message[AnyEvent[N]]]: ...

    def agg_trade(
        self,
        symbol: str,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[FillOptions[AggTrade[N]]],
    ) -> Subscription[AggTrade[N]]:
        """Subscribe to trades that filled one taker order at one price, summed into one event.

        Stream ``<symbol>@aggTrade``, in real time.

        Args:
            symbol: The trading pair, in either case.
            id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.
            action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.
            kwargs: Options of the subscription, such as ``on_event``. With ``fill=True``, missed
                events are fetched by REST and delivered in order.

        Returns:
            A subscription whose events are ``AggTrade[N]``.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#aggregate-trade-streams
        (checked 2026-07-21).
        """
        return self._stream(AGG_TRADE, {"symbol": symbol}, id, action, kwargs)

    def avg_price(
        self,
        symbol: str,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[SubscribeOptions[AvgPrice[N]]],
    ) -> Subscription[AvgPrice[N]]:
        """Subscribe to changes of the average price over a fixed time.

        Stream ``<symbol>@avgPrice``, every 1000 ms.

        Args:
            symbol: The trading pair, in either case.
            id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.
            action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.
            kwargs: Options of the subscription, such as ``on_event``.

        Returns:
            A subscription whose events are ``AvgPrice[N]``.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#average-price
        (checked 2026-07-21).
        """
        return self._stream(AVG_PRICE, {"symbol": symbol}, id, action, kwargs)

    def block_trade(
        self,
        symbol: str,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[FillOptions[BlockTrade[N]]],
    ) -> Subscription[BlockTrade[N]]:
        """Subscribe to trades of large size that were negotiated outside the order book.

        Stream ``<symbol>@blockTrade``, in real time.

        Args:
            symbol: The trading pair, in either case.
            id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.
            action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.
            kwargs: Options of the subscription, such as ``on_event``. With ``fill=True``, missed
                events are fetched by REST and delivered in order.

        Returns:
            A subscription whose events are ``BlockTrade[N]``.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#block-trade-streams
        (checked 2026-07-21).
        """
        return self._stream(BLOCK_TRADE, {"symbol": symbol}, id, action, kwargs)

    def book_ticker(
        self,
        symbol: str,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[SubscribeOptions[BookTicker[N]]],
    ) -> Subscription[BookTicker[N]]:
        """Subscribe to every change of the best bid or ask: its price or its quantity.

        Stream ``<symbol>@bookTicker``, in real time.

        Args:
            symbol: The trading pair, in either case.
            id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.
            action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.
            kwargs: Options of the subscription, such as ``on_event``.

        Returns:
            A subscription whose events are ``BookTicker[N]``.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-book-ticker-streams
        (checked 2026-07-21).
        """
        return self._stream(BOOK_TICKER, {"symbol": symbol}, id, action, kwargs)

    def diff_book_depth(
        self,
        symbol: str,
        speed: Literal[1000, 100] = 1000,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[SubscribeOptions[DepthUpdate[N]]],
    ) -> Subscription[DepthUpdate[N]]:
        """Subscribe to changes of the order book, from which a local copy of it is kept.

        Stream ``<symbol>@depth<speed>``, every 100 ms if speed is 100, every 1000 ms otherwise.

        Args:
            symbol: The trading pair, in either case.
            speed: Milliseconds between two events. Allowed: ``1000``, ``100``.
            id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.
            action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.
            kwargs: Options of the subscription, such as ``on_event``.

        Returns:
            A subscription whose events are ``DepthUpdate[N]``.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#diff-depth-stream
        (checked 2026-07-21).
        """
        return self._stream(DIFF_BOOK_DEPTH, {"symbol": symbol, "speed": speed}, id, action, kwargs)

    def kline(
        self,
        symbol: str,
        interval: KlineInterval,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[FillOptions[KlineEvent[N]]],
    ) -> CandleSubscription[KlineEvent[N], Kline[N]]:
        """Subscribe to the current candle of a symbol, whose days and weeks begin at midnight UTC.

        Stream ``<symbol>@kline_<interval>``, every 1000 ms if interval is 1s, every 2000 ms
        otherwise.

        Args:
            symbol: The trading pair, in either case.
            interval: Length of a candle. Allowed: ``"1s"``, ``"1m"``, ``"3m"``, ``"5m"``,
                ``"15m"``, ``"30m"``, ``"1h"``, ``"2h"``, ``"4h"``, ``"6h"``, ``"8h"``, ``"12h"``,
                ``"1d"``, ``"3d"``, ``"1w"``, ``"1M"``.
            id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.
            action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.
            kwargs: Options of the subscription, such as ``on_event``. With ``fill=True``, missed
                events are fetched by REST and delivered in order.

        Returns:
            A subscription whose events are ``KlineEvent[N]``. Its ``window(500)`` has the last 500
            candles, each a ``Kline[N]``.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#klinecandlestick-streams-for-utc
        (checked 2026-07-21).
        """
        return self._candle_stream(
            KLINE, {"symbol": symbol, "interval": interval}, id, action, kwargs
        )

    def kline_timezone_offset(
        self,
        symbol: str,
        interval: KlineInterval,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[FillOptions[KlineEvent[N]]],
    ) -> CandleSubscription[KlineEvent[N], Kline[N]]:
        """Subscribe to the current candle of a symbol, whose days and weeks begin at midnight
        UTC+8.

        Stream ``<symbol>@kline_<interval>@+08:00``, every 1000 ms if interval is 1s, every 2000 ms
        otherwise.

        Args:
            symbol: The trading pair, in either case.
            interval: Length of a candle. Allowed: ``"1s"``, ``"1m"``, ``"3m"``, ``"5m"``,
                ``"15m"``, ``"30m"``, ``"1h"``, ``"2h"``, ``"4h"``, ``"6h"``, ``"8h"``, ``"12h"``,
                ``"1d"``, ``"3d"``, ``"1w"``, ``"1M"``.
            id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.
            action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.
            kwargs: Options of the subscription, such as ``on_event``. With ``fill=True``, missed
                events are fetched by REST and delivered in order.

        Returns:
            A subscription whose events are ``KlineEvent[N]``. Its ``window(500)`` has the last 500
            candles, each a ``Kline[N]``.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#klinecandlestick-streams-with-timezone-offset
        (checked 2026-07-21).
        """
        return self._candle_stream(
            KLINE_TIMEZONE_OFFSET, {"symbol": symbol, "interval": interval}, id, action, kwargs
        )

    @overload
    def mini_ticker(
        self,
        symbol: None = None,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[SubscribeOptions[list[MiniTicker[N]]]],
    ) -> Subscription[list[MiniTicker[N]]]: ...

    @overload
    def mini_ticker(
        self,
        symbol: str,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[SubscribeOptions[MiniTicker[N]]],
    ) -> Subscription[MiniTicker[N]]: ...

    def mini_ticker(
        self,
        symbol: str | None = None,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[SubscribeOptions[Any]],
    ) -> Subscription[MiniTicker[N]] | Subscription[list[MiniTicker[N]]]:
        """Subscribe to the last 24 hours of one symbol in a few numbers.

        Without ``symbol``: the last 24 hours of every symbol that changed since the event before,
        in a few numbers.

        Stream ``<symbol>@miniTicker``, every 1000 ms.

        Stream ``!miniTicker@arr``, every 1000 ms.

        Args:
            symbol: The trading pair, in either case.
            id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.
            action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.
            kwargs: Options of the subscription, such as ``on_event``.

        Returns:
            A subscription whose events are ``MiniTicker[N]``. Without ``symbol`` they are
            ``list[MiniTicker[N]]``.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-mini-ticker-stream
        (checked 2026-07-21).

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#all-market-mini-tickers-stream
        (checked 2026-07-21).
        """
        if symbol is None:
            return self._stream(ALL_MINI_TICKERS, {}, id, action, kwargs)
        return self._stream(MINI_TICKER, {"symbol": symbol}, id, action, kwargs)

    def partial_book_depth(
        self,
        symbol: str,
        level: Literal[5, 10, 20] = 5,
        speed: Literal[1000, 100] = 1000,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[SubscribeOptions[PartialBookDepth[N]]],
    ) -> Subscription[PartialBookDepth[N]]:
        """Subscribe to the best bids and asks of the order book, down to a number of levels.

        Stream ``<symbol>@depth<level><speed>``, every 100 ms if speed is 100, every 1000 ms
        otherwise.

        Args:
            symbol: The trading pair, in either case.
            level: How many levels a side. Allowed: ``5``, ``10``, ``20``.
            speed: Milliseconds between two events. Allowed: ``1000``, ``100``.
            id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.
            action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.
            kwargs: Options of the subscription, such as ``on_event``.

        Returns:
            A subscription whose events are ``PartialBookDepth[N]``.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#partial-book-depth-streams
        (checked 2026-07-21).
        """
        return self._stream(
            PARTIAL_BOOK_DEPTH,
            {"symbol": symbol, "level": level, "speed": speed},
            id,
            action,
            kwargs,
        )

    def reference_price(
        self,
        symbol: str,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[SubscribeOptions[ReferencePrice[N]]],
    ) -> Subscription[ReferencePrice[N]]:
        """Subscribe to the reference price that the venue's price rules use.

        Stream ``<symbol>@referencePrice``, every 1000 ms.

        Args:
            symbol: The trading pair, in either case.
            id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.
            action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.
            kwargs: Options of the subscription, such as ``on_event``.

        Returns:
            A subscription whose events are ``ReferencePrice[N]``.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#reference-price-streams
        (checked 2026-07-21).
        """
        return self._stream(REFERENCE_PRICE, {"symbol": symbol}, id, action, kwargs)

    def rolling_window_ticker(
        self,
        symbol: str,
        windowSize: WindowSize,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[SubscribeOptions[RollingWindowTicker[N]]],
    ) -> Subscription[RollingWindowTicker[N]]:
        """Subscribe to statistics of one symbol over a rolling window. It opens on a whole minute
        and closes now, so it can be up to 59,999 ms wider than its name.

        Stream ``<symbol>@ticker_<windowSize>``, every 1000 ms.

        Args:
            symbol: The trading pair, in either case.
            windowSize: Length of the window. Allowed: ``"1h"``, ``"4h"``, ``"1d"``.
            id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.
            action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.
            kwargs: Options of the subscription, such as ``on_event``.

        Returns:
            A subscription whose events are ``RollingWindowTicker[N]``.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-rolling-window-statistics-streams
        (checked 2026-07-21).
        """
        return self._stream(
            ROLLING_WINDOW_TICKER, {"symbol": symbol, "windowSize": windowSize}, id, action, kwargs
        )

    def rolling_window_ticker_all_symbols(
        self,
        windowSize: WindowSize,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[SubscribeOptions[list[RollingWindowTicker[N]]]],
    ) -> Subscription[list[RollingWindowTicker[N]]]:
        """Subscribe to statistics over a rolling window of every symbol that changed since the
        event before.

        Stream ``!ticker_<windowSize>@arr``, every 1000 ms.

        Args:
            windowSize: Length of the window. Allowed: ``"1h"``, ``"4h"``, ``"1d"``.
            id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.
            action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.
            kwargs: Options of the subscription, such as ``on_event``.

        Returns:
            A subscription whose events are ``list[RollingWindowTicker[N]]``.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#all-market-rolling-window-statistics-streams
        (checked 2026-07-21).
        """
        return self._stream(
            ROLLING_WINDOW_TICKER_ALL_SYMBOLS, {"windowSize": windowSize}, id, action, kwargs
        )

    @overload
    def ticker(
        self,
        symbol: None = None,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[SubscribeOptions[list[Ticker[N]]]],
    ) -> Subscription[list[Ticker[N]]]: ...

    @overload
    def ticker(
        self,
        symbol: str,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[SubscribeOptions[Ticker[N]]],
    ) -> Subscription[Ticker[N]]: ...

    def ticker(
        self,
        symbol: str | None = None,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[SubscribeOptions[Any]],
    ) -> Subscription[Ticker[N]] | Subscription[list[Ticker[N]]]:
        """Subscribe to statistics of one symbol over the last 24 hours.

        Without ``symbol``: statistics over the last 24 hours of every symbol that changed since the
        event before.

        Stream ``<symbol>@ticker``, every 1000 ms.

        Stream ``!ticker@arr``, every 1000 ms. Retired on production on 2026-03-26: use
        <symbol>@ticker or !miniTicker@arr instead. Subscribing to it warns; servers that still have
        it continue to send.

        Args:
            symbol: The trading pair, in either case.
            id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.
            action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.
            kwargs: Options of the subscription, such as ``on_event``.

        Returns:
            A subscription whose events are ``Ticker[N]``. Without ``symbol`` they are
            ``list[Ticker[N]]``.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-ticker-streams
        (checked 2026-07-21).

        Source: https://github.com/binance/binance-spot-api-docs/blob/master/CHANGELOG.md#2025-11-14
        (checked 2026-07-21).
        """
        if symbol is None:
            return self._stream(ALL_TICKERS, {}, id, action, kwargs)
        return self._stream(TICKER, {"symbol": symbol}, id, action, kwargs)

    def trade(
        self,
        symbol: str,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[FillOptions[Trade[N]]],
    ) -> Subscription[Trade[N]]:
        """Subscribe to every single trade, each with one buyer and one seller.

        Stream ``<symbol>@trade``, in real time.

        Args:
            symbol: The trading pair, in either case.
            id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.
            action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.
            kwargs: Options of the subscription, such as ``on_event``. With ``fill=True``, missed
                events are fetched by REST and delivered in order.

        Returns:
            A subscription whose events are ``Trade[N]``.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#trade-streams
        (checked 2026-07-21).
        """
        return self._stream(TRADE, {"symbol": symbol}, id, action, kwargs)

    def user_data(
        self,
        listen_key: str,
        id: RequestId = None,
        action: Action = None,
        **kwargs: Unpack[SubscribeOptions[UserDataEvent[N]]],
    ) -> Subscription[UserDataEvent[N]]:
        """Subscribe to what happens to one account and its orders, by listen key.

        Stream ``<listen_key>``, in real time. Retired on production on 2026-02-20: use
        client.account(key) instead. Subscribing to it warns; servers that still have it continue to
        send.

        Args:
            listen_key: The account's listen key. It is secret.
            id: The request's id: an integer, or up to 36 ASCII letters and digits; chosen if None.
            action: ``ACTION_UNSUBSCRIBE`` to unsubscribe; otherwise it subscribes.
            kwargs: Options of the subscription, such as ``on_event``.

        Returns:
            A subscription whose events are ``UserDataEvent[N]``.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/user-data-stream.md#user-data-stream-events
        (checked 2026-07-21).
        """
        return self._stream(USER_DATA, {"listen_key": listen_key}, id, action, kwargs)

    def account(
        self,
        key: SigningKey,
        *,
        recv_window: float | None = None,
        **kwargs: Unpack[SubscribeOptions[AccountEvent[N]]],
    ) -> Account[N]:
        """Subscribe to what happens to an account and its orders.

        Returns at once; ``wait()`` on the result waits until the server has confirmed it. What the
        connection misses while it is interrupted is missing: a ``Gap`` says so once it is back, and
        ``state()`` asks for balances and open orders. The same API key gives the same account as
        long as it lasts.

        Args:
            key: The API key and what signs with it: ``HmacKey``, ``Ed25519Key``, ``RsaKey``, or any
                object with ``api_key`` and ``sign``.
            recv_window: Milliseconds for which a request is valid after it was signed, at most
                60000 and with at most three decimal places; None for the server's 5000.
            kwargs: Options of the subscription, such as ``on_event``; ``overflow`` cannot be
                ``latest``, as each event counts.

        Returns:
            The account, whose events are ``AccountEvent[N]``.

        Raises:
            ParameterError: An argument is not allowed, or the server has no WebSocket API; nothing
                has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/user-data-stream.md#user-data-stream-events
        (checked 2026-07-21).
        """
        # On demand only: the types of all requests take longer than other imports.
        from binance_streams._account import Account

        return self._account(Account[N], key, recv_window, kwargs)

    @property
    def accounts(self) -> tuple[Account[N], ...]:
        """Every account whose subscription has not ended."""
        return self._accounts()

    def order_book(
        self,
        symbol: str,
        speed: Literal[1000, 100] = 100,
        depth: int = 5000,
        verify: bool | None = None,
        **kwargs: Unpack[BookOptions[N]],
    ) -> OrderBook[N]:
        """Keep a local copy of an order book.

        Returns at once; ``wait()`` on the result waits until it is synced. It starts from a
        snapshot and applies the changes of ``<symbol>@depth<speed>``. What is missed makes it stale
        or resyncing, never wrong: its ``state`` says so. The same arguments give the same book as
        long as it lasts.

        Args:
            symbol: The trading pair, in either case.
            speed: Milliseconds between two events. Allowed: ``1000``, ``100``.
            depth: Levels of each side to know, from 1 to 5000.
            verify: Whether to compare the book with ``<symbol>@bookTicker``, at no request weight:
                True all the time, False never, None (the default) for a while, in turn with other
                books.
            kwargs: Options of the book, such as ``on_event``.

        Returns:
            The book: read it at any time, or iterate its changes.

        Raises:
            ParameterError: An argument is not allowed; nothing has been sent.

        Source:
        https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#how-to-manage-a-local-order-book-correctly
        (checked 2026-07-21).
        """
        return self._order_book({"symbol": symbol, "speed": speed}, depth, verify, kwargs)
