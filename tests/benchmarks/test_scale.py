"""What is measured beyond one process: nothing may be lost, and the figures are read correctly."""

from __future__ import annotations

import fcntl
import resource
import socket
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.contenders.registry import LINES
from benchmarks.frames import MEASURED, Connection, Frames, frame
from benchmarks.scale import collectors, listen, page, relay, suite
from benchmarks.scale import lines as connections
from benchmarks.scale.read import Count
from benchmarks.server import Server
from benchmarks.workloads import find

DIRECT, OURS = relay.WAYS[0].name, relay.WAYS[1].name


def row(cpu_us: float, **more: Any) -> dict[str, Any]:
    costs = {"cpu_us": cpu_us, "cpu_us_min": cpu_us, "cpu_us_max": cpu_us}
    return {"status": "ok", "per_second": 1000.0, **costs, **more}


def fanned(cpu_us: float, delays_us: list[float]) -> dict[str, Any]:
    return row(cpu_us, share=0.5, late=0.0, others_share=0.2, delays_us=delays_us)


def test_frames_are_found_in_what_was_read_so_far() -> None:
    sizes = [10, 125, 126, 70_000]
    data = b"".join(frame(bytes(size)) for size in sizes)
    found, position = [], 0
    while (at := listen._frame(data, position)) is not None:
        found.append(at[1] - at[0])
        position = at[1]
    assert found == sizes
    assert position == len(data)


@pytest.mark.parametrize("size", [10, 126, 70_000])
def test_a_frame_that_is_not_complete_is_awaited(size: int) -> None:
    data = frame(bytes(size))
    assert all(listen._frame(data[:end], 0) is None for end in (0, 1, 3, 4, 9, len(data) - 1))


def test_a_lost_message_is_a_failure() -> None:
    result = {"expected": 10, "received": 9, "incomplete": 1, "dropped": 1}
    judged = relay.judged(result, 1.0)
    assert judged["status"] == "failed"
    assert "1 of 10 messages" in judged["reason"]


def test_what_a_relay_adds_is_the_difference_to_no_relay() -> None:
    rows = {DIRECT: fanned(5.0, [100, 200, 300, 400, 50]), OURS: fanned(10.0, [150, 500, 1, 1, 1])}
    shown = relay.lines({"rows": rows})
    head = relay.HEAD.index("added, median")
    assert shown[0][head : head + 2] == ["", ""]
    assert shown[1][head : head + 2] == ["50", "300"]


@pytest.mark.parametrize("load", relay.FAN_OUTS, ids=str)
def test_every_client_gets_the_same_number_of_messages(load: relay.FanOut) -> None:
    assert load.rate % load.streams == 0
    assert load.each <= load.streams


def test_the_source_sends_to_every_connection_what_it_has_subscribed_to() -> None:
    workload = find("aggTrade:2")
    frames = Frames(workload, 0, 4, "E")
    both: list[bytes] = []
    one: list[bytes] = []
    listeners: Any = [
        SimpleNamespace(streams=set(workload.streams), send=both.append),
        SimpleNamespace(streams={workload.streams[1]}, send=one.append),
    ]
    server = Server(workload, frames, None)
    server._send_stamped(listeners, frames.stamped(MEASURED, True), 1e6)
    assert len(both) == 4
    assert one == both[1::2]


def test_the_time_of_sending_stands_where_it_was_asked_for() -> None:
    for key in ("f", "E"):
        frames = Frames(find("aggTrade"), 0, 1, key)
        _, head, tail = frames.stamped(MEASURED, False)[0]
        assert head.endswith(f'"{key}":'.encode())
        assert tail.startswith(b",")


def test_a_ratio_is_to_one_connection_of_the_same_library() -> None:
    names = [one.name for one in LINES]
    rows = {name: row(cost) for name, cost in zip(names, (2.0, 3.0, 10.0, 40.0), strict=True)}
    ratio = connections.HEAD.index("to one connection")
    assert [cells[ratio] for cells in connections.lines({"rows": rows})] == [
        *("1.00x", "1.50x", "1.00x", "4.00x")
    ]


def test_collectors_are_compared_with_ours() -> None:
    rows = {"ours: Collector": row(10.0), "by hand": row(25.0)}
    ratio = collectors.HEAD.index("to ours")
    assert [cells[ratio] for cells in collectors.lines({"rows": rows})] == ["1.00x", "2.50x"]


def test_reading_ends_with_the_last_message() -> None:
    read: list[int] = []
    count = Count(read.append, 3)
    assert [count(number) for number in range(3)] == [False, False, True]
    assert read == [0, 1, 2]
    assert count.result["per_second"] > 0


def test_a_failure_of_ours_is_one_of_the_run() -> None:
    failed = {"status": "failed", "reason": "x"}
    assert suite.has_failed({"relay": {"load": {"rows": {OURS: failed}}}})
    assert not suite.has_failed({"relay": {"load": {"rows": {DIRECT: failed, OURS: row(1.0)}}}})


def test_more_than_a_thousand_connections_can_be_read() -> None:
    """The source waits with poll(), which has no limit of 1,024 files as select() has."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 2_000:
        pytest.skip("fewer than 2,000 files may be open")
    ours, theirs = socket.socketpair()
    high = fcntl.fcntl(ours.fileno(), fcntl.F_DUPFD, 1_500)
    with socket.socket(fileno=high) as moved, ours, theirs:
        theirs.sendall(b"a line\n")
        assert Connection(moved).read_line() == b"a line\n"


def test_the_page_has_the_figures_of_the_newest_run() -> None:
    path = page.newest()
    expected = f"{page.BEGIN}\n{page.END}" if path is None else page.text(path)
    assert expected in page.PAGE.read_text(), "run .venv/bin/python -m benchmarks.scale.page"


def test_the_page_names_what_is_measured() -> None:
    loads = set(map(str, relay.FAN_OUTS))
    assert loads.issuperset(page._RELAY)
