"""What the methods of the WebSocket API do; their parameters come from the catalog."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from binance_streams_simulator.accounts.account import Account
from binance_streams_simulator.accounts.exchange import Exchange
from binance_streams_simulator.accounts.keys import AccountKey
from binance_streams_simulator.api.arguments import Arguments
from binance_streams_simulator.api.errors import UNAUTHORIZED, ApiRefusal
from binance_streams_simulator.api.session import ApiSession, ApiSubscription
from binance_streams_simulator.moments import Moment


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
    end: Callable[[ApiSession, list[ApiSubscription]], None]
    """Ends subscriptions, with an event."""

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
        raise ApiRefusal(*UNAUTHORIZED)
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


def _open_orders(call: ApiCall) -> object:
    return []


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
    "openOrders.status": _open_orders,
}
NEEDS_ED25519 = frozenset({"session.logon"})
OF_SESSION = frozenset({"userDataStream.subscribe"})
"""Signed by being logged on: without any parameter."""
SIGNS_ITSELF = frozenset({"session.logon", "userDataStream.subscribe.signature"})
"""Being logged on does not replace their signature."""
