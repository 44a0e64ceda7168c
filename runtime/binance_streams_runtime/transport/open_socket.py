"""An open socket and what could not be sent to it yet."""

from __future__ import annotations

import socket
import ssl


class Wire:
    """The socket of one connection."""

    def __init__(self, number: int, open_socket: socket.socket) -> None:
        self.number = number
        self.socket = open_socket
        self.unsent = b""
        # What the selector watches it for; 0 is nothing.
        self.mask = 0
        # When a socket that was said goodbye to is closed at the latest.
        self.leaves_by: float | None = None

    def flush(self) -> None:
        """Send what the socket takes now; raises OSError if it is gone."""
        try:
            while self.unsent:
                self.unsent = self.unsent[self.socket.send(self.unsent) :]
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError, InterruptedError):
            pass
