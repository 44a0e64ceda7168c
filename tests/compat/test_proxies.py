"""``proxies`` is a dict as requests takes it."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from binance_streams import ConnectionLost
from binance_streams.compat import SpotWebsocketStreamClient
from binance_streams_runtime.client.log import flush_log
from tests.compat.conftest import Make, Recorder
from tests.support.frames import frame, wrapped
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.proxies import HOST, LOGIN, SECRETS, at
from tests.support.raw_server import Peer, RawServer


def tunnel(heads: list[bytes]) -> Any:
    """A proxy that is the server behind it as well."""

    def handle(peer: Peer) -> None:
        heads.append(peer.read_head())
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        peer.shake()
        peer.confirm()
        peer.send(frame(wrapped("btcusdt@trade", "1")))
        peer.drain()

    return handle


@pytest.mark.parametrize(
    ("key", "scheme"), [("http", "http"), ("https", "http"), ("https", "https")]
)
def test_proxy_is_used(make: Make, recorder: Recorder, key: str, scheme: str) -> None:
    """Whichever key names it, and whichever scheme: the old one asked each in plain HTTP."""
    heads: list[bytes] = []
    with RawServer(tunnel(heads)) as proxy:
        client = make(f"ws://{HOST}:9", recorder, proxies={key: at(proxy, scheme, LOGIN)})
        client.trade("btcusdt")
        wait_until(lambda: recorder.texts[-1:] == ["1"])
        in_time(client.stop)
    assert heads[0].startswith(f"CONNECT {HOST}:9 HTTP/1.1".encode())
    assert b"Proxy-Authorization: Basic" in heads[0]


def test_http_goes_before_https(make: Make, recorder: Recorder) -> None:
    heads: list[bytes] = []
    with RawServer(tunnel(heads)) as proxy:
        make(f"ws://{HOST}:9", recorder, proxies={"https": "http://127.0.0.1:9", "http": at(proxy)})
        assert len(heads) == 1


@pytest.mark.parametrize("proxies", [None, {}, {"http": None, "ftp": "x"}])
def test_proxy_of_the_environment_is_used_where_none_is_given(
    make: Make, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, proxies: Any
) -> None:
    """So did the library under the old client."""
    heads: list[bytes] = []
    with RawServer(tunnel(heads)) as proxy:
        monkeypatch.setenv("http_proxy", at(proxy))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        make(f"ws://{HOST}:9", recorder, proxies=proxies)
        assert len(heads) == 1


def test_password_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """Nor in the error, if the proxy refuses."""

    def refuse(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

    caplog.set_level(logging.DEBUG)
    with RawServer(refuse) as proxy, pytest.raises(ConnectionLost) as caught:
        SpotWebsocketStreamClient(
            f"ws://{HOST}:9", proxies={"http": at(proxy, login=LOGIN)}, reconnect=False
        )
    flush_log(LIMIT)
    shown = f"{caught.value!r} {caplog.text}"
    assert "407" in shown
    assert [secret for secret in SECRETS if secret in shown] == []
