"""How tests make clients."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from binance_streams import Client

Connect = Callable[..., Client[Decimal]]
"""What the fixture ``connect`` is: make a client of this URL with these options."""
