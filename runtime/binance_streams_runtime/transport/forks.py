"""What a forked child finds of its parent's clients: nothing that is open.

The child has no I/O thread, so each client is closed there from the first moment: what would wait
for ever raises ClientClosed. Of every socket the child has a descriptor of its own, which is closed
there without a word to the peer: else a connection that the parent gives up would stay open at the
server for as long as the child lives.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
from selectors import BaseSelector
from typing import Protocol, TypeVar
from weakref import WeakSet

S = TypeVar("S", bound=socket.socket | BaseSelector)

# Seconds that a fork waits for the lock, and its parent for the child: neither takes long.
_PATIENCE = 1.0


class Forkable(Protocol):
    """What is told in the child."""

    def forked(self) -> None: ...


_alive: WeakSet[Forkable] = WeakSet()
_open: WeakSet[socket.socket | BaseSelector] = WeakSet()
_lock = threading.RLock()
# Of the forks that are under way, the pipe that ends once the child has closed everything.
_pipes: list[tuple[int, int]] = []


def watch(what: Forkable) -> None:
    """Call ``what.forked()`` in every child that is forked from now on."""
    _alive.add(what)


def lock() -> contextlib.AbstractContextManager[object]:
    """Hold this from the making of a socket to ``own``, so that no fork comes in between.

    Nothing that blocks may be done meanwhile.
    """
    return _lock


def own(opened: S) -> S:
    """Close ``opened`` in every child that is forked from now on; the same object is returned."""
    _open.add(opened)
    return opened


def close(opened: socket.socket | BaseSelector) -> None:
    """Close what is owned, here."""
    with _lock:
        opened.close()


def _before() -> None:
    _lock.acquire(timeout=_PATIENCE)
    if _open:
        with contextlib.suppress(OSError):
            _pipes.append(os.pipe())


def _in_parent() -> None:
    if _pipes:
        # What the parent closes from now on is to be closed, not only here: the child first.
        reading, writing = _pipes.pop()
        os.close(writing)
        poll = select.poll()
        poll.register(reading)
        poll.poll(_PATIENCE * 1000)
        os.close(reading)
    # It is not held if the wait was in vain.
    with contextlib.suppress(RuntimeError):
        _lock.release()


def _in_child() -> None:
    global _lock
    # Whoever else held the old one does not run here.
    _lock = threading.RLock()
    for opened in list(_open):
        with contextlib.suppress(OSError):
            if isinstance(opened, socket.socket):
                # Neither close() nor shutdown() of the object, which may be TLS; and once it is
                # detached, nothing closes a later descriptor of the same number.
                os.close(opened.detach())
            else:
                # Nothing is unregistered: the system's table is the parent's as well.
                opened.close()
    for what in list(_alive):
        what.forked()
    while _pipes:
        for end in _pipes.pop():
            os.close(end)


# Windows has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
