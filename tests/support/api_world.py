"""An engine with accounts in simulated time, and a model of the server of the WebSocket API."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Any

from binance_streams import VENUE
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.errors import ConnectionLost, RequestTimeout, SigningError
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.api_requests import ApiRequest, ApiServer, Call, Prepared
from tests.support.frames import frame
from tests.support.simulated_engine import EngineWorld, Subscriber
from tests.support.simulated_session import Server

assert VENUE.api is not None
API = VENUE.api
URL = "ws://server/ws-api/v3"


class Key:
    """A key whose signature is its own API key."""

    def __init__(self, api_key: str, algorithm: str = "HMAC") -> None:
        self.api_key = api_key
        self.algorithm = algorithm

    def sign(self, payload: bytes) -> str:
        raise AssertionError("nothing is signed in the engine")


class Peer:
    """The server's end of one connection to the API."""

    def __init__(self, world: ApiWorld, server: Server) -> None:
        self.world = world
        self.server = server
        self.number = server.number
        self.subscriptions: dict[int, str] = {}
        self.logged_on: str | None = None
        self.requests: list[dict[str, Any]] = []
        self._ids = count()

    @property
    def methods(self) -> list[str]:
        return [request["method"] for request in self.requests]

    def send(self, body: object, delay: float = 0.01) -> None:
        self.server.send(frame(json.dumps(body)), delay)

    def answer(self, request: dict[str, Any], result: object, delay: float = 0.01) -> None:
        self.send({"id": request["id"], "status": 200, "result": result}, delay)

    def refuse(
        self,
        request: dict[str, Any],
        code: int,
        status: int = 400,
        delay: float = 0.01,
        **data: Any,
    ) -> None:
        error: dict[str, Any] = {"code": code, "msg": f"refused with {code}"}
        if data:
            error["data"] = data
        self.send({"id": request["id"], "status": status, "error": error}, delay)

    def event(self, id: int, event: dict[str, Any], delay: float = 0.01) -> None:
        self.send({"subscriptionId": id, "event": event}, delay)

    def publish(self, api_key: str, number: int) -> None:
        """Send a deposit of an account, as often as it is subscribed."""
        for id, key in self.subscriptions.items():
            if key == api_key:
                self.event(id, deposit(number))

    def terminate(self, id: int) -> None:
        del self.subscriptions[id]
        self.event(id, {"e": "eventStreamTerminated", "E": 1})

    def subscribe(self, api_key: str) -> int | None:
        """Subscribe to an account; None if it is subscribed already."""
        if api_key in self.subscriptions.values():
            return None
        id = next(self._ids)
        self.subscriptions[id] = api_key
        return id

    def obey(self, request: dict[str, Any]) -> None:
        """Do what is asked, and say so."""
        params = request.get("params", {})
        match request["method"]:
            case "time":
                time = round((self.world.now + self.world.skew) * 1000)
                self.answer(request, {"serverTime": time})
            case "session.logon":
                self.logged_on = params["apiKey"]
                self.answer(request, {"apiKey": params["apiKey"]})
            case "userDataStream.subscribe" | "userDataStream.subscribe.signature":
                key = params.get("apiKey", self.logged_on)
                id = self.subscribe(key)
                if id is None:
                    self.refuse(request, -2035)
                else:
                    self.answer(request, {"subscriptionId": id})
            case "userDataStream.unsubscribe":
                self.terminate(params["subscriptionId"])
                self.answer(request, {})
            case _:
                self.answer(request, {"done": request["method"]})


Reaction = Callable[[Peer, dict[str, Any]], None]


class ApiWorld(EngineWorld):
    """Runs an engine whose server has a WebSocket API."""

    def __init__(self, react: Reaction = Peer.obey, **options: Any) -> None:
        self.peers: dict[int, Peer] = {}
        self.skew = 0.0
        self.signs_after: float | None = 0.0
        self.fails_to_sign: SigningError | RequestTimeout | None = None
        self.calls: list[Call] = []
        self.answered_calls: list[tuple[Call, tuple[Any, ...]]] = []
        self.results: list[tuple[Any, BaseException | None]] = []
        self.react_api = react
        super().__init__(self._react, api=ApiServer(API, URL, self._prepare, self), **options)

    # What tests do

    def open_account(self, key: Key, **options: Any) -> tuple[Route, Subscriber]:
        """Subscribe to an account; what takes its events, and what is said about it."""
        stream = Stream(f"account {key.api_key}", API.account, {})
        queue = EventQueue(1000)
        route = Route(stream, decoder_of(API.account, Decimal), queue, **options)
        route.consumer = "notices"
        route.subscriber = subscriber = Subscriber()
        self.engine.subscribe_account(self.now, route, key)
        self._perform()
        return route, subscriber

    def close_account(self, route: Route) -> None:
        self.engine.unsubscribe(self.now, route.name, route)
        self._perform()

    def request(self, method: str, key: Key | None = None, **params: Any) -> ApiRequest:
        """Make a request; its result or error goes to ``results``."""
        request = ApiRequest(
            *(API.methods[method], params, json.loads),
            lambda result, error: self.results.append((result, error)),
            key,
        )
        self.engine.request(self.now, request)
        self._perform()
        return request

    def cut(self, number: int) -> None:
        """Lose a connection without a word."""
        self.lose(number, ConnectionLost("cut"))
        self.peers[number].subscriptions.clear()

    @property
    def peer(self) -> Peer:
        """The end of the newest connection."""
        return self.peers[max(self.peers)]

    def notices_of(self, kind: type[Notice]) -> list[Any]:
        return [notice for notice in self.notices if isinstance(notice, kind)]

    # Weights

    def answered(self, call: Call, *rest: Any) -> None:
        self.answered_calls.append((call, rest))

    # How

    def _prepare(self, call: Call) -> None:
        self.calls.append(call)
        if self.signs_after is not None:
            self.at(self.now + self.signs_after, lambda: self.finish(call))

    def finish(self, call: Call) -> None:
        """Give the engine the text of a call."""
        params = dict(call.params)
        if call.key is not None:
            params |= {"apiKey": call.key.api_key, "signature": f"of connection {call.connection}"}
        if call.has_timestamp:
            params["timestamp"] = round((self.now + call.clock_offset) * 1000)
        body: dict[str, Any] = {"id": call.id, "method": call.method.name}
        text = json.dumps(body | {"params": params} if params else body)
        prepared = Prepared(text)
        if call.key is not None and self.fails_to_sign is not None:
            prepared = Prepared(error=self.fails_to_sign)
        self.call("prepared", call, prepared)

    def _react(self, server: Server, request: dict[str, Any]) -> None:
        peer = self.peers.get(server.number)
        if peer is None:
            peer = self.peers[server.number] = Peer(self, server)
        peer.requests.append(request)
        self.react_api(peer, request)


def deposit(number: int) -> dict[str, Any]:
    """An event of an account, identified by its number."""
    return {"e": "balanceUpdate", "E": number, "a": "BTC", "d": f"{number}.0", "T": number}


def items(route: Route) -> list[Any]:
    """What waits in the route's queue: numbers of deposits, and the names of other types."""
    return [shown(item) for item in route.sink.sample(1 << 20)]


def shown(item: Any) -> Any:
    """Return a deposit's number, or the name of the item's type."""
    return getattr(item, "clear_time", type(item).__name__)
