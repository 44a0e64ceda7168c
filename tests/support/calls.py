"""Calls of the WebSocket API without an engine: keys that do as asked, and what became of calls."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec

from binance_streams_runtime.catalog.api import Api, ApiMethod, ApiWeight, Security
from binance_streams_runtime.catalog.rest import RestLimits
from binance_streams_runtime.protocol.api_requests import Call, Prepared, SigningKey
from binance_streams_runtime.rest.service import RestService
from binance_streams_runtime.signing.service import ApiCalls
from binance_streams_runtime.signing.threads import SigningThreads
from tests.support.limits import LIMIT

_ids = count(1)

API_KEY = "vmPUcanaryAPIKEYcanaryAPIKEYcanaryAPIKEYcanaryAPIKEYcanary"


class Signer:
    """A key that signs with whatever it is given: a text, or a function of the payload."""

    def __init__(self, sign: Any = "signature", api_key: str = API_KEY) -> None:
        self.api_key = api_key
        self.payloads: list[bytes] = []
        self.threads: set[str] = set()
        self._sign = sign

    def sign(self, payload: bytes) -> str:
        self.payloads.append(payload)
        self.threads.add(threading.current_thread().name)
        made: str = self._sign(payload) if callable(self._sign) else self._sign
        return made


class Outcomes:
    """What was made of calls, in the order in which it came."""

    def __init__(self) -> None:
        self._queue: queue.Queue[tuple[Call, Prepared]] = queue.Queue()

    def __call__(self, call: Call, prepared: Prepared) -> None:
        self._queue.put((call, prepared))

    def next(self, timeout: float) -> tuple[Call, Prepared]:
        return self._queue.get(timeout=timeout)

    def is_empty(self) -> bool:
        return self._queue.empty()


def method(name: str = "account.status", security: Security = "USER_DATA") -> ApiMethod:
    return ApiMethod(name, "", "", security, (), (ApiWeight(1),))


def call(
    key: SigningKey | None = None,
    weight: int = 1,
    connection: int = 1,
    params: dict[str, object] | None = None,
    has_timestamp: bool = False,
    recv_window: float | None = None,
    clock_offset: float = 0.0,
    id: int | str | None = None,
) -> Call:
    return Call(
        connection,
        next(_ids) if id is None else id,
        method(),
        params or {},
        weight,
        key,
        has_timestamp,
        recv_window,
        clock_offset,
    )


def blocking(gate: threading.Event, timeout: float) -> Callable[[bytes], str]:
    """Return a function that signs once the gate is open."""

    def sign(payload: bytes) -> str:
        assert gate.wait(timeout)
        return "late"

    return sign


LIMITS = RestLimits(weight=100, window=60, used_header="X")
API: Any = msgspec.defstruct("Api", [("connect_weight", int, 2)])()


class CallingWorld:
    """A process with clients that make calls."""

    def __init__(self) -> None:
        self.service = RestService()
        self.threads = SigningThreads()
        self.clients: list[ApiCalls] = []
        # Those of other tests may just be ending.
        self._others = {*threading.enumerate()}

    def signing_threads(self) -> int:
        """How many threads sign for its keys."""
        threads = {*threading.enumerate()} - self._others
        return sum(thread.name == "binance-streams-signing" for thread in threads)

    def client(
        self, outcomes: Outcomes, timeout: float = LIMIT, limits: RestLimits | None = LIMITS
    ) -> ApiCalls:
        api: Api = API
        made = ApiCalls(api, "host", limits, timeout, outcomes, self.service, self.threads)
        self.clients.append(made)
        return made
