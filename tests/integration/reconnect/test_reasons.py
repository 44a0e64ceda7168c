"""A wait that times out says why."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from binance_streams import CATALOG, Client, ConnectionLost, RequestTimeout, Trade
from binance_streams_runtime.asyncio.pending_results import AsyncResults
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.sync.pending_results import WaitableResults
from binance_streams_runtime.sync.queue import WaitableQueue
from binance_streams_runtime.sync.subscription import Subscription
from binance_streams_runtime.sync.subscription_state import WaitableState
from tests.support.certificates import authority, presenting
from tests.support.clients import Connect
from tests.support.frames import trade_frame
from tests.support.front_ends import FrontEnd
from tests.support.limits import LIMIT, MS, failure, wait_until
from tests.support.proxies import closed_port, full_listener
from tests.support.raw_server import Peer, RawServer

Ask = Callable[[Client[Any], Subscription[Any]], object]

ASKING: dict[str, Ask] = {
    "get": lambda client, trades: trades.get(0.0),
    "wait": lambda client, trades: trades.wait(0.0),
    "list": lambda client, trades: client.list_subscriptions(),
    "property": lambda client, trades: client.get_property("combined"),
}


def failed_attempts(client: Client[Any], count: int = 1) -> None:
    """Wait until so many attempts have failed."""
    wait_until(lambda: client.stats().reconnects >= count)


@pytest.mark.parametrize("ask", ASKING)
def test_a_certificate_that_nobody_trusts(connect: Connect, ask: str) -> None:
    """With what helps: a company may put in its own."""
    server_side = presenting(authority().issue_cert("localhost"))
    with RawServer(Peer.drain, server_side) as server:
        client = connect(f"wss://localhost:{server.port}")
        trades = client.trade("BTCUSDT")
        failed_attempts(client)
        error = failure(lambda: ASKING[ask](client, trades))
    assert "certificate verify failed" in str(error)
    assert "SSL_CERT_FILE" in str(error)
    if ask in ("get", "wait"):
        assert isinstance(error, RequestTimeout)
        assert isinstance(error.__cause__, ConnectionLost)


@pytest.mark.parametrize("ask", ASKING)
def test_a_name_that_is_not_found(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, ask: str
) -> None:
    def look_up(*arguments: Any, **options: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    client = connect("ws://venue.test:1")
    trades = client.trade("BTCUSDT")
    failed_attempts(client)
    error = failure(lambda: ASKING[ask](client, trades))
    assert "looking up venue.test" in f"{error} {error.__cause__}"


def test_an_attempt_that_goes_on(connect: Connect) -> None:
    with full_listener() as port:
        client = connect(f"ws://127.0.0.1:{port}", connect_timeout=10 * LIMIT)
        trades = client.trade("BTCUSDT")
        wait_until(lambda: client.stats().connections)
        error = failure(lambda: trades.wait(0.0))
        client.close()
    assert f"a connection to ws://127.0.0.1:{port}/stream is being opened" in str(error)


def test_the_time_of_the_next_attempt(connect: Connect) -> None:
    port = closed_port()
    client = connect(f"ws://127.0.0.1:{port}", backoff=lambda: iter([3600.0]))
    trades = client.trade("BTCUSDT")
    failed_attempts(client)
    for ask in ASKING.values():
        error = failure(lambda ask=ask: ask(client, trades))  # type: ignore[misc]
        assert "the next attempt is in 3" in str(error)
        assert f"cannot connect to ws://127.0.0.1:{port}" in str(error)
        assert isinstance(error.__cause__, ConnectionLost)
    (connection,) = client.stats().connections
    assert connection.retry_in is not None
    assert connection.retry_in > 3000
    assert "ConnectionRefusedError" in (connection.reason or "")


def test_a_server_that_confirms_nothing(connect: Connect) -> None:
    def handle(peer: Peer) -> None:
        peer.shake()
        peer.hold()

    with RawServer(handle) as server:
        client = connect(server.url)
        trades = client.trade("BTCUSDT")
        wait_until(lambda: "open" in [one.state for one in client.stats().connections])
        for ask in ("get", "wait"):
            error = failure(lambda ask=ask: ASKING[ask](client, trades))  # type: ignore[misc]
            assert "is open, and nothing is confirmed yet" in str(error)


def test_a_server_that_has_not_answered(connect: Connect) -> None:
    def handle(peer: Peer) -> None:
        peer.shake()
        peer.hold()

    with RawServer(handle) as server:
        client = connect(server.url, request_timeout=500 * MS)
        trades = client.trade("BTCUSDT")
        assert "was not answered" in str(failure(trades.wait))

        def is_explained() -> bool:
            error = failure(lambda: trades.get(0.0))
            # After four of them there is another connection, and for a while another reason.
            if "SUBSCRIBE" not in str(error):
                return False
            assert isinstance(error.__cause__, RequestTimeout)
            return True

        wait_until(is_explained)


def test_a_stream_that_says_nothing(connect: Connect) -> None:
    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(trade_frame(1))
        peer.confirm()
        peer.drain()

    with RawServer(handle) as server:
        client = connect(server.url)
        trades = client.trade("BTCUSDT")
        trades.get(LIMIT)
        error = failure(lambda: trades.get(0.0))
        assert re.search(r"the server has sent none for \d+\.\d+", str(error))
        never = client.trade("BTCUSTD")
        never.wait(LIMIT)
        assert "BTCUSTD may be misspelled" in str(failure(lambda: never.get(0.0)))


def let_no_answer_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every wait with a time limit for an answer end in vain, at once."""
    wait = AsyncResults.wait

    async def wait_in_vain(results: AsyncResults, timeout: float | None = None) -> bool:
        return timeout is None and await wait(results)

    monkeypatch.setattr(AsyncResults, "wait", wait_in_vain)
    monkeypatch.setattr(WaitableResults, "wait", lambda waiting, timeout: False)


