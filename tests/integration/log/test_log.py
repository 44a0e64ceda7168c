"""The log and the user's handlers: they delay no connection, no callback, no end."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from binance_streams import Client, Gap
from binance_streams_runtime.client import log
from binance_streams_runtime.client.log import flush_log, log_safely
from tests.support.clients import Connect
from tests.support.frames import PING, frame, trade_frame
from tests.support.limits import LIMIT, client_threads, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import gaps
from tests.support.watching import ids, take


class Handler(logging.Handler):
    """A handler of the user's; it gets lines of the logger ``binance_streams``."""

    def __init__(self, do: Callable[[logging.LogRecord], object]) -> None:
        super().__init__()
        self._do = do

    def emit(self, record: logging.LogRecord) -> None:
        self._do(record)


@pytest.fixture(autouse=True)
def _own_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """How much other tests have logged just now limits nothing here."""
    wait_until(lambda: not client_threads())
    monkeypatch.setattr(log, "_log_thread", log.LogThread())
    yield
    flush_log(LIMIT)
    wait_until(lambda: not client_threads())


@pytest.fixture
def handle() -> Iterator[Callable[[Callable[[logging.LogRecord], object]], None]]:
    """Have a function called with each record."""
    logger = logging.getLogger("binance_streams")
    handlers: list[logging.Handler] = []

    def add(do: Callable[[logging.LogRecord], object]) -> None:
        handlers.append(Handler(do))
        logger.addHandler(handlers[-1])

    yield add
    for handler in handlers:
        logger.removeHandler(handler)


def test_a_handler_that_blocks_delays_neither_events_nor_pongs(
    connect: Connect, handle: Callable[[Any], None]
) -> None:
    release, ponged = threading.Event(), threading.Event()

    def answer(peer: Peer) -> None:
        peer.send(frame(b"alive?", PING))
        while peer.read_frame() != (PING + 1, b"alive?"):
            pass
        ponged.set()
        peer.drain()

    handle(lambda record: release.wait(LIMIT))
    try:
        with RawServer(gaps(3, then=answer)) as server:
            client = connect(server.url)
            assert ids(take(iter(client.trade("BTCUSDT")), 4)) == [2, 4, 6, 8]
            assert ponged.wait(LIMIT)
            in_time(client.close)
    finally:
        release.set()


