"""Every error and warning of the package, in one hierarchy."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable
from typing import Any

# Long words, and long base64 that is padded; without padding it could be a path, unless it is very
# long, as the signature of an RSA key of 3072 bits is.
_SECRETS = re.compile(
    "(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{32,}+={1,2}|[A-Za-z0-9+/]{256,}+)|[A-Za-z0-9]{32,}"
)
_SECRET_BYTES = re.compile(_SECRETS.pattern.encode())

# Types that always pickle and compare safely.
_PLAIN = (type(None), bool, int, float, str, bytes)


class _Portable(Exception):
    """An exception that can be copied, pickled and compared, whatever it carries.

    The standard library rebuilds an exception by calling its class with ``args``, which holds only
    the text here. An attribute that cannot be pickled is replaced by its repr, because an error
    that is lost between two processes hides what went wrong. The cause and the notes are kept; the
    traceback is not.

    Exceptions are equal if they have the same type, the same text and the same attributes.
    Attributes that are neither numbers nor texts count only as far as the text shows them.
    """

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        state = {name: _packed(value) for name, value in vars(self).items()}
        args = tuple(_packed(value) for value in self.args)
        cause = _packed(self.__cause__)
        return _unpickled, (type(self), args, state, cause, self.__suppress_context__)

    def __copy__(self) -> _Portable:
        return _rebuilt(self, lambda value: value)

    def __deepcopy__(self, memo: dict[int, Any]) -> _Portable:
        def copied(value: Any) -> Any:
            try:
                return copy.deepcopy(value, memo)
            except Exception:
                # Such as a socket: both errors refer to the same one.
                return value

        memo[id(self)] = made = _rebuilt(self, copied)
        return made

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, _Portable):
            return NotImplemented
        mine, others = _attributes(self), _attributes(other)
        return (
            str(self) == str(other)
            and mine.keys() == others.keys()
            and all(_is_alike(value, others[name]) for name, value in mine.items())
        )

    def __hash__(self) -> int:
        return hash((type(self), str(self)))


class BinanceStreamsError(_Portable):
    """The root of every error of this package.

    Errors can be copied, pickled and compared. An attribute that cannot be pickled, such as a
    function, is replaced by its repr.
    """


class ParameterError(BinanceStreamsError, ValueError):
    """A value was rejected before anything was sent.

    The message says what was given and what is allowed.
    """

    def __init__(self, name: str, given: object, allowed: str) -> None:
        super().__init__(f"{name}: got {shown(given)}; allowed: {allowed}")
        self.name = name
        self.given = given
        self.allowed = allowed


class UnknownStreamError(BinanceStreamsError, ValueError):
    """A raw name matches no stream in the catalog, so the venue would never send anything."""

    def __init__(self, name: str, near: Iterable[str]) -> None:
        hints = ", ".join(near)
        super().__init__(
            f"no stream has the name {shown(name)}: the venue would confirm it but send nothing"
            + (f"; names look like: {hints}" if hints else "")
        )
        self.name = name


class RequestError(BinanceStreamsError):
    """The server rejected a request.

    ``code`` and ``message`` are the server's; ``id`` is the request's id, or None if the server
    left it out. ``advice`` says what to do about it, ``status`` is the HTTP status that the
    WebSocket API names, ``retry_after`` the seconds that the server wants to be left alone; each is
    None if there is none.
    """

    def __init__(
        self,
        code: int | None,
        message: str,
        id: int | str | None = None,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        advice: str | None = None,
    ) -> None:
        message = redacted(message)
        what = "a request" if id is None else f"request {id!r}"
        # The answer of a REST request has its code in the message already.
        shown_code = "" if f"(code {code}" in message else f" (code {code})"
        text = f"the server rejected {what}: {message}{shown_code}"
        super().__init__(text if advice is None else f"{text}: {advice}")
        self.code = code
        self.message = message
        self.id = id
        self.status = status
        self.retry_after = retry_after
        self.advice = advice


class RequestTimeout(BinanceStreamsError, TimeoutError):
    """The server did not respond to a request in time, or ``wait(timeout)`` ran out."""


class ConnectionLost(BinanceStreamsError, ConnectionError):
    """The connection closed, or could not be opened.

    ``reason`` says why. ``code`` is the server's close code, or the one for its violation of the
    protocol; ``status`` is the HTTP status of a rejected handshake, and ``retry_after`` the seconds
    from its Retry-After header. Each is None if there was none.
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


