"""What the command ``doctor`` finds of a log, and of those that fill it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from binance_streams_cli.diagnosis import logs
from binance_streams_cli.diagnosis.finding import Finding
from binance_streams_cli.doctor import findings
from binance_streams_cli.main import main
from binance_streams_cli.market import Market
from binance_streams_runtime.messaging.log_notices import (
    Alive,
    Closed,
    LogGap,
    LogNotice,
    encode_notice,
)
from binance_streams_runtime.messaging.subjects import NOTICES
from tests.support.limits import LIMIT, MS
from tests.support.log_writer import SUBJECTS, LogWriter
from tests.support.nats_server import NatsServer
from tests.support.raw_server import RawServer

AT: dict[str, Any] = {"session": "s", "number": 1, "at": 1}


def write(server: NatsServer, *notices: LogNotice) -> None:
    """Write notices of collectors."""
    LogWriter(server).publish(
        NOTICES,
        [
            (SUBJECTS.notices(one.collector), f"n{number}", encode_notice(one), one.collector)
            for number, one in enumerate(notices)
        ],
    )


def alive(collector: str, *streams: str) -> Alive:
    return Alive(
        collector=collector, streams=streams, interval=5.0, stored_until=1, pending=7, **AT
    )


def diagnosis(url: str, **options: Any) -> list[Finding]:
    return list(findings(Market(None), url, timeout=LIMIT, **options))


def of_collectors(server: NatsServer) -> list[tuple[str, str]]:
    """The verdicts about collectors; no event is waited for."""
    found = diagnosis(server.url, event_timeout=MS)
    return [(one.verdict, one.text) for one in found if one.check == "collector"]


@contextmanager
def trades_of(server: NatsServer) -> Iterator[None]:
    """Write one trade after the other."""
    is_over = threading.Event()

    def write_them() -> None:
        number = 0
        while not is_over.wait(MS):
            LogWriter(server).trades([number := number + 1])

    thread = threading.Thread(target=write_them)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def test_nothing_is_wrong_with_a_log_that_is_filled(
    nats_server: NatsServer, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is read from now on, and in nobody's name, whatever the URL says."""
    write(nats_server, alive("tokyo", "btcusdt@trade", "ethusdt@trade"))
    LogWriter(nats_server).trades([0])
    with trades_of(nats_server):
        status = main(["doctor", f"{nats_server.url}?from=all&durable=bot"])
    printed = capfd.readouterr().out
    checks = [line.split()[1] for line in printed.splitlines() if line[:1].strip()]
    assert checks == ["environment", "log", "collector", "subscribe", "event"]
    assert "tokyo has 2 streams, 7 messages waiting; said " in printed
    assert "btcusdt@trade was confirmed" in printed
    # 4 or 1 if something were wrong.
    assert status == 0
    assert not nats_server.messages("$KV.binance-spot-readers.>")


def test_a_log_that_nobody_fills(nats_server: NatsServer) -> None:
    found = diagnosis(nats_server.url)
    assert [(one.check, one.verdict) for one in found[1:]] == [
        *(("log", "ok"), ("collector", "fail"), ("subscribe", "skip")),
    ]
    assert "binance-streams relay --to" in found[2].advice


def test_who_has_ended_in_order_is_not_at_work(nats_server: NatsServer) -> None:
    write(nats_server, Closed(collector="tokyo", **AT))
    text = "no collector is at work under binance.spot.…"
    assert of_collectors(nats_server) == [("fail", text)]


def test_who_has_no_stream_is_named(nats_server: NatsServer) -> None:
    write(nats_server, alive("tokyo"))
    of_one, of_all = of_collectors(nats_server)
    assert of_one[0] == "warn"
    assert of_one[1].startswith("tokyo has 0 streams")
    assert of_all == ("fail", "no collector has a stream")


def test_any_notice_shows_that_a_collector_is_at_work(nats_server: NatsServer) -> None:
    what: dict[str, Any] = dict.fromkeys(("first_missing", "last_missing", "since", "until"))
    gap = LogGap(collector="osaka", stream="btcusdt@trade", reason="cut", **what, **AT)
    write(nats_server, gap)
    ((verdict, text),) = of_collectors(nats_server)
    assert verdict == "ok"
    assert text.startswith("osaka said something ")


def test_who_is_silent_is_named(nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    write(nats_server, alive("tokyo", "btcusdt@trade"))
    begun = time.time()
    late = SimpleNamespace(time=lambda: begun + 3600, monotonic=time.monotonic)
    monkeypatch.setattr(logs, "time", late)
    (of_one, of_all) = of_collectors(nats_server)
    assert of_one[0] == "warn"
    assert of_one[1].startswith("tokyo has said nothing for 36")
    assert of_all == ("fail", "no collector is at work under binance.spot.…")


def test_a_log_that_cannot_be_reached_is_status_4(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "nats://me:sEcr3t@127.0.0.1:9"]) == 4
    printed = capfd.readouterr()
    assert "fail  log          nats://127.0.0.1:9: " in printed.out
    assert "sEcr3t" not in f"{printed.out}{printed.err}"


def test_of_several_servers_each_is_said_to_be_wrong_in_its_own_way() -> None:
    with RawServer(lambda peer: None) as closing:
        found = diagnosis(f"nats://127.0.0.1:9,127.0.0.1:{closing.port}")
    refused, closed = found[1].text.rsplit("; ", 1)
    assert "127.0.0.1:9: " in refused
    assert closed.startswith(f"127.0.0.1:{closing.port}: ")


@pytest.mark.parametrize(
    ("url", "rest"),
    [
        ("nats://h", "nats://h"),
        ("nats://h?from=all&durable=bot&reorder=1", "nats://h"),
        ("nats://u:p@h?from=all&prefix=a.b&ca=x", "nats://u:p@h?prefix=a.b&ca=x"),
    ],
)
def test_options_of_readers_are_left_out(url: str, rest: str) -> None:
    assert logs.live(url) == rest
