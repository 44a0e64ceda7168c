"""What becomes of what waits: lines, blocks and parts, on a good disk and on a bad one."""

from __future__ import annotations

import errno
import json

import pytest

from binance_streams import Gap
from binance_streams_runtime.protocol.frames import Binary, Ping
from binance_streams_runtime.protocol.rest import RestFailure
from binance_streams_runtime.recording.facts import Clock
from binance_streams_runtime.recording.header import read_header
from binance_streams_runtime.recording.lines import read_head
from binance_streams_runtime.recording.rotation import Rotation
from binance_streams_runtime.storage.compression import Compressor, frame_in
from binance_streams_runtime.storage.pending import TOO_SLOW
from tests.support.disk import GAP, World, at
from tests.support.recordings import BEGIN, SECOND

BODY = b'{"lastUpdateId":5,"bids":[],"asks":[]}'


def test_a_part_begins_with_its_header_and_the_state() -> None:
    world = World()
    world.work(1.0)
    (file,) = world.disk.files
    assert world.kinds() == ["!header", "!session"]
    assert read_header(file.lines[0])[1].part == 1
    assert json.loads(file.lines[1])["data"] == {"type": "state", "number": 1}


def test_lines_have_the_time_and_the_connection_of_the_read() -> None:
    world = World()
    world.now = 1.25
    message = world.trade(7, connection=3)
    world.finish()
    assert world.disk.lines[-1] == b'{"t":%d,"c":3,' % at(1.25) + message[1:]


def test_every_kind_of_line_is_in_its_place() -> None:
    world = World()
    world.trade(1)
    world.notice(GAP)
    world.recorder.answer(0.0, "/api/v3/depth?x", 200, BODY, "btcusdt@depthSnapshot")
    world.recorder.answer(0.0, "/api/v3/klines?x", 200, b"[]")
    world.recorder.failure(0.0, "/api/v3/klines?x", RestFailure("no answer", 503))
    world.recorder.session(0.0, {"type": "confirmed"})
    world.recorder.frames(0.0, 1, [Ping(b"x"), Binary(b"\xff")], 9)
    world.finish()
    assert world.kinds() == [
        *("!header", "!session", "btcusdt@trade", "!notice", "btcusdt@depthSnapshot"),
        *("!rest", "!rest", "!session", "!raw"),
    ]
    assert world.data_of("!notice") == [
        {"type": "Gap", "stream": "btcusdt@trade", "first_missing": 1, "last_missing": 2}
        | {"since": None, "until": None, "reason": GAP.reason, "key": None}
    ]
    assert world.data_of("!rest")[1]["failure"]["reason"] == "no answer"


def test_a_block_is_written_within_a_second_though_little_comes() -> None:
    world = World()
    world.work(1.0)
    for number in range(10):
        world.trade(number)
        world.work(0.1)
    assert world.trades() == [*range(len(world.trades()))]
    assert len(world.trades()) >= 8
    world.work(0.9)
    assert world.trades() == [*range(10)]


def test_a_block_ends_with_the_line_that_fills_it() -> None:
    world = World(most_bytes=1 << 30)
    for number in range(10_000):
        world.trade(number)
    world.finish()
    blocks = world.disk.files[0].index
    assert sum(block.lines for block in blocks) == 10_002
    assert len(blocks) > 2
    assert world.trades() == [*range(10_000)]


def test_the_index_names_each_stream_once() -> None:
    world = World()
    world.trade(1)
    world.work(1.0)
    world.trade(2)
    world.notice()
    world.work(1.0)
    streams = [block.streams for block in world.disk.files[0].index]
    assert streams == [("!header",), ("!session", "btcusdt@trade"), ("!notice",)]
    assert [block.first for block in world.disk.files[0].index] == [at(0), at(0), at(1)]


