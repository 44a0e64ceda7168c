"""Messages in hourly Parquet files, as DuckDB reads them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from msgspec import structs

import binance_streams
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.messaging.address import parse_address
from binance_streams_sinks import hour_file, journal, parquet_sink
from binance_streams_sinks.journal import Entry
from binance_streams_sinks.parquet_folder import ParquetFolder
from binance_streams_sinks.parquet_sink import ParquetSink
from binance_streams_sinks.publishing.sink import Published, SinkError, SinkOptions
from tests.support.limits import MS
from tests.support.loops import run, until
from tests.support.published import message

HOUR = 3_600 * 10**9
# 2026-11-26T13:00Z
NOON = 1_795_698_000 * 10**9
MINUTE = HOUR // 60

TRADE = b'{"e":"trade","E":1,"s":"%s","t":%d,"p":"0.10","q":"2","T":1,"m":true,"M":true}'


def trade(number: int, at: int = NOON, symbol: str = "BTCUSDT") -> Entry:
    """A trade, received ``number`` seconds after ``at``."""
    name = f"{symbol.lower()}@trade"
    payload = TRADE % (symbol.encode(), number)
    subject = f"binance.spot.trade.{symbol}"
    return Entry(name, subject, f"{name}:{number}", at + number * 10**9, payload)


def opened(folder: Path, collector: str = "a") -> ParquetFolder:
    found = ParquetFolder(folder, binance_streams.CATALOG, collector)
    found.open()
    return found


def stop(folder: ParquetFolder) -> None:
    """End it as a crash does: nothing is completed, and the system lets go of its files."""
    for file in folder._open.values():
        file._journal.close()


def files(folder: Path) -> list[str]:
    """The files that readers see."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("[!.]*.parquet"))


def select(what: str, folder: Path, key: str = "trade") -> list[Any]:
    source = f"read_parquet('{folder}/stream={key}/*/*.parquet', union_by_name=true)"
    return duckdb.execute(f"select {what} from {source} order by received").fetchall()


def ids(folder: Path) -> list[int]:
    return [number for (number,) in select("trade_id", folder)]


def test_each_hour_has_a_file_with_the_columns_of_conversions(tmp_path: Path) -> None:
    folder = opened(tmp_path)
    assert folder.store([trade(1), trade(2, symbol="ETHUSDT")], NOON) == [None, None]
    assert folder.store([trade(3, NOON + HOUR)], NOON + HOUR) == [None]
    folder.close()
    assert files(tmp_path) == [
        "stream=trade/date=2026-11-26/13.a.0.0.parquet",
        "stream=trade/date=2026-11-26/14.a.0.0.parquet",
    ]
    rows = select("stream_name, symbol, trade_id, price, epoch_ns(received)", tmp_path)
    assert rows == [
        ("btcusdt@trade", "BTCUSDT", 1, Decimal("0.10000000"), NOON + 10**9),
        ("ethusdt@trade", "ETHUSDT", 2, Decimal("0.10000000"), NOON + 2 * 10**9),
        ("btcusdt@trade", "BTCUSDT", 3, Decimal("0.10000000"), NOON + HOUR + 3 * 10**9),
    ]


def test_a_file_appears_a_minute_after_its_hour(tmp_path: Path) -> None:
    """Complete, and not before; what comes later has another one."""
    folder = opened(tmp_path)
    folder.store([trade(1)], NOON)
    folder.maintain(NOON + HOUR + MINUTE - 1)
    assert files(tmp_path) == []
    folder.maintain(NOON + HOUR + MINUTE)
    assert files(tmp_path) == ["stream=trade/date=2026-11-26/13.a.0.0.parquet"]
    folder.store([trade(2)], NOON + HOUR + MINUTE)
    folder.close()
    assert files(tmp_path)[1:] == ["stream=trade/date=2026-11-26/13.a.1.0.parquet"]
    assert ids(tmp_path) == [1, 2]


