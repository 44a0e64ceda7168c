"""Whether a client does what its user expects, in one word and with the reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from binance_streams_runtime.engine import Engine
from binance_streams_runtime.errors import redacted
from binance_streams_runtime.pipeline.idle import no_event_yet
from binance_streams_runtime.pipeline.route import Route

if TYPE_CHECKING:
    from binance_streams_runtime.client.client_engine import ClientEngine

Status = Literal["ok", "degraded", "down"]

RECENT = 60.0
"""Seconds for which a client that has dropped an event, or not recorded one, is degraded."""

BEHIND = 5.0
"""Seconds for which a line may wait to be recorded."""

PENDING = 10.0
"""Seconds for which a stream may wait for the server's confirmation."""


class Health(Struct, frozen=True):
    """Whether a client does what its user expects.

    ``ok``: it does, or nothing is subscribed. ``degraded``: events come, but not all of them; the
    ``reasons`` say what is wrong, a sentence for each kind. ``down``: something is subscribed and
    nothing is confirmed, or errors have ended all streams, or the client is closed.
    """

    status: Status
    reasons: tuple[str, ...] = ()


def client_health(client: ClientEngine[Any, Any], now: float) -> Health:
    """Judge a client at the monotonic time ``now``; only the driver may call it."""
    if client.is_closed:
        return Health("down", ("the client is closed",))
    health = engine_health(client._engine, now, client._settings.first_event_timeout)
    reasons = tuple(_of_recordings(client, now))
    if not reasons:
        return health
    status = "degraded" if health.status == "ok" else health.status
    return Health(status, (*health.reasons, *reasons))


def engine_health(engine: Engine, now: float, first_event_timeout: float | None) -> Health:
    """Judge an engine at the time ``now`` of its clock."""
    routes = list(engine.router)
    if not routes and engine.failure is not None:
        return _health("down", [f"all streams have ended: {engine.failure}"])
    pending = [route for route in routes if not route.is_confirmed]
    if pending and len(pending) == len(routes):
        reason, _ = engine.reason_of(now, pending[0], is_confirmed=False)
        return _health("down", [f"no stream is confirmed: {reason}"])
    reasons = [
        *_of_pending(engine, now, routes, pending),
        *_of_connections(engine),
        *_of_redundancy(engine, routes),
        *_of_silence(engine, now, routes, first_event_timeout),
        *_of_queues(engine, now),
        *_of_books(engine),
    ]
    return _health("degraded" if reasons else "ok", reasons)


def _health(status: Status, reasons: Sequence[str]) -> Health:
    # What a server or a proxy has said may repeat a listen key.
    return Health(status, tuple(map(redacted, reasons)))


def _of_pending(
    engine: Engine, now: float, routes: Sequence[Route], pending: Sequence[Route]
) -> Iterator[str]:
    overdue = [
        route
        for route in pending
        if route.pending_since is not None and now - route.pending_since > PENDING
    ]
    if overdue:
        reason, _ = engine.reason_of(now, overdue[0], is_confirmed=False)
        what = _shown(overdue, len(routes), "is", "are")
        yield f"{what} not confirmed for more than {PENDING:g} s: {reason}"


def _of_connections(engine: Engine) -> Iterator[str]:
    for connection in engine.connections():
        if connection.state != "open" and connection.failure is not None and connection.is_used:
            yield f"connection {connection.number} is {connection.state}: {connection.failure}"


def _of_redundancy(engine: Engine, routes: Sequence[Route]) -> Iterator[str]:
    reduced = engine.session.reduced()
    found = [route for route in routes if route.label in reduced]
    if found:
        what = _shown(found, len(routes), "is", "are")
        yield f"{what} carried by fewer connections than the client's redundancy"


def _of_silence(
    engine: Engine, now: float, routes: Sequence[Route], first_event_timeout: float | None
) -> Iterator[str]:
    if engine.is_paused:
        yield "nothing is read, because a queue with the policy block is full"
        return
    watched = [
        route
        for route in routes
        if route.is_confirmed and (route.is_fed or route.subscriber is not None)
    ]
    idle = [route for route in watched if _is_idle(route, now)]
    if idle:
        yield f"{_shown(idle, len(routes), 'has', 'have')} been idle for more than max_idle"
    if first_event_timeout is None:
        return
    limit = first_event_timeout
    empty = [
        route
        for route in watched
        if not route.has_events
        and not route.is_account
        and route.confirmed_at is not None
        and now - route.confirmed_at > limit
    ]
    if empty:
        what = _shown(empty, len(routes), "has", "have")
        yield f"{what} delivered no event within {limit:g} s: {no_event_yet(empty[0])}"


def _is_idle(route: Route, now: float) -> bool:
    if route.max_idle is None or route.confirmed_at is None:
        return False
    return now - max(route.confirmed_at, route.last_received or 0.0) > route.max_idle


def _of_queues(engine: Engine, now: float) -> Iterator[str]:
    delivery = engine.delivery
    routes = [*engine.router, *delivery.derived]
    dropping = [route for route in routes if _is_recent(route.dropped_at, now)]
    if dropping:
        what = _shown(dropping, len(routes), "has", "have")
        yield f"{what} dropped events in the last {RECENT:g} s, as a queue was full"
    if _is_recent(delivery.client_dropped_at, now):
        yield f"the client's own queue has dropped events in the last {RECENT:g} s"
    for route, count in engine.unread.forgotten():
        whose = "the client's own queue" if route is None else route.label
        yield f"{count} events wait that nothing takes: {whose}"
        return


def _is_recent(at: float | None, now: float) -> bool:
    return at is not None and now - at <= RECENT


def _of_books(engine: Engine) -> Iterator[str]:
    feeds = list(engine.books)
    wrong = [feed for feed in feeds if not feed.local.is_synced]
    if wrong:
        local = wrong[0].local
        what = _shown([feed.route for feed in wrong], len(feeds), "is", "are", "order books")
        yield f"{what} not synced: {local.state}, {local.reason}"


def _of_recordings(client: ClientEngine[Any, Any], now: float) -> Iterator[str]:
    for recording in client.recordings.all:
        stats = recording.stats()
        if stats.failure is not None:
            yield f"nothing is recorded in {recording.path}: {stats.failure}"
        elif stats.seconds_behind > BEHIND:
            seconds = round(stats.seconds_behind)
            yield f"the recording in {recording.path} is {seconds} s behind, as the disk is slow"
    if _is_recent(client.recordings.lost_at, now):
        yield f"not everything was recorded in the last {RECENT:g} s"


def _shown(routes: Sequence[Route], count: int, one: str, many: str, kind: str = "streams") -> str:
    """Say which of ``count`` streams, with the verb."""
    if len(routes) == 1:
        name = routes[0].label
        return f"{name} {one}" if kind == "streams" else f"the order book of {name} {one}"
    return f"{len(routes)} of {count} {kind}, such as {routes[0].label}, {many}"
