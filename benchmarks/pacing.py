"""Sending messages evenly spaced: the n-th one n intervals after the first one."""

from __future__ import annotations

import contextlib
import ctypes
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

_Message = TypeVar("_Message")

# Sleeping ends a little late, so the clock is looked at for the rest.
_AWAKE_BEFORE = 0.00003
_PR_SET_TIMERSLACK = 29


def be_punctual() -> None:
    """Have this thread woken on time, as far as the system lets it.

    On Linux timers may be 50 us late unless a thread asks for better, and whatever else runs may
    keep it waiting for some ms unless it has a real-time priority, which needs root. Both make up
    for the server not being on a machine of its own.
    """
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, 1, 0, 0, 0)
    with contextlib.suppress(AttributeError, OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


@dataclass(frozen=True)
class Pace:
    """How evenly the messages were sent."""

    sent: int
    reached: float
    """Messages a second, from the first one to the last one."""
    late: int
    """How many were sent more than one interval after they were due."""


def send_evenly(
    messages: Iterable[_Message],
    send: Callable[[_Message], object],
    rate: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Pace:
    """Send each message when it is due, and at once what is overdue, so that none is left out."""
    interval = 1 / rate
    sent = late = 0
    start = now = clock()
    for message in messages:
        due = start + sent * interval
        early = due - clock()
        if early > _AWAKE_BEFORE:
            sleep(early - _AWAKE_BEFORE)
        while (now := clock()) < due:
            pass
        late += now - due > interval
        send(message)
        sent += 1
    taken = now - start
    return Pace(sent, (sent - 1) / taken if taken else 0.0, late)
