"""Waiting for descriptors: by epoll where the system has it, which costs one call a wait."""

from __future__ import annotations

import select
import selectors
import sys
from typing import Protocol

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE


class Poller(Protocol):
    """Waits until registered descriptors are readable or writable."""

    def fileno(self) -> int:
        """Return a descriptor that is readable while ``poll`` would return something.

        Raises OSError if the system has none.
        """

    def watch(self, descriptor: int, before: int, now: int) -> None:
        """Change what is of interest on a descriptor: READ, WRITE, both, or 0 for nothing."""

    def poll(self, timeout: float | None) -> list[tuple[int, int]]:
        """Return descriptors with READ, WRITE or both; wait at most ``timeout`` seconds.

        None waits forever. A descriptor with an error or a hang-up is both.
        """

    def close(self) -> None:
        """Release the descriptor."""


class SelectorPoller:
    """The poller of systems without epoll."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def fileno(self) -> int:
        descriptor = getattr(self._selector, "fileno", None)
        if descriptor is None:
            raise OSError("this system's selector has no descriptor")
        return int(descriptor())

    def watch(self, descriptor: int, before: int, now: int) -> None:
        if before:
            self._selector.unregister(descriptor)
        if now:
            self._selector.register(descriptor, now)

    def poll(self, timeout: float | None) -> list[tuple[int, int]]:
        return [(key.fd, mask) for key, mask in self._selector.select(timeout)]

    def close(self) -> None:
        self._selector.close()


if sys.platform == "linux":

    class EpollPoller:
        """The poller of Linux."""

        def __init__(self) -> None:
            self._epoll = select.epoll()
            self._count = 0

        def fileno(self) -> int:
            return self._epoll.fileno()

        def watch(self, descriptor: int, before: int, now: int) -> None:
            mask = (select.EPOLLIN if now & READ else 0) | (select.EPOLLOUT if now & WRITE else 0)
            if not before:
                self._epoll.register(descriptor, mask)
                self._count += 1
            elif now:
                self._epoll.modify(descriptor, mask)
            else:
                self._epoll.unregister(descriptor)
                self._count -= 1

        def poll(self, timeout: float | None) -> list[tuple[int, int]]:
            # Room for no more than can come: the system's call fills a buffer of this size.
            ready = self._epoll.poll(timeout, self._count or 1)
            if len(ready) == 1 and ready[0][1] == select.EPOLLIN:
                # By far the most frequent case; EPOLLIN is READ.
                return ready
            return [
                (
                    descriptor,
                    (READ if event & ~select.EPOLLOUT else 0)
                    | (WRITE if event & ~select.EPOLLIN else 0),
                )
                for descriptor, event in ready
            ]

        def close(self) -> None:
            self._epoll.close()


def make_poller() -> Poller:
    """Return the best poller that the system has."""
    return EpollPoller() if sys.platform == "linux" else SelectorPoller()
