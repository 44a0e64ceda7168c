"""Signals of a thread that drives an engine: their handlers run when it has left the engine.

A handler runs between any two instructions of the main thread, and may raise: Ctrl-C does. In the
middle of the engine's work, that would lose what had just been received. So a main thread that
drives puts these handlers off; the wait ends at once, and they run behind it, with the frame that
they would have seen.
"""

from __future__ import annotations

import importlib
import math
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

# Without the conversions to enums, which cost more than the calls themselves.
_plain: Any = importlib.import_module("_signal")
get_handler: Callable[[int], Any] = _plain.getsignal
_set_handler: Callable[[int, Any], Any] = _plain.signal


# A handler that has waited this many seconds is not put off again: the engine's work takes less, so
# something hangs in it, such as a user's ``reconnect=``, and Ctrl-C must get through.
_PATIENCE = 1.0


class SignalDeferral:
    """Puts off the handlers of signals while a main thread drives."""

    def __init__(self, on_signal: Callable[[], None]) -> None:
        """``on_signal`` is called when a handler is put off; it makes the wait end."""
        self._on_signal = on_signal
        self._is_active = False
        self._handlers: dict[int, Any] = {}
        self._came: dict[int, tuple[float, FrameType | None]] = {}
        # Bound once, to be recognized.
        self._own = self._handle

    @property
    def is_pending(self) -> bool:
        """Whether a handler has been put off."""
        return bool(self._came)

    def begin(self) -> None:
        """Put handlers off from now on. Call ``end`` even if this raises."""
        self._is_active = True
        own = self._own
        for number in _NUMBERS:
            handler = get_handler(number)
            # Not those that no Python code handles.
            if callable(handler) and handler is not own:
                self._handlers[number] = handler
                _set_handler(number, own)

    def end(self) -> None:
        """Put the handlers back, and run those that were put off; they may raise."""
        try:
            for number, handler in tuple(self._handlers.items()):
                _set_handler(number, handler)
                del self._handlers[number]
        finally:
            # If one raised already, the rest stays replaced, and is passed on, until the next end.
            self._is_active = False
            if self._came:
                self._run(self._came)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        since, _ = self._came.get(number, (math.inf, None))
        if self._is_active and time.monotonic() - since < _PATIENCE:
            self._came.setdefault(number, (time.monotonic(), frame))
            self._on_signal()
        else:
            self._came.pop(number, None)
            self._handlers[number](number, frame)

    def _run(self, came: dict[int, tuple[float, FrameType | None]]) -> None:
        number = next(iter(came))
        _, frame = came.pop(number)
        try:
            handler = get_handler(number)
            if callable(handler):
                handler(number, frame)
        finally:
            if came:
                self._run(came)