def test_a_flood_of_gaps_is_a_few_lines_and_a_count(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """The callback gets all of them."""
    notices: list[Any] = []
    with RawServer(gaps(5000)) as server:
        client = connect(server.url, on_notice=notices.append)
        client.trade("BTCUSDT")
        wait_until(lambda: sum(isinstance(notice, Gap) for notice in notices) == 5000)
        client.close()
    flush_log(LIMIT)
    lines = [record.getMessage() for record in caplog.records if record.name == "binance_streams"]
    assert lines[0] == "btcusdt@trade: 1 id is missing (3): the sequence jumped"
    counts = [int(line.split()[0].replace(",", "")) for line in lines if " more Gap " in line]
    one_each = [line for line in lines if "missing" in line]
    assert len(one_each) + sum(counts) == 5000
    assert len(one_each) < 100
    assert all(line.endswith("about btcusdt@trade") for line in lines if " more Gap " in line)


def test_the_count_of_a_flood_names_what_it_was_about_most(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it comes at one moment."""
    now = time.monotonic()
    monkeypatch.setattr(log, "time", SimpleNamespace(monotonic=lambda: now))
    logger = logging.getLogger("binance_streams")
    for number in range(5 + 7):
        subject = "often" if number % 3 else f"seldom {number}"
        log_safely(logger, logging.WARNING, "test", subject, "%s", number)
    flush_log(LIMIT)
    assert len(caplog.messages) == 6
    assert caplog.messages[-1].startswith("7 more tests in the last ")
    assert caplog.messages[-1].endswith(" s: 5 about often, the rest about 2 others")


def test_one_broken_callback_has_its_traceback_logged_and_is_counted(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """on_error gets each error, with a note that says whose callback it was."""
    errors: list[BaseException] = []

    def fail(event: object) -> None:
        raise ZeroDivisionError("no volume")

    with RawServer(gaps(2999)) as server:
        client = connect(server.url, on_error=errors.append)
        client.trade("BTCUSDT", on_event=fail)
        wait_until(lambda: len(errors) == 3000)
        client.close()
    flush_log(LIMIT)
    records = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert records[0].getMessage() == (
        "on_event of btcusdt@trade raised ZeroDivisionError('no volume')"
    )
    assert records[0].exc_info is not None
    assert len(records) < 100
    assert "more callback errors in the last" in caplog.text
    assert errors[0].__notes__ == ["raised by on_event of btcusdt@trade"]


def test_an_error_that_is_raised_again_has_its_note_once(connect: Connect) -> None:
    errors: list[BaseException] = []
    error = ValueError("always the same")

    def fail(event: object) -> None:
        raise error

    with RawServer(gaps(9)) as server:
        connect(server.url, on_error=errors.append).trade("BTCUSDT", on_event=fail)
        wait_until(lambda: len(errors) == 10)
    assert error.__notes__ == ["raised by on_event of btcusdt@trade"]


def test_the_clients_callback_is_named_with_the_stream(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(message: object) -> None:
        raise ValueError

    with RawServer(gaps(1)) as server:
        client = connect(server.url, on_event=fail)
        client.trade("BTCUSDT")
        wait_until(lambda: "on_event (called for btcusdt@trade) raised" in caplog.text)


def test_a_connection_that_cannot_be_opened_is_said_to_be(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    client = connect("ws://127.0.0.1:1", backoff=lambda: iter([0.0, 1.5, 10.0]))
    client.trade("BTCUSDT")
    start = "cannot connect to ws://127.0.0.1:1/stream: "
    wait_until(lambda: "trying again in 1.5 s" in caplog.text)
    lines = [record.getMessage() for record in caplog.records]
    assert all(line.startswith(start) for line in lines)
    assert lines[0].endswith("; btcusdt@trade waits; trying again at once")


@pytest.mark.callbacks_wait
def test_notices_that_a_slow_callback_loses_are_counted(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """on_notice is still busy with the first one, and its queue is full."""
    busy, release = threading.Event(), threading.Event()

    def block(notice: object) -> None:
        busy.set()
        release.wait(LIMIT)

    def serve(peer: Peer) -> None:
        assert busy.wait(LIMIT)
        peer.send(b"".join(trade_frame(2 * number) for number in range(2, 102)))
        peer.drain()

    with RawServer(gaps(0, then=serve)) as server:
        client = connect(server.url, on_notice=block)
        queue = client._engine._notifier.queue
        assert queue is not None
        queue.maxsize = 10
        try:
            trades = client.trade("BTCUSDT")
            # Connected and 100 gaps; one of them is being handled, ten wait.
            wait_until(lambda: client.stats().notices_dropped == 90)
            assert trades.stats().gaps == 100
            wait_until(lambda: "a notice was dropped, as on_notice is too slow" in caplog.text)
        finally:
            release.set()


def test_a_record_has_the_thread_and_the_time_of_what_it_says(
    handle: Callable[[Any], None],
) -> None:
    """Whatever the handlers before it took."""
    release = threading.Event()
    records: list[logging.LogRecord] = []

    def slow(record: logging.LogRecord) -> None:
        records.append(record)
        release.wait(LIMIT)

    handle(slow)
    logger = logging.getLogger("binance_streams")
    for number in range(2):
        log_safely(logger, logging.WARNING, "test", "", "number %s", number)
    wait_until(lambda: records)
    said = time.time()
    release.set()
    flush_log(LIMIT)
    assert [record.getMessage() for record in records] == ["number 0", "number 1"]
    assert {record.threadName for record in records} == {threading.current_thread().name}
    assert records[1].created <= said


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt])
def test_a_handler_that_raises_costs_no_later_line(
    handle: Callable[[Any], None], error: type[BaseException]
) -> None:
    lines: list[str] = []

    def fail(record: logging.LogRecord) -> None:
        lines.append(record.getMessage())
        raise error

    handle(fail)
    for number in range(3):
        log_safely(logging.getLogger("binance_streams"), logging.WARNING, "test", "", f"{number}")
    flush_log(LIMIT)
    assert lines == ["0", "1", "2"]


def test_a_handler_may_use_the_client(connect: Connect, handle: Callable[[Any], None]) -> None:
    """It may even close it."""
    closed = threading.Event()

    def close(record: logging.LogRecord) -> None:
        client.stats()
        client.close()
        closed.set()

    with RawServer(gaps(1)) as server:
        client = connect(server.url)
        handle(close)
        client.trade("BTCUSDT")
        assert closed.wait(LIMIT)


def test_what_is_logged_below_the_level_costs_no_thread() -> None:
    before = {*client_threads()}
    log_safely(logging.getLogger("binance_streams"), logging.DEBUG, "test", "", "hidden")
    assert {*client_threads()} <= before


def test_a_handler_that_raises_is_shown_once(
    handle: Callable[[Any], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(record: logging.LogRecord) -> None:
        raise KeyError(record.getMessage())

    handle(fail)
    for number in range(3):
        log_safely(logging.getLogger("binance_streams"), logging.WARNING, "test", "", f"{number}")
    flush_log(LIMIT)
    shown = capsys.readouterr().err
    assert shown.splitlines()[-1] == "KeyError: '0'"
    assert shown.count("Traceback") == 1


def test_a_handler_that_cannot_be_looked_at_gets_every_line() -> None:
    class Odd(logging.Handler):
        @property
        def console(self) -> object:
            raise ValueError("not opened yet")

        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    lines: list[str] = []
    logger, odd = logging.getLogger("binance_streams"), Odd()
    logger.addHandler(odd)
    for number in range(2):
        log_safely(logger, logging.WARNING, "test", "", f"{number}")
        flush_log(LIMIT)
    logger.removeHandler(odd)
    assert lines == ["0", "1"]


def test_records_that_cannot_be_made_do_not_end_the_log(
    handle: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def say(text: str) -> None:
        log_safely(logging.getLogger("binance_streams"), logging.WARNING, text[:4], "", text)

    lines: list[str] = []
    handle(lambda record: lines.append(record.getMessage()))
    for number in range(10):
        say(f"many {number}")
    with monkeypatch.context() as patched:
        patched.setattr(logging, "_logRecordFactory", lambda *args, **options: 1 / 0)
        flush_log(LIMIT)
    say("once")
    flush_log(LIMIT)
    assert lines[-1] == "once"


def test_a_line_is_written_although_no_thread_can_be_started(
    handle: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From Python 3.12 on, none can as the program ends."""
    lines: list[str] = []
    handle(lambda record: lines.append(record.getMessage()))
    flush_log(LIMIT)
    wait_until(lambda: client_threads() == [])

    def start(thread: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", start)
    log_safely(logging.getLogger("binance_streams"), logging.WARNING, "test", "", "the last words")
    flush_log(LIMIT)
    assert lines == ["the last words"]


def test_a_child_of_fork_logs_again(caplog: pytest.LogCaptureFixture) -> None:
    """The thread of the parent does not run there."""
    if not hasattr(os, "fork"):
        pytest.skip("Windows has no fork")
    logger = logging.getLogger("binance_streams")
    log_safely(logger, logging.WARNING, "test", "", "in the parent")
    flush_log(LIMIT)
    child = os.fork()
    if child == 0:
        caplog.clear()
        log_safely(logger, logging.WARNING, "test", "", "in the child")
        flush_log(LIMIT)
        os._exit(0 if caplog.messages == ["in the child"] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_nothing_of_the_log_is_left_after_close(connect: Connect) -> None:
    with RawServer(gaps(100)) as server:
        client: Client[Any] = connect(server.url)
        take(iter(client.trade("BTCUSDT")), 101)
        client.close()
    wait_until(lambda: client_threads() == [])
