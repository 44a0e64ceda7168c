"""Messages in Redis Streams, as redis-py alone reads them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.messaging.address import parse_address
from binance_streams_sinks import redis_sink
from binance_streams_sinks.publishing.sink import Newest, Published, SinkError, SinkOptions
from binance_streams_sinks.redis_sink import RedisSink, ids_key
from tests.support.certificates import authority
from tests.support.limits import LIMIT, MS, wait_until
from tests.support.loops import run
from tests.support.ports import free_ports
from tests.support.published import message
from tests.support.redis_server import RedisServer
from tests.support.redis_server import redis_server as running

HOST = parse_address("redis://host")
TRADES = "binance.spot.trade.BTCUSDT"


@asynccontextmanager
async def opened(url: str, **options: Any) -> AsyncIterator[RedisSink]:
    sink = RedisSink(parse_address(url), SinkOptions(**options))
    try:
        await sink.open()
        yield sink
    finally:
        await sink.close()


def messages(*numbers: int, name: str = "btcusdt@trade") -> list[Published]:
    return [message(number, name) for number in numbers]


def ids(server: RedisServer, subject: str = TRADES) -> list[int]:
    """The ids of the messages of a stream, in the order in which they are there."""
    with server.connect() as client:
        entries: Any = client.xrange(subject)
    return [int(fields["id"].rpartition(":")[2]) for _, fields in entries]


def test_a_message_has_its_id_its_time_its_collector_and_its_bytes(
    redis_server: RedisServer,
) -> None:
    async def test() -> None:
        async with opened(redis_server.url) as sink:
            receipt = await sink.publish(messages(7))
            assert (list(receipt.failures), receipt.duplicates) == ([], 0)
            assert await sink.newest(TRADES) == Newest("btcusdt@trade:7", 7_000_000_000)
            assert await sink.newest("binance.spot.trade.ETHUSDT") is None

    run(test)
    with redis_server.connect() as client:
        ((_, fields),) = client.xrange(TRADES)
    assert fields == {
        "id": "btcusdt@trade:7",
        "received": "7000000000",
        "collector": "tests",
        "payload": "xxxxxxxxxx",
    }


def test_what_two_collectors_publish_is_there_once(redis_server: RedisServer) -> None:
    """Each fills in what the other has missed, in the order in which it comes."""

    async def test() -> None:
        async with opened(redis_server.url) as first, opened(redis_server.url) as second:
            await first.publish(messages(1, 2, 5))
            receipt = await second.publish(messages(2, 3, 4, 5, 6))
            assert (list(receipt.failures), receipt.duplicates) == ([], 2)

    run(test)
    assert ids(redis_server) == [1, 2, 5, 3, 4, 6]


def test_a_batch_may_have_several_subjects(redis_server: RedisServer) -> None:
    async def test() -> None:
        async with opened(redis_server.url) as sink:
            mixed = [*messages(1, 2), *messages(1, 3, name="ethusdt@trade"), *messages(4)]
            assert not (await sink.publish(mixed)).failures

    run(test)
    assert ids(redis_server) == [1, 2, 4]
    assert ids(redis_server, "binance.spot.trade.ETHUSDT") == [1, 3]


def test_ids_are_forgotten_after_the_window(redis_server: RedisServer) -> None:
    """Or they would fill the memory: a stream that has ended has none after it."""

    async def test() -> None:
        async with opened(redis_server.url, duplicate_window=50 * MS) as sink:
            await sink.publish(messages(1))
            with redis_server.connect() as client:
                wait_until(lambda: not client.exists(ids_key(TRADES)))
            assert (await sink.publish(messages(1))).duplicates == 0

    run(test)
    assert ids(redis_server) == [1, 1]


def test_what_is_retried_is_recognized_although_the_window_is_short() -> None:
    assert RedisSink(HOST, SinkOptions(duplicate_window=100.0)).max_retry_age == 50.0


def test_old_messages_are_trimmed(redis_server: RedisServer) -> None:
    """Redis does so by nodes of a hundred messages."""

    async def test() -> None:
        async with opened(redis_server.url, max_age=50 * MS) as sink:
            await sink.publish(messages(*range(500)))
            number = 500
            with redis_server.connect() as client:
                while int(client.xlen(TRADES)) > 200:
                    await sink.publish(messages(number))
                    number += 1
        assert ids(redis_server)[-1] == number - 1

    run(test)


def test_a_server_that_has_lost_the_script_gets_it_again(redis_server: RedisServer) -> None:
    async def test() -> None:
        async with opened(redis_server.url) as sink:
            await sink.publish(messages(1))
            with redis_server.connect() as client:
                client.script_flush()
            assert not (await sink.publish(messages(2))).failures

    run(test)
    assert ids(redis_server) == [1, 2]


def test_a_key_that_is_something_else_fails_alone_and_for_good(redis_server: RedisServer) -> None:
    """No id is remembered of what was not stored."""
    with redis_server.connect() as client:
        client.set(TRADES, "mine")

    async def test() -> None:
        async with opened(redis_server.url) as sink:
            receipt = await sink.publish([*messages(1), *messages(1, name="ethusdt@trade")])
            (failure,) = receipt.failures
            assert failure.is_final
            assert failure.message.subject == TRADES
            assert "WRONGTYPE" in failure.reason

    run(test)
    assert ids(redis_server, "binance.spot.trade.ETHUSDT") == [1]
    with redis_server.connect() as client:
        assert not client.exists(ids_key(TRADES))


def test_what_a_full_memory_refuses_is_published_again(own_redis_server: RedisServer) -> None:
    async def test() -> None:
        with own_redis_server.connect() as client:
            async with opened(own_redis_server.url) as sink:
                await sink.publish(messages(1))
                client.config_set("maxmemory", 1)
                refused = await sink.publish(messages(1, 2))
                assert [failure.is_final for failure in refused.failures] == [False, False]
                assert "maxmemory" in refused.failures[0].reason
                client.config_set("maxmemory", 0)
                assert (await sink.publish(messages(1, 2))).duplicates == 1

    run(test)
    assert ids(own_redis_server) == [1, 2]


def test_a_full_memory_is_freed_of_what_is_too_old(own_redis_server: RedisServer) -> None:
    """The script cannot do it then."""

    async def test() -> None:
        with own_redis_server.connect() as client:
            async with opened(own_redis_server.url, max_age=1 * MS) as sink:
                await sink.publish(messages(*range(1000)))
                client.config_set("maxmemory", 1)

                async def is_trimmed() -> bool:
                    assert (await sink.publish(messages(1000))).failures
                    return int(client.xlen(TRADES)) < 200

                while not await is_trimmed():
                    pass

    run(test)


def test_a_replica_is_refused_until_it_is_the_master(own_redis_server: RedisServer) -> None:
    async def test() -> None:
        with own_redis_server.connect() as client:
            async with opened(own_redis_server.url) as sink:
                client.replicaof("127.0.0.1", "1")
                with pytest.raises(SinkError, match="read only replica") as refused:
                    await sink.publish(messages(1))
                assert not refused.value.is_final
            with pytest.raises(SinkError, match="it is a read-only replica") as refused:
                async with opened(own_redis_server.url):
                    pass
            assert not refused.value.is_final
            client.replicaof("NO", "ONE")
            async with opened(own_redis_server.url) as sink:
                assert not (await sink.publish(messages(1))).failures

    run(test)
    assert ids(own_redis_server) == [1]


def test_passwords_are_checked_at_once_and_never_shown(own_redis_server: RedisServer) -> None:
    with own_redis_server.connect() as client:
        client.config_set("requirepass", "rightpassword")

    async def test() -> None:
        place = own_redis_server.url.removeprefix("redis://")
        for user, reason in (("", "wants a password"), (":wrongpassword@", "invalid username")):
            with pytest.raises(SinkError, match=reason) as refused:
                async with opened(f"redis://{user}{place}"):
                    pass
            assert refused.value.is_final
            assert "wrongpassword" not in f"{refused.value!r}{refused.value.__cause__!r}"
        async with opened(f"redis://:rightpassword@{place}") as sink:
            assert "rightpassword" not in f"{sink.display_name}{sink!r}"
            assert not (await sink.publish(messages(1))).failures

    run(test)


def test_tls_is_verified(tmp_path: Path) -> None:
    ca = authority()
    certificate = ca.issue_cert("localhost")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    (port,) = free_ports(1)
    options = {
        "--tls-port": str(port),
        "--tls-cert-file": str(tmp_path / "server.pem"),
        "--tls-key-file": str(tmp_path / "server.pem"),
        "--tls-ca-cert-file": str(tmp_path / "ca.pem"),
        "--tls-auth-clients": "no",
    }

    async def test() -> None:
        trusted = f"?ssl_ca_certs={tmp_path}/ca.pem"
        async with opened(f"rediss://localhost:{port}{trusted}") as sink:
            assert not (await sink.publish(messages(1))).failures
        for url in (f"rediss://localhost:{port}", f"rediss://127.0.0.1:{port}{trusted}"):
            with pytest.raises(SinkError, match="certificate is not trusted") as refused:
                async with opened(url):
                    pass
            assert refused.value.is_final

    with running(tmp_path, *(part for option in options.items() for part in option)):
        run(test)


def test_a_database_that_does_not_exist_is_refused_for_good(redis_server: RedisServer) -> None:
    async def test() -> None:
        with pytest.raises(SinkError, match="DB index is out of range") as refused:
            async with opened(f"{redis_server.url}/77"):
                pass
        assert refused.value.is_final

    run(test)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("redis://host?ssl_ca_cert=ca.pem", "ssl_ca_certs, ssl_certfile, ssl_keyfile"),
        ("rediss://host?ssl_ca_certs=none.pem", "the path of a PEM file"),
        ("redis://host,host2", "redis://HOST"),
        ("redis://host/trades", "redis://HOST"),
        ("redis:host", "redis://HOST"),
    ],
)
def test_other_addresses_are_refused(url: str, allowed: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(allowed)):
        RedisSink(parse_address(url), SinkOptions())


def test_a_message_counts_once_as_many_replicas_have_it(
    own_redis_server: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_sink, "TIMEOUT", LIMIT)

    async def test() -> None:
        async with opened(own_redis_server.url, replicas=2) as sink:
            with monkeypatch.context() as patch:
                patch.setattr(redis_sink, "TIMEOUT", 20 * MS)
                (failure,) = (await sink.publish(messages(1))).failures
            assert "0 of 1 replicas have them" in failure.reason
            (tmp_path / "replica").mkdir()
            port = str(own_redis_server.port)
            with running(tmp_path / "replica", "--replicaof", "127.0.0.1", port) as replica:
                with replica.connect() as client:
                    wait_until(lambda: client.info("replication")["master_link_status"] == "up")
                assert not (await sink.publish(messages(1, 2))).failures
                assert ids(replica) == [1, 2]

    run(test)


@pytest.mark.slow
def test_a_cluster_has_each_stream_beside_its_ids(tmp_path: Path) -> None:
    async def test(server: RedisServer) -> None:
        async with opened(server.url) as sink:
            mixed = [message(1, f"{symbol}@trade") for symbol in ("btcusdt", "ethusdt", "bnbbtc")]
            assert (await sink.publish(mixed)).duplicates == 0
            assert (await sink.publish(mixed)).duplicates == 3
            assert await sink.newest(mixed[2].subject) == Newest(mixed[2].id, 10**9)
        with pytest.raises(SinkError, match="min-replicas-to-write"):
            async with opened(server.url, replicas=2):
                pass

    with running(tmp_path, "--cluster-enabled", "yes") as server:
        with server.connect() as client:
            client.execute_command("CLUSTER", "ADDSLOTS", *range(16384))
            wait_until(lambda: "cluster_state:ok" in client.execute_command("CLUSTER", "INFO"))
        run(lambda: test(server))


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-ttl"])
def test_who_evicts_messages_is_warned_once(
    policy: str, own_redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Ids expire, so also the policies for what expires matter."""
    with own_redis_server.connect() as client:
        client.config_set("maxmemory-policy", policy)
        client.config_set("maxmemory", 10**9)

    async def test() -> None:
        async with opened(own_redis_server.url) as sink:
            await sink.close()
            await sink.open()

    run(test)
    (record,) = caplog.records
    assert record.message.endswith(f"maxmemory-policy is {policy}")
