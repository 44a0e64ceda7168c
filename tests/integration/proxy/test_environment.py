"""Where the environment may name a proxy, and where it changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from binance_streams import ParameterError
from binance_streams_runtime.transport.proxy import proxy_from_environment
from tests.support.proxies import (
    LOGIN,
    assert_harmless,
    at,
    connection,
    greet,
    http_proxy,
    read_word,
)
from tests.support.raw_server import Peer, RawServer

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ws_proxy", "wss_proxy")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch.setenv


WSS, WS = "wss://stream.venue.test:9443", "ws://stream.venue.test"


@pytest.mark.parametrize(
    ("variables", "url", "host"),
    [
        ("", WSS, None),
        ("HTTPS_PROXY=http://a:1", WSS, "a"),
        ("https_proxy=http://a:1", WSS, "a"),
        ("https_proxy=http://a:1 HTTPS_PROXY=http://b:1", WSS, "a"),
        ("ALL_PROXY=socks5h://a", WSS, "a"),
        ("all_proxy=socks5h://a", WS, "a"),
        ("HTTPS_PROXY=http://a:1 ALL_PROXY=http://b:1", WSS, "a"),
        ("HTTPS_PROXY= ALL_PROXY=http://b:1", WSS, "b"),
        ("http_proxy=http://a:1", WS, "a"),
        ("HTTP_PROXY=http://a:1", WS, None),
        ("HTTP_PROXY=http://a:1 ALL_PROXY=http://b:1", WS, "b"),
        ("http_proxy=http://a:1", WSS, None),
        ("HTTPS_PROXY=http://a:1", WS, None),
        ("HTTPS_PROXY=a:1", WSS, "a"),
        ("WSS_PROXY=http://a:1 ws_proxy=http://a:1", WSS, None),
        ("HTTPS_PROXY=http://a:1 NO_PROXY=venue.test", WSS, None),
        ("HTTPS_PROXY=http://a:1 no_proxy=x,.venue.test", WSS, None),
        ("HTTPS_PROXY=http://a:1 NO_PROXY=stream.venue.test:9443", WSS, None),
        ("HTTPS_PROXY=http://a:1 NO_PROXY=stream.venue.test:443", WSS, "a"),
        ("ALL_PROXY=http://a:1 NO_PROXY=stream.venue.test:80", WS, None),
        ("HTTPS_PROXY=http://a:1 NO_PROXY=enue.test", WSS, "a"),
        ("HTTPS_PROXY=http://a:1 NO_PROXY=*", WSS, None),
        ("HTTPS_PROXY=http://a:1 NO_PROXY=::1", "wss://[::1]:9443", None),
    ],
)
def test_the_environments_proxy(
    environment: Callable[[str, str], None], variables: str, url: str, host: str | None
) -> None:
    for variable in variables.split():
        environment(*variable.split("=", 1))
    proxy = proxy_from_environment(url)
    assert (proxy and proxy.host) == host


@pytest.mark.parametrize("value", [f"https://{LOGIN}host:1", f"{LOGIN}host:hunter", "hunter:x"])
def test_a_bad_value_in_the_environment_is_not_passed_over(
    environment: Callable[[str, str], None], value: str
) -> None:
    environment("HTTPS_PROXY", value)
    with pytest.raises(ParameterError, match="proxy of the environment") as caught:
        proxy_from_environment(WSS)
    assert_harmless(caught.value)


def test_without_a_proxy_the_environment_changes_nothing(
    environment: Callable[[str, str], None],
) -> None:
    """websocket-client would look at it, and at a list of certificates."""
    with RawServer(greet) as server, RawServer(Peer.drain) as trap:
        for name in NAMES:
            if name != "no_proxy":
                environment(name, at(trap))
                environment(name.upper(), at(trap))
        environment("WEBSOCKET_CLIENT_CA_BUNDLE", "/nonexistent")
        with connection(server.url) as opened:
            assert read_word(opened) == b"hello"
        assert trap.peers == []


def test_a_given_proxy_is_used_whatever_no_proxy_says(
    environment: Callable[[str, str], None],
) -> None:
    environment("NO_PROXY", "*")
    seen: list[bytes] = []
    with (
        RawServer(greet) as server,
        RawServer(http_proxy(seen)) as proxy,
        connection(server.url, proxy=at(proxy)) as opened,
    ):
        assert read_word(opened) == b"hello"
    assert len(seen) == 1
