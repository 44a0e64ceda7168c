"""What the log says of each notice."""

from __future__ import annotations

import pytest

from binance_streams import (
    BookMismatch,
    BookResynced,
    ClockOffset,
    Connected,
    Disconnected,
    Dropped,
    Duplicates,
    Filled,
    Gap,
    Late,
    Notice,
    NotRecorded,
    RateLimited,
    RedundancyReduced,
    RedundancyRestored,
    Resubscribed,
    SchemaDrift,
    ServerShutdown,
    Stale,
    Terminated,
    Undecodable,
    Unread,
)
from binance_streams_runtime.client.sentences import about, sentence
from binance_streams_runtime.notices import CLIENT

URL = "wss://host/stream"
STREAM = "btcusdt@trade"

SENTENCES = {
    "connected": (Connected(1, URL), f"connected to {URL} (connection 1)"),
    "cut": (
        Disconnected(2, 1008, None, "Too many requests", (STREAM, "b"), 1.234),
        f"connection 2 to {URL} ended: Too many requests (close code 1008); "
        f"2 streams ({STREAM}, b) are interrupted; trying again in 1.23 s",
    ),
    "replaced": (
        Disconnected(1, None, None, "it is old; connection 2 has taken over", (), None),
        f"connection 1 to {URL} ended: it is old; connection 2 has taken over",
    ),
    "for-good": (
        Disconnected(1, None, None, "gone", (STREAM,), None),
        f"connection 1 to {URL} ended: gone; {STREAM} is interrupted; not trying again",
    ),
    "rate-limited": (
        RateLimited(1, 212.34, "no more than 300 attempts in 300 s by one process are allowed"),
        f"the next attempt to connect to {URL} is in 212 s: "
        "no more than 300 attempts in 300 s by one process are allowed",
    ),
    "recovered": (
        Resubscribed(2, tuple("abcdefg"), 1.5),
        "7 streams (a, b, c, d, e and 2 more) are back after 1.5 s (connection 2)",
    ),
    "reduced": (
        RedundancyReduced(2, (STREAM,), 1, 2, "the server closed it: 'bye'"),
        f"{STREAM} is carried by 1 of 2 connections: the server closed it: 'bye'",
    ),
    "restored": (
        RedundancyRestored(("a", "b"), 2, 2, 1.5),
        "2 streams (a, b) are carried by 2 of 2 connections after 1.5 s",
    ),
    "shutdown": (
        ServerShutdown(3, None),
        "the server of connection 3 is about to go down; opening a new one",
    ),
    "filled": (
        Filled(STREAM, 5, 7, 3, 0.25, reason="the connection was reset"),
        f"{STREAM}: 3 events were missing (5 to 7): the connection was reset; "
        "fetched within 0.25 s",
    ),
    "book-resynced": (
        BookResynced("btcusdt@depth", 42, 1.5, "updates 7 to 9 are missing"),
        "the order book of btcusdt@depth is synced again after 1.5 s, at update 42: "
        "updates 7 to 9 are missing",
    ),
    "book-mismatch": (
        BookMismatch("btcusdt@depth", 42, "bid 1 x 2", "bid 1 x 3"),
        "the order book of btcusdt@depth has bid 1 x 2 at update 42, the server bid 1 x 3; "
        "starting over",
    ),
    "not-recorded": (
        NotRecorded("rec", 1200, 3_456_789, "the disk is full"),
        "rec: 1,200 lines (3.5 MB) were not recorded: the disk is full",
    ),
    "not-recorded-yet": (
        NotRecorded("rec", 0, 0, "the disk is full"),
        "rec: nothing is recorded at the moment: the disk is full",
    ),
    "gap": (
        Gap(STREAM, 5, 7, 100.0, 100.5),
        f"{STREAM}: 3 ids are missing (5 to 7) within 0.5 s: the sequence jumped",
    ),
    "gap-of-one": (Gap(STREAM, 5, 5), f"{STREAM}: 1 id is missing (5): the sequence jumped"),
    "gap-of-one-symbol": (
        Gap("!bookTicker", 5, 6, key="BTCUSDT"),
        "!bookTicker of BTCUSDT: 2 ids are missing (5 to 6): the sequence jumped",
    ),
    "late-of-one-symbol": (
        Late("!bookTicker", 5, 5, False, was_missing=False, key="BTCUSDT"),
        "!bookTicker of BTCUSDT: an event with number 5 came behind later ones and was dropped",
    ),
    "gap-without-ids": (
        Gap(STREAM, None, None, 100.0, 1600.0, "it was cut"),
        f"{STREAM}: events may be missing within 1,500 s: it was cut",
    ),
    "duplicates": (Duplicates(STREAM, 2000), f"{STREAM}: 2,000 events came again and were dropped"),
    "late": (
        Late(STREAM, 5, 5, True),
        f"{STREAM}: id 5, reported as missing, came late and was delivered now",
    ),
    "late-and-dropped": (
        Late(STREAM, 5, 9, False),
        f"{STREAM}: ids 5 to 9, reported as missing, came late and were dropped",
    ),
    "out-of-order": (
        Late(STREAM, 5, 5, False, was_missing=False),
        f"{STREAM}: an event with number 5 came behind later ones and was dropped",
    ),
    "silent": (
        Stale(STREAM, 10.0, "reconnect"),
        f"{STREAM}: no event for 10 s: max_idle is over; opening a new connection in its place",
    ),
    "drift": (
        SchemaDrift(STREAM, ("k.z", "y")),
        f"{STREAM}: the venue sends what the spec does not know: k.z, y",
    ),
    "dropped": (
        Dropped(STREAM, 1, "latest"),
        f"{STREAM}: 1 event was dropped, as the queue was full (overflow='latest')",
    ),
    "dropped-by-the-client": (
        Dropped("*", 95, "drop_oldest"),
        "the client's queue: 95 events were dropped, as the queue was full "
        "(overflow='drop_oldest')",
    ),
    "dropped-for-memory": (
        Dropped(STREAM, 2, "drop_newest", "max_unread_bytes"),
        f"{STREAM}: 2 events were dropped, as all unread events take more memory than "
        "max_unread_bytes (overflow='drop_newest')",
    ),
    "unread": (
        Unread(STREAM, 1200, 26_400_000, 61.0),
        f"{STREAM}: no event has been read for 61 s; 1,200 events wait in 26.4 MB of memory; "
        "iterate it, give it on_event=, or unsubscribe",
    ),
    "unread-at-once": (
        Unread(CLIENT, 103, 19_300_000, 0.0627),
        "the client's queue: no event has been read yet; 103 events wait in 19.3 MB of memory; "
        "iterate it, give it on_event=, or unsubscribe",
    ),
    "terminated": (
        Terminated("account vmPU…", "eventStreamTerminated"),
        "the server ended the subscription of account vmPU…: eventStreamTerminated; "
        "subscribing again",
    ),
    "clock-offset": (
        ClockOffset(3, -61.2),
        "this machine's clock is 61.2 s ahead of the server's (connection 3); requests are signed "
        "with the server's time",
    ),
    "undecodable": (
        Undecodable(STREAM, "Expected `int`", b"{}"),
        f"{STREAM}: a message does not fit the spec: Expected `int`; it begins with b'{{}}'",
    ),
    "undecodable-of-no-stream": (
        Undecodable(None, "no JSON", b"a" * 300),
        f"a message does not fit the spec: no JSON; it begins with {b'...'!r}",
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_says(name: str) -> None:
    notice, expected = SENTENCES[name]
    assert sentence(notice, URL) == expected


def test_every_kind_of_notice_has_a_sentence() -> None:
    """None is shown as code."""
    described = {type(notice) for notice, _ in SENTENCES.values()}
    assert described == set(Notice.__subclasses__())


def test_a_connection_that_never_opened_did_not_end() -> None:
    notice = Disconnected(1, None, None, "ConnectionRefusedError", (STREAM,), 0.0)
    expected = (
        f"cannot connect to {URL}: ConnectionRefusedError; {STREAM} waits; trying again at once"
    )
    assert sentence(notice, URL, was_open=False) == expected


def test_what_is_about_the_clients_own_queue_is_counted_by_name() -> None:
    assert about(Dropped(CLIENT, 3, "drop_oldest")) == "the client's queue"
    assert about(Dropped(STREAM, 3, "drop_oldest")) == STREAM
    assert about(Connected(1, URL)) == ""


def test_is_one_line_of_bounded_length() -> None:
    reason = "first\nsecond\x1b[31m" + "x" * 5000
    text = sentence(Disconnected(1, None, None, reason, (), None), URL)
    assert text.isprintable()
    assert len(text) < 1050