def test_what_a_time_says_about_the_wall_clock_is_recorded_before_it_counts() -> None:
    world = World()
    world.recorder.session(0.0, Clock(5))
    world.trade(1)
    world.finish()
    assert world.data_of("!session")[1] == {"type": "clock", "offset": 5}
    assert [read_head(line).time for line in world.disk.lines] == [at(0), at(0), at(0), 5]


# Parts


def test_a_part_ends_at_the_full_hour_without_a_lost_line() -> None:
    world = World(Rotation(seconds=3600))
    until = 3600 - BEGIN // SECOND % 3600
    for number in range(10):
        world.now = until - 5 + number
        world.trade(number)
    world.finish()
    first, second = world.disk.files
    assert world.trades() == [*range(10)]
    assert (len(first.lines), len(second.lines)) == (2 + 5, 2 + 5)
    assert world.kinds(1)[:2] == ["!header", "!session"]
    assert read_header(second.lines[0])[1].part == 2
    assert second.begin == at(until)
    assert first.is_closed
    assert first.synced == first.size


def test_a_part_ends_once_it_is_large_enough() -> None:
    world = World(Rotation(size=2000))
    for number in range(400):
        world.trade(number)
        world.work(0.1)
    world.finish()
    assert world.trades() == [*range(400)]
    assert len(world.disk.files) > 2
    assert all(2000 <= file.size < 3000 for file in world.disk.files[:-1])
    assert [state["number"] for state in world.data_of("!session")] == [
        *range(1, len(world.disk.files) + 1)
    ]


def test_the_lines_of_one_read_stay_together() -> None:
    """Those who read them again take them for one read."""
    world = World(Rotation(size=1))
    items = [b'{"stream":"btcusdt@trade","data":{"t":%d}}' % number for number in range(9000)]
    world.recorder.frames(0.0, 1, items, 100_000)
    world.work(1.0)
    world.trade(9000)
    world.finish()
    assert world.kinds(0).count("btcusdt@trade") == 9000
    assert world.trades() == [*range(9001)]


# Disks


def test_a_full_disk_loses_nothing_as_long_as_there_is_room_in_memory() -> None:
    world = World()
    world.trade(1)
    world.work(1.0)
    world.disk.error = errno.ENOSPC
    world.trade(2)
    world.work(1.0)
    assert world.writer.failure == "ENOSPC"
    for number in range(3, 10):
        world.trade(number)
        world.work(1.0)
    world.disk.error = None
    world.work(1.0)
    world.finish()
    assert world.writer.failure is None
    assert world.trades() == [*range(1, 10)]
    assert len(world.disk.files) == 1


def test_what_finds_no_room_is_counted_and_said_at_its_place() -> None:
    world = World(most_bytes=1000)
    world.disk.error = errno.ENOSPC
    for number in range(100):
        world.trade(number)
        world.work(0.1)
    lost = world.pending.lost_lines
    assert 50 < lost < 100
    assert world.pending.bytes < 1500
    world.disk.error = None
    world.work(1.0)
    world.trade(100)
    world.finish()
    assert world.trades() == [*range(100 - lost), 100]
    (line,) = world.data_of("!lost")
    assert (line["lines"], line["reason"]) == (lost, "ENOSPC")
    kinds = world.kinds()
    place = kinds.index("!lost")
    assert kinds[place : place + 3] == ["!lost", "!session", "btcusdt@trade"]


def test_what_finds_no_room_is_reported_once_a_second() -> None:
    """By the driver, as the thread that writes may hang."""
    world = World(most_bytes=1000)
    for number in range(100):
        world.now = number / 10
        world.trade(number)
    assert 9 <= len(world.notices) <= 10
    assert all(notice.lines == 10 for notice in world.notices[1:])
    world.now = 100.0
    world.work()
    world.trade(100)
    assert sum(notice.lines for notice in world.notices) == world.pending.lost_lines
    assert world.notices[0].reason == TOO_SLOW


