"""Clients of the REST API that stop reading or asking cost a bounded amount."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Any
from unittest.mock import Mock

import pytest

from binance_streams_relay import rest
from binance_streams_simulator.rest.connection import HttpAnswer, HttpRequest, RestConnection
from tests.relay.conftest import Start
from tests.support.limits import LIMIT

REQUEST = b"GET / HTTP/1.1\r\n\r\n"


class Answers:
    """Answers everything at once, and counts."""

    count = 0

    async def answer(self, request: HttpRequest) -> HttpAnswer:
        self.count += 1
        return HttpAnswer(200, b"{}")


async def turn() -> None:
    """Let everything run that can."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_no_more_is_answered_than_the_client_reads() -> None:
    async def run() -> None:
        answers = Answers()
        connection = RestConnection(answers, set())
        transport: Any = Mock(is_closing=lambda: False, get_extra_info=lambda _: None)
        connection.connection_made(transport)
        connection.pause_writing()
        connection.data_received(3 * REQUEST)
        await turn()
        assert answers.count == 1
        connection.data_received(REQUEST)
        connection.resume_writing()
        await turn()
        assert answers.count == 4

    asyncio.run(run())


def test_a_connection_without_requests_is_closed(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one whose client never sends a whole request."""
    monkeypatch.setattr(rest, "_IDLE", 0.05)
    relay = start()
    for first in (b"\r\n", b"GET /api/v3/ping HTTP/1.1\r\n", b"GET /api/v3/ping HTTP/1.1\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", relay.port), LIMIT) as peer:
            peer.sendall(first)
            ends = time.monotonic() + LIMIT
            while _receive(peer):
                assert time.monotonic() < ends


def _receive(peer: socket.socket) -> bytes:
    try:
        return peer.recv(65_536)
    except ConnectionResetError:
        return b""
