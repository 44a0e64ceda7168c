"""The users of the NATS configuration in deploy/: collectors write, readers read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from binance_streams_cli.doctor import findings
from binance_streams_cli.market import Market
from binance_streams_runtime.messaging.subjects import NOTICES
from tests.project.paths import ROOT
from tests.support.clients import Connect
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.log_writer import SUBJECTS, LogWriter, depth, snapshot, trade
from tests.support.nats_log import run_connected
from tests.support.nats_server import MISSING, NatsServer, nats_server_program

CONFIGURATION = (ROOT / "deploy" / "nats.conf").read_text(encoding="utf-8")


class Deployed(NatsServer):
    """A server with these users; its own URL is that of a collector."""

    @property
    def url(self) -> str:
        return f"nats://collector:one@127.0.0.1:{self.port}"

    @property
    def reader(self) -> str:
        return f"nats://reader:two@127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    if nats_server_program() is None:
        pytest.skip(MISSING)
    found = re.search(r"^authorization \{.*?^\}", CONFIGURATION, re.MULTILINE | re.DOTALL)
    assert found is not None
    users = found[0].replace("$NATS_COLLECTOR_PASSWORD", "one")
    users = users.replace("$NATS_READER_PASSWORD", "two")
    folder: Path = tmp_path_factory.mktemp("nats")
    with Deployed(folder, settings=users) as server:
        yield server


@pytest.fixture
def deployed(shared_server: Deployed) -> Iterator[Deployed]:
    yield shared_server
    shared_server.delete_streams()


def test_a_reader_reads_what_there_is_and_continues(deployed: Deployed, connect: Connect) -> None:
    log = LogWriter(deployed)
    log.trades([1, 2])
    url = f"{deployed.reader}?from=all&reorder=0.02&durable=bot"
    client = connect(url)
    trades = client.trade("btcusdt")
    assert [trades.get(LIMIT).trade_id for _ in range(2)] == [1, 2]
    in_time(client.close)
    log.trades([3])
    assert connect(url).trade("btcusdt").get(LIMIT).trade_id == 2


def test_a_reader_makes_an_order_book(deployed: Deployed, connect: Connect) -> None:
    log = LogWriter(deployed)
    log.write("btcusdt@depth", [depth(1, 1, [["1.0", "1.0"]])])
    log.snapshot("BTCUSDT", snapshot(1, [["1.0", "1.0"]], [["9.0", "2.0"]]))
    book = connect(deployed.reader).order_book("BTCUSDT", speed=1000, verify=False)
    book.wait(LIMIT)
    wait_until(lambda: book.best_bid is not None)


def test_a_reader_may_look_what_is_wrong(deployed: Deployed) -> None:
    LogWriter(deployed).publish(NOTICES, [(SUBJECTS.notices("tokyo"), "1", b"{}", "tokyo")])
    found = findings(Market(None), deployed.reader, timeout=LIMIT)
    assert [(one.check, one.verdict) for one in found][1:3] == [("log", "ok"), ("collector", "ok")]


def test_a_reader_changes_nothing(deployed: Deployed) -> None:
    log = LogWriter(deployed)
    log.trades([1])
    name = "binance-spot-trade"
    subjects = [
        *(f"$JS.API.STREAM.{what}.{name}" for what in ("DELETE", "PURGE", "UPDATE", "MSG.DELETE")),
        "binance.spot.trade.BTCUSDT",
    ]

    async def change(connection: Any) -> None:
        for subject in subjects:
            await connection.publish(subject, b"{}")
        await connection.flush()

    run_connected([deployed.reader], change)
    assert [one.data for one in deployed.messages("binance.spot.trade.BTCUSDT")] == [trade(1)]
    refused = [line for line in deployed.log.splitlines() if "Publish Violation" in line]
    assert all(any(f'"{subject}"' in line for line in refused) for subject in subjects)