def test_what_a_stopped_program_had_stored_is_made_by_the_next(tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.store([trade(1), trade(2)], NOON)
    stop(first)
    assert files(tmp_path) == []
    second = opened(tmp_path)
    assert ids(tmp_path) == [1, 2]
    second.store([trade(3)], NOON)
    second.close()
    assert ids(tmp_path) == [1, 2, 3]


def test_a_journal_whose_files_could_not_be_begun_is_tried_again(tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.store([trade(1)], NOON)
    (path,) = (file.path for file in first._open.values())
    stop(first)
    in_the_way = path.with_name(".13.a.0.0.parquet.partial")
    in_the_way.mkdir()
    second = opened(tmp_path)
    second.store([trade(2)], NOON)
    in_the_way.rmdir()
    second.maintain(NOON + HOUR + MINUTE)
    assert ids(tmp_path) == [1, 2]


def test_a_torn_journal_is_read_up_to_its_last_message(tmp_path: Path) -> None:
    folder = opened(tmp_path)
    folder.store([trade(1), trade(2)], NOON)
    (path,) = (file.path for file in folder._open.values())
    stop(folder)
    os.truncate(path, path.stat().st_size - 3)
    opened(tmp_path)
    assert ids(tmp_path) == [1]


def test_files_that_were_named_before_the_journal_was_removed_are_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the two leaves each message once."""
    folder = opened(tmp_path)
    folder.store([trade(1), trade(2)], NOON)
    with monkeypatch.context() as patch:
        patch.setattr(journal.Journal, "remove", journal.Journal.close)
        folder.close()
    assert ids(tmp_path) == [1, 2]
    opened(tmp_path).close()
    assert ids(tmp_path) == [1, 2]
    assert list(tmp_path.rglob(".*")) == []


def test_a_journal_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    """Such as that of another process of the same name."""
    first, second = opened(tmp_path), opened(tmp_path)
    first.store([trade(1)], NOON)
    third = opened(tmp_path)
    second.store([trade(2)], NOON)
    for folder in (first, second, third):
        folder.close()
    assert ids(tmp_path) == [1, 2]


def test_collectors_have_files_of_their_own(tmp_path: Path) -> None:
    """Whose names may be alike."""
    first, second = opened(tmp_path, "a"), opened(tmp_path, "a-0")
    first.store([trade(1)], NOON)
    second.store([trade(2)], NOON)
    first.close()
    stop(second)
    opened(tmp_path, "a").close()
    assert ids(tmp_path) == [1]
    opened(tmp_path, "a-0").close()
    assert ids(tmp_path) == [1, 2]


def test_what_does_not_match_the_spec_is_kept_as_text(tmp_path: Path) -> None:
    folder = opened(tmp_path)
    torn = Entry("btcusdt@trade", "s", "btcusdt@trade:x", NOON, b'{"e":')
    notice = Entry("", "binance.spot._notice.a", "n:1", NOON, b'{"type":"Gap"}')
    assert folder.store([trade(1), torn, notice], NOON) == [None, None, None]
    folder.close()
    rows = select("stream_name, message_id, payload", tmp_path, "_undecodable")
    assert rows == [("btcusdt@trade", "btcusdt@trade:x", '{"e":')]
    assert select("subject, payload", tmp_path, "_notice") == [
        ("binance.spot._notice.a", '{"type":"Gap"}')
    ]
    assert ids(tmp_path) == [1]


def test_a_value_that_no_column_can_hold_is_kept_as_text(tmp_path: Path) -> None:
    huge = trade(2)
    payload = huge.payload.replace(b"0.10", b"1" * 40 + b".5")
    folder = opened(tmp_path)
    folder.store([trade(1), structs.replace(huge, payload=payload), trade(3)], NOON)
    folder.close()
    assert ids(tmp_path) == [1, 3]
    ((kept,),) = select("payload", tmp_path, "_undecodable")
    assert "1" * 40 in kept


def test_more_digits_than_before_begin_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hour_file, "ROWS", 1)
    fine = trade(2)
    payload = fine.payload.replace(b"0.10", b"0.0123456789")
    folder = opened(tmp_path)
    folder.store([trade(1)], NOON)
    folder.store([structs.replace(fine, payload=payload)], NOON)
    folder.store([trade(3)], NOON)
    folder.close()
    first, second = (pq.read_table(tmp_path / name) for name in files(tmp_path))
    assert first["price"].to_pylist() == [Decimal("0.10000000")]
    assert second["price"].to_pylist() == [Decimal("0.0123456789"), Decimal("0.1000000000")]
    assert ids(tmp_path) == [1, 2, 3]


def test_a_full_disk_fails_for_the_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And leaves no part of a message, which would hide all later ones."""
    folder = opened(tmp_path)
    folder.store([trade(1)], NOON)

    def write(descriptor: int, data: memoryview) -> int:
        if len(data) < 100:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data[:50])

    real = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write)
        assert folder.store([trade(2)], NOON) == ["No space left on device"]
    assert folder.store([trade(2), trade(3)], NOON) == [None, None]
    stop(folder)
    opened(tmp_path)
    assert ids(tmp_path) == [1, 2, 3]


