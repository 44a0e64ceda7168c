"""Publishing to real NATS servers; what they hold is read by nats-py alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trustme

from binance_streams_sinks.publishing.engines import make_sink
from binance_streams_sinks.publishing.publisher import Publisher
from binance_streams_sinks.publishing.sink import Published, SinkError, SinkOptions
from tests.support.limits import LIMIT, MS
from tests.support.nats_cluster import NatsCluster
from tests.support.nats_server import NatsServer
from tests.support.published import SUBJECTS, message, part

SECRET = "sEcr3tWord"


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(test, LIMIT))


def publish(url: str, messages: list[Published], **options: Any) -> Publisher:
    """Publish the messages, and return the publisher after it has stored all of them."""

    async def test() -> None:
        publisher.start()
        publisher.submit(messages)
        assert await publisher.flush(LIMIT)
        assert await publisher.close() == []

    publisher = Publisher(make_sink(url, SinkOptions(**options)))
    run(test())
    return publisher


def stored_ids(server: NatsServer | NatsCluster, subject: str = "binance.spot.>") -> list[str]:
    return [stored.headers["Nats-Msg-Id"] for stored in server.messages(subject)]


def test_a_log_has_what_was_received_with_its_headers(nats_server: NatsServer) -> None:
    publish(nats_server.url, [message(1), message(2), message(3, "币安人生usdt@depth@100ms")])
    first, second = nats_server.messages("binance.spot.trade.>")
    assert (first.subject, first.data) == ("binance.spot.trade.BTCUSDT", b"x" * 10)
    assert first.headers == {
        "Nats-Msg-Id": "btcusdt@trade:1",
        "Binance-Received": "1000000000",
        "Binance-Collector": "tests",
    }
    assert second.headers["Nats-Msg-Id"] == "btcusdt@trade:2"
    (third,) = nats_server.messages("binance.spot.diff_book_depth.>")
    assert third.subject == "binance.spot.diff_book_depth.币安人生USDT.100"


def test_each_stream_type_has_a_stream_of_jetstream(nats_server: NatsServer) -> None:
    publish(nats_server.url, [message(1)], max_age=3600.0, duplicate_window=60.0)

    async def info(connection: Any) -> Any:
        context = connection.jetstream(timeout=LIMIT)
        return await context.stream_info("binance-spot-trade")

    config = nats_server.run(info).config
    assert (config.subjects, config.storage) == (["binance.spot.trade.>"], "file")
    assert (config.max_age, config.duplicate_window, config.num_replicas) == (3600, 60, 1)


def test_notices_are_compressed_on_disk(nats_server: NatsServer) -> None:
    """They repeat the names of all streams; other messages are left to whoever runs the server."""
    notice = msgspec.structs.replace(
        message(1), part=part("_notice"), subject=SUBJECTS.notices("a")
    )
    publish(nats_server.url, [notice, message(2)])

    async def compressions(connection: Any) -> list[str]:
        found = await connection.jetstream(timeout=LIMIT).streams_info()
        return sorted(f"{one.config.name} {one.config.compression}" for one in found)

    assert nats_server.run(compressions) == ["binance-spot-_notice s2", "binance-spot-trade none"]


def test_two_collectors_store_each_message_once(nats_server: NatsServer) -> None:
    publish(nats_server.url, [message(n) for n in range(1200) if n % 7])
    second = publish(nats_server.url, [message(n) for n in range(1200) if n % 5])
    found = stored_ids(nats_server)
    assert sorted(found) == sorted(f"btcusdt@trade:{n}" for n in range(1200) if n % 7 or n % 5)
    assert second.stats().duplicates == sum(1 for n in range(1200) if n % 7 and n % 5)


def test_a_subject_keeps_its_order(nats_server: NatsServer) -> None:
    publish(nats_server.url, [message(n, size=3000) for n in range(1500)])
    assert stored_ids(nats_server) == [f"btcusdt@trade:{n}" for n in range(1500)]


def test_a_stream_that_an_operator_has_made_is_used_with_its_window(
    nats_server: NatsServer,
) -> None:
    async def make(connection: Any) -> None:
        context = connection.jetstream(timeout=LIMIT)
        await context.add_stream(
            name="everything", subjects=["binance.spot.>"], duplicate_window=20.0
        )

    nats_server.run(make)
    sink = make_sink(nats_server.url)

    async def test() -> None:
        publisher = Publisher(sink)
        publisher.start()
        publisher.submit([message(1), message(2, "btcusdt@depth")])
        assert await publisher.flush(LIMIT)
        await publisher.close()

    run(test())
    assert sink.max_retry_age == 10.0
    assert len(stored_ids(nats_server)) == 2


def test_what_the_server_never_takes_is_said(own_nats_server: NatsServer) -> None:
    async def test() -> None:
        publisher = Publisher(make_sink(own_nats_server.url))
        publisher.start()
        publisher.submit([message(1), message(2, size=2 * 1024 * 1024), message(3)])
        assert await publisher.flush(LIMIT)
        (loss,) = publisher.take_losses()
        assert (loss.count, loss.first_id) == (1, "btcusdt@trade:2")
        assert "larger than the 1048576 bytes" in loss.reason
        await publisher.close()

    run(test())


def test_restarts_of_the_server_lose_nothing_and_double_nothing(
    own_nats_server: NatsServer,
) -> None:
    """One ends in order, one is killed, while messages go on coming."""

    async def test() -> None:
        publisher = Publisher(make_sink(own_nats_server.url))
        publisher.start()
        total = 0
        for kill in (False, True, None):
            for _ in range(40):
                publisher.submit(message(total + n) for n in range(25))
                total += 25
                await asyncio.sleep(0)
            if kill is not None:
                await asyncio.to_thread(own_nats_server.restart, kill=kill)
        assert await publisher.flush(LIMIT)
        assert await publisher.close() == []
        assert publisher.stats().stored == total == 3000

    run(test())
    found = stored_ids(own_nats_server)
    assert sorted(found) == sorted(f"btcusdt@trade:{n}" for n in range(3000))


def test_a_cluster_that_elects_another_leader_loses_nothing(nats_cluster: NatsCluster) -> None:
    async def step_down(connection: Any) -> None:
        await connection.request("$JS.API.STREAM.LEADER.STEPDOWN.binance-spot-trade", timeout=LIMIT)

    async def test() -> None:
        publisher = Publisher(make_sink(nats_cluster.url, SinkOptions(replicas=3)))
        publisher.start()
        publisher.submit(map(message, range(500)))
        assert await publisher.flush(LIMIT)
        stepping = asyncio.to_thread(nats_cluster.run, step_down)
        waiting = asyncio.ensure_future(stepping)
        for number in range(500, 1000, 10):
            publisher.submit(map(message, range(number, number + 10)))
            await asyncio.sleep(MS)
        await waiting
        assert await publisher.flush(LIMIT)
        assert await publisher.close() == []

    run(test())
    assert sorted(stored_ids(nats_cluster)) == sorted(f"btcusdt@trade:{n}" for n in range(1000))


@pytest.mark.parametrize(
    ("settings", "user"),
    [
        (f"authorization {{ user: a, password: {SECRET} }}", f"a:{SECRET}@"),
        (f"authorization {{ token: {SECRET} }}", f"{SECRET}@"),
    ],
)
def test_credentials(tmp_path: Path, settings: str, user: str) -> None:
    with NatsServer(tmp_path, settings=settings) as server:
        host = server.url.rpartition("//")[2].rpartition("@")[2]
        publish(f"nats://{user}{host}", [message(1)])

        async def refused(credentials: str) -> None:
            sink = make_sink(f"nats://{credentials}{host}")
            with pytest.raises(SinkError, match="Authorization") as caught:
                await Publisher(sink).start()
            assert caught.value.is_final
            assert "wrong" not in f"{caught.value}{sink.display_name}{sink!r}"

        run(refused(user.replace(SECRET, "wrong")))


@pytest.mark.parametrize("is_optional", [False, True])
def test_tls_with_certificates_of_ones_own(tmp_path: Path, is_optional: bool) -> None:
    """Without them, or if the server does not insist on TLS, nothing is sent."""
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    files = f"cert_file: '{tmp_path}/server.pem', key_file: '{tmp_path}/server.pem'"
    settings = f"tls {{ {files} }}" + ("\nallow_non_tls: true" if is_optional else "")

    async def refused(url: str, reason: str) -> None:
        with pytest.raises(SinkError, match=reason) as caught:
            await make_sink(url).open()
        assert caught.value.is_final

    with NatsServer(tmp_path / "nats", settings=settings) as server:
        url = f"tls://{server.url.rpartition('//')[2]}"
        trusted = f"{url}?ca={tmp_path}/ca.pem"
        if is_optional:
            run(refused(trusted, "does not use TLS"))
        else:
            assert publish(trusted, [message(1)]).stats().stored == 1
            run(refused(url, "certificate verify failed"))
            run(refused(f"{url}?ca={tmp_path}/none.pem", "none.pem: .*No such file"))


def test_a_server_that_is_not_there_is_waited_for() -> None:
    async def test() -> None:
        publisher = Publisher(make_sink("nats://127.0.0.1:9,127.0.0.1:10"))
        publisher.start()
        publisher.submit([message(1)])
        while publisher.state != "down":
            await asyncio.sleep(0.001)
        assert publisher.stats().reason
        assert publisher.stats().pending == 1
        (loss,) = await publisher.close(0.0)
        assert loss.count == 1

    run(test())


def test_payloads_are_untouched(nats_server: NatsServer) -> None:
    """Whatever bytes they hold."""
    one = message(1)
    one.payload = json.dumps({"a": "\r\n\x00é"}).encode() + b"\r\n\x00\xff"
    publish(nats_server.url, [one])
    (stored,) = nats_server.messages("binance.spot.>")
    assert stored.data == one.payload
