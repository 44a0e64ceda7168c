"""Every error and warning that the package raises, in one tree."""

from __future__ import annotations

import re
from collections.abc import Iterable


class BinanceStreamsError(Exception):
    """The root of every error of this package."""


class ParameterError(BinanceStreamsError, ValueError):
    """A value was refused before anything was sent.

    The text says what was given and what is allowed.
    """

    def __init__(self, name: str, given: object, allowed: str) -> None:
        super().__init__(f"{name}: got {shown(given)}; allowed: {allowed}")
        self.name = name
        self.given = given
        self.allowed = allowed


class UnknownStreamError(BinanceStreamsError, ValueError):
    """A raw stream name fits no stream of the catalog, so the venue would stay silent."""

    def __init__(self, name: str, near: Iterable[str]) -> None:
        hints = ", ".join(near)
        super().__init__(
            f"no stream is called {shown(name)}: the venue would acknowledge it and stay silent"
            + (f"; names look like: {hints}" if hints else "")
        )
        self.name = name


class RequestError(BinanceStreamsError):
    """The server refused a request.

    ``code`` and ``message`` are the server's own; ``id`` is the request's id, or None where the
    server left it out.
    """

    def __init__(self, code: int | None, message: str, id: int | str | None = None) -> None:
        message = redacted(message)
        super().__init__(f"the server refused request {id!r}: {message} (code {code})")
        self.code = code
        self.message = message
        self.id = id


class RequestTimeout(BinanceStreamsError, TimeoutError):
    """The server did not answer a request in time, or ``wait(timeout)`` ran out."""


class ConnectionLost(BinanceStreamsError, ConnectionError):
    """The connection ended, or could not be opened.

    ``reason`` says why. ``code`` is the close code of the server, or of the protocol that it
    broke; ``status`` the HTTP status in place of a WebSocket, ``retry_after`` the seconds that came
    with it. Each is None where there was none.
    """

    def __init__(
        self,
        reason: str,
        code: int | None = None,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason if code is None else f"{reason} (close code {code})")
        self.reason = reason
        self.code = code
        self.status = status
        self.retry_after = retry_after


class ClientClosed(BinanceStreamsError):
    """The client was closed, so it can neither send nor wait."""


class QueueOverflow(BinanceStreamsError):
    """More events waited than the queue holds, and its policy is ``raise``."""


class UndecodableError(BinanceStreamsError, ValueError):
    """A message does not have the form that the spec gives it."""


class RetiredStreamWarning(UserWarning):
    """The stream has been retired on the production server; the text says what to use instead."""


def client_closed() -> ClientClosed:
    """What every call on a closed client raises."""
    return ClientClosed("the client is closed")


def redacted(text: str) -> str:
    """``text`` without what may be a listen key, which is a secret."""
    return re.sub("[A-Za-z0-9]{32,}", "…", text)


def shown(value: object, limit: int = 80) -> str:
    """``repr`` of a value that somebody else chose, cut to ``limit`` characters."""
    text = redacted(repr(value))
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"
