"""TLS without a socket, and over one while it is being opened."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from binance_streams_runtime.transport.deadline_socket import Deadline, DeadlineSocket

T = TypeVar("T")

# The most that one TLS record holds: reading this many bytes leaves nothing of it behind.
_RECORD = 16 * 1024


class TLSCodec:
    """Decrypts what a server sends and encrypts what it is sent."""

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        """``host`` is sent to the server; its certificate must be for it if ``context`` checks."""
        self.incoming = ssl.MemoryBIO()
        """What has been received and not decrypted yet."""
        self.outgoing = ssl.MemoryBIO()
        """What TLS itself has to send, such as the answer to a key update; see ``encrypt``."""
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname=host)
        self.unencrypted = b""
        """What cannot be encrypted before more has been received, as keys are being negotiated."""
        self.is_over = False
        """Whether nothing more can be decrypted: it has failed, or the server has ended it."""
        self._failure: ssl.SSLError | None = None
        # Bound once: they are called for every record.
        self._read = self.tls.read
        self._feed = self.incoming.write

    def decrypt(self, data: bytes | None) -> bytes | None:
        """Return all that can be decrypted once ``data`` has been received; None if nothing can.

        ``data`` is None if nothing more has been received, ``b""`` at the end of the stream, and so
        is what is returned. Raises ssl.SSLError, after what came before the error was returned.
        """
        if data:
            self._feed(data)
        elif data is not None:
            self.is_over = True
        incoming = self.incoming
        pieces: list[bytes] = []
        try:
            # One call a record. That nothing is left is checked first: an exception costs more.
            piece = self._read(_RECORD)
            if piece and not incoming.pending:
                return piece
            pieces.append(piece)
            while piece and incoming.pending:
                piece = self._read(_RECORD)
                pieces.append(piece)
            if not piece:
                self.is_over = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            self.is_over = True
            self._failure = self._failure or error
        decrypted = b"".join(pieces)
        if decrypted:
            return decrypted
        if self._failure is not None:
            raise self._failure
        return b"" if self.is_over else None

    def encrypt(self, data: bytes) -> bytes:
        """Return what to send for ``data``, and what TLS itself has to send.

        Raises ssl.SSLError if nothing can be sent any more.
        """
        self.unencrypted += data
        with contextlib.suppress(ssl.SSLWantReadError):
            while self.unencrypted:
                self.unencrypted = self.unencrypted[self.tls.write(self.unencrypted) :]
        return self.outgoing.read()


class TLSSocket(DeadlineSocket):
    """A DeadlineSocket whose bytes go through TLS."""

    def __init__(self, raw: socket.socket, deadline: Deadline, codec: TLSCodec) -> None:
        super().__init__(raw, deadline)
        self._codec = codec

    def do_handshake(self) -> None:
        """Agree on keys with the server and verify its certificate."""
        self._when_received(self._codec.tls.do_handshake)

    def recv(self, size: int) -> bytes:
        """Return at most ``size`` bytes, ``b""`` at the end of the stream."""
        try:
            return self._when_received(partial(self._codec.tls.read, size))
        except ssl.SSLEOFError:
            return b""

    def sendall(self, data: bytes) -> None:
        """Send all of ``data``."""
        super().sendall(self._codec.encrypt(data))

    def _when_received(self, do: Callable[[], T]) -> T:
        """Return what ``do()`` returns once enough has been received for it."""
        codec = self._codec
        while True:
            try:
                result = do()
                super().sendall(codec.outgoing.read())
                return result
            except ssl.SSLWantReadError:
                super().sendall(codec.outgoing.read())
            except ssl.SSLError:
                # The reason goes to the server, if it is still there.
                with contextlib.suppress(OSError):
                    super().sendall(codec.outgoing.read())
                raise
            data = super().recv(_RECORD)
            if data:
                codec.incoming.write(data)
            else:
                codec.incoming.write_eof()
