"""The account that every simulator has."""

from __future__ import annotations

from collections.abc import Mapping

from binance_streams_simulator.amounts import Amount

DEMO_API_KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
DEMO_SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
"""Both are published in the venue's documentation, as an example."""
DEFAULT_BALANCES: Mapping[str, Amount] = {"BNB": 10, "BTC": 1, "ETH": 10, "USDT": 10_000}
