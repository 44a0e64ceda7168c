"""A client whose server is a log: the same events, in order, each once."""

from __future__ import annotations

import subprocess
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import trustme

from binance_streams import (
    Connected,
    Disconnected,
    Gap,
    ParameterError,
    Resubscribed,
)
from binance_streams_runtime.notices import Notice
from tests.support.clients import Connect
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.log_writer import LogWriter, best, trade
from tests.support.nats_server import MISSING, NatsServer, nats_server_program
from tests.support.ports import free_ports
from tests.support.reasons import wait_for_reason


def ids(subscription: Any, count: int) -> list[int]:
    return [subscription.get(LIMIT).trade_id for _ in range(count)]


def test_it_reads_from_the_beginning_and_goes_on(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    log.trades([1, 2, 3])
    client = connect(f"{nats_server.url}?from=all&reorder=0.02")
    trades = client.trade("btcusdt")
    trades.wait(LIMIT)
    assert ids(trades, 3) == [1, 2, 3]
    log.trades([4])
    event = trades.get(LIMIT)
    assert (event.trade_id, event.price) == (4, Decimal("4.5"))


def test_from_now_on_by_default(nats_server: NatsServer, log: LogWriter, connect: Connect) -> None:
    log.trades([1, 2, 3])
    trades = connect(f"{nats_server.url}?reorder=0.02").trade("btcusdt")
    trades.wait(LIMIT)
    log.trades([4])
    assert ids(trades, 1) == [4]


def test_from_a_time_on(nats_server: NatsServer, log: LogWriter, connect: Connect) -> None:
    log.trades([1, 2])
    since = time.time()
    log.trades([3])
    trades = connect(f"{nats_server.url}?from={since:.6f}&reorder=0.02").trade("btcusdt")
    assert ids(trades, 1) == [3]


def test_what_one_collector_missed_another_has(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    """In order, and without a gap."""
    written = [(1, "a"), (2, "a"), (5, "a"), (3, "b"), (4, "b"), (6, "a")]
    log.write_in_turn("btcusdt@trade", [(trade(id), by) for id, by in written])
    notices: list[Notice] = []
    client = connect(f"{nats_server.url}?from=all&reorder=0.5", on_notice=notices.append)
    trades = client.trade("btcusdt")
    assert ids(trades, 6) == [1, 2, 3, 4, 5, 6]
    assert [one for one in notices if isinstance(one, Gap)] == []


def test_what_all_missed_is_a_gap(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    log.trades([1, 2])
    notices: list[Notice] = []
    client = connect(f"{nats_server.url}?from=all&reorder=0.05", on_notice=notices.append)
    trades = client.trade("btcusdt")
    assert ids(trades, 2) == [1, 2]
    log.trades([5])
    assert ids(trades, 1) == [5]
    wait_until(lambda: any(isinstance(one, Gap) for one in notices))
    (gap,) = (one for one in notices if isinstance(one, Gap))
    assert (gap.stream, gap.first_missing, gap.last_missing) == ("btcusdt@trade", 3, 4)


def test_several_streams_in_one_client(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    log.trades([1], symbol="BTCUSDT")
    log.trades([7], symbol="ETHUSDT")
    log.write("btcusdt@bookTicker", [best(1)])
    client = connect(f"{nats_server.url}?from=all&reorder=0.02")
    names = {"btcusdt@trade", "ethusdt@trade", "btcusdt@bookTicker"}
    subscriptions = [client.subscribe(name) for name in names]
    events = {one.name: one.get(LIMIT) for one in subscriptions}
    assert events.keys() == names
    assert sorted(client.list_subscriptions()) == sorted(names)


def test_a_stream_that_nobody_collects_yet_waits(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    trades = connect(f"{nats_server.url}?reorder=0.02").trade("btcusdt")
    wait_for_reason(trades, "no collector has written to it")
    log.trades([1])
    assert ids(trades, 1) == [1]


def test_a_killed_server_costs_nothing(own_nats_server: NatsServer, connect: Connect) -> None:
    """Nothing is lost, nothing comes twice, and the notices say what happened."""
    log = LogWriter(own_nats_server)
    log.trades([1])
    notices: list[Notice] = []
    client = connect(f"{own_nats_server.url}?from=all&reorder=0.02", on_notice=notices.append)
    trades = client.trade("btcusdt")
    assert ids(trades, 1) == [1]
    own_nats_server.restart(kill=True)
    log.trades([2, 3])
    assert ids(trades, 2) == [2, 3]
    wait_until(lambda: any(isinstance(one, Resubscribed) for one in notices))
    kinds = [type(one) for one in notices if not isinstance(one, Gap)]
    assert kinds[:2] == [Connected, Disconnected]
    assert kinds[-2:] == [Connected, Resubscribed]
    assert [one for one in notices if isinstance(one, Gap)] == []
    assert client.stats().reconnects >= 1


def test_without_a_server_a_wait_says_why(connect: Connect) -> None:
    trades = connect("nats://127.0.0.1:1").trade("btcusdt")
    wait_for_reason(trades, "no connection to nats://127.0.0.1:1 at the moment")


def test_a_client_that_does_not_reconnect_gives_up(connect: Connect) -> None:
    trades = connect("nats://127.0.0.1:1", reconnect=False).trade("btcusdt")
    with pytest.raises(ConnectionError, match="could not be opened"):
        trades.get(LIMIT)


def test_what_needs_a_rest_api_is_refused(nats_server: NatsServer, connect: Connect) -> None:
    client = connect(f"{nats_server.url}?reorder=0.02")
    with pytest.raises(ParameterError, match="a log has no REST API"):
        client.agg_trade("btcusdt", fill=True)
    with pytest.raises(ParameterError, match="a log has only the stream"):
        client.kline("btcusdt", "1m").window(5)


def test_wrong_credentials_are_named(tmp_path: Path, connect: Connect) -> None:
    """And nothing shows them."""
    if nats_server_program() is None:
        pytest.skip(MISSING)
    settings = 'authorization { user: "me", password: "right-secret" }'
    with NatsServer(tmp_path / "nats", settings=settings) as server:
        place = server.url.removeprefix("nats://")
        notices: list[Notice] = []
        trades = connect(f"nats://me:wrong-secret@{place}", on_notice=notices.append).trade(
            "btcusdt"
        )
        wait_for_reason(trades, "the server refused the credentials")
        assert "secret" not in repr(notices)
        right = connect(f"nats://me:right-secret@{place}").trade("btcusdt")
        wait_for_reason(right, "no collector has written to it")


def test_credentials_are_not_sent_without_tls(nats_server: NatsServer, connect: Connect) -> None:
    """Whatever the server says: the URL asks for TLS."""
    place = nats_server.url.removeprefix("nats://")
    trades = connect(f"tls://me:secret@{place}").trade("btcusdt")
    wait_for_reason(trades, "the server does not use TLS")


def test_an_authority_of_ones_own_is_trusted_by_the_url(tmp_path: Path, connect: Connect) -> None:
    if nats_server_program() is None:
        pytest.skip(MISSING)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    files = f"cert_file: '{tmp_path}/server.pem', key_file: '{tmp_path}/server.pem'"
    with NatsServer(tmp_path / "nats", settings=f"tls {{ {files} }}") as server:
        url = f"tls://{server.url.removeprefix('nats://')}"
        trusted = connect(f"{url}?ca={tmp_path}/ca.pem").trade("btcusdt")
        wait_for_reason(trusted, "no collector has written to it")
        wait_for_reason(connect(url).trade("btcusdt"), "?ca=FILE in the URL")


def test_a_server_without_jetstream_is_named(tmp_path: Path, connect: Connect) -> None:
    if nats_server_program() is None:
        pytest.skip(MISSING)
    port = free_ports(1)[0]
    program = nats_server_program()
    assert program is not None
    process = subprocess.Popen(
        [program, "-a", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        trades = connect(f"nats://127.0.0.1:{port}").trade("btcusdt")
        wait_for_reason(trades, "the server has no JetStream")
    finally:
        process.kill()
        process.wait()


def test_what_is_read_can_be_recorded(
    nats_server: NatsServer, log: LogWriter, connect: Connect, tmp_path: Path
) -> None:
    """And replayed: the same events."""
    log.trades(range(1, 21))
    client = connect(f"{nats_server.url}?from=all&reorder=0.02")
    recording = client.record(tmp_path)
    assert ids(client.trade("btcusdt"), 20) == list(range(1, 21))
    recording.close()
    replayed = connect(f"replay:{tmp_path}?speed=max").trade("btcusdt")
    assert ids(replayed, 20) == list(range(1, 21))


def test_messages_can_be_read_undecoded(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    log.trades([1])
    raw = connect(f"{nats_server.url}?from=all&reorder=0.02").raw("btcusdt@trade")
    assert raw.get(LIMIT).data == trade(1)


def test_closing_is_quick_even_if_much_is_left(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    log.trades(range(1, 301))
    client = connect(f"{nats_server.url}?from=all&reorder=0.02")
    trades = client.trade("btcusdt", maxsize=2)
    assert ids(trades, 1) == [1]
    in_time(client.close)


def test_a_callback_gets_every_event(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    log.trades(range(1, 101))
    got: list[int] = []
    client = connect(f"{nats_server.url}?from=all&reorder=0.02")
    client.trade("btcusdt", on_event=lambda event: got.append(event.trade_id))
    wait_until(lambda: len(got) == 100)
    assert got == list(range(1, 101))


def test_nobody_has_to_be_fast_enough(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    """Whoever reads the past drops nothing, however small a queue is."""
    log.trades(range(1, 101))
    trades = connect(f"{nats_server.url}?from=all&reorder=0.02").trade("btcusdt", maxsize=3)
    trades.wait(LIMIT)
    assert ids(trades, 100) == list(range(1, 101))
