"""Orders through the WebSocket API: parameters, answers, and events in their order."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import VENUE
from binance_streams_runtime.decoding.json import concrete, json_decoder
from binance_streams_simulator import SimulatedAccount, Simulator
from tests.simulator.api_peer import ApiPeer

SYMBOL = "BNBUSDT"
ORDER = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}


class Trader:
    """A connection that is subscribed to the demo account."""

    def __init__(self, simulator: Simulator, peer: ApiPeer) -> None:
        self.simulator = simulator
        self.peer = peer
        self.account: SimulatedAccount = simulator.demo_account
        peer.subscribe(self.account)

    def ask(self, method: str, **params: Any) -> Any:
        return self.peer.ask(method, self.peer.signed(self.account, **params))

    def result(self, method: str, **params: Any) -> Any:
        """The result of a request; where the spec has a type, it can be read as that."""
        answer = self.ask(method, **params)
        assert answer["status"] == 200, answer
        return answer["result"]

    def refusal(self, method: str, **params: Any) -> tuple[int, str]:
        answer = self.ask(method, **params)
        assert answer["status"] == 400, answer
        return answer["error"]["code"], answer["error"]["msg"]

    def place(self, **params: Any) -> Any:
        return self.result("order.place", **{**ORDER, **params})

    def refused(self, **params: Any) -> tuple[int, str]:
        return self.refusal("order.place", **{**ORDER, **params})

    def events(self, count: int) -> list[str]:
        found = [self.peer.next_event() for _ in range(count)]
        return [one.get("x", one["e"]) for one in found]

    @property
    def far(self) -> str:
        """A price that nobody trades at soon."""
        bid = Decimal(self.simulator.order_book(SYMBOL)[1][500][0])
        return f"{bid:.8f}"

    @property
    def ask_price(self) -> str:
        return self.simulator.order_book(SYMBOL)[2][9][0]


@pytest.fixture
def trader(start: Any, dial: Any) -> Trader:
    simulator = start()
    return Trader(simulator, dial(simulator))


def test_an_order_is_answered_and_then_reported(trader: Trader) -> None:
    answer = trader.ask(
        "order.place",
        symbol=SYMBOL,
        side="BUY",
        type="LIMIT",
        timeInForce="GTC",
        quantity="1",
        price=trader.far,
        newClientOrderId="mine",
        strategyId=7,
        strategyType=1_000_000,
    )
    placed = answer["result"]
    assert [limit["rateLimitType"] for limit in answer["rateLimits"]] == [
        *("ORDERS", "ORDERS", "REQUEST_WEIGHT")
    ]
    assert answer["rateLimits"][0]["count"] == 1
    assert trader.peer.events == []
    report, position = trader.peer.next_event(), trader.peer.next_event()
    assert (report["x"], report["c"], report["j"], report["J"]) == ("NEW", "mine", 7, 1_000_000)
    assert position["e"] == "outboundAccountPosition"
    assert (placed["clientOrderId"], placed["status"], placed["fills"]) == ("mine", "NEW", [])
    status = trader.result("order.status", symbol=SYMBOL, origClientOrderId="mine")
    assert status["orderId"] == placed["orderId"] == report["i"]
    assert status["updateTime"] == report["T"]
    assert status["isWorking"] is True
    assert trader.result("openOrders.status") == [status]
    canceled = trader.result("order.cancel", symbol=SYMBOL, orderId=placed["orderId"])
    assert (canceled["origClientOrderId"], canceled["status"]) == ("mine", "CANCELED")
    assert trader.events(2) == ["CANCELED", "outboundAccountPosition"]
    assert trader.result("openOrders.status", symbol=SYMBOL) == []
    again = {"symbol": SYMBOL, "orderId": placed["orderId"]}
    assert trader.refusal("order.cancel", **again) == (-2011, "Unknown order sent.")


def test_a_market_order_says_what_filled_it(trader: Trader) -> None:
    placed = trader.place(type="MARKET", timeInForce=None, quantity="0.5")
    fills = placed["fills"]
    assert sum(Decimal(fill["qty"]) for fill in fills) == Decimal("0.5")
    kinds = trader.events(len(fills) + 2)
    assert kinds == ["NEW", *["TRADE"] * len(fills), "outboundAccountPosition"]
    trades = trader.result("myTrades", symbol=SYMBOL)
    assert [trade["id"] for trade in trades] == [fill["tradeId"] for fill in fills]
    assert trader.result("myTrades", symbol=SYMBOL, fromId=trades[-1]["id"]) == trades[-1:]
    assert (
        trader.result("myTrades", symbol=SYMBOL, orderId=placed["orderId"], limit=1)
        == (trades[-1:])
    )
    assert trader.refusal("myTrades", symbol=SYMBOL, fromId=1, startTime=1)[0] == -1128


def test_the_answer_is_as_long_as_asked_for(trader: Trader) -> None:
    short = trader.place(quantity="1", price=trader.far, newOrderRespType="ACK")
    assert list(short) == ["symbol", "orderId", "orderListId", "clientOrderId", "transactTime"]
    longer = trader.place(quantity="1", price=trader.far, newOrderRespType="RESULT")
    assert longer["origQty"] == "1.00000000"
    assert "fills" not in longer
    maker = trader.place(type="LIMIT_MAKER", timeInForce=None, quantity="1", price=trader.far)
    assert "status" not in maker


def test_orders_are_listed_from_the_oldest(trader: Trader) -> None:
    ids = [trader.place(quantity="1", price=trader.far)["orderId"] for _ in range(3)]
    trader.result("order.amend.keepPriority", symbol=SYMBOL, orderId=ids[1], newQty="0.5")
    listed = trader.result("allOrders", symbol=SYMBOL)
    assert [order["orderId"] for order in listed] == ids
    assert listed[1]["origQty"] == "0.50000000"
    some = trader.result("allOrders", symbol=SYMBOL, orderId=ids[1], limit=1)
    assert [order["orderId"] for order in some] == [ids[1]]
    newest = trader.result("allOrders", symbol=SYMBOL, limit=2)
    assert [order["orderId"] for order in newest] == ids[1:]
    first = listed[0]["updateTime"]
    assert trader.result("allOrders", symbol=SYMBOL, endTime=first - 1) == []
    assert trader.refusal("allOrders", symbol=SYMBOL, startTime=1, endTime=first)[0] == -1127
    canceled = trader.result("openOrders.cancelAll", symbol=SYMBOL)
    assert [order["orderId"] for order in canceled] == ids
    assert trader.refusal("openOrders.cancelAll", symbol=SYMBOL)[0] == -2011
    assert trader.events(6)[:6:2] == ["NEW", "NEW", "NEW"]
    assert trader.events(2) == ["REPLACED", "outboundAccountPosition"]
    assert trader.events(6)[::2] == ["CANCELED"] * 3


@pytest.mark.parametrize(
    ("params", "code", "text"),
    [
        ({"symbol": "bnbusdt"}, -1100, "Illegal characters found in parameter 'symbol'"),
        ({"symbol": None}, -1102, "Mandatory parameter 'symbol' was not sent"),
        ({"side": "buy"}, -1117, "Invalid side."),
        ({"type": "STOP"}, -1116, "Invalid orderType."),
        ({"type": "STOP_LOSS", "stopPrice": "1"}, -2010, "Stop loss orders are not supported"),
        ({"icebergQty": "1"}, -2010, "Iceberg orders are not supported for this symbol."),
        ({"timeInForce": None}, -1102, "Mandatory parameter 'timeInForce'"),
        ({"timeInForce": "GTD"}, -1115, "Invalid timeInForce."),
        ({"quoteOrderQty": "1"}, -1106, "Parameter 'quoteOrderQty' sent when not required."),
        ({"price": "1e3"}, -1100, "Illegal characters found in parameter 'price'"),
        ({"price": "0.000000001"}, -1111, "Parameter 'price' has too much precision."),
        ({"price": "0"}, -1013, "Filter failure: PRICE_FILTER"),
        ({"quantity": "0"}, -1013, "Filter failure: LOT_SIZE"),
        ({"quantity": "99999"}, -2010, "Account has insufficient balance for requested action."),
        ({"newClientOrderId": "a b"}, -1100, "parameter 'newClientOrderId'; legal range"),
        ({"strategyType": 1}, -1134, "`strategyType` was less than 1000000."),
        ({"newOrderRespType": "ALL"}, -1130, "Data sent for parameter 'newOrderRespType' is not"),
        ({"unknown": 1}, -1104, "Not all sent parameters were read; read '10' parameter(s)"),
    ],
)
def test_an_order_is_refused_in_the_venues_words(
    trader: Trader, params: dict[str, Any], code: int, text: str
) -> None:
    given = {"quantity": "1", "price": "0.02", **params}
    if code == -2010 and "quantity" in params:
        given["side"] = "SELL"
    found, message = trader.refused(**given)
    assert (found, text in message) == (code, True), message
    assert trader.account.open_orders == {}


def test_a_market_order_needs_one_quantity(trader: Trader) -> None:
    assert trader.refused(type="MARKET", timeInForce=None)[0] == -1102
    both = {"quantity": "1", "quoteOrderQty": "1"}
    assert trader.refused(type="MARKET", timeInForce=None, **both)[0] == -1106
    assert trader.refused(type="MARKET", quantity="1")[0] == -1106


def test_an_order_is_found_by_both_ids_or_not_at_all(trader: Trader) -> None:
    id = trader.place(quantity="1", price=trader.far, newClientOrderId="mine")["orderId"]
    both = {"symbol": SYMBOL, "orderId": id}
    assert trader.result("order.status", **both, origClientOrderId="mine")["orderId"] == id
    assert trader.refusal("order.status", **both, origClientOrderId="other")[0] == -2039
    assert trader.refusal("order.status", symbol=SYMBOL, orderId=id + 1) == (
        -2013,
        "Order does not exist.",
    )
    assert trader.refusal("order.status", symbol=SYMBOL)[1] == (
        "Param 'orderId' or 'origClientOrderId' must be sent, but both were empty/null!"
    )
    restricted = {**both, "cancelRestrictions": "ONLY_PARTIALLY_FILLED"}
    assert trader.refusal("order.cancel", **restricted)[0] == -2011
    assert trader.refusal("order.cancel", **both, cancelRestrictions="ANY")[0] == -1145
    trader.account.fill(SYMBOL, id, "0.4")
    assert trader.result("order.cancel", **restricted)["executedQty"] == "0.40000000"


def test_there_are_only_so_many_orders_in_a_time(start: Any, dial: Any) -> None:
    simulator = start(order_limit=0)
    trader = Trader(simulator, dial(simulator))
    order = {"symbol": SYMBOL, "side": "BUY", "type": "MARKET", "quantity": "1"}
    answer = trader.ask("order.place", **order)
    assert (answer["status"], answer["error"]["code"]) == (429, -1015)
    assert answer["error"]["msg"] == (
        "Too many new orders; current limit is 0 orders per 10 SECOND."
    )
    assert answer["error"]["data"]["retryAfter"] - answer["error"]["data"]["serverTime"] > 0
    counts = trader.result("account.rateLimits.orders")
    assert [(one["interval"], one["limit"]) for one in counts] == [("SECOND", 0), ("DAY", 160_000)]


def test_typed_results_are_as_the_spec_has_them(trader: Trader) -> None:
    bought = trader.place(type="MARKET", timeInForce=None, quantity="1")
    waiting = trader.place(quantity="1", price=trader.far)
    one = {"symbol": SYMBOL, "orderId": waiting["orderId"]}
    results = {
        "order.place": bought,
        "time": trader.peer.result("time"),
        "session.status": trader.peer.result("session.status"),
        "session.subscriptions": trader.peer.result("session.subscriptions"),
        "account.status": trader.result("account.status"),
        "openOrders.status": trader.result("openOrders.status"),
        "order.status": trader.result("order.status", **one),
        "allOrders": trader.result("allOrders", symbol=SYMBOL),
        "myTrades": trader.result("myTrades", symbol=SYMBOL),
        "openOrderLists.status": trader.result("openOrderLists.status"),
        "order.cancel": trader.result("order.cancel", **one),
    }
    assert VENUE.api is not None
    for name, result in results.items():
        decoder = json_decoder(concrete(VENUE.api.methods[name].result, Decimal), Decimal)
        assert decoder.decode(json.dumps(result)) is not None, name


def test_the_market_is_described(trader: Trader) -> None:
    info = trader.peer.result("exchangeInfo", {"symbol": SYMBOL})
    (described,) = info["symbols"]
    assert (described["baseAsset"], described["quoteAsset"]) == ("BNB", "USDT")
    tick = next(one for one in described["filters"] if one["filterType"] == "PRICE_FILTER")
    assert Decimal(trader.ask_price) % Decimal(tick["tickSize"]) == 0
    assert len(trader.peer.result("exchangeInfo")["symbols"]) == 4


def test_a_pair_of_orders_is_a_list(trader: Trader) -> None:
    bids, asks = trader.simulator.order_book(SYMBOL)[1:]
    params = {
        "symbol": SYMBOL,
        "side": "SELL",
        "quantity": "0.1",
        "aboveType": "LIMIT_MAKER",
        "abovePrice": asks[700][0],
        "aboveClientOrderId": "up",
        "belowType": "STOP_LOSS_LIMIT",
        "belowPrice": bids[710][0],
        "belowStopPrice": bids[700][0],
        "belowTimeInForce": "GTC",
        "listClientOrderId": "both",
    }
    assert trader.refusal("orderList.place.oco", **{**params, "belowType": "LIMIT"})[0] == -1158
    placed = trader.result("orderList.place.oco", **params)
    assert [one["type"] for one in placed["orderReports"]] == ["LIMIT_MAKER", "STOP_LOSS_LIMIT"]
    assert [one["workingTime"] == -1 for one in placed["orderReports"]] == [False, True]
    assert trader.events(4) == ["NEW", "NEW", "listStatus", "outboundAccountPosition"]
    status = trader.result("orderList.status", origClientOrderId="both")
    assert status == trader.result("openOrderLists.status")[0]
    assert status["orders"][0]["clientOrderId"] == "up"
    assert len(trader.result("openOrders.status")) == 2
    (ended,) = trader.result("openOrders.cancelAll", symbol=SYMBOL)
    assert (ended["listOrderStatus"], len(ended["orderReports"])) == ("ALL_DONE", 2)
    assert trader.result("openOrderLists.status") == []
    assert trader.result("allOrderLists")[0]["listStatusType"] == "ALL_DONE"
    gone = {"symbol": SYMBOL, "orderListId": status["orderListId"]}
    assert trader.refusal("orderList.cancel", **gone)[0] == -2011
    assert trader.refusal("orderList.status", orderListId=99)[0] == -2013
    assert trader.ask("orderList.place.oto")["error"]["code"] == -1020


def test_market_data_is_that_of_the_rest_api(trader: Trader) -> None:
    peer = trader.peer
    depth = peer.result("depth", {"symbol": SYMBOL, "limit": 5})
    id, bids, _ = trader.simulator.order_book(SYMBOL, depth["lastUpdateId"])
    assert (depth["lastUpdateId"], depth["bids"]) == (id, bids[:5])
    (trade,) = peer.result("trades.recent", {"symbol": SYMBOL, "limit": "1"})
    same = peer.result("trades.historical", {"symbol": SYMBOL, "fromId": trade["id"]})
    assert same[0] == trade
    assert peer.result("trades.aggregate", {"symbol": SYMBOL, "limit": 1})
    assert peer.result("klines", {"symbol": SYMBOL, "interval": "1m", "limit": 1})
    assert peer.code("klines", {"symbol": SYMBOL, "interval": "1y"}) == -1120
    assert peer.code("depth", {"symbol": "bnb"}) == -1100
    assert peer.code("avgPrice", {"symbol": SYMBOL}) == -1020
