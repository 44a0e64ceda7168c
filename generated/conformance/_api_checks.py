"""Shared checks of the conformance of the WebSocket API.

Copied by codegen. Do not edit it in generated/: change codegen/static/, run ``make generate``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from binance_streams_runtime.generated_api import (
    Api,
    Call,
    SigningKey,
    UndecodableError,
    checked_params,
    concrete,
    json_decoder,
    prepared,
    signed_payload,
)
from conformance._checks import Case, Record, Rows, Stream, assert_is

# Nothing listens there, and no test may connect.
NOWHERE = "ws://127.0.0.1:9"


@dataclass(frozen=True)
class Method:
    """A method, parameters that it takes and refuses, and what requests weigh."""

    name: str
    security: str
    is_signed: bool
    is_public: bool
    good: dict[str, Any]
    sent: dict[str, Any]
    required: tuple[str, ...]
    wrong: dict[str, list[Any]]
    weights: list[tuple[dict[str, Any], int]]


@dataclass(frozen=True)
class Signed:
    """A request with a known signature."""

    id: str
    key: Callable[[], SigningKey]
    needs_cryptography: bool
    method: str
    given: dict[str, Any]
    timestamp: int
    payload: bytes
    signature: str
    text: bytes | None = None

    def make_key(self) -> SigningKey:
        if self.needs_cryptography:
            pytest.importorskip("cryptography", reason="NOT CHECKED: cryptography is missing")
        return self.key()


class Results(Rows):
    """The results of the methods; a case's stream is the method."""

    def _decode(self, case: Case, payload: bytes, numbers: type[Any]) -> Any:
        type = self.package.VENUE.api.methods[case.stream].result
        return json_decoder(concrete(type, numbers), numbers).decode(payload)


class Events(Stream):
    """The events of accounts; a case's stream is the struct."""

    def decode(self, case: Case, numbers: type[Any]) -> Any:
        return self.package.decode(case.payload, self.struct(case.stream), numbers)

    def decode_mutant(self, case: Case, payload: bytes) -> Any:
        return self.package.decode(payload, self.struct(case.stream))


def check_method(api: Api, method: Method) -> None:
    """Check its entry, and that parameters are sent as the venue reads them."""
    known = api.methods[method.name]
    assert (known.name, known.security) == (method.name, method.security)
    assert (known.is_signed, known.is_by_client) == (method.is_signed, not method.is_public)
    assert {item.name for item in known.parameters if item.is_required} == set(method.required)
    assert {item.name for item in known.parameters} == set(method.wrong)
    assert checked_params(known, method.good, api.max_recv_window) == method.sent
    assert list(checked_params(known, method.good, api.max_recv_window)) == list(method.sent)
    for params, weight in method.weights:
        assert known.weight(params) == weight, params


def check_hands_on(package: Any, client: str, method: Method) -> None:
    """Check that an account's method hands on the name and the parameters."""

    class Account:
        def _request(self, name: str, params: dict[str, Any]) -> object:
            return name, params

    class AsyncAccount:
        async def _request(self, name: str, params: dict[str, Any]) -> object:
            return name, params

    sent: Any
    if client == "AsyncClient":
        sent = asyncio.run(package.AsyncAccount.request(AsyncAccount(), method.name, **method.good))
    else:
        sent = package.Account.request(Account(), method.name, **method.good)
    assert sent == (method.name, method.good)


def check_hands_on_account(package: Any, client: str) -> None:
    """Check that the client's method hands on its arguments; nothing is sent."""

    def instead(*arguments: object) -> object:
        return arguments

    def call(made: Any) -> Any:
        made._account = instead
        return made.account("the key", recv_window=5, maxsize=3)

    async def call_async() -> Any:
        async with package.AsyncClient(NOWHERE) as made:
            return call(made)

    if client == "AsyncClient":
        kind, *rest = asyncio.run(call_async())
        assert kind.__origin__ is package.AsyncAccount
    else:
        with package.Client(NOWHERE) as made:
            kind, *rest = call(made)
        assert kind.__origin__ is package.Account
    assert rest == ["the key", 5, {"maxsize": 3}]
    assert kind.__origin__.state_type is package.AccountState


def check_payload(signed: Signed) -> None:
    """Check what is signed, and the signature."""
    key = signed.make_key()
    params = {**signed.given, "timestamp": signed.timestamp, "apiKey": key.api_key}
    assert signed_payload(params) == signed.payload
    assert signed_payload({**params, "signature": "x"}) == signed.payload
    assert key.sign(signed.payload) == signed.signature


def check_request(api: Api, signed: Signed) -> None:
    """Check the whole text of a request whose time is the example's."""
    method = api.methods[signed.method]
    params = checked_params(method, signed.given, api.max_recv_window)
    key = signed.make_key()
    call = Call(1, 1, method, params, method.weight(params), key, has_timestamp=True)
    # Half a millisecond later, as it is cut off.
    seconds = Decimal(signed.timestamp) / 1000 + Decimal("0.0005")
    outcome = prepared(call, lambda: float(seconds))
    assert outcome.error is None
    assert outcome.text.encode() == signed.text


def check_event_in_its_envelope(stream: Events, case: Case, numbers: type[Any]) -> None:
    """Check that an event, bare and in its envelope, becomes exactly what is expected."""
    assert_is(stream, stream.decode(case, numbers), case.expected, numbers)
    for wrapped in (
        b'{"subscriptionId":65535,"event":' + case.payload + b"}",
        b'{"event":' + case.payload + b"}",
    ):
        event = stream.package.decode(wrapped, stream.struct(case.stream), numbers)
        assert_is(stream, event, case.expected, numbers)


def check_order(stream: Events, api: Api, case: Case, expected: Record, numbers: type[Any]) -> None:
    """Check that an execution report becomes an order with the same values."""
    rules = api.state
    assert rules is not None
    order = rules.order_of(stream.decode(case, numbers))
    assert_is(stream, order, expected, numbers)
    assert getattr(order, rules.status) in rules.open | rules.closed
    with pytest.raises((UndecodableError, msgspec.DecodeError)):
        json_decoder(concrete(type(order), numbers), numbers).decode(b"{}")
