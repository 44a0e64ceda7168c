"""What the session asks for."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from binance_streams_runtime.notices import Notice


class Open(Struct, frozen=True):
    """Open a connection to ``url``; answer with ``opened`` or ``lost``."""

    connection: int
    url: str


class Send(Struct, frozen=True):
    """Send one frame."""

    connection: int
    kind: Literal["text", "ping", "pong"]
    payload: bytes


class Close(Struct, frozen=True):
    """Send a close frame, read nothing more, and close the socket once the server has gone."""

    connection: int
    payload: bytes


class Abort(Struct, frozen=True):
    """Close the socket at once, or stop opening it."""

    connection: int


class Notify(Struct, frozen=True):
    """Pass a notice on."""

    notice: Notice


class Confirm(Struct, frozen=True):
    """The server has confirmed this stream."""

    stream: str


class Interrupt(Struct, frozen=True):
    """This stream was confirmed; it is not any more, and is asked for again."""

    stream: str


class TimedOut(Struct, frozen=True):
    """The server did not answer a request for this stream in time, or refuses it although it had
    confirmed it before; it will be asked again."""

    stream: str
    error: BaseException


class Fail(Struct, frozen=True):
    """This stream is over: refused, or its connection is lost for good."""

    stream: str
    error: BaseException


SocketAction = Open | Send | Close | Abort
"""What the driver does; the engine does the rest."""

Action = SocketAction | Notify | Confirm | Interrupt | TimedOut | Fail
