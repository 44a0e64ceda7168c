"""Prices and quantities as the venue writes them: fixed-point numbers with eight places.

Inside the simulator an amount is an int in units of 1e-8, so that sums are exact.
"""

from __future__ import annotations

ONE = 10**8


def formatted(amount: int) -> str:
    """Format ``123_45000000`` as ``"123.45000000"``."""
    if amount < 0:
        return f"-{formatted(-amount)}"
    return f"{amount // ONE}.{amount % ONE:08d}"


def percent(part: int, whole: int) -> str:
    """Format ``part`` of ``whole`` in percent, with three places like the venue."""
    thousandths = part * 100_000 // whole if whole else 0
    sign = "-" if thousandths < 0 else ""
    return f"{sign}{abs(thousandths) // 1000}.{abs(thousandths) % 1000:03d}"
