"""A gap of a stream without consecutive ids is what no collector had, by what they say."""

from __future__ import annotations

import time
from typing import Any

from binance_streams import Gap
from binance_streams_runtime.messaging.log_notices import (
    Alive,
    Collecting,
    Interrupted,
    LogNotice,
    encode_notice,
    notice_id,
)
from tests.support.clients import Connect
from tests.support.limits import LIMIT, wait_until
from tests.support.log_writer import SUBJECTS, LogWriter, best
from tests.support.nats_server import NatsServer

NAME = "btcusdt@bookTicker"
TRADES = "btcusdt@trade"


class Said:
    """What collectors say, in order, about the stream."""

    def __init__(self, log: LogWriter) -> None:
        self._log = log
        self._numbers: dict[str, int] = {}

    def collecting(self, collector: str) -> None:
        self._say(collector, Collecting, streams=(NAME,))

    def alive(self, collector: str, stored_until: float) -> None:
        until = round(stored_until * 1e9)
        streams = (TRADES,)
        self._say(collector, Alive, streams=streams, interval=5.0, stored_until=until, pending=0)

    def interrupted(self, collector: str) -> None:
        self._say(collector, Interrupted, streams=(NAME,), since=time.time_ns(), reason="cut")

    def _say(self, collector: str, kind: Any, **others: object) -> None:
        number = self._numbers[collector] = self._numbers.get(collector, 0) + 1
        notice: LogNotice = kind(
            collector=collector, session="1", number=number, at=time.time_ns(), **others
        )
        payload = encode_notice(notice)
        message = SUBJECTS.notices(collector), notice_id(notice), payload, collector
        self._log.publish("_notice", [message])


def write_history(log: LogWriter, collectors: tuple[str, ...]) -> None:
    said = Said(log)
    said.collecting("a")
    said.collecting("b")
    log.write(NAME, [best(1)])
    for collector in collectors:
        said.interrupted(collector)
    for collector in collectors:
        said.collecting(collector)
    log.write(NAME, [best(2)])


def read_two(nats_server: NatsServer, connect: Connect) -> list[Gap]:
    """Read both events of the history; return the gaps."""
    notices: list[Any] = []
    client = connect(f"{nats_server.url}?from=all&reorder=0.02", on_notice=notices.append)
    tickers = client.book_ticker("btcusdt")
    assert [tickers.get(LIMIT).update_id for _ in range(2)] == [1, 2]
    gaps = client.stats().streams[NAME].gaps
    wait_until(lambda: sum(isinstance(one, Gap) for one in notices) == gaps)
    return [one for one in notices if isinstance(one, Gap)]


def test_in_the_past(nats_server: NatsServer, log: LogWriter, connect: Connect) -> None:
    """The gap is found before the event that follows it is delivered."""
    write_history(log, ("a", "b"))
    (gap,) = read_two(nats_server, connect)
    assert gap.stream == NAME
    assert "no collector had it" in gap.reason


def test_what_one_of_them_had_is_no_gap(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    write_history(log, ("a",))
    assert read_two(nats_server, connect) == []


def test_while_it_is_read(nats_server: NatsServer, log: LogWriter, connect: Connect) -> None:
    said = Said(log)
    said.collecting("a")
    log.write(NAME, [best(1)])
    gaps: list[Gap] = []

    def note(notice: object) -> None:
        if isinstance(notice, Gap):
            gaps.append(notice)

    tickers = connect(f"{nats_server.url}?from=all&reorder=0.02", on_notice=note).book_ticker(
        "btcusdt"
    )
    assert tickers.get(LIMIT).update_id == 1
    said.interrupted("a")
    said.collecting("a")
    log.write(NAME, [best(2)])
    assert tickers.get(LIMIT).update_id == 2
    log.write(NAME, [best(3)])
    assert tickers.get(LIMIT).update_id == 3
    wait_until(lambda: gaps)
    assert [gap.stream for gap in gaps] == [NAME]


def test_an_id_that_a_delayed_collector_adds_is_no_gap(
    nats_server: NatsServer, log: LogWriter, connect: Connect
) -> None:
    """As long as a collector may have it, it is waited for; then it is a gap."""
    said = Said(log)
    began = time.time()
    said.alive("b", began)
    log.trades([1])
    notices: list[Any] = []
    client = connect(f"{nats_server.url}?from=all&reorder=0.02", on_notice=notices.append)
    trades = client.trade("btcusdt")
    assert trades.get(LIMIT).trade_id == 1
    log.trades([3, 4, 6])
    said.alive("b", began)
    log.trades([7])
    log.trades([2], by="b")
    assert [trades.get(LIMIT).trade_id for _ in range(3)] == [2, 3, 4]
    said.alive("b", time.time() + 0.02)
    log.trades([8])
    log.trades([9])
    assert [trades.get(LIMIT).trade_id for _ in range(4)] == [6, 7, 8, 9]
    wait_until(lambda: any(isinstance(one, Gap) for one in notices))
    gaps = [one for one in notices if isinstance(one, Gap)]
    assert [(one.first_missing, one.last_missing) for one in gaps] == [(5, 5)]
