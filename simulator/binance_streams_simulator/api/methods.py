"""What the methods of the WebSocket API do; their parameters come from the catalog."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from binance_streams_simulator.accounts.account import COMMISSION, Account
from binance_streams_simulator.accounts.exchange import Exchange
from binance_streams_simulator.accounts.keys import AccountKey
from binance_streams_simulator.amounts import ONE, formatted
from binance_streams_simulator.api.arguments import Arguments
from binance_streams_simulator.api.errors import REJECTED_KEY, UNAUTHORIZED
from binance_streams_simulator.api.limits import OrderCounts
from binance_streams_simulator.api.session import ApiSession, ApiSubscription
from binance_streams_simulator.moments import Moment
from binance_streams_simulator.refusals import Refusal


@dataclass
class ApiCall:
    """A request whose signature, if it needs one, has been checked."""

    session: ApiSession
    arguments: Arguments
    exchange: Exchange
    now: int
    """By the server's clock, in microseconds."""
    signer: tuple[Account, AccountKey] | None
    """Who has signed it, or is logged on; None if the method needs nobody."""
    limits: Sequence[Mapping[str, object]]
    """What the server limits, as it describes it."""
    orders: OrderCounts
    end: Callable[[ApiSession, list[ApiSubscription]], None]
    """Ends subscriptions, with an event."""
    is_counted: bool = False
    """Whether it counts as a new order."""

    @property
    def account(self) -> Account:
        """Who has signed it."""
        assert self.signer is not None
        return self.signer[0]


Handler = Callable[[ApiCall], object]


def _ping(call: ApiCall) -> object:
    return {}


def _time(call: ApiCall) -> object:
    return {"serverTime": Moment(call.now)}


def _log_on(call: ApiCall) -> object:
    assert call.signer is not None
    call.session.log_on(*call.signer, call.now)
    return call.session.described(call.now)


def _status(call: ApiCall) -> object:
    return call.session.described(call.now)


def _log_out(call: ApiCall) -> object:
    call.end(call.session, call.session.log_out())
    return call.session.described(call.now)


def _subscriptions(call: ApiCall) -> object:
    return [{"subscriptionId": id} for id in sorted(call.session.subscriptions)]


def _subscribe(call: ApiCall) -> object:
    session = call.session
    if session.account is None or session.key is None:
        # Which code it has is not documented.
        raise Refusal(*UNAUTHORIZED)
    if not session.key.allows("USER_STREAM"):
        raise Refusal(*REJECTED_KEY)
    id = session.subscribe(session.account, session.key, is_of_session=True)
    return {"subscriptionId": id}


def _subscribe_signed(call: ApiCall) -> object:
    assert call.signer is not None
    id = call.session.subscribe(*call.signer, is_of_session=False)
    return {"subscriptionId": id}


def _unsubscribe(call: ApiCall) -> object:
    id = call.arguments.whole("subscriptionId")
    call.end(call.session, call.session.unsubscribe(id))
    return {}


def _account(call: ApiCall) -> object:
    return call.account.described(call.arguments.flag("omitZeroBalances", default=False))


def _commission(call: ApiCall) -> object:
    symbol = call.exchange.trading.instrument(call.arguments.text("symbol")).symbol
    rate, none = formatted(COMMISSION * ONE // 10_000), formatted(0)
    nothing = {"maker": none, "taker": none, "buyer": none, "seller": none}
    return {
        "symbol": symbol,
        "standardCommission": {**nothing, "maker": rate, "taker": rate},
        "specialCommission": nothing,
        "taxCommission": nothing,
        "discount": {
            "enabledForAccount": False,
            "enabledForSymbol": False,
            "discountAsset": "BNB",
            "discount": formatted(ONE * 3 // 4),
        },
    }


GENERAL: Mapping[str, Handler] = {
    "ping": _ping,
    "time": _time,
    "session.logon": _log_on,
    "session.status": _status,
    "session.logout": _log_out,
    "session.subscriptions": _subscriptions,
    "userDataStream.subscribe": _subscribe,
    "userDataStream.subscribe.signature": _subscribe_signed,
    "userDataStream.unsubscribe": _unsubscribe,
    "account.status": _account,
    "account.commission": _commission,
}
COUNTED = frozenset({"order.place", "orderList.place.oco"})
"""They count as new orders."""
SIGNS_ITSELF = frozenset({"session.logon", "userDataStream.subscribe.signature"})
"""Being logged on does not replace their signature."""
