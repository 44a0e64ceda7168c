"""The WebSocket API over real connections: answers, sessions, subscriptions."""

from __future__ import annotations

from typing import Any


def test_a_connection_answers_without_a_key(start: Any, dial: Any) -> None:
    """Each answer has the id of its request, and says how much weight was used."""
    peer = dial(start())
    answer = peer.ask("ping")
    assert list(answer) == ["id", "status", "result", "rateLimits"]
    assert answer["result"] == {}
    # Connecting costs 2, the ping 1, and this request 1.
    assert peer.ask("time")["rateLimits"] == [
        {
            "rateLimitType": "REQUEST_WEIGHT",
            "interval": "MINUTE",
            "intervalNum": 1,
            "limit": 6000,
            "count": 4,
        }
    ]


def test_a_subscription_has_the_events_of_its_account(start: Any, dial: Any) -> None:
    simulator = start()
    account = simulator.demo_account
    peer = dial(simulator)
    assert peer.subscribe(account) == 0
    account.deposit("USDT", "1.5")
    update, position = peer.next(), peer.next()
    assert update["subscriptionId"] == position["subscriptionId"] == 0
    assert (update["event"]["e"], update["event"]["d"]) == ("balanceUpdate", "1.50000000")
    assert position["event"]["B"] == [{"a": "USDT", "f": "10001.50000000", "l": "0.00000000"}]
    status = peer.result("account.status", peer.signed(account))
    assert status["balances"][-1] == {
        "asset": "USDT",
        "free": "10001.50000000",
        "locked": "0.00000000",
    }
    account.terminate()
    assert peer.next()["event"]["e"] == "eventStreamTerminated"
    assert peer.result("session.subscriptions") == []


def test_a_signature_counts(start: Any, dial: Any) -> None:
    simulator = start()
    peer = dial(simulator)
    params = peer.signed(simulator.demo_account)
    assert peer.code("account.status", {**params, "recvWindow": 59_000}) == -1022
    assert peer.ask("account.status", params)["status"] == 200
