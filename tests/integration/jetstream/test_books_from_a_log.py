"""Order books of a log: from its snapshots, without any REST API."""

from __future__ import annotations

from typing import Any

from tests.support.clients import Connect
from tests.support.limits import LIMIT, wait_until
from tests.support.log_writer import LogWriter, depth, snapshot
from tests.support.nats_server import NatsServer

NAME = "btcusdt@depth"


def best_bid(book: Any) -> str:
    """The best bid of a book, if it is right."""
    return str(book.best_bid.price) if book.state == "synced" else ""


def write_book(log: LogWriter) -> None:
    """Updates 1 to 6, and a snapshot that has the first four."""
    log.write(NAME, [depth(one, one, [[f"{one}.0", "1.0"]]) for one in range(1, 5)])
    log.snapshot("BTCUSDT", snapshot(4, [["4.0", "1.0"]], [["9.0", "2.0"]]))
    log.write(NAME, [depth(5, 5, [["5.0", "1.0"]]), depth(6, 6, [["6.0", "3.0"]])])


def test_a_book_begins_at_the_newest_snapshot(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    """And has the updates that the log has since then."""
    write_book(log)
    book = connect(f"{nats_server.url}?reorder=0.02").order_book(
        "BTCUSDT", speed=1000, verify=False
    )
    book.wait(LIMIT)
    wait_until(lambda: best_bid(book) == "6.0")
    log.write(NAME, [depth(7, 7, [["7.0", "1.0"]])])
    wait_until(lambda: best_bid(book) == "7.0")
    assert [str(level.price) for level in book.asks] == ["9.0"]


def test_a_book_of_the_past(nats_server: NatsServer, log: LogWriter, connect: Connect) -> None:
    write_book(log)
    book = connect(f"{nats_server.url}?from=all&reorder=0.02").order_book(
        "BTCUSDT", speed=1000, verify=False
    )
    book.wait(LIMIT)
    wait_until(lambda: best_bid(book) == "6.0")


def test_without_a_snapshot_a_book_says_why(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    log.write(NAME, [depth(1, 1, [["1.0", "1.0"]])])
    book = connect(f"{nats_server.url}?reorder=0.02").order_book(
        "BTCUSDT", speed=1000, verify=False
    )
    log.write(NAME, [depth(2, 2, [["1.0", "1.0"]])])
    wait_until(lambda: "no snapshot of BTCUSDT yet" in str(book.reason))
    log.write(NAME, [depth(3, 3, [["3.0", "1.0"]])])
    log.snapshot("BTCUSDT", snapshot(3, [["3.0", "1.0"]], []))
    log.write(NAME, [depth(4, 4, [["4.0", "1.0"]])])
    book.wait(LIMIT)


def test_a_book_of_updates_that_are_read_already_needs_no_new_snapshot(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    """The newest one is brought forward by the updates that the log has after it."""
    write_book(log)
    client = connect(f"{nats_server.url}?reorder=0.02")
    updates = client.diff_book_depth("BTCUSDT", speed=1000)
    updates.wait(LIMIT)
    log.write(NAME, [depth(7, 7, [["5.0", "0.0"]]), depth(8, 8, [["8.0", "1.0"]])])
    assert [updates.get(timeout=LIMIT).last_update_id for _ in range(2)] == [7, 8]
    book = client.order_book("BTCUSDT", speed=1000, verify=False)
    log.write(NAME, [depth(9, 9, [["8.5", "1.0"]])])
    wait_until(lambda: best_bid(book) == "8.5")
    prices = [str(level.price) for level in book.bids]
    assert prices == ["8.5", "8.0", "6.0", "4.0"]
    assert [str(level.price) for level in book.asks] == ["9.0"]


def test_a_book_behind_a_gap_of_the_log_begins_at_the_next_snapshot(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    """Updates that no collector had are missing between the newest one and those of the client."""
    write_book(log)
    client = connect(f"{nats_server.url}?reorder=0.02")
    updates = client.diff_book_depth("BTCUSDT", speed=1000)
    updates.wait(LIMIT)
    log.write(NAME, [depth(8, 8, [["8.0", "1.0"]])])
    assert updates.get(timeout=LIMIT).last_update_id == 8
    book = client.order_book("BTCUSDT", speed=1000, verify=False)
    log.write(NAME, [depth(9, 9, [["8.1", "1.0"]])])
    wait_until(lambda: "older than the updates" in str(book.reason))
    log.snapshot("BTCUSDT", snapshot(9, [["8.1", "1.0"]], [["9.0", "2.0"]]))
    log.write(NAME, [depth(10, 10, [["8.5", "1.0"]])])
    wait_until(lambda: best_bid(book) == "8.5")


def test_a_book_goes_on_after_the_server_was_killed(
    own_nats_server: NatsServer, connect: Connect
) -> None:
    """It needs no other snapshot, as the log has every update."""
    log = LogWriter(own_nats_server)
    write_book(log)
    client = connect(own_nats_server.url)
    book = client.order_book("BTCUSDT", speed=1000, verify=False)
    wait_until(lambda: best_bid(book) == "6.0")
    own_nats_server.restart(kill=True)
    log.write(NAME, [depth(7, 7, [["7.0", "1.0"]])])
    wait_until(lambda: best_bid(book) == "7.0")
