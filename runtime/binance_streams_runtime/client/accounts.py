"""A client's accounts and their requests: what both front ends share, without the waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import msgspec

from binance_streams_runtime.catalog.api import Api, ApiMethod
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.account import A, AccountBase
from binance_streams_runtime.client.options import (
    FillOptions,
    Settings,
    SubscribeOptions,
    check_policy,
)
from binance_streams_runtime.client.pending_results import PendingResults
from binance_streams_runtime.client.registry import SubscriptionRegistry
from binance_streams_runtime.decoding.json import concrete, json_decoder
from binance_streams_runtime.errors import (
    HiddenKey,
    ParameterError,
    SigningError,
    client_closed,
    masked,
)
from binance_streams_runtime.protocol.api_params import checked_params
from binance_streams_runtime.protocol.api_requests import (
    ApiRequest,
    ApiServer,
    Call,
    Prepared,
    SigningKey,
)
from binance_streams_runtime.signing.service import ApiCalls
from binance_streams_runtime.types import Numbers

if TYPE_CHECKING:
    from binance_streams_runtime.client.client_engine import ClientEngine


class ClientAccounts:
    """The accounts of one client, by their API keys, and the requests that wait for answers."""

    def __init__(self, client: ClientEngine[Any, Any], venue: Venue, settings: Settings) -> None:
        self._client = client
        self._calls = _api_calls(venue, settings, self._prepared)
        self.server: ApiServer | None = None
        """Where requests go, and who signs and counts them; None if the server has no API."""
        if self._calls is not None:
            assert venue.api is not None
            assert settings.api_url is not None
            self.server = ApiServer(
                venue.api, settings.api_url, self._calls.prepare, weights=self._calls
            )
        self._registry: SubscriptionRegistry[AccountBase[Any, Any]] = SubscriptionRegistry()
        # The names of all accounts that there have been, by API key.
        self._names: dict[str, str] = {}
        # Those that nobody has given up.
        self._requests: dict[ApiRequest, bool] = {}

    @property
    def all(self) -> tuple[AccountBase[Any, Any], ...]:
        """Every account that has not ended."""
        with self._registry.lock:
            return tuple(self._registry.by_name.values())

    def open(
        self,
        kind: Callable[..., A],
        api: Api,
        key: SigningKey,
        recv_window: float | None,
        options: SubscribeOptions[Any],
    ) -> A:
        """Return the existing account of this API key, or a new one, which is subscribed."""
        client, registry = self._client, self._registry
        api_key = HiddenKey(key.api_key)
        with registry.lock:
            existing = registry.by_name.get(api_key)
            if existing is not None:
                _check_same(existing, recv_window, options)
                return cast("A", existing)
            stream = Stream(self._name(api_key), api.account, {})
            given = cast("FillOptions[Any]", options)
            queue = client._new_queue(given)
            check_policy(queue.overflow, stream)
            route = client._route(stream, queue, given)
            channel = client._channel(route, queue, given)
            account: A = client._make(
                *(kind, route, queue, channel),
                on_timed_out=lambda error: client._notifier.unanswered(route.label, error),
                on_ended=lambda: registry.discard(api_key, account),
            )
            # A key that does not sign ends a wait; anything else may pass.
            account._state.raised = SigningError
            account._key, account._api_key = key, api_key
            account._recv_window, account._api = recv_window, api
            route.subscriber = account._state
            client._running.restart()
            client.command(
                lambda now, engine: engine.subscribe_account(now, route, key, recv_window)
            )
            registry.by_name[api_key] = account
            if client.is_closed:
                # Closed meanwhile, by a signal handler in this thread.
                del registry.by_name[api_key]
                account._state.ended(None)
                raise client_closed()
        return account

    def _name(self, api_key: str) -> str:
        """Return a name that no other account of the client has; it shows nothing of the key."""
        if api_key not in self._names:
            name = f"account {masked(api_key)}"
            alike = sum(one.startswith(name) for one in self._names.values())
            self._names[api_key] = f"{name} ({alike + 1})" if alike else name
        return self._names[api_key]

    def end(self, account: AccountBase[Any, Any]) -> None:
        """End an account's subscription; no-op if it has ended."""
        api_key, route = account._api_key, account._route
        with self._registry.lock:
            if self._registry.by_name.get(api_key) is account:
                del self._registry.by_name[api_key]
                self._client.command(lambda now, engine: engine.unsubscribe(now, route.name, route))
        self._client._stop_callback(account)

    # Requests

    def send(
        self,
        account: AccountBase[Any, Any],
        name: str,
        params: Mapping[str, object],
        pending: PendingResults[Any],
    ) -> ApiRequest:
        """Check and send a request; ``pending`` gets the answer.

        Once nobody waits for it any longer, ``give_up`` must be called.
        """
        method = method_of(account._api, name)
        try:
            given = checked_params(method, params, account._api.max_recv_window)
        except ParameterError:
            # A secret may be among them, and every frame up to the user's has this dictionary.
            if isinstance(params, dict):
                params.clear()
            raise
        take = pending.expect()
        pending.complete()

        def settle(result: Any, error: BaseException | None) -> None:
            if self._requests.pop(request, False):
                take(result, error)

        recv_window = given.pop("recvWindow", account._recv_window)
        request = ApiRequest(
            method,
            given,
            result_decoder(method, self._client._settings.numbers),
            settle,
            account._key if method.is_signed else None,
            cast("float | None", recv_window),
        )
        self._requests[request] = True
        try:
            self._client.command(lambda now, engine: engine.request(now, request))
        except BaseException:
            self.give_up(request)
            raise
        if self._client.is_closed:
            # Closed meanwhile, by another thread that did not see the request.
            settle(None, client_closed())
        return request

    def give_up(self, request: ApiRequest) -> None:
        """Drop a request that nobody waits for; it is not sent if it has not been sent yet."""
        request.is_cancelled = True
        self._requests.pop(request, None)

    def _prepared(self, call: Call, prepared: Prepared) -> None:
        """Hand over what was prepared, in any thread."""
        self._client._driver.post(lambda now: self._client._engine.prepared(now, call, prepared))

    def stats(self) -> tuple[int, int, int]:
        """Return how many requests were sent, their weight, and how many wait to be sent."""
        return (0, 0, 0) if self._calls is None else self._calls.stats()

    def weight_used(self) -> int:
        """Return the request weight that the server has counted, as far as it is known."""
        return 0 if self._calls is None else self._calls.used()

    # The end

    def end_all(self, error: BaseException | None) -> None:
        """End every account, and every request that waits for its answer."""
        if self._calls is not None:
            self._calls.close()
        for account in self._registry.take_all():
            account._state.ended(error)
        for request in list(self._requests):
            request.on_result(None, error or client_closed())

    def forked(self, error: BaseException) -> None:
        """End everything in a forked child, where the thread that holds the lock does not run."""
        self._registry.lock = threading.RLock()
        for account in self._registry.take_all():
            account._state.abandon(error)
        self._requests.clear()


