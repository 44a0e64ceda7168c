"""Prices and quantities as the venue writes them: fixed-point numbers with eight places.

Inside the simulator an amount is an int in units of 1e-8, so that sums are exact.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

ONE = 10**8
Amount = Decimal | str | int | float
"""How tests write an amount."""


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


def scaled(amount: Amount) -> int:
    """Convert an amount to units of 1e-8; raise ValueError if it has more decimal places."""
    try:
        exact = Decimal(str(amount)) * ONE
        whole = int(exact)
    except (InvalidOperation, ValueError, OverflowError):
        raise ValueError(f"an amount is a number, got {amount!r}") from None
    if exact != whole:
        raise ValueError(f"an amount has at most 8 decimal places, got {amount!r}")
    return whole


def decimal(amount: int) -> Decimal:
    """Convert from units of 1e-8."""
    return Decimal(amount).scaleb(-8)
