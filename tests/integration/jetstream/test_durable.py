"""A durable client continues where its user had finished."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import ConnectionLost, Disconnected
from tests.support.clients import Connect
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.log_writer import LogWriter
from tests.support.nats_server import NatsServer
from tests.support.watching import Notices


def ids(subscription: Any, count: int) -> list[int]:
    return [subscription.get(LIMIT).trade_id for _ in range(count)]


def wait_for_place(server: NatsServer, place: bytes, name: bytes = b"btcusdt@trade") -> None:
    """Wait until the log has this place in a stream: a position, and the id that follows it."""
    key = "$KV.binance-spot-readers.bot"
    wanted = b'"%b":%b' % (name, place)
    # There is none before the first place is stored.
    wait_until(lambda: any(wanted in found.data for found in server.messages(key)[-1:]))


def test_the_next_client_continues(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    """The event that was taken last is not finished, as no other one was asked for."""
    url = f"{nats_server.url}?from=all&reorder=0.02&durable=bot"
    log.trades(range(1, 11))
    first = connect(url)
    assert ids(first.trade("btcusdt"), 4) == [1, 2, 3, 4]
    in_time(first.close)
    log.trades([11])
    assert ids(connect(url).trade("btcusdt"), 8) == [4, 5, 6, 7, 8, 9, 10, 11]


def test_a_callback_that_has_returned_is_finished(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    url = f"{nats_server.url}?from=all&reorder=0.02&durable=bot"
    log.trades(range(1, 11))
    got: list[int] = []
    first = connect(url)
    first.trade("btcusdt", on_event=lambda event: got.append(event.trade_id))
    wait_until(lambda: len(got) == 10)
    # It returns only after that.
    wait_for_place(nats_server, b"[10,11]")
    in_time(first.close)
    log.trades([11])
    assert ids(connect(url).trade("btcusdt"), 1) == [11]


def test_batches_are_finished_when_the_next_one_is_asked_for(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    url = f"{nats_server.url}?from=all&reorder=0.02&durable=bot"
    log.trades(range(1, 11))
    first = connect(url)
    batches = iter(first.trade("btcusdt").batches(5, max_wait=LIMIT))
    assert [len(next(batches)) for _ in range(2)] == [5, 5]
    in_time(first.close)
    assert ids(connect(url).trade("btcusdt"), 5) == [6, 7, 8, 9, 10]


def test_it_begins_where_it_is_asked_to_the_first_time(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    log.trades([1])
    trades = connect(f"{nats_server.url}?durable=bot&reorder=0.02").trade("btcusdt")
    trades.wait(LIMIT)
    log.trades([2])
    assert ids(trades, 1) == [2]


def test_each_name_has_its_own_place(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    log.trades([1, 2])
    for name in ("one", "other"):
        trades = connect(f"{nats_server.url}?from=all&reorder=0.02&durable={name}").trade("btcusdt")
        assert ids(trades, 2) == [1, 2]


def test_the_events_of_the_client_itself_are_finished_as_well(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    url = f"{nats_server.url}?from=all&reorder=0.02&durable=bot"
    log.trades([1, 2, 3])
    log.trades([7, 8, 9], symbol="ETHUSDT")
    got: list[int] = []
    first = connect(url, on_event=lambda message: got.append(message.data.trade_id))
    for symbol in ("btcusdt", "ethusdt"):
        first.trade(symbol)
    wait_until(lambda: len(got) == 6)
    wait_for_place(nats_server, b"[3,4]")
    wait_for_place(nats_server, b"[6,10]", b"ethusdt@trade")
    in_time(first.close)
    log.trades([4])
    log.trades([10], symbol="ETHUSDT")
    second = connect(url)
    assert ids(second.trade("btcusdt"), 1) == [4]
    assert ids(second.trade("ethusdt"), 1) == [10]


def test_another_client_takes_the_name_over(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    """As after a crash: it continues where the first one was, and the first one ends."""
    url = f"{nats_server.url}?from=all&reorder=0.02&durable=bot"
    log.trades([1, 2, 3])
    first = connect(url).trade("btcusdt")
    assert ids(first, 3) == [1, 2, 3]
    wait_for_place(nats_server, b"[2,3]")
    second = connect(url).trade("btcusdt")
    assert ids(second, 1) == [3]
    log.trades([4, 5])
    assert ids(second, 2) == [4, 5]
    assert ids(first, 1) == [4]
    with pytest.raises(ConnectionLost, match="another client reads with durable=bot"):
        ids(first, 2)


def test_a_server_that_is_killed_does_not_lose_the_place(
    own_nats_server: NatsServer, connect: Connect
) -> None:
    log = LogWriter(own_nats_server)
    url = f"{own_nats_server.url}?from=all&reorder=0.02&durable=bot"
    log.trades([1, 2])
    first = connect(url)
    trades = first.trade("btcusdt")
    assert ids(trades, 2) == [1, 2]
    own_nats_server.restart(kill=True)
    log.trades([3, 4])
    assert ids(trades, 2) == [3, 4]
    # Events are read before the bucket answers again.
    wait_for_place(own_nats_server, b"[3,4]")
    in_time(first.close)
    assert ids(connect(url).trade("btcusdt"), 1) == [4]


def test_a_place_that_cannot_be_read_is_said_and_tried_again(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    """Somebody may delete the key; then reading begins."""

    async def put(connection: Any) -> Any:
        bucket = await connection.jetstream(timeout=LIMIT).create_key_value(
            bucket="binance-spot-readers"
        )
        await bucket.put("bot", b"not JSON")

    async def delete(connection: Any) -> Any:
        await (await connection.jetstream(timeout=LIMIT).key_value("binance-spot-readers")).delete(
            "bot"
        )

    log.trades([1])
    nats_server.run(put)
    notices = Notices()
    client = connect(f"{nats_server.url}?from=all&reorder=0.02&durable=bot", on_notice=notices)
    trades = client.trade("btcusdt")
    wait_until(lambda: notices.of(Disconnected))
    assert "has no positions" in notices.of(Disconnected)[0].reason
    nats_server.run(delete)
    assert ids(trades, 1) == [1]
