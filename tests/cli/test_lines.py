"""Writing lines to standard output."""

from __future__ import annotations

import io
import threading

import pytest

from binance_streams_cli.lines import LineWriter
from tests.support.limits import LIMIT, in_time


def test_an_end_that_comes_just_after_a_pause_is_not_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The thread that flushes has ended its pause, and sees what was written at the end."""
    out = io.BytesIO()
    writer = LineWriter(out, lambda: None)
    paused, ended = threading.Event(), threading.Event()
    wait, mark_dirty = writer._is_closed.wait, writer._is_dirty.set

    def wait_for_end(timeout: float | None = None) -> bool:
        result = wait(timeout)
        paused.set()
        assert ended.wait(LIMIT)
        return result

    def mark() -> None:
        mark_dirty()
        if writer._is_closed.is_set():
            ended.set()

    monkeypatch.setattr(writer._is_closed, "wait", wait_for_end)
    monkeypatch.setattr(writer._is_dirty, "set", mark)

    def write() -> int:
        lines = 0
        with writer:
            # A line that comes soon after another one is left to the thread.
            while writer._thread is None:
                writer.write(b"line\n")
                lines += 1
            assert paused.wait(LIMIT)
        return lines

    lines = in_time(write, 2 * LIMIT)
    assert out.getvalue() == b"line\n" * lines
