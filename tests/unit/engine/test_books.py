"""Order books in the engine: whose streams, which requests, what is delivered, and the end."""

from __future__ import annotations

from typing import Any

from binance_streams import BookChange, BookResynced, QueueOverflow, RequestError
from binance_streams_runtime.protocol.rest import Need, RestFailure
from tests.support.engine_books import BookEngine
from tests.support.frames import frame, wrapped

UPDATES = "btcusdt@depth@100ms"
BEST = "btcusdt@bookTicker"


def kinds(items: list[Any]) -> list[str]:
    return [type(item).__name__ for item in items]


def of(world: BookEngine, kind: type[Any]) -> list[Any]:
    return [notice for notice in world.notices if isinstance(notice, kind)]


# Snapshots


def test_a_snapshot_is_asked_for_as_the_spec_says() -> None:
    world = BookEngine()
    world.synced(depth=100)
    (request,) = world.asked
    assert (request.url, request.path) == ("http://rest", "/api/v3/depth")
    assert request.query == {"symbol": "BTCUSDT", "limit": "100"}
    assert (request.weight, request.need, request.headers) == (5, Need.BOOK, {})


def test_a_book_becomes_deeper_in_steps_without_leaving_synced() -> None:
    world = BookEngine()
    book = world.synced()
    assert world.limits == [100, 1000]
    assert [request.need for request in world.asked] == [Need.BOOK, Need.DEPTH]
    assert book.subscriber.log == ["confirmed"]
    assert book.reader.horizon.bid is None


def test_nothing_is_asked_before_the_stream_is_confirmed() -> None:
    """Its updates could be missed; and a server may not know the symbol before."""
    world = BookEngine(react=lambda server, request: None)
    world.keep()
    world.run(3)
    assert world.asked == []


def test_few_books_become_deeper_at_a_time() -> None:
    """While they wait for request weight, they would have to keep all changes."""
    world = BookEngine()
    books = [world.keep(f"C{number}USDT") for number in range(10)]
    world.trade(3)
    for book in books:
        book.assert_right()
    assert world.limits == [100] * 10 + [1000] * 10
    assert not world.pending


def test_deeper_snapshots_that_do_not_come_hold_up_the_others_until_a_book_is_closed() -> None:
    world = BookEngine()
    world.answers = lambda request: request.need is Need.BOOK
    books = [world.keep(f"C{number}USDT") for number in range(5)]
    world.trade(3)
    assert world.limits == [100] * 5 + [1000] * 2
    assert all(book.state == "synced" for book in books)
    world.close_book(books[0])
    world.trade(1)
    assert world.limits == [100] * 5 + [1000] * 3


def test_a_failure_that_may_pass_is_repeated_and_reported() -> None:
    world = BookEngine()
    failure = RestFailure("503 Service Unavailable", 503)
    world.failure = lambda request: failure
    book = world.keep()
    world.trade(3)
    assert book.state == "waiting"
    assert "503" in book.feed.local.reason
    assert len(world.asked) > 1
    world.failure = lambda request: None
    world.trade(10)
    book.assert_right()


def test_a_failure_that_is_final_ends_the_book_with_its_streams() -> None:
    world = BookEngine()
    world.failure = lambda request: RestFailure("Invalid symbol.", 400, -1121, is_final=True)
    book = world.keep(verify=True)
    world.trade(3)
    _, error = book.subscriber.log
    assert isinstance(error, RequestError)
    assert error.code == -1121
    assert world.streams == set()
    assert len(world.asked) == 1
    assert book.items == []


# Interruptions


def test_a_cut_makes_a_book_stale_until_it_is_right_again() -> None:
    world = BookEngine()
    book = world.synced(consumer="notices")
    world.cut()
    assert book.state == "stale"
    assert book.feed.local.reason == "a test cut it"
    assert book.subscriber.log == ["confirmed", "interrupted"]
    world.trade(5)
    book.assert_right()
    assert book.subscriber.log == ["confirmed", "interrupted", "confirmed"]
    (notice,) = of(world, BookResynced)
    place = book.items.index(notice)
    assert book.items[place + 1].is_snapshot
    assert book.items[place + 1].update_id == notice.update_id


def test_a_cut_in_which_nothing_was_missed_costs_no_request() -> None:
    world = BookEngine()
    book = world.synced()
    before = len(world.asked)
    world.cut()
    world.run(1)
    world.trade(3)
    book.assert_right()
    assert len(world.asked) == before
    assert of(world, BookResynced) == []


def test_a_quiet_book_is_right_again_without_an_update() -> None:
    """A snapshot says whether one should have come."""
    world = BookEngine()
    book = world.synced()
    world.cut()
    world.run(30)
    assert book.state == "synced"


def test_a_missing_update_is_no_wrong_book() -> None:
    world = BookEngine()
    book = world.synced()
    world.send(book.exchange, skip=True)
    world.send(book.exchange)
    assert book.state == "resyncing"
    world.trade(3)
    book.assert_right()
    assert len(of(world, BookResynced)) == 1


def test_a_handover_changes_nothing_for_a_book() -> None:
    world = BookEngine()
    book = world.synced()
    before = len(world.asked)
    world.engine.command(world.now, lambda session: session.rotate(world.now, UPDATES, "a test"))
    world.trade(20)
    book.assert_right()
    assert world.opened == [1, 2]
    assert len(world.asked) == before
    assert book.subscriber.log == ["confirmed"]


def test_ids_that_begin_anew_begin_a_new_book() -> None:
    world = BookEngine()
    book = world.synced()
    book.exchange.id = book.exchange.sent = 5
    world.trade(10)
    book.assert_right()
    assert (book.reader.last_update_id or 0) < 1000


