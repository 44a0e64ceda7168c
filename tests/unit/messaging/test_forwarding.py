"""Snapshots of order books that are rolled forward by the updates of a log."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import msgspec
import pytest
from msgspec.structs import replace

from binance_streams_runtime.catalog.rest import OrderBookRules
from binance_streams_runtime.messaging.forwarding import ForwardedSnapshot
from binance_streams_runtime.messaging.reordering import Logged
from binance_streams_runtime.order_book.levels import Side
from binance_streams_runtime.order_book.messages import Messages
from tests.support.true_book import Snapshot, TrueBook, Update, rules

LEVELS = 8


def rules_of(is_linked: bool) -> OrderBookRules:
    """The rules of a small market, whose updates are written as they are named here."""
    given = rules(is_linked=is_linked)
    return replace(given, updates=replace(given.updates, events=(Update,)))


def updates_of(server: TrueBook, random: Random, count: int) -> list[Update]:
    """What a server sends while its book changes."""
    updates = []
    for _ in range(count):
        for _ in range(random.randrange(1, 4)):
            server.change()
        update = server.update()
        assert update is not None
        updates.append(update)
    return updates


def logged(number: int, update: Update, by: str = "a") -> Logged:
    ids = update.first_update_id, update.last_update_id
    return Logged(number, number / 10, *ids, by, msgspec.json.encode(update))


def in_a_log(updates: list[Update], random: Random) -> list[Logged]:
    """Updates out of order and some of them twice, as several collectors write them."""
    places = [(n + random.random() * 6, update) for n, update in enumerate(updates)]
    places += [(n + 20 * random.random(), one) for n, one in places if random.random() < 0.2]
    places.sort(key=lambda place: place[0])
    return [logged(n, update, random.choice("ab")) for n, (_, update) in enumerate(places, 1)]


def known(side: Side) -> dict[Decimal, Decimal]:
    return {Decimal(level.price): Decimal(level.quantity) for level in side.known()}


def assert_right(given: OrderBookRules, server: TrueBook, body: bytes) -> Snapshot:
    """The body is that of the server's best levels at its id, and is understood to be cut."""
    snapshot = msgspec.json.decode(body, type=Snapshot)
    book = Messages(given).book(snapshot, 16)
    truth = server.history[snapshot.last_update_id][-1]
    for side, levels in zip((book.bids, book.asks), truth, strict=True):
        found = known(side)
        assert side.horizon is not None
        best = sorted(levels, reverse=side is book.bids)[: len(found)]
        assert found == {price: levels[price] for price in best}
    return snapshot


@pytest.mark.parametrize("seed", range(40))
def test_it_is_the_servers_book_at_the_last_update(seed: int) -> None:
    """Whatever the order of the log, which begins before the snapshot."""
    random = Random(seed)
    server, given = TrueBook(random), rules_of(is_linked=False)
    before = updates_of(server, random, 100)
    server.change()
    snapshot = server.snapshot(LEVELS)
    updates = updates_of(server, random, 40)
    forwarded = ForwardedSnapshot(given, msgspec.json.encode(snapshot), 16)
    forwarded.take(in_a_log(before + updates, random))
    body = forwarded.end()
    assert forwarded.interrupted_at is None
    # All levels that were known may be gone.
    if body is not None:
        assert assert_right(given, server, body).last_update_id == server.id


