"""A session with faults is recorded and replayed: both deliver and report the same."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from binance_streams import (
    Client,
    Disconnected,
    Duplicates,
    Filled,
    Gap,
    HmacKey,
    ParameterError,
    Resubscribed,
)
from binance_streams_runtime.driver import replay_sockets
from binance_streams_runtime.notices import Dropped, Notice, Undecodable, Unread
from binance_streams_runtime.recording import blocks
from binance_streams_runtime.storage.compression import Compressor
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MS, in_time, wait_until
from tests.support.patience import begin_replay, hold_replays, wait_for_recordings
from tests.support.recordings import lines_in, whole_trade, write_part

_BOOK = "order book"

_CALLS: dict[str, Callable[[Any, Callable[[Any], object]], object]] = {
    "btcusdt@aggTrade": lambda client, do: client.agg_trade("btcusdt", fill=True, on_event=do),
    "btcusdt@trade": lambda client, do: client.trade("btcusdt", on_event=do),
    # Who was late itself calls nothing idle, which a replay cannot know: tests.simulation has it.
    "btcusdt@bookTicker": lambda client, do: client.book_ticker(
        "btcusdt", max_idle=LIMIT, on_event=do
    ),
    "ethusdt@kline_1m": lambda client, do: client.kline("ethusdt", "1m", fill=True, on_event=do),
    _BOOK: lambda client, do: client.order_book("BTCUSDT", on_event=do),
}


class Program:
    """What a client with callbacks for everything got, by stream."""

    def __init__(self) -> None:
        self.got: dict[str, list[Any]] = {name: [] for name in _CALLS}
        self.notices: list[Notice] = []
        self.last: Any = None
        """The subscription or book that was made last."""

    def begin(self, client: Any, names: list[str]) -> None:
        for name in names:
            self.last = _CALLS[name](client, self.got[name].append)

    def reported(self) -> list[Notice]:
        """Return all notices but those that depend on how fast events are taken."""
        return [one for one in self.notices if not isinstance(one, Dropped | Unread)]

    def has(self, kind: type[Notice], count: int = 1) -> bool:
        return sum(isinstance(notice, kind) for notice in self.notices) >= count


class Recorded(Program):
    """The program that was recorded; what it got after the end of the recording may be cut."""

    folder: Path
    least: dict[str, int]
    least_notices: int

    def check(self, again: Program, names: list[str]) -> None:
        for name in names:
            expected, found = self.got[name], again.got[name]
            assert len(found) >= self.least[name], name
            assert found == expected[: len(found)], name
        if len(names) == len(_CALLS):
            found = again.reported()
            assert len(found) >= self.least_notices
            assert found == self.reported()[: len(found)]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A session in which events are missing and repeated, and connections end."""
    program = Recorded()
    program.folder = tmp_path_factory.mktemp("recording")
    with pytest.MonkeyPatch.context() as patch, Simulator(speed=20) as simulator:
        patch.setattr(blocks, "MOST_SECONDS", 50 * MS)
        wait_for_recordings(patch)
        with Client(
            simulator.url,
            numbers=float,
            on_notice=program.notices.append,
            handover_timeout=500 * MS,
            backoff=lambda: iter(lambda: 10 * MS, None),
        ) as client:
            recording = client.record(program.folder)
            program.begin(client, list(_CALLS))
            book = program.last
            wait_until(lambda: all(program.got.values()))
            simulator.skip_events("btcusdt@aggTrade", 3)
            simulator.skip_events("btcusdt@depth@100ms", 2)
            simulator.repeat_events("btcusdt@trade", 2)
            wait_until(lambda: program.has(Filled) and program.has(Duplicates))
            simulator.drop_connections()
            wait_until(lambda: program.has(Resubscribed) and program.has(Gap))
            simulator.send_raw('{"stream":"btcusdt@trade","data":{"e":1}}')
            simulator.shutdown_notice()
            wait_until(lambda: program.has(Disconnected, 2))
            wait_until(lambda: book.state == "synced")
            count = len(program.got["btcusdt@trade"])
            wait_until(lambda: len(program.got["btcusdt@trade"]) > count + 5)
            program.least = {name: len(got) for name, got in program.got.items()}
            program.least_notices = len(program.reported())
            in_time(recording.close)
    return program


