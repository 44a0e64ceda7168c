"""An order as the venue has it, and how it reports it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

SYMBOLS = {"BTCUSDT": ("BTC", "USDT"), "ETHBTC": ("ETH", "BTC")}
"""The base and the quote asset of each symbol."""


@dataclass(frozen=True)
class Order:
    """An order as the venue has it; quantities and prices are whole numbers here."""

    symbol: str
    order_id: int
    name: str
    side: str
    price: int
    quantity: int
    created: int
    updated: int
    status: str = "NEW"
    filled: int = 0
    prevented: int = 0
    list_id: int = -1
    working: int | None = None

    @property
    def left(self) -> int:
        return self.quantity - self.filled - self.prevented

    @property
    def locked(self) -> tuple[str, int]:
        """What the order keeps from other use: the asset and how much."""
        base, quote = SYMBOLS[self.symbol]
        return (quote, self.left * self.price) if self.side == "BUY" else (base, self.left)

    def answer(self) -> Json:
        """The order in an answer of ``openOrders.status``."""
        order = {
            "symbol": self.symbol,
            "orderId": self.order_id,
            "orderListId": self.list_id,
            "clientOrderId": self.name,
            "price": text(self.price),
            "origQty": text(self.quantity),
            "executedQty": text(self.filled),
            "cummulativeQuoteQty": text(self.filled * self.price),
            "status": self.status,
            "timeInForce": "GTC",
            "type": "LIMIT",
            "side": self.side,
            "stopPrice": text(0),
            "icebergQty": text(0),
            "time": self.created,
            "updateTime": self.updated,
            "isWorking": self.working is not None,
            "workingTime": -1 if self.working is None else self.working,
            "origQuoteOrderQty": text(0),
            "selfTradePreventionMode": "NONE",
        }
        if self.prevented:
            order |= {"preventedMatchId": 1, "preventedQuantity": text(self.prevented)}
        return order

    def report(self, execution: str, number: int, **extra: object) -> Json:
        """An execution report of the order as it is now."""
        report: Json = {
            "e": "executionReport",
            "E": self.updated + 1,
            "s": self.symbol,
            "c": self.name,
            "S": self.side,
            "o": "LIMIT",
            "f": "GTC",
            "q": text(self.quantity),
            "p": text(self.price),
            "P": text(0),
            "F": text(0),
            "g": self.list_id,
            "C": "",
            "x": execution,
            "X": self.status,
            "r": "NONE",
            "i": self.order_id,
            "l": text(0),
            "z": text(self.filled),
            "L": text(0),
            "n": "0",
            "N": None,
            "T": self.updated,
            "t": -1,
            "I": number,
            "w": self.working is not None and self.status in ("NEW", "PARTIALLY_FILLED"),
            "m": False,
            "M": False,
            "O": self.created,
            "Z": text(self.filled * self.price),
            "Y": text(0),
            "Q": text(0),
            "V": "NONE",
        }
        if self.working is not None:
            report["W"] = self.working
        if self.prevented:
            report |= {"v": 1, "A": text(self.prevented)}
        return report | extra


def text(number: int) -> str:
    """Return a whole number as the venue writes decimals."""
    return f"{number}.00000000"
