"""What the URL of a proxy may be, and where the environment may name one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_streams import ParameterError
from binance_streams_runtime.protocol.proxy import Proxy, parse_proxy
from binance_streams_runtime.transport.proxy import proxy_from_environment
from tests.support.proxies import (
    LOGIN,
    PASSWORD,
    USER,
    assert_harmless,
    at,
    connection,
    greet,
    http_proxy,
    read_word,
)
from tests.support.raw_server import Peer, RawServer


@pytest.mark.parametrize(
    ("text", "proxy"),
    [
        ("http://host", Proxy("http", "host", 80)),
        ("HTTP://Host:3128/", Proxy("http", "host", 3128)),
        ("socks5://1.2.3.4", Proxy("socks5", "1.2.3.4", 1080)),
        ("socks5h://[::1]:9", Proxy("socks5h", "::1", 9)),
        ("http://alice@host", Proxy("http", "host", 80, "alice", "")),
        ("http://:token@host", Proxy("http", "host", 80, "", "token")),
        ("http://@host", Proxy("http", "host", 80)),
        (f"http://{LOGIN}host:1", Proxy("http", "host", 1, USER, PASSWORD)),
        ("socks5://a%3Ab:c@host", Proxy("socks5", "host", 1080, "a:b", "c")),
        (f"http://a:{'x' * 300}@host", Proxy("http", "host", 80, "a", "x" * 300)),
    ],
)
def test_a_proxys_url(text: str, proxy: Proxy) -> None:
    assert parse_proxy(text) == proxy


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"https://{LOGIN}host:443", "https://host:443"),
        (f"socks4://{LOGIN}host:1", "socks4://host:1"),
        (f"socks://{LOGIN}host:1", "socks://host:1"),
        (f"ftp://{LOGIN}host", "…"),
        (f"{LOGIN}host:80", "…"),
        ("alice:hunter", "…"),
        ("hunter", "…"),
        ("", "…"),
        ("http://", "http://…"),
        (f"http://{LOGIN}", "http://…"),
        (f"http://{LOGIN}host:0", "http://host:0"),
        (f"http://{LOGIN}host:65536", "http://host:65536"),
        (f"http://{LOGIN}host:hunter", "http://…"),
        ("http://alice:hunter", "http://…"),
        ("http://alice:hunter%40host", "http://…"),
        ("http://alice:hun/ter@host", "http://host"),
        ("http://alice:hun#ter@host", "http://host"),
        ("http://alice:hun?ter@host", "http://host"),
        (f"http://{LOGIN}host/path", "http://…"),
        (f"http://{LOGIN}host?hunter", "http://…"),
        (f"http://{LOGIN}host?", "http://…"),
        (f"http://{LOGIN}[::1", "http://…"),
        (f"http://{LOGIN}ho st", "http://…"),
        (f"http://{LOGIN}ho\\st", "http://…"),
        (f" http://{LOGIN}host", "…"),
        ("http://al\nice:hunter@host", "http://host"),
        ("http://alice:hunter%0d%0aX: y@host", "http://host"),
        ("http://alice:hunter%0a@host", "http://host"),
        ("http://alice%00:hunter@host", "http://host"),
        ("http://alice:hunter%7f@host", "http://host"),
        ("http://alice:hunter%c2%85@host", "http://host"),
        ("http://alice:hunter%ff@host", "http://host"),
        ("http://alice:hunter\udcff@host", "http://host"),
        ("http://alice%3A:hunter@host", "http://host"),
        ("http://alice:hunter@host\u2100", "http://…"),
        (f"socks5://alice:{'hunter' * 50}@host", "socks5://host"),
        (None, "…"),
        (b"http://alice:hunter@host", "…"),
        (Proxy("http", "host", 1, USER, PASSWORD), "…"),
    ],
)
def test_what_is_no_proxy_is_refused_without_secrets(text: Any, shown: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse_proxy(text)
    error = caught.value
    assert (error.name, error.given) == ("proxy", shown)
    assert error.__context__ is None
    assert "socks5h://" in error.allowed
    assert_harmless(error)


def test_tls_to_the_proxy_is_refused_clearly() -> None:
    with pytest.raises(ParameterError, match="TLS to the proxy itself is not supported"):
        parse_proxy("https://host:443")


def test_a_proxy_is_shown_without_secrets() -> None:
    proxy = parse_proxy(f"http://{LOGIN}host:3128")
    assert repr(proxy) == "Proxy('http://***@host:3128')"
    assert repr(parse_proxy("socks5://[::1]")) == "Proxy('socks5://[::1]:1080')"
    assert_harmless(proxy, [proxy], {1: proxy}, f"{proxy}")


def test_rich_shows_no_secrets() -> None:
    """It does not look at the repr."""
    pretty = pytest.importorskip("rich.pretty")
    assert_harmless(pretty.pretty_repr(parse_proxy(f"http://{LOGIN}host:3128")))


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
