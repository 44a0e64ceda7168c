"""A user's account, without waiting: its name, its state, and its requests."""

from __future__ import annotations

import time
from typing import Any, ClassVar, Generic, TypeVar

from binance_streams_runtime.account.state import BaseAccountState
from binance_streams_runtime.catalog.api import AccountRules, Api
from binance_streams_runtime.client.event_source import E_co, EventSourceBase
from binance_streams_runtime.client.options import check_pause
from binance_streams_runtime.client.subscription_state import State
from binance_streams_runtime.errors import (
    BinanceStreamsError,
    ConnectionLost,
    ParameterError,
    RequestError,
    RequestTimeout,
    SetupError,
)
from binance_streams_runtime.protocol.api_replies import UNAUTHORIZED
from binance_streams_runtime.protocol.api_requests import SigningKey
from binance_streams_runtime.session.api.refusals import remedy_of

StateT = TypeVar("StateT", bound=BaseAccountState[Any, Any, Any])
"""The type of an account's state: balances and open orders."""

_LONGEST_PAUSE = 5.0
"""Seconds between two attempts to get the state."""


class AccountBase(EventSourceBase[E_co], Generic[E_co, StateT]):
    """The events of one account, without waiting."""

    state_type: ClassVar[type[Any]]
    """The class of its state, which is generated."""

    _KIND: ClassVar[str] = "an account"
    _key: SigningKey
    _api_key: str
    """That of the key when it was opened: what a user's key says is not relied on to stay."""
    _recv_window: int | float | None
    _api: Api

    @property
    def name(self) -> str:
        """What notices and ``stats()`` call it: ``account vmPU…``, by the API key's beginning."""
        return self._route.label

    @property
    def subscription(self) -> State:
        """``pending`` until the server has confirmed it, then ``confirmed``; finally ``ended``.

        A lost connection makes it ``pending`` again, until the server confirms it on the next one.
        """
        return self._state.value

    @property
    def _is_unclaimed(self) -> bool:
        """Whether nothing takes its events yet."""
        return self._channel is None and self._route.consumer == "unclaimed"

    @property
    def _rules(self) -> AccountRules:
        if self._api.state is None:
            allowed = "an account of a market whose spec says how its state is asked for"
            raise ParameterError("state", self._label, allowed)
        return self._api.state

    def __repr__(self) -> str:
        name = self._route.label.removeprefix("account ")
        return f"<{type(self).__name__} {name} {self._state.value}>"


A = TypeVar("A", bound=AccountBase[Any, Any])
"""The class of an account, which is generated."""


class StateAttempts:
    """The attempts to get an account's state; an interruption in between causes another one."""

    def __init__(self, account: AccountBase[Any, Any], timeout: float | None) -> None:
        """Begin; raise ParameterError if ``timeout`` is not a number of seconds."""
        if timeout is not None:
            check_pause("timeout", timeout)
        rules = account._rules
        self.methods: tuple[str, str] = (rules.balances_method, rules.orders_method)
        self._account = account
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._failed = 0

    @property
    def seconds_left(self) -> float | None:
        """Until the time is over; None if there is no limit."""
        if self._deadline is None:
            return None
        return round(max(0.0, self._deadline - time.monotonic()), 3)

    def pause_after(self, error: BinanceStreamsError) -> float:
        """Return for how long to wait before the next attempt; raise the error if there is none."""
        left = self.seconds_left
        if self._account._state.value == "ended" or left == 0 or not self._may_pass(error):
            raise error
        pause = min(0.25 * (2.0**self._failed - 1), _LONGEST_PAUSE)
        if isinstance(error, RequestError) and error.retry_after is not None:
            pause = max(pause, error.retry_after)
        self._failed = min(self._failed + 1, 10)
        return pause if left is None else min(pause, left)

    def _may_pass(self, error: BinanceStreamsError) -> bool:
        """Return whether the same may succeed later: what a session would subscribe again after."""
        if not isinstance(error, RequestError):
            is_lost = isinstance(error, ConnectionLost) and not isinstance(error, SetupError)
            return is_lost or isinstance(error, RequestTimeout)
        if error.status == UNAUTHORIZED and error.id is None:
            # The session was revoked, not the key refused: the account decides by a signature.
            return True
        return remedy_of(self._account._api, error) != "end"
