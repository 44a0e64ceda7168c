"""What the core asks of whoever runs it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from binance_streams_runtime.notices import Notice


class Open(Struct, frozen=True):
    """Open a connection; answer with ``opened`` or ``lost``."""

    link: int


class Send(Struct, frozen=True):
    """Send one frame."""

    link: int
    kind: Literal["text", "ping", "pong"]
    payload: bytes


class Leave(Struct, frozen=True):
    """Send a close frame, read nothing more, and close the socket once the server has gone."""

    link: int
    payload: bytes


class Drop(Struct, frozen=True):
    """Close the socket at once, or stop opening it."""

    link: int


class Tell(Struct, frozen=True):
    """Pass a notice on."""

    notice: Notice


class Confirm(Struct, frozen=True):
    """The server has confirmed this stream."""

    stream: str


class Suspend(Struct, frozen=True):
    """This stream was confirmed; it is not any more, and is asked for again."""

    stream: str


class Unanswered(Struct, frozen=True):
    """The server did not answer a request for this stream in time, or refuses it although it had
    confirmed it before; it will be asked again."""

    stream: str
    error: BaseException


class End(Struct, frozen=True):
    """This stream is over: refused, or its connection is lost for good."""

    stream: str
    error: BaseException


Action = Open | Send | Leave | Drop | Tell | Confirm | Suspend | Unanswered | End
