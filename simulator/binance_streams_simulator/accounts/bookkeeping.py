"""What orders lock, pay and yield, so that an account always adds up."""

from __future__ import annotations

from binance_streams_simulator.accounts.account import COMMISSION, Account
from binance_streams_simulator.accounts.orders import Fill, Order
from binance_streams_simulator.accounts.symbols import assets_of
from binance_streams_simulator.amounts import ONE
from binance_streams_simulator.windows import Trade


def quote_of(price: int, quantity: int) -> int:
    """Return what a quantity costs, rounded down."""
    return price * quantity // ONE


def paid_asset(order: Order) -> str:
    """Return the asset that an order pays with."""
    base, quote = assets_of(order.new.symbol)
    return quote if order.new.is_buy else base


def lock(account: Account, order: Order, needed: int) -> bool:
    """Lock what an order may need; return False if the account has less."""
    holding = account.holding(paid_asset(order))
    if holding.free < needed:
        return False
    holding.free -= needed
    holding.locked += needed
    order.locked += needed
    return True


def unlock(account: Account, order: Order, required: int) -> None:
    """Unlock what an order does not need any more."""
    holding = account.holding(paid_asset(order))
    holding.free += order.locked - required
    holding.locked -= order.locked - required
    order.locked = required


def settle(account: Account, order: Order, trade: Trade, is_maker: bool) -> Fill:
    """Pay for a trade out of what the order has locked, and note it."""
    base, quote_asset = assets_of(order.new.symbol)
    quote = quote_of(trade.price, trade.quantity)
    if order.new.is_buy:
        paid, got, got_asset = quote, trade.quantity, base
    else:
        paid, got, got_asset = trade.quantity, quote, quote_asset
    commission = got * COMMISSION // 10_000
    account.holding(paid_asset(order)).locked -= paid
    account.holding(got_asset).free += got - commission
    order.locked -= paid
    order.filled += trade.quantity
    order.quote_filled += quote
    order.status = "PARTIALLY_FILLED" if order.open_quantity else "FILLED"
    if order.price or not order.open_quantity:
        unlock(account, order, order.required_lock)
    order.updated = account.update_time
    fill = Fill(
        trade.id,
        trade.price,
        trade.quantity,
        quote,
        commission,
        got_asset,
        order.updated,
        is_maker,
    )
    order.fills.append(fill)
    return fill
