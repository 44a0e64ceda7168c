"""What the session decides: what the driver must do, and what happened to streams."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from binance_streams_runtime.notices import Notice


class Open(Struct, frozen=True):
    """Open a connection to ``url``; the driver then calls ``opened`` or ``lost``.

    ``line`` numbers the redundant connections, which should lead to different addresses.
    """

    connection: int
    url: str
    line: int = 0


class Send(Struct, frozen=True):
    """Send one frame."""

    connection: int
    kind: Literal["text", "ping", "pong"]
    payload: bytes


class Close(Struct, frozen=True):
    """Send a close frame, read nothing more, and close the socket after the server does."""

    connection: int
    payload: bytes


class Abort(Struct, frozen=True):
    """Close the socket immediately, or stop opening it."""

    connection: int


class Notify(Struct, frozen=True):
    """Pass a notice on."""

    notice: Notice


class Confirm(Struct, frozen=True):
    """The server has confirmed this stream.

    It ``is_repeated`` for a user who has subscribed to what the client observed before.
    """

    stream: str
    is_repeated: bool = False


class Interrupt(Struct, frozen=True):
    """This stream is no longer confirmed; the session subscribes to it again."""

    stream: str


class TimedOut(Struct, frozen=True):
    """The server did not answer a request for this stream in time, or rejected a stream that it had
    confirmed before; the session will request it again."""

    stream: str
    error: BaseException


class Fail(Struct, frozen=True):
    """This stream has ended: it was rejected, or its connection was lost for good."""

    stream: str
    error: BaseException


SocketAction = Open | Send | Close | Abort
"""What the driver carries out; the engine handles the rest."""

Action = SocketAction | Notify | Confirm | Interrupt | TimedOut | Fail