def test_what_was_lost_last_is_said_at_the_end() -> None:
    world = World(most_bytes=10)
    world.trade(1)
    world.trade(2)
    world.trade(3)
    world.finish()
    assert [notice.lines for notice in world.notices] == [1, 1]
    assert world.data_of("!lost")[0]["lines"] == 2
    assert "the disk is too slow" in world.data_of("!lost")[0]["reason"]


def test_a_broken_file_is_followed_by_another_one() -> None:
    """The state follows as soon as the driver has said what it is."""
    world = World()
    world.trade(1)
    world.work(1.0)
    world.disk.error = errno.EIO
    world.trade(2)
    world.work(1.0)
    world.disk.error = None
    world.work(1.0)
    world.trade(3)
    world.finish()
    assert world.trades() == [1, 2, 3]
    assert world.kinds(1) == ["!header", "btcusdt@trade", "!session", "btcusdt@trade"]
    assert world.disk.files[1].index[1].streams == ("btcusdt@trade",)


def test_a_part_that_cannot_be_created_is_tried_again() -> None:
    world = World(Rotation(size=1))
    world.trade(1)
    world.work(1.0)
    world.disk.error = errno.ENOSPC
    for number in range(2, 5):
        world.trade(number)
        world.work(1.0)
    assert len(world.disk.files) == 1
    world.disk.error = None
    world.work(1.0)
    world.finish()
    assert world.trades() == [1, 2, 3, 4]


def test_a_disk_that_fails_later_is_found_out() -> None:
    """What the system could not put on the disk may be lost, so the file is left."""
    world = World()
    world.trade(1)
    world.work(1.0)
    world.disk.sync_error = errno.EIO
    world.trade(2)
    world.work(10.0)
    assert world.writer.failure == "EIO"
    world.disk.sync_error = None
    world.trade(3)
    world.work(2.0)
    world.finish()
    assert len(world.disk.files) == 2
    assert world.trades() == [1, 2, 3]


def test_a_deleted_file_is_followed_by_another_one_and_counted() -> None:
    world = World()
    world.trade(1)
    world.work(6.0)
    world.disk.files[0].is_deleted = True
    world.trade(2)
    world.work(6.0)
    assert "was deleted" in str(world.writer.failure)
    assert world.writer.lost_lines == 3
    world.trade(3)
    world.work(2.0)
    world.finish()
    assert world.kinds(1) == ["!header", "btcusdt@trade", "!session", "btcusdt@trade"]


def test_what_cannot_be_written_at_the_end_is_counted() -> None:
    world = World()
    world.work(1.0)
    world.disk.error = errno.ENOSPC
    world.trade(1)
    world.trade(2)
    world.finish()
    assert world.writer.lost_lines == 2


def test_all_is_on_the_disk_every_five_seconds() -> None:
    world = World()
    for number in range(60):
        world.trade(number)
        world.work(0.1)
    file = world.disk.files[0]
    assert 0 < file.synced < file.size
    world.finish()
    assert file.synced == file.size


@pytest.mark.parametrize("count", [0, 1])
def test_it_counts_what_it_writes(count: int) -> None:
    world = World()
    for number in range(count):
        world.trade(number)
    world.notice(Gap("btcusdt@trade", None, None))
    world.finish()
    lines = world.disk.lines
    # The header is no line of the recording's own.
    assert world.writer.lines == len(lines) - 1 == count + 2
    assert world.writer.bytes == sum(len(line) + 1 for line in lines[1:])
    assert world.writer.written == world.disk.files[0].size


@pytest.mark.parametrize(("waited", "level"), [(0.1, 19), (0.5, 1)])
def test_a_costly_level_gives_way_while_much_waits(waited: float, level: int) -> None:
    """What waits is lost if the process is killed."""
    world = World(level=19)
    for number in range(4000):
        world.trade(number)
    world.now += waited
    world.writer.work(world.now)
    while not world.disk.files[0].frames[1:]:
        world.writer.work(world.now)
    frame = world.disk.files[0].frames[1]
    content, _ = frame_in(frame) or (b"", 0)
    assert frame == Compressor(level).frame(content)
