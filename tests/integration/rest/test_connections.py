"""The connections of REST requests: kept open, in TLS, through the proxy; and their thread."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Callable
from http import client as http_client
from typing import Any

import pytest

from binance_streams_runtime.protocol.rest import RestFailure
from binance_streams_runtime.rest.service import RestService
from tests.support.certificates import authority, presenting, trusting
from tests.support.fetching import Fetcher, answer, answering, fetching, http
from tests.support.limits import LIMIT, client_threads, wait_until
from tests.support.proxies import (
    HOST,
    LOGIN,
    PASSWORD,
    USER,
    assert_harmless,
    at,
    closed_port,
    http_proxy,
    socks_proxy,
)
from tests.support.raw_server import Handle, Peer, RawServer

ONE, TWO = answer(b"one"), answer(b"two")


def test_a_connection_is_kept_open_for_the_next_request() -> None:
    with RawServer(answering(ONE, TWO)) as server, fetching() as fetcher:
        assert [fetcher.get(http(server)), fetcher.get(http(server))] == ["one", "two"]
        assert len(server.peers) == 1


def test_a_connection_that_the_server_closes_after_its_answer_is_not_used_again() -> None:
    closing = answer(b"one", "200 OK", "Connection: close")
    with RawServer(answering(closing)) as server, fetching() as fetcher:
        assert [fetcher.get(http(server)), fetcher.get(http(server))] == ["one", "one"]
        assert len(server.peers) == 2


def test_a_kept_connection_that_was_closed_meanwhile_is_opened_anew() -> None:
    def handle(peer: Peer) -> None:
        peer.read_head()
        peer.send(ONE)

    with RawServer(handle) as server, fetching() as fetcher:
        assert fetcher.get(http(server)) == "one"
        wait_until(lambda: server.peers[0].socket.fileno() == -1)
        assert fetcher.get(http(server)) == "one"
        assert fetcher.requests.sent == 2


def test_a_kept_connection_that_ends_instead_of_an_answer_is_tried_once_more() -> None:
    """The server closed it just when the request was on its way."""

    def handle(peer: Peer) -> None:
        peer.read_head()
        peer.send(ONE)
        peer.read_head()

    with RawServer(handle) as server, fetching() as fetcher:
        assert [fetcher.get(http(server)) for _ in range(3)] == ["one"] * 3
        # What was sent twice may have been counted twice.
        assert (len(server.peers), fetcher.requests.sent) == (3, 5)


def test_a_new_connection_that_ends_instead_of_an_answer_is_a_failure() -> None:
    with RawServer(Peer.read_head) as server, fetching() as fetcher:  # type: ignore[arg-type]
        reason = fetcher.failure(http(server)).reason
        assert reason.endswith("closed the connection instead of answering")
        assert len(server.peers) == 1


# TLS


def test_tls_with_the_context_of_the_client() -> None:
    ca = authority()
    context = presenting(ca.issue_cert("127.0.0.1"))
    with (
        RawServer(answering(ONE, TWO), context) as server,
        fetching(ssl_context=trusting(ca)) as fetcher,
    ):
        assert [fetcher.get(http(server)), fetcher.get(http(server))] == ["one", "two"]
        assert len(server.peers) == 1


def test_a_certificate_that_nobody_knows_is_refused_with_what_to_do() -> None:
    context = presenting(authority().issue_cert("127.0.0.1"))
    with RawServer(answering(ONE), context) as server, fetching() as fetcher:
        reason = fetcher.failure(http(server)).reason
        assert server.peers == []
    assert "SSLCertVerificationError shaking hands in TLS with 127.0.0.1" in reason
    assert "SSL_CERT_FILE" in reason


def test_a_server_that_is_no_tls_server() -> None:
    with RawServer(lambda peer: peer.send(b"garbage" * 9)) as server, fetching() as fetcher:
        reason = fetcher.failure(f"https://127.0.0.1:{server.port}").reason
    assert "shaking hands in TLS" in reason


# Proxies


@pytest.mark.parametrize(
    ("scheme", "make"), [("http", http_proxy), ("socks5h", socks_proxy), ("socks5", socks_proxy)]
)
def test_requests_go_through_the_proxy(scheme: str, make: Callable[..., Handle]) -> None:
    seen: list[bytes] = []
    with (
        RawServer(answering(ONE, TWO)) as server,
        RawServer(make(seen, f"{USER}:{PASSWORD}")) as proxy,
        fetching(proxy=at(proxy, scheme, LOGIN)) as fetcher,
    ):
        host = "127.0.0.1" if scheme == "socks5" else HOST
        url = f"http://{host}:{server.port}"
        assert [fetcher.get(url), fetcher.get(url)] == ["one", "two"]
        assert (len(seen), len(server.peers)) == (1, 1)
        assert b"Authorization" not in server.peers[0].head


def test_tls_through_a_proxy_is_with_the_server_itself() -> None:
    ca = authority()
    with (
        RawServer(answering(ONE), presenting(ca.issue_cert(HOST))) as server,
        RawServer(http_proxy([])) as proxy,
        fetching(proxy=at(proxy), ssl_context=trusting(ca)) as fetcher,
    ):
        assert fetcher.get(f"https://{HOST}:{server.port}") == "one"


def test_a_proxy_that_refuses_is_not_gone_around() -> None:
    with (
        RawServer(answering(ONE)) as server,
        RawServer(http_proxy([], "somebody:else")) as proxy,
        fetching(proxy=at(proxy, "http", LOGIN)) as fetcher,
    ):
        failure = fetcher.failure(http(server))
        assert server.peers == []
    assert failure.status == 407
    assert "it refused the user name or the password" in failure.reason
    assert_harmless(failure)


def test_a_dead_proxy_is_not_gone_around() -> None:
    with (
        RawServer(answering(ONE)) as server,
        fetching(proxy=f"http://127.0.0.1:{closed_port()}") as fetcher,
    ):
        assert "connecting to the proxy" in fetcher.failure(http(server)).reason
        assert server.peers == []


# Forks


def in_child(work: Callable[[], Any]) -> str:
    """What ``work()`` returns in a forked child, as text."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            result = repr(work())
        except BaseException as error:
            result = repr(error)
        os.write(writing, result.encode())
        os._exit(0)
    os.close(writing)
    with open(reading, encoding="utf-8") as results:
        result = results.read()
    os.waitpid(child, 0)
    return result


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_a_forked_child_opens_connections_of_its_own() -> None:
    """And the parent goes on with its own."""
    service = RestService()
    with RawServer(answering(ONE, TWO)) as server, fetching(service) as fetcher:
        assert fetcher.get(http(server)) == "one"
        assert in_child(lambda: Fetcher(service).get(http(server))) == "'one'"
        assert fetcher.get(http(server)) == "two"
        assert len(server.peers) == 2


