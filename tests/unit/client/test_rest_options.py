"""Where a client's REST requests go, what they say, and how much request weight they leave."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

import binance_streams_us
from binance_streams import VENUE, AsyncClient, Client, ParameterError
from binance_streams_runtime.client.base import ClientBase
from binance_streams_runtime.client.options import Settings
from binance_streams_runtime.protocol.rest import RestServer

URLS = "a URL such as https://host or http://127.0.0.1:8080, without path or query"


def settings(client: ClientBase[Any]) -> Settings:
    return client._settings


def server_of(client: ClientBase[Any]) -> RestServer:
    rest = settings(client).rest
    assert rest is not None
    return rest


def test_a_named_server_has_the_url_of_the_spec() -> None:
    assert server_of(Client("testnet")).url == "https://testnet.binance.vision"
    assert server_of(Client("production")).url == "https://api.binance.com"
    assert server_of(binance_streams_us.Client()).url == "https://api.binance.us"


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("ws://127.0.0.1:9443", "http://127.0.0.1:9443"),
        ("wss://venue.test:8443/", "https://venue.test:8443"),
        ("wss://venue.test", "https://venue.test"),
        ("ws://[::1]:80", "http://[::1]:80"),
        # Its host is that of a named server, which has its REST API at another.
        ("wss://stream.binance.com:443", "https://api.binance.com"),
    ],
)
def test_a_server_given_by_url_has_rest_at_the_same_host(given: str, url: str) -> None:
    for client_class in (Client, AsyncClient):
        assert server_of(client_class(given)).url == url


def test_rest_url_takes_precedence() -> None:
    for server in ("market_data", "ws://127.0.0.1:1", None):
        rest = server_of(Client(server, rest_url="http://127.0.0.1:8080/"))
        assert rest.url_of("/api/v3/historicalTrades") == "http://127.0.0.1:8080"


def test_a_path_that_a_server_lacks_is_asked_for_elsewhere() -> None:
    rest = server_of(Client("market_data"))
    assert rest.url_of("/api/v3/aggTrades") == "https://data-api.binance.vision"
    assert rest.url_of("/api/v3/historicalTrades") == "https://api.binance.com"


def test_times_have_the_unit_of_the_streams() -> None:
    assert server_of(Client()).headers == {}
    assert server_of(Client(time_unit="microsecond")).headers == {"X-MBX-TIME-UNIT": "MICROSECOND"}


def test_a_quarter_of_the_weight_is_left_to_others() -> None:
    assert settings(Client()).weight_reserve == 1500
    assert settings(binance_streams_us.Client()).weight_reserve == 300
    assert settings(Client(weight_reserve=0)).weight_reserve == 0
    assert settings(Client(weight_reserve=5999)).weight_reserve == 5999


@pytest.mark.parametrize(
    ("name", "values", "allowed"),
    [
        ("rest_url", ["", "host", "ws://host", "http://", "http://h:0", "http://h/path"], URLS),
        ("rest_url", ["http://h?q", "https://h#", "http://h:99999", "http://a b"], URLS),
        ("rest_url", [5, b"http://h", True], f"{URLS}; or None"),
        (
            "weight_reserve",
            [-1, 6000, 1.5, True, "1", []],
            "a whole number from 0 to 5999, or None for a quarter of the limit",
        ),
    ],
)
def test_bad_values_are_refused_with_what_is_allowed(
    name: str, values: list[Any], allowed: str
) -> None:
    for value in values:
        for client_class in (Client, AsyncClient):
            with pytest.raises(ParameterError) as caught:
                client_class("ws://127.0.0.1:1", **{name: value})
            assert caught.value.name == name, value
            assert str(caught.value).endswith(f"; allowed: {allowed}"), value


def test_a_password_in_the_url_is_refused_and_not_shown() -> None:
    with pytest.raises(ParameterError) as caught:
        Client(rest_url="https://alice:hunter@host")
    assert "hunter" not in str(caught.value)


def test_a_market_without_rest_has_neither_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Client, "venue", msgspec.structs.replace(VENUE, rest=None))
    assert settings(Client()).rest is None
    for options in ({"rest_url": "http://h"}, {"weight_reserve": 5}):
        with pytest.raises(ParameterError, match="allowed: None, as"):
            Client(**options)
