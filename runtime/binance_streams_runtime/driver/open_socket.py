"""An open socket and its unsent bytes."""

from __future__ import annotations

import socket
import ssl

# What a socket raises that cannot send or has nothing to receive at the moment.
_LATER = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError, InterruptedError)


class OpenSocket:
    """The socket of one connection."""

    def __init__(self, number: int, open_socket: socket.socket) -> None:
        self.number = number
        self.socket = open_socket
        self.unsent = b""
        # Why nothing more can be sent. What the server had sent before can still be read.
        self.failure: str | None = None
        # The selector's events that it is registered for; 0 if it is not registered.
        self.mask = 0
        # When to close a socket on which a close frame was sent, if the server has not closed it.
        self.close_by: float | None = None

    def receive(self) -> bytes | None:
        """Return what has been received; None if there is nothing, b"" at the end.

        Raises OSError if the connection has ended in another way.
        """
        try:
            data = self.socket.recv(256 * 1024)
            while isinstance(self.socket, ssl.SSLSocket) and self.socket.pending():
                data += self.socket.recv(256 * 1024)
            return data
        except _LATER:
            return None

    def flush(self) -> None:
        """Send as much as the socket accepts now; see ``failure``."""
        try:
            while self.unsent and self.failure is None:
                self.unsent = self.unsent[self.socket.send(self.unsent) :]
        except _LATER:
            return
        except OSError as error:
            self.failure = f"{type(error).__name__}: {error}"
        self.unsent = b""
