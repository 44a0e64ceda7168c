"""A contender gets every message, or it has failed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.books.registry import CLIENTS
from benchmarks.certificates import Certificates
from benchmarks.contenders.registry import BASELINES, CONTENDERS, LIMIT
from benchmarks.runner import Load, Serving, read

SENT = '{"e":"aggTrade","E":1,"s":"BTCUSDT","a":7,"p":"0.10","q":"2.0","f":3,"l":3,"T":4,"m":true}'
LOAD = Load("aggTrade", 10, 100)


def printed(**changes: object) -> str:
    result = {
        "messages": 100,
        "extra": 0,
        "last": [1, "BTCUSDT", 7, "0.10", "2.0", 4, True],
        "cpu": 0.001,
        "wall": 0.5,
        "peak": 2e6,
        "server": {"cpu": 0.1, "wall": 0.5, "pace": None, "last": SENT},
        "delays": [],
        "notes": {"switches": 1},
    }
    return "a word of the library\nRESULT " + json.dumps({**result, **changes})


def test_the_figures_are_a_message() -> None:
    run = read("one", LOAD, printed(delays=list(range(1, 1001))), "")
    assert (run.status, run.per_second) == ("ok", 200)
    assert run.cpu_us == pytest.approx(10)
    assert run.delays_us == [501, 990, 999, 1000, 1]


def test_numbers_may_have_any_form() -> None:
    last = ["2026-01-01 00:00:00", "BTC/USDT", "7", 0.1, 2.0, 4, True]
    assert read("one", LOAD, printed(last=last), "").status == "ok"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"extra": 2}, "2 messages too many have come"),
        (
            {"last": [1, "BTCUSDT", 6, "0.10", "2.0", 4, True]},
            "the last message has 6 where 7 was sent",
        ),
        (
            {"last": [1, "BTCUSDT", 7, 0.2, "2.0", 4, True]},
            "the last message has 0.2 where 0.10 was sent",
        ),
        ({"last": [7]}, "1 fields were read, not 7"),
    ],
)
def test_what_is_not_as_sent_has_failed(changes: dict[str, Any], reason: str) -> None:
    run = read("one", LOAD, printed(**changes), "")
    assert (run.status, run.reason) == ("failed", reason)


def test_lost_messages_fail_by_number() -> None:
    run = read("one", LOAD, "LOST 3 of the measured messages have not come\n", "")
    assert (run.status, run.reason) == ("failed", "3 of the measured messages have not come")


def test_what_cannot_be_done_is_no_failure() -> None:
    run = read("one", LOAD, "NOT POSSIBLE it has no depth\n", "")
    assert (run.status, run.reason) == ("not possible", "it has no depth")


def test_an_error_is_the_reason() -> None:
    run = read("one", LOAD, "", "Traceback\nValueError: wrong\n")
    assert (run.status, run.reason) == ("failed", "ValueError: wrong")


def test_names_are_unique() -> None:
    names = [contender.name for contender in CONTENDERS]
    assert len(set(names)) == len(names)
    assert {LIMIT, *BASELINES} <= set(names)


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.0, 500.0])
@pytest.mark.parametrize("is_encrypted", [False, True])
def test_ours_gets_every_message(rate: float, is_encrypted: bool, tmp_path: Path) -> None:
    certificates = None
    if is_encrypted:
        pytest.importorskip("trustme")
        certificates = Certificates.issue(tmp_path)
    ours = next(one for one in CONTENDERS if one.is_ours)
    with Serving(Load("aggTrade", 10, 50, rate, certificates), is_pinned=False) as serving:
        run = serving.run(ours)
        again = serving.run(ours)
    assert (run.status, run.reason) == (again.status, again.reason) == ("ok", "")
    assert bool(run.delays_us) == bool(rate)


@pytest.mark.slow
def test_ours_keeps_the_book_that_the_server_sends() -> None:
    with Serving(Load("book", 50, 100, 500.0), is_pinned=False) as serving:
        run = serving.run(CLIENTS[0])
    assert (run.status, run.reason) == ("ok", "")
    assert run.reached