def test_a_queue_that_is_full(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the policy block, nothing is read; so no answer comes, either."""

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(b"".join(trade_frame(number) for number in range(10)))
        peer.drain()

    with RawServer(handle) as server:
        client = connect(server.url, maxsize=2, overflow="block")
        client.trade("BTCUSDT")
        other = client.trade("ETHUSDT")
        wait_until(lambda: client._engine._driver.is_paused)
        let_no_answer_come(monkeypatch)
        for work in (lambda: other.get(0.0), client.list_subscriptions):
            error = failure(work)
            assert isinstance(error, RequestTimeout)
            assert "with the policy 'block' is full" in str(error)


@pytest.mark.sync_only("what blocks the thread that drives may block the event loop itself")
def test_a_thread_that_is_busy(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as with what ``reconnect`` does."""
    is_asked, may_go_on = threading.Event(), threading.Event()

    def reconnect(lost: ConnectionLost) -> bool:
        is_asked.set()
        return may_go_on.wait(LIMIT)

    port = closed_port()
    client = connect(f"ws://127.0.0.1:{port}", reconnect=reconnect)
    client.trade("BTCUSDT")
    assert is_asked.wait(LIMIT)
    let_no_answer_come(monkeypatch)
    error = failure(client.list_subscriptions)
    may_go_on.set()
    assert "busy with other work" in str(error)


class Owner:
    """Looks again as often as it is asked to, and finds something then."""

    is_closed = False

    def __init__(self, find: Callable[[], object], is_late: bool = True) -> None:
        self.find = find
        self.is_late = is_late

    def attach_consumer(self, route: Route, with_notices: bool) -> None: ...

    def check_may_wait(self) -> None: ...

    def end(self, subscription: Subscription[Any]) -> None: ...

    def now(self) -> float:
        return 0.0

    def stream_stats(self, route: Route) -> Any: ...

    def should_wait_again(self, deadline: float) -> bool:
        if self.is_late:
            self.find()
        return self.is_late

    def reason_of(self, subscription: Subscription[Any]) -> tuple[str, BaseException | None]:
        return "because", None


def held(owner: Owner) -> tuple[Subscription[Any], WaitableQueue]:
    stream, queue = CATALOG.resolve("btcusdt@trade"), WaitableQueue()
    route = Route(stream, decoder_of(stream.type, float), queue)
    state = WaitableState(queue, lambda error: None, lambda: None)
    return Subscription(route, queue, state, owner, None), queue


def test_what_came_while_the_program_was_stopped_came_in_time() -> None:
    owner = Owner(lambda: queue.put(["event"]))
    subscription, queue = held(owner)
    assert subscription.get(0.0) == "event"
    assert subscription.get(0.0) == "event"


def test_what_was_confirmed_while_the_program_was_stopped_is_confirmed() -> None:
    owner = Owner(lambda: subscription._state.confirmed())
    subscription, _ = held(owner)
    subscription.wait(0.0)
    assert subscription.state == "confirmed"


@pytest.mark.parametrize("is_late", [True, False])
def test_what_is_not_there_is_late(is_late: bool) -> None:
    subscription, _ = held(Owner(lambda: None, is_late))
    for work in (lambda: subscription.get(0.0), lambda: subscription.wait(0.0)):
        error = failure(work)
        assert isinstance(error, RequestTimeout)
        assert str(error).endswith(" within 0 s: because")


def test_a_timeout_of_a_program_that_was_stopped_looks_first(
    connect: Connect, front_end: FrontEnd
) -> None:
    """Whoever reads is asked, and answers once it has read all."""

    def looks_again() -> Any:
        return front_end.do(lambda: client._engine.should_wait_again(0.0))

    may_send = threading.Event()

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        assert may_send.wait(LIMIT)
        peer.send(trade_frame(1))
        peer.drain()

    with RawServer(handle) as server:
        client = connect(server.url)
        trades = client.trade("BTCUSDT")
        trades.wait(LIMIT)
        assert looks_again()
        may_send.set()
        wait_until(lambda: looks_again() and trades._queue.items)
        assert isinstance(trades.get(0.0), Trade)
