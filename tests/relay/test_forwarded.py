"""Requests that are passed on: equal ones share an answer, and what waits is bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from binance_streams_relay import RelayStats, requests
from binance_streams_relay.requests import ForwardedRequests
from binance_streams_runtime.protocol.rest import RestFailure, RestRequest, RestServer
from binance_streams_simulator.refusals import Refusal

URL = "https://api.example.com"


class Sent:
    """Requests that were made, which the test answers."""

    def __init__(self) -> None:
        self.all: list[tuple[RestRequest, Callable[[Any], None]]] = []

    def start(self, number: int, request: RestRequest, on_done: Callable[[Any], None]) -> None:
        self.all.append((request, on_done))

    def cancel(self, number: int) -> None:
        pass

    def close(self) -> None:
        pass

    def answer(self, result: object) -> None:
        """Answer the request that waits for longest."""
        self.all.pop(0)[1](result)


def forwarding() -> tuple[ForwardedRequests, Sent]:
    sent: Any = Sent()
    return ForwardedRequests(RestServer(URL), sent, RelayStats()), sent


async def turn() -> None:
    """Let everything run that can."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_equal_requests_share_an_answer_while_it_is_under_way() -> None:
    async def run() -> None:
        forwarded, sent = forwarding()
        asked = [
            asyncio.create_task(forwarded.get("/x", {"limit": limit}, 2, headers))
            for limit, headers in (("1", {}), ("1", {}), ("2", {}), ("1", {"unit": "us"}))
        ]
        await turn()
        targets = [request.target for request, _ in sent.all]
        assert targets == ["/x?limit=1", "/x?limit=2", "/x?limit=1"]
        # The others still get it if one has left.
        asked[0].cancel()
        for body in (b"a", b"b", b"c"):
            sent.answer(body)
        assert await asyncio.gather(*asked[1:]) == [b"a", b"b", b"c"]
        again = asyncio.create_task(forwarded.get("/x", {"limit": "1"}, 2))
        await turn()
        assert len(sent.all) == 1
        sent.answer(b"d")
        assert await again == b"d"

    asyncio.run(run())


def test_what_is_kept_is_answered_again_until_it_is_too_old() -> None:
    async def run() -> None:
        forwarded, sent = forwarding()
        for kept_for, body in ((60.0, b"new"), (60.0, b"new"), (0.0, b"new")):
            asked = asyncio.create_task(forwarded.get("/x", {}, 20, kept_for=kept_for))
            await turn()
            if sent.all:
                sent.answer(body)
            assert await asked == body
        assert forwarded._stats.requests_forwarded == 1

    asyncio.run(run())


def test_an_error_is_not_kept() -> None:
    async def run() -> None:
        forwarded, sent = forwarding()
        first = asyncio.create_task(forwarded.get("/x", {}, 20, kept_for=60.0))
        await turn()
        sent.answer(RestFailure("no answer in time"))
        with pytest.raises(Refusal) as caught:
            await first
        assert (caught.value.status, caught.value.code) == (503, -1001)
        second = asyncio.create_task(forwarded.get("/x", {}, 20, kept_for=60.0))
        await turn()
        sent.answer(b"{}")
        assert await second == b"{}"

    asyncio.run(run())


def test_the_bytes_that_are_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "_MOST_KEPT_BYTES", 10)

    async def run() -> None:
        forwarded, sent = forwarding()
        for path in ("/a", "/b", "/c", "/c", "/a"):
            asked = asyncio.create_task(forwarded.get(path, {}, 1, kept_for=60.0))
            await turn()
            if sent.all:
                sent.answer(b"12345")
            assert await asked == b"12345"
        # The oldest one had to go.
        assert forwarded._stats.requests_forwarded == 4

    asyncio.run(run())


def test_too_many_different_requests_are_refused_at_once() -> None:
    async def run() -> None:
        forwarded, sent = forwarding()
        most = requests._MOST_UNDER_WAY
        asked = [
            asyncio.create_task(forwarded.get("/x", {"fromId": str(number)}, 1))
            for number in range(most)
        ]
        await turn()
        with pytest.raises(Refusal) as caught:
            await forwarded.get("/x", {"fromId": str(most)}, 1)
        assert (caught.value.status, caught.value.retry_after) == (429, 1)
        sent.answer(b"{}")
        await asked[0]
        await turn()
        later = asyncio.create_task(forwarded.get("/x", {"fromId": str(most)}, 1))
        await turn()
        assert len(sent.all) == most
        forwarded.close()
        results = await asyncio.gather(*asked[1:], later, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("failure", "status", "code", "retry_after"),
    [
        (RestFailure("x: 400 (code -1121: Invalid symbol.)", 400, -1121), 400, -1121, None),
        (RestFailure("x: 418 (code -1003: Banned.)", 418, -1003, 60.2), 418, -1003, 61),
        (RestFailure("x: 429 Too Many Requests", 429, retry_after=2.0), 429, -1003, 2),
        (RestFailure("not sent, as x wants no request", retry_after=9.0), 429, -1003, 9),
        (RestFailure("x: 403 Forbidden (with a page of HTML)", 403), 503, -1001, None),
    ],
)
def test_why_there_is_no_answer(
    failure: RestFailure, status: int, code: int, retry_after: int | None
) -> None:
    async def run() -> None:
        forwarded, sent = forwarding()
        asked = asyncio.create_task(forwarded.get("/x", {}, 1))
        await turn()
        sent.answer(failure)
        with pytest.raises(Refusal) as caught:
            await asked
        refusal = caught.value
        assert (refusal.status, refusal.code) == (status, code)
        assert refusal.retry_after == retry_after

    asyncio.run(run())
