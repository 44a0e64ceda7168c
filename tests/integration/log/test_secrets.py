"""A listen key is a secret: it appears in no log, repr, notice, number or exception."""

from __future__ import annotations

import contextlib
import itertools
import logging
import socket
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from binance_streams import (
    CATALOG,
    BinanceStreamsError,
    Connected,
    Disconnected,
    Gap,
    RequestError,
    Resubscribed,
    SchemaDrift,
    Stale,
    decode,
)
from binance_streams_runtime.client.log import flush_log
from tests.support.clients import Connect
from tests.support.frames import close_frame, frame
from tests.support.limits import LIMIT, MS, failure, in_time, wait_until
from tests.support.raw_server import Peer, RawServer

KEY = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"

pytestmark = pytest.mark.filterwarnings("ignore::binance_streams.RetiredStreamWarning")


def run(
    connect: Connect,
    handle: Callable[[Peer], None],
    until: Callable[[list[Any]], bool],
    reconnect: bool = True,
    **options: Any,
) -> str:
    """Everything that a client shows of a user-data stream on such a server."""
    notices: list[Any] = []
    errors: list[BaseException] = []
    with RawServer(handle) as server:
        client = connect(
            server.url,
            on_notice=notices.append,
            on_error=errors.append,
            request_timeout=200 * MS,
            reconnect=reconnect,
            backoff=lambda: itertools.repeat(0.01),
        )
        subscription = client.user_data(KEY, **options)
        shown = [repr(subscription), repr(subscription.stream), repr(client), str(client.stats())]
        wait_until(lambda: until(notices) or subscription.state == "ended")
        shown += [str(client.stats()), repr(client.subscriptions), str(subscription.stats())]
        client.close()
        for work in (subscription.wait, lambda: subscription.get(10 * MS)):
            try:
                in_time(work)
            except BinanceStreamsError as error:
                shown += [str(error), repr(error), repr(error.__cause__)]
    return "\n".join([*shown, *map(repr, notices), *map(str, notices), *map(repr, errors)])


@pytest.mark.parametrize(
    "message",
    [
        f'{{"stream":"{KEY}","data":{{"e":"nonsense"}}}}',
        f'{{ "stream" : "{KEY}", "data" : 5 }}',
        f'{{"stream":"{KEY}","data":{{"e":5',
        f'{{"stream":"{KEY}"}}',
        f'{{"e":"nonsense","listenKey":"{KEY}"}}',
        KEY,
    ],
)
def test_unreadable_messages_do_not_show_it(
    connect: Connect, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(frame(message))
        peer.drain()

    shown = run(connect, handle, lambda notices: any("Undecodable" in repr(n) for n in notices))
    assert KEY not in shown
    flush_log(LIMIT)
    assert KEY not in caplog.text


@pytest.mark.parametrize("reconnect", [False, True])
@pytest.mark.parametrize("end", ["refused", "reset", "close", "unanswered"])
def test_ends_do_not_show_it(
    connect: Connect, end: str, reconnect: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def handle(peer: Peer) -> None:
        peer.shake()
        id = peer.read_request()["id"]
        if end == "refused":
            peer.send(frame(f'{{"code":2,"msg":"no {KEY}","id":{id}}}'))
        elif end == "close":
            peer.send(close_frame(1008, f"listen key {KEY} is over"))
        elif end == "unanswered":
            peer.read_request()
        else:
            peer.reset()

    shown = run(
        connect,
        handle,
        lambda notices: sum(isinstance(notice, Disconnected) for notice in notices) >= 3,
        reconnect,
    )
    assert KEY not in shown
    flush_log(LIMIT)
    assert KEY not in caplog.text


def test_notices_about_its_stream_do_not_show_it(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """Silence, drift, what was missed, and the recovery."""
    caplog.set_level(logging.DEBUG)
    event = '{"e":"balanceUpdate","E":%d,"a":"BTC","d":"1","T":1,"new":1}'
    numbers = itertools.count(1)

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(frame(f'{{"stream":"{KEY}","data":{event % next(numbers)}}}'))
        serving.append(peer)
        # Nothing more: it is silent until the client opens another connection in its place.
        peer.drain()

    about = (Stale, SchemaDrift, Gap, Resubscribed)
    serving: list[Peer] = []

    def until(notices: list[Any]) -> bool:
        reported = {type(notice) for notice in notices}
        if reported >= {Connected, Stale, SchemaDrift} and not reported >= set(about):
            # All: the newest one may be in the place of none yet, or have lost its place already.
            while serving:
                with contextlib.suppress(OSError):
                    serving.pop().socket.shutdown(socket.SHUT_RDWR)
        return reported >= set(about)

    shown = run(connect, handle, until, max_idle=50 * MS)
    assert all(kind.__name__ in shown for kind in about)
    assert KEY not in shown
    flush_log(LIMIT)
    assert KEY not in caplog.text


@pytest.mark.parametrize("name", [f"{KEY}-", f"{KEY}@trad", f"/{KEY}", KEY + KEY[:10] * 50])
def test_a_mistyped_key_is_not_shown(connect: Connect, name: str) -> None:
    client = connect("ws://127.0.0.1:1")
    for call in (lambda: client.subscribe(name), lambda: client.user_data(name)):
        error = failure(call)
        assert KEY not in str(error) + repr(error)


@pytest.mark.parametrize(
    "message", [f'{{"stream":"{KEY}","data":{{"e":"x"}}}}', f'{{"listenKey":"{KEY}"', b"\xff"]
)
def test_decoding_does_not_show_it(message: Any) -> None:
    error = failure(lambda: decode(message, KEY))
    assert KEY not in str(error) + repr(error)


def test_a_stream_of_the_catalog_hides_it() -> None:
    stream = CATALOG["user_data"].stream(listen_key=KEY)
    assert stream.name == KEY
    assert KEY not in repr(stream) + str(stream) + stream.label


def test_warnings_do_not_show_it(connect: Connect) -> None:
    client = connect("ws://127.0.0.1:1")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        client.user_data(KEY)
    assert caught
    assert KEY not in str(caught[0].message)


def test_a_refusal_shows_no_secret() -> None:
    error = RequestError(2, f"Invalid request: {'k3y' * 20}", 1)
    assert "k3y" * 5 not in str(error)
