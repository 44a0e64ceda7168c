"""When an account's state is asked for again, and when the error is raised."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from binance_streams import (
    VENUE,
    BinanceStreamsError,
    ClientClosed,
    ConnectionLost,
    ParameterError,
    RequestError,
    RequestTimeout,
    SetupError,
    SigningError,
)
from binance_streams_runtime.client.account import StateAttempts


def account(state: str = "confirmed") -> Any:
    """As much of an account as attempts look at."""
    api = VENUE.api
    assert api is not None
    return SimpleNamespace(_api=api, _rules=api.state, _state=SimpleNamespace(value=state))


PASSING = [
    ConnectionLost("reset"),
    RequestTimeout("no answer"),
    RequestError(-1001, "Internal error", status=500),
    RequestError(-1003, "Too many requests queued.", status=429),
    RequestError(-1021, "Timestamp for this request is outside of the recvWindow."),
    RequestError(-9999, "unknown", status=503),
    RequestError(None, "unknown", status=418),
    # It names no request: the session was revoked, and what follows is signed by itself.
    RequestError(-2015, "Invalid API-key, IP, or permissions for action.", status=401),
]
LASTING = [
    SetupError("no certificates"),
    ClientClosed("closed"),
    SigningError("the key does not sign"),
    RequestError(-2015, "Invalid API-key, IP, or permissions for action.", 7, status=401),
    RequestError(-2015, "Invalid API-key, IP, or permissions for action.", status=400),
    RequestError(-9999, "unknown", status=400),
    RequestError(None, "unknown"),
]


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_may_pass_is_tried_again(error: BinanceStreamsError) -> None:
    """At once, then after growing pauses."""
    attempts = StateAttempts(account(), None)
    pauses = [attempts.pause_after(error) for _ in range(7)]
    assert pauses == [0, 0.25, 0.75, 1.75, 3.75, 5, 5]


@pytest.mark.parametrize("error", LASTING, ids=repr)
def test_what_cannot_pass_is_raised(error: BinanceStreamsError) -> None:
    with pytest.raises(type(error)) as caught:
        StateAttempts(account(), None).pause_after(error)
    assert caught.value is error


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_nothing_is_tried_once_it_has_ended_or_time_is_over(error: BinanceStreamsError) -> None:
    for attempts in (StateAttempts(account("ended"), None), StateAttempts(account(), 0)):
        with pytest.raises(type(error)):
            attempts.pause_after(error)


def test_a_pause_is_as_long_as_the_server_wants_but_no_longer_than_the_limit() -> None:
    error = RequestError(-1003, "Too many requests queued.", status=429, retry_after=40.0)
    assert StateAttempts(account(), None).pause_after(error) == 40.0
    assert 0 < StateAttempts(account(), 20).pause_after(error) <= 20


@pytest.mark.parametrize("timeout", [-1, "5", True, float("nan"), 10**9])
def test_the_limit_is_checked(timeout: Any) -> None:
    with pytest.raises(ParameterError, match="timeout"):
        StateAttempts(account(), timeout)
