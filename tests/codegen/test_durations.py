"""Durations with a unit mean the same as plain numbers of seconds or milliseconds."""

from __future__ import annotations

import pytest

from codegen.read.durations import milliseconds
from tests.codegen.conftest import Tree
from tests.codegen.rule import DEPTH, KLINE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("250ms", 250),
        ("5s", 5_000),
        ("3m", 180_000),
        ("24h", 86_400_000),
        ("1d", 86_400_000),
        ("86400s", 86_400_000),
    ],
)
def test_each_unit_is_read(text: str, expected: int) -> None:
    assert milliseconds(text) == expected


def test_limits_and_speeds_with_units_generate_the_same(tree: Tree) -> None:
    plain = tree.model()
    tree.edit("connection.yaml", "connection_lifetime: 86400", "connection_lifetime: 24h")
    tree.edit(
        "connection.yaml", "connection_attempts_window: 300", "connection_attempts_window: 5m"
    )
    tree.edit("connection.yaml", "pong_timeout: 60\n", "pong_timeout: 1m\n")
    tree.edit("connection.yaml", "ping_interval: 20\n", "ping_interval: 20000ms\n")
    tree.rename(KLINE, "1000ms", "1s")
    tree.rename(KLINE, "2000ms", "2s")
    assert tree.model() == plain


def test_speeds_of_all_values_generate_the_same_as_others(tree: Tree) -> None:
    plain = tree.model()
    tree.edit(DEPTH, "100: 100ms, others: 1000ms}", "100: 100ms, 1000: 1000ms}")
    assert tree.model() == plain


def test_others_alone_is_one_speed(tree: Tree) -> None:
    tree.edit(DEPTH, "{by: speed, 100: 100ms, others: 1000ms}", "{by: speed, others: 1000ms}")
    by = tree.outputs()["docs/spot/streams.md"]
    tree.edit(DEPTH, "{by: speed, others: 1000ms}", "1000ms")
    assert tree.outputs()["docs/spot/streams.md"] == by