# The thread


def test_clients_share_one_thread_that_ends_with_the_last_of_them() -> None:
    # What other tests have logged is still being written.
    wait_until(lambda: not client_threads())
    service = RestService()
    with RawServer(answering(ONE)) as server:
        fetchers = [Fetcher(service) for _ in range(5)]
        for fetcher in fetchers:
            fetcher.start(http(server))
        assert [fetcher.take()[1] for fetcher in fetchers] == ["one"] * 5
        assert [thread.name for thread in client_threads()] == ["binance-streams-rest"]
        for fetcher in fetchers[1:]:
            fetcher.requests.close()
        assert fetchers[0].get(http(server)) == "one"
        assert len(client_threads()) == 1
        fetchers[0].requests.close()
        wait_until(lambda: not client_threads())
        # The thread is started again if it is needed.
        assert fetchers[1].get(http(server)) == "one"
        fetchers[1].requests.close()
        wait_until(lambda: not client_threads())


def test_a_thread_that_cannot_be_started_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    result = Fetcher(RestService()).get("http://127.0.0.1:1")
    assert isinstance(result, RestFailure)
    assert result.reason == "127.0.0.1:1/rows: cannot start a thread: can't start new thread"


def test_a_request_that_hangs_is_given_up_at_once_with_its_client() -> None:
    """And the next one of another client does not wait for it."""

    def handle(peer: Peer) -> None:
        if peer.read_head().startswith(b"GET /hang"):
            peer.hold()
        peer.send(ONE)

    service = RestService()
    with RawServer(handle) as server, fetching(service) as other:
        hanging = Fetcher(service)
        hanging.start(http(server), "/hang")
        wait_until(lambda: server.peers and server.peers[0].head)
        other.start(http(server))
        hanging.requests.close()
        assert other.take()[1] == "one"
        assert hanging.results.empty()
        assert hanging.requests.pending == 0


def test_a_request_that_waits_is_never_sent_once_it_is_cancelled() -> None:
    gate = threading.Event()

    def handle(peer: Peer) -> None:
        while True:
            peer.read_head()
            gate.wait(LIMIT)
            peer.send(ONE)

    with RawServer(handle) as server, fetching() as fetcher:
        fetcher.start(http(server))
        wait_until(lambda: server.peers and server.peers[0].head)
        number = fetcher.start(http(server), "/never")
        fetcher.requests.cancel(number)
        last = fetcher.start(http(server))
        gate.set()
        assert fetcher.take()[1] == "one"
        assert fetcher.take() == (last, "one")
        assert fetcher.requests.sent == 2


def test_a_context_that_is_gone_gives_its_connections_to_nobody() -> None:
    """Two clients with contexts of their own have connections of their own."""
    ca = authority()
    service = RestService()
    with RawServer(answering(ONE), presenting(ca.issue_cert("127.0.0.1"))) as server:
        first = Fetcher(service, ssl_context=trusting(ca))
        assert first.get(http(server)) == "one"
        second = Fetcher(service, ssl_context=ssl.create_default_context())
        assert "SSLCertVerificationError" in second.failure(http(server)).reason
        first.requests.close()
        second.requests.close()
    wait_until(lambda: not client_threads())


def test_an_answer_that_is_given_up_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise Python's development mode complains when it is collected."""
    made: list[http_client.HTTPResponse] = []

    class Response(http_client.HTTPResponse):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            made.append(self)

    def hang(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Le")
        peer.hold()

    monkeypatch.setattr(http_client, "HTTPResponse", Response)
    with RawServer(hang) as server, fetching() as fetcher:
        fetcher.start(http(server))
        wait_until(lambda: made)
        fetcher.requests.close()
        wait_until(lambda: not client_threads())
    assert [response.isclosed() for response in made] == [True]