@pytest.mark.parametrize("seed", range(10))
def test_updates_that_repeat_the_id_of_the_one_before(seed: int) -> None:
    random = Random(seed)
    server, given = TrueBook(random, is_linked=True), rules_of(is_linked=True)
    before = updates_of(server, random, 10)
    snapshot = server.snapshot(LEVELS)
    updates = updates_of(server, random, 5)
    forwarded = ForwardedSnapshot(given, msgspec.json.encode(snapshot), 16)
    forwarded.take(logged(n, update) for n, update in enumerate(before + updates, 1))
    body = forwarded.end()
    assert body is not None
    assert assert_right(given, server, body).last_update_id == server.id


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("is_linked", [False, True])
def test_it_ends_at_the_first_update_that_is_missing(seed: int, is_linked: bool) -> None:
    random = Random(seed)
    server, given = TrueBook(random, is_linked=is_linked), rules_of(is_linked)
    body = msgspec.json.encode(server.snapshot(LEVELS))
    updates = updates_of(server, random, 6)
    missing = updates.pop(3)
    forwarded = ForwardedSnapshot(given, body, 16)
    forwarded.take(logged(n, update) for n, update in enumerate(updates, 1))
    newer = forwarded.end()
    assert forwarded.interrupted_at == 0.4
    assert newer is not None
    snapshot = assert_right(given, server, newer)
    assert snapshot.last_update_id == missing.previous_update_id


def test_without_updates_it_is_not_newer() -> None:
    random = Random(1)
    server = TrueBook(random)
    before = updates_of(server, random, 3)
    body = msgspec.json.encode(server.snapshot(LEVELS))
    forwarded = ForwardedSnapshot(rules_of(is_linked=False), body, 16)
    forwarded.take(logged(n, update) for n, update in enumerate(before, 1))
    assert forwarded.end() is None


def test_a_book_whose_known_levels_are_gone_is_not_used() -> None:
    random = Random(1)
    server = TrueBook(random)
    body = msgspec.json.encode(server.snapshot(4))
    server.rush()
    update = server.update()
    assert update is not None
    forwarded = ForwardedSnapshot(rules_of(is_linked=False), body, 4)
    forwarded.take([logged(1, update)])
    assert forwarded.end() is None


def test_an_update_that_cannot_be_decoded_ends_it() -> None:
    """It may have been applied by half."""
    random = Random(1)
    server = TrueBook(random)
    body = msgspec.json.encode(server.snapshot(LEVELS))
    first, second = updates_of(server, random, 2)
    forwarded = ForwardedSnapshot(rules_of(is_linked=False), body, 16)
    forwarded.take([logged(1, first), logged(2, second)._replace(item=b"{}")])
    assert forwarded.end() is None
    assert forwarded.interrupted_at == 0.2


def test_a_snapshot_that_cannot_be_decoded() -> None:
    with pytest.raises(ValueError, match="last_update_id"):
        ForwardedSnapshot(rules_of(is_linked=False), b"{}", 16)


def test_a_whole_book_stays_whole() -> None:
    server = TrueBook(Random(1))
    body = msgspec.json.encode(server.snapshot(1000))
    updates = updates_of(server, Random(1), 5)
    forwarded = ForwardedSnapshot(rules_of(is_linked=False), body, 1000)
    forwarded.take(logged(n, update) for n, update in enumerate(updates, 1))
    newer = forwarded.end()
    assert newer is not None
    snapshot = msgspec.json.decode(newer, type=Snapshot)
    book = Messages(rules_of(is_linked=False)).book(snapshot, 1000)
    assert (known(book.bids), known(book.asks)) == server.history[server.id][-1]


@pytest.mark.parametrize("is_linked", [False, True])
def test_an_update_that_the_snapshot_holds_changes_nothing(is_linked: bool) -> None:
    """Its ids show that, even if the log does not give them."""
    random = Random(1)
    server, given = TrueBook(random, is_linked=is_linked), rules_of(is_linked)
    (before,) = updates_of(server, random, 1)
    body = msgspec.json.encode(server.snapshot(LEVELS))
    (update,) = updates_of(server, random, 1)
    forwarded = ForwardedSnapshot(given, body, 16)
    old = logged(1, before)._replace(first=None, last=None)
    forwarded.take([old, logged(2, update)])
    newer = forwarded.end()
    assert forwarded.interrupted_at is None
    assert newer is not None
    assert assert_right(given, server, newer).last_update_id == server.id
