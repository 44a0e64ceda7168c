"""Orders: what was asked for, what became of them, and how the venue writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from binance_streams_simulator.accounts.events import AccountEvent
from binance_streams_simulator.amounts import ONE, formatted
from binance_streams_simulator.moments import Moment

OPEN = frozenset({"NEW", "PARTIALLY_FILLED"})


@dataclass(frozen=True)
class NewOrder:
    """What is asked for. Amounts are in units of 1e-8."""

    symbol: str
    is_buy: bool
    type: str
    """Such as ``LIMIT``."""
    quantity: int = 0
    """0 if a market order says how much of the other asset it is for."""
    price: int = 0
    time_in_force: str = "GTC"
    quote_quantity: int = 0
    client_id: str | None = None
    strategy_id: int | None = None
    strategy_type: int | None = None
    prevention: str = "NONE"
    stop_price: int = 0
    """The price of a trade from which on it works; 0 if it works at once."""

    @property
    def is_stopped_above(self) -> bool:
        """Whether the price has to rise to the stop price."""
        return self.is_buy == (self.type == "STOP_LOSS_LIMIT")

    def is_reached(self, price: int) -> bool:
        """Return whether a trade at ``price`` has reached the stop price."""
        return price >= self.stop_price if self.is_stopped_above else price <= self.stop_price


@dataclass(frozen=True)
class Fill:
    """A trade that an order was part of."""

    id: int
    price: int
    quantity: int
    quote: int
    commission: int
    commission_asset: str
    time: int
    is_maker: bool


@dataclass(eq=False)
class Order:
    """An order that was accepted."""

    id: int
    new: NewOrder
    client_id: str
    created: int
    updated: int
    quantity: int
    locked: int = 0
    """What is locked for it, of the asset that it pays with."""
    status: str = "NEW"
    filled: int = 0
    quote_filled: int = 0
    working: int | None = None
    """Since when it is in the book."""
    expiry_reason: str | None = None
    list_id: int = -1
    """Of the list that it is in."""
    fills: list[Fill] = field(default_factory=list)

    @property
    def price(self) -> int:
        """Its limit; 0 if it has none."""
        return self.new.price

    @property
    def open_quantity(self) -> int:
        """What is left of it."""
        return self.quantity - self.filled

    @property
    def is_open(self) -> bool:
        """Whether it may still trade."""
        return self.status in OPEN

    @property
    def is_in_book(self) -> bool:
        """Whether it waits for others."""
        return self.is_open and self.working is not None

    @property
    def required_lock(self) -> int:
        """What must be locked for what is left of it, if it has a limit."""
        return self.open_quantity * self.price // ONE if self.new.is_buy else self.open_quantity

    # As answers have it

    def acknowledged(self) -> dict[str, object]:
        """Return the answer of type ``ACK``."""
        return {
            "symbol": self.new.symbol,
            "orderId": self.id,
            "orderListId": self.list_id,
            "clientOrderId": self.client_id,
            "transactTime": Moment(self.updated),
        }

    def result(self) -> dict[str, object]:
        """Return the answer of type ``RESULT``."""
        working = -1 if self.working is None else Moment(self.working)
        return {
            **self.acknowledged(),
            **self._state(),
            "workingTime": working,
            **self._conditional(),
        }

    def full(self) -> dict[str, object]:
        """Return the answer of type ``FULL``."""
        fills = [
            {
                "price": formatted(fill.price),
                "qty": formatted(fill.quantity),
                "commission": formatted(fill.commission),
                "commissionAsset": fill.commission_asset,
                "tradeId": fill.id,
            }
            for fill in self.fills
        ]
        return {**self.result(), "fills": fills}

    def canceled(self, original_id: str) -> dict[str, object]:
        """Return the answer to its cancellation."""
        return {
            "symbol": self.new.symbol,
            "origClientOrderId": original_id,
            **self.acknowledged(),
            **self._state(),
            **self._conditional(),
        }

    def amended(self, original_id: str, execution_id: int) -> dict[str, object]:
        """Return the answer to its amendment."""
        order = {
            "symbol": self.new.symbol,
            "orderId": self.id,
            "orderListId": self.list_id,
            "origClientOrderId": original_id,
            "clientOrderId": self.client_id,
            "price": formatted(self.price),
            "qty": formatted(self.quantity),
            "executedQty": formatted(self.filled),
            "preventedQty": formatted(0),
            "quoteOrderQty": formatted(self.new.quote_quantity),
            "cumulativeQuoteQty": formatted(self.quote_filled),
            "status": self.status,
            "timeInForce": self.new.time_in_force,
            "type": self.new.type,
            "side": _side(self.new),
            "workingTime": -1 if self.working is None else Moment(self.working),
            "selfTradePreventionMode": self.new.prevention,
            **self._conditional(),
        }
        return {
            "transactTime": Moment(self.updated),
            "executionId": execution_id,
            "amendedOrder": order,
        }

    def described(self) -> dict[str, object]:
        """Return the order as ``order.status`` has it."""
        none = formatted(0)
        state = self._state()
        return {
            "symbol": self.new.symbol,
            "orderId": self.id,
            "orderListId": self.list_id,
            "clientOrderId": self.client_id,
            **state,
            "stopPrice": none,
            "icebergQty": none,
            "time": Moment(self.created),
            "updateTime": Moment(self.updated),
            "isWorking": self.is_in_book,
            "workingTime": -1 if self.working is None else Moment(self.working),
            **self._conditional(),
        }

    def trades(self) -> list[dict[str, object]]:
        """Return its trades as ``myTrades`` has them."""
        return [
            {
                "symbol": self.new.symbol,
                "id": fill.id,
                "orderId": self.id,
                "orderListId": self.list_id,
                "price": formatted(fill.price),
                "qty": formatted(fill.quantity),
                "quoteQty": formatted(fill.quote),
                "commission": formatted(fill.commission),
                "commissionAsset": fill.commission_asset,
                "time": Moment(fill.time),
                "isBuyer": self.new.is_buy,
                "isMaker": fill.is_maker,
                "isBestMatch": True,
            }
            for fill in self.fills
        ]

    # As events have it

    def report(
        self,
        now: int,
        execution_id: int,
        execution: str,
        *,
        fill: Fill | None = None,
        reject_reason: str = "NONE",
        original_id: str = "",
    ) -> AccountEvent:
        """Return the report of what has just happened to the order."""
        none = formatted(0)
        values: dict[str, object] = {
            "e": "executionReport",
            "E": Moment(now),
            "s": self.new.symbol,
            "c": self.client_id,
            "S": _side(self.new),
            "o": self.new.type,
            "f": self.new.time_in_force,
            "q": formatted(self.quantity),
            "p": formatted(self.price),
            "P": formatted(self.new.stop_price),
            "F": none,
            "g": self.list_id,
            "C": original_id,
            "x": execution,
            "X": self.status,
            "r": reject_reason,
            "i": self.id,
            "l": none if fill is None else formatted(fill.quantity),
            "z": formatted(self.filled),
            "L": none if fill is None else formatted(fill.price),
            "n": "0" if fill is None else formatted(fill.commission),
            "N": None if fill is None else fill.commission_asset,
            "T": Moment(self.updated),
            "t": -1 if fill is None else fill.id,
            "I": execution_id,
            "w": self.is_in_book,
            "m": fill is not None and fill.is_maker,
            "M": False,
            "O": Moment(self.created),
            "Z": formatted(self.quote_filled),
            "Y": none if fill is None else formatted(fill.quote),
            "Q": formatted(self.new.quote_quantity),
        }
        if self.working is not None:
            values["W"] = Moment(self.working)
        values["V"] = self.new.prevention
        conditional = {
            "j": self.new.strategy_id,
            "J": self.new.strategy_type,
            "eR": self.expiry_reason,
        }
        values.update((key, value) for key, value in conditional.items() if value is not None)
        return AccountEvent(values)

    def _state(self) -> Mapping[str, object]:
        return {
            "price": formatted(self.price),
            "origQty": formatted(self.quantity),
            "executedQty": formatted(self.filled),
            "origQuoteOrderQty": formatted(self.new.quote_quantity),
            "cummulativeQuoteQty": formatted(self.quote_filled),
            "status": self.status,
            "timeInForce": self.new.time_in_force,
            "type": self.new.type,
            "side": _side(self.new),
            "selfTradePreventionMode": self.new.prevention,
        }

    def _conditional(self) -> Mapping[str, object]:
        stop_price = self.new.stop_price
        values = {
            "stopPrice": formatted(stop_price) if stop_price else None,
            "strategyId": self.new.strategy_id,
            "strategyType": self.new.strategy_type,
            "expiryReason": self.expiry_reason,
        }
        return {name: value for name, value in values.items() if value is not None}


def _side(new: NewOrder) -> str:
    return "BUY" if new.is_buy else "SELL"
