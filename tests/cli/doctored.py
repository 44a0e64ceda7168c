"""A server that is looked at step by step, with what is wrong with it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from tests.support.frames import CLOSE, PING, PONG, close_frame, frame, wrapped
from tests.support.raw_server import Handle, Peer


def patient(
    *,
    clock: float = 0.0,
    answers: str = "200 OK",
    answers_time: bool = True,
    used: int | None = None,
    pongs: bool = True,
    confirms: bool = True,
    sends: bool = True,
) -> Handle:
    """Handle a connection as the venue does, for REST and for streams, but for what is given.

    ``clock`` is how many seconds its clock is ahead.
    """

    def handle(peer: Peer) -> None:
        head = peer.read_head()
        if not head.startswith(b"GET /api"):
            peer._received = head + b"\r\n\r\n" + peer._received
            peer.shake()
            _talk(peer, pongs, confirms, sends)
            return
        while True:
            now = time.time() + clock
            body = json.dumps({"serverTime": round(now * 1000)} if answers_time else {}).encode()
            date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(now))
            weight = "" if used is None else f"X-MBX-USED-WEIGHT-1M: {used}\r\n"
            peer.send(
                f"HTTP/1.1 {answers}\r\nDate: {date}\r\n{weight}"
                f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            peer.read_head()

    return handle


def _talk(peer: Peer, pongs: bool, confirms: bool, sends: bool) -> None:
    while True:
        opcode, payload = peer.read_frame()
        if opcode == CLOSE:
            peer.send(close_frame(1000))
            return
        if opcode == PING and pongs:
            peer.send(frame(payload, PONG))
        elif opcode == PING:
            peer.send(close_frame(1008, "no pings"))
        elif opcode == 1:
            _answer(peer, json.loads(payload), confirms, sends)


def _answer(peer: Peer, request: dict[str, Any], confirms: bool, sends: bool) -> None:
    if not confirms:
        error = {"code": 2, "msg": "Invalid request: none today"}
        peer.send(frame(json.dumps({"error": error, "id": request["id"]})))
        return
    peer.send(frame(json.dumps({"result": None, "id": request["id"]})))
    if sends:
        payload = {"u": 1, "s": "BTCUSDT", "b": "1.0", "B": "1.0", "a": "2.0", "A": "1.0"}
        peer.send(frame(wrapped("btcusdt@bookTicker", json.dumps(payload))))


def refusing(status: str, *headers: str) -> Callable[[Peer], None]:
    """Answer each request with an HTTP status."""

    def handle(peer: Peer) -> None:
        peer.read_head()
        peer.send("\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode())
        peer.finish()

    return handle
