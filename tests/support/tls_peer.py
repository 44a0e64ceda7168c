"""The server's end of a TLS connection without sockets."""

from __future__ import annotations

import ssl
from typing import Any

from binance_streams_runtime.transport.tls import TLSCodec
from tests.support.certificates import presenting, trusting


class TLSPeer:
    """A server that encrypts and decrypts in memory."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    def shake(self, codec: TLSCodec) -> None:
        """Do the whole handshake with a client."""
        for _ in range(3):
            for end in (codec.tls, self.tls):
                try:
                    end.do_handshake()
                except ssl.SSLWantReadError:
                    continue
                finally:
                    self._incoming.write(codec.outgoing.read())
                    codec.incoming.write(self._outgoing.read())

    def encrypt(self, *messages: bytes) -> bytes:
        """What to send for the messages, one record each, and for what TLS itself says."""
        for message in messages:
            self.tls.write(message)
        return self._outgoing.read()

    def say_goodbye(self) -> bytes:
        """The record that ends the stream."""
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            return self._outgoing.read()
        raise AssertionError("the client has ended it")

    def decrypt(self, data: bytes) -> bytes:
        """What the client has sent."""
        self._incoming.write(data)
        received = b""
        while True:
            try:
                received += self.tls.read(65536)
            except ssl.SSLWantReadError:
                return received


def connected(ca: Any, **options: Any) -> tuple[TLSCodec, TLSPeer]:
    """Both ends after their handshake; ``options`` are attributes of the contexts of both."""
    ours, theirs = trusting(ca), presenting(ca.issue_cert("localhost"))
    for context in (ours, theirs):
        for name, value in options.items():
            setattr(context, name, value)
    codec, peer = TLSCodec(ours, "localhost"), TLSPeer(theirs)
    peer.shake(codec)
    return codec, peer
