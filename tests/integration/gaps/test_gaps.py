"""Updates that are missing, come twice, or come in another order."""

from __future__ import annotations

import itertools
import threading

import pytest

from binance_streams import Duplicates, Gap
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.frames import frame, trade_frame, wrapped
from tests.support.limits import LIMIT, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import when
from tests.support.watching import Notices, ids, outline, take

STREAMS = {
    "btcusdt@trade": ("trade_id", "trade_id"),
    "btcusdt@aggTrade": ("aggregate_trade_id", "aggregate_trade_id"),
    "btcusdt@depth@100ms": ("first_update_id", "last_update_id"),
}


@pytest.mark.parametrize("name", STREAMS)
def test_what_is_missing_is_reported_with_its_ids(
    connect: Connect, simulator: Simulator, name: str
) -> None:
    first, last = STREAMS[name]
    subscription = connect(simulator.url).subscribe(name)
    items = subscription.with_notices()
    before = take(items, 5)[-1]
    simulator.skip_events(name, 3)
    for item in items:
        if isinstance(item, Gap):
            gap = item
            break
        before = item
    (after,) = take(items, 1)
    assert gap.first_missing == getattr(before, last) + 1
    assert gap.last_missing == getattr(after, first) - 1
    assert gap.missing is not None
    assert gap.missing >= 3
    stats = subscription.stats()
    assert (stats.gaps, stats.missing) == (1, gap.missing)


@pytest.mark.parametrize("name", STREAMS)
def test_what_is_repeated_is_dropped_and_counted(
    connect: Connect, simulator: Simulator, name: str
) -> None:
    first, last = STREAMS[name]
    notices = Notices()
    subscription = connect(simulator.url, on_notice=notices).subscribe(name)
    subscription.get(LIMIT)
    simulator.repeat_events(name, 4)
    wait_until(lambda: subscription.stats().duplicates == 4)
    wait_until(lambda: sum(notice.count for notice in notices.of(Duplicates)) == 4)
    events = take(iter(subscription), subscription.stats().waiting)
    for before, after in itertools.pairwise(events):
        assert getattr(after, first) == getattr(before, last) + 1
    assert notices.of(Gap) == []


def test_what_comes_late_is_delivered_and_named(connect: Connect) -> None:
    order = [1, 2, 5, 3, 4, 6, 9, 8, 10]
    # Notices are among the events only from the beginning of the iteration on.
    is_iterated = threading.Event()

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        for number in order:
            peer.send(trade_frame(number))
        peer.drain()

    with RawServer(when(is_iterated, handle)) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        items = subscription.with_notices()
        is_iterated.set()
        wait_until(lambda: subscription.stats().messages == len(order))
        seen = outline(take(items, 14))
        late = ["Late", 3, "Late", 4]
        assert seen == [1, 2, (3, 4), 5, *late, 6, (7, 8), 9, "Late", 8, 10]
        stats = subscription.stats()
        assert (stats.gaps, stats.missing, stats.late, stats.duplicates) == (2, 4, 3, 0)


def depth(first: int, last: int) -> bytes:
    payload = (
        f'{{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":{first},"u":{last},"b":[],"a":[["1","2"]]}}'
    )
    return frame(wrapped("btcusdt@depth", payload))


def test_ranges_of_depth_updates(connect: Connect) -> None:
    """One that overlaps what came is kept: part of it is new."""

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        for first, last in [(1, 5), (6, 6), (9, 12), (9, 12), (11, 14), (15, 15)]:
            peer.send(depth(first, last))
        peer.drain()

    notices = Notices()
    with RawServer(handle) as server:
        subscription = connect(server.url, on_notice=notices).diff_book_depth("BTCUSDT")
        events = take(iter(subscription), 5)
        assert [(event.first_update_id, event.last_update_id) for event in events] == [
            (1, 5),
            (6, 6),
            (9, 12),
            (11, 14),
            (15, 15),
        ]
        (gap,) = notices.wait_for(Gap)
        assert (gap.first_missing, gap.last_missing, gap.missing) == (7, 8, 2)
        assert sum(notice.count for notice in notices.wait_for(Duplicates)) == 1


def test_one_streams_gap_is_not_anothers(connect: Connect, simulator: Simulator) -> None:
    notices = Notices()
    client = connect(simulator.url, on_notice=notices)
    broken, whole = client.trade("BTCUSDT"), client.trade("ETHUSDT")
    broken.get(LIMIT)
    whole.get(LIMIT)
    simulator.skip_events("btcusdt@trade", 2)
    (gap,) = notices.wait_for(Gap)
    assert gap.stream == "btcusdt@trade"
    seen = ids(take(iter(whole), 20))
    assert seen == list(range(seen[0], seen[0] + 20))
    assert whole.stats().gaps == 0
