"""Which engine keeps a log, by its URL."""

from __future__ import annotations

import sys

import pytest

import binance_streams
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.messaging.address import parse_address
from binance_streams_sinks.publishing.engines import make_sink
from binance_streams_sinks.publishing.sink import SinkOptions

SECRET = "sEcr3tWord"

MODULES = (
    *("nats_sink", "nats_connection", "redis_sink", "kafka_sink", "parquet_sink"),
    *("parquet_folder", "hour_file", "arrow"),
)
"""Those of the sinks that import packages of extras."""


def test_parts_of_an_address() -> None:
    address = parse_address("nats://me:p%40ss@one:4222,two/x?creds=a%2Fb")
    assert (address.scheme, address.hosts, address.path) == ("nats", ("one:4222", "two"), "/x")
    assert (address.user, address.password, address.parameters) == ("me", "p@ss", {"creds": "a/b"})
    assert address.display_name == "nats://one:4222,two/x"
    folder = parse_address("parquet:some/folder")
    assert (folder.hosts, folder.path) == ((), "some/folder")
    assert folder.display_name == "parquet:some/folder"
    assert parse_address("nats://token@host").password is None


def test_an_address_is_shown_without_its_secrets() -> None:
    address = parse_address(f"nats://me:{SECRET}@one:4222?token={SECRET}")
    assert SECRET not in f"{address!r} {address} {[address]} {address.display_name}"


@pytest.mark.parametrize(
    "password", [f"a/b{SECRET}", f"a?b{SECRET}", f"{SECRET}@a/b", f"1?{SECRET}"]
)
def test_a_password_with_a_character_that_ends_the_hosts_is_not_shown(password: str) -> None:
    with pytest.raises(ParameterError, match=r"to: got .*@one:4222.*%2F for /") as caught:
        parse_address(f"nats://me:{password}@one:4222")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("port", ["0", "65536", "99999", "abc", "-1"])
def test_a_port_that_is_none_is_refused_without_showing_the_password(port: str) -> None:
    with pytest.raises(ParameterError, match=f"one:{port}.*a port from 1 to 65535") as caught:
        parse_address(f"nats://me:{SECRET}@two:1,one:{port}")
    assert SECRET not in str(caught.value)


def test_hosts_with_brackets_need_no_port() -> None:
    assert parse_address("nats://[::1],[::1]:4222,one").hosts == ("[::1]", "[::1]:4222", "one")


def test_another_version_of_nats_py_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that would not ask whether a connection is encrypted, as it calls that otherwise."""
    client = pytest.importorskip("nats.aio.client", reason="nats-py is not installed")
    for name in ("nats_sink", "nats_connection"):
        monkeypatch.delitem(sys.modules, f"binance_streams_sinks.{name}", raising=False)
    monkeypatch.delattr(client.Client, "_connect_command")
    with pytest.raises(ImportError, match="this version of nats-py is not supported"):
        make_sink("nats://localhost")


@pytest.mark.parametrize(
    ("url", "package", "extra"),
    [
        ("nats://localhost", "nats", "nats"),
        ("redis://localhost", "redis", "redis"),
        ("kafka://localhost", "confluent_kafka", "kafka"),
        ("parquet:log", "pyarrow", "arrow"),
    ],
)
def test_a_missing_package_is_named_with_its_extra(
    url: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(sys.modules):
        root, _, module = name.partition(".")
        if root == package or (root == "binance_streams_sinks" and module in MODULES):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"pip install 'binance-streams\[{extra}\]'"):
        make_sink(url)


@pytest.mark.parametrize(
    ("url", "kind", "name"),
    [
        ("nats://user:password@host:4222", "NatsSink", "nats://host:4222"),
        ("redis://user:password@host:6379/3", "RedisSink", "redis://host:6379/3"),
        ("rediss://host", "RedisSink", "rediss://host"),
        ("kafka://one:9092,two:9092?acks=all", "KafkaSink", "kafka://one:9092,two:9092"),
        ("parquet:log/trades?numbers=float", "ParquetSink", "parquet:log/trades"),
    ],
)
def test_the_scheme_says_which(url: str, kind: str, name: str) -> None:
    """Nothing is connected to before the sink is opened."""
    sink = make_sink(url, SinkOptions(catalog=binance_streams.CATALOG))
    assert (type(sink).__name__, sink.display_name) == (kind, name)


@pytest.mark.parametrize(
    "url",
    [
        *("", "nats", "http://x", "nats:", "nats://", f"amqp://a:{SECRET}@h", None, 5),
        *("redis://", f"kafka://a:{SECRET}@h?no=thing", f"redis://a:{SECRET}@h/x", "parquet:"),
        *(f"nats://a:{SECRET}@h/path", f"nats://{SECRET}@h?x={SECRET}", "nats://h?from=all"),
    ],
)
def test_what_is_no_log_is_rejected_without_its_secrets(url: object) -> None:
    with pytest.raises(ParameterError) as caught:
        make_sink(url)
    assert SECRET not in f"{caught.value} {caught.value.given!r}"
