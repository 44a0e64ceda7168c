"""What a forked child finds of its parent's clients.

The child has no I/O thread and must not touch the parent's sockets, so each client is closed there
from the first moment: what would wait for ever raises ClientClosed.
"""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Forkable(Protocol):
    """What is told in the child."""

    def forked(self) -> None: ...


_alive: WeakSet[Forkable] = WeakSet()


def watch(what: Forkable) -> None:
    """Call ``what.forked()`` in every child that is forked from now on."""
    _alive.add(what)


def _in_child() -> None:
    for what in list(_alive):
        what.forked()


# Windows has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
