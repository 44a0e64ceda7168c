"""What the URL of a proxy may be, and what is shown of it."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import ParameterError
from binance_streams_runtime.protocol.proxy import Proxy, parse_proxy
from tests.support.proxies import (
    LOGIN,
    PASSWORD,
    USER,
    assert_harmless,
)


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