def test_an_update_that_cannot_be_decoded_is_missed() -> None:
    world = BookEngine()
    book = world.synced()
    data = book.exchange.update().replace(b'"E"', b'"X"')
    world.deliver(data, UPDATES)
    assert book.state == "stale"
    world.trade(3)
    book.assert_right()


# Changes


def test_changes_are_delivered_to_those_who_want_them() -> None:
    world = BookEngine()
    book = world.synced()
    assert book.items == []
    world.consume(book)
    (first,) = book.items
    assert first.is_snapshot
    assert first.update_id == book.reader.last_update_id
    world.trade(1)
    assert len(book.items) == 11
    assert [change.is_snapshot for change in book.items] == [True] + [False] * 10
    world.consume(book, with_notices=True)
    assert len(book.items) == 11


def test_a_consumer_that_comes_first_gets_the_first_snapshot() -> None:
    world = BookEngine()
    book = world.keep(consumer="subscription", depth=100)
    assert book.items == []
    world.trade(2)
    assert [change.is_snapshot for change in book.items][:2] == [True, False]
    assert all(isinstance(change, BookChange) for change in book.items)


def test_a_queue_that_must_not_overflow_ends_its_book() -> None:
    world = BookEngine()
    book = world.keep(consumer="subscription", maxsize=5, overflow="raise")
    world.trade(3)
    assert isinstance(book.subscriber.log[-1], QueueOverflow)
    assert len(book.items) == 5
    assert world.streams == set()
    world.trade(1)


def test_a_full_queue_of_changes_can_hold_up_reading() -> None:
    world = BookEngine()
    book = world.keep(consumer="subscription", maxsize=5, overflow="block")
    world.trade(2)
    assert world.engine.is_paused
    book.feed.route.sink.replace(lambda items: [])
    world.engine.command(world.now, lambda session: None)
    assert not world.engine.is_paused


def test_unread_changes_count_as_unread_events() -> None:
    world = BookEngine(max_unread_bytes=1 << 20)
    book = world.keep(consumer="subscription", maxsize=100_000, depth=100)
    world.trade(60)
    # It is measured now and then, by some of the events.
    assert world.engine.unread.total(world.now) <= 1.1 * (1 << 20)
    assert 0 < len(book.items) < 550
    assert "Dropped" in kinds(world.notices)


# Others at the same streams


def test_two_books_of_one_symbol_share_the_stream_of_best_levels() -> None:
    world = BookEngine()
    one = world.synced(verify=True)
    route, _ = world.open_route(BEST)
    world.trade(2)
    world.close_book(one)
    world.trade(1)
    assert world.streams == {BEST}
    assert kinds(list(route.sink.sample(1)))[0] == "BookTicker"


def test_a_user_may_leave_the_stream_of_a_book() -> None:
    world = BookEngine()
    book = world.synced()
    route, _ = world.open_route(UPDATES)
    world.trade(1)
    world.call("unsubscribe", UPDATES, route)
    before = len(world.asked)
    world.trade(2)
    book.assert_right()
    assert len(world.asked) == before


# The end


def test_a_closed_book_is_stale_and_asks_for_nothing() -> None:
    world = BookEngine()
    book = world.keep()
    world.run(0.02)
    assert world.pending
    world.close_book(book)
    world.close_book(book)
    world.run(1)
    assert not world.pending
    assert book.subscriber.log == ["ended", None]
    assert world.streams == set()
    assert world.engine.books.next_time() is None


def test_closing_the_engine_ends_its_books() -> None:
    world = BookEngine()
    book = world.synced()
    world.call("close")
    assert book.state == "stale"
    assert book.subscriber.log == ["confirmed", "ended", None]


def test_a_connection_that_is_lost_for_good_ends_books() -> None:
    world = BookEngine(reconnect=False)
    book = world.synced()
    world.cut()
    world.run(1)
    assert "a test cut it" in str(book.subscriber.log[-1])
    assert book.state == "stale"
    assert book.reader.best_bid is not None


def test_an_engine_without_rest_ends_books() -> None:
    world = BookEngine()
    world.engine.fetches._fetch = None
    book = world.keep()
    world.trade(1)
    assert isinstance(book.subscriber.log[-1], RequestError)


def test_what_comes_in_the_read_that_ends_a_book_is_ignored() -> None:
    world = BookEngine()
    book = world.keep(consumer="subscription", maxsize=5, overflow="raise")
    data = b""
    world.trade(0.3)
    for _ in range(20):
        book.exchange.change()
        data += book.exchange.update()
    world.receive(data)
    assert isinstance(book.subscriber.log[-1], QueueOverflow)
    assert len(book.items) == 5


def test_an_update_without_levels_beside_a_user_is_one_like_any_other() -> None:
    world = BookEngine()
    world.open_route(UPDATES)
    book = world.synced()
    before = book.reader.last_update_id
    book.exchange.withholds = True
    world.send(book.exchange)
    assert book.reader.last_update_id != before
    assert book.state == "synced"


def test_updates_that_come_twice_change_nothing() -> None:
    world = BookEngine()
    book = world.synced()
    book.exchange.change()
    update = book.exchange.update()
    world.deliver(update, UPDATES)
    world.deliver(update, UPDATES)
    book.assert_right()
    assert book.subscriber.log == ["confirmed"]


def test_an_update_that_cannot_be_decoded_before_the_stream_is_confirmed_asks_for_nothing() -> None:
    world = BookEngine(react=lambda server, request: server.obey(request))
    book = world.keep()
    world.run(1)
    world.deliver(frame(wrapped(UPDATES, '{"e":"depthUpdate","b":7}')), UPDATES)
    assert book.state == "waiting"
    assert "Expected `array`" in str(book.feed.local.reason)
    world.run(1)
    assert world.asked == []
