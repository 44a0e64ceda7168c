"""Options: whatever is not allowed is refused at once, with a text that says what is."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from binance_streams import AsyncClient, Client, ParameterError
from binance_streams_runtime.sync.client import BaseClient
from tests.support.limits import client_threads

NOWHERE = "ws://127.0.0.1:1"
"""Nothing may ever be sent there."""


NO_SECONDS = [0, -1, float("nan"), float("inf"), 86_401, 1e10, True, "1", []]
TIMES = [
    "connect_timeout",
    "request_timeout",
    "idle_timeout",
    "handover_timeout",
    "connection_lifetime",
]


PROXIES = "http://[user:password@]host:port, socks5h://"


@pytest.mark.parametrize(
    ("name", "values", "allowed"),
    [
        ("reconnect", [None, 0, 1, "yes", []], "True, False, or a callable"),
        ("backoff", [0, 1.5, "fast", [1, 2]], "a callable, or None"),
        ("redundancy", [0, 4, -1, 2.0, True, None, "2"], "1 to 3 connections"),
        ("trust_env", [None, 0, 1, "yes"], "True, False"),
        *[(name, NO_SECONDS, "seconds, above 0 and at most 86400") for name in TIMES],
        ("proxy", [5, True, b"http://h:1", ("h", 1)], "socks5h://"),
        ("proxy", ["", "h", "h:1", "ftp://h:1", "http://", "http://h:0"], PROXIES),
        ("proxy", ["http://h:1/path", "socks5://h:1?q", "http://h:99999"], PROXIES),
        ("proxy", ["https://h:1"], "TLS to the proxy itself is not supported"),
    ],
)
def test_bad_options_of_a_client_are_refused_with_what_is_allowed(
    name: str, values: list[Any], allowed: str
) -> None:
    for value in values:
        with pytest.raises(ParameterError) as caught:
            Client(NOWHERE, **{name: value})
        assert caught.value.name == name, value
        assert allowed in str(caught.value), value


class AsyncCall:
    """A callable object that must be awaited."""

    async def __call__(self, item: object) -> None: ...


def generator(item: object) -> Iterator[object]:
    yield item


async def async_generator(item: object) -> AsyncIterator[object]:
    yield item


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("name", ["on_event", "on_notice", "on_error"])
def test_a_callback_that_yields_is_refused(kind: type[Any], name: str) -> None:
    """A call of it would make a generator, and run nothing."""
    for callback in (generator, async_generator, functools.partial(async_generator)):
        with pytest.raises(ParameterError, match="without yield") as caught:
            kind(NOWHERE, **{name: callback})
        assert caught.value.name == name


def test_an_async_callable_object_is_refused_by_a_client_for_threads() -> None:
    with pytest.raises(ParameterError, match="AsyncClient takes both kinds"):
        Client(NOWHERE, on_event=AsyncCall())


@pytest.mark.parametrize("name", ["on_event", "on_notice", "on_error"])
def test_an_async_callback_of_a_client_for_threads_is_refused(name: str) -> None:
    """Nothing would await it; the text says which client does."""

    async def callback(item: object) -> None: ...

    option: dict[str, Any] = {name: callback}
    with pytest.raises(ParameterError, match="AsyncClient takes both kinds") as caught:
        Client(NOWHERE, **option)
    assert caught.value.name == name


def test_an_async_callback_of_a_subscription_for_threads_is_refused() -> None:
    async def callback(item: object) -> None: ...

    with Client(NOWHERE) as client:
        with pytest.raises(ParameterError, match="AsyncClient takes both kinds"):
            client.trade("btcusdt", on_event=callback)
        assert client.subscriptions == ()
        assert client.stats().connections == ()


def test_a_proxy_that_is_refused_keeps_its_password() -> None:
    with pytest.raises(ParameterError) as caught:
        Client(proxy="ftp://somebody:hunter2@h:1")
    assert "hunter2" not in str(caught.value) + repr(caught.value) + repr(caught.value.given)


@pytest.mark.parametrize(
    ("name", "values", "allowed"),
    [
        ("max_idle", NO_SECONDS, "seconds, above 0 and at most 86400"),
        ("on_idle", ["", "restart", None, True, []], "'notice', 'resubscribe', 'reconnect'"),
        ("fill", [None, 0, 1, "yes", []], "True, False"),
    ],
)
def test_bad_options_of_a_stream_are_refused_before_anything_is_sent(
    name: str, values: list[Any], allowed: str
) -> None:
    before = {*client_threads()}
    client: Client[Any] = Client(NOWHERE)
    calls = (
        lambda options: client.trade("BTCUSDT", **options),
        lambda options: client.trade("BTCUSDT", action="UNSUBSCRIBE", **options),
        lambda options: client.subscribe("btcusdt@trade", **options),
    )
    for value in values:
        for call in calls:
            with pytest.raises(ParameterError) as caught:
                call({name: value})
            assert caught.value.name == name, value
            assert allowed in str(caught.value), value
    assert client.subscriptions == ()
    assert {*client_threads()} <= before


@pytest.mark.parametrize(
    "options",
    [{"maxsize": 0}, {"maxsize": -1}, {"maxsize": True}, {"overflow": "block!"}, {"on_event": 5}],
)
def test_bad_options_of_queues_and_callbacks_are_refused(options: dict[str, Any]) -> None:
    client: Client[Any] = Client(NOWHERE)
    with pytest.raises(ParameterError):
        client.trade("BTCUSDT", **options)
    with pytest.raises(ParameterError):
        Client(NOWHERE, **options)
    assert client.subscriptions == ()


def test_an_unknown_keyword_is_a_type_error() -> None:
    client: Client[Any] = Client(NOWHERE)
    with pytest.raises(TypeError, match="color"):
        client.trade("BTCUSDT", color=1)  # type: ignore[call-arg]


def test_an_argument_that_a_client_does_not_take_lists_those_that_it_does() -> None:
    arguments = [name for name in inspect.signature(BaseClient).parameters if name != "others"]
    with pytest.raises(TypeError) as caught:
        Client(NOWHERE, symbol="btcusdt")  # type: ignore[call-overload]
    start, _, allowed = str(caught.value).partition("; allowed: ")
    assert start == "unexpected keyword argument 'symbol'"
    assert sorted(allowed.split(", ")) == sorted(arguments)


@pytest.mark.parametrize(
    "server",
    [
        "", "nowhere", "http://h", "ws://", "ws://h/path", "ws://h?", "ws://h?a=b", "ws://h#",
        "ws://u:p@h", "ws://@h", "ws://h:0", "ws://h:99999", "ws://h h", "ws://h\r\nX: y", "ws://[::1",
        "ws://h\\x", "ws://h%00", b"production", 5,
    ],
)  # fmt: skip
def test_bad_servers_are_refused_at_once(server: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        Client(server)
    assert "u:p" not in str(caught.value)


def test_named_servers_are_known() -> None:
    for server in Client.venue.servers:
        with Client(server.name) as client:
            assert client.url == f"{server.url}/stream"


def test_a_server_without_user_data_refuses_it() -> None:
    with Client("market_data") as client, pytest.raises(ParameterError, match="market_data"):
        client.user_data("a" * 64)


@pytest.mark.parametrize("make", [Client, AsyncClient])
def test_missed_events_that_rest_does_not_have_are_no_option(
    make: type[Client[Any] | AsyncClient[Any]],
) -> None:
    client = make(NOWHERE)
    with pytest.raises(ParameterError) as caught:
        client.subscribe("btcusdt@bookTicker", fill=True)
    text = "fill: got True; allowed: False, as REST has no events of btcusdt@bookTicker"
    assert str(caught.value) == text
    assert client.subscriptions == ()