class SetupError(ConnectionLost):
    """No connection can be opened until something on this machine is fixed.

    Retrying would not help, so every call that waits fails at once. The message says what is wrong,
    and names the file if there is one.
    """


class ClientClosed(BinanceStreamsError):
    """The client is closed, so it can neither send nor wait."""


class QueueOverflow(BinanceStreamsError):
    """The queue was full, and its policy is ``raise``."""


class SigningError(BinanceStreamsError):
    """A key did not sign a request, which was not sent.

    Its cause is what the key raised, if anything. ``is_final`` if it cannot sign at all: what it
    returns is no signature.
    """

    def __init__(self, message: str, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


class RecordingError(BinanceStreamsError):
    """A recording cannot be written or read; the message says which file, and why."""


class UndecodableError(BinanceStreamsError, ValueError):
    """A message does not match the spec."""


class RetiredStreamWarning(_Portable, UserWarning):
    """The stream has been retired in production; the message says what to use instead."""


def client_closed() -> ClientClosed:
    """Make the error that every call on a closed client raises."""
    return ClientClosed("the client is closed")


def redacted(text: str) -> str:
    """Return ``text`` with all that may be a listen key, an API key or a signature masked."""
    return _SECRETS.sub("…", text)


def redacted_bytes(message: bytes) -> bytes:
    """Return a message with the same masked."""
    return _SECRET_BYTES.sub(b"...", message)


def masked(api_key: str) -> str:
    """Return the first four letters of an API key, which is all of it that is ever shown."""
    return f"{api_key[:4]}…"


class HiddenKey(str):
    """An API key that is shown as its first four letters, also as a local variable."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(masked(self))


def shown(value: object, limit: int = 80) -> str:
    """Return the repr of a value from outside, cut to ``limit`` characters."""
    try:
        text = redacted(repr(value))
    except Exception as failure:
        # The error is about the value, not about its broken repr.
        text = f"<{type(value).__name__}, whose repr raises {type(failure).__name__}>"
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def reason_of(error: Exception, limit: int = 300) -> str:
    """Return what is wrong with a message, cut: some errors quote a whole value of it."""
    text = str(error)
    return text if len(text) <= limit else f"{text[:limit]}…"


def _attributes(error: _Portable) -> dict[str, Any]:
    return {name: value for name, value in vars(error).items() if name != "__notes__"}


def _is_alike(one: object, other: object) -> bool:
    are_plain = isinstance(one, _PLAIN) and isinstance(other, _PLAIN)
    # By repr too: NaN is not equal to itself.
    return one == other or repr(one) == repr(other) if are_plain else True


def _rebuilt(error: _Portable, copied: Callable[[Any], Any]) -> _Portable:
    state = {name: copied(value) for name, value in vars(error).items()}
    args = tuple(copied(value) for value in error.args)
    return _made(type(error), args, state, error.__cause__, error.__suppress_context__)


def _made(
    type: type[_Portable],
    args: tuple[Any, ...],
    state: dict[str, Any],
    cause: BaseException | None,
    is_context_hidden: bool,
) -> _Portable:
    """Make an error with these parts, without its constructor, which builds the message."""
    error = type.__new__(type, *args)
    error.args = args
    vars(error).update(state)
    error.__cause__ = cause
    error.__suppress_context__ = is_context_hidden
    return error


def _packed(value: object) -> tuple[bytes | None, object]:
    """Return the value pickled, or None if it need not or cannot be, and what replaces it."""
    if type(value) in _PLAIN:
        return None, value
    # Imported late, so that the package imports faster.
    import pickle

    try:
        # Not with the outer protocol: the old ones double backslashes at each level.
        return pickle.dumps(value), shown(value)
    except Exception:
        return None, shown(value)


def _unpacked(packed: tuple[bytes | None, object]) -> Any:
    pickled, instead = packed
    if pickled is None:
        return instead
    import pickle

    try:
        return pickle.loads(pickled)
    except Exception:
        # This process may not know its class.
        return instead


def _unpickled(
    type: type[_Portable],
    args: tuple[tuple[bytes | None, object], ...],
    state: dict[str, tuple[bytes | None, object]],
    cause: tuple[bytes | None, object],
    is_context_hidden: bool,
) -> _Portable:
    reason = _unpacked(cause)
    return _made(
        type,
        tuple(map(_unpacked, args)),
        {name: _unpacked(value) for name, value in state.items()},
        reason if isinstance(reason, BaseException) else None,
        is_context_hidden,
    )
