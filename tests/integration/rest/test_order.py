"""Which REST request goes first, when it may be sent at all, and what it gets if it may not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import msgspec
import pytest

from binance_streams_runtime.protocol.rest import Need, RestFailure
from binance_streams_runtime.rest import schedule
from binance_streams_runtime.rest.service import RestService
from tests.support.fetching import LIMITS, Fetcher, answer, answering, fetching, http
from tests.support.limits import LIMIT, MS, wait_until
from tests.support.raw_server import Peer, RawServer

TINY = msgspec.structs.replace(LIMITS, weight=100, window=1)


class Gated:
    """A server whose first answer waits until a test opens the gate; the paths that came."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.paths: list[str] = []

    def handle(self, peer: Peer) -> None:
        while True:
            self.paths.append(peer.read_head().split()[1].decode())
            self.gate.wait(LIMIT)
            peer.send(answer(b"[]", "200 OK", "X-MBX-USED-WEIGHT-1M: 1"))


@contextmanager
def gated() -> Iterator[tuple[Gated, str]]:
    gated = Gated()
    with RawServer(gated.handle) as server:
        yield gated, http(server)
        gated.gate.set()


@pytest.fixture(autouse=True)
def _one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request is due at once, and a server has one at a time."""
    monkeypatch.setattr(schedule, "_JITTER", dict.fromkeys(Need, 0.0))
    monkeypatch.setattr(schedule, "MOST_AT_ONCE", 1)


def test_the_most_urgent_request_goes_first() -> None:
    with gated() as (server, url), fetching() as fetcher:
        fetcher.start(url, "/first")
        wait_until(lambda: server.paths)
        fetcher.start(url, "/depth", need=Need.DEPTH)
        fetcher.start(url, "/fill", need=Need.FILL)
        fetcher.start(url, "/book", need=Need.BOOK)
        server.gate.set()
        for _ in range(4):
            fetcher.take()
        assert server.paths == ["/first", "/book", "/fill", "/depth"]


def test_fills_go_in_the_order_in_which_they_were_asked_for() -> None:
    with gated() as (server, url), fetching() as fetcher:
        for number in range(20):
            fetcher.start(url, f"/{number}")
        server.gate.set()
        for _ in range(20):
            fetcher.take()
        assert server.paths == [f"/{number}" for number in range(20)]


def test_a_server_that_does_not_answer_holds_up_no_other() -> None:
    def silent(peer: Peer) -> None:
        peer.read_head()
        peer.hold()

    with RawServer(silent) as dead, gated() as (server, url), fetching() as fetcher:
        server.gate.set()
        hanging = [fetcher.start(http(dead), need=Need.BOOK) for _ in range(2)]
        wait_until(lambda: dead.peers and dead.peers[0].head)
        assert fetcher.get(url) == "[]"
        assert fetcher.requests.sent == 2
        for number in hanging:
            fetcher.requests.cancel(number)


def test_a_request_waits_for_the_next_window_rather_than_is_refused() -> None:
    with RawServer(answering(answer())) as server, fetching(limits=TINY) as fetcher:
        for _ in range(3):
            fetcher.start(http(server), weight=50)
        assert [fetcher.take()[1] for _ in range(3)] == ["[]"] * 3


def test_what_others_use_is_waited_for_too() -> None:
    used = answer(b"[]", "200 OK", "X-MBX-USED-WEIGHT-1M: 5999")
    with RawServer(answering(used)) as server, fetching() as fetcher:
        assert fetcher.get(http(server), weight=5) == "[]"
        failure = fetcher.failure(http(server), weight=5, timeout=100 * MS)
        assert failure.reason == (
            f"127.0.0.1:{server.port}/rows: not sent within {100 * MS:g} s, as 5999 of 6000 "
            "request weight are used"
        )
        assert failure.retry_after is not None
        assert 0 < failure.retry_after < 65
        assert len(server.peers) == 1


def test_the_reserve_is_left_to_others() -> None:
    with RawServer(answering(answer())) as server, fetching(reserve=5990) as fetcher:
        assert fetcher.get(http(server), weight=8) == "[]"
        failure = fetcher.failure(http(server), weight=8, timeout=100 * MS)
        assert failure.reason.endswith("as 8 of 6000 request weight are used, 5990 are kept free")


def test_a_refused_client_sends_nothing_before_the_time_that_the_server_gave() -> None:
    refusal = answer(b"", "429 Too Many Requests", "Retry-After: 1")
    refused_at: list[float] = []
    asked_at: list[float] = []

    def handle(peer: Peer) -> None:
        peer.read_head()
        # As the server sees it: the client hears of it later, and its next request comes later.
        refused_at.append(time.monotonic())
        peer.send(refusal)
        peer.read_head()
        asked_at.append(time.monotonic())
        peer.send(answer())

    with RawServer(handle) as server, fetching() as fetcher:
        assert fetcher.failure(http(server)).retry_after == 1
        assert fetcher.get(http(server)) == "[]"
    assert asked_at[0] - refused_at[0] >= 1


def test_a_banned_client_says_so_at_once() -> None:
    """No request waits for days, and none is sent."""
    refusal = answer(b"", "418 I'm a teapot", "Retry-After: 259200")
    with RawServer(answering(refusal)) as server, fetching() as fetcher:
        fetcher.start(http(server))
        fetcher.start(http(server))
        fetcher.take()
        failure = fetcher.take()[1]
        assert isinstance(failure, RestFailure)
        assert failure.retry_after is not None
        # Some of it may be over.
        assert 259100 < failure.retry_after <= 259200
        assert failure.reason == (
            f"127.0.0.1:{server.port}/rows: not sent, as 127.0.0.1:{server.port} wants no request "
            f"from this IP address for {failure.retry_after:.0f} s"
        )
        assert fetcher.requests.sent == 1


def test_clients_share_the_weight_of_a_server() -> None:
    service = RestService()
    used = answer(b"[]", "200 OK", "X-MBX-USED-WEIGHT-1M: 6000")
    with (
        RawServer(answering(used)) as server,
        fetching(service) as one,
        fetching(service) as other,
    ):
        assert one.get(http(server)) == "[]"
        assert "6000 of 6000" in other.failure(http(server), timeout=100 * MS).reason
        assert service.used(urlsplit(http(server)).netloc) == 6000


def test_a_request_behind_others_says_so_if_it_is_too_late() -> None:
    """As soon as it is, even if the others still wait for their answers."""
    with gated() as (server, url), fetching() as fetcher:
        fetcher.start(url)
        wait_until(lambda: server.paths)
        late = fetcher.start(url, timeout=100 * MS)
        number, failure = fetcher.take()
        assert number == late
        reason = failure.reason.partition(": ")[2]
        assert reason == f"not sent within {100 * MS:g} s, as other requests went first"


def test_a_server_that_answers_has_several_requests_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not more than three, and only one until it has answered."""
    monkeypatch.setattr(schedule, "MOST_AT_ONCE", 3)
    with gated() as (server, url), fetching() as fetcher:
        server.gate.set()
        for _ in range(3):
            fetcher.get(url, "/before")
        server.gate.clear()
        for _ in range(9):
            fetcher.start(url)
        wait_until(lambda: server.paths.count("/rows") == 3)
        assert fetcher.requests.pending == 9
        server.gate.set()
        assert [fetcher.take()[1] for _ in range(9)] == ["[]"] * 9


def test_many_requests_of_many_clients() -> None:
    """Each gets its own result."""
    service = RestService()

    def echo(peer: Peer) -> None:
        while True:
            peer.send(answer(peer.read_head().split()[1]))

    with RawServer(echo) as server:
        fetchers = [Fetcher(service) for _ in range(10)]
        numbers = {
            (place, fetcher.start(http(server), f"/{place}/{index}", need=Need.BOOK)): index
            for index in range(20)
            for place, fetcher in enumerate(fetchers)
        }
        for place, fetcher in enumerate(fetchers):
            for _ in range(20):
                number, result = fetcher.take()
                assert result == f"/{place}/{numbers.pop((place, number))}"
            fetcher.requests.close()
        assert numbers == {}
        assert len(server.peers) == 1