@pytest.mark.parametrize("names", [list(_CALLS), ["btcusdt@aggTrade", _BOOK]], ids=["all", "two"])
def test_a_replay_delivers_and_reports_what_was_recorded(
    connect: Connect, recorded: Recorded, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    again = Program()
    hold_replays(monkeypatch)
    client = connect(
        f"replay:{recorded.folder}?speed=max", numbers=float, on_notice=again.notices.append
    )
    again.begin(client, names)
    begin_replay(monkeypatch, client)
    in_time(client.run_forever)
    in_time(client.close)
    recorded.check(again, names)


def test_nothing_is_dropped_however_small_a_queue_is(
    connect: Connect, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as somebody reads, be it slowly."""
    monkeypatch.setattr(replay_sockets, "_PATIENCE", LIMIT)
    client = connect(f"replay:{recorded.folder}?speed=max", numbers=float, maxsize=2)
    trades = in_time(lambda: list(client.trade("btcusdt")))
    assert trades == recorded.got["btcusdt@trade"][: len(trades)]
    assert len(trades) >= recorded.least["btcusdt@trade"]


def test_one_queue_that_is_not_emptied_holds_up_no_other(
    connect: Connect, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_sockets, "_PATIENCE", 50 * MS)
    client = connect(f"replay:{recorded.folder}?speed=max", numbers=float)
    # A slow reader would lose patience, too, if its queue was full.
    trades = client.trade("btcusdt", maxsize=1_000_000)
    tickers = client.book_ticker("btcusdt", maxsize=20)
    assert len(in_time(lambda: list(trades))) >= recorded.least["btcusdt@trade"]
    assert len(in_time(lambda: list(tickers))) == 20


def test_a_replay_begins_in_the_midst(connect: Connect, recorded: Recorded) -> None:
    """With the streams that had been confirmed before, and what they delivered since."""
    every = recorded.got["btcusdt@trade"]
    lines = [line for line in lines_in(recorded.folder) if line.get("stream") == "btcusdt@trade"]
    since = lines[len(lines) // 2]["t"] / 1e9
    client = connect(f"replay:{recorded.folder}?speed=max&from={since:.6f}", numbers=float)
    trades = client.trade("btcusdt")
    trades.wait(LIMIT)
    found = in_time(lambda: list(trades))
    assert 0 < len(found) < len(every)
    assert found == every[every.index(found[0]) :][: len(found)]


def test_the_end_of_the_recording_ends_a_book(connect: Connect, recorded: Recorded) -> None:
    client = connect(f"replay:{recorded.folder}?speed=max", numbers=float)
    book = client.order_book("BTCUSDT")
    assert in_time(lambda: list(book))
    # It may just have been about to start over.
    assert book.state in ("stale", "resyncing")
    assert book.reason == "the recording has ended"
    assert book.best_bid is not None


def test_an_unknown_stream_is_refused_with_those_that_there_are(
    connect: Connect, recorded: Recorded
) -> None:
    client = connect(f"replay:{recorded.folder}")
    with pytest.raises(ParameterError, match=r"ethusdt@trade.*btcusdt@trade"):
        client.trade("ethusdt")


def test_an_account_is_refused_as_a_recording_has_none(
    connect: Connect, recorded: Recorded
) -> None:
    client = connect(f"replay:{recorded.folder}")
    with pytest.raises(ParameterError, match="a recording that is replayed has no accounts"):
        client.account(HmacKey("K" * 64, "S" * 64))


def test_a_line_that_cannot_be_read_is_reported(
    connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And costs no other."""
    lines = [whole_trade(1, 1), whole_trade(2, 2).replace(b'"c":1,', b'"c":"x",')]
    part = write_part(tmp_path, [lines[:1], [whole_trade(2, 2), whole_trade(3, 3)]])
    part.write_bytes(part.read_bytes() + Compressor(3).frame(lines[1] + b"\n"))
    notices: list[Notice] = []
    hold_replays(monkeypatch)
    client = connect(f"replay:{tmp_path}?speed=max", on_notice=notices.append)
    trades = client.trade("btcusdt")
    begin_replay(monkeypatch, client)
    assert [trade.trade_id for trade in in_time(lambda: list(trades))] == [1, 2, 3]
    wait_until(lambda: notices)
    (notice,) = notices
    assert isinstance(notice, Undecodable)
    assert notice.raw == lines[1]


def test_a_replay_that_is_closed_in_the_midst_leaves_no_file_open(
    connect: Connect, recorded: Recorded
) -> None:
    before = open_files()
    client = connect(f"replay:{recorded.folder}?speed=max")
    client.trade("btcusdt").get(timeout=LIMIT)
    assert in_time(client.close) is None
    # At the latest once the client's thread has ended, for which closing waits a second at most.
    wait_until(lambda: open_files() <= before)


def open_files() -> set[str]:
    """The files of recordings that this process has open, where the system lists them."""
    links = Path("/proc/self/fd")
    found = {os.path.realpath(link) for link in links.iterdir()} if links.exists() else set()
    return {path for path in found if ".jsonl.zst" in path}
