"""Signals while the main thread drives an engine: their handlers run when it has left the engine.

A handler runs between any two instructions of the main thread, and may raise: Ctrl-C does. In the
middle of the engine's work, that would lose what had just been received. So while the main thread
drives, handlers are put off; its wait ends at once, and they run right behind it. All clients share
what is here, as all main threads are one.
"""

from __future__ import annotations

import importlib
import os
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

# Those that programs handle. What is put off must be safe to put off: not SIGSEGV and its like.
_NUMBERS = [
    int(getattr(signal, name))
    for name in (
        "SIGINT",
        "SIGTERM",
        "SIGALRM",
        "SIGHUP",
        "SIGUSR1",
        "SIGUSR2",
        "SIGQUIT",
        "SIGBREAK",
        "SIGCHLD",
        "SIGVTALRM",
        "SIGPROF",
    )
    if hasattr(signal, name)
]

# The functions of ``signal`` convert all that they return to enums, which costs twenty times what
# they do. This is what they call.
try:
    _raw = importlib.import_module("_signal")
except ImportError:
    _raw = signal
get_handler: Callable[[int], Any] = _raw.getsignal
_set: Callable[[int, Any], Any] = _raw.signal

# A handler that has waited this many seconds is not put off again: the engine's work takes less, so
# something hangs in it, such as a user's ``reconnect=``, and Ctrl-C must get through.
_PATIENCE = 1.0


Handler = Callable[[int, FrameType | None], object]

_replaced: set[int] = set()
"""The signals whose handlers may be wrapped at the moment."""

_came: dict[int, tuple[float, FrameType | None, Handler]] = {}
"""The signals whose handlers are put off: when each came, where, and the handler."""

_known: list[Any] = []
"""What handles each signal since they were last replaced."""

_wake: Callable[[], None] | None = None
"""Ends the wait of the main thread; None while it does not drive."""


class _Deferring:
    """A program's own handler, put off while the main thread drives.

    Otherwise it passes every signal on, as the program may get hold of it: what replaces a handler
    for a while puts the one back that it has found.
    """

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        since = _came[number][0] if number in _came else now
        if _wake is not None and now < since + _PATIENCE:
            _came.setdefault(number, (now, frame, self.handler))
            _wake()
        else:
            _came.pop(number, None)
            self.handler(number, frame)


def is_deferring() -> bool:
    """Return whether handlers are put off at the moment."""
    return _wake is not None


def is_pending() -> bool:
    """Return whether a handler has been put off."""
    return bool(_came)


def defer(wake: Callable[[], None]) -> None:
    """Put handlers off from now on, and call ``wake`` if one is. Only for the main thread.

    Call ``resume`` even if this raises.
    """
    global _wake, _known
    _wake = wake
    # Without a line of Python for each: this runs before each event.
    if list(map(get_handler, _NUMBERS)) != _known:
        for number in _NUMBERS:
            handler = get_handler(number)
            # Not those that no Python code handles.
            if callable(handler):
                _replaced.add(number)
                if not isinstance(handler, _Deferring):
                    _set(number, _Deferring(handler))
        _known = list(map(get_handler, _NUMBERS))


def resume(is_loop: bool) -> None:
    """Run the handlers that were put off, and put off no more; they may raise.

    In a loop, which soon defers again, they remain wrapped until ``restore``.
    """
    global _wake
    _wake = None
    try:
        if _came:
            _run_deferred()
    finally:
        if not is_loop:
            restore()


def restore() -> None:
    """Put the program's own handlers back in place. Only for the main thread."""
    _known.clear()
    for number in tuple(_replaced):
        handler = get_handler(number)
        if isinstance(handler, _Deferring):
            _set(number, handler.handler)
        _replaced.discard(number)


def _run_deferred() -> None:
    number = next(iter(_came))
    _, frame, handler = _came.pop(number)
    try:
        handler(number, frame)
    finally:
        if _came:
            _run_deferred()


def _in_child() -> None:
    global _wake
    # The main thread that drove does not run here.
    _wake = None
    _came.clear()


# Windows has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
