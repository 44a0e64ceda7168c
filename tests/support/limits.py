"""Waiting for conditions with a generous limit, and nothing without one.

Every duration of a test is given in ``MS``. A limit that must fire may be short; one that must not
is ``LIMIT``, or at least ``MARGIN``. What needs short limits of both kinds, or exact times, is
tested in simulated time instead.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

SLOWNESS = float(os.environ.get("BINANCE_STREAMS_TEST_SLOWNESS", "1"))
"""How many times slower the machine is than those on which tests pass; all durations grow by it."""

MS = 0.001 * SLOWNESS
"""A millisecond, in seconds: the unit of every duration in tests."""

LIMIT = 60_000 * MS
"""Seconds that anything may take. Nothing waits for it unless it fails."""

MARGIN = 10_000 * MS
"""Seconds that a loaded machine may add to a limit that is documented."""


def wait_until(condition: Callable[[], object], timeout: float = LIMIT) -> None:
    """Wait for the condition; raise AssertionError if it never becomes true."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"timed out after {timeout} s")
        time.sleep(0.002)


def in_time(work: Callable[[], T], timeout: float = LIMIT) -> T:
    """Return or raise what ``work()`` does; raise AssertionError if it hangs."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(timeout)
    assert not thread.is_alive(), f"hangs for {timeout} s"
    if errors:
        raise errors[0]
    return results[0]


def failure(work: Callable[[], object], timeout: float = LIMIT) -> BaseException:
    """Return what ``work()`` raises, in time."""
    try:
        result = in_time(work, timeout)
    except AssertionError:
        raise
    except BaseException as error:
        return error
    raise AssertionError(f"raised nothing, returned {result!r}")


def descriptors() -> int:
    """Count the open descriptors; always the same if the system does not say."""
    return len(os.listdir("/dev/fd")) if os.path.isdir("/dev/fd") else 0


def client_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("binance-streams")]
