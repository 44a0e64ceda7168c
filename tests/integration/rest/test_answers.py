"""Whatever a server answers to a REST request, the result says what it was; nothing raises."""

from __future__ import annotations

import gzip
import json
from typing import Any

import msgspec
import pytest

from binance_streams_runtime.protocol.rest import RestFailure
from binance_streams_runtime.rest import http as connections
from tests.support.fetching import answer, answering, fetching, http
from tests.support.limits import LIMIT, MARGIN, MS
from tests.support.proxies import closed_port, drip
from tests.support.raw_server import Handle, Peer, RawServer

HTML = b"<!DOCTYPE html>\n<html><body>Service Unavailable</body></html>"


def error(code: int, message: str) -> bytes:
    return json.dumps({"code": code, "msg": message}).encode()


def refused(given: bytes, **options: Any) -> RestFailure:
    """The failure that an answer leads to, without the address at its beginning."""
    with RawServer(answering(given)) as server, fetching() as fetcher:
        failure = fetcher.failure(http(server), **options)
    start = f"127.0.0.1:{server.port}/rows: "
    assert failure.reason.startswith(start)
    return msgspec.structs.replace(failure, reason=failure.reason.removeprefix(start))


def broken(handle: Handle, **options: Any) -> str:
    """Why a request fails at a server that does this, with PORT for its port."""
    with RawServer(handle) as server, fetching() as fetcher:
        failure = fetcher.failure(http(server), **options)
    assert (failure.status, failure.is_final) == (None, False)
    return failure.reason.replace(str(server.port), "PORT").removeprefix("127.0.0.1:PORT/rows: ")


def test_an_answer_is_decoded_in_the_thread_that_received_it() -> None:
    with RawServer(answering(answer(b'["5"]'))) as server, fetching() as fetcher:
        assert fetcher.get(http(server), decode=msgspec.json.decode) == ["5"]
        head = server.peers[0].head.split(b"\r\n")
    assert head[0] == b"GET /rows HTTP/1.1"
    assert f"Host: 127.0.0.1:{server.port}".encode() in head


def test_query_and_headers_are_sent() -> None:
    with RawServer(answering(answer())) as server, fetching() as fetcher:
        query = {"symbol": "ÄB", "timeZone": "-1:00"}
        fetcher.get(http(server), query=query, headers={"X-MBX-TIME-UNIT": "MICROSECOND"})
        head = server.peers[0].head.split(b"\r\n")
    assert head[0] == b"GET /rows?symbol=%C3%84B&timeZone=-1%3A00 HTTP/1.1"
    assert b"X-MBX-TIME-UNIT: MICROSECOND" in head


@pytest.mark.parametrize(
    "given",
    [
        answer(gzip.compress(b"[1, 2]"), "200 OK", "Content-Encoding: gzip"),
        answer(
            b"3\r\n[1,\r\n3\r\n 2]\r\n0\r\n\r\n",
            "200 OK",
            "Transfer-Encoding: chunked",
            length=False,
        ),
        b"HTTP/1.1 100 Continue\r\n\r\n" + answer(b"[1, 2]"),
    ],
    ids=["gzip", "chunked", "continue"],
)
def test_a_body_may_come_in_any_form(given: bytes) -> None:
    with RawServer(answering(given)) as server, fetching() as fetcher:
        assert fetcher.get(http(server)) == "[1, 2]"


def test_a_body_that_ends_with_the_connection() -> None:
    def handle(peer: Peer) -> None:
        peer.read_head()
        peer.send(answer(b"[1, 2]", length=False))

    with RawServer(handle) as server, fetching() as fetcher:
        assert fetcher.get(http(server)) == "[1, 2]"


@pytest.mark.parametrize(
    ("given", "reason", "status", "code", "is_final"),
    [
        (
            answer(error(-1121, "Invalid symbol."), "400 Bad Request"),
            *("HTTP status 400 Bad Request (code -1121: Invalid symbol.)", 400, -1121, True),
        ),
        (
            answer(error(-1100, "Illegal characters"), "400 Bad Request"),
            *("HTTP status 400 Bad Request (code -1100: Illegal characters)", 400, -1100, True),
        ),
        (
            answer(error(-1007, "Timeout"), "500 Internal Server Error"),
            *("HTTP status 500 Internal Server Error (code -1007: Timeout)", 500, -1007, False),
        ),
        (
            answer(HTML, "503 Service Unavailable"),
            "HTTP status 503 Service Unavailable: the venue is overloaded or under maintenance; "
            "try again later (with a page of HTML)",
            *(503, None, False),
        ),
        (
            answer(HTML, "403 Forbidden"),
            "HTTP status 403 Forbidden: refused by the venue's firewall (with a page of HTML)",
            *(403, None, False),
        ),
        (answer(b"", "404 Not Found"), "HTTP status 404 Not Found", 404, None, True),
        (
            answer(b"", "451 Unavailable"),
            *("HTTP status 451 Unavailable: the venue does not serve this region", 451, None, True),
        ),
        (
            answer(b"", "302 Found", "Location: http://127.0.0.1:1/"),
            *("HTTP status 302 Found: redirects are not followed", 302, None, False),
        ),
        (
            answer(HTML),
            "the answer is a page of HTML instead of JSON; is a proxy or a portal in between?",
            *(200, None, False),
        ),
        (answer(b""), "the answer is empty", 200, None, False),
        (
            answer(error(-1000, "Unknown")),
            *("HTTP status 200 OK (code -1000: Unknown)", 200, -1000, False),
        ),
    ],
)
def test_a_refusal_says_what_it_was(
    given: bytes, reason: str, status: int, code: int | None, is_final: bool
) -> None:
    failure = refused(given, decode=msgspec.json.decode)
    assert failure == RestFailure(reason, status, code, None, is_final)


