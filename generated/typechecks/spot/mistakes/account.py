"""Mistakes with accounts that type checkers must see. Never run.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

# What follows a line `# mistake: ...` must be an error, and nothing else.

from decimal import Decimal

from binance_streams import Account, AccountEvent, AsyncAccount, AsyncClient, Client, HmacKey


def with_decimal(client: Client[Decimal], key: HmacKey) -> None:
    """What a user may get wrong."""

    def take(event: AccountEvent[float]) -> None: ...

    account = client.account(key)
    # mistake: no key
    client.account()
    # mistake: a secret in place of a key
    client.account("secret")
    # mistake: a window that is no number
    client.account(key, recv_window="5000")
    # mistake: no such option (unseen by ty)
    client.account(key, on_evnt=print)
    # mistake: an account has nothing to fill (unseen by ty)
    client.account(key, fill=True)
    # mistake: a callback of another number type
    client.account(key, on_event=take)
    # mistake: another number type
    other: Account[float] = client.account(key)
    print(other)
    # mistake: no such method
    account.request("account.statuses")
    # mistake: only the client calls it
    account.request("session.logout")
    # mistake: account.commission has no such parameter
    account.request("account.commission", symbol="币安人生USDT", no_such=1)
    # mistake: account.commission needs symbol
    account.request("account.commission")
    # mistake: symbol of account.commission is no text
    account.request("account.commission", symbol=1.5)
    # mistake: account.rateLimits.orders has no such parameter
    account.request("account.rateLimits.orders", no_such=1)
    # mistake: account.status has no such parameter
    account.request("account.status", no_such=1)
    # mistake: omitZeroBalances of account.status is no bool
    account.request("account.status", omitZeroBalances=1.5)
    # mistake: allOrderLists has no such parameter
    account.request("allOrderLists", no_such=1)
    # mistake: fromId of allOrderLists is no int
    account.request("allOrderLists", fromId=1.5)
    # mistake: allOrders has no such parameter
    account.request("allOrders", symbol="币安人生USDT", no_such=1)
    # mistake: allOrders needs symbol
    account.request("allOrders")
    # mistake: avgPrice has no such parameter
    account.request("avgPrice", symbol="币安人生USDT", no_such=1)
    # mistake: avgPrice needs symbol
    account.request("avgPrice")
    # mistake: blockTrades.historical has no such parameter
    account.request(
        "blockTrades.historical", symbol="币安人生USDT", fromId=9007199254740993, no_such=1
    )
    # mistake: blockTrades.historical needs fromId
    account.request("blockTrades.historical", symbol="币安人生USDT")
    # mistake: depth has no such parameter
    account.request("depth", symbol="币安人生USDT", no_such=1)
    # mistake: depth needs symbol
    account.request("depth")
    # mistake: symbolStatus of depth is none of its words
    account.request("depth", symbol="币安人生USDT", symbolStatus="nonsense")
    # mistake: exchangeInfo has no such parameter
    account.request("exchangeInfo", no_such=1)
    # mistake: symbols of exchangeInfo is no list
    account.request("exchangeInfo", symbols=1.5)
    # mistake: executionRules has no such parameter
    account.request("executionRules", no_such=1)
    # mistake: klines has no such parameter
    account.request("klines", symbol="币安人生USDT", interval="1M", no_such=1)
    # mistake: klines needs interval
    account.request("klines", symbol="币安人生USDT")
    # mistake: interval of klines is none of its words
    account.request("klines", symbol="币安人生USDT", interval="nonsense")
    # mistake: myAllocations has no such parameter
    account.request("myAllocations", symbol="币安人生USDT", no_such=1)
    # mistake: myAllocations needs symbol
    account.request("myAllocations")
    # mistake: myFilters has no such parameter
    account.request("myFilters", symbol="币安人生USDT", no_such=1)
    # mistake: myFilters needs symbol
    account.request("myFilters")
    # mistake: myPreventedMatches has no such parameter
    account.request("myPreventedMatches", symbol="币安人生USDT", no_such=1)
    # mistake: myPreventedMatches needs symbol
    account.request("myPreventedMatches")
    # mistake: myTrades has no such parameter
    account.request("myTrades", symbol="币安人生USDT", no_such=1)
    # mistake: myTrades needs symbol
    account.request("myTrades")
    # mistake: openOrderLists.status has no such parameter
    account.request("openOrderLists.status", no_such=1)
    # mistake: openOrders.cancelAll has no such parameter
    account.request("openOrders.cancelAll", symbol="币安人生USDT", no_such=1)
    # mistake: openOrders.cancelAll needs symbol
    account.request("openOrders.cancelAll")
    # mistake: openOrders.status has no such parameter
    account.request("openOrders.status", no_such=1)
    # mistake: order.amend.keepPriority has no such parameter
    account.request(
        "order.amend.keepPriority", symbol="币安人生USDT", newQty=Decimal("0.00000100"), no_such=1
    )
    # mistake: order.amend.keepPriority needs newQty
    account.request("order.amend.keepPriority", symbol="币安人生USDT")
    # mistake: newQty of order.amend.keepPriority is no decimal
    account.request("order.amend.keepPriority", symbol="币安人生USDT", newQty=1.5)
    # mistake: order.amendments has no such parameter
    account.request("order.amendments", symbol="币安人生USDT", orderId=9007199254740993, no_such=1)
    # mistake: order.amendments needs orderId
    account.request("order.amendments", symbol="币安人生USDT")
    # mistake: order.cancel has no such parameter
    account.request("order.cancel", symbol="币安人生USDT", no_such=1)
    # mistake: order.cancel needs symbol
    account.request("order.cancel")
    # mistake: cancelRestrictions of order.cancel is none of its words
    account.request("order.cancel", symbol="币安人生USDT", cancelRestrictions="nonsense")
    # mistake: order.cancelReplace has no such parameter
    account.request(
        "order.cancelReplace",
        symbol="币安人生USDT",
        cancelReplaceMode="ALLOW_FAILURE",
        side="SELL",
        type="LIMIT_MAKER",
        no_such=1,
    )
    # mistake: order.cancelReplace needs type
    account.request(
        "order.cancelReplace", symbol="币安人生USDT", cancelReplaceMode="ALLOW_FAILURE", side="SELL"
    )
    # mistake: cancelReplaceMode of order.cancelReplace is none of its words
    account.request(
        "order.cancelReplace",
        symbol="币安人生USDT",
        cancelReplaceMode="nonsense",
        side="SELL",
        type="LIMIT_MAKER",
    )
    # mistake: orderRateLimitExceededMode of order.cancelReplace is none of its words
    account.request(
        "order.cancelReplace",
        symbol="币安人生USDT",
        cancelReplaceMode="ALLOW_FAILURE",
        side="SELL",
        type="LIMIT_MAKER",
        orderRateLimitExceededMode="nonsense",
    )
    # mistake: side of order.cancelReplace is none of its words
    account.request(
        "order.cancelReplace",
        symbol="币安人生USDT",
        cancelReplaceMode="ALLOW_FAILURE",
        side="nonsense",
        type="LIMIT_MAKER",
    )
    # mistake: type of order.cancelReplace is none of its words
    account.request(
        "order.cancelReplace",
        symbol="币安人生USDT",
        cancelReplaceMode="ALLOW_FAILURE",
        side="SELL",
        type="nonsense",
    )
    # mistake: timeInForce of order.cancelReplace is none of its words
    account.request(
        "order.cancelReplace",
        symbol="币安人生USDT",
        cancelReplaceMode="ALLOW_FAILURE",
        side="SELL",
        type="LIMIT_MAKER",
        timeInForce="nonsense",
    )
    # mistake: newOrderRespType of order.cancelReplace is none of its words
    account.request(
        "order.cancelReplace",
        symbol="币安人生USDT",
        cancelReplaceMode="ALLOW_FAILURE",
        side="SELL",
        type="LIMIT_MAKER",
        newOrderRespType="nonsense",
    )
    # mistake: selfTradePreventionMode of order.cancelReplace is none of its words
    account.request(
        "order.cancelReplace",
        symbol="币安人生USDT",
        cancelReplaceMode="ALLOW_FAILURE",
        side="SELL",
        type="LIMIT_MAKER",
        selfTradePreventionMode="nonsense",
    )
    # mistake: pegPriceType of order.cancelReplace is none of its words
    account.request(
        "order.cancelReplace",
        symbol="币安人生USDT",
        cancelReplaceMode="ALLOW_FAILURE",
        side="SELL",
        type="LIMIT_MAKER",
        pegPriceType="nonsense",
    )
    # mistake: pegOffsetType of order.cancelReplace is none of its words
    account.request(
        "order.cancelReplace",
        symbol="币安人生USDT",
        cancelReplaceMode="ALLOW_FAILURE",
        side="SELL",
        type="LIMIT_MAKER",
        pegOffsetType="nonsense",
    )
    # mistake: order.place has no such parameter
    account.request(
        "order.place", symbol="币安人生USDT", side="SELL", type="LIMIT_MAKER", no_such=1
    )
    # mistake: order.place needs type
    account.request("order.place", symbol="币安人生USDT", side="SELL")
    # mistake: order.status has no such parameter
    account.request("order.status", symbol="币安人生USDT", no_such=1)
    # mistake: order.status needs symbol
    account.request("order.status")
    # mistake: order.test has no such parameter
    account.request("order.test", symbol="币安人生USDT", side="SELL", type="LIMIT_MAKER", no_such=1)
    # mistake: order.test needs type
    account.request("order.test", symbol="币安人生USDT", side="SELL")
    # mistake: orderList.cancel has no such parameter
    account.request("orderList.cancel", symbol="币安人生USDT", no_such=1)
    # mistake: orderList.cancel needs symbol
    account.request("orderList.cancel")
    # mistake: orderList.place has no such parameter
    account.request(
        "orderList.place",
        symbol="币安人生USDT",
        side="SELL",
        price=Decimal("0.00000100"),
        quantity=Decimal("0.00000100"),
        no_such=1,
    )
    # mistake: orderList.place needs quantity
    account.request(
        "orderList.place", symbol="币安人生USDT", side="SELL", price=Decimal("0.00000100")
    )
    # mistake: orderList.place.oco has no such parameter
    account.request(
        "orderList.place.oco",
        symbol="币安人生USDT",
        side="SELL",
        quantity=Decimal("0.00000100"),
        aboveType="TAKE_PROFIT_LIMIT",
        belowType="TAKE_PROFIT_LIMIT",
        no_such=1,
    )
    # mistake: orderList.place.oco needs belowType
    account.request(
        "orderList.place.oco",
        symbol="币安人生USDT",
        side="SELL",
        quantity=Decimal("0.00000100"),
        aboveType="TAKE_PROFIT_LIMIT",
    )
    # mistake: aboveType of orderList.place.oco is none of its words
    account.request(
        "orderList.place.oco",
        symbol="币安人生USDT",
        side="SELL",
        quantity=Decimal("0.00000100"),
        aboveType="nonsense",
        belowType="TAKE_PROFIT_LIMIT",
    )
    # mistake: belowType of orderList.place.oco is none of its words
    account.request(
        "orderList.place.oco",
        symbol="币安人生USDT",
        side="SELL",
        quantity=Decimal("0.00000100"),
        aboveType="TAKE_PROFIT_LIMIT",
        belowType="nonsense",
    )
    # mistake: orderList.place.opo has no such parameter
    account.request(
        "orderList.place.opo",
        symbol="币安人生USDT",
        workingType="LIMIT_MAKER",
        workingSide="SELL",
        workingPrice=Decimal("0.00000100"),
        workingQuantity=Decimal("0.00000100"),
        pendingType="LIMIT_MAKER",
        pendingSide="SELL",
        no_such=1,
    )
    # mistake: orderList.place.opo needs pendingSide
    account.request(
        "orderList.place.opo",
        symbol="币安人生USDT",
        workingType="LIMIT_MAKER",
        workingSide="SELL",
        workingPrice=Decimal("0.00000100"),
        workingQuantity=Decimal("0.00000100"),
        pendingType="LIMIT_MAKER",
    )
    # mistake: workingType of orderList.place.opo is none of its words
    account.request(
        "orderList.place.opo",
        symbol="币安人生USDT",
        workingType="nonsense",
        workingSide="SELL",
        workingPrice=Decimal("0.00000100"),
        workingQuantity=Decimal("0.00000100"),
        pendingType="LIMIT_MAKER",
        pendingSide="SELL",
    )
    # mistake: orderList.place.opoco has no such parameter
    account.request(
        "orderList.place.opoco",
        symbol="币安人生USDT",
        workingType="LIMIT_MAKER",
        workingSide="SELL",
        workingPrice=Decimal("0.00000100"),
        workingQuantity=Decimal("0.00000100"),
        pendingSide="SELL",
        pendingAboveType="TAKE_PROFIT_LIMIT",
        no_such=1,
    )
    # mistake: orderList.place.opoco needs pendingAboveType
    account.request(
        "orderList.place.opoco",
        symbol="币安人生USDT",
        workingType="LIMIT_MAKER",
        workingSide="SELL",
        workingPrice=Decimal("0.00000100"),
        workingQuantity=Decimal("0.00000100"),
        pendingSide="SELL",
    )
    # mistake: orderList.place.oto has no such parameter
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
        no_such=1,
    )
    # mistake: orderList.place.oto needs pendingQuantity
    account.request(
        "orderList.place.oto",
        symbol="币安人生USDT",
        workingType="LIMIT_MAKER",
        workingSide="SELL",
        workingPrice=Decimal("0.00000100"),
        workingQuantity=Decimal("0.00000100"),
        pendingType="LIMIT_MAKER",
        pendingSide="SELL",
    )
    # mistake: orderList.place.otoco has no such parameter
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
        no_such=1,
    )
    # mistake: orderList.place.otoco needs pendingAboveType
    account.request(
        "orderList.place.otoco",
        symbol="币安人生USDT",
        workingType="LIMIT_MAKER",
        workingSide="SELL",
        workingPrice=Decimal("0.00000100"),
        workingQuantity=Decimal("0.00000100"),
        pendingSide="SELL",
        pendingQuantity=Decimal("0.00000100"),
    )
    # mistake: orderList.status has no such parameter
    account.request("orderList.status", no_such=1)
    # mistake: ping has no such parameter
    account.request("ping", no_such=1)
    # mistake: referencePrice has no such parameter
    account.request("referencePrice", symbol="币安人生USDT", no_such=1)
    # mistake: referencePrice needs symbol
    account.request("referencePrice")
    # mistake: referencePrice.calculation has no such parameter
    account.request("referencePrice.calculation", symbol="币安人生USDT", no_such=1)
    # mistake: referencePrice.calculation needs symbol
    account.request("referencePrice.calculation")
    # mistake: session.status has no such parameter
    account.request("session.status", no_such=1)
    # mistake: session.subscriptions has no such parameter
    account.request("session.subscriptions", no_such=1)
    # mistake: sor.order.place has no such parameter
    account.request(
        "sor.order.place",
        symbol="币安人生USDT",
        side="SELL",
        type="MARKET",
        quantity=Decimal("0.00000100"),
        no_such=1,
    )
    # mistake: sor.order.place needs quantity
    account.request("sor.order.place", symbol="币安人生USDT", side="SELL", type="MARKET")
    # mistake: type of sor.order.place is none of its words
    account.request(
        "sor.order.place",
        symbol="币安人生USDT",
        side="SELL",
        type="nonsense",
        quantity=Decimal("0.00000100"),
    )
    # mistake: sor.order.test has no such parameter
    account.request(
        "sor.order.test",
        symbol="币安人生USDT",
        side="SELL",
        type="MARKET",
        quantity=Decimal("0.00000100"),
        no_such=1,
    )
    # mistake: sor.order.test needs quantity
    account.request("sor.order.test", symbol="币安人生USDT", side="SELL", type="MARKET")
    # mistake: ticker has no such parameter
    account.request("ticker", no_such=1)
    # mistake: type of ticker is none of its words
    account.request("ticker", type="nonsense")
    # mistake: ticker.24hr has no such parameter
    account.request("ticker.24hr", no_such=1)
    # mistake: ticker.book has no such parameter
    account.request("ticker.book", no_such=1)
    # mistake: ticker.price has no such parameter
    account.request("ticker.price", no_such=1)
    # mistake: ticker.tradingDay has no such parameter
    account.request("ticker.tradingDay", no_such=1)
    # mistake: time has no such parameter
    account.request("time", no_such=1)
    # mistake: trades.aggregate has no such parameter
    account.request("trades.aggregate", symbol="币安人生USDT", no_such=1)
    # mistake: trades.aggregate needs symbol
    account.request("trades.aggregate")
    # mistake: trades.historical has no such parameter
    account.request("trades.historical", symbol="币安人生USDT", no_such=1)
    # mistake: trades.historical needs symbol
    account.request("trades.historical")
    # mistake: trades.recent has no such parameter
    account.request("trades.recent", symbol="币安人生USDT", no_such=1)
    # mistake: trades.recent needs symbol
    account.request("trades.recent")
    # mistake: uiKlines has no such parameter
    account.request("uiKlines", symbol="币安人生USDT", interval="1M", no_such=1)
    # mistake: uiKlines needs interval
    account.request("uiKlines", symbol="币安人生USDT")


async def async_with_decimal(client: AsyncClient[Decimal], key: HmacKey) -> None:
    """The same for asyncio, and what only asyncio has."""

    async def take_async(event: AccountEvent[float]) -> None: ...

    account = client.account(key)
    # mistake: an async callback of another number type
    client.account(key, on_event=take_async)
    # mistake: another number type
    other: AsyncAccount[float] = client.account(key)
    print(other)
    # mistake: it is iterated by async for
    iter(account)
    # mistake: no such method
    await account.request("account.statuses")
    # mistake: account.commission has no such parameter
    await account.request("account.commission", symbol="币安人生USDT", no_such=1)
    # mistake: account.commission needs symbol
    await account.request("account.commission")
    # mistake: symbol of account.commission is no text
    await account.request("account.commission", symbol=1.5)
    # mistake: account.rateLimits.orders has no such parameter
    await account.request("account.rateLimits.orders", no_such=1)
    # mistake: account.status has no such parameter
    await account.request("account.status", no_such=1)
