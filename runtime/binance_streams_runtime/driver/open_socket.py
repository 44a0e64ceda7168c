"""An open socket and its unsent bytes."""

from __future__ import annotations

import contextlib
import socket

from binance_streams_runtime.transport.tls import TLSCodec

# What a socket raises that cannot send or has nothing to receive at the moment.
_LATER = (BlockingIOError, InterruptedError)

# A read that fills its buffer is followed by one twice as large, which saves turns. Beyond 64 KiB
# that costs more than it saves: the events of a read leave the cache before they are handled, and
# from 128 KiB on, memory is mapped and unmapped for each read.
_SMALLEST_READ = 16 * 1024
_LARGEST_READ = 64 * 1024

# After so many reads in a row that would have fit in half of the buffer, it is halved.
_SMALL_READS = 8


class OpenSocket:
    """The socket of one connection."""

    def __init__(
        self, number: int, open_socket: socket.socket, tls: TLSCodec | None = None
    ) -> None:
        self.number = number
        self.socket = open_socket
        self._tls = tls
        self._recv = open_socket.recv
        self._read_size = _SMALLEST_READ
        self._small_reads = 0
        self.unsent = b""
        """What to send as soon as the socket accepts it, encrypted if the connection is."""
        # Why nothing more can be sent. What the server had sent before can still be read.
        self.failure: str | None = None
        # The selector's events that it is registered for; 0 if it is not registered.
        self.mask = 0
        # When to close a socket on which a close frame was sent, if the server has not closed it.
        self.close_by: float | None = None

    def receive(self) -> bytes | None:
        """Return what one read returns, decrypted; None if there is nothing, b"" at the end.

        Nothing that can be decrypted is left behind. What TLS has to answer is sent, as far as the
        socket accepts it; see ``unsent``. Raises OSError if the connection has ended otherwise.
        """
        data: bytes | None
        try:
            data = self._recv(self._read_size)
        except _LATER:
            data = None
        else:
            size = len(data)
            if size == self._read_size or self._read_size != _SMALLEST_READ:
                self._adapt(size)
        tls = self._tls
        if tls is None:
            return data
        try:
            return tls.decrypt(data)
        finally:
            if tls.outgoing.pending or tls.unencrypted:
                self.send(b"")
            if tls.is_over:
                # So that the next read ends at once, even if the server keeps the connection open.
                with contextlib.suppress(OSError):
                    self.socket.shutdown(socket.SHUT_RD)

    def send(self, data: bytes) -> None:
        """Send ``data`` after what is unsent, as far as the socket accepts it now."""
        try:
            self.unsent += data if self._tls is None else self._tls.encrypt(data)
        except OSError as error:
            self._fail(error)
        self.flush()

    def flush(self) -> None:
        """Send as much as the socket accepts now; see ``failure``."""
        try:
            while self.unsent and self.failure is None:
                self.unsent = self.unsent[self.socket.send(self.unsent) :]
        except _LATER:
            return
        except OSError as error:
            self._fail(error)
        self.unsent = b""

    def _adapt(self, size: int) -> None:
        """Choose the size of the next read after one that has returned ``size`` bytes."""
        if size == self._read_size:
            self._read_size = min(2 * size, _LARGEST_READ)
            self._small_reads = 0
        elif 2 * size > self._read_size:
            self._small_reads = 0
        else:
            self._small_reads += 1
            if self._small_reads == _SMALL_READS:
                self._read_size //= 2
                self._small_reads = 0

    def _fail(self, error: OSError) -> None:
        self.failure = self.failure or f"{type(error).__name__}: {error}"
