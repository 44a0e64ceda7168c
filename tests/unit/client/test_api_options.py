"""Where a client's accounts are, and what is allowed of their options before anything is sent."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

import binance_streams_us
from binance_streams import VENUE, AsyncClient, Client, HmacKey, ParameterError
from binance_streams_runtime.client.base import ClientBase
from binance_streams_runtime.protocol.proxy import Proxy

KEY = HmacKey("vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A", "secret")
URLS = "a URL such as wss://host/ws-api/v3 or ws://127.0.0.1:8080, without query"


def api_url(client: ClientBase[Any]) -> str | None:
    return client._settings.api_url


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ("production", "wss://ws-api.binance.com/ws-api/v3"),
        ("testnet", "wss://ws-api.testnet.binance.vision/ws-api/v3"),
        ("demo", "wss://demo-ws-api.binance.com/ws-api/v3"),
        ("market_data", None),
        # Its host is that of a named server, whose API is at another.
        ("wss://stream.binance.com:443", "wss://ws-api.binance.com/ws-api/v3"),
        ("ws://127.0.0.1:9443", "ws://127.0.0.1:9443/ws-api/v3"),
        ("wss://venue.test/", "wss://venue.test/ws-api/v3"),
    ],
)
def test_the_api_of_a_server(server: str, url: str | None) -> None:
    for client_class in (Client, AsyncClient):
        assert api_url(client_class(server)) == url


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("wss://host:9443", "wss://host:9443/ws-api/v3"),
        ("ws://127.0.0.1:8080/", "ws://127.0.0.1:8080/ws-api/v3"),
        ("wss://host/behind/another/path", "wss://host/behind/another/path"),
    ],
)
def test_api_url_takes_precedence(given: str, url: str) -> None:
    for server in ("market_data", "production", "ws://127.0.0.1:1"):
        assert api_url(Client(server, api_url=given)) == url


def test_times_have_the_unit_of_the_client() -> None:
    client = Client("testnet", time_unit="microsecond")
    assert str(api_url(client)).endswith("/ws-api/v3?timeUnit=MICROSECOND")
    assert "?" not in str(api_url(Client("testnet", time_unit="millisecond")))


@pytest.mark.parametrize(
    "given", ["", "host", "http://host", "wss://", "ws://h:0", "ws://h?q", "ws://h/a#b", "ws://a b"]
)
def test_a_url_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Client("testnet", api_url=given)
    assert (caught.value.name, caught.value.given, caught.value.allowed) == ("api_url", given, URLS)


def test_what_is_no_url_and_a_password_are_refused() -> None:
    with pytest.raises(ParameterError, match="or None"):
        Client("testnet", api_url=5)  # type: ignore[call-overload]
    with pytest.raises(ParameterError) as caught:
        Client("testnet", api_url="wss://alice:hunter@host/ws-api/v3")
    assert "hunter" not in str(caught.value)


def test_a_market_without_an_api_has_no_account() -> None:
    with pytest.raises(ParameterError, match=r"nothing of the WebSocket API of Binance\.US"):
        binance_streams_us.Client(api_url="wss://host")
    assert not hasattr(binance_streams_us.Client(), "account")


def test_a_server_without_an_api_says_which_have_it() -> None:
    with pytest.raises(ParameterError) as caught:
        Client("market_data").account(KEY)
    assert caught.value.name == "server"
    assert caught.value.given == "market_data"
    assert "'production', 'testnet', 'demo'; api_url= names another one" in caught.value.allowed


def test_the_environment_may_name_no_proxy_for_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", "ws-api.binance.com")
    target = Client("production", trust_env=True)._settings.target
    assert isinstance(target.proxy_of("wss://stream.binance.com:9443/stream"), Proxy)
    assert target.proxy_of("wss://ws-api.binance.com/ws-api/v3") is None


OPTIONS = [
    ({"recv_window": 0}, "recv_window"),
    ({"recv_window": 60_001}, "recv_window"),
    ({"recv_window": 5000.0001}, "recv_window"),
    ({"recv_window": True}, "recv_window"),
    ({"recv_window": float("nan")}, "recv_window"),
    ({"maxsize": 0}, "maxsize"),
    ({"overflow": "newest"}, "overflow"),
    ({"max_idle": -1}, "max_idle"),
    ({"on_idle": "panic"}, "on_idle"),
    ({"on_event": 5}, "on_event"),
]


@pytest.mark.parametrize(("options", "name"), OPTIONS)
def test_an_option_is_checked_before_anything_is_sent(options: Any, name: str) -> None:
    client = Client("ws://127.0.0.1:1")
    with pytest.raises(ParameterError) as caught:
        client.account(KEY, **options)
    assert caught.value.name == name
    assert client.accounts == ()
    assert not client._engine._driver.is_running


def test_the_newest_event_alone_is_not_enough() -> None:
    """Whether the subscription says so or the client."""
    with pytest.raises(ParameterError, match=r"each event of account vmPU… counts"):
        Client("ws://127.0.0.1:1").account(KEY, overflow="latest")
    with pytest.raises(ParameterError, match="overflow"):
        Client("ws://127.0.0.1:1", overflow="latest").account(KEY)


def test_an_unknown_option_is_named() -> None:
    with pytest.raises(TypeError, match="'fill'; allowed: key, recv_window, on_event, maxsize"):
        Client("ws://127.0.0.1:1").account(KEY, fill=True)  # type: ignore[call-arg]


@pytest.mark.parametrize("key", ["secret", None, HmacKey, object()])
def test_what_is_no_key_is_refused(key: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        Client("ws://127.0.0.1:1").account(key)
    assert caught.value.name == "key"
    assert "'secret'" not in str(caught.value)


def test_a_venue_without_an_api_says_so() -> None:
    class Bare(Client[Any]):
        venue = msgspec.structs.replace(VENUE, api=None)

    with pytest.raises(ParameterError, match="a market whose spec has the WebSocket API"):
        Bare("ws://127.0.0.1:1").account(KEY)
