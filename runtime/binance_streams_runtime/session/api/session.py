"""The accounts and requests of a client, and the connections to the WebSocket API for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from typing import Any

import msgspec

from binance_streams_runtime.errors import ConnectionLost, client_closed, reason_of, redacted_bytes
from binance_streams_runtime.notices import ClockOffset, Terminated, Undecodable
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Batch, Router
from binance_streams_runtime.pipeline.sequence import Confirmation, Interruption
from binance_streams_runtime.protocol.api_replies import ApiMessage, api_message, event_head
from binance_streams_runtime.protocol.api_requests import (
    ApiRequest,
    ApiServer,
    Call,
    Prepared,
    SigningKey,
)
from binance_streams_runtime.protocol.requests import RequestIds
from binance_streams_runtime.session.actions import Action, Notify
from binance_streams_runtime.session.api.bindings import EarlyEvent
from binance_streams_runtime.session.api.connection import ApiConnection
from binance_streams_runtime.session.api.desired_account import DesiredAccount
from binance_streams_runtime.session.base_connection import BaseConnection
from binance_streams_runtime.session.base_session import BaseSession
from binance_streams_runtime.session.pool import ConnectionPool
from binance_streams_runtime.session.retry import Retry
from binance_streams_runtime.session.timeouts import Timeouts

_TERMINATED = "eventStreamTerminated"

# Seconds by which the clock of this machine may be wrong without being reported.
_MOST_OFFSET = 1.0


class ApiSession(BaseSession[ApiConnection]):
    """The subscriptions of accounts, and requests.

    An account is to it what a stream is to the session of streams. What differs: it has a key, the
    server chooses an id for it, and its requests are prepared elsewhere before they are sent.
    """

    received_bytes: int

    def __init__(
        self,
        server: ApiServer,
        router: Router,
        timeouts: Timeouts,
        retry: Retry,
        max_message: int,
        label: Callable[[str], str],
        unix_time: Callable[[float], float],
        actions: list[Action],
        numbers: Iterator[int],
    ) -> None:
        """Have no account; actions and numbers of connections are shared with another session."""
        self.accounts: dict[str, DesiredAccount] = {}
        """The desired accounts, by the names of their streams."""
        self._api = api = server.api
        self._weights = server.weights
        self._random = retry.random
        self._unix_time = unix_time
        self._label = label
        self._has_reported_offset = False
        ids, timeout = RequestIds(), timeouts.request + api.processing_timeout
        pool: ConnectionPool[ApiConnection] = ConnectionPool(
            *(api.limits, router, lambda name: server.url, timeouts, retry, label),
            lambda number, url, on_settled, on_interrupted: ApiConnection(
                *(number, url, max_message, timeout, api, self.accounts, ids),
                *(server.weights, server.prepare, self._reason, on_settled, on_interrupted),
                lambda now, name, early: self._on_bound(now, number, name, early),
                lambda now, names, reason: self._on_revoked(now, number, names, reason),
            ),
            *(self._settled, actions, numbers),
        )
        super().__init__(pool, router, timeouts, api.limits, keeps_last=False)

    # Inputs

    def carries(self, number: int) -> bool:
        """Return whether a connection of this number is one of this session."""
        return number in self._pool.connections

    def subscribe_account(
        self, now: float, name: str, key: SigningKey, recv_window: float | None
    ) -> None:
        """Subscribe to the account of ``key``; ``name`` is that of its stream."""
        pool = self._pool
        if pool.is_closed:
            return
        self.accounts[name] = DesiredAccount(name, key, recv_window, self._random)
        connection = pool.assignments[name] = pool.connection_for(now, name)
        connection.add_desired(name)
        self._bridge(now, connection, name)
        pool.flush_sends(now, connection)

    def unsubscribe(self, now: float, name: str) -> None:
        """Unsubscribe from an account; no-op if not subscribed."""
        connection = self._pool.assignments.get(name)
        super().unsubscribe(now, name)
        self.accounts.pop(name, None)
        if connection is not None:
            self._lifecycle.maintain(now, connection)

    def rotate_stale(self, now: float, name: str, reason: str) -> None:
        """Replace the connection of an account that was idle for too long.

        Nothing may have been missed until the new connection has taken over.
        """
        connection = self._pool.assignments.get(name)
        if connection is not None:
            self._rotation.rotate(now, connection, reason, "stale")
            handover = self._pool.handovers.get(self._pool.assignments[name].number)
            if handover is not None:
                handover.distrust(name, reason)

    def request(self, now: float, request: ApiRequest) -> None:
        """Send a request where its key is logged on, or anywhere; connect if need be."""
        pool = self._pool
        if pool.is_closed:
            request.on_result(None, client_closed())
            return
        connection = self._connection_of(request.key)
        if connection is None:
            connection = pool.new_connection(now)
        connection.ask(now, request)
        pool.flush_sends(now, connection)

    def _connection_of(self, key: SigningKey | None) -> ApiConnection | None:
        """Return the best connection for a request of a key; None if there is none at all."""
        lasting = self._pool.lasting()
        names = [name for name, account in self.accounts.items() if account.key is key]
        own = (self._pool.assignments.get(name) for name in names)
        chosen = next((one for one in own if one is not None), None)
        if chosen is None and lasting:
            chosen = lasting[0]
        if chosen is None:
            return None
        handover = self._pool.handovers.get(chosen.number)
        # The new connection can do nothing before it knows the server's time.
        if handover is not None and not handover.new.clock.is_trusted:
            return handover.old
        return chosen

    def prepared(self, now: float, call: Call, prepared: Prepared) -> None:
        """Send what was prepared, if its connection is still open."""
        connection = self._pool.connections.get(call.connection)
        if connection is None:
            self._weights.answered(call, None, None, None, None)
            return
        connection.prepared(now, call, prepared)
        self._lifecycle.maintain(now, connection)

    def _begin(self, now: float, connection: ApiConnection) -> None:
        """Queue nothing: a connection asks for the server's time by itself."""

    def received(self, now: float, number: int, data: bytes) -> bool:
        """Handle received bytes, message by message: an answer decides where events belong."""
        connection = self._pool.connections[number]
        items = connection.reader.feed(data)
        if self.recorder is not None:
            self.recorder.received(now, number, items, len(data), is_account=True)
        connection.bytes += len(data)
        connection.messages += len(items)
        self.received_bytes += len(data)
        self._pool.keepalive.touch(now, connection, not items and connection.reader.is_mid_message)
        for item in items:
            if isinstance(item, bytes):
                self._on_text(now, connection, item)
            else:
                self._on_control(now, connection, item)
        if number in self._pool.connections:
            self._lifecycle.maintain(now, connection)
        self._rotate_due(now)
        return False

    def lost(self, now: float, number: int, error: ConnectionLost) -> None:
        """Handle the end of a connection, which may follow a ban."""
        connection = self._pool.connections.get(number)
        if connection is not None and connection.left_alone_until > now:
            error = copy(error)
            error.retry_after = max(connection.left_alone_until - now, error.retry_after or 0.0)
        handover = self._pool.handovers.get(number)
        if connection is not None and handover is not None and handover.old is connection:
            # What was not sent yet need not be lost with it.
            handover.new.take_over(connection)
            self._pool.flush_sends(now, handover.new)
        super().lost(now, number, error)

    def tick(self, now: float, read_until: float | None = None) -> None:
        super().tick(now, read_until)
        self._rotate_due(now)

    def close(self, now: float) -> None:
        super().close(now)
        self.accounts.clear()

    def _rotate_due(self, now: float) -> None:
        """Replace the connections that cannot have all that is desired on them."""
        for connection in list(self._pool.connections.values()):
            reason = connection.take_rotation(now)
            if reason is None:
                continue
            self._rotation.rotate(now, connection, reason, "unanswered")
            if connection.number not in self._pool.handovers:
                connection.try_again(now)

    # What the server says

    def _on_reply(self, now: float, connection: ApiConnection, item: Any) -> None:
        """Ignore a pong: only texts say something."""

    def _on_text(self, now: float, connection: ApiConnection, text: bytes) -> None:
        try:
            message = api_message(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            self._stray(reason_of(error), text)
            return
        if message.event is not msgspec.UNSET:
            connection.has_traffic = True
            self._on_event(now, connection, message, text)
        elif not message.is_answer:
            self._stray("neither an answer nor an event", text)
        else:
            self._on_answer(now, connection, message, text)

    def _on_answer(
        self, now: float, connection: ApiConnection, message: ApiMessage, text: bytes
    ) -> None:
        is_known = connection.answer(now, message)
        if not is_known and message.is_failure and message.request_id is None:
            self._stray("a refusal of nothing that was asked", text)
        self._on_answered(now, connection)
        if not connection.is_pending():
            for early in connection.bindings.take_early():
                self._stray_event(early)
        clock = connection.clock
        if clock.offset is not None and not self._has_reported_offset:
            seconds = now + clock.offset - self._unix_time(now)
            if abs(seconds) > _MOST_OFFSET + clock.uncertainty:
                self._has_reported_offset = True
                self.actions.append(Notify(ClockOffset(connection.number, seconds)))

    def _on_event(
        self, now: float, connection: ApiConnection, message: ApiMessage, text: bytes
    ) -> None:
        try:
            kind, time = event_head(bytes(message.event))  # type: ignore[arg-type]
        except (msgspec.DecodeError, UnicodeError) as error:
            self._stray(reason_of(error), text)
            return
        bindings, id = connection.bindings, message.subscription
        if kind == self._api.shutdown_event:
            self._on_shutdown(now, connection, time)
            return
        is_of_any = id is None and len(connection.desired) > 1
        name = bindings.only_name() if id is None else bindings.name_of(id)
        route = None if name is None or is_of_any else self._router.get(name)
        if route is not None:
            self._deliver(now, connection, route, kind, message, text)
        elif is_of_any:
            self._stray("an event without a subscription", text)
        elif id is None or not bindings.has_ended(id):
            early = EarlyEvent(id, message, text)
            if connection.is_pending():
                for lost in bindings.keep(early):
                    self._stray_event(lost)
            else:
                self._stray_event(early)

    def _deliver(
        self,
        now: float,
        connection: ApiConnection,
        route: Route,
        kind: str | None,
        message: ApiMessage,
        text: bytes,
    ) -> None:
        """Deliver an event of an account."""
        name = route.name
        handover = self._pool.handovers.get(connection.number)
        batch = _decoded(route, bytes(message.event), text)  # type: ignore[arg-type]
        if handover is None:
            self._router.release(batch)
        else:
            handover.received(now, connection, batch)
        if batch.has_marks and route.decoder.has_event(kind):
            # It may have been about the state of the account.
            self._router.mark(name, Interruption("an event could not be decoded"))
            self._router.mark(name, Confirmation.CONFIRMED)
        if kind == _TERMINATED:
            connection.mark_ended(name)
            self._terminated(now, connection, name, _TERMINATED)

    def _stray_event(self, early: EarlyEvent) -> None:
        reason = f"an event of subscription {early.subscription}, which is no account's"
        if early.subscription is None:
            reason = "an event without a subscription"
        self._stray(reason, early.text)

    def _stray(self, reason: str, text: bytes) -> None:
        """Report a message that belongs to nothing, without what is secret in it."""
        self.actions.append(Notify(Undecodable(None, reason, redacted_bytes(text))))

    # What becomes of accounts

    def _on_bound(self, now: float, number: int, name: str, early: list[EarlyEvent]) -> None:
        """Deliver what came before the answer, behind the gap before it."""
        connection = self._pool.connections[number]
        handover = self._pool.handovers.get(connection.number)
        if handover is None or handover.delivers(name, connection):
            self._router.mark(name, Confirmation.CONFIRMED)
        else:
            handover.take_at_once(name)
        for one in early:
            self._on_event(now, connection, one.message, one.text)

    def _on_revoked(self, now: float, number: int, names: list[str], reason: str) -> None:
        connection = self._pool.connections[number]
        for name in names:
            self._terminated(now, connection, name, reason)

    def _terminated(self, now: float, connection: ApiConnection, name: str, reason: str) -> None:
        """Handle the end of a subscription that nobody has asked for."""
        self.accounts[name].ended(now)
        notice = Terminated(self._label(name), reason)
        handover = self._pool.handovers.get(connection.number)
        if handover is not None and connection is handover.old:
            # It is subscribed on the new connection; nothing more is asked for on this one.
            connection.desired.pop(name, None)
            if not handover.delivers(name, connection):
                return
            handover.take_at_once(name)
            if handover.new.is_certain_of(name):
                return
        elif handover is not None and handover.start_over(now, name):
            return
        self.actions.append(Notify(notice))
        self._router.mark(name, notice)
        self._pool.report.interrupted(now, self._pool.assignments[name], [name])

    def _settled(
        self, connection: ApiConnection, names: list[str], error: BaseException | None
    ) -> None:
        super()._settled(connection, names, error)
        handover = self._pool.handovers.get(connection.number)
        for name in names:
            if name in self.accounts and name not in self._pool.assignments:
                # It has ended, even if the connection that is being replaced still has it.
                del self.accounts[name]
                if handover is not None:
                    handover.forget(name)
                    handover.old.remove_desired(name)

    def _reason(self, now: float, connection: BaseConnection) -> str:
        return self._pool.report.reason_of(now, connection)


def _decoded(route: Route, event: bytes, text: bytes) -> Batch:
    """Return an event of an account, or why it cannot be decoded."""
    batch = Batch()
    try:
        # In an envelope as those of streams, so that it is looked at for unknown fields as well.
        batch.append(route, route.decode(b'{"data":' + event + b"}").data)
        route.bytes += len(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        batch.mark(route, Undecodable(route.label, reason_of(error), redacted_bytes(text)))
    return batch
