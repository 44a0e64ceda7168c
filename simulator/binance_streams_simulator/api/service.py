"""The WebSocket API as it is served: weights counted, requests remembered, faults injected."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from websockets.frames import CloseCode
from websockets.http11 import Response
from websockets.protocol import CLOSED

from binance_streams_runtime.catalog.api import Api, ApiMethod
from binance_streams_runtime.catalog.venue import Limits
from binance_streams_simulator.accounts import events
from binance_streams_simulator.accounts.account import Account
from binance_streams_simulator.accounts.demo import DEFAULT_BALANCES, DEMO_API_KEY, DEMO_SECRET
from binance_streams_simulator.accounts.events import AccountEvent
from binance_streams_simulator.accounts.exchange import Exchange
from binance_streams_simulator.accounts.keys import AccountKey
from binance_streams_simulator.admission import Admission, response
from binance_streams_simulator.amounts import scaled
from binance_streams_simulator.api.arguments import SIGNING, Arguments
from binance_streams_simulator.api.authority import Authority
from binance_streams_simulator.api.channel import Channel, address_of
from binance_streams_simulator.api.errors import MESSAGES, REJECTED_KEY, UNSUPPORTED
from binance_streams_simulator.api.faults import ApiFaults
from binance_streams_simulator.api.limits import ApiLimits, OrderCounts
from binance_streams_simulator.api.lists import LISTS
from binance_streams_simulator.api.market_data import market_data
from binance_streams_simulator.api.methods import COUNTED, GENERAL, ApiCall, Handler
from binance_streams_simulator.api.request import ApiRequest, check_duplicates, parse
from binance_streams_simulator.api.session import ApiSession, ApiSubscription, ApiTarget
from binance_streams_simulator.api.trading import TRADING
from binance_streams_simulator.connection import VenueConnection
from binance_streams_simulator.hub import Hub
from binance_streams_simulator.moments import Moment, encoded
from binance_streams_simulator.refusals import Refusal
from binance_streams_simulator.rest.service import RestService
from binance_streams_simulator.settings import Settings

_REMEMBERED = 100_000
logger = logging.getLogger("binance_streams_simulator")
OnViolation = Callable[[str], None]


@dataclass(frozen=True)
class ApiRequestRecord:
    """A request that was received."""

    connection: int
    """Connections are counted from 1."""
    method: str
    params: Mapping[str, Any]
    """As they were sent; numbers are texts."""
    status: int | None
    """Of the answer; None if there was none."""
    code: int | None
    """Of the error, if it was refused."""
    time: float
    """Seconds of a monotonic clock."""


class ApiService:
    """Serves every connection of the WebSocket API."""

    def __init__(
        self,
        api: Api,
        weights: ApiLimits,
        clock: Callable[[], int],
        hub: Hub,
        rest: RestService,
        is_limited: bool,
        order_limit: int,
        on_violation: OnViolation,
    ) -> None:
        self.path = api.path
        self.faults = ApiFaults()
        self.exchange = Exchange(self.now, clock, hub)
        self.admission = Admission(api.limits, self.faults, is_limited, on_violation)
        self.channels: dict[VenueConnection, Channel] = {}
        self.requests: deque[ApiRequestRecord] = deque(maxlen=_REMEMBERED)
        self.on_violation = on_violation
        self._api = api
        self._weights = weights
        self._clock = clock
        self._authority = Authority(api, self.exchange)
        self._ended: list[tuple[Channel, ApiSubscription]] = []
        self._orders = OrderCounts(clock, order_limit)
        self._handlers: Mapping[str, Handler] = {**GENERAL, **market_data(rest), **TRADING, **LISTS}
        self._count = 0

    @property
    def limits(self) -> Limits:
        """What a connection may do."""
        return self._api.limits

    @property
    def is_stalled(self) -> bool:
        """Whether nothing at all is sent, as a fault."""
        return self.faults.is_stalled

    def now(self) -> int:
        """Return the time by the server's clock, in microseconds since 1970."""
        return self._clock() + int(self.faults.clock_shift * 1_000_000)

    # Connections

    def handshake(self, connection: VenueConnection, query: str) -> Response | None:
        """Accept a connection, or return the response that rejects it."""
        rejection = self.admission.rejection(connection)
        if rejection is not None:
            return rejection
        try:
            self._weights.spend(address_of(connection), self._api.connect_weight, "connecting")
            target = ApiTarget.parse(query)
        except Refusal as refusal:
            body = encoded({"code": refusal.code, "msg": refusal.message}, 1)
            status, retry_after = refusal.status, refusal.retry_after
            return response(status, body, "application/json", retry_after)
        for other in [one for one in self.channels if one.protocol.state is CLOSED]:
            # Its handshake has failed.
            del self.channels[other]
        self._count += 1
        most = self.limits.streams_per_connection
        session = ApiSession(target, self.now(), most)
        self.channels[connection] = Channel(self._count, connection, session)
        connection.begin(self)
        return None

    async def serve(self, connection: VenueConnection) -> None:
        """Serve an open connection until it is closed."""
        try:
            await connection.wait_closed()
        finally:
            self.channels.pop(connection, None)

    # Requests

    def on_request(self, connection: VenueConnection, text: bytes) -> None:
        """Handle a frame."""
        channel = self.channels.get(connection)
        if channel is None:
            return
        if connection.is_binary:
            self.on_violation("a binary frame, requests are texts")
            connection.end(CloseCode.UNSUPPORTED_DATA, "Requests are text frames")
            return
        try:
            request = parse(text)
        except Refusal as refusal:
            self._answer(channel, ApiRequest("null", ""), refusal)
            return
        if self.faults.cut("received", request.method):
            connection.reset()
        elif self.faults.ignored.hits(request.method):
            self._remember(channel, request, None, None)
        elif self._is_revoked(channel.session):
            self._revoke(channel, request)
        else:
            self._execute(channel, request)
        self.publish()

    def _execute(self, channel: Channel, request: ApiRequest) -> None:
        method = self._api.methods.get(request.method)
        call: ApiCall | None = None
        outcome: object
        try:
            self._spend(channel, request, method)
            if self.faults.refused.hits(request.method) and self.faults.refusal is not None:
                raise self.faults.refusal
            handler = self._handlers.get(request.method)
            if method is None or handler is None:
                raise Refusal(*UNSUPPORTED)
            call = self._call(channel, request, method)
            outcome = handler(call)
        except Refusal as refusal:
            outcome = refusal
        except Exception:
            logger.exception("a request of the WebSocket API failed")
            outcome = Refusal(-1000, MESSAGES[-1000], 500)
        if self.faults.cut("executed", request.method):
            self._remember(channel, request, None, None)
            channel.connection.reset()
            self.channels.pop(channel.connection, None)
            return
        orders = self._orders.described(call.account) if call and call.is_counted else []
        self._answer(channel, request, outcome, orders)
        if self.faults.cut("answered", request.method):
            channel.connection.cut()
            self.channels.pop(channel.connection, None)

    def _call(self, channel: Channel, request: ApiRequest, method: ApiMethod) -> ApiCall:
        check_duplicates(request)
        session, arguments, now = channel.session, Arguments(request.params), self.now()
        names = {parameter.name for parameter in method.parameters}
        signer = None
        if method.is_signed:
            signer = self._authority.signer(method, request, arguments, session, now)
            names.update(SIGNING)
        arguments.check_names(names)
        return ApiCall(
            session,
            arguments,
            self.exchange,
            now,
            signer,
            self._weights.all,
            self._orders,
            self._end,
            is_counted=method.name in COUNTED,
        )

    def _spend(self, channel: Channel, request: ApiRequest, method: ApiMethod | None) -> None:
        arguments = Arguments(request.params).as_weighed()
        weight = 1 if method is None else method.weight(arguments)
        self._weights.spend(channel.address, weight, request.method)

    def _answer(
        self,
        channel: Channel,
        request: ApiRequest,
        outcome: object,
        orders: Iterable[Mapping[str, object]] = (),
    ) -> None:
        body: dict[str, object] = {"status": 200, "result": outcome}
        if isinstance(outcome, Refusal):
            error: dict[str, object] = {"code": outcome.code, "msg": outcome.message}
            if outcome.retry_after is not None:
                now = self.now()
                until = Moment(now + outcome.retry_after * 1_000_000)
                error["data"] = {"serverTime": Moment(now), "retryAfter": until}
            body = {"status": outcome.status, "error": error}
        target = channel.session.target
        if Arguments(request.params).returns_limits(target.returns_limits):
            body["rateLimits"] = [*orders, *self._weights.described(channel.address)]
        text = b'{"id":%b,%b' % (request.id.encode(), encoded(body, target.divisor)[1:])
        status = outcome.status if isinstance(outcome, Refusal) else 200
        code = outcome.code if isinstance(outcome, Refusal) else None
        self._remember(channel, request, status, code)
        if self.faults.held.hits(request.method):
            channel.hold(text)
        else:
            channel.answer(text, self.faults.answer_delay)
        if status == 418:
            channel.connection.end(CloseCode.POLICY_VIOLATION, "IP banned")

    def _is_revoked(self, session: ApiSession) -> bool:
        return session.key is not None and session.key.is_revoked

    def _revoke(self, channel: Channel, request: ApiRequest) -> None:
        """Notify a client that its session's key has become invalid, in place of an answer."""
        channel.session.account = channel.session.key = channel.session.authorized = None
        code, message = REJECTED_KEY
        body = {"id": None, "status": 401, "error": {"code": code, "msg": message}}
        self._remember(channel, request, 401, code)
        channel.answer(encoded(body, 1), self.faults.answer_delay)

    def _remember(
        self, channel: Channel, request: ApiRequest, status: int | None, code: int | None
    ) -> None:
        now = asyncio.get_running_loop().time()
        # Not the parameters: logs are kept and shown around.
        logger.debug("request of the WebSocket API: %s, %s, %s", request.method, status, code)
        self.requests.append(
            ApiRequestRecord(channel.number, request.method, request.params, status, code, now)
        )

    # Events

    def step(self) -> None:
        """Note that the market has moved."""
        self.exchange.trading.trigger()
        self.publish()

    def publish(self) -> None:
        """Send what has happened to accounts, to every connection that has subscribed to them."""
        outbox = self.exchange.outbox
        while outbox:
            account, event = outbox.pop(0)
            for channel in list(self.channels.values()):
                for subscription in list(channel.session.subscriptions.values()):
                    if subscription.account is account:
                        self._send(channel, subscription, event)
        ended, self._ended = self._ended, []
        for channel, subscription in ended:
            self._send(channel, subscription, events.terminated(self.now()))

    def terminate(self, account: Account) -> None:
        """End all subscriptions to an account."""
        for channel in self.channels.values():
            self._end(channel.session, channel.session.end_all_of(account))
        self.publish()

    def revoke(self, api_key: str, terminates: bool) -> None:
        """Make a key invalid; end the subscriptions that were made with it if ``terminates``."""
        found = self.exchange.find(api_key)
        if found is None:
            raise ValueError("there is no such API key")
        _, key = found
        key.is_revoked = True
        for channel in self.channels.values():
            if terminates:
                self._end(channel.session, channel.session.end_all_with(key))
        self.publish()

    def notice_shutdown(self) -> None:
        """Announce to every connection that the server is about to go down."""
        for channel in self.channels.values():
            divisor = channel.session.target.divisor
            event = {"e": self._api.shutdown_event, "E": self.now() // divisor}
            channel.event(encoded({"event": event}, 1), 0.0)

    def _end(self, session: ApiSession, ended: Iterable[ApiSubscription]) -> None:
        for channel in self.channels.values():
            if channel.session is session:
                self._ended += ((channel, subscription) for subscription in ended)

    def _send(self, channel: Channel, subscription: ApiSubscription, event: AccountEvent) -> None:
        text = event.frame_text(subscription.id, channel.session.target.divisor)
        for _ in range(self.faults.copies()):
            channel.event(text, self.faults.event_delay)


def api_of(
    settings: Settings,
    rest: RestService,
    hub: Hub,
    clock: Callable[[], int],
    on_violation: OnViolation,
) -> ApiService | None:
    """Return the API of a market, None if it has none."""
    api = settings.venue.api
    if api is None:
        return None
    service = ApiService(
        api,
        ApiLimits(settings.venue.rest, rest.weights, clock, on_violation),
        clock,
        hub,
        rest,
        settings.limits_api_attempts,
        settings.order_limit,
        on_violation,
    )
    balances = {asset: scaled(amount) for asset, amount in DEFAULT_BALANCES.items()}
    service.exchange.add(AccountKey(DEMO_API_KEY, DEMO_SECRET), balances)
    return service