def _api_calls(
    venue: Venue, settings: Settings, on_prepared: Callable[[Call, Prepared], None]
) -> ApiCalls | None:
    if venue.api is None or settings.api_url is None:
        return None
    # The server counts the weight of both together.
    counted_at = settings.api_url if settings.rest is None else settings.rest.url
    # What is left of a request's timeout is for the signature and the answer.
    timeout = settings.timeouts.request
    return ApiCalls(venue.api, urlsplit(counted_at).netloc, venue.rest, timeout, on_prepared)


def method_of(api: Api, name: object) -> ApiMethod:
    """Return the method of a name, whose version may precede it: ``v3/order.place``.

    Raises ParameterError with similar names if there is none, or if the client calls it itself.
    """
    text = name if isinstance(name, str) else ""
    version, _, bare = text.rpartition("/")
    method = api.methods.get(bare)
    if method is None or version not in ("", api.path.rpartition("/")[2]):
        near = get_close_matches(bare, api.methods, 3) or ["account.status", "order.status"]
        listed = ", ".join(repr(one) for one in near)
        raise ParameterError("method", name, f"a method of the WebSocket API, such as {listed}")
    if method.is_by_client:
        allowed = "any other method, as client.account() does this, and unsubscribe() ends it"
        raise ParameterError("method", name, allowed)
    return method


def result_decoder(method: ApiMethod, numbers: Numbers) -> Callable[[bytes], Any]:
    """Return what makes the result of a method of its JSON; it raises msgspec.DecodeError."""
    if method.result is None:
        return msgspec.json.decode
    decoder = _decoders.get((method, numbers))
    if decoder is None:
        type = concrete(method.result, numbers)
        decoder = _decoders[method, numbers] = json_decoder(type, numbers).decode
    return decoder


_decoders: dict[tuple[ApiMethod, Numbers], Callable[[bytes], Any]] = {}


def _check_same(
    account: AccountBase[Any, Any], recv_window: float | None, options: SubscribeOptions[Any]
) -> None:
    """Raise ParameterError if an existing account was made with other options."""
    until = f"as {account._label} is subscribed already; unsubscribe() first"
    if recv_window is not None and recv_window != account._recv_window:
        raise ParameterError("recv_window", recv_window, f"None, {until}")
    if options:
        raise ParameterError("options", sorted(options), f"none, {until}")
