"""Requests about many streams that are refused are asked for in halves."""

from __future__ import annotations

from binance_streams_runtime.session.rejections import Rejections


def test_each_half_is_asked_for_by_itself() -> None:
    rejections = Rejections()
    rejections.split(["a", "b", "c"])
    wanted = ["a", "b", "c", "d"]
    assert [rejections.next_group(wanted) for _ in range(3)] == [["a"], ["b", "c"], []]


def test_a_half_that_nobody_wants_any_more_is_left_out() -> None:
    rejections = Rejections()
    rejections.split(["a", "b", "c"])
    assert rejections.next_group(["c"]) == ["c"]
