"""A server that goes on sending the trades of every stream, numbered without a gap."""

from __future__ import annotations

import contextlib
import json
import threading

from tests.support.frames import CLOSE, PING, PONG, close_frame, frame, trade_frame
from tests.support.raw_server import Peer


class Live:
    """Answers every request; sends a trade of each stream every ``pause`` seconds, if any."""

    def __init__(self, pause: float | None = 0.0005) -> None:
        self._pause = pause
        self._peer: Peer | None = None
        self.names: list[str] = []
        """The streams of the connection that was opened last, as are all others of these."""
        self.sent: dict[str, int] = {}
        """The number of the last trade of each symbol."""
        self.pongs = 0
        self.is_closed = False
        """Whether a client has closed its connection as it should."""
        # A test may send something while the server's own thread does.
        self._sending = threading.Lock()

    def __call__(self, peer: Peer) -> None:
        peer.shake()
        names: list[str] = []
        sent: dict[str, int] = {}
        self._peer, self.names, self.sent = peer, names, sent
        while not peer.stopping.is_set():
            if peer.has_frame(0.01 if self._pause is None else self._pause):
                if not self._handle(peer, names):
                    return
            elif self._pause is not None:
                # A client that has gone may have sent a close frame, which is still to be read.
                with contextlib.suppress(OSError):
                    for name in names:
                        self._send(peer, sent, name.partition("@")[0].upper())

    def send(self, symbol: str = "BTCUSDT") -> None:
        """Send the next trade of a symbol."""
        assert self._peer is not None
        self._send(self._peer, self.sent, symbol)

    def ping(self) -> None:
        assert self._peer is not None
        with self._sending:
            self._peer.send(frame(b"", PING))

    def _send(self, peer: Peer, sent: dict[str, int], symbol: str) -> None:
        with self._sending:
            sent[symbol] = sent.get(symbol, 0) + 1
            peer.send(trade_frame(sent[symbol], symbol))

    def _handle(self, peer: Peer, names: list[str]) -> bool:
        """Handle one frame of the client; return whether the connection is still open."""
        opcode, payload = peer.read_frame()
        if opcode == PONG:
            self.pongs += 1
        elif opcode == CLOSE:
            # First, as a client waits for the answer only so long.
            self.is_closed = True
            with self._sending:
                peer.send(close_frame(1000))
            return False
        else:
            request = json.loads(payload)
            for name in request.get("params", ()):
                if request["method"] == "SUBSCRIBE" and name not in names:
                    names.append(name)
                elif request["method"] == "UNSUBSCRIBE":
                    names.remove(name)
            result = names if request["method"] == "LIST_SUBSCRIPTIONS" else None
            with self._sending:
                peer.send(frame(json.dumps({"result": result, "id": request["id"]})))
        return True
