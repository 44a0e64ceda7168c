"""Markets whose accounts are described wrongly: events, and the state that follows from them."""

from __future__ import annotations

from tests.codegen.rule import Rule

API = "api.yaml"

RULES = {
    "event of an account that is no struct": Rule(
        API,
        "    - BalanceUpdate\n",
        "    - Xyz\n",
        [
            (
                "»Xyz",
                "there is no struct 'Xyz' that is an object",
            )
        ],
    ),
    "event of an account without an example": Rule(
        API,
        '{"e": "eventStreamTerminated", "E": 1728973001334}',
        '{"e": "balanceUpdate", "E": 1728973001334, "a": "BTC", "d": "1"}',
        [("- »EventStreamTerminated", "EventStreamTerminated is in no example")],
    ),
    "identity of an event that accounts do not have": Rule(
        API,
        "    BalanceUpdate: [a, d, T]\n",
        "    ListenKeyExpired: [listenKey]\n",
        [
            (
                "»ListenKeyExpired",
                "ListenKeyExpired is no event of an account; allowed: ExecutionReport, "
                "OutboundAccountPosition, BalanceUpdate, ListStatus, ExternalLockUpdate, "
                "EventStreamTerminated",
            )
        ],
    ),
    "identity by a key that the event does not have": Rule(
        API,
        "    OutboundAccountPosition: [u, B]\n",
        "    OutboundAccountPosition: [u, b]\n",
        [("»b]\n", "OutboundAccountPosition has no key 'b'; allowed: E, u, B")],
    ),
    "state by a method without a result": Rule(
        API,
        "balances: {method: account.status,",
        "balances: {method: account.commission,",
        [
            (
                "»account.commission,",
                "method: got 'account.commission'; the result must be a struct: time, "
                "session.logon, session.status, session.logout, userDataStream.subscribe, "
                "userDataStream.subscribe.signature, account.status, order.status, "
                "orderList.status, order.place, order.cancel",
            )
        ],
    ),
    "state by an event that accounts do not have": Rule(
        API,
        "report: {event: ExecutionReport}",
        "report: {event: ExecutionReports}",
        [
            (
                "»ExecutionReports}",
                "ExecutionReports is no event of an account, such as ExecutionReport",
            )
        ],
    ),
    "state by a key that does not exist": Rule(
        API,
        "list: balances, time: updateTime,",
        "list: balances, time: time,",
        [
            (
                "»time, asset",
                "AccountStatus has no key 'time'; allowed: updateTime",
            )
        ],
    ),
    "state by a list that is none": Rule(
        API,
        "position: {event: OutboundAccountPosition, time: u, list: B}",
        "position: {event: OutboundAccountPosition, time: u, list: u}",
        [
            (
                "»u}",
                "OutboundAccountPosition has no list of structs 'u'; allowed: B",
            )
        ],
    ),
    "status that is neither open nor closed": Rule(
        API,
        "    closed: [FILLED, ",
        "    closed: [",
        [("»open: [", "the status FILLED must be either open or closed")],
    ),
    "status that does not exist": Rule(
        API,
        "    closed: [FILLED, ",
        "    closed: [FILLED, DONE, ",
        [
            (
                "»DONE, ",
                "got 'DONE'; allowed: NEW, PENDING_NEW, PARTIALLY_FILLED, FILLED, CANCELED, "
                "PENDING_CANCEL, REJECTED, EXPIRED, EXPIRED_IN_MATCH",
            )
        ],
    ),
    "order of a key that a report does not have": Rule(
        API,
        "    {symbol: s, orderId: i,",
        "    {symbol: s, orderId: id,",
        [
            (
                "»id, orderListId",
                "ExecutionReport has no key 'id'; allowed: e, E, s, c, S, o, f, q, p, P, d, F, g, "
                "C, x, X, r, i, l, z, L, n, N, T, t, v, I, w, m, O, Z, Y, Q, D, j, J, W, V, u, U, "
                "Cs, A, B, pl, pL, pY, b, a, k, uS, gP, gOT, gOV, gp, y, eR",
            )
        ],
    ),
    "order of a key of another type": Rule(
        API,
        "    {symbol: s, orderId: i,",
        "    {symbol: s, orderId: p,",
        [("»p, orderListId", "orderId: its type is id, that of p is decimal")],
    ),
    "order of a key that may be missing": Rule(
        API,
        "    {symbol: s, orderId: i,",
        "    {symbol: s, orderId: t,",
        [("»t, orderListId", "orderId: t is optional, so it must be optional, too")],
    ),
    "order without a key that it needs": Rule(
        API,
        "    {symbol: s, orderId: i,",
        "    {symbol: s,",
        [("»order_of:", "nothing says what orderId of Order is: no key of ExecutionReport")],
    ),
    "order of a key that may be null": Rule(
        API,
        "clientOrderId: c, price: p,",
        "clientOrderId: C, price: p,",
        [("»C, price: p", "clientOrderId: C may be null, so it must be nullable, too")],
    ),
}
