"""Notices: one line each, bounded, logged as warnings if they cost data."""

from __future__ import annotations

import logging

import msgspec
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
from binance_streams_runtime.client.log import NoticeLog, flush_log
from tests.support.limits import LIMIT

EACH = [
    Connected(1, "ws://h/stream"),
    Disconnected(1, 1008, None, "Too many\nrequests", ("a", "b"), 0.0),
    RateLimited(1, 212.3, "no more than 300 attempts"),
    Resubscribed(2, ("a", "b"), 1.5),
    RedundancyReduced(1, ("a", "b"), 1, 2, "the server closed it"),
    RedundancyRestored(("a", "b"), 2, 2, 1.5),
    ServerShutdown(1, None),
    Gap("a", 1, 3),
    Stale("a", 10.0, "notice"),
    SchemaDrift("a", ("k.z",)),
    Duplicates("a", 2),
    Late("a", 3, 3, is_delivered=True),
    Dropped("a", 2, "latest"),
    Undecodable(None, "why", b"\n" * 100_000),
    Unread("a", 100, 50_000, 60.0),
    Filled("a", 1, 3, 3, 0.5),
    BookResynced("a", 3, 0.5, "why"),
    BookMismatch("a", 3, "bid 1", "bid 2"),
    Terminated("a", "eventStreamTerminated"),
    ClockOffset(1, -61.2),
    NotRecorded("rec", 5, 1000, "the disk is full"),
]
COSTLY = (
    *(Disconnected, Gap, Dropped, RateLimited, Undecodable, Stale, SchemaDrift, Unread),
    *(BookMismatch, Terminated, ClockOffset, NotRecorded, RedundancyReduced),
)


@pytest.mark.parametrize("notice", EACH, ids=lambda notice: type(notice).__name__)
def test_each_is_one_bounded_line_of_its_level(
    notice: Notice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    NoticeLog().write(notice)
    flush_log(LIMIT)
    (record,) = caplog.records
    assert record.name == "binance_streams"
    assert record.levelno == (logging.WARNING if isinstance(notice, COSTLY) else logging.INFO)
    assert "\n" not in record.getMessage()
    assert len(record.getMessage()) < 1200


def test_a_lost_connection_is_logged_with_its_own_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Connections of one client may lead to several; one that was never open to none of them."""
    log = NoticeLog(url="ws://h")
    for number, url in ((1, "ws://h/market/stream"), (2, "ws://h/public/stream")):
        log.write(Connected(number, url))
    for number in (1, 2, 3):
        log.write(Disconnected(number, None, None, "gone", (), None))
    flush_log(LIMIT)
    assert [record.getMessage() for record in caplog.records] == [
        "connection 1 to ws://h/market/stream ended: gone",
        "connection 2 to ws://h/public/stream ended: gone",
        "cannot connect to ws://h: gone",
    ]


@pytest.mark.parametrize("notice", EACH, ids=lambda notice: type(notice).__name__)
def test_each_is_a_value(notice: Notice) -> None:
    assert isinstance(notice, Notice)
    assert notice == msgspec.structs.replace(notice)
    assert hash(notice) == hash(msgspec.structs.replace(notice))
    field = msgspec.structs.fields(notice)[0].name
    with pytest.raises(AttributeError, match="immutable"):
        setattr(notice, field, None)


def test_every_kind_is_tested_here() -> None:
    reported = {kind.__name__ for kind in Notice.__subclasses__()}
    assert {type(notice).__name__ for notice in EACH} == reported


def test_a_gap_counts_both_ends() -> None:
    assert Gap("a", 5, 5).missing == 1
    assert Gap("a", 5, 9).missing == 5


def test_a_gap_without_ids_counts_nothing() -> None:
    assert Gap("a", None, None).missing is None
