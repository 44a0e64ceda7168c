"""The accounts that a connection to the WebSocket API carries."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import msgspec

from binance_streams_runtime.catalog.api import Api
from binance_streams_runtime.errors import RequestTimeout
from binance_streams_runtime.protocol.api_replies import ApiMessage, subscription_of
from binance_streams_runtime.protocol.api_requests import SigningKey
from binance_streams_runtime.session.api.bindings import Bindings, EarlyEvent
from binance_streams_runtime.session.api.clock import ServerClock
from binance_streams_runtime.session.api.desired_account import DesiredAccount
from binance_streams_runtime.session.api.pending_requests import PendingRequest, PendingRequests
from binance_streams_runtime.session.api.refusals import (
    already_subscribed,
    invalid_answer,
    is_undocumented,
    pause_after,
    remedy_of,
)
from binance_streams_runtime.session.base_connection import BaseConnection

LOG_ON = "session.logon"
SUBSCRIBE = "userDataStream.subscribe"
SUBSCRIBE_BY_SIGNATURE = "userDataStream.subscribe.signature"
UNSUBSCRIBE = "userDataStream.unsubscribe"


# How often the client requests the end of one subscription.
_MOST_UNSUBSCRIBES = 3


@dataclass(eq=False)
class _Unsubscribe:
    """What ends a subscription that nobody desires any more."""

    name: str
    at: float
    """When to request it."""
    tries: int = 0
    is_in_flight: bool = False


class AccountConnection(BaseConnection):
    """The desired and confirmed accounts, and the requests that make them the same.

    An account is subscribed after a logon if it is the only one and its key can log on, so that its
    requests need no signature, else by a signature of its own.
    """

    requests: PendingRequests
    _api: Api
    _accounts: Mapping[str, DesiredAccount]
    _on_bound: Callable[[float, str, list[EarlyEvent]], None]

    def __init__(
        self,
        number: int,
        url: str,
        max_message: int,
        messages_per_second: int,
        request_timeout: float,
        on_settled: Callable[[list[str], BaseException | None], None],
        on_interrupted: Callable[[str], None],
    ) -> None:
        super().__init__(
            *(number, url, max_message, messages_per_second, request_timeout),
            *(on_settled, on_interrupted),
        )
        self.clock = ServerClock()
        self.bindings = Bindings()
        self.logged_on: SigningKey | None = None
        """The key that the connection is logged on by."""
        self._in_flight: dict[str, PendingRequest] = {}
        # Accounts that the server may have, although the ids of their subscriptions are unknown.
        self._maybe_active: set[str] = set()
        # Accounts that this connection cannot have, and why another one must take its place; no
        # reason once that was asked for.
        self._unavailable: dict[str, str] = {}
        # By the ids of the subscriptions.
        self._unsubscribes: dict[int, _Unsubscribe] = {}
        # Subscriptions whose requests timed out, by the request ids: answers may still come.
        self._late: dict[int | str, DesiredAccount] = {}

    @abstractmethod
    def _begin(self, now: float, pending: PendingRequest) -> None:
        """Have one request prepared: signed, unless its key is logged on."""

    # What it carries

    @property
    def load(self) -> int:
        return len(self.desired.keys() | self.confirmed | self._in_flight.keys())

    @property
    def is_complete(self) -> bool:
        return (
            self.state == "open"
            and self.desired.keys() == self.confirmed
            and not self._in_flight
            and not self._unsubscribes
        )

    @property
    def has_all_it_can(self) -> bool:
        missing = self.desired.keys() - self.confirmed - self._unavailable.keys()
        return self.state == "open" and not missing and not self._in_flight

    def carries(self, name: str) -> bool:
        return name in self.confirmed or name in self._in_flight

    def is_settled(self, name: str) -> bool:
        return name in self.confirmed and name not in self._in_flight

    def is_certain_of(self, name: str) -> bool:
        return self.is_settled(name)

    def is_postponed(self, name: str) -> bool:
        return name in self.desired and name not in self.confirmed

    def is_pending(self) -> bool:
        """Return whether an answer that is still to come may name an unknown subscription."""
        return bool(self._in_flight) or not self.desired.keys() <= self.confirmed

    def take_rotation(self, now: float) -> str | None:
        """Return why another connection must take its place now, or None; once for each reason."""
        for name, reason in self._unavailable.items():
            if reason and self._accounts[name].retry_at <= now:
                self._unavailable[name] = ""
                return reason
        return None

    def try_again(self, now: float) -> None:
        """Request here what it cannot have, as no other connection takes its place."""
        for name in self._unavailable:
            self._accounts[name].refused(now)
        self._unavailable.clear()

    # What changes it

    def add_desired(self, name: str) -> None:
        self.desired[name] = None

    def remove_desired(self, name: str) -> None:
        self.desired.pop(name, None)
        self._unavailable.pop(name, None)
        pending = self._in_flight.get(name)
        if pending is not None and not pending.is_sent:
            self.requests.discard(pending)
            del self._in_flight[name]
        if name in self.confirmed:
            self._end_subscription(name)
        else:
            # After a revocation, the server may still send what it was.
            self.bindings.unbind(name)

    def adopt_desired(self, other: Self) -> None:
        for name in other.desired:
            self.add_desired(name)

    def resubscribe(self, name: str) -> None:
        if self.is_settled(name) and name in self.desired:
            self._end_subscription(name)
            self.on_interrupted(name)

    # Requests

    def _request_changes(self, now: float) -> None:
        """Have requested what must and may be requested now."""
        for id, unsubscribe in list(self._unsubscribes.items()):
            if unsubscribe.at <= now and not unsubscribe.is_in_flight:
                self._request_unsubscribe(now, id, unsubscribe)
        for name in self._waiting():
            if self._accounts[name].retry_at <= now:
                self._subscribe(now, self._accounts[name])

    def _change_times(self) -> list[float]:
        """Return when something must be requested, or another connection be opened."""
        times = [self._accounts[name].retry_at for name, why in self._unavailable.items() if why]
        if self.clock.is_trusted:
            times += [one.at for one in self._unsubscribes.values() if not one.is_in_flight]
            times += [self._accounts[name].retry_at for name in self._waiting()]
        return times

    def _waiting(self) -> list[str]:
        """Return the accounts for which a request must be made, sooner or later."""
        ending = {unsubscribe.name for unsubscribe in self._unsubscribes.values()}
        excluded = self.confirmed | self._in_flight.keys() | self._unavailable.keys() | ending
        return [name for name in self.desired if name not in excluded]

    def _subscribe(self, now: float, account: DesiredAccount) -> None:
        if self.logged_on is account.key and not account.needs_signature:
            method, key = SUBSCRIBE, account.key
        elif self._may_log_on(account):
            method, key = LOG_ON, account.key
        else:
            method, key = SUBSCRIBE_BY_SIGNATURE, account.key
        name = account.name

        def answered(now: float, message: ApiMessage | None, error: BaseException | None) -> None:
            self._in_flight.pop(name, None)
            self._on_answer(now, account, pending, message, error)

        pending = PendingRequest(self._api.methods[method], answered, key=key)
        pending.recv_window, pending.account = account.recv_window, name
        self._in_flight[name] = pending
        if method == SUBSCRIBE:
            self._begin(now, pending)
        else:
            self.requests.begin(now, pending, self.clock.offset or 0.0, key)

    def _may_log_on(self, account: DesiredAccount) -> bool:
        is_alone = list(self.desired) == [account.name] and not self.confirmed
        return is_alone and self.logged_on is None and not account.needs_signature

    def _on_answer(
        self,
        now: float,
        account: DesiredAccount,
        pending: PendingRequest,
        message: ApiMessage | None,
        error: BaseException | None,
    ) -> None:
        """Handle the answer to a request that subscribes to an account, or leads to that."""
        if self.state != "open":
            return
        is_subscribing = pending.method.name != LOG_ON
        if isinstance(error, RequestTimeout) and is_subscribing and pending.is_sent:
            assert pending.call is not None
            self._late[pending.call.id] = account
        if error is not None:
            self._on_failed(now, account, pending, error)
        elif is_subscribing:
            assert message is not None
            self._on_subscribed(now, account, message)
        else:
            self.logged_on = account.key

    def _on_failed(
        self, now: float, account: DesiredAccount, pending: PendingRequest, error: BaseException
    ) -> None:
        """Handle a request that led to no subscription."""
        if pending.uses_session and self.logged_on is not pending.key:
            # The session was revoked, so a signature is tried next.
            return
        if pending.uses_session and remedy_of(self._api, error) == "end":
            # It may have been revoked without a word. Only the refusal of a signature counts.
            self.logged_on = None
            account.needs_signature = True
        elif pending.method.name == LOG_ON and is_undocumented(self._api, error):
            account.needs_signature = True
        else:
            self._on_refused(now, account, error)

    def _on_subscribed(self, now: float, account: DesiredAccount, message: ApiMessage) -> None:
        """Handle the answer with the id of a subscription."""
        name = account.name
        try:
            id = subscription_of(bytes(message.result))  # type: ignore[arg-type]
        except (msgspec.DecodeError, UnicodeError, TypeError) as failure:
            error = invalid_answer(f"its answer names no subscription: {failure}")
            self._on_refused(now, account, error)
            return
        other = self.bindings.name_of(id)
        if self._is_abandoned(account) or (name in self.confirmed and other != name):
            # It was unsubscribed meanwhile, or a late answer has confirmed it with another id.
            if other is None:
                self.bindings.end(id)
                self._unsubscribes[id] = _Unsubscribe(name, now)
            return
        if other not in (None, name):
            text = f"its answer names subscription {id}, which is that of {other}"
            self._on_refused(now, account, invalid_answer(text))
            return
        self._maybe_active.discard(name)
        self._unavailable.pop(name, None)
        self.confirmed.add(name)
        account.confirmed(now)
        early = self.bindings.bind(name, id)
        # First, as one of the events may say that it has ended.
        self.on_settled([name], None)
        self._on_bound(now, name, early)

    def _on_refused(self, now: float, account: DesiredAccount, error: BaseException) -> None:
        """Decide what follows from a refusal or a failed attempt."""
        name = account.name
        if self._is_abandoned(account) or name in self.confirmed:
            return
        remedy = remedy_of(self._api, error)
        if remedy == "set_clock":
            self.clock.distrust()
            if account.may_set_clock():
                return
            remedy = "end"
        if remedy == "active" and name not in self._maybe_active and self.confirmed:
            # It cannot be this client's own subscription to this key.
            error = already_subscribed(error)
            remedy = "end"
        if remedy == "end":
            self.desired.pop(name)
            self.bindings.unbind(name)
        elif remedy in ("new_connection", "active"):
            self._unavailable[name] = f"{account.name} needs another connection: {error}"
            account.ended(now)
            if account.retry_at <= now:
                return
        else:
            # The server may have done it all the same.
            self._maybe_active.add(name)
            account.refused(now, pause_after(error, 0.0))
        self.on_settled([name], error)

    def _is_abandoned(self, account: DesiredAccount) -> bool:
        """Return whether an account is no longer desired here, or another one has its name now."""
        is_current = self._accounts.get(account.name) is account
        return not is_current or account.name not in self.desired

    def _end_subscription(self, name: str) -> None:
        self.confirmed.discard(name)
        id = self.bindings.unbind(name)
        assert id is not None
        self._unsubscribes[id] = _Unsubscribe(name, -math.inf)

    def _request_unsubscribe(self, now: float, id: int, unsubscribe: _Unsubscribe) -> None:
        def answered(now: float, message: ApiMessage | None, error: BaseException | None) -> None:
            unsubscribe.is_in_flight = False
            unsubscribe.tries += 1
            if error is None or remedy_of(self._api, error) == "end":
                self._unsubscribes.pop(id, None)
            elif unsubscribe.tries >= _MOST_UNSUBSCRIBES:
                self._unsubscribes.pop(id, None)
                self._maybe_active.add(unsubscribe.name)
            else:
                unsubscribe.at = now + pause_after(error)

        unsubscribe.is_in_flight = True
        method = self._api.methods[UNSUBSCRIBE]
        self._begin(now, PendingRequest(method, answered, {"subscriptionId": id}))

    def mark_ended(self, name: str, keeps_binding: bool = False) -> None:
        """Note that the server has ended the subscription of an account, or may have done so."""
        self.confirmed.discard(name)
        if keeps_binding:
            self._maybe_active.add(name)
        else:
            self.bindings.unbind(name)

    def _revoke(self) -> list[str]:
        """Sign everything from now on; return the accounts that were subscribed by the session."""
        key, self.logged_on = self.logged_on, None
        names = [name for name in self.desired if self._accounts[name].key is key]
        for name in names:
            self._accounts[name].needs_signature = True
        revoked = [name for name in names if name in self.confirmed]
        for name in revoked:
            # Whether the subscription has ended as well is not documented.
            self.mark_ended(name, keeps_binding=True)
        return revoked

    def _answer_late(self, now: float, message: ApiMessage) -> bool:
        """Handle the answer to a subscription that was given up: it may be active all the same."""
        account = None if message.request_id is None else self._late.pop(message.request_id, None)
        if account is not None and not message.is_failure:
            self._on_subscribed(now, account, message)
        return account is not None
