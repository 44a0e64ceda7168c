"""Fields that the spec does not know: a client reports them and delivers every event."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest

from binance_streams import Gap, Resubscribed, SchemaDrift
from binance_streams_runtime.pipeline import drift
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.frames import frame, trade, wrapped
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.watching import ids, take


def drifts_of(notices: list[Any]) -> list[SchemaDrift]:
    return [notice for notice in notices if isinstance(notice, SchemaDrift)]


def test_a_client_reports_it_and_delivers_every_event(connect: Connect) -> None:
    """It looks once a stream is confirmed, and again on the next connection."""
    fields = iter(["one", "two"])
    goes_on = {"one": threading.Event(), "two": threading.Event()}

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        field = next(fields)
        first = 1 if field == "one" else 101
        goes_on[field].wait(LIMIT)
        peer.send(
            b"".join(
                frame(wrapped("btcusdt@trade", f'{trade(number)[:-1]},"{field}":1}}'))
                for number in range(first, first + 100)
            )
        )
        if field == "two":
            peer.drain()

    notices: list[Any] = []
    with RawServer(handle) as server:
        client = connect(server.url, on_notice=notices.append)
        subscription = client.trade("BTCUSDT")
        in_time(lambda: subscription.wait(LIMIT))
        goes_on["one"].set()
        wait_until(lambda: any(isinstance(notice, Resubscribed) for notice in notices))
        goes_on["two"].set()
        assert ids(take(iter(subscription), 200)) == list(range(1, 201))
        wait_until(lambda: len(drifts_of(notices)) == 2)
    assert drifts_of(notices) == [
        SchemaDrift("btcusdt@trade", ("one",)),
        SchemaDrift("btcusdt@trade", ("two",)),
    ]
    assert not any(isinstance(notice, Gap) for notice in notices)


def test_a_client_looks_again_while_a_connection_lives(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift, "_SAMPLE_EVERY", 0.01)

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(frame(wrapped("btcusdt@trade", trade(1))))
        for number in itertools.count(2):
            peer.send(frame(wrapped("btcusdt@trade", f'{trade(number)[:-1]},"new":1}}')))
            if peer.stopping.wait(0.01):
                return

    notices: list[Any] = []
    with RawServer(handle) as server:
        connect(server.url, on_notice=notices.append).trade("BTCUSDT")
        wait_until(lambda: drifts_of(notices))
    assert drifts_of(notices) == [SchemaDrift("btcusdt@trade", ("new",))]


def test_the_simulator_has_not_drifted(connect: Connect, shared_simulator: Simulator) -> None:
    notices: list[Any] = []
    client = connect(shared_simulator.url, on_notice=notices.append)
    for subscription in (
        client.kline("BTCUSDT", "1m"),
        client.diff_book_depth("BTCUSDT", speed=100),
        client.mini_ticker(),
    ):
        in_time(lambda subscription=subscription: subscription.get(LIMIT))  # type: ignore[misc]
    assert drifts_of(notices) == []
