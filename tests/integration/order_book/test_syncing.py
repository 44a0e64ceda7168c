"""A book that becomes right: what it costs, what it says meanwhile, and what it refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from binance_streams import ClientClosed, ParameterError, RequestError, RequestTimeout
from binance_streams_simulator import Simulator
from tests.support.books import assert_right, is_deep, numbers
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MS, failure, wait_until


def limits(simulator: Simulator) -> list[int]:
    """How many levels the snapshots had that were asked for."""
    return [int(call.query["limit"]) for call in simulator.rest_requests]


@pytest.mark.parametrize("kind", [Decimal, float, str])
def test_a_book_is_the_servers_at_the_same_update(
    connect: Connect, simulator: Simulator, kind: type[Any]
) -> None:
    client: Any = connect(simulator.url, numbers=kind)
    book = client.order_book("BTCUSDT")
    book.wait(LIMIT)
    wait_until(lambda: is_deep(book))
    assert_right(simulator, book)
    assert book.reason == ""
    assert book.symbol == "BTCUSDT"
    assert isinstance(book.best_bid.price, kind)
    assert isinstance(book.mid, kind)
    seen = book.last_update_id
    wait_until(lambda: book.last_update_id > seen + 50)
    assert_right(simulator, book)


def test_the_first_snapshot_is_small_and_the_next_ones_are_as_deep_as_wanted(
    connect: Connect, simulator: Simulator
) -> None:
    """So many books are soon right, and each becomes deep without being wrong in between."""
    book: Any = connect(simulator.url).order_book("BTCUSDT", depth=1000)
    book.wait(LIMIT)
    wait_until(lambda: limits(simulator)[-1] == 1000)
    wait_until(lambda: len(book.bids) > 500)
    assert limits(simulator) == [100, 1000]
    assert_right(simulator, book)


def test_a_shallow_book_costs_one_request(connect: Connect, simulator: Simulator) -> None:
    book: Any = connect(simulator.url).order_book("BTCUSDT", depth=20, verify=False)
    book.wait(LIMIT)
    seen = book.last_update_id
    wait_until(lambda: book.last_update_id > seen + 50)
    assert limits(simulator) == [100]
    assert simulator.subscriptions == [{"btcusdt@depth@100ms"}]


def test_what_is_read_of_one_moment_fits_together(connect: Connect, simulator: Simulator) -> None:
    client: Any = connect(simulator.url)
    book = client.order_book("ETHUSDT", speed=1000)
    book.wait(LIMIT)
    simulator.mute()
    # The first answer comes after all updates, and the second one after they were applied.
    for _ in range(2):
        client.list_subscriptions()
    view = book.top(3)
    assert (view.bids[0], view.asks[0]) == (book.best_bid, book.best_ask)
    assert book.bids[:3] == view.bids
    assert book.asks[1] == view.asks[1]
    assert book.spread == view.asks[0].price - view.bids[0].price
    assert book.mid == (view.asks[0].price + view.bids[0].price) / 2
    assert book.event_time is None or book.event_time > 0
    fill = book.cost("buy", view.asks[0].quantity + view.asks[1].quantity)
    assert (fill.levels, fill.worst_price, fill.is_complete) == (2, view.asks[1].price, True)
    assert book.quantity_to("buy", view.asks[1].price).quantity == fill.quantity
    assert -1 <= book.imbalance(3) <= 1
    assert numbers(book.grouped("0.5", 2).bids)[0][0] <= view.bids[0].price
    assert "synced" in repr(book)


def test_a_book_exists_at_once_and_says_what_it_waits_for(
    connect: Connect, simulator: Simulator
) -> None:
    simulator.stall_rest()
    client = connect(simulator.url)
    book = client.order_book("BTCUSDT")
    assert book.state == "waiting"
    assert book.reason
    assert (book.best_bid, book.best_ask, book.mid, book.last_update_id) == (None,) * 4
    assert (list(book.bids), book.top().bids, book.cost("buy", 1).is_complete) == ([], (), False)
    wait_until(lambda: "snapshot" in book.reason)
    error = failure(lambda: book.wait(50 * MS))
    assert isinstance(error, RequestTimeout)
    assert "was not synced within" in str(error)
    assert "a snapshot was asked for " in str(error)
    assert f"s ago, and {simulator.rest_url} has not answered yet" in str(error)


def test_the_same_symbol_and_speed_give_the_same_book(
    connect: Connect, simulator: Simulator
) -> None:
    client = connect(simulator.url)
    book = client.order_book("BTCUSDT", depth=100)
    assert client.order_book("btcusdt", depth=100) is book
    assert client.order_book("BTCUSDT", speed=1000, depth=100) is not book
    for changed in ({"depth": 500}, {"depth": 100, "verify": True}, {"depth": 100, "maxsize": 5}):
        with pytest.raises(ParameterError, match="exists already; close"):
            client.order_book("BTCUSDT", **changed)  # type: ignore[arg-type]
    book.close()
    again = client.order_book("BTCUSDT", depth=500)
    assert again is not book
    again.wait(LIMIT)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"symbol": ""}, "symbol"),
        ({"symbol": "BTC/USDT"}, "symbol"),
        ({"symbol": 5}, "symbol"),
        ({"speed": 250}, "speed: got 250"),
        ({"depth": 0}, "depth: got 0; allowed: a whole number of levels of each side, from 1 to"),
        ({"depth": 5001}, "from 1 to 5000"),
        ({"depth": 100.0}, "depth: got 100.0"),
        ({"depth": True}, "depth: got True"),
        ({"verify": "yes"}, "verify: got 'yes'; allowed: True"),
        ({"maxsize": 0}, "maxsize: got 0"),
        ({"overflow": "wait"}, "overflow: got 'wait'"),
        ({"on_event": 7}, "on_event: got 7"),
    ],
)
def test_a_wrong_argument_is_refused_before_anything_is_sent(
    client_class: Any, arguments: dict[str, Any], text: str
) -> None:
    with client_class("ws://127.0.0.1:1") as client:
        with pytest.raises(ParameterError, match=text):
            client.order_book(**{"symbol": "BTCUSDT", **arguments})
        with pytest.raises(TypeError, match="unexpected keyword argument 'max_idle'; allowed: dep"):
            client.order_book("BTCUSDT", max_idle=5)
        assert client.stats().connections == ()


def test_a_symbol_that_does_not_exist_ends_the_book(connect: Connect) -> None:
    """The server confirms the stream, but has no snapshot."""
    with Simulator(symbols=["BTCUSDT"]) as simulator:
        client = connect(simulator.url)
        book = client.order_book("NOPEUSDT")
        error = failure(lambda: book.wait(LIMIT))
        assert isinstance(error, RequestError)
        assert error.code == -1121
        assert "a request: there is no order book of NOPEUSDT: " in str(error)
        assert str(error).count("-1121") == 1
        assert failure(lambda: book.get(LIMIT)) == error
        assert "Invalid symbol" in book.reason
        wait_until(lambda: simulator.subscriptions in ([], [set()]))
        assert client.order_book("NOPEUSDT") is not book


def test_a_closed_book_can_be_read_and_is_called_stale(
    connect: Connect, simulator: Simulator
) -> None:
    client = connect(simulator.url)
    with client.order_book("BTCUSDT") as book:
        book.wait(LIMIT)
        changes = iter(book)
        next(changes)
    assert_closed(book)
    for _ in changes:
        pass
    assert_closed(book)
    wait_until(lambda: simulator.subscriptions in ([], [set()]))
    assert isinstance(failure(lambda: book.get(LIMIT)), ClientClosed)
    book.close()


def assert_closed(book: Any) -> None:
    """The book says that it is closed, and shows the last levels that it had."""
    assert (book.state, book.reason) == ("stale", "the book is closed")
    assert isinstance(failure(lambda: book.wait(LIMIT)), ClientClosed)
    assert book.best_bid is not None
    assert "closed" in repr(book)


def test_closing_the_client_ends_its_books(connect: Connect, simulator: Simulator) -> None:
    client = connect(simulator.url)
    book = client.order_book("BTCUSDT")
    book.wait(LIMIT)
    client.close()
    assert_closed(book)
    assert isinstance(failure(lambda: client.order_book("ETHUSDT")), ClientClosed)


def test_a_book_is_no_subscription(connect: Connect, simulator: Simulator) -> None:
    client = connect(simulator.url)
    book = client.order_book("BTCUSDT")
    trades = client.trade("btcusdt")
    book.wait(LIMIT)
    messages = iter(client)
    assert {next(messages).stream for _ in range(20)} == {"btcusdt@trade"}
    assert client.subscriptions == (trades,)
    # Its streams are among the statistics, as they cost what others cost.
    assert client.stats().streams["btcusdt@depth@100ms"].messages > 0