def test_files_that_cannot_be_made_are_made_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The journal keeps what is in it, and other messages go to another one."""
    folder = opened(tmp_path)

    def full(*arguments: Any, **options: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(pq, "ParquetWriter", full)
        patch.setattr(hour_file, "ROWS", 2)
        assert folder.store([trade(1), trade(2)], NOON) == [None, None]
        assert "No space left on device; what is in the journal is kept" in caplog.text
        assert folder.store([trade(3)], NOON) == [None]
    folder.maintain(NOON + 2 * HOUR)
    assert ids(tmp_path) == [1, 2, 3]
    folder.close()
    assert list(tmp_path.rglob(".*")) == []


PROGRAM = """
import sys
from binance_streams import CATALOG
from binance_streams_sinks.journal import Entry
from binance_streams_sinks.parquet_folder import ParquetFolder

_, path, now, payload = sys.argv
folder = ParquetFolder(path, CATALOG, "a")
folder.open()
for number in range(1_000_000):
    entry = Entry("btcusdt@trade", "", "", int(now), payload.encode() % (b"BTCUSDT", number))
    assert folder.store([entry], int(now)) == [None]
    print(number, flush=True)
"""


def test_a_killed_program_loses_nothing_that_it_had_stored(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path), str(NOON), TRADE.decode()],
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        for _ in range(50):
            child.stdout.readline()
        child.kill()
        rest = child.stdout.read()
    stored = 50 + len(rest.splitlines())
    opened(tmp_path)
    # It may have been killed between storing one and saying so.
    assert sorted(ids(tmp_path)) in (list(range(stored)), list(range(stored + 1)))


def sink_of(folder: Path | str) -> ParquetSink:
    options = SinkOptions(catalog=binance_streams.CATALOG)
    return ParquetSink(parse_address(f"parquet:{folder}"), options)


def published(number: int) -> Published:
    made = message(number)
    made.payload = TRADE % (b"BTCUSDT", number)
    return made


def test_the_sink_stores_a_batch_and_completes_its_files(tmp_path: Path) -> None:
    async def test() -> None:
        sink = sink_of(tmp_path / "log")
        await sink.open()
        assert not (await sink.publish([published(1), published(2)])).failures
        await sink.close()
        await sink.close()

    run(test)
    assert ids(tmp_path / "log") == [1, 2]


def test_files_are_completed_although_no_message_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_sink, "MAINTAIN_EVERY", 10 * MS)

    async def test() -> None:
        sink = sink_of(tmp_path)
        await sink.open()
        # Received in 1970.
        await sink.publish([published(1)])
        await until(lambda: files(tmp_path))
        await sink.close()

    run(test)


def test_the_sink_can_be_closed_and_opened_whatever_went_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_sink, "MAINTAIN_EVERY", 1 * MS)
    failures: list[int] = []

    def fail(folder: ParquetFolder, now: int) -> None:
        failures.append(now)
        raise ArithmeticError

    async def test() -> None:
        sink = sink_of(tmp_path)
        await sink.open()
        await sink.publish([published(1)])
        with monkeypatch.context() as patch:
            patch.setattr(ParquetFolder, "maintain", fail)
            await until(lambda: failures)
            await sink.close()
        await sink.open()
        assert not (await sink.publish([published(2)])).failures
        await sink.close()

    run(test)
    assert ids(tmp_path) == [1, 2]


def test_a_folder_that_cannot_be_made_is_refused_for_good(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    async def test() -> None:
        sink = sink_of(tmp_path / "file")
        with pytest.raises(SinkError, match="File exists") as refused:
            await sink.open()
        assert refused.value.is_final
        await sink.close()

    run(test)


@pytest.mark.parametrize("url", ["parquet:", "parquet://host/x", "parquet:x?numbers=int"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ParameterError):
        ParquetSink(parse_address(url), SinkOptions(catalog=binance_streams.CATALOG))
