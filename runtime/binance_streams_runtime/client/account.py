"""A user's account, without waiting: its name, its state, and its requests."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from binance_streams_runtime.client.event_source import E_co, EventSourceBase
from binance_streams_runtime.client.subscription_state import State
from binance_streams_runtime.protocol.api_requests import SigningKey

T_co = TypeVar("T_co", covariant=True)
"""The type of an account's state: balances and open orders."""


class AccountBase(EventSourceBase[E_co], Generic[E_co, T_co]):
    """The events of one account, without waiting."""

    _KIND: ClassVar[str] = "an account"
    _key: SigningKey
    _recv_window: float | None

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

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._route.label} {self._state.value}>"
