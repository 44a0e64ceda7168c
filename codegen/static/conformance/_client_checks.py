"""Shared checks of the conformance tests that need a client, of either front end.

Copied by codegen. Do not edit it in generated/: change codegen/static/, run ``make generate``.
"""

from __future__ import annotations

import asyncio
import functools
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import websocket

from binance_streams_runtime.generated_api import (
    BinanceStreamsError,
    ParameterError,
    RequestTimeout,
    RetiredStreamWarning,
    StreamType,
)
from conformance._checks import Case, Stream, assert_alike

if TYPE_CHECKING:
    from conformance.conftest import Server

EACH_CLIENT = pytest.mark.parametrize("client", ["Client", "AsyncClient"])

# Nothing listens there, and no test may connect: what is rejected is rejected before.
NOWHERE = "ws://127.0.0.1:9"


def check_name(stream: Stream, client: str, arguments: dict[str, object], name: str) -> None:
    """Check that the arguments build the name, by catalog and method, and can be read from it."""
    assert stream.type.name(**arguments) == name
    assert _name_by_method(stream, client, arguments) == (stream.key, name)
    resolved = stream.package.CATALOG.resolve(name)
    assert (resolved.type.key, dict(resolved.parameters)) == (stream.key, arguments)
    if "symbol" in arguments:
        upper = arguments | {"symbol": str(arguments["symbol"]).upper()}
        assert stream.type.name(**upper) == name


def _name_by_method(stream: Stream, client: str, arguments: dict[str, object]) -> object:
    """Return what the client's method would subscribe to; nothing is sent."""

    def instead(type: StreamType, arguments: Any, *rest: object) -> Any:
        return type.key, type.name(**arguments)

    def call(client: Any) -> object:
        client._stream = client._candle_stream = instead
        return getattr(client, stream.method)(**arguments)

    return _with_client(stream, client, call)


def check_order_book(stream: Stream, client: str, arguments: dict[str, object], name: str) -> None:
    """Check that the method of order books hands on its arguments; nothing is sent."""
    given = {"depth": 77, "verify": True, "maxsize": 5}

    def instead(arguments: Any, *rest: object) -> Any:
        return stream.type.name(**arguments), *rest

    def call(client: Any) -> object:
        client._order_book = instead
        return client.order_book(**arguments, **given)

    assert _with_client(stream, client, call) == (name, 77, True, {"maxsize": 5})


def check_refused(stream: Stream, client: str, parameter: str, value: object) -> None:
    """Check that the method raises, before anything is connected or sent."""

    def call(client: Any) -> None:
        with pytest.raises(ParameterError, match=parameter):
            getattr(client, stream.method)(**stream.arguments | {parameter: value})

    _with_client(stream, client, call)


def _with_client(stream: Stream, client: str, call: Callable[[Any], object]) -> object:
    """Return what is made of a client, and check that nothing was connected for it."""
    made = getattr(stream.package, client)(NOWHERE)
    if client == "AsyncClient":
        return asyncio.run(_with_async_client(made, call))
    with made:
        result = call(made)
        assert made.stats().connections == ()
    return result


async def _with_async_client(client: Any, call: Callable[[Any], object]) -> object:
    async with client:
        result = call(client)
        assert (await client.stats()).connections == ()
    return result


def check_end_to_end(stream: Stream, client: str, cases: list[Case], server: Server) -> None:
    """Check that the subscribed stream delivers an event of exactly the expected types."""
    if not server.is_simulator and stream.type.is_secret:
        pytest.skip("user data needs a listen key of an account")
    with warnings.catch_warnings():
        retired = stream.type.lifecycle.retired
        warnings.simplefilter("ignore" if retired else "error", RetiredStreamWarning)
        if client == "AsyncClient":
            name, event = asyncio.run(_receive_async(stream, server))
        else:
            name, event = _receive(stream, server)
    assert_alike(stream, event, cases)
    if not server.is_simulator:
        _warn_of_unknown_keys(stream, name, cases, server)


def _receive(stream: Stream, server: Server) -> tuple[str, Any]:
    """Return the name that was subscribed to, and the first event."""
    patience = server.patience
    make = stream.package.Client
    with make(server.address, connect_timeout=patience, request_timeout=patience) as client:
        subscription = _subscribe(stream, client)
        if not server.is_simulator:
            _expect_answer(stream.package.Client, server.address, patience)
        subscription.wait(patience)
        try:
            return subscription.name, subscription.get(patience)
        except RequestTimeout:
            if server.is_simulator:
                raise
            pytest.skip(_silence(stream, subscription.name, patience))


async def _receive_async(stream: Stream, server: Server) -> tuple[str, Any]:
    """Do the same in an event loop."""
    patience = server.patience
    make = stream.package.AsyncClient
    async with make(server.address, connect_timeout=patience, request_timeout=patience) as client:
        subscription = _subscribe(stream, client)
        if not server.is_simulator:
            make_other = stream.package.Client
            await asyncio.to_thread(_expect_answer, make_other, server.address, patience)
        await subscription.wait(patience)
        try:
            return subscription.name, await subscription.get(patience)
        except RequestTimeout:
            if server.is_simulator:
                raise
            pytest.skip(_silence(stream, subscription.name, patience))


def _subscribe(stream: Stream, client: Any) -> Any:
    try:
        return getattr(client, stream.method)(**stream.arguments)
    except ParameterError as error:
        if error.name != "server":
            raise
        pytest.skip(f"{stream.key}: {error}")


def _silence(stream: Stream, name: str, patience: float) -> str:
    retired = stream.type.lifecycle.retired
    return f"{name}: " + (f"retired on {retired}" if retired else f"silent for {patience} s")


@functools.cache
def _expect_answer(make_client: Any, address: str, patience: float) -> None:
    """End the run, rather than each test after a long wait, if the server does not respond."""
    with make_client(address, connect_timeout=patience, reconnect=False) as client:
        try:
            client.list_subscriptions()
        except BinanceStreamsError as error:
            pytest.exit(f"server {address!r} does not answer: {error}", returncode=1)


def _warn_of_unknown_keys(stream: Stream, name: str, cases: list[Case], server: Server) -> None:
    """Look at one raw message; keys that the spec does not know are worth a warning."""
    venue = stream.package.VENUE
    url = {known.name: known.url for known in venue.servers}.get(server.address, server.address)
    paths = venue.paths_of(stream.type.category)
    path = f"{paths.raw}/{name}" if paths.raw else f"{paths.combined}?streams={name}"
    connection = websocket.create_connection(f"{url}{path}", timeout=server.patience)
    try:
        raw = connection.recv()
    finally:
        connection.close()
    decode = msgspec.json.decode
    payload = decode(raw) if paths.raw else decode(raw)["data"]
    known = {path for case in cases for path in _paths(decode(case.payload))}
    known |= set(_paths(decode(stream.package.encode(stream.package.decode(raw, name)))))
    known |= {path.replace(".", "/") for path in stream.type.ignored}
    unknown = sorted(set(_paths(payload)) - known)
    if unknown:
        warnings.warn(f"{name} has keys that the spec does not know: {unknown}", stacklevel=2)


def _paths(value: Any, before: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"{before}{key}"
            yield from _paths(item, f"{before}{key}/")
    elif isinstance(value, list):
        for item in value:
            yield from _paths(item, before)
