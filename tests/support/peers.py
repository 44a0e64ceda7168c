"""A client of websockets' own, which shares no code with the servers under test."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from websockets.sync.client import ClientConnection

from tests.support.limits import LIMIT


class Peer:
    """A connection of websockets' own client, without compression and keep-alive."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def ask(self, **request: Any) -> Any:
        """Send a request and return its answer; events before it are dropped."""
        self.connection.send(json.dumps(request))
        return self.until(lambda message: "id" in message or "code" in message)

    def subscribe(self, *names: str, id: int = 1) -> None:
        answer = self.ask(method="SUBSCRIBE", params=list(names), id=id)
        assert answer == {"result": None, "id": id}

    def next(self) -> Any:
        return json.loads(self.connection.recv(timeout=LIMIT))

    def until(self, wanted: Callable[[Any], object]) -> Any:
        """The first message for which ``wanted`` is true."""
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline:
            message = self.next()
            if wanted(message):
                return message
        raise TimeoutError("other messages came, but not this one")
