"""Requests of the WebSocket API: how they are read, limited and refused, and faults on order."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.exceptions import InvalidMessage, InvalidStatus

from binance_streams import VENUE
from binance_streams_simulator.api.errors import MESSAGES
from tests.simulator.api_peer import milliseconds
from tests.support.limits import LIMIT

MICROSECONDS_FROM = 10**14
INVALID = {"code": -1135, "msg": "Invalid JSON Request"}


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "no JSON",
        "[]",
        '{"id": 1}',
        '{"method": "ping"}',
        '{"id": 1.5, "method": "ping"}',
        '{"id": true, "method": "ping"}',
        '{"id": [], "method": "ping"}',
        '{"id": 1, "method": 7}',
        '{"id": 1, "method": "ping", "params": []}',
        '{"id": 1, "method": "ping", "params": {"a": NaN}}',
    ],
)
def test_what_is_no_request_is_answered_without_an_id(start: Any, dial: Any, frame: str) -> None:
    peer = dial(start())
    peer.connection.send(frame)
    answer = peer.next()
    assert (answer["id"], answer["status"], answer["error"]) == (None, 400, INVALID)
    assert peer.result("ping") == {}


@pytest.mark.parametrize("id", ["null", "-7", "9" * 30, '"é\\u20ac"', '""', '"a\\ud800"'])
def test_an_id_is_echoed_unread(start: Any, dial: Any, id: str) -> None:
    peer = dial(start())
    peer.connection.send(f'{{"id": {id}, "method": "v3/ping", "params": null}}')
    answer = peer.connection.recv()
    assert json.loads(answer)["id"] == json.loads(id)
    assert json.loads(answer)["result"] == {}


def test_requests_are_texts(start: Any, dial: Any) -> None:
    peer = dial(start())
    peer.connection.send(b'{"id": 1, "method": "ping"}')
    assert peer.ended() == 1003


def test_parameters_are_those_of_the_method(start: Any, dial: Any) -> None:
    peer = dial(start())
    answer = peer.ask("time", {"a": 1, "returnRateLimits": True})
    assert answer["error"] == {
        "code": -1104,
        "msg": "Not all sent parameters were read; read '1' parameter(s) but was sent '2'.",
    }
    peer.connection.send('{"id": 1, "method": "ping", "params": {"a": 1, "a": 1}}')
    assert peer.next()["error"] == {
        "code": -1101,
        "msg": "Duplicate values for a parameter detected.",
    }
    assert peer.code("userDataStream.unsubscribe", {"subscriptionId": None}) == -1105
    assert peer.code("userDataStream.unsubscribe", {"subscriptionId": "x"}) == -1100
    assert peer.code("no.such.method") == -1020


def test_the_url_says_what_answers_look_like(start: Any, dial: Any) -> None:
    simulator = start()
    peer = dial(simulator, "?timeUnit=microsecond&returnRateLimits=false")
    answer = peer.ask("time")
    assert list(answer) == ["id", "status", "result"]
    assert answer["result"]["serverTime"] > MICROSECONDS_FROM
    assert "rateLimits" in peer.ask("time", {"returnRateLimits": True})
    assert peer.result("session.status")["returnRateLimits"] is False
    peer.subscribe(simulator.demo_account)
    simulator.demo_account.deposit("BTC", 1)
    assert peer.next_event()["T"] > MICROSECONDS_FROM


@pytest.mark.parametrize("query", ["?timeUnit=SECOND", "?timeUnit=Microsecond"])
def test_an_unknown_unit_is_no_connection(start: Any, dial: Any, query: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        dial(start(), query)
    assert caught.value.response.status_code == 400
    body = caught.value.response.body
    assert json.loads(body or b"")["code"] == -1194


def test_weight_is_shared_with_rest_and_reported_in_time(start: Any, dial: Any) -> None:
    # So long that it does not end in between.
    simulator = start(rest_window=2_400 * 3_600.0)
    peer = dial(simulator)
    simulator.set_used_weight(5_998)
    peer.result("ping")
    assert simulator.used_weight == 5_999
    before = milliseconds()
    answer = peer.ask("session.status")
    assert (answer["status"], answer["error"]["code"]) == (429, -1003)
    assert answer["error"]["msg"] == (
        "Too much request weight used; current limit is 6000 request weight per 2400 HOUR. Please "
        "use WebSocket Streams for live updates to avoid polling the API."
    )
    data = answer["error"]["data"]
    assert before <= data["serverTime"] < data["retryAfter"]
    # The window ends with a full multiple of its length, and the rest is rounded up to seconds.
    assert data["retryAfter"] // 1_000 % (2_400 * 3_600) < 3
    for _ in range(2):
        assert peer.ask("session.status")["status"] == 429
    banned = peer.ask("session.status")
    assert banned["status"] == 418
    assert banned["error"]["data"]["retryAfter"] >= before + 3 * 24 * 3_600_000
    assert peer.ended() == 1008
    with pytest.raises(InvalidStatus) as caught:
        dial(simulator)
    assert caught.value.response.status_code == 418
    assert int(caught.value.response.headers["Retry-After"]) > 3_600


def test_an_account_is_subscribed_once_to_a_connection(start: Any, dial: Any) -> None:
    simulator = start()
    first, second = simulator.demo_account, simulator.add_account()
    peer, other = dial(simulator), dial(simulator)
    assert (peer.subscribe(first), peer.subscribe(second), other.subscribe(first)) == (0, 1, 0)
    refused = peer.ask("userDataStream.subscribe.signature", peer.signed(first))
    assert refused["error"] == {
        "code": -2035,
        "msg": "User Data Stream subscription already active.",
    }
    assert simulator.api_subscriptions == [
        {0: first.api_key, 1: second.api_key},
        {0: first.api_key},
    ]
    second.deposit("BTC", 1)
    assert peer.next()["subscriptionId"] == 1
    first.deposit("BTC", 2)
    assert [peer.next_event()["e"] for _ in range(3)] == [
        "outboundAccountPosition",
        "balanceUpdate",
        "outboundAccountPosition",
    ]
    assert other.next_event()["d"] == "2.00000000"


def test_a_subscription_ends_with_an_event(start: Any, dial: Any) -> None:
    simulator = start()
    peer = dial(simulator)
    for account in (simulator.demo_account, simulator.add_account(), simulator.add_account()):
        peer.subscribe(account)
    assert peer.code("userDataStream.unsubscribe", {"subscriptionId": 9}) == -2036
    assert peer.result("userDataStream.unsubscribe", {"subscriptionId": 1}) == {}
    message = peer.next()
    assert (message["subscriptionId"], message["event"]["e"]) == (1, "eventStreamTerminated")
    assert peer.result("userDataStream.unsubscribe") == {}
    assert [peer.next()["subscriptionId"] for _ in range(2)] == [0, 2]
    # Ids are never used again.
    assert peer.subscribe(simulator.demo_account) == 3


def test_there_are_only_so_many_subscriptions(
    start: Any, dial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("binance_streams_simulator.api.session.MOST_IDS", 3)
    simulator = start(api_limits={"streams_per_connection": 2})
    accounts = [simulator.add_account() for _ in range(3)]
    peer = dial(simulator)
    peer.subscribe(accounts[0])
    peer.subscribe(accounts[1])
    method = "userDataStream.subscribe.signature"
    assert peer.code(method, peer.signed(accounts[2])) == -1191
    peer.result("userDataStream.unsubscribe", {"subscriptionId": 0})
    assert peer.subscribe(accounts[2]) == 2
    peer.result("userDataStream.unsubscribe", {"subscriptionId": 1})
    assert peer.ask(method, peer.signed(accounts[1]))["error"] == {
        "code": -2042,
        "msg": "Maximum subscription ID reached for this connection.",
    }


def test_a_shutdown_is_announced_in_its_own_shape(start: Any, dial: Any) -> None:
    simulator = start()
    peer = dial(simulator)
    peer.subscribe(simulator.demo_account)
    simulator.api_shutdown_notice()
    message = peer.next()
    assert list(message) == ["event"]
    assert message["event"]["e"] == "serverShutdown"


def test_a_connection_lives_as_long_as_the_api_says(start: Any, dial: Any) -> None:
    simulator = start(api_limits={"ping_interval": 0.1, "connection_lifetime": 0.4})
    assert dial(simulator).ended() == 1001


# Faults on order


@pytest.mark.parametrize("when", ["received", "executed", "answered"])
def test_a_connection_is_cut_at_a_request(start: Any, dial: Any, when: Any) -> None:
    simulator = start()
    account = simulator.demo_account
    peer, watcher = dial(simulator), dial(simulator)
    watcher.subscribe(account)
    simulator.cut_api(when, method="userDataStream.subscribe.signature")
    peer.result("ping")
    peer.send("userDataStream.subscribe.signature", peer.signed(account))
    if when == "answered":
        assert peer.next()["result"] == {"subscriptionId": 0}
    assert peer.ended() is None
    simulator.wait_for(lambda: simulator.api_connections == 1, LIMIT)
    account.deposit("BTC", 1)
    assert watcher.next_event()["e"] == "balanceUpdate"


def test_an_answer_may_follow_the_first_event(start: Any, dial: Any) -> None:
    simulator = start()
    account = simulator.demo_account
    peer = dial(simulator)
    simulator.hold_api_answers(method="userDataStream.subscribe.signature")
    id = peer.send("userDataStream.subscribe.signature", peer.signed(account))
    simulator.wait_for(lambda: simulator.api_subscriptions == [{0: account.api_key}], LIMIT)
    account.deposit("BTC", 1)
    assert peer.next()["event"]["e"] == "balanceUpdate"
    assert peer.next()["id"] == id
    simulator.hold_api_answers(method="ping")
    id = peer.send("ping")
    assert peer.next()["event"]["e"] == "outboundAccountPosition"
    simulator.wait_for(lambda: simulator.api_requests[-1].method == "ping", LIMIT)
    simulator.release_api_answers()
    assert peer.next()["id"] == id


def test_answers_and_events_may_be_late(start: Any, dial: Any) -> None:
    simulator = start()
    account = simulator.demo_account
    peer = dial(simulator)
    peer.subscribe(account)
    simulator.delay_api(events=0.05)
    account.deposit("BTC", 1)
    simulator.delay_api()
    account.deposit("BTC", 2)
    assert [peer.next_event().get("d") for _ in range(3)] == ["1.00000000", None, "2.00000000"]
    assert peer.next_event()["e"] == "outboundAccountPosition"
    simulator.delay_api(events=60)
    account.deposit("BTC", 3)
    assert peer.result("ping") == {}
    assert peer.events == []


def test_requests_are_refused_and_ignored_on_order(start: Any, dial: Any) -> None:
    simulator = start()
    peer = dial(simulator)
    simulator.refuse_api_requests(-1008, status=503, count=2)
    answer = peer.ask("ping")
    assert (answer["status"], answer["error"]["code"]) == (503, -1008)
    assert answer["error"]["msg"].startswith("Server is currently overloaded")
    assert peer.code("time") == -1008
    simulator.refuse_api_requests(-1003, status=429, retry_after=7, method="time", message="No.")
    assert peer.result("ping") == {}
    error = peer.ask("time")["error"]
    assert error["msg"] == "No."
    assert error["data"]["retryAfter"] - error["data"]["serverTime"] == 7_000
    simulator.ignore_api_requests(method="session.status")
    peer.send("session.status")
    assert peer.send("ping") == peer.next()["id"]
    assert [(one.method, one.status) for one in simulator.api_requests[-2:]] == [
        ("session.status", None),
        ("ping", 200),
    ]


def test_events_are_skipped_and_repeated_on_order(start: Any, dial: Any) -> None:
    simulator = start()
    account = simulator.demo_account
    peer = dial(simulator)
    peer.subscribe(account)
    simulator.skip_account_events(1)
    account.deposit("BTC", 1)
    simulator.repeat_account_events(1)
    account.deposit("BTC", 2)
    assert [peer.next_event().get("d") for _ in range(4)] == [
        *(None, "2.00000000", "2.00000000", None)
    ]


def test_connections_are_refused_dropped_and_closed_on_order(start: Any, dial: Any) -> None:
    simulator = start()
    peer = dial(simulator)
    simulator.drop_api_connections()
    assert peer.ended() is None
    peer = dial(simulator)
    simulator.close_api_connections(1001)
    assert peer.ended() == 1001
    simulator.refuse_api_connections(503, retry_after=9)
    with pytest.raises(InvalidStatus) as caught:
        dial(simulator)
    assert caught.value.response.headers["Retry-After"] == "9"
    simulator.refuse_api_connections()
    with pytest.raises((OSError, InvalidMessage)):
        dial(simulator)
    simulator.accept_api_connections()
    peer = dial(simulator)
    assert simulator.api_connection_attempts == 5
    simulator.stall_api()
    peer.send("ping")
    simulator.wait_for(lambda: simulator.api_requests, LIMIT)
    simulator.unstall_api()
    assert peer.send("ping") == peer.next()["id"]
    simulator.send_api_raw('{"any": "text"}')
    assert peer.next() == {"any": "text"}


def test_a_market_without_an_api_has_no_accounts(start: Any) -> None:
    simulator = start(market="binance_streams_us")
    with pytest.raises(ValueError, match="no WebSocket API"):
        simulator.add_account()
    with pytest.raises(ValueError, match="no WebSocket API"):
        _ = simulator.api_url
    with pytest.raises(ValueError, match="no WebSocket API"):
        start(market="binance_streams_us", api_limits={"ping_interval": 1})


def test_refusals_have_the_words_of_the_spec() -> None:
    """Both were written from the venue's pages, apart from each other."""
    assert VENUE.api is not None
    known = {code: error.messages for code, error in VENUE.api.errors.items()}
    assert {code: text for code, text in MESSAGES.items() if text not in known[code]} == {}
