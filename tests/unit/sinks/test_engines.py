"""Which engine keeps a log, by its URL."""

from __future__ import annotations

import sys

import pytest

from binance_streams_runtime.errors import ParameterError
from binance_streams_sinks.publishing.address import parse_address
from binance_streams_sinks.publishing.engines import make_sink

SECRET = "sEcr3tWord"


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


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "nats"]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("binance_streams_sinks.nats_sink", "binance_streams_sinks.nats_connection"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "nats", None)
    with pytest.raises(ImportError, match=r"pip install 'binance-streams\[nats\]'"):
        make_sink("nats://localhost")


@pytest.mark.parametrize(
    "url",
    [
        *("", "nats", "http://x", "nats:", "nats://", f"amqp://a:{SECRET}@h", None, 5),
        *(f"nats://a:{SECRET}@h/path", f"nats://{SECRET}@h?x={SECRET}", "nats://h?from=all"),
    ],
)
def test_what_is_no_log_is_rejected_without_its_secrets(url: object) -> None:
    with pytest.raises(ParameterError) as caught:
        make_sink(url)
    assert SECRET not in f"{caught.value} {caught.value.given!r}"
