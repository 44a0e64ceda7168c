"""An account as tests use it: from any thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, TypeVar

from binance_streams_simulator.accounts.account import Account
from binance_streams_simulator.accounts.orders import NewOrder, Order
from binance_streams_simulator.amounts import Amount, decimal, scaled
from binance_streams_simulator.api.service import ApiService

T = TypeVar("T")
Side = Literal["BUY", "SELL"]
OrderType = Literal["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"]
TimeInForce = Literal["GTC", "IOC", "FOK"]
Run = Callable[[Callable[[ApiService], T]], T]


@dataclass(frozen=True)
class SimulatedOrder:
    """An open order."""

    symbol: str
    order_id: int
    client_order_id: str
    side: str
    type: str
    status: str
    price: Decimal
    quantity: Decimal
    filled: Decimal
    quote_filled: Decimal
    update_time: int
    """Microseconds since 1970."""

    @classmethod
    def of(cls, order: Order) -> SimulatedOrder:
        """Return an order as tests see it."""
        return cls(
            order.new.symbol,
            order.id,
            order.client_id,
            "BUY" if order.new.is_buy else "SELL",
            order.new.type,
            order.status,
            decimal(order.price),
            decimal(order.quantity),
            decimal(order.filled),
            decimal(order.quote_filled),
            order.updated,
        )


class SimulatedAccount:
    """An account of a simulator, as its owner's other programs would use it.

    Every method may be called from any thread. Events are sent before it returns.

    Args:
        api_key: The API key.
        secret: The secret of an HMAC key, None if the key has a public half.
    """

    def __init__(
        self, account: Account, api_key: str, secret: str | None, run: Run[object]
    ) -> None:
        self.api_key = api_key
        self.secret = secret
        self._account = account
        self._run = run

    def __repr__(self) -> str:
        return f"<SimulatedAccount {self.api_key[:4]}…>"

    @property
    def balances(self) -> dict[str, tuple[Decimal, Decimal]]:
        """What is free and what is locked of each asset."""
        found: dict[str, tuple[Decimal, Decimal]] = {}

        def look(service: ApiService) -> None:
            for asset, holding in self._account.holdings.items():
                found[asset] = decimal(holding.free), decimal(holding.locked)

        self._run(look)
        return found

    @property
    def open_orders(self) -> dict[tuple[str, int], SimulatedOrder]:
        """The open orders by symbol and order ID."""
        found: dict[tuple[str, int], SimulatedOrder] = {}

        def look(service: ApiService) -> None:
            for key, order in self._account.orders.items():
                if order.is_open:
                    found[key] = SimulatedOrder.of(order)

        self._run(look)
        return found

    # Orders

    def place(
        self,
        symbol: str,
        side: Side,
        quantity: Amount | None = None,
        *,
        price: Amount | None = None,
        type: OrderType | None = None,
        time_in_force: TimeInForce = "GTC",
        quote_quantity: Amount | None = None,
        stop_price: Amount | None = None,
        client_order_id: str | None = None,
    ) -> int:
        """Place an order; return its ID. Reports and balances are sent as events.

        Args:
            symbol: In upper case.
            side: ``BUY`` or ``SELL``.
            quantity: Of the base asset.
            price: The limit; None for a market order.
            type: Such as ``LIMIT_MAKER``; by default ``LIMIT`` or ``MARKET``, by whether there is
                a price.
            time_in_force: ``GTC``, ``IOC`` or ``FOK``.
            quote_quantity: How much of the quote asset a market order is for, in place of a
                quantity.
            stop_price: From which on the order works, if it is of a type with a stop price.
            client_order_id: None makes one up.

        Raises ValueError, with code and text, if the venue would refuse it.
        """
        new = NewOrder(
            symbol=symbol,
            is_buy=side == "BUY",
            type=type or ("MARKET" if price is None else "LIMIT"),
            quantity=0 if quantity is None else scaled(quantity),
            price=0 if price is None else scaled(price),
            time_in_force=time_in_force,
            quote_quantity=0 if quote_quantity is None else scaled(quote_quantity),
            stop_price=0 if stop_price is None else scaled(stop_price),
            client_id=client_order_id,
        )
        placed: list[int] = []
        self._change(lambda api: placed.append(api.exchange.trading.place(self._account, new).id))
        return placed[0]

    def place_oco(
        self,
        symbol: str,
        side: Side,
        quantity: Amount,
        *,
        price: Amount,
        stop_price: Amount,
        stop_limit_price: Amount,
    ) -> tuple[int, int]:
        """Place two orders of which one cancels the other; return their IDs.

        Args:
            symbol: In upper case.
            side: ``BUY`` or ``SELL``.
            quantity: Of either order.
            price: Of the first order, a ``LIMIT_MAKER``.
            stop_price: From which on the second order works, a ``STOP_LOSS_LIMIT``.
            stop_limit_price: Its limit.

        Raises ValueError, with code and text, if the venue would refuse it.
        """
        shared = NewOrder(symbol, side == "BUY", "LIMIT_MAKER", scaled(quantity), scaled(price))
        stop = replace(
            shared,
            type="STOP_LOSS_LIMIT",
            price=scaled(stop_limit_price),
            stop_price=scaled(stop_price),
        )
        placed: list[int] = []

        def place(api: ApiService) -> None:
            made = api.exchange.trading.place_pair(self._account, (shared, stop), None)
            placed.extend(order.id for order in made.orders)

        self._change(place)
        first, second = placed
        return first, second

    def cancel(self, symbol: str, order_id: int) -> None:
        """Cancel an open order; raise ValueError if there is none."""
        self._change(
            lambda api: api.exchange.trading.cancel(self._account, self._open(symbol, order_id))
        )

    def amend(self, symbol: str, order_id: int, quantity: Amount) -> None:
        """Reduce the quantity of an open order; raise ValueError if it is not that large."""
        self._change(
            lambda api: api.exchange.trading.amend(
                self._account, self._open(symbol, order_id), scaled(quantity)
            )
        )

    def fill(self, symbol: str, order_id: int, quantity: Amount | None = None) -> None:
        """Let somebody trade with an open order, whatever the market does.

        Args:
            symbol: In upper case.
            order_id: The order's ID.
            quantity: How much; None is all that is left of it.

        Raises ValueError if there is no such order, or less is left of it.
        """
        amount = None if quantity is None else scaled(quantity)
        self._change(
            lambda api: api.exchange.trading.trade(self._account, symbol, order_id, amount)
        )

    def expire(self, symbol: str, order_id: int) -> None:
        """Let the venue itself end an open order; raise ValueError if there is none."""
        self._change(lambda api: api.exchange.trading.expire(self._account, symbol, order_id))

    # Balances

    def deposit(self, asset: str, amount: Amount) -> None:
        """Add to what is free of an asset: ``balanceUpdate``, ``outboundAccountPosition``."""
        self._change(
            lambda service: service.exchange.transfer(self._account, asset, scaled(amount))
        )

    def withdraw(self, asset: str, amount: Amount) -> None:
        """Take away from what is free of an asset; raise ValueError if it is less than that."""
        self._change(
            lambda service: service.exchange.transfer(self._account, asset, -scaled(amount))
        )

    def lock(self, asset: str, amount: Amount) -> None:
        """Let another system lock an amount, as collateral: ``externalLockUpdate``.

        Below zero it is unlocked. Raises ValueError if there is less than that.
        """
        self._change(lambda service: service.exchange.lock(self._account, asset, scaled(amount)))

    def terminate(self) -> None:
        """End all subscriptions to the account: ``eventStreamTerminated``."""
        self._run(lambda service: service.terminate(self._account))

    def revoke(self, *, terminates: bool = False) -> None:
        """Make the API key invalid: signatures no longer count, and sessions end.

        Args:
            terminates: Whether subscriptions that were made with it end, too. What the venue does
                is not documented.
        """
        self._run(lambda service: service.revoke(self.api_key, terminates))

    def _open(self, symbol: str, order_id: int) -> Order:
        order = self._account.orders.get((symbol, order_id))
        if order is None:
            raise ValueError(f"the account has no order {order_id} of {symbol}")
        return order

    def _change(self, work: Callable[[ApiService], object]) -> None:
        def change(service: ApiService) -> None:
            try:
                work(service)
            finally:
                # A rejected order is reported as well.
                service.publish()

        self._run(change)
