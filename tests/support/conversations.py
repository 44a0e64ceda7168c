"""Both sides of what is said to a server before frames, without a socket."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from binance_streams_runtime.protocol.http import Conversation

T = TypeVar("T")


class Spoken(NamedTuple):
    """What was sent, what was returned, and what was left of the answers."""

    sent: bytes
    result: object
    unread: bytes


def converse(conversation: Conversation[T], answers: bytes) -> Spoken:
    """Answer with these bytes, then with the end of the connection; errors are raised."""
    sent, incoming = b"", b""
    while True:
        try:
            wanted = conversation.send(incoming) if sent or incoming else next(conversation)
        except StopIteration as end:
            return Spoken(sent, end.value, answers)
        if isinstance(wanted, bytes):
            sent, incoming = sent + wanted, b""
        else:
            incoming, answers = answers[:wanted], answers[wanted:]
