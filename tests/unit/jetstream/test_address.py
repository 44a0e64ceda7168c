"""The URLs of logs."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from binance_streams import Client, ParameterError
from binance_streams_runtime.jetstream.address import parse_log_address


def test_the_simplest_one() -> None:
    address = parse_log_address("nats://host")
    assert address.servers == ("nats://host:4222",)
    assert (address.begin, address.durable, address.reorder) == ("now", None, 0.2)
    assert address.is_live


def test_several_servers_and_all_options() -> None:
    address = parse_log_address(
        "tls://me:p%40ss@one:1,two,[::1]:3?from=2026-11-25T12:00&durable=bot&reorder=0.5"
        "&prefix=my.spot&server=testnet&creds=%2Fa%20b"
    )
    assert address.servers == ("tls://one:1", "tls://two:4222", "tls://[::1]:3")
    assert address.url == "tls://one:1,two:4222,[::1]:3"
    assert address.begin == 1_795_608_000_000_000_000
    assert (address.durable, address.reorder, address.prefix) == ("bot", 0.5, "my.spot")
    assert address.server == "testnet"
    assert address.credentials == {"user": "me", "password": "p@ss", "user_credentials": "/a b"}
    assert not address.is_live


def test_a_token() -> None:
    address = parse_log_address("nats://secret@host")
    assert address.credentials == {"token": "secret"}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("nats://", "server"),
        ("nats://host:0", "server"),
        ("nats://host/path", "server"),
        ("nats://@host", "server"),
        ("nats://host?speed=1", "server"),
        ("nats://host?from=", "server"),
        ("nats://host?from=all&from=now", "server"),
        ("nats://host?from=yesterday", "from"),
        ("nats://host?durable=a.b", "durable"),
        ("nats://host?reorder=-1", "reorder"),
        ("nats://host?reorder=soon", "reorder"),
        ("nats://host?prefix=a*b", "prefix"),
        ("nats://host?server=nowhere", "server"),
    ],
)
def test_what_is_not_allowed(url: str, name: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Client(url)
    assert str(caught.value).startswith(name)


@pytest.mark.parametrize("url", ["redis://host", "kafka://host", "natss://host"])
def test_other_logs_cannot_be_read(url: str) -> None:
    with pytest.raises(ParameterError, match="or nats://HOST for a log"):
        Client(url)


def test_a_credentials_file_that_is_not_there_is_refused_at_once() -> None:
    with pytest.raises(ParameterError, match="creds: got '/nowhere'; allowed: the path of"):
        Client("nats://host?creds=%2Fnowhere")


def test_certificates_that_cannot_be_read_are_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(ParameterError, match=r"ca: got '/nowhere'; allowed: .* No such file"):
        Client("tls://host?ca=/nowhere")
    with pytest.raises(ParameterError, match=r"allowed: the path of certificates in PEM"):
        Client(f"tls://host?ca={tmp_path}/ca.pem")


def test_certificates_are_given_in_one_place() -> None:
    with pytest.raises(ParameterError, match=r"ca: got '/ca\.pem'; allowed: no ca= in the URL"):
        Client("tls://host?ca=/ca.pem", ssl_context=ssl.create_default_context())


@pytest.mark.parametrize("url", ["nats://me:secret@host", "nats://secret@host"])
def test_nothing_shows_a_secret(url: str) -> None:
    address = parse_log_address(url)
    client = Client(url)
    assert "secret" not in f"{address!r} {address.url} {client!r} {client.url}"
    with pytest.raises(ParameterError) as caught:
        Client(f"{url}/path")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("password", ["a?secret", "1?secret", "1?from=secret"])
def test_a_question_mark_in_a_password_shows_nothing_of_it(password: str) -> None:
    with pytest.raises(
        ParameterError, match=r"@host'; allowed: %2F for / and %3F for \?"
    ) as caught:
        Client(f"nats://me:{password}@host")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"proxy": "socks5h://127.0.0.1:1"}, "proxy"),
        ({"rest_url": "http://127.0.0.1:1"}, "rest_url"),
        ({"api_url": "ws://127.0.0.1:1"}, "api_url"),
        ({"time_unit": "microsecond"}, "time_unit"),
    ],
)
def test_a_log_has_no_such_option(options: dict[str, str], name: str) -> None:
    with pytest.raises(ParameterError, match=name):
        Client("nats://host", **options)  # type: ignore[call-overload]


def test_the_environment_may_name_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BINANCE_STREAMS_SERVER", "nats://host?from=all")
    assert Client().url == "nats://host:4222"
