"""A thread for each key that signs: a key that takes its time holds up no other."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable

from binance_streams_runtime.transport import forks

# Seconds for which a thread stays though there is nothing to sign.
_IDLE = 60.0

Work = Callable[[], None]


class _Signer:
    """One key, the thread that uses it, and what waits for that."""

    def __init__(self, key: object, lock: threading.RLock) -> None:
        # Held, so that no other key has its id.
        self.key = key
        self.users: set[object] = set()
        self.waiting: deque[Work] = deque()
        self.changed = threading.Condition(lock)


class SigningThreads:
    """Starts a thread for each key on demand. No method waits; any thread may call them."""

    def __init__(self) -> None:
        # Re-entrant: a signal's handler may come in between.
        self._lock = threading.RLock()
        self._signers: dict[int, _Signer] = {}
        forks.watch(self)

    def submit(self, key: object, user: object, work: Work) -> None:
        """Call ``work`` in the thread of ``key``, after what has been submitted before.

        Raises RuntimeError if the system has no more threads.
        """
        with self._lock:
            signer = self._signers.get(id(key))
            if signer is None:
                signer = self._start(key)
            signer.users.add(user)
            signer.waiting.append(work)
            signer.changed.notify()

    def cancel(self, key: object, work: Work) -> None:
        """Drop what has not begun yet; no-op otherwise."""
        with self._lock:
            signer = self._signers.get(id(key))
            if signer is not None and work in signer.waiting:
                signer.waiting.remove(work)

    def leave(self, user: object) -> None:
        """Note that ``user`` submits no more; a thread ends with its last user."""
        with self._lock:
            for signer in self._signers.values():
                signer.users.discard(user)
                signer.changed.notify()

    def forked(self) -> None:
        """Start over in a forked child, which has none of the threads."""
        self._lock = threading.RLock()
        self._signers = {}

    def _start(self, key: object) -> _Signer:
        signer = _Signer(key, self._lock)
        thread = threading.Thread(
            target=self._run, args=(signer,), name="binance-streams-signing", daemon=True
        )
        thread.start()
        self._signers[id(key)] = signer
        return signer

    def _run(self, signer: _Signer) -> None:
        while (work := self._next(signer)) is not None:
            # Whoever gets the result may have ended; others need the thread.
            with contextlib.suppress(Exception):
                work()

    def _next(self, signer: _Signer) -> Work | None:
        """Wait for something to do, and return it; None if nobody needs the thread any more."""
        with signer.changed:
            while not signer.waiting:
                if not signer.users or not signer.changed.wait(_IDLE):
                    # It may have come just after the time was over.
                    if signer.waiting:
                        break
                    if self._signers.get(id(signer.key)) is signer:
                        del self._signers[id(signer.key)]
                    return None
            return signer.waiting.popleft()


THREADS = SigningThreads()
"""Those of this process, as a key signs one call at a time."""
