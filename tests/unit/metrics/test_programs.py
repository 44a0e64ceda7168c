"""What is served of a program around a client: a relay, a collector."""

from __future__ import annotations

import json
import re
import time
from typing import Any
from urllib.request import urlopen

import pytest

from binance_streams import Client, Health
from binance_streams_relay.counters import RelayStats
from binance_streams_relay.metrics import serve as serve_relay
from binance_streams_runtime.metrics.programs import COLLECTOR, RELAY, Program
from binance_streams_runtime.metrics.text import program_exposition
from binance_streams_sinks.collecting.metrics import CollectorHealth
from binance_streams_sinks.collecting.metrics import serve as serve_collector
from binance_streams_sinks.collecting.values import CollectorStats
from binance_streams_sinks.publishing.publisher import PublisherStats, State
from tests.support.limits import LIMIT

NOW = 1_700_000_000_000_000_000


def collector(
    state: State = "open", reason: str = "", not_stored: int = 0, oldest: int | None = None
) -> CollectorStats:
    publisher = PublisherStats(state, reason, 100, 90, 30, 4, not_stored, 10, 2000, oldest)
    return CollectorStats("one", 5, 3, 120, 2, 1, 1, False, publisher)


def samples(program: Program, stats: Any) -> dict[str, float]:
    found = re.findall(r"^binance_streams_(\S+) (\S+)$", program_exposition(program, stats), re.M)
    return {name: float(value) for name, value in found}


def test_a_relay_shows_all_that_it_counts() -> None:
    """Each count has a metric, and none another one's value."""
    names = list(RelayStats.__dataclass_fields__)
    stats = RelayStats(**{name: number for number, name in enumerate(names, start=1)})
    found = samples(Program(RELAY, lambda: stats), stats)
    shown = {name.removeprefix("relay_").removesuffix("_total"): at for name, at in found.items()}
    assert shown == {name: number for number, name in enumerate(names, start=1)}


def test_a_collector_shows_what_it_counts_and_how_far_its_log_is_behind() -> None:
    stats = collector(not_stored=6, oldest=time.time_ns() - 3 * 10**9)
    found = samples(Program(COLLECTOR, lambda: stats), stats)
    lag = found.pop("collector_lag_seconds")
    assert 3 <= lag < 3 + LIMIT
    assert found == {
        'collector_streams{state="confirmed"}': 3,
        'collector_streams{state="pending"}': 2,
        "collector_received_total": 120,
        "collector_gaps_total": 2,
        "collector_snapshots_total": 1,
        "collector_restarts_total": 1,
        "collector_log_connected": 1,
        "collector_submitted_total": 100,
        "collector_stored_total": 90,
        "collector_duplicates_total": 30,
        "collector_retried_total": 4,
        "collector_not_stored_total": 6,
        "collector_pending": 10,
        "collector_pending_bytes": 2000,
    }


@pytest.mark.parametrize(
    ("stats", "expected"),
    [
        (collector(), []),
        (collector(oldest=NOW - 9 * 10**9), []),
        (
            collector(oldest=NOW - 11 * 10**9),
            ["the log is 11 s behind: 10 messages are pending"],
        ),
        (collector("down", "refused"), ["nothing is stored, as the log is down: refused"]),
        (collector("connecting"), ["nothing is stored, as the log is connecting: -"]),
    ],
)
def test_what_is_wrong_with_a_collector(stats: CollectorStats, expected: list[str]) -> None:
    health = CollectorHealth(clock=lambda: 0.0, unix_time=lambda: NOW)
    assert list(health.reasons(stats)) == expected


def test_what_was_not_stored_is_a_reason_for_a_minute() -> None:
    now = 100.0
    health = CollectorHealth(clock=lambda: now, unix_time=lambda: NOW)
    text = "messages could not be stored in the last 60 s, 4 since the start"
    assert list(health.reasons(collector(not_stored=4))) == [text]
    now = 150.0
    assert list(health.reasons(collector(not_stored=4))) == [text]
    now = 161.0
    assert list(health.reasons(collector(not_stored=4))) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Health("ok"), Health("degraded", ("trouble",))),
        (Health("degraded", ("one",)), Health("degraded", ("one", "trouble"))),
        (Health("down", ("one",)), Health("down", ("one", "trouble"))),
    ],
)
def test_trouble_makes_it_degraded_at_least(before: Health, after: Health) -> None:
    program = Program((), lambda: None, lambda stats: ["trouble"])
    assert program.judged(before, None) == after
    assert Program((), lambda: None).judged(before, None) == before


def test_they_are_served_with_those_of_the_client() -> None:
    client = Client("ws://127.0.0.1:1")
    with (
        client,
        serve_relay(client, 0, lambda: RelayStats(clients=7)) as relay,
        serve_collector(lambda: client, 0, lambda: collector("down", "refused")) as other,
    ):
        text = read(relay.address, "/metrics")
        assert 'binance_streams_health{status="ok"} 1\n' in text
        assert (
            "# TYPE binance_streams_relay_clients gauge\nbinance_streams_relay_clients 7\n" in text
        )
        assert "binance_streams_collector_log_connected 0\n" in read(other.address, "/metrics")
        assert json.loads(read(relay.address, "/health"))["status"] == "ok"
        assert json.loads(read(other.address, "/health")) == {
            "status": "degraded",
            "reasons": ["nothing is stored, as the log is down: refused"],
        }


def read(address: str, path: str) -> str:
    with urlopen(f"http://{address}{path}", timeout=LIMIT) as answer:
        text: str = answer.read().decode()
        return text
