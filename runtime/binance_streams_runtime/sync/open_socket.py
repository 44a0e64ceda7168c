"""An open socket and what could not be sent to it yet."""

from __future__ import annotations

import socket
import ssl

# What a socket raises that takes, or has, nothing just now.
_LATER = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError, InterruptedError)


class OpenSocket:
    """The socket of one connection."""

    def __init__(self, number: int, open_socket: socket.socket) -> None:
        self.number = number
        self.socket = open_socket
        self.unsent = b""
        # Why nothing can be sent any more. What the server had sent before can still be read.
        self.failure: str | None = None
        # What the selector watches it for; 0 is nothing.
        self.mask = 0
        # When a socket that was said goodbye to is closed at the latest.
        self.close_by: float | None = None

    def receive(self, most: int) -> bytes | None:
        """Return what has come, at most so many bytes; None if there is nothing, b"" at the end.

        Raises OSError if the connection has ended in another way.
        """
        try:
            return self.socket.recv(most)
        except _LATER:
            return None

    def flush(self) -> None:
        """Send what the socket takes now; see ``failure``."""
        try:
            while self.unsent and self.failure is None:
                self.unsent = self.unsent[self.socket.send(self.unsent) :]
        except _LATER:
            return
        except OSError as error:
            self.failure = f"{type(error).__name__}: {error}"
        self.unsent = b""
