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
from binance_streams_runtime.session.api.account import Account
from binance_streams_runtime.session.api.bindings import Bindings, Early
from binance_streams_runtime.session.api.clock import ServerClock
from binance_streams_runtime.session.api.jobs import Job, Jobs
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


# How often the client tries to end a subscription that nobody desires any more.
_MOST_UNSUBSCRIBES = 3


@dataclass(eq=False)
class _Leaving:
    """A subscription that must end."""

    name: str
    at: float
    """When to ask for its end."""
    tries: int = 0
    is_asked: bool = False


class AccountConnection(BaseConnection):
    """The desired and confirmed accounts, and the requests that make them the same.

    An account is subscribed after a logon if it is the only one and its key can log on, so that its
    requests need no signature, else by a signature of its own.
    """

    jobs: Jobs
    _api: Api
    _accounts: Mapping[str, Account]
    _on_bound: Callable[[float, str, list[Early]], None]

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
        self._in_flight: dict[str, Job] = {}
        # Accounts that the server may have although it has not told their subscription.
        self._maybe_active: set[str] = set()
        # Accounts that this connection cannot have, and why another one must take its place; no
        # reason once that was asked for.
        self._unavailable: dict[str, str] = {}
        # Subscriptions that must end, by their ids.
        self._leaving: dict[int, _Leaving] = {}
        # What was asked for too long ago, by its id: the answer may come yet.
        self._late: dict[int | str, Account] = {}

    @abstractmethod
    def _begin(self, now: float, job: Job) -> None:
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
            and not self._leaving
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
        """Return whether an answer may yet tell whose subscription an unknown one is."""
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
        job = self._in_flight.get(name)
        if job is not None and not job.is_sent:
            self.jobs.discard(job)
            del self._in_flight[name]
        if name in self.confirmed:
            self._leave(name)
        else:
            # After a revocation, the server may still send what it was.
            self.bindings.unbind(name)

    def adopt_desired(self, other: Self) -> None:
        for name in other.desired:
            self.add_desired(name)

    def resubscribe(self, name: str) -> None:
        if self.is_settled(name) and name in self.desired:
            self._leave(name)
            self.on_interrupted(name)

    # Requests

    def _request_changes(self, now: float) -> None:
        """Have requested what must and may be requested now."""
        for id, leaving in list(self._leaving.items()):
            if leaving.at <= now and not leaving.is_asked:
                self._unsubscribe(now, id, leaving)
        for name in self._waiting():
            if self._accounts[name].retry_at <= now:
                self._subscribe(now, self._accounts[name])

    def _change_times(self) -> list[float]:
        """Return when something must be requested, or another connection be opened."""
        times = [self._accounts[name].retry_at for name, why in self._unavailable.items() if why]
        if self.clock.is_trusted:
            times += [one.at for one in self._leaving.values() if not one.is_asked]
            times += [self._accounts[name].retry_at for name in self._waiting()]
        return times

    def _waiting(self) -> list[str]:
        """Return the accounts for which a request must be made, sooner or later."""
        leaving = {leaving.name for leaving in self._leaving.values()}
        done = self.confirmed | self._in_flight.keys() | self._unavailable.keys() | leaving
        return [name for name in self.desired if name not in done]

    def _subscribe(self, now: float, account: Account) -> None:
        if self.logged_on is account.key and not account.needs_signature:
            method, key = SUBSCRIBE, account.key
        elif self._may_log_on(account):
            method, key = LOG_ON, account.key
        else:
            method, key = SUBSCRIBE_BY_SIGNATURE, account.key
        name = account.name

        def answered(now: float, message: ApiMessage | None, error: BaseException | None) -> None:
            self._in_flight.pop(name, None)
            self._on_answer(now, account, job, message, error)

        job = Job(self._api.methods[method], answered, key=key)
        job.recv_window, job.account = account.recv_window, name
        self._in_flight[name] = job
        if method == SUBSCRIBE:
            self._begin(now, job)
        else:
            self.jobs.begin(now, job, self.clock.offset or 0.0, key)

    def _may_log_on(self, account: Account) -> bool:
        is_alone = list(self.desired) == [account.name] and not self.confirmed
        return is_alone and self.logged_on is None and not account.needs_signature

    def _on_answer(
        self,
        now: float,
        account: Account,
        job: Job,
        message: ApiMessage | None,
        error: BaseException | None,
    ) -> None:
        """Handle the answer to a request that subscribes to an account, or leads to that."""
        if self.state != "open":
            return
        is_subscribing = job.method.name != LOG_ON
        if isinstance(error, RequestTimeout) and is_subscribing and job.is_sent:
            assert job.call is not None
            self._late[job.call.id] = account
        if error is not None:
            self._on_failed(now, account, job, error)
        elif is_subscribing:
            assert message is not None
            self._on_subscribed(now, account, message)
        else:
            self.logged_on = account.key

    def _on_failed(self, now: float, account: Account, job: Job, error: BaseException) -> None:
        """Handle a request that led to no subscription."""
        if job.uses_session and self.logged_on is not job.key:
            # The session was revoked, so a signature is tried next.
            return
        is_refused = remedy_of(self._api, error, account.was_confirmed) == "end"
        if job.uses_session and is_refused:
            # It may have been revoked without a word. Only the refusal of a signature counts.
            self.logged_on = None
            account.needs_signature = True
        elif job.method.name == LOG_ON and is_undocumented(self._api, error):
            account.needs_signature = True
        else:
            self._on_refused(now, account, error)

    def _on_subscribed(self, now: float, account: Account, message: ApiMessage) -> None:
        """Handle the answer that tells the id of a subscription."""
        name = account.name
        try:
            id = subscription_of(bytes(message.result))  # type: ignore[arg-type]
        except (msgspec.DecodeError, UnicodeError, TypeError) as failure:
            error = invalid_answer(f"its answer names no subscription: {failure}")
            self._on_refused(now, account, error)
            return
        other = self.bindings.name_of(id)
        if self._is_left(account) or (name in self.confirmed and other != name):
            # It was left meanwhile, or an answer that was late has told another id already.
            if other is None:
                self.bindings.end(id)
                self._leaving[id] = _Leaving(name, now)
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

    def _on_refused(self, now: float, account: Account, error: BaseException) -> None:
        """Decide what follows from a refusal or a failed attempt."""
        name = account.name
        if self._is_left(account) or name in self.confirmed:
            return
        remedy = remedy_of(self._api, error, account.was_confirmed)
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

    def _is_left(self, account: Account) -> bool:
        """Return whether an account is not desired here any more, or another one by its name is."""
        is_current = self._accounts.get(account.name) is account
        return not is_current or account.name not in self.desired

    def _leave(self, name: str) -> None:
        """End the subscription of an account."""
        self.confirmed.discard(name)
        id = self.bindings.unbind(name)
        assert id is not None
        self._leaving[id] = _Leaving(name, -math.inf)

    def _unsubscribe(self, now: float, id: int, leaving: _Leaving) -> None:
        def answered(now: float, message: ApiMessage | None, error: BaseException | None) -> None:
            leaving.is_asked = False
            leaving.tries += 1
            if error is None or remedy_of(self._api, error, True) == "end":
                self._leaving.pop(id, None)
            elif leaving.tries >= _MOST_UNSUBSCRIBES:
                self._leaving.pop(id, None)
                self._maybe_active.add(leaving.name)
            else:
                leaving.at = now + pause_after(error)

        leaving.is_asked = True
        self._begin(now, Job(self._api.methods[UNSUBSCRIBE], answered, {"subscriptionId": id}))

    def lose(self, name: str, keeps_binding: bool = False) -> None:
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
            self.lose(name, keeps_binding=True)
        return revoked

    def _answer_late(self, now: float, message: ApiMessage) -> bool:
        """Handle the answer to a subscription that was given up: it may be active all the same."""
        account = None if message.request_id is None else self._late.pop(message.request_id, None)
        if account is not None and not message.is_failure:
            self._on_subscribed(now, account, message)
        return account is not None
