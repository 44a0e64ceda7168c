"""The suite ``book`` applies the same updates to all books, and says which ones are wrong."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from benchmarks.books import diffs, report, suite
from benchmarks.books.contend import Book, Level, measure, true_levels
from benchmarks.books.contenders import plain
from benchmarks.books.registry import BOOKS, JSON

SEQUENCE = diffs.drawn("short", 1.0, count=40, levels=1_500)


def data_of(sequence: diffs.Diffs) -> list[dict[str, Any]]:
    return [json.loads(message)["data"] for message in sequence.messages]


def test_a_drawn_sequence_is_the_same_each_time() -> None:
    assert diffs.drawn("short", 1.0, count=40, levels=1_500) == SEQUENCE


def test_drawn_updates_follow_one_another() -> None:
    last_id = SEQUENCE.snapshot["lastUpdateId"]
    for data in data_of(SEQUENCE):
        assert data["U"] == last_id + 1
        assert data["u"] > last_id
        last_id = data["u"]


def test_drawn_updates_are_as_large_as_the_recorded_ones() -> None:
    assert SEQUENCE.mean_levels == pytest.approx(31, rel=0.1)
    small = diffs.drawn("small", 11 / 31, count=40, levels=1_500)
    assert small.mean_levels == pytest.approx(11, rel=0.15)


def test_a_drawn_book_is_never_crossed() -> None:
    for count in range(1, 41):
        part = diffs.Diffs("part", "", SEQUENCE.snapshot, SEQUENCE.messages[:count])
        bids, asks = true_levels(part)
        assert bids[0][0] < asks[0][0]


@pytest.mark.parametrize("structure", ["sort", "bisect", "sorteddict"])
@pytest.mark.parametrize("numbers", ["decimal", "float"])
def test_books_of_ones_own_end_in_the_true_levels(structure: str, numbers: str) -> None:
    if structure == "sorteddict":
        pytest.importorskip("sortedcontainers")
    result = measure(plain.make, SEQUENCE, f"{structure}-{numbers}", 0.0)
    assert "wrong" not in result
    assert min(result["best_us"], result["ten_us"], result["decode_us"]) > 0


class Forgetful:
    """A book that drops removals."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def decode(self, text: str) -> Any:
        return self._book.decode(text)

    def apply(self, message: Any) -> None:
        data = message["data"]
        for side in ("b", "a"):
            data[side] = [level for level in data[side] if Decimal(level[1])]
        self._book.apply(message)

    def best(self) -> tuple[Level, Level]:
        return self._book.best()

    def ten(self) -> tuple[Any, Any]:
        return self._book.ten()


def test_a_wrong_book_is_reported() -> None:
    result = measure(
        lambda sequence, variant: Forgetful(plain.make(sequence, variant)),
        SEQUENCE,
        "bisect-decimal",
        0.0,
    )
    row = suite.summary([suite.read("RESULT " + json.dumps({**result, "python": "3"}), "")])
    assert row["status"] == "wrong"
    assert "is right" in row["reason"]


def measured(best: float, **changes: Any) -> dict[str, Any]:
    figures = {"best_us": best, "ten_us": best + 2, "decode_us": 5.0, "python": "3.11"}
    return {"status": "ok", "reason": "", **figures, **changes}


def result_of(rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {
        "source": "drawn", "updates": 500, "levels": 31.0, "side": 5_000, "bytes": 1_100.0,
        "rounds": 3, "rows": {name: suite.summary(runs) for name, runs in rows.items()},
    }  # fmt: skip


def test_costs_are_compared_with_the_best_client_and_with_json() -> None:
    result = result_of(
        {
            "ccxt": [measured(50), measured(48), measured(52)],
            "python-binance, float": [measured(800)],
            "dict + bisected list, float": [measured(25)],
            JSON.name: [{"status": "ok", "reason": "", "decode_us": 5.0, "python": "3.11"}],
        }
    )
    line = next(one for one in report.lines(result) if one[0].startswith("dict"))
    head = dict(zip(report.HEAD, line, strict=True))
    assert head["apply + best"] == "25.0"
    assert head["to json.loads"] == "5.00x"
    assert line[3:4] + line[6:7] + line[9:10] == ["0.50x", "0.52x", "0.55x"]
    assert "median of 3 rounds" in report.about("31 levels", result)


def test_what_is_wrong_or_not_possible_is_said() -> None:
    result = result_of(
        {
            "ccxt": [
                measured(50),
                measured(50, status="wrong", reason="bid 1 is 2 where 3 is right"),
            ],
            "order-book (C), float": [{"status": "not possible", "reason": "no such Python"}],
        }
    )
    assert report.lines(result)[0][1] == "50.0 (WRONG)"
    assert report.lines(result)[1][1] == "not possible"
    assert report.notes(result) == [
        "- ccxt: wrong: bid 1 is 2 where 3 is right",
        "- order-book (C), float: not possible: no such Python",
    ]


def test_another_python_is_said() -> None:
    rows = {"order-book (C), float": [measured(20, python="3.13")], JSON.name: [measured(5)]}
    assert report.notes(result_of(rows)) == ["- order-book (C), float: on Python 3.13"]


def test_an_error_is_the_reason() -> None:
    failed = suite.read("", "Traceback\nValueError: wrong\n")
    assert failed == {"status": "failed", "reason": "ValueError: wrong"}


def test_names_are_unique() -> None:
    names = [one.name for one in (*BOOKS, JSON)]
    assert len(set(names)) == len(names)
