"""Markets whose WebSocket API is described wrongly, each by one rule."""

from __future__ import annotations

from tests.codegen.rule import Rule

API = "api.yaml"
CONNECTION = "connection.yaml"

RULES = {
    "limit of messages that is not kept": Rule(
        API,
        "messages_per_second: 0",
        "messages_per_second: 5",
        [("messages_per_second: »5", "messages_per_second: got 5; at most 0 expected")],
    ),
    "method of an unknown security": Rule(
        API,
        "security: SIGNED",
        "security: PUBLIC",
        [
            (
                "»PUBLIC",
                "security: got 'PUBLIC'; allowed: NONE, SIGNED, TRADE, USER_DATA, USER_STREAM",
            )
        ],
    ),
    "parameter of an unknown type": Rule(
        API,
        "omitZeroBalances: {type: bool,",
        "omitZeroBalances: {type: boolean,",
        [
            (
                "»boolean",
                "there is no type 'boolean'; allowed: text, decimal, int, bool, list, or a name "
                "declared under choices or enums",
            )
        ],
    ),
    "parameter of a type with a misspelled name": Rule(
        API,
        "interval: KlineInterval, startTime: int, endTime: int, timeZone: text, limit: int}\n"
        "  uiKlines",
        "interval: KlinesInterval, startTime: int, endTime: int, timeZone: text, limit: int}\n"
        "  uiKlines",
        [
            (
                "»KlinesInterval",
                "there is no type 'KlinesInterval'; allowed: text, decimal, int, bool, list, or a "
                "name declared under choices or enums, such as KlineInterval",
            )
        ],
    ),
    "number with words of its own": Rule(
        API,
        "{values: [STOP_ON_FAILURE, ALLOW_FAILURE]}",
        "{type: int, values: [STOP_ON_FAILURE, ALLOW_FAILURE]}",
        [("»values: [STOP_ON_FAILURE", "only a text has values of its own")],
    ),
    "parameter of the signature": Rule(
        API,
        "omitZeroBalances: {type: bool,",
        "timestamp: {type: bool,",
        [("»timestamp: {", "the parameter timestamp is added to each request that needs it")],
    ),
    "parameter that cannot be an argument": Rule(
        API,
        "omitZeroBalances: {type: bool,",
        "lambda: {type: bool,",
        [("»lambda: {", "the name 'lambda' is reserved: it cannot be an argument")],
    ),
    "required parameter that is none": Rule(
        API,
        "required: [symbol, newQty]",
        "required: [symbol, newQuantity]",
        [
            (
                "»newQuantity]",
                "there is no parameter 'newQuantity'; declared: symbol, orderId, "
                "origClientOrderId, newClientOrderId, newQty",
            )
        ],
    ),
    "weights without one for all other requests": Rule(
        API,
        "[{weight: 6, with: [symbol]}, {weight: 80}]",
        "[{weight: 6, with: [symbol]}]",
        [
            (
                "»{weight: 6, with: [symbol]}",
                "the last weight counts for all other requests: it has no condition",
            )
        ],
    ),
    "weight that never counts": Rule(
        API,
        "[{weight: 6, with: [symbol]}, {weight: 80}]",
        "[{weight: 6}, {weight: 80}]",
        [
            (
                "»{weight: 6}",
                "only the last weight has no condition: those after it never count",
            )
        ],
    ),
    "weight by an unknown parameter": Rule(
        API,
        "[{weight: 6, with: [symbol]}, {weight: 80}]",
        "[{weight: 6, with: [symbols]}, {weight: 80}]",
        [("»symbols]}", "there is no parameter 'symbols'; declared: symbol")],
    ),
    "weight by the size of a text": Rule(
        API,
        "[{weight: 6, with: [symbol]}, {weight: 80}]",
        "[{weight: 6, at_most: {symbol: 1}}, {weight: 80}]",
        [("»symbol: 1", "symbol is neither a number nor a list")],
    ),
    "weight for each element of a text": Rule(
        API,
        "[{weight: 6, with: [symbol]}, {weight: 80}]",
        "[{weight: 6, with: [symbol], per: symbol}, {weight: 80}]",
        [("»symbol}, {weight: 80}", "per: openOrders.status has no list 'symbol'")],
    ),
    "parameters of a method that relies on the session": Rule(
        API,
        "    session_only: true\n",
        "    session_only: true\n    parameters: {symbol: text}\n",
        [
            (
                "»session_only",
                "only a method with a security, and without parameters, relies on the session",
            )
        ],
    ),
    "result of an unknown struct": Rule(
        API,
        "result: PlacedOrder",
        "result: PlacedOrders",
        [
            (
                "»PlacedOrders",
                "there is no struct 'PlacedOrders' that is an object, such as PlacedOrder, "
                "CanceledOrder, Order",
            ),
        ],
    ),
    "result without an example": Rule(
        API,
        "    result: ServerTime\n"
        '    examples: [{id: documented, payload: {"serverTime": 1656400526260}}]\n',
        "    result: ServerTime\n",
        [("»result: ServerTime", "a method with a result needs an example of it")],
    ),
    "answer that its struct does not fit": Rule(
        API,
        '{"serverTime": 1656400526260}',
        '{"time": 1656400526260}',
        [
            ('»{"time": 1656400526260}', "missing key 'serverTime' of ServerTime"),
            (
                '{»"time": 1656400526260}',
                "ServerTime has no key 'time'; declared: serverTime",
            ),
        ],
    ),
    "answer that is no list": Rule(
        API,
        '[{"subscriptionId": 0}, {"subscriptionId": 1}]',
        '{"subscriptionId": 0, "subscriptionIds": 1}',
        [('»{"subscriptionId": 0, ', "payload: expected a list")],
    ),
    "example with an unknown parameter": Rule(
        API,
        "params: {orderListId: 1274512}",
        "params: {orderList: 1274512}",
        [
            (
                "orderList: »1274512}",
                "there is no parameter 'orderList'; declared: orderListId, origClientOrderId",
            )
        ],
    ),
    "example without a required parameter": Rule(
        API,
        "params: {symbol: BTCUSDT, startTime: 1660780800000}",
        "params: {startTime: 1660780800000}",
        [("»params: {startTime: 1660780800000}", "missing parameter 'symbol'")],
    ),
    "example with a word that is not allowed": Rule(
        API,
        "newOrderRespType: ACK",
        "newOrderRespType: NONE",
        [("»NONE}", "newOrderRespType: got 'NONE'; allowed: ACK, RESULT, FULL")],
    ),
    "example with a parameter of another type": Rule(
        API,
        "params: {orderListId: 1274512}",
        'params: {orderListId: "1274512"}',
        [('»"1274512"', "orderListId: got '1274512', which is no int")],
    ),
    "remedy that does not exist": Rule(
        API,
        "remedy: set_clock",
        "remedy: adjust",
        [
            (
                "»adjust",
                "remedy: got 'adjust'; allowed: end, retry, wait, set_clock, new_connection, "
                "active",
            )
        ],
    ),
    "advice with a full stop": Rule(
        API,
        "advice: the order cannot be canceled; it may be closed already",
        "advice: The order cannot be canceled.",
        [("»The order cannot", "advice: it ends with a full stop")],
    ),
    "window that is too long": Rule(
        API,
        "recv_window: 5000\n",
        "recv_window: 70000\n",
        [("»70000", "recv_window: got 70000; at most max_recv_window, 60000, expected")],
    ),
    "server whose API has no scheme": Rule(
        CONNECTION,
        "    api: wss://ws-api.binance.com\n",
        "    api: ws-api.binance.com\n",
        [
            (
                "api: »ws-api.binance.com",
                "api: got 'ws-api.binance.com'; allowed: an address without a path, such as "
                "wss://ws-api.binance.com",
            )
        ],
    ),
    "signed example of an unknown key": Rule(
        API,
        "    - id: account_status\n      key: hmac\n",
        "    - id: account_status\n      key: rsa\n",
        [("id: account_status\n      key: »rsa", "key: got 'rsa'; allowed: hmac, ed25519")],
    ),
    "signed example of an unknown method": Rule(
        API,
        "      method: openOrderLists.status\n",
        "      method: openOrderList.status\n",
        [("method: »openOrderList.", "method: there is no method 'openOrderList.status'")],
    ),
    "signed example with an unknown parameter": Rule(
        API,
        "      params: {symbol: BTCUSDT}\n      timestamp: 1660813156812\n"
        "      signed: symbol=BTCUSDT&",
        "      params: {symbols: BTCUSDT}\n      timestamp: 1660813156812\n"
        "      signed: symbols=BTCUSDT&",
        [
            (
                "»symbols: BTCUSDT}",
                "there is no parameter 'symbols'; declared: symbol, recvWindow",
            )
        ],
    ),
    "signed text of other parameters": Rule(
        API,
        "      signed: symbol=BTCUSDT&timestamp=1660813156812\n",
        "      signed: timestamp=1660813156812&symbol=BTCUSDT\n",
        [
            (
                "»timestamp=1660813156812&symbol",
                "signed: the parameters give 'symbol=BTCUSDT&timestamp=1660813156812'",
            )
        ],
    ),
}
