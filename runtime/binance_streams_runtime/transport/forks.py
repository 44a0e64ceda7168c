"""Closing the parent's clients and sockets in a forked child.

The child has no thread that drives them, so every client is closed there from the start: calls
that would wait forever raise ClientClosed. The child also has a descriptor of every socket, which
is closed there without notifying the peer: otherwise a connection that the parent closes would stay
open at the server for as long as the child lives.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
from typing import Protocol, TypeVar
from weakref import WeakSet


class Closeable(Protocol):
    """A socket, or what waits for sockets."""

    def close(self) -> None: ...


S = TypeVar("S", bound=Closeable)

# Seconds that a fork waits for the lock, and the parent for the child: neither takes long.
_PATIENCE = 1.0


class Forkable(Protocol):
    """An object that is notified in the child."""

    def forked(self) -> None:
        """Handle the fork; called in the child."""


_alive: WeakSet[Forkable] = WeakSet()
_open: WeakSet[Closeable] = WeakSet()
_lock = threading.RLock()
# Pipes of the forks in progress; each is closed when the child has closed everything.
_pipes: list[tuple[int, int]] = []


def watch(what: Forkable) -> None:
    """Call ``what.forked()`` in every child that is forked from now on."""
    _alive.add(what)


def lock() -> contextlib.AbstractContextManager[object]:
    """Return the lock to hold from creating a socket to ``own``, so that no fork comes between.

    It must not be held during anything that blocks.
    """
    return _lock


def own(opened: S) -> S:
    """Close ``opened`` in every child that is forked from now on; return it."""
    _open.add(opened)
    return opened


def close(opened: Closeable) -> None:
    """Close an owned object in this process."""
    with _lock:
        opened.close()


def _before() -> None:
    _lock.acquire(timeout=_PATIENCE)
    if _open:
        with contextlib.suppress(OSError):
            _pipes.append(os.pipe())


def _in_parent() -> None:
    if _pipes:
        # Wait for the child first: what the parent closes from now on must be closed at the peer.
        reading, writing = _pipes.pop()
        os.close(writing)
        poll = select.poll()
        poll.register(reading)
        poll.poll(_PATIENCE * 1000)
        os.close(reading)
    # It is not held if acquiring it timed out.
    with contextlib.suppress(RuntimeError):
        _lock.release()


def _in_child() -> None:
    global _lock
    # The holder of the old one does not run here.
    _lock = threading.RLock()
    for opened in list(_open):
        with contextlib.suppress(OSError):
            if isinstance(opened, socket.socket):
                # After it is detached, it cannot close a later descriptor of the same number.
                os.close(opened.detach())
            else:
                # Nothing is unregistered: the system's table is shared with the parent.
                opened.close()
    for what in list(_alive):
        what.forked()
    while _pipes:
        for end in _pipes.pop():
            os.close(end)


# Windows has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
