"""What type checkers must infer of accounts. Never run.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import Any, assert_type

from binance_streams import (
    Account,
    AccountBalance,
    AccountEvent,
    AccountState,
    AccountStatus,
    AccountSubscription,
    AccountTrade,
    AsyncAccount,
    AsyncClient,
    CanceledOrder,
    CanceledOrderReport,
    Client,
    CommissionRates,
    ContingencyType,
    ExpiryReason,
    HmacKey,
    ListOrderStatus,
    ListStatusType,
    Notice,
    Order,
    OrderFill,
    OrderList,
    OrderListOrder,
    OrderSide,
    OrderStatus,
    OrderType,
    PlacedOrder,
    SelfTradePreventionMode,
    ServerTime,
    SessionStatus,
    TimeInForce,
    WorkingFloor,
)


def with_decimal(client: Client[Decimal], key: HmacKey) -> None:
    """Subscribing, every way to read, and every request."""

    def take(event: AccountEvent[Decimal]) -> None: ...

    account = client.account(key)
    assert_type(account, Account[Decimal])
    assert_type(client.account(key, recv_window=5000, on_event=take), Account[Decimal])
    assert_type(account.get(timeout=10), AccountEvent[Decimal])
    for event in account:
        assert_type(event, AccountEvent[Decimal])
    for batch in account.batches():
        assert_type(batch, list[AccountEvent[Decimal]])
    for item in account.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, AccountEvent[Decimal])
    state = account.state()
    assert_type(state, AccountState[Decimal])
    assert_type(state.open_orders, dict[tuple[str, int], Order[Decimal]])
    assert_type(account.request("account.commission", symbol="币安人生USDT"), Any)
    assert_type(account.request("account.rateLimits.orders"), Any)
    assert_type(account.request("account.status", omitZeroBalances=True), AccountStatus[Decimal])
    assert_type(
        account.request(
            "allOrderLists",
            fromId=9007199254740993,
            startTime=9007199254740993,
            endTime=9007199254740993,
            limit=9007199254740993,
        ),
        list[OrderList],
    )
    assert_type(
        account.request(
            "allOrders",
            symbol="币安人生USDT",
            orderId=9007199254740993,
            startTime=9007199254740993,
            endTime=9007199254740993,
            limit=9007199254740993,
        ),
        list[Order[Decimal]],
    )
    assert_type(account.request("avgPrice", symbol="币安人生USDT"), Any)
    assert_type(
        account.request(
            "blockTrades.historical",
            symbol="币安人生USDT",
            fromId=9007199254740993,
            limit=9007199254740993,
        ),
        Any,
    )
    assert_type(
        account.request(
            "depth", symbol="币安人生USDT", limit=9007199254740993, symbolStatus="BREAK"
        ),
        Any,
    )
    assert_type(
        account.request(
            "exchangeInfo",
            symbol="币安人生USDT",
            symbols=("BTCUSDT", "币安人生USDT"),
            permissions=("BTCUSDT", "币安人生USDT"),
            showPermissionSets=True,
            symbolStatus="BREAK",
        ),
        Any,
    )
    assert_type(
        account.request(
            "executionRules",
            symbol="币安人生USDT",
            symbols=("BTCUSDT", "币安人生USDT"),
            symbolStatus="BREAK",
        ),
        Any,
    )
    assert_type(
        account.request(
            "klines",
            symbol="币安人生USDT",
            interval="1M",
            startTime=9007199254740993,
            endTime=9007199254740993,
            timeZone="币安人生USDT",
            limit=9007199254740993,
        ),
        Any,
    )
    assert_type(
        account.request(
            "myAllocations",
            symbol="币安人生USDT",
            startTime=9007199254740993,
            endTime=9007199254740993,
            fromAllocationId=9007199254740993,
            limit=9007199254740993,
            orderId=9007199254740993,
        ),
        Any,
    )
    assert_type(account.request("myFilters", symbol="币安人生USDT"), Any)
    assert_type(
        account.request(
            "myPreventedMatches",
            symbol="币安人生USDT",
            preventedMatchId=9007199254740993,
            orderId=9007199254740993,
            fromPreventedMatchId=9007199254740993,
            limit=9007199254740993,
        ),
        Any,
    )
    assert_type(
        account.request(
            "myTrades",
            symbol="币安人生USDT",
            orderId=9007199254740993,
            startTime=9007199254740993,
            endTime=9007199254740993,
            fromId=9007199254740993,
            limit=9007199254740993,
        ),
        list[AccountTrade[Decimal]],
    )
    assert_type(account.request("openOrderLists.status"), list[OrderList])
    assert_type(account.request("openOrders.cancelAll", symbol="币安人生USDT"), Any)
    assert_type(account.request("openOrders.status", symbol="币安人生USDT"), list[Order[Decimal]])
    assert_type(
        account.request(
            "order.amend.keepPriority",
            symbol="币安人生USDT",
            orderId=9007199254740993,
            origClientOrderId="币安人生USDT",
            newClientOrderId="币安人生USDT",
            newQty=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(
        account.request(
            "order.amendments",
            symbol="币安人生USDT",
            orderId=9007199254740993,
            fromExecutionId=9007199254740993,
            limit=9007199254740993,
        ),
        Any,
    )
    assert_type(
        account.request(
            "order.cancel",
            symbol="币安人生USDT",
            orderId=9007199254740993,
            origClientOrderId="币安人生USDT",
            newClientOrderId="币安人生USDT",
            cancelRestrictions="ONLY_PARTIALLY_FILLED",
        ),
        CanceledOrder[Decimal],
    )
    assert_type(
        account.request(
            "order.cancelReplace",
            symbol="币安人生USDT",
            cancelReplaceMode="ALLOW_FAILURE",
            cancelOrderId=9007199254740993,
            cancelOrigClientOrderId="币安人生USDT",
            cancelNewClientOrderId="币安人生USDT",
            cancelRestrictions="ONLY_PARTIALLY_FILLED",
            orderRateLimitExceededMode="CANCEL_ONLY",
            side="SELL",
            type="LIMIT_MAKER",
            timeInForce="FOK",
            price=Decimal("0.00000100"),
            quantity=Decimal("0.00000100"),
            quoteOrderQty=Decimal("0.00000100"),
            newClientOrderId="币安人生USDT",
            newOrderRespType="FULL",
            stopPrice=Decimal("0.00000100"),
            trailingDelta=9007199254740993,
            icebergQty=Decimal("0.00000100"),
            strategyId=9007199254740993,
            strategyType=9007199254740993,
            selfTradePreventionMode="TRANSFER",
            pegPriceType="MARKET_PEG",
            pegOffsetType="PRICE_LEVEL",
            pegOffsetValue=9007199254740993,
        ),
        Any,
    )
    assert_type(
        account.request(
            "order.place",
            symbol="币安人生USDT",
            side="SELL",
            type="LIMIT_MAKER",
            timeInForce="FOK",
            price=Decimal("0.00000100"),
            quantity=Decimal("0.00000100"),
            quoteOrderQty=Decimal("0.00000100"),
            newClientOrderId="币安人生USDT",
            newOrderRespType="FULL",
            stopPrice=Decimal("0.00000100"),
            trailingDelta=9007199254740993,
            icebergQty=Decimal("0.00000100"),
            strategyId=9007199254740993,
            strategyType=9007199254740993,
            selfTradePreventionMode="TRANSFER",
            pegPriceType="MARKET_PEG",
            pegOffsetType="PRICE_LEVEL",
            pegOffsetValue=9007199254740993,
        ),
        PlacedOrder[Decimal],
    )
    assert_type(
        account.request(
            "order.status",
            symbol="币安人生USDT",
            orderId=9007199254740993,
            origClientOrderId="币安人生USDT",
        ),
        Order[Decimal],
    )
    assert_type(
        account.request(
            "order.test",
            symbol="币安人生USDT",
            side="SELL",
            type="LIMIT_MAKER",
            timeInForce="FOK",
            price=Decimal("0.00000100"),
            quantity=Decimal("0.00000100"),
            quoteOrderQty=Decimal("0.00000100"),
            newClientOrderId="币安人生USDT",
            newOrderRespType="FULL",
            stopPrice=Decimal("0.00000100"),
            trailingDelta=9007199254740993,
            icebergQty=Decimal("0.00000100"),
            strategyId=9007199254740993,
            strategyType=9007199254740993,
            selfTradePreventionMode="TRANSFER",
            pegPriceType="MARKET_PEG",
            pegOffsetType="PRICE_LEVEL",
            pegOffsetValue=9007199254740993,
            computeCommissionRates=True,
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.cancel",
            symbol="币安人生USDT",
            orderListId=9007199254740993,
            listClientOrderId="币安人生USDT",
            newClientOrderId="币安人生USDT",
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place",
            symbol="币安人生USDT",
            side="SELL",
            price=Decimal("0.00000100"),
            quantity=Decimal("0.00000100"),
            listClientOrderId="币安人生USDT",
            limitClientOrderId="币安人生USDT",
            limitIcebergQty=Decimal("0.00000100"),
            limitStrategyId=9007199254740993,
            limitStrategyType=9007199254740993,
            stopPrice=Decimal("0.00000100"),
            trailingDelta=9007199254740993,
            stopClientOrderId="币安人生USDT",
            stopLimitPrice=Decimal("0.00000100"),
            stopLimitTimeInForce="FOK",
            stopIcebergQty=Decimal("0.00000100"),
            stopStrategyId=9007199254740993,
            stopStrategyType=9007199254740993,
            newOrderRespType="FULL",
            selfTradePreventionMode="TRANSFER",
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place.oco",
            symbol="币安人生USDT",
            listClientOrderId="币安人生USDT",
            newOrderRespType="FULL",
            selfTradePreventionMode="TRANSFER",
            side="SELL",
            quantity=Decimal("0.00000100"),
            aboveType="TAKE_PROFIT_LIMIT",
            aboveClientOrderId="币安人生USDT",
            abovePrice=Decimal("0.00000100"),
            aboveStopPrice=Decimal("0.00000100"),
            aboveTrailingDelta=9007199254740993,
            aboveIcebergQty=Decimal("0.00000100"),
            aboveTimeInForce="FOK",
            aboveStrategyId=9007199254740993,
            aboveStrategyType=9007199254740993,
            abovePegPriceType="MARKET_PEG",
            abovePegOffsetType="PRICE_LEVEL",
            abovePegOffsetValue=9007199254740993,
            belowType="TAKE_PROFIT_LIMIT",
            belowClientOrderId="币安人生USDT",
            belowPrice=Decimal("0.00000100"),
            belowStopPrice=Decimal("0.00000100"),
            belowTrailingDelta=9007199254740993,
            belowIcebergQty=Decimal("0.00000100"),
            belowTimeInForce="FOK",
            belowStrategyId=9007199254740993,
            belowStrategyType=9007199254740993,
            belowPegPriceType="MARKET_PEG",
            belowPegOffsetType="PRICE_LEVEL",
            belowPegOffsetValue=9007199254740993,
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place.opo",
            symbol="币安人生USDT",
            listClientOrderId="币安人生USDT",
            newOrderRespType="FULL",
            selfTradePreventionMode="TRANSFER",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingClientOrderId="币安人生USDT",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            workingIcebergQty=Decimal("0.00000100"),
            workingTimeInForce="FOK",
            workingStrategyId=9007199254740993,
            workingStrategyType=9007199254740993,
            workingPegPriceType="MARKET_PEG",
            workingPegOffsetType="PRICE_LEVEL",
            workingPegOffsetValue=9007199254740993,
            pendingType="LIMIT_MAKER",
            pendingSide="SELL",
            pendingClientOrderId="币安人生USDT",
            pendingPrice=Decimal("0.00000100"),
            pendingStopPrice=Decimal("0.00000100"),
            pendingTrailingDelta=9007199254740993,
            pendingIcebergQty=Decimal("0.00000100"),
            pendingTimeInForce="FOK",
            pendingStrategyId=9007199254740993,
            pendingStrategyType=9007199254740993,
            pendingPegPriceType="MARKET_PEG",
            pendingPegOffsetType="PRICE_LEVEL",
            pendingPegOffsetValue=9007199254740993,
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place.opoco",
            symbol="币安人生USDT",
            listClientOrderId="币安人生USDT",
            newOrderRespType="FULL",
            selfTradePreventionMode="TRANSFER",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingClientOrderId="币安人生USDT",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            workingIcebergQty=Decimal("0.00000100"),
            workingTimeInForce="FOK",
            workingStrategyId=9007199254740993,
            workingStrategyType=9007199254740993,
            workingPegPriceType="MARKET_PEG",
            workingPegOffsetType="PRICE_LEVEL",
            workingPegOffsetValue=9007199254740993,
            pendingSide="SELL",
            pendingAboveType="TAKE_PROFIT_LIMIT",
            pendingAboveClientOrderId="币安人生USDT",
            pendingAbovePrice=Decimal("0.00000100"),
            pendingAboveStopPrice=Decimal("0.00000100"),
            pendingAboveTrailingDelta=9007199254740993,
            pendingAboveIcebergQty=Decimal("0.00000100"),
            pendingAboveTimeInForce="FOK",
            pendingAboveStrategyId=9007199254740993,
            pendingAboveStrategyType=9007199254740993,
            pendingAbovePegPriceType="MARKET_PEG",
            pendingAbovePegOffsetType="PRICE_LEVEL",
            pendingAbovePegOffsetValue=9007199254740993,
            pendingBelowType="TAKE_PROFIT_LIMIT",
            pendingBelowClientOrderId="币安人生USDT",
            pendingBelowPrice=Decimal("0.00000100"),
            pendingBelowStopPrice=Decimal("0.00000100"),
            pendingBelowTrailingDelta=9007199254740993,
            pendingBelowIcebergQty=Decimal("0.00000100"),
            pendingBelowTimeInForce="FOK",
            pendingBelowStrategyId=9007199254740993,
            pendingBelowStrategyType=9007199254740993,
            pendingBelowPegPriceType="MARKET_PEG",
            pendingBelowPegOffsetType="PRICE_LEVEL",
            pendingBelowPegOffsetValue=9007199254740993,
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place.oto",
            symbol="币安人生USDT",
            listClientOrderId="币安人生USDT",
            newOrderRespType="FULL",
            selfTradePreventionMode="TRANSFER",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingClientOrderId="币安人生USDT",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            workingIcebergQty=Decimal("0.00000100"),
            workingTimeInForce="FOK",
            workingStrategyId=9007199254740993,
            workingStrategyType=9007199254740993,
            workingPegPriceType="MARKET_PEG",
            workingPegOffsetType="PRICE_LEVEL",
            workingPegOffsetValue=9007199254740993,
            pendingType="LIMIT_MAKER",
            pendingSide="SELL",
            pendingClientOrderId="币安人生USDT",
            pendingPrice=Decimal("0.00000100"),
            pendingStopPrice=Decimal("0.00000100"),
            pendingTrailingDelta=9007199254740993,
            pendingQuantity=Decimal("0.00000100"),
            pendingIcebergQty=Decimal("0.00000100"),
            pendingTimeInForce="FOK",
            pendingStrategyId=9007199254740993,
            pendingStrategyType=9007199254740993,
            pendingPegPriceType="MARKET_PEG",
            pendingPegOffsetType="PRICE_LEVEL",
            pendingPegOffsetValue=9007199254740993,
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place.otoco",
            symbol="币安人生USDT",
            listClientOrderId="币安人生USDT",
            newOrderRespType="FULL",
            selfTradePreventionMode="TRANSFER",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingClientOrderId="币安人生USDT",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            workingIcebergQty=Decimal("0.00000100"),
            workingTimeInForce="FOK",
            workingStrategyId=9007199254740993,
            workingStrategyType=9007199254740993,
            workingPegPriceType="MARKET_PEG",
            workingPegOffsetType="PRICE_LEVEL",
            workingPegOffsetValue=9007199254740993,
            pendingSide="SELL",
            pendingQuantity=Decimal("0.00000100"),
            pendingAboveType="TAKE_PROFIT_LIMIT",
            pendingAboveClientOrderId="币安人生USDT",
            pendingAbovePrice=Decimal("0.00000100"),
            pendingAboveStopPrice=Decimal("0.00000100"),
            pendingAboveTrailingDelta=9007199254740993,
            pendingAboveIcebergQty=Decimal("0.00000100"),
            pendingAboveTimeInForce="FOK",
            pendingAboveStrategyId=9007199254740993,
            pendingAboveStrategyType=9007199254740993,
            pendingAbovePegPriceType="MARKET_PEG",
            pendingAbovePegOffsetType="PRICE_LEVEL",
            pendingAbovePegOffsetValue=9007199254740993,
            pendingBelowType="TAKE_PROFIT_LIMIT",
            pendingBelowClientOrderId="币安人生USDT",
            pendingBelowPrice=Decimal("0.00000100"),
            pendingBelowStopPrice=Decimal("0.00000100"),
            pendingBelowTrailingDelta=9007199254740993,
            pendingBelowIcebergQty=Decimal("0.00000100"),
            pendingBelowTimeInForce="FOK",
            pendingBelowStrategyId=9007199254740993,
            pendingBelowStrategyType=9007199254740993,
            pendingBelowPegPriceType="MARKET_PEG",
            pendingBelowPegOffsetType="PRICE_LEVEL",
            pendingBelowPegOffsetValue=9007199254740993,
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.status", orderListId=9007199254740993, origClientOrderId="币安人生USDT"
        ),
        OrderList,
    )
    assert_type(account.request("ping"), Any)
    assert_type(account.request("referencePrice", symbol="币安人生USDT"), Any)
    assert_type(
        account.request("referencePrice.calculation", symbol="币安人生USDT", symbolStatus="BREAK"),
        Any,
    )
    assert_type(account.request("session.status"), SessionStatus)
    assert_type(account.request("session.subscriptions"), list[AccountSubscription])
    assert_type(
        account.request(
            "sor.order.place",
            symbol="币安人生USDT",
            side="SELL",
            type="MARKET",
            timeInForce="FOK",
            price=Decimal("0.00000100"),
            quantity=Decimal("0.00000100"),
            newClientOrderId="币安人生USDT",
            newOrderRespType="FULL",
            icebergQty=Decimal("0.00000100"),
            strategyId=9007199254740993,
            strategyType=9007199254740993,
            selfTradePreventionMode="TRANSFER",
        ),
        Any,
    )
    assert_type(
        account.request(
            "sor.order.test",
            symbol="币安人生USDT",
            side="SELL",
            type="MARKET",
            timeInForce="FOK",
            price=Decimal("0.00000100"),
            quantity=Decimal("0.00000100"),
            newClientOrderId="币安人生USDT",
            newOrderRespType="FULL",
            icebergQty=Decimal("0.00000100"),
            strategyId=9007199254740993,
            strategyType=9007199254740993,
            selfTradePreventionMode="TRANSFER",
            computeCommissionRates=True,
        ),
        Any,
    )
    assert_type(
        account.request(
            "ticker",
            symbol="币安人生USDT",
            symbols=("BTCUSDT", "币安人生USDT"),
            type="MINI",
            windowSize="币安人生USDT",
            symbolStatus="BREAK",
        ),
        Any,
    )
    assert_type(
        account.request(
            "ticker.24hr",
            symbol="币安人生USDT",
            symbols=("BTCUSDT", "币安人生USDT"),
            type="MINI",
            symbolStatus="BREAK",
        ),
        Any,
    )
    assert_type(
        account.request(
            "ticker.book",
            symbol="币安人生USDT",
            symbols=("BTCUSDT", "币安人生USDT"),
            symbolStatus="BREAK",
        ),
        Any,
    )
    assert_type(
        account.request(
            "ticker.price",
            symbol="币安人生USDT",
            symbols=("BTCUSDT", "币安人生USDT"),
            symbolStatus="BREAK",
        ),
        Any,
    )
    assert_type(
        account.request(
            "ticker.tradingDay",
            symbol="币安人生USDT",
            symbols=("BTCUSDT", "币安人生USDT"),
            timeZone="币安人生USDT",
            type="MINI",
            symbolStatus="BREAK",
        ),
        Any,
    )
    assert_type(account.request("time"), ServerTime)
    assert_type(
        account.request(
            "trades.aggregate",
            symbol="币安人生USDT",
            fromId=9007199254740993,
            startTime=9007199254740993,
            endTime=9007199254740993,
            limit=9007199254740993,
        ),
        Any,
    )
    assert_type(
        account.request(
            "trades.historical",
            symbol="币安人生USDT",
            fromId=9007199254740993,
            limit=9007199254740993,
        ),
        Any,
    )
    assert_type(
        account.request("trades.recent", symbol="币安人生USDT", limit=9007199254740993), Any
    )
    assert_type(
        account.request(
            "uiKlines",
            symbol="币安人生USDT",
            interval="1M",
            startTime=9007199254740993,
            endTime=9007199254740993,
            timeZone="币安人生USDT",
            limit=9007199254740993,
        ),
        Any,
    )


async def async_with_decimal(client: AsyncClient[Decimal], key: HmacKey) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: AccountEvent[Decimal]) -> None: ...

    async def take_async(event: AccountEvent[Decimal]) -> None: ...

    account = client.account(key)
    assert_type(account, AsyncAccount[Decimal])
    assert_type(await account, AsyncAccount[Decimal])
    assert_type(client.account(key, on_event=take), AsyncAccount[Decimal])
    assert_type(client.account(key, on_event=take_async), AsyncAccount[Decimal])
    assert_type(await account.get(timeout=10), AccountEvent[Decimal])
    async for event in account:
        assert_type(event, AccountEvent[Decimal])
    assert_type(await account.state(), AccountState[Decimal])


def accountstatus_with_decimal(result: AccountStatus[Decimal]) -> None:
    """Every field."""
    assert_type(result.maker_commission, int)
    assert_type(result.taker_commission, int)
    assert_type(result.buyer_commission, int)
    assert_type(result.seller_commission, int)
    assert_type(result.can_trade, bool)
    assert_type(result.can_withdraw, bool)
    assert_type(result.can_deposit, bool)
    assert_type(result.commission_rates, CommissionRates[Decimal])
    assert_type(result.is_brokered, bool)
    assert_type(result.requires_self_trade_prevention, bool)
    assert_type(result.prevents_sor, bool)
    assert_type(result.account_update_time, int)
    assert_type(result.account_type, str)
    assert_type(result.balances, list[AccountBalance[Decimal]])
    assert_type(result.permissions, list[str])
    assert_type(result.user_id, int)


def orderlist_with_decimal(result: OrderList) -> None:
    """Every field."""
    assert_type(result.order_list_id, int)
    assert_type(result.contingency_type, ContingencyType)
    assert_type(result.list_status_type, ListStatusType)
    assert_type(result.list_order_status, ListOrderStatus)
    assert_type(result.list_client_order_id, str)
    assert_type(result.transaction_time, int)
    assert_type(result.symbol, str)
    assert_type(result.orders, list[OrderListOrder])


def order_with_decimal(result: Order[Decimal]) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.order_id, int)
    assert_type(result.order_list_id, int)
    assert_type(result.client_order_id, str)
    assert_type(result.price, Decimal)
    assert_type(result.quantity, Decimal)
    assert_type(result.cumulative_filled_quantity, Decimal)
    assert_type(result.cumulative_quote_quantity, Decimal | None)
    assert_type(result.order_status, OrderStatus)
    assert_type(result.time_in_force, TimeInForce)
    assert_type(result.order_type, OrderType)
    assert_type(result.side, OrderSide)
    assert_type(result.stop_price, Decimal | None)
    assert_type(result.trailing_delta, int | None)
    assert_type(result.trailing_time, int | None)
    assert_type(result.iceberg_quantity, Decimal | None)
    assert_type(result.order_creation_time, int | None)
    assert_type(result.transaction_time, int)
    assert_type(result.is_on_book, bool)
    assert_type(result.working_time, int | None)
    assert_type(result.quote_order_quantity, Decimal | None)
    assert_type(result.strategy_id, int | None)
    assert_type(result.strategy_type, int | None)
    assert_type(result.self_trade_prevention_mode, SelfTradePreventionMode | None)
    assert_type(result.prevented_match_id, int | None)
    assert_type(result.prevented_quantity, Decimal | None)
    assert_type(result.used_sor, bool | None)
    assert_type(result.working_floor, WorkingFloor | None)
    assert_type(result.pegged_price_type, str | None)
    assert_type(result.pegged_offset_type, str | None)
    assert_type(result.pegged_offset_value, int | None)
    assert_type(result.pegged_price, Decimal | None)
    assert_type(result.expiry_reason, ExpiryReason | None)


def accounttrade_with_decimal(result: AccountTrade[Decimal]) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.trade_id, int)
    assert_type(result.order_id, int)
    assert_type(result.order_list_id, int)
    assert_type(result.price, Decimal)
    assert_type(result.quantity, Decimal)
    assert_type(result.quote_quantity, Decimal)
    assert_type(result.commission_amount, Decimal)
    assert_type(result.commission_asset, str | None)
    assert_type(result.trade_time, int)
    assert_type(result.is_buyer, bool)
    assert_type(result.is_maker, bool)
    assert_type(result.is_best_match, bool)


def canceledorder_with_decimal(result: CanceledOrder[Decimal]) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.order_list_id, int)
    assert_type(result.original_client_order_id, str | None)
    assert_type(result.order_id, int | None)
    assert_type(result.client_order_id, str | None)
    assert_type(result.transaction_time, int | None)
    assert_type(result.price, Decimal | None)
    assert_type(result.quantity, Decimal | None)
    assert_type(result.cumulative_filled_quantity, Decimal | None)
    assert_type(result.quote_order_quantity, Decimal | None)
    assert_type(result.cumulative_quote_quantity, Decimal | None)
    assert_type(result.order_status, OrderStatus | None)
    assert_type(result.time_in_force, TimeInForce | None)
    assert_type(result.order_type, OrderType | None)
    assert_type(result.side, OrderSide | None)
    assert_type(result.working_time, int | None)
    assert_type(result.stop_price, Decimal | None)
    assert_type(result.trailing_delta, int | None)
    assert_type(result.trailing_time, int | None)
    assert_type(result.iceberg_quantity, Decimal | None)
    assert_type(result.strategy_id, int | None)
    assert_type(result.strategy_type, int | None)
    assert_type(result.self_trade_prevention_mode, SelfTradePreventionMode | None)
    assert_type(result.prevented_match_id, int | None)
    assert_type(result.prevented_quantity, Decimal | None)
    assert_type(result.used_sor, bool | None)
    assert_type(result.working_floor, WorkingFloor | None)
    assert_type(result.pegged_price_type, str | None)
    assert_type(result.pegged_offset_type, str | None)
    assert_type(result.pegged_offset_value, int | None)
    assert_type(result.pegged_price, Decimal | None)
    assert_type(result.expiry_reason, ExpiryReason | None)
    assert_type(result.contingency_type, ContingencyType | None)
    assert_type(result.list_status_type, ListStatusType | None)
    assert_type(result.list_order_status, ListOrderStatus | None)
    assert_type(result.list_client_order_id, str | None)
    assert_type(result.list_transaction_time, int | None)
    assert_type(result.orders, list[OrderListOrder] | None)
    assert_type(result.order_reports, list[CanceledOrderReport[Decimal]] | None)


def placedorder_with_decimal(result: PlacedOrder[Decimal]) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.order_id, int)
    assert_type(result.order_list_id, int)
    assert_type(result.client_order_id, str)
    assert_type(result.transaction_time, int)
    assert_type(result.price, Decimal | None)
    assert_type(result.quantity, Decimal | None)
    assert_type(result.cumulative_filled_quantity, Decimal | None)
    assert_type(result.quote_order_quantity, Decimal | None)
    assert_type(result.cumulative_quote_quantity, Decimal | None)
    assert_type(result.order_status, OrderStatus | None)
    assert_type(result.time_in_force, TimeInForce | None)
    assert_type(result.order_type, OrderType | None)
    assert_type(result.side, OrderSide | None)
    assert_type(result.working_time, int | None)
    assert_type(result.stop_price, Decimal | None)
    assert_type(result.trailing_delta, int | None)
    assert_type(result.trailing_time, int | None)
    assert_type(result.iceberg_quantity, Decimal | None)
    assert_type(result.strategy_id, int | None)
    assert_type(result.strategy_type, int | None)
    assert_type(result.self_trade_prevention_mode, SelfTradePreventionMode | None)
    assert_type(result.prevented_match_id, int | None)
    assert_type(result.prevented_quantity, Decimal | None)
    assert_type(result.used_sor, bool | None)
    assert_type(result.working_floor, WorkingFloor | None)
    assert_type(result.pegged_price_type, str | None)
    assert_type(result.pegged_offset_type, str | None)
    assert_type(result.pegged_offset_value, int | None)
    assert_type(result.pegged_price, Decimal | None)
    assert_type(result.expiry_reason, ExpiryReason | None)
    assert_type(result.fills, list[OrderFill[Decimal]] | None)


def sessionstatus_with_decimal(result: SessionStatus) -> None:
    """Every field."""
    assert_type(result.api_key, str | None)
    assert_type(result.authorized_since, int | None)
    assert_type(result.connected_since, int)
    assert_type(result.return_rate_limits, bool)
    assert_type(result.server_time, int)
    assert_type(result.user_data_stream, bool | None)


def accountsubscription_with_decimal(result: AccountSubscription) -> None:
    """Every field."""
    assert_type(result.subscription_id, int)


def servertime_with_decimal(result: ServerTime) -> None:
    """Every field."""
    assert_type(result.server_time, int)


def commissionrates_with_decimal(result: CommissionRates[Decimal]) -> None:
    """Every field."""
    assert_type(result.maker, Decimal)
    assert_type(result.taker, Decimal)
    assert_type(result.buyer, Decimal)
    assert_type(result.seller, Decimal)


def accountbalance_with_decimal(result: AccountBalance[Decimal]) -> None:
    """Every field."""
    assert_type(result.asset, str)
    assert_type(result.free, Decimal)
    assert_type(result.locked, Decimal)


def orderlistorder_with_decimal(result: OrderListOrder) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.order_id, int)
    assert_type(result.client_order_id, str)


def canceledorderreport_with_decimal(result: CanceledOrderReport[Decimal]) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.original_client_order_id, str)
    assert_type(result.order_id, int)
    assert_type(result.order_list_id, int)
    assert_type(result.client_order_id, str)
    assert_type(result.transaction_time, int)
    assert_type(result.price, Decimal)
    assert_type(result.quantity, Decimal)
    assert_type(result.cumulative_filled_quantity, Decimal)
    assert_type(result.quote_order_quantity, Decimal | None)
    assert_type(result.cumulative_quote_quantity, Decimal | None)
    assert_type(result.order_status, OrderStatus)
    assert_type(result.time_in_force, TimeInForce)
    assert_type(result.order_type, OrderType)
    assert_type(result.side, OrderSide)
    assert_type(result.working_time, int | None)
    assert_type(result.stop_price, Decimal | None)
    assert_type(result.trailing_delta, int | None)
    assert_type(result.trailing_time, int | None)
    assert_type(result.iceberg_quantity, Decimal | None)
    assert_type(result.strategy_id, int | None)
    assert_type(result.strategy_type, int | None)
    assert_type(result.self_trade_prevention_mode, SelfTradePreventionMode | None)
    assert_type(result.prevented_match_id, int | None)
    assert_type(result.prevented_quantity, Decimal | None)
    assert_type(result.used_sor, bool | None)
    assert_type(result.working_floor, WorkingFloor | None)
    assert_type(result.pegged_price_type, str | None)
    assert_type(result.pegged_offset_type, str | None)
    assert_type(result.pegged_offset_value, int | None)
    assert_type(result.pegged_price, Decimal | None)
    assert_type(result.expiry_reason, ExpiryReason | None)


def orderfill_with_decimal(result: OrderFill[Decimal]) -> None:
    """Every field."""
    assert_type(result.price, Decimal)
    assert_type(result.quantity, Decimal)
    assert_type(result.commission_amount, Decimal)
    assert_type(result.commission_asset, str | None)
    assert_type(result.trade_id, int)


def with_float(client: Client[float], key: HmacKey) -> None:
    """Subscribing, every way to read, and every request."""

    def take(event: AccountEvent[float]) -> None: ...

    account = client.account(key)
    assert_type(account, Account[float])
    assert_type(client.account(key, recv_window=5000, on_event=take), Account[float])
    assert_type(account.get(timeout=10), AccountEvent[float])
    for event in account:
        assert_type(event, AccountEvent[float])
    for batch in account.batches():
        assert_type(batch, list[AccountEvent[float]])
    for item in account.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, AccountEvent[float])
    state = account.state()
    assert_type(state, AccountState[float])
    assert_type(state.open_orders, dict[tuple[str, int], Order[float]])
    assert_type(account.request("account.commission", symbol="币安人生USDT"), Any)
    assert_type(account.request("account.rateLimits.orders"), Any)
    assert_type(account.request("account.status"), AccountStatus[float])
    assert_type(account.request("allOrderLists"), list[OrderList])
    assert_type(account.request("allOrders", symbol="币安人生USDT"), list[Order[float]])
    assert_type(account.request("avgPrice", symbol="币安人生USDT"), Any)
    assert_type(
        account.request("blockTrades.historical", symbol="币安人生USDT", fromId=9007199254740993),
        Any,
    )
    assert_type(account.request("depth", symbol="币安人生USDT"), Any)
    assert_type(account.request("exchangeInfo"), Any)
    assert_type(account.request("executionRules"), Any)
    assert_type(account.request("klines", symbol="币安人生USDT", interval="1M"), Any)
    assert_type(account.request("myAllocations", symbol="币安人生USDT"), Any)
    assert_type(account.request("myFilters", symbol="币安人生USDT"), Any)
    assert_type(account.request("myPreventedMatches", symbol="币安人生USDT"), Any)
    assert_type(account.request("myTrades", symbol="币安人生USDT"), list[AccountTrade[float]])
    assert_type(account.request("openOrderLists.status"), list[OrderList])
    assert_type(account.request("openOrders.cancelAll", symbol="币安人生USDT"), Any)
    assert_type(account.request("openOrders.status"), list[Order[float]])
    assert_type(
        account.request(
            "order.amend.keepPriority", symbol="币安人生USDT", newQty=Decimal("0.00000100")
        ),
        Any,
    )
    assert_type(
        account.request("order.amendments", symbol="币安人生USDT", orderId=9007199254740993), Any
    )
    assert_type(account.request("order.cancel", symbol="币安人生USDT"), CanceledOrder[float])
    assert_type(
        account.request(
            "order.cancelReplace",
            symbol="币安人生USDT",
            cancelReplaceMode="ALLOW_FAILURE",
            side="SELL",
            type="LIMIT_MAKER",
        ),
        Any,
    )
    assert_type(
        account.request("order.place", symbol="币安人生USDT", side="SELL", type="LIMIT_MAKER"),
        PlacedOrder[float],
    )
    assert_type(account.request("order.status", symbol="币安人生USDT"), Order[float])
    assert_type(
        account.request("order.test", symbol="币安人生USDT", side="SELL", type="LIMIT_MAKER"), Any
    )
    assert_type(account.request("orderList.cancel", symbol="币安人生USDT"), Any)
    assert_type(
        account.request(
            "orderList.place",
            symbol="币安人生USDT",
            side="SELL",
            price=Decimal("0.00000100"),
            quantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place.oco",
            symbol="币安人生USDT",
            side="SELL",
            quantity=Decimal("0.00000100"),
            aboveType="TAKE_PROFIT_LIMIT",
            belowType="TAKE_PROFIT_LIMIT",
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place.opo",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingType="LIMIT_MAKER",
            pendingSide="SELL",
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place.opoco",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingSide="SELL",
            pendingAboveType="TAKE_PROFIT_LIMIT",
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place.oto",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingType="LIMIT_MAKER",
            pendingSide="SELL",
            pendingQuantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place.otoco",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingSide="SELL",
            pendingQuantity=Decimal("0.00000100"),
            pendingAboveType="TAKE_PROFIT_LIMIT",
        ),
        Any,
    )
    assert_type(account.request("orderList.status"), OrderList)
    assert_type(account.request("ping"), Any)
    assert_type(account.request("referencePrice", symbol="币安人生USDT"), Any)
    assert_type(account.request("referencePrice.calculation", symbol="币安人生USDT"), Any)
    assert_type(account.request("session.status"), SessionStatus)
    assert_type(account.request("session.subscriptions"), list[AccountSubscription])
    assert_type(
        account.request(
            "sor.order.place",
            symbol="币安人生USDT",
            side="SELL",
            type="MARKET",
            quantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(
        account.request(
            "sor.order.test",
            symbol="币安人生USDT",
            side="SELL",
            type="MARKET",
            quantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(account.request("ticker"), Any)
    assert_type(account.request("ticker.24hr"), Any)
    assert_type(account.request("ticker.book"), Any)
    assert_type(account.request("ticker.price"), Any)
    assert_type(account.request("ticker.tradingDay"), Any)
    assert_type(account.request("time"), ServerTime)
    assert_type(account.request("trades.aggregate", symbol="币安人生USDT"), Any)
    assert_type(account.request("trades.historical", symbol="币安人生USDT"), Any)
    assert_type(account.request("trades.recent", symbol="币安人生USDT"), Any)
    assert_type(account.request("uiKlines", symbol="币安人生USDT", interval="1M"), Any)


async def async_with_float(client: AsyncClient[float], key: HmacKey) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: AccountEvent[float]) -> None: ...

    async def take_async(event: AccountEvent[float]) -> None: ...

    account = client.account(key)
    assert_type(account, AsyncAccount[float])
    assert_type(await account, AsyncAccount[float])
    assert_type(client.account(key, on_event=take), AsyncAccount[float])
    assert_type(client.account(key, on_event=take_async), AsyncAccount[float])
    assert_type(await account.get(timeout=10), AccountEvent[float])
    async for event in account:
        assert_type(event, AccountEvent[float])
    assert_type(await account.state(), AccountState[float])
    assert_type(await account.request("account.commission", symbol="币安人生USDT"), Any)
    assert_type(await account.request("account.rateLimits.orders"), Any)
    assert_type(await account.request("account.status"), AccountStatus[float])
    assert_type(await account.request("allOrderLists"), list[OrderList])
    assert_type(await account.request("allOrders", symbol="币安人生USDT"), list[Order[float]])
    assert_type(await account.request("avgPrice", symbol="币安人生USDT"), Any)
    assert_type(
        await account.request(
            "blockTrades.historical", symbol="币安人生USDT", fromId=9007199254740993
        ),
        Any,
    )
    assert_type(await account.request("depth", symbol="币安人生USDT"), Any)
    assert_type(await account.request("exchangeInfo"), Any)
    assert_type(await account.request("executionRules"), Any)
    assert_type(await account.request("klines", symbol="币安人生USDT", interval="1M"), Any)
    assert_type(await account.request("myAllocations", symbol="币安人生USDT"), Any)
    assert_type(await account.request("myFilters", symbol="币安人生USDT"), Any)
    assert_type(await account.request("myPreventedMatches", symbol="币安人生USDT"), Any)
    assert_type(await account.request("myTrades", symbol="币安人生USDT"), list[AccountTrade[float]])
    assert_type(await account.request("openOrderLists.status"), list[OrderList])
    assert_type(await account.request("openOrders.cancelAll", symbol="币安人生USDT"), Any)
    assert_type(await account.request("openOrders.status"), list[Order[float]])
    assert_type(
        await account.request(
            "order.amend.keepPriority", symbol="币安人生USDT", newQty=Decimal("0.00000100")
        ),
        Any,
    )
    assert_type(
        await account.request("order.amendments", symbol="币安人生USDT", orderId=9007199254740993),
        Any,
    )
    assert_type(await account.request("order.cancel", symbol="币安人生USDT"), CanceledOrder[float])
    assert_type(
        await account.request(
            "order.cancelReplace",
            symbol="币安人生USDT",
            cancelReplaceMode="ALLOW_FAILURE",
            side="SELL",
            type="LIMIT_MAKER",
        ),
        Any,
    )
    assert_type(
        await account.request(
            "order.place", symbol="币安人生USDT", side="SELL", type="LIMIT_MAKER"
        ),
        PlacedOrder[float],
    )
    assert_type(await account.request("order.status", symbol="币安人生USDT"), Order[float])
    assert_type(
        await account.request("order.test", symbol="币安人生USDT", side="SELL", type="LIMIT_MAKER"),
        Any,
    )
    assert_type(await account.request("orderList.cancel", symbol="币安人生USDT"), Any)
    assert_type(
        await account.request(
            "orderList.place",
            symbol="币安人生USDT",
            side="SELL",
            price=Decimal("0.00000100"),
            quantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(
        await account.request(
            "orderList.place.oco",
            symbol="币安人生USDT",
            side="SELL",
            quantity=Decimal("0.00000100"),
            aboveType="TAKE_PROFIT_LIMIT",
            belowType="TAKE_PROFIT_LIMIT",
        ),
        Any,
    )
    assert_type(
        await account.request(
            "orderList.place.opo",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingType="LIMIT_MAKER",
            pendingSide="SELL",
        ),
        Any,
    )
    assert_type(
        await account.request(
            "orderList.place.opoco",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingSide="SELL",
            pendingAboveType="TAKE_PROFIT_LIMIT",
        ),
        Any,
    )
    assert_type(
        await account.request(
            "orderList.place.oto",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingType="LIMIT_MAKER",
            pendingSide="SELL",
            pendingQuantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(
        await account.request(
            "orderList.place.otoco",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingSide="SELL",
            pendingQuantity=Decimal("0.00000100"),
            pendingAboveType="TAKE_PROFIT_LIMIT",
        ),
        Any,
    )
    assert_type(await account.request("orderList.status"), OrderList)
    assert_type(await account.request("ping"), Any)
    assert_type(await account.request("referencePrice", symbol="币安人生USDT"), Any)
    assert_type(await account.request("referencePrice.calculation", symbol="币安人生USDT"), Any)
    assert_type(await account.request("session.status"), SessionStatus)
    assert_type(await account.request("session.subscriptions"), list[AccountSubscription])
    assert_type(
        await account.request(
            "sor.order.place",
            symbol="币安人生USDT",
            side="SELL",
            type="MARKET",
            quantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(
        await account.request(
            "sor.order.test",
            symbol="币安人生USDT",
            side="SELL",
            type="MARKET",
            quantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(await account.request("ticker"), Any)
    assert_type(await account.request("ticker.24hr"), Any)
    assert_type(await account.request("ticker.book"), Any)
    assert_type(await account.request("ticker.price"), Any)
    assert_type(await account.request("ticker.tradingDay"), Any)
    assert_type(await account.request("time"), ServerTime)
    assert_type(await account.request("trades.aggregate", symbol="币安人生USDT"), Any)
    assert_type(await account.request("trades.historical", symbol="币安人生USDT"), Any)
    assert_type(await account.request("trades.recent", symbol="币安人生USDT"), Any)
    assert_type(await account.request("uiKlines", symbol="币安人生USDT", interval="1M"), Any)


def accountstatus_with_float(result: AccountStatus[float]) -> None:
    """Every field."""
    assert_type(result.maker_commission, int)
    assert_type(result.taker_commission, int)
    assert_type(result.buyer_commission, int)
    assert_type(result.seller_commission, int)
    assert_type(result.can_trade, bool)
    assert_type(result.can_withdraw, bool)
    assert_type(result.can_deposit, bool)
    assert_type(result.commission_rates, CommissionRates[float])
    assert_type(result.is_brokered, bool)
    assert_type(result.requires_self_trade_prevention, bool)
    assert_type(result.prevents_sor, bool)
    assert_type(result.account_update_time, int)
    assert_type(result.account_type, str)
    assert_type(result.balances, list[AccountBalance[float]])
    assert_type(result.permissions, list[str])
    assert_type(result.user_id, int)


def orderlist_with_float(result: OrderList) -> None:
    """Every field."""
    assert_type(result.order_list_id, int)
    assert_type(result.contingency_type, ContingencyType)
    assert_type(result.list_status_type, ListStatusType)
    assert_type(result.list_order_status, ListOrderStatus)
    assert_type(result.list_client_order_id, str)
    assert_type(result.transaction_time, int)
    assert_type(result.symbol, str)
    assert_type(result.orders, list[OrderListOrder])


def order_with_float(result: Order[float]) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.order_id, int)
    assert_type(result.order_list_id, int)
    assert_type(result.client_order_id, str)
    assert_type(result.price, float)
    assert_type(result.quantity, float)
    assert_type(result.cumulative_filled_quantity, float)
    assert_type(result.cumulative_quote_quantity, float | None)
    assert_type(result.order_status, OrderStatus)
    assert_type(result.time_in_force, TimeInForce)
    assert_type(result.order_type, OrderType)
    assert_type(result.side, OrderSide)
    assert_type(result.stop_price, float | None)
    assert_type(result.trailing_delta, int | None)
    assert_type(result.trailing_time, int | None)
    assert_type(result.iceberg_quantity, float | None)
    assert_type(result.order_creation_time, int | None)
    assert_type(result.transaction_time, int)
    assert_type(result.is_on_book, bool)
    assert_type(result.working_time, int | None)
    assert_type(result.quote_order_quantity, float | None)
    assert_type(result.strategy_id, int | None)
    assert_type(result.strategy_type, int | None)
    assert_type(result.self_trade_prevention_mode, SelfTradePreventionMode | None)
    assert_type(result.prevented_match_id, int | None)
    assert_type(result.prevented_quantity, float | None)
    assert_type(result.used_sor, bool | None)
    assert_type(result.working_floor, WorkingFloor | None)
    assert_type(result.pegged_price_type, str | None)
    assert_type(result.pegged_offset_type, str | None)
    assert_type(result.pegged_offset_value, int | None)
    assert_type(result.pegged_price, float | None)
    assert_type(result.expiry_reason, ExpiryReason | None)


def accounttrade_with_float(result: AccountTrade[float]) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.trade_id, int)
    assert_type(result.order_id, int)
    assert_type(result.order_list_id, int)
    assert_type(result.price, float)
    assert_type(result.quantity, float)
    assert_type(result.quote_quantity, float)
    assert_type(result.commission_amount, float)
    assert_type(result.commission_asset, str | None)
    assert_type(result.trade_time, int)
    assert_type(result.is_buyer, bool)
    assert_type(result.is_maker, bool)
    assert_type(result.is_best_match, bool)


def canceledorder_with_float(result: CanceledOrder[float]) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.order_list_id, int)
    assert_type(result.original_client_order_id, str | None)
    assert_type(result.order_id, int | None)
    assert_type(result.client_order_id, str | None)
    assert_type(result.transaction_time, int | None)
    assert_type(result.price, float | None)
    assert_type(result.quantity, float | None)
    assert_type(result.cumulative_filled_quantity, float | None)
    assert_type(result.quote_order_quantity, float | None)
    assert_type(result.cumulative_quote_quantity, float | None)
    assert_type(result.order_status, OrderStatus | None)
    assert_type(result.time_in_force, TimeInForce | None)
    assert_type(result.order_type, OrderType | None)
    assert_type(result.side, OrderSide | None)
    assert_type(result.working_time, int | None)
    assert_type(result.stop_price, float | None)
    assert_type(result.trailing_delta, int | None)
    assert_type(result.trailing_time, int | None)
    assert_type(result.iceberg_quantity, float | None)
    assert_type(result.strategy_id, int | None)
    assert_type(result.strategy_type, int | None)
    assert_type(result.self_trade_prevention_mode, SelfTradePreventionMode | None)
    assert_type(result.prevented_match_id, int | None)
    assert_type(result.prevented_quantity, float | None)
    assert_type(result.used_sor, bool | None)
    assert_type(result.working_floor, WorkingFloor | None)
    assert_type(result.pegged_price_type, str | None)
    assert_type(result.pegged_offset_type, str | None)
    assert_type(result.pegged_offset_value, int | None)
    assert_type(result.pegged_price, float | None)
    assert_type(result.expiry_reason, ExpiryReason | None)
    assert_type(result.contingency_type, ContingencyType | None)
    assert_type(result.list_status_type, ListStatusType | None)
    assert_type(result.list_order_status, ListOrderStatus | None)
    assert_type(result.list_client_order_id, str | None)
    assert_type(result.list_transaction_time, int | None)
    assert_type(result.orders, list[OrderListOrder] | None)
    assert_type(result.order_reports, list[CanceledOrderReport[float]] | None)


def placedorder_with_float(result: PlacedOrder[float]) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.order_id, int)
    assert_type(result.order_list_id, int)
    assert_type(result.client_order_id, str)
    assert_type(result.transaction_time, int)
    assert_type(result.price, float | None)
    assert_type(result.quantity, float | None)
    assert_type(result.cumulative_filled_quantity, float | None)
    assert_type(result.quote_order_quantity, float | None)
    assert_type(result.cumulative_quote_quantity, float | None)
    assert_type(result.order_status, OrderStatus | None)
    assert_type(result.time_in_force, TimeInForce | None)
    assert_type(result.order_type, OrderType | None)
    assert_type(result.side, OrderSide | None)
    assert_type(result.working_time, int | None)
    assert_type(result.stop_price, float | None)
    assert_type(result.trailing_delta, int | None)
    assert_type(result.trailing_time, int | None)
    assert_type(result.iceberg_quantity, float | None)
    assert_type(result.strategy_id, int | None)
    assert_type(result.strategy_type, int | None)
    assert_type(result.self_trade_prevention_mode, SelfTradePreventionMode | None)
    assert_type(result.prevented_match_id, int | None)
    assert_type(result.prevented_quantity, float | None)
    assert_type(result.used_sor, bool | None)
    assert_type(result.working_floor, WorkingFloor | None)
    assert_type(result.pegged_price_type, str | None)
    assert_type(result.pegged_offset_type, str | None)
    assert_type(result.pegged_offset_value, int | None)
    assert_type(result.pegged_price, float | None)
    assert_type(result.expiry_reason, ExpiryReason | None)
    assert_type(result.fills, list[OrderFill[float]] | None)


def sessionstatus_with_float(result: SessionStatus) -> None:
    """Every field."""
    assert_type(result.api_key, str | None)
    assert_type(result.authorized_since, int | None)
    assert_type(result.connected_since, int)
    assert_type(result.return_rate_limits, bool)
    assert_type(result.server_time, int)
    assert_type(result.user_data_stream, bool | None)


def accountsubscription_with_float(result: AccountSubscription) -> None:
    """Every field."""
    assert_type(result.subscription_id, int)


def servertime_with_float(result: ServerTime) -> None:
    """Every field."""
    assert_type(result.server_time, int)


def commissionrates_with_float(result: CommissionRates[float]) -> None:
    """Every field."""
    assert_type(result.maker, float)
    assert_type(result.taker, float)
    assert_type(result.buyer, float)
    assert_type(result.seller, float)


def accountbalance_with_float(result: AccountBalance[float]) -> None:
    """Every field."""
    assert_type(result.asset, str)
    assert_type(result.free, float)
    assert_type(result.locked, float)


def orderlistorder_with_float(result: OrderListOrder) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.order_id, int)
    assert_type(result.client_order_id, str)


def canceledorderreport_with_float(result: CanceledOrderReport[float]) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.original_client_order_id, str)
    assert_type(result.order_id, int)
    assert_type(result.order_list_id, int)
    assert_type(result.client_order_id, str)
    assert_type(result.transaction_time, int)
    assert_type(result.price, float)
    assert_type(result.quantity, float)
    assert_type(result.cumulative_filled_quantity, float)
    assert_type(result.quote_order_quantity, float | None)
    assert_type(result.cumulative_quote_quantity, float | None)
    assert_type(result.order_status, OrderStatus)
    assert_type(result.time_in_force, TimeInForce)
    assert_type(result.order_type, OrderType)
    assert_type(result.side, OrderSide)
    assert_type(result.working_time, int | None)
    assert_type(result.stop_price, float | None)
    assert_type(result.trailing_delta, int | None)
    assert_type(result.trailing_time, int | None)
    assert_type(result.iceberg_quantity, float | None)
    assert_type(result.strategy_id, int | None)
    assert_type(result.strategy_type, int | None)
    assert_type(result.self_trade_prevention_mode, SelfTradePreventionMode | None)
    assert_type(result.prevented_match_id, int | None)
    assert_type(result.prevented_quantity, float | None)
    assert_type(result.used_sor, bool | None)
    assert_type(result.working_floor, WorkingFloor | None)
    assert_type(result.pegged_price_type, str | None)
    assert_type(result.pegged_offset_type, str | None)
    assert_type(result.pegged_offset_value, int | None)
    assert_type(result.pegged_price, float | None)
    assert_type(result.expiry_reason, ExpiryReason | None)


def orderfill_with_float(result: OrderFill[float]) -> None:
    """Every field."""
    assert_type(result.price, float)
    assert_type(result.quantity, float)
    assert_type(result.commission_amount, float)
    assert_type(result.commission_asset, str | None)
    assert_type(result.trade_id, int)


def with_str(client: Client[str], key: HmacKey) -> None:
    """Subscribing, every way to read, and every request."""

    def take(event: AccountEvent[str]) -> None: ...

    account = client.account(key)
    assert_type(account, Account[str])
    assert_type(client.account(key, recv_window=5000, on_event=take), Account[str])
    assert_type(account.get(timeout=10), AccountEvent[str])
    for event in account:
        assert_type(event, AccountEvent[str])
    for batch in account.batches():
        assert_type(batch, list[AccountEvent[str]])
    for item in account.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, AccountEvent[str])
    state = account.state()
    assert_type(state, AccountState[str])
    assert_type(state.open_orders, dict[tuple[str, int], Order[str]])
    assert_type(account.request("account.commission", symbol="币安人生USDT"), Any)
    assert_type(account.request("account.rateLimits.orders"), Any)
    assert_type(account.request("account.status"), AccountStatus[str])
    assert_type(account.request("allOrderLists"), list[OrderList])
    assert_type(account.request("allOrders", symbol="币安人生USDT"), list[Order[str]])
    assert_type(account.request("avgPrice", symbol="币安人生USDT"), Any)
    assert_type(
        account.request("blockTrades.historical", symbol="币安人生USDT", fromId=9007199254740993),
        Any,
    )
    assert_type(account.request("depth", symbol="币安人生USDT"), Any)
    assert_type(account.request("exchangeInfo"), Any)
    assert_type(account.request("executionRules"), Any)
    assert_type(account.request("klines", symbol="币安人生USDT", interval="1M"), Any)
    assert_type(account.request("myAllocations", symbol="币安人生USDT"), Any)
    assert_type(account.request("myFilters", symbol="币安人生USDT"), Any)
    assert_type(account.request("myPreventedMatches", symbol="币安人生USDT"), Any)
    assert_type(account.request("myTrades", symbol="币安人生USDT"), list[AccountTrade[str]])
    assert_type(account.request("openOrderLists.status"), list[OrderList])
    assert_type(account.request("openOrders.cancelAll", symbol="币安人生USDT"), Any)
    assert_type(account.request("openOrders.status"), list[Order[str]])
    assert_type(
        account.request(
            "order.amend.keepPriority", symbol="币安人生USDT", newQty=Decimal("0.00000100")
        ),
        Any,
    )
    assert_type(
        account.request("order.amendments", symbol="币安人生USDT", orderId=9007199254740993), Any
    )
    assert_type(account.request("order.cancel", symbol="币安人生USDT"), CanceledOrder[str])
    assert_type(
        account.request(
            "order.cancelReplace",
            symbol="币安人生USDT",
            cancelReplaceMode="ALLOW_FAILURE",
            side="SELL",
            type="LIMIT_MAKER",
        ),
        Any,
    )
    assert_type(
        account.request("order.place", symbol="币安人生USDT", side="SELL", type="LIMIT_MAKER"),
        PlacedOrder[str],
    )
    assert_type(account.request("order.status", symbol="币安人生USDT"), Order[str])
    assert_type(
        account.request("order.test", symbol="币安人生USDT", side="SELL", type="LIMIT_MAKER"), Any
    )
    assert_type(account.request("orderList.cancel", symbol="币安人生USDT"), Any)
    assert_type(
        account.request(
            "orderList.place",
            symbol="币安人生USDT",
            side="SELL",
            price=Decimal("0.00000100"),
            quantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place.oco",
            symbol="币安人生USDT",
            side="SELL",
            quantity=Decimal("0.00000100"),
            aboveType="TAKE_PROFIT_LIMIT",
            belowType="TAKE_PROFIT_LIMIT",
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place.opo",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingType="LIMIT_MAKER",
            pendingSide="SELL",
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place.opoco",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingSide="SELL",
            pendingAboveType="TAKE_PROFIT_LIMIT",
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place.oto",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingType="LIMIT_MAKER",
            pendingSide="SELL",
            pendingQuantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(
        account.request(
            "orderList.place.otoco",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingSide="SELL",
            pendingQuantity=Decimal("0.00000100"),
            pendingAboveType="TAKE_PROFIT_LIMIT",
        ),
        Any,
    )
    assert_type(account.request("orderList.status"), OrderList)
    assert_type(account.request("ping"), Any)
    assert_type(account.request("referencePrice", symbol="币安人生USDT"), Any)
    assert_type(account.request("referencePrice.calculation", symbol="币安人生USDT"), Any)
    assert_type(account.request("session.status"), SessionStatus)
    assert_type(account.request("session.subscriptions"), list[AccountSubscription])
    assert_type(
        account.request(
            "sor.order.place",
            symbol="币安人生USDT",
            side="SELL",
            type="MARKET",
            quantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(
        account.request(
            "sor.order.test",
            symbol="币安人生USDT",
            side="SELL",
            type="MARKET",
            quantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(account.request("ticker"), Any)
    assert_type(account.request("ticker.24hr"), Any)
    assert_type(account.request("ticker.book"), Any)
    assert_type(account.request("ticker.price"), Any)
    assert_type(account.request("ticker.tradingDay"), Any)
    assert_type(account.request("time"), ServerTime)
    assert_type(account.request("trades.aggregate", symbol="币安人生USDT"), Any)
    assert_type(account.request("trades.historical", symbol="币安人生USDT"), Any)
    assert_type(account.request("trades.recent", symbol="币安人生USDT"), Any)
    assert_type(account.request("uiKlines", symbol="币安人生USDT", interval="1M"), Any)


async def async_with_str(client: AsyncClient[str], key: HmacKey) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: AccountEvent[str]) -> None: ...

    async def take_async(event: AccountEvent[str]) -> None: ...

    account = client.account(key)
    assert_type(account, AsyncAccount[str])
    assert_type(await account, AsyncAccount[str])
    assert_type(client.account(key, on_event=take), AsyncAccount[str])
    assert_type(client.account(key, on_event=take_async), AsyncAccount[str])
    assert_type(await account.get(timeout=10), AccountEvent[str])
    async for event in account:
        assert_type(event, AccountEvent[str])
    assert_type(await account.state(), AccountState[str])
    assert_type(await account.request("account.commission", symbol="币安人生USDT"), Any)
    assert_type(await account.request("account.rateLimits.orders"), Any)
    assert_type(await account.request("account.status"), AccountStatus[str])
    assert_type(await account.request("allOrderLists"), list[OrderList])
    assert_type(await account.request("allOrders", symbol="币安人生USDT"), list[Order[str]])
    assert_type(await account.request("avgPrice", symbol="币安人生USDT"), Any)
    assert_type(
        await account.request(
            "blockTrades.historical", symbol="币安人生USDT", fromId=9007199254740993
        ),
        Any,
    )
    assert_type(await account.request("depth", symbol="币安人生USDT"), Any)
    assert_type(await account.request("exchangeInfo"), Any)
    assert_type(await account.request("executionRules"), Any)
    assert_type(await account.request("klines", symbol="币安人生USDT", interval="1M"), Any)
    assert_type(await account.request("myAllocations", symbol="币安人生USDT"), Any)
    assert_type(await account.request("myFilters", symbol="币安人生USDT"), Any)
    assert_type(await account.request("myPreventedMatches", symbol="币安人生USDT"), Any)
    assert_type(await account.request("myTrades", symbol="币安人生USDT"), list[AccountTrade[str]])
    assert_type(await account.request("openOrderLists.status"), list[OrderList])
    assert_type(await account.request("openOrders.cancelAll", symbol="币安人生USDT"), Any)
    assert_type(await account.request("openOrders.status"), list[Order[str]])
    assert_type(
        await account.request(
            "order.amend.keepPriority", symbol="币安人生USDT", newQty=Decimal("0.00000100")
        ),
        Any,
    )
    assert_type(
        await account.request("order.amendments", symbol="币安人生USDT", orderId=9007199254740993),
        Any,
    )
    assert_type(await account.request("order.cancel", symbol="币安人生USDT"), CanceledOrder[str])
    assert_type(
        await account.request(
            "order.cancelReplace",
            symbol="币安人生USDT",
            cancelReplaceMode="ALLOW_FAILURE",
            side="SELL",
            type="LIMIT_MAKER",
        ),
        Any,
    )
    assert_type(
        await account.request(
            "order.place", symbol="币安人生USDT", side="SELL", type="LIMIT_MAKER"
        ),
        PlacedOrder[str],
    )
    assert_type(await account.request("order.status", symbol="币安人生USDT"), Order[str])
    assert_type(
        await account.request("order.test", symbol="币安人生USDT", side="SELL", type="LIMIT_MAKER"),
        Any,
    )
    assert_type(await account.request("orderList.cancel", symbol="币安人生USDT"), Any)
    assert_type(
        await account.request(
            "orderList.place",
            symbol="币安人生USDT",
            side="SELL",
            price=Decimal("0.00000100"),
            quantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(
        await account.request(
            "orderList.place.oco",
            symbol="币安人生USDT",
            side="SELL",
            quantity=Decimal("0.00000100"),
            aboveType="TAKE_PROFIT_LIMIT",
            belowType="TAKE_PROFIT_LIMIT",
        ),
        Any,
    )
    assert_type(
        await account.request(
            "orderList.place.opo",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingType="LIMIT_MAKER",
            pendingSide="SELL",
        ),
        Any,
    )
    assert_type(
        await account.request(
            "orderList.place.opoco",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingSide="SELL",
            pendingAboveType="TAKE_PROFIT_LIMIT",
        ),
        Any,
    )
    assert_type(
        await account.request(
            "orderList.place.oto",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingType="LIMIT_MAKER",
            pendingSide="SELL",
            pendingQuantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(
        await account.request(
            "orderList.place.otoco",
            symbol="币安人生USDT",
            workingType="LIMIT_MAKER",
            workingSide="SELL",
            workingPrice=Decimal("0.00000100"),
            workingQuantity=Decimal("0.00000100"),
            pendingSide="SELL",
            pendingQuantity=Decimal("0.00000100"),
            pendingAboveType="TAKE_PROFIT_LIMIT",
        ),
        Any,
    )
    assert_type(await account.request("orderList.status"), OrderList)
    assert_type(await account.request("ping"), Any)
    assert_type(await account.request("referencePrice", symbol="币安人生USDT"), Any)
    assert_type(await account.request("referencePrice.calculation", symbol="币安人生USDT"), Any)
    assert_type(await account.request("session.status"), SessionStatus)
    assert_type(await account.request("session.subscriptions"), list[AccountSubscription])
    assert_type(
        await account.request(
            "sor.order.place",
            symbol="币安人生USDT",
            side="SELL",
            type="MARKET",
            quantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(
        await account.request(
            "sor.order.test",
            symbol="币安人生USDT",
            side="SELL",
            type="MARKET",
            quantity=Decimal("0.00000100"),
        ),
        Any,
    )
    assert_type(await account.request("ticker"), Any)
    assert_type(await account.request("ticker.24hr"), Any)
    assert_type(await account.request("ticker.book"), Any)
    assert_type(await account.request("ticker.price"), Any)
    assert_type(await account.request("ticker.tradingDay"), Any)
    assert_type(await account.request("time"), ServerTime)
    assert_type(await account.request("trades.aggregate", symbol="币安人生USDT"), Any)
    assert_type(await account.request("trades.historical", symbol="币安人生USDT"), Any)
    assert_type(await account.request("trades.recent", symbol="币安人生USDT"), Any)
    assert_type(await account.request("uiKlines", symbol="币安人生USDT", interval="1M"), Any)


def accountstatus_with_str(result: AccountStatus[str]) -> None:
    """Every field."""
    assert_type(result.maker_commission, int)
    assert_type(result.taker_commission, int)
    assert_type(result.buyer_commission, int)
    assert_type(result.seller_commission, int)
    assert_type(result.can_trade, bool)
    assert_type(result.can_withdraw, bool)
    assert_type(result.can_deposit, bool)
    assert_type(result.commission_rates, CommissionRates[str])
    assert_type(result.is_brokered, bool)
    assert_type(result.requires_self_trade_prevention, bool)
    assert_type(result.prevents_sor, bool)
    assert_type(result.account_update_time, int)
    assert_type(result.account_type, str)
    assert_type(result.balances, list[AccountBalance[str]])
    assert_type(result.permissions, list[str])
    assert_type(result.user_id, int)


def orderlist_with_str(result: OrderList) -> None:
    """Every field."""
    assert_type(result.order_list_id, int)
    assert_type(result.contingency_type, ContingencyType)
    assert_type(result.list_status_type, ListStatusType)
    assert_type(result.list_order_status, ListOrderStatus)
    assert_type(result.list_client_order_id, str)
    assert_type(result.transaction_time, int)
    assert_type(result.symbol, str)
    assert_type(result.orders, list[OrderListOrder])


def order_with_str(result: Order[str]) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.order_id, int)
    assert_type(result.order_list_id, int)
    assert_type(result.client_order_id, str)
    assert_type(result.price, str)
    assert_type(result.quantity, str)
    assert_type(result.cumulative_filled_quantity, str)
    assert_type(result.cumulative_quote_quantity, str | None)
    assert_type(result.order_status, OrderStatus)
    assert_type(result.time_in_force, TimeInForce)
    assert_type(result.order_type, OrderType)
    assert_type(result.side, OrderSide)
    assert_type(result.stop_price, str | None)
    assert_type(result.trailing_delta, int | None)
    assert_type(result.trailing_time, int | None)
    assert_type(result.iceberg_quantity, str | None)
    assert_type(result.order_creation_time, int | None)
    assert_type(result.transaction_time, int)
    assert_type(result.is_on_book, bool)
    assert_type(result.working_time, int | None)
    assert_type(result.quote_order_quantity, str | None)
    assert_type(result.strategy_id, int | None)
    assert_type(result.strategy_type, int | None)
    assert_type(result.self_trade_prevention_mode, SelfTradePreventionMode | None)
    assert_type(result.prevented_match_id, int | None)
    assert_type(result.prevented_quantity, str | None)
    assert_type(result.used_sor, bool | None)
    assert_type(result.working_floor, WorkingFloor | None)
    assert_type(result.pegged_price_type, str | None)
    assert_type(result.pegged_offset_type, str | None)
    assert_type(result.pegged_offset_value, int | None)
    assert_type(result.pegged_price, str | None)
    assert_type(result.expiry_reason, ExpiryReason | None)


def accounttrade_with_str(result: AccountTrade[str]) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.trade_id, int)
    assert_type(result.order_id, int)
    assert_type(result.order_list_id, int)
    assert_type(result.price, str)
    assert_type(result.quantity, str)
    assert_type(result.quote_quantity, str)
    assert_type(result.commission_amount, str)
    assert_type(result.commission_asset, str | None)
    assert_type(result.trade_time, int)
    assert_type(result.is_buyer, bool)
    assert_type(result.is_maker, bool)
    assert_type(result.is_best_match, bool)


def canceledorder_with_str(result: CanceledOrder[str]) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.order_list_id, int)
    assert_type(result.original_client_order_id, str | None)
    assert_type(result.order_id, int | None)
    assert_type(result.client_order_id, str | None)
    assert_type(result.transaction_time, int | None)
    assert_type(result.price, str | None)
    assert_type(result.quantity, str | None)
    assert_type(result.cumulative_filled_quantity, str | None)
    assert_type(result.quote_order_quantity, str | None)
    assert_type(result.cumulative_quote_quantity, str | None)
    assert_type(result.order_status, OrderStatus | None)
    assert_type(result.time_in_force, TimeInForce | None)
    assert_type(result.order_type, OrderType | None)
    assert_type(result.side, OrderSide | None)
    assert_type(result.working_time, int | None)
    assert_type(result.stop_price, str | None)
    assert_type(result.trailing_delta, int | None)
    assert_type(result.trailing_time, int | None)
    assert_type(result.iceberg_quantity, str | None)
    assert_type(result.strategy_id, int | None)
    assert_type(result.strategy_type, int | None)
    assert_type(result.self_trade_prevention_mode, SelfTradePreventionMode | None)
    assert_type(result.prevented_match_id, int | None)
    assert_type(result.prevented_quantity, str | None)
    assert_type(result.used_sor, bool | None)
    assert_type(result.working_floor, WorkingFloor | None)
    assert_type(result.pegged_price_type, str | None)
    assert_type(result.pegged_offset_type, str | None)
    assert_type(result.pegged_offset_value, int | None)
    assert_type(result.pegged_price, str | None)
    assert_type(result.expiry_reason, ExpiryReason | None)
    assert_type(result.contingency_type, ContingencyType | None)
    assert_type(result.list_status_type, ListStatusType | None)
    assert_type(result.list_order_status, ListOrderStatus | None)
    assert_type(result.list_client_order_id, str | None)
    assert_type(result.list_transaction_time, int | None)
    assert_type(result.orders, list[OrderListOrder] | None)
    assert_type(result.order_reports, list[CanceledOrderReport[str]] | None)


def placedorder_with_str(result: PlacedOrder[str]) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.order_id, int)
    assert_type(result.order_list_id, int)
    assert_type(result.client_order_id, str)
    assert_type(result.transaction_time, int)
    assert_type(result.price, str | None)
    assert_type(result.quantity, str | None)
    assert_type(result.cumulative_filled_quantity, str | None)
    assert_type(result.quote_order_quantity, str | None)
    assert_type(result.cumulative_quote_quantity, str | None)
    assert_type(result.order_status, OrderStatus | None)
    assert_type(result.time_in_force, TimeInForce | None)
    assert_type(result.order_type, OrderType | None)
    assert_type(result.side, OrderSide | None)
    assert_type(result.working_time, int | None)
    assert_type(result.stop_price, str | None)
    assert_type(result.trailing_delta, int | None)
    assert_type(result.trailing_time, int | None)
    assert_type(result.iceberg_quantity, str | None)
    assert_type(result.strategy_id, int | None)
    assert_type(result.strategy_type, int | None)
    assert_type(result.self_trade_prevention_mode, SelfTradePreventionMode | None)
    assert_type(result.prevented_match_id, int | None)
    assert_type(result.prevented_quantity, str | None)
    assert_type(result.used_sor, bool | None)
    assert_type(result.working_floor, WorkingFloor | None)
    assert_type(result.pegged_price_type, str | None)
    assert_type(result.pegged_offset_type, str | None)
    assert_type(result.pegged_offset_value, int | None)
    assert_type(result.pegged_price, str | None)
    assert_type(result.expiry_reason, ExpiryReason | None)
    assert_type(result.fills, list[OrderFill[str]] | None)


def sessionstatus_with_str(result: SessionStatus) -> None:
    """Every field."""
    assert_type(result.api_key, str | None)
    assert_type(result.authorized_since, int | None)
    assert_type(result.connected_since, int)
    assert_type(result.return_rate_limits, bool)
    assert_type(result.server_time, int)
    assert_type(result.user_data_stream, bool | None)


def accountsubscription_with_str(result: AccountSubscription) -> None:
    """Every field."""
    assert_type(result.subscription_id, int)


def servertime_with_str(result: ServerTime) -> None:
    """Every field."""
    assert_type(result.server_time, int)


def commissionrates_with_str(result: CommissionRates[str]) -> None:
    """Every field."""
    assert_type(result.maker, str)
    assert_type(result.taker, str)
    assert_type(result.buyer, str)
    assert_type(result.seller, str)


def accountbalance_with_str(result: AccountBalance[str]) -> None:
    """Every field."""
    assert_type(result.asset, str)
    assert_type(result.free, str)
    assert_type(result.locked, str)


def orderlistorder_with_str(result: OrderListOrder) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.order_id, int)
    assert_type(result.client_order_id, str)


def canceledorderreport_with_str(result: CanceledOrderReport[str]) -> None:
    """Every field."""
    assert_type(result.symbol, str)
    assert_type(result.original_client_order_id, str)
    assert_type(result.order_id, int)
    assert_type(result.order_list_id, int)
    assert_type(result.client_order_id, str)
    assert_type(result.transaction_time, int)
    assert_type(result.price, str)
    assert_type(result.quantity, str)
    assert_type(result.cumulative_filled_quantity, str)
    assert_type(result.quote_order_quantity, str | None)
    assert_type(result.cumulative_quote_quantity, str | None)
    assert_type(result.order_status, OrderStatus)
    assert_type(result.time_in_force, TimeInForce)
    assert_type(result.order_type, OrderType)
    assert_type(result.side, OrderSide)
    assert_type(result.working_time, int | None)
    assert_type(result.stop_price, str | None)
    assert_type(result.trailing_delta, int | None)
    assert_type(result.trailing_time, int | None)
    assert_type(result.iceberg_quantity, str | None)
    assert_type(result.strategy_id, int | None)
    assert_type(result.strategy_type, int | None)
    assert_type(result.self_trade_prevention_mode, SelfTradePreventionMode | None)
    assert_type(result.prevented_match_id, int | None)
    assert_type(result.prevented_quantity, str | None)
    assert_type(result.used_sor, bool | None)
    assert_type(result.working_floor, WorkingFloor | None)
    assert_type(result.pegged_price_type, str | None)
    assert_type(result.pegged_offset_type, str | None)
    assert_type(result.pegged_offset_value, int | None)
    assert_type(result.pegged_price, str | None)
    assert_type(result.expiry_reason, ExpiryReason | None)


def orderfill_with_str(result: OrderFill[str]) -> None:
    """Every field."""
    assert_type(result.price, str)
    assert_type(result.quantity, str)
    assert_type(result.commission_amount, str)
    assert_type(result.commission_asset, str | None)
    assert_type(result.trade_id, int)
