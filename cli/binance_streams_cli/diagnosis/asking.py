"""Asking a server: its time by REST, and an event by the client itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import msgspec

from binance_streams_cli.diagnosis.finding import Finding, milliseconds, ok
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.stats import lag_of
from binance_streams_runtime.errors import BinanceStreamsError, ConnectionLost, RequestTimeout
from binance_streams_runtime.protocol.http import explain_status
from binance_streams_runtime.protocol.proxy import Proxy
from binance_streams_runtime.rest.answers import Answer
from binance_streams_runtime.rest.http import HttpConnection, HttpTarget
from binance_streams_runtime.times import is_microseconds

# Asked for the time, every server of the venue answers, whatever else it has.
_TIME = "/api/v3/time"

_MOST_OFFSET = 1.0
"""Seconds by which the clock of this machine may be wrong."""

_HIGH_LAG = 2.0
"""Seconds after which an event is old."""


class _Time(msgspec.Struct, rename="camel"):
    server_time: int


def rest(url: str | None, venue: Venue, proxy: Proxy | None, timeout: float) -> Iterator[Finding]:
    """Ask the REST API for the time: compare the clocks, and say how much weight is used."""
    if url is None or venue.rest is None:
        yield Finding("rest", "skip", "no REST API is known, so the clock is not compared")
        return
    connection = HttpConnection(HttpTarget(url, proxy, None))
    try:
        # The first request opens the connection, so its time says nothing about the clock.
        for _ in range(2):
            begun, sent_at = time.monotonic(), time.time()
            connection.send(_TIME, {}, begun + timeout)
            answer = connection.receive(venue.rest.used_header)
            seconds = time.monotonic() - begun
    except ConnectionLost as error:
        yield Finding("rest", "warn", f"{url}: {error.reason}", _REST_ADVICE)
        return
    finally:
        connection.close()
    if answer.status != 200:
        text = f"{url}: {explain_status(answer.status, answer.phrase)}"
        yield Finding("rest", "warn", text, _REST_ADVICE, {"status": answer.status})
    else:
        yield _weight(url, venue, answer, seconds)
    yield _clock(answer, sent_at, seconds)


_REST_ADVICE = "Streams work without it; order books and fill=True need it."


def _weight(url: str, venue: Venue, answer: Answer, seconds: float) -> Finding:
    assert venue.rest is not None
    text = f"{url} answers in {milliseconds(seconds)}"
    if answer.used is None:
        return ok("rest", text, seconds=seconds)
    limit = venue.rest.weight
    text += f"; request weight used by this IP address: {answer.used} of {limit}"
    figures: dict[str, Any] = {"seconds": seconds, "used": answer.used, "limit": limit}
    if answer.used > limit * 3 // 4:
        advice = "Another program of this IP address uses most of it: order books must wait."
        return Finding("rest", "warn", text, advice, figures)
    return ok("rest", text, **figures)


def _clock(answer: Answer, sent_at: float, seconds: float) -> Finding:
    """Compare the clocks: the answer was made between the request and its arrival."""
    try:
        raw = msgspec.json.decode(answer.body, type=_Time).server_time
    except msgspec.MsgspecError:
        raw = 0
    if raw:
        server, margin = raw / (1e6 if is_microseconds(raw) else 1e3), seconds / 2
    elif answer.server_time is not None:
        # In whole seconds.
        server, margin = answer.server_time + 0.5, 0.5 + seconds / 2
    else:
        return Finding("clock", "skip", "the server did not say its time")
    offset = server - (sent_at + seconds / 2)
    ahead = "behind" if offset > 0 else "ahead of"
    text = f"{abs(offset):.3f} s {ahead} the server's, give or take {margin:.3f} s"
    if abs(offset) - margin > _MOST_OFFSET:
        advice = (
            "Set the clock of this machine (NTP): lag is measured by it, and files are named by "
            "it. Requests of accounts are signed with the server's time, so they work."
        )
        return Finding("clock", "warn", text, advice, {"offset": offset, "margin": margin})
    return ok("clock", text, offset=offset, margin=margin)


def first_event(client: Any, name: str, timeout: float, event_timeout: float) -> Iterator[Finding]:
    """Subscribe to a stream as programs do, and wait for its first event."""
    begun = time.monotonic()
    try:
        subscription = client.subscribe(name)
        subscription.wait(timeout)
        confirmed = time.monotonic() - begun
    except (BinanceStreamsError, OSError) as error:
        yield Finding("subscribe", "fail", f"{name}: {error}", _REASONS_ABOVE)
        return
    text = f"{name} was confirmed {milliseconds(confirmed)} after the client was made"
    yield ok("subscribe", text, seconds=confirmed)
    try:
        event = subscription.get(timeout=event_timeout)
    except RequestTimeout as error:
        advice = "Try a stream that is busy, with --stream."
        yield Finding("event", "warn", f"{name}: {error}", advice)
        return
    except (BinanceStreamsError, OSError) as error:
        yield Finding("event", "fail", f"{name}: {error}", _REASONS_ABOVE)
        return
    seconds = time.monotonic() - begun
    lag = lag_of(event, time.time())
    text = f"the first event came after {milliseconds(seconds)}"
    if lag is not None:
        text += f", {milliseconds(lag)} after its own time" if lag >= 0 else ", before its own time"
    if lag is not None and lag > _HIGH_LAG:
        advice = "The clock of this machine is wrong, or the connection is slow."
        yield Finding("event", "warn", text, advice, {"seconds": seconds, "lag": lag})
        return
    yield ok("event", text, seconds=seconds, lag=lag)


_REASONS_ABOVE = "The lines above say at which step the way to the server ends."