def test_an_answer_that_does_not_fit_the_spec() -> None:
    decode = msgspec.json.Decoder(list[int]).decode
    failure = refused(answer(b'["x"]'), decode=decode)
    text = (
        "the answer does not fit the spec: ValidationError: Expected `int`, got `str` - at `$[0]`"
    )
    assert failure == RestFailure(text, 200)


def test_what_decode_raises_is_a_failure_too() -> None:
    def decode(body: bytes) -> object:
        raise KeyError("no such row")

    text = "the answer does not fit the spec: KeyError: 'no such row'"
    assert refused(answer(b"[]"), decode=decode).reason == text


@pytest.mark.parametrize(
    ("status", "wait"), [("429 Too Many Requests", 7), ("418 I'm a teapot", 200)]
)
def test_a_refusal_with_retry_after_says_for_how_long(status: str, wait: int) -> None:
    body = error(-1003, "Too much request weight used.")
    failure = refused(answer(body, status, f"Retry-After: {wait}"))
    assert (failure.status, failure.code, failure.retry_after) == (int(status[:3]), -1003, wait)
    assert "this IP address" in failure.reason
    assert "(code -1003: Too much request weight used.)" in failure.reason


def test_a_refusal_without_retry_after_is_waited_for_nevertheless() -> None:
    assert refused(answer(b"", "429 Too Many Requests")).retry_after == 5
    assert refused(answer(b"", "418 I'm a teapot")).retry_after == 120


def silent(peer: Peer) -> None:
    peer.read_head()
    peer.hold()


@pytest.mark.parametrize(
    ("handle", "reason"),
    [
        (silent, "no answer in time, timed out waiting for the answer of 127.0.0.1:PORT"),
        (
            lambda peer: drip(peer, answer(b"", "200 OK", "Content-Length: 100000", length=False)),
            "no answer in time, timed out reading the answer of 127.0.0.1:PORT",
        ),
        (
            lambda peer: drip(peer, b"HTTP/1.1 200 OK\r\nX: "),
            "no answer in time, timed out waiting for the answer of 127.0.0.1:PORT",
        ),
    ],
    ids=["nothing", "endless body", "endless head"],
)
def test_one_deadline_for_everything(handle: Handle, reason: str) -> None:
    # Sending and the begin of the answer may take a slow machine longer, which has other reasons.
    for timeout in (400 * MS, MARGIN):
        found = broken(handle, timeout=timeout)
        if found == reason:
            break
    assert found == reason


def reading(then: bytes) -> Handle:
    """Read a request, answer this, and close."""

    def handle(peer: Peer) -> None:
        peer.read_head()
        peer.send(then)
        peer.finish()

    return handle


@pytest.mark.parametrize(
    ("then", "reason"),
    [
        (b"", "127.0.0.1:PORT closed the connection instead of answering"),
        (
            b"garbage\r\n\r\n",
            "the answer of 127.0.0.1:PORT is not HTTP/1.1: 'BadStatusLine garbage'",
        ),
        (
            answer(b"[1, ", "200 OK", "Content-Length: 100", length=False),
            "127.0.0.1:PORT closed the connection amid its answer",
        ),
        (
            answer(b"5\r\n[1", "200 OK", "Transfer-Encoding: chunked", length=False),
            "127.0.0.1:PORT closed the connection amid its answer",
        ),
        (
            answer(b"not gzip", "200 OK", "Content-Encoding: gzip"),
            "the answer cannot be unpacked: Error -3 while decompressing data: incorrect header "
            "check",
        ),
        (
            answer(b"x", "200 OK", "Content-Encoding: br"),
            "the answer has a content encoding that was not asked for: br",
        ),
    ],
)
def test_what_is_no_answer_says_what_it_was(then: bytes, reason: str) -> None:
    assert broken(reading(then)) == reason


def test_a_head_without_end_is_cut() -> None:
    lines = b"".join(b"X-%d: y\r\n" % number for number in range(200))
    reason = broken(reading(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n"))
    text = "the answer of 127.0.0.1:PORT is not HTTP/1.1: 'HTTPException got more than 100 headers'"
    assert reason == text


@pytest.mark.parametrize(
    "given",
    [
        answer(b"x" * 5000),
        answer(gzip.compress(b"x" * 5000), "200 OK", "Content-Encoding: gzip"),
    ],
)
def test_a_body_that_is_too_large_is_not_kept(
    given: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_BODY", 4000)
    assert broken(answering(given)) == "the answer has more than 4000 bytes"


def test_a_server_that_is_not_there() -> None:
    with fetching() as fetcher:
        port = closed_port()
        failure = fetcher.failure(f"http://127.0.0.1:{port}")
    assert failure.reason == (
        f"127.0.0.1:{port}/rows: ConnectionRefusedError connecting to 127.0.0.1:{port}: "
        "[Errno 111] Connection refused"
    )


def test_a_name_that_nobody_knows() -> None:
    with fetching() as fetcher:
        failure = fetcher.failure("http://venue.invalid", timeout=LIMIT)
    assert "gaierror looking up venue.invalid" in failure.reason
