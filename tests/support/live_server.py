"""A server that goes on sending the trades of every stream, numbered without a gap."""

from __future__ import annotations

import json

from tests.support.frames import CLOSE, PING, PONG, close_frame, frame, trade_frame
from tests.support.raw_server import Peer


class Live:
    """Answers every request; sends a trade of each stream every ``pause`` seconds, if any."""

    def __init__(self, pause: float | None = 0.0005) -> None:
        self.pause = pause
        self.pongs = 0
        self.sent: dict[str, int] = {}
        """The number of the last trade of each symbol."""
        self._peer: Peer | None = None

    def __call__(self, peer: Peer) -> None:
        peer.shake()
        self._peer = peer
        names: list[str] = []
        while not peer.stopping.is_set():
            if peer.has_frame(0.01 if self.pause is None else self.pause):
                if not self._handle(peer, names):
                    return
            elif self.pause is not None:
                for name in names:
                    self.send(name.partition("@")[0].upper())

    def send(self, symbol: str = "BTCUSDT") -> None:
        """Send the next trade of a symbol."""
        number = self.sent[symbol] = self.sent.get(symbol, 0) + 1
        assert self._peer is not None
        self._peer.send(trade_frame(number, symbol))

    def ping(self) -> None:
        assert self._peer is not None
        self._peer.send(frame(b"", PING))

    def drop(self) -> None:
        """End the connection, as if the server had crashed."""
        assert self._peer is not None
        self._peer.reset()

    def _handle(self, peer: Peer, names: list[str]) -> bool:
        opcode, payload = peer.read_frame()
        if opcode == PONG:
            self.pongs += 1
        elif opcode == CLOSE:
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
            peer.send(frame(json.dumps({"result": result, "id": request["id"]})))
        return True
