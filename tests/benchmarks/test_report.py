"""The benchmark's tables say what was measured, and warn about what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import plot, report, summary
from benchmarks.contenders.registry import LIMIT
from benchmarks.runner import Run
from benchmarks.suites import summary as of_rounds

OURS = "ours: str, subscription"


def measured(name: str, *cpu: float, late: float = 0.0) -> dict[str, Any]:
    return of_rounds(
        [
            Run(
                name,
                cpu_us=one,
                reached=2_000,
                late=late,
                delays_us=[50, 60, 70, 80, 40],
                notes={"switches": 1},
            )
            for one in cpu
        ]
    )


def results(ours: dict[str, Any]) -> dict[str, Any]:
    rows = {OURS: ours, LIMIT: measured(LIMIT, 40, 41, 39)}
    return {
        "machine": {
            "date": "now", "processor": "one", "cores": 2, "system": "some", "python": "3",
            "load": [0.0], "versions": {},
        },
        "pace": {"tls": {"2000": {"messages": 10, "rounds": 3, "rows": rows}}},
    }  # fmt: skip


def test_the_median_of_the_rounds_counts() -> None:
    row = measured("one", 3, 1, 2)
    assert (row["cpu_us"], row["cpu_us_min"], row["cpu_us_max"]) == (2, 1, 3)


def test_a_contender_that_failed_once_has_failed() -> None:
    runs = [Run("one", cpu_us=1.0, notes={"switches": 1}), Run("one", "failed", "it was late")]
    assert of_rounds(runs) == {"status": "failed", "reason": "it was late"}


def test_the_short_table_has_ratios_to_the_limit() -> None:
    columns = summary.columns(results(measured(OURS, 60, 62, 61)), "tls")
    assert [head for head, _ in columns] == ["2,000/s", "latency at 2,000/s", "99.9 %"]
    assert summary.lines(columns) == [
        [f"**{OURS}**", "61.0 (1.52x)", "50", "70"],
        [LIMIT, "40.0 (1.00x)", "50", "70"],
    ]


@pytest.mark.parametrize(("value", "text"), [(1.234, "1.23"), (61, "61.0"), (1234.5, "1,234")])
def test_three_digits_are_written(value: float, text: str) -> None:
    assert summary.microseconds(value) == text


def test_uneven_sending_is_reported() -> None:
    assert "NOT EVEN" not in report.text(results(measured(OURS, 60)))
    assert "NOT EVEN at 2,000/s" in report.text(results(measured(OURS, 60, late=0.2)))


def test_noise_is_reported() -> None:
    calm = report.text(results(measured(OURS, 60, 61, 62)))
    assert "median of 3 rounds, which differ by 4%." in calm
    noisy = report.text(results(measured(OURS, 40, 60, 90)))
    assert "which differ by 44% (NOISY)" in noisy


def test_the_reason_of_a_failure_is_reported() -> None:
    text = report.text(results({"status": "failed", "reason": "3 have not come"}))
    assert f"- {OURS}: failed: 3 have not come" in text


def test_what_is_measured_is_drawn() -> None:
    drawn = results(measured(OURS, 60, 61, 62))
    assert plot.has_bars(drawn)
    assert "aggTrade, 2,000/s over TLS" in plot.svg(drawn)


def test_clients_that_keep_a_book_are_compared_with_ours() -> None:
    rows = {
        "ours: Decimal": measured("ours: Decimal", 100, 110, 120),
        "ccxt": measured("ccxt", 330, 330, 330),
        "other": {"status": "failed", "reason": "3 have not come"},
    }
    book = {"clients": {"tls": {"2000": {"messages": 10, "rounds": 3, "rows": rows}}}}
    text = report.text({"machine": results(rows["ccxt"])["machine"], "book": book})
    assert "## Clients that keep an order book, over TLS" in text
    cells = [cell.strip() for cell in text.split("| ccxt ")[1].splitlines()[0].split("|")]
    assert cells[1:4] == ["330", "330-330", "3.00x"]
    assert "- other: failed: 3 have not come" in text
