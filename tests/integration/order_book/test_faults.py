"""What a book does about a connection that is lost, updates that are missing, and a wrong book."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from binance_streams import BookMismatch, BookResynced, Gap
from binance_streams_simulator import Simulator
from tests.support.books import assert_right, is_deep
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MS, wait_until
from tests.support.watching import Notices

NAME = "btcusdt@depth@100ms"


def synced(client: Any, simulator: Simulator, **options: Any) -> Any:
    """A book that is right and deep."""
    book = client.order_book("BTCUSDT", **options)
    book.wait(LIMIT)
    wait_until(lambda: is_deep(book))
    return book


def goes_on(book: Any) -> None:
    """The book is synced, and gets updates."""
    wait_until(lambda: book.state == "synced")
    seen = book.last_update_id
    wait_until(lambda: book.state == "synced" and book.last_update_id > seen + 20)


def test_a_cut_is_survived(connect: Connect, simulator: Simulator) -> None:
    """The old levels can be read meanwhile, and nobody is led to believe that they are right."""
    notices = Notices()
    book = synced(connect(simulator.url, on_notice=notices), simulator)
    simulator.refuse_connections()
    simulator.drop_connections()
    wait_until(lambda: book.state == "stale")
    best = book.best_bid
    assert best is not None
    assert book.reason
    seen = book.last_update_id
    wait_until(lambda: simulator.order_book("BTCUSDT")[0] > seen + 50)
    assert book.last_update_id == seen
    simulator.accept_connections()
    goes_on(book)
    assert_right(simulator, book)
    (notice,) = notices.wait_for(BookResynced)
    assert notice.update_id > seen
    assert notice.seconds > 0


def test_a_skipped_update_is_no_wrong_book(connect: Connect, simulator: Simulator) -> None:
    notices = Notices()
    book = synced(connect(simulator.url, on_notice=notices), simulator)
    simulator.skip_events(NAME)
    notices.wait_for(BookResynced)
    goes_on(book)
    assert_right(simulator, book)
    assert notices.of(Gap)


def test_a_handover_asks_for_no_snapshot(connect: Connect, simulator: Simulator) -> None:
    """Another connection takes over without a gap, so the book just goes on."""
    notices = Notices()
    client = connect(simulator.url, on_notice=notices, handover_timeout=LIMIT)
    book = synced(client, simulator, depth=1000, verify=False)
    before = len(simulator.rest_requests)
    simulator.shutdown_notice()
    wait_until(lambda: simulator.connection_attempts == 2)
    wait_until(lambda: len(simulator.subscriptions) == 1 and client.stats().reconnects == 1)
    goes_on(book)
    assert_right(simulator, book)
    assert len(simulator.rest_requests) == before
    assert notices.of(BookResynced) == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_refused_snapshot_is_asked_for_again(
    connect: Connect, simulator: Simulator, status: int
) -> None:
    retry_after = 1 if status == 429 else None
    simulator.refuse_rest(status, retry_after=retry_after, requests=1)
    book = connect(simulator.url).order_book("BTCUSDT", depth=100)
    book.wait(LIMIT)
    goes_on(book)
    assert_right(simulator, book)
    assert [call.status for call in simulator.rest_requests] == [status, 200]


def test_a_snapshot_that_lags_behind_is_not_believed(
    connect: Connect, simulator: Simulator
) -> None:
    simulator.rest_lag(0.0, snapshots=300 * MS)
    book = connect(simulator.url).order_book("BTCUSDT", depth=100)
    wait_until(lambda: len(simulator.rest_requests) >= 1)
    simulator.rest_lag(0.0)
    goes_on(book)
    assert_right(simulator, book)


def test_ids_that_begin_anew_begin_a_new_book(connect: Connect, simulator: Simulator) -> None:
    notices = Notices()
    book = synced(connect(simulator.url, on_notice=notices), simulator, verify=False)
    before = book.last_update_id
    simulator.restart_ids("BTCUSDT")
    notices.wait_for(BookResynced)
    goes_on(book)
    assert book.last_update_id < before
    assert_right(simulator, book)


def test_updates_without_their_levels_are_found_out(connect: Connect, simulator: Simulator) -> None:
    """Their ids are right; only the stream of the best bid and ask shows that something is not."""
    notices = Notices()
    book = synced(connect(simulator.url, on_notice=notices), simulator, verify=True)
    wait_until(lambda: {"btcusdt@bookTicker", NAME} <= set().union(*simulator.subscriptions))
    simulator.empty_events(NAME, 20)
    (mismatch,) = notices.wait_for(BookMismatch)[:1]
    assert mismatch.book != mismatch.server
    wait_until(lambda: notices.of(BookResynced))
    goes_on(book)
    wait_until(lambda: assert_right_soon(simulator, book))


def assert_right_soon(simulator: Simulator, book: Any) -> bool:
    """Whether the book is right: the emptied updates may not be over yet."""
    try:
        assert_right(simulator, book)
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize("kind", [Decimal, float])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_subscription_to_the_streams_of_a_book(
    connect: Connect, simulator: Simulator, kind: type[Any], is_first: bool
) -> None:
    """The book and the user get the same events, each in their own way, whoever comes first."""
    client: Any = connect(simulator.url, numbers=kind)
    if is_first:
        updates, tickers = client.diff_book_depth("btcusdt", 100), client.book_ticker("btcusdt")
    book = synced(client, simulator, verify=True)
    if not is_first:
        updates, tickers = client.diff_book_depth("btcusdt", 100), client.book_ticker("btcusdt")
    updates.wait(LIMIT)
    tickers.wait(LIMIT)
    previous = updates.get(LIMIT)
    for _ in range(5):
        update = updates.get(LIMIT)
        assert update.first_update_id == previous.last_update_id + 1
        previous = update
    assert isinstance(tickers.get(LIMIT).best_bid_price, kind)
    assert set(client.subscriptions) == {updates, tickers}
    updates.unsubscribe()
    tickers.unsubscribe()
    goes_on(book)
    assert_right(simulator, book)
    book.close()
    wait_until(lambda: simulator.subscriptions in ([], [set()]))


def test_the_book_ends_and_the_user_keeps_the_stream(
    connect: Connect, simulator: Simulator
) -> None:
    client = connect(simulator.url)
    book = synced(client, simulator)
    updates = client.diff_book_depth("btcusdt", 100)
    updates.get(LIMIT)
    book.close()
    for _ in range(20):
        assert isinstance(updates.get(LIMIT).bids, list)
    # The updates may have been there before the book was closed.
    wait_until(lambda: simulator.subscriptions == [{NAME}])
