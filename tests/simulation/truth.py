"""What must be true of a world that has come to its end."""

from __future__ import annotations

from typing import Any

from binance_streams_runtime.notices import Disconnected, Gap, Notice
from tests.simulation.client import Client, Episode
from tests.simulation.feeds import Feed
from tests.simulation.world import World


def check(world: World) -> None:
    """Raise AssertionError if anything that is promised did not hold."""
    assert not world.broken, world.broken[0]
    _check_attempts(world)
    for client in world.clients:
        _check_agreement(world, client)
        _check_nothing_waits(client)
        for episode in client.episodes:
            # Gaps that are filled have a truth of their own.
            if episode.route.filling is None:
                _check_events(world, client, episode)
        if world.is_gentle:
            _check_seamless(client)


def _check_attempts(world: World) -> None:
    most, window = world.limits.connection_attempts, world.limits.connection_attempts_window
    for first, last in zip(world.attempted, world.attempted[most:], strict=False):
        # A window that begins with an attempt ends just before another window does.
        assert last - first >= window - 1e-6, f"more than {most} attempts in {window} s"


def _check_agreement(world: World, client: Client) -> None:
    """The subscribed and confirmed streams, and those that the server has, are the same."""
    subscribed = client.wanted
    pool = client.session._pool
    connections = list(pool.connections.values())
    assert sorted(pool.assignments) == subscribed, (
        f"assigned {sorted(pool.assignments)}, subscribed {subscribed}"
    )
    assert (
        sorted(name for connection in connections for name in connection.desired) == subscribed
    ), "the desired streams of the connections differ"
    confirmed = sorted(name for connection in connections for name in connection.confirmed)
    assert confirmed == subscribed, f"confirmed {confirmed}, subscribed {subscribed}"
    held = [one for one in client.connections.values() if one.is_held]
    assert all(one.is_open and not one.is_dead for one in held), "a dead connection is held"
    assert sorted(one.number for one in held) == sorted(pool.connections), (
        "the session has other connections than the driver"
    )
    has = sorted(name for one in held for name in one.streams)
    assert has == subscribed, f"the server has {has}, subscribed {subscribed}"
    states = {name: episode.state for name, episode in client.subscribed.items()}
    assert set(states.values()) <= {"confirmed"}, f"not confirmed: {states}"


def _check_nothing_waits(client: Client) -> None:
    pool = client.session._pool
    assert not pool.handovers, "a handover never ends"
    assert all(count == 1 for count in client.queries), "a query was not answered exactly once"
    needed = -(-len(client.wanted) // client.world.limits.streams_per_connection)
    assert len(pool.connections) <= 2 * max(needed, 1) + 1, (
        f"{len(pool.connections)} connections remain"
    )
    for connection in pool.connections.values():
        assert connection.state == "open", f"a connection is {connection.state}"
        assert connection.interrupted_at is None, "a recovery was never reported"
        rest = (
            connection._queue,
            connection._in_flight,
            connection._pending_change,
            connection._unknown,
            connection._must_list,
        )
        assert not any(rest), f"something waits forever: {rest}"
        assert len(connection._counted) == len(connection.desired), (
            "streams are counted that are gone"
        )
        assert len(connection._pending) == 0, "a request is pending forever"


def _check_events(world: World, client: Client, episode: Episode) -> None:
    feed = world.feeds[episode.name]
    log = episode.log
    last = _check_ids(feed, log) if feed.has_ids else _check_places(client, feed, log)
    if episode.state == "confirmed" and len(feed.ranges) > 0:
        # The last event was published when all had been calm for long.
        assert last == len(feed.ranges) - 1, f"{feed.name}: silent since event {last}"


def _check_ids(feed: Feed, log: list[Any]) -> int | None:
    """Delivered ids and gaps partition the range of ids; the place of the last event.

    But for events that come late: they fill what a gap had reported, once.
    """
    following: int | None = None
    last = None
    is_gap = False
    missing: set[int] = set()
    for item in log:
        if isinstance(item, Gap):
            assert following is not None, f"{feed.name}: a gap before the first event: {item}"
            assert item.first_missing == following, f"{feed.name}: {item}, due was {following}"
            assert item.last_missing is not None
            assert item.last_missing >= following, f"{feed.name}: an empty gap: {item}"
            assert not is_gap, f"{feed.name}: two gaps in a row"
            missing.update(range(item.first_missing, item.last_missing + 1))
            following, is_gap = item.last_missing + 1, True
        elif not isinstance(item, Notice):
            place = feed.place_of(item)
            first_id, last_id = feed.ranges[place]
            if missing.issuperset(range(first_id, last_id + 1)):
                missing.difference_update(range(first_id, last_id + 1))
                continue
            last = place
            assert following in (None, first_id), f"{feed.name}: {first_id}, due was {following}"
            following, is_gap = last_id + 1, False
    assert not is_gap, f"{feed.name}: a gap without an event behind it"
    return last


def _check_places(client: Client, feed: Feed, log: list[Any]) -> int | None:
    """In order, each once, and a gap wherever something may be missing."""
    last: int | None = None
    is_gap = False
    for item in log:
        if isinstance(item, Gap):
            assert item.missing is None, f"{feed.name}: {item}"
            assert last is not None, f"{feed.name}: a gap before the first event"
            is_gap = True
        elif not isinstance(item, Notice):
            place = feed.place_of(item)
            # After a loss, a connection that lags more may begin with what nothing can identify.
            may_repeat = is_gap and not feed.has_numbers
            is_new = last is None or place > last or may_repeat
            assert is_new, f"{feed.name}: event {place} after event {last}"
            between = range(place if last is None else last + 1, place)
            missing = [gone for gone in between if (feed.name, gone) not in client.skipped]
            assert is_gap or not missing, f"{feed.name}: {missing} missing without a gap"
            last, is_gap = place, False
    return last


def _check_seamless(client: Client) -> None:
    """Planned handovers lose nothing."""
    for notice in client.notices:
        assert not isinstance(notice, Gap), f"lost in a planned handover: {notice}"
        assert not (isinstance(notice, Disconnected) and notice.streams), f"interrupted: {notice}"
