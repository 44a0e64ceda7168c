"""When and how a book is compared with the stream of its best bid and ask."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import BookMismatch, BookResynced, Gap, Late, QueueOverflow
from binance_streams_runtime.protocol.rest import RestFailure
from tests.support.engine_books import BookEngine
from tests.support.simulated_session import Server

UPDATES, BEST = "btcusdt@depth@100ms", "btcusdt@bookTicker"


def of(world: BookEngine, kind: type[Any]) -> list[Any]:
    return [notice for notice in world.notices if isinstance(notice, kind)]


@pytest.mark.parametrize("verify", [True, None])
def test_a_book_that_differs_from_the_best_bid_and_ask_starts_over(verify: bool | None) -> None:
    world = BookEngine()
    book = world.synced(verify=verify, consumer="notices")
    assert of(world, BookMismatch) == []
    while not world.engine.taps.is_tapped(BEST):
        world.trade(0.1)
    world.trade(1)
    book.exchange.withholds = True
    world.trade(1)
    book.exchange.withholds = False
    world.trade(5)
    (notice,) = of(world, BookMismatch)[:1]
    assert notice.book != notice.server
    assert notice in book.items
    assert of(world, BookResynced)
    book.assert_right()


def test_an_interruption_is_no_gap_of_a_stream_that_nobody_has_subscribed_to() -> None:
    """Programs that raise an alarm for each Gap would do so for what nobody misses."""
    world = BookEngine()
    book = world.synced(verify=True)
    world.cut()
    world.trade(5)
    book.assert_right()
    # The ids of updates that are missing say why the book had to start over.
    assert [notice.stream for notice in of(world, Gap)] == [UPDATES]


def test_without_verification_only_the_updates_are_subscribed() -> None:
    world = BookEngine()
    world.synced(verify=False)
    world.run(200)
    assert world.streams == {UPDATES}
    assert {name for request in world.requests for name in request.get("params", ())} == {UPDATES}


def test_books_are_verified_in_turn() -> None:
    """One at a time, each for some seconds, and each as often as the others."""
    world = BookEngine()
    books = [world.keep(f"C{number}USDT", verify=None) for number in range(4)]
    turns: list[str] = []
    for _ in range(700):
        world.trade(0.1)
        now = [name for name in world.streams if "bookTicker" in name]
        assert len(now) <= 1
        turns += [name for name in now if turns[-1:] != [name]]
    assert len(turns) >= 4
    assert turns[:4] == [f"c{number}usdt@bookTicker" for number in range(4)]
    assert turns[4:8] == turns[:4][: len(turns) - 4]
    for book in books:
        book.assert_right()
    world.assert_within_budget()


def test_verification_goes_on_if_the_server_does_not_confirm_its_stream() -> None:
    world = BookEngine()
    world.synced(verify=None)
    world.react = lambda server, request: None
    seen = False
    for _ in range(400):
        world.run(0.1)
        seen = seen or any("bookTicker" in str(request) for request in world.requests)
    assert seen
    assert not world.engine.taps.is_tapped(BEST)


def test_a_book_that_is_closed_in_its_turn_ends_it() -> None:
    world = BookEngine()
    one, other = (world.keep(symbol, verify=None) for symbol in ("AUSDT", "BUSDT"))
    while not world.engine.taps.is_tapped("ausdt@bookTicker"):
        world.trade(0.1)
    world.close_book(one)
    world.trade(1)
    assert not world.engine.taps.is_tapped("ausdt@bookTicker")
    while not world.engine.taps.is_tapped("busdt@bookTicker"):
        world.trade(0.1)
    world.close_book(other)
    world.run(1)
    assert world.streams == set()
    assert world.engine.books.next_time() is None


def test_a_stream_of_best_levels_that_is_rejected_leaves_the_book_alone() -> None:
    def refuse_best(server: Server, request: dict[str, Any]) -> None:
        if BEST in request.get("params", ()):
            server.answer({"code": 2, "msg": "no such stream", "id": request["id"]})
        else:
            server.obey(request)
            server.confirm(request)

    world = BookEngine(react=refuse_best)
    book = world.keep(verify=True)
    world.trade(10)
    book.assert_right()


def test_updates_that_stand_still_while_the_best_levels_change_are_asked_for_anew() -> None:
    """The server sends one stream and not the other: only subscribing again helps."""
    world = BookEngine()
    book = world.synced(verify=True)
    requests = len(world.requests)
    for _ in range(120):
        book.exchange.change()
        world.deliver(book.exchange.ticker(), BEST)
        world.run(0.1)
    methods = [request["method"] for request in world.requests[requests:]]
    assert methods[:2] == ["UNSUBSCRIBE", "SUBSCRIBE"]
    world.trade(5)
    book.assert_right()


def test_a_user_may_have_both_streams_of_a_verified_book_before_it() -> None:
    world = BookEngine()
    for name in (UPDATES, BEST):
        world.open_route(name)
    book = world.synced(verify=True)
    world.cut()
    world.trade(5)
    book.assert_right()
    assert of(world, BookMismatch) == []


def test_a_book_that_is_not_synced_misses_its_turn() -> None:
    world = BookEngine()
    world.keep(verify=None)
    world.failure = lambda request: RestFailure("503", 503)
    world.trade(20)
    assert not world.engine.taps.is_tapped(BEST)


def test_what_comes_behind_the_end_of_a_book_is_ignored() -> None:
    """Both of its streams may have more in the same read."""
    world = BookEngine()
    book = world.synced(verify=True, consumer="subscription", maxsize=20, overflow="raise")
    exchange = book.exchange
    data = b""
    for _ in range(40):
        exchange.change()
        data += exchange.ticker() + exchange.update()
    world.receive(data)
    assert isinstance(book.subscriber.log[-1], QueueOverflow)
    assert world.streams == set()


def test_best_levels_that_come_late_are_compared_with_nothing() -> None:
    world = BookEngine()
    book = world.synced(verify=True)
    book.exchange.change()
    late = book.exchange.ticker()
    world.send(book.exchange)
    compared = book.feed.synchronizer.compared
    world.deliver(late, BEST)
    world.trade(1)
    assert of(world, BookMismatch) == of(world, Late) == []
    assert book.feed.synchronizer.compared > compared
    book.assert_right()
