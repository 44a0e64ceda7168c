"""TLS in memory: what is decrypted when, what TLS says by itself, and how it ends."""

from __future__ import annotations

import ssl
from typing import Any

import pytest

from binance_streams_runtime.transport.tls import TLSCodec
from tests.support.certificates import authority, presenting, trusting
from tests.support.tls_peer import TLSPeer, connected

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]

# What OpenSSL says to a record that somebody has changed; the latter in newer versions.
_FORGED = r"(?i)bad.record.mac|record.layer.failure"

Ends = tuple[TLSCodec, TLSPeer]


@pytest.fixture(scope="module")
def ca() -> Any:
    return authority()


@pytest.fixture(params=VERSIONS, ids=lambda version: version.name)
def ends(ca: Any, request: pytest.FixtureRequest) -> Ends:
    return connected(ca, maximum_version=request.param)


def test_all_records_that_came_together_are_returned_together(ends: Ends) -> None:
    codec, peer = ends
    messages = [b"%d," % number for number in range(5000)]
    assert codec.decrypt(peer.encrypt(*messages)) == b"".join(messages)
    assert codec.decrypt(None) is None


def test_a_large_message_takes_many_records(ends: Ends) -> None:
    codec, peer = ends
    message = bytes(range(256)) * 4096
    assert codec.decrypt(peer.encrypt(message)) == message


def test_what_is_complete_is_returned_wherever_the_bytes_are_split(ends: Ends) -> None:
    codec, peer = ends
    messages = [b"one", b"2" * 200, b"three" * 20]
    split, length = 1, 2
    while split < length:
        records = [peer.encrypt(message) for message in messages]
        length = sum(map(len, records))
        whole = b"".join(records)
        complete, position = b"", 0
        for message, record in zip(messages, records, strict=True):
            position += len(record)
            complete += message if position <= split else b""
        assert codec.decrypt(whole[:split]) == (complete or None)
        assert (codec.decrypt(whole[split:]) or b"") == b"".join(messages)[len(complete) :]
        split += 1


def test_records_come_byte_by_byte(ends: Ends) -> None:
    codec, peer = ends
    first, second = peer.encrypt(b"first"), peer.encrypt(b"second")
    decrypted = [codec.decrypt(bytes([byte])) for byte in first + second]
    assert decrypted == [
        *[None] * (len(first) - 1),
        b"first",
        *[None] * (len(second) - 1),
        b"second",
    ]


def test_what_came_right_behind_the_handshake_is_not_lost(ends: Ends) -> None:
    """The handshake of the WebSocket has read one byte of a record, and nothing of the next."""
    codec, peer = ends
    codec.incoming.write(peer.encrypt(b"an answer, an event", b", another"))
    assert codec.tls.read(1) == b"a"
    assert codec.decrypt(None) == b"n answer, an event, another"
    assert codec.decrypt(None) is None


def test_what_came_right_behind_the_handshake_comes_before_the_end(ends: Ends) -> None:
    codec, peer = ends
    codec.incoming.write(peer.encrypt(b"an answer, an event"))
    assert codec.tls.read(1) == b"a"
    assert codec.decrypt(b"") == b"n answer, an event"
    assert codec.decrypt(b"") == b""


def test_the_other_end_may_be_announced(ends: Ends) -> None:
    """By close_notify, with data before it: nothing that follows is read."""
    codec, peer = ends
    assert codec.decrypt(peer.encrypt(b"last") + peer.say_goodbye() + b"garbage") == b"last"
    assert codec.is_over
    assert codec.decrypt(None) == b""
    assert codec.decrypt(b"more") == b""


def test_the_other_end_may_not_be_announced(ends: Ends) -> None:
    """TCP ends, in the middle of a record: that is an end like any other."""
    codec, peer = ends
    assert codec.decrypt(peer.encrypt(b"whole") + peer.encrypt(b"cut")[:-1]) == b"whole"
    assert not codec.is_over
    assert codec.decrypt(b"") == b""
    assert codec.is_over


def test_what_came_before_a_forged_record_is_returned_first(ends: Ends) -> None:
    codec, peer = ends
    good, forged = peer.encrypt(b"good"), bytearray(peer.encrypt(b"forged"))
    forged[-1] ^= 1
    assert codec.decrypt(good + forged) == b"good"
    assert codec.is_over
    for data in (None, b"more", b""):
        with pytest.raises(ssl.SSLError, match=_FORGED):
            codec.decrypt(data)
    with pytest.raises(ssl.SSLError, match=_FORGED):
        peer.decrypt(codec.encrypt(b""))


def test_what_the_server_asks_of_tls_is_answered(ca: Any) -> None:
    """Here for a certificate of the client, long after the handshake."""
    codec, peer = connected(ca, post_handshake_auth=True, verify_mode=ssl.CERT_OPTIONAL)
    assert codec.decrypt(None) is None
    assert codec.outgoing.pending == 0
    peer.tls.verify_client_post_handshake()
    assert codec.decrypt(peer.encrypt(b"event")) == b"event"
    assert codec.outgoing.pending > 0
    answer = codec.encrypt(b"")
    assert answer
    assert peer.decrypt(answer + codec.encrypt(b"request")) == b"request"


def test_what_is_sent_while_keys_are_negotiated_is_sent_after_it(ca: Any) -> None:
    codec = TLSCodec(trusting(ca), "localhost")
    peer = TLSPeer(presenting(ca.issue_cert("localhost")))
    assert peer.decrypt(codec.encrypt(b"request")) == b""
    assert codec.unencrypted == b"request"
    assert codec.decrypt(peer.encrypt()) is None
    assert peer.decrypt(codec.encrypt(b", another")) == b"request, another"
    assert codec.unencrypted == b""


def test_what_is_sent_arrives(ends: Ends) -> None:
    codec, peer = ends
    data = bytes(range(256)) * 1024
    assert peer.decrypt(codec.encrypt(data) + codec.encrypt(b"end")) == data + b"end"
