"""``group`` and ``relay --group``: the list of a group, and collectors that follow it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import binance_streams_cli
from binance_streams_cli.main import main
from binance_streams_simulator import Simulator
from tests.support.limits import LIMIT, wait_until
from tests.support.nats_server import NatsServer


def _group(url: str, *arguments: str) -> int:
    return main(["group", *arguments, "--group", "eu", "--to", url])


def _state(url: str, capsys: pytest.CaptureFixture[str]) -> dict[str, list[str]]:
    """The streams that each member has."""
    capsys.readouterr()
    assert _group(url, "show", "--output", "json") == 0
    state = json.loads(capsys.readouterr().out)
    return {member["name"]: member["taken"] for member in state["members"]}


def _subjects(server: NatsServer) -> set[str]:
    """The subjects of the trades in the log."""
    return {message.subject for message in server.messages("binance.spot.trade.>")}


@contextmanager
def _collector(name: str, url: str, server: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "binance_streams", "relay", "--to", url, "--name", name]
    command += ["--group", "eu", "--prefix", "binance.spot", "--server", server]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_list_of_a_group_is_changed_and_shown(
    nats_server: NatsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = nats_server.url
    assert _group(url, "set", "btcusdt@trade", "ethusdt@trade") == 0
    assert _group(url, "add", "BNBUSDT@trade".lower(), "--copies", "3") == 0
    assert _group(url, "remove", "ethusdt@trade") == 0
    assert _group(url, "set", "--copies", "1") == 0
    assert _group(url, "show") == 0
    assert capsys.readouterr().out.splitlines() == [
        "2 streams, each collected by 2 members: 2 added, 0 removed",
        "3 streams, each collected by 3 members: 1 added, 0 removed",
        "2 streams, each collected by 3 members: 0 added, 1 removed",
        "2 streams, each collected by 1 member: 0 added, 0 removed",
        "streams  2, each collected by 1 member",
        "",
        "stream         collected by",
        "bnbusdt@trade  nobody",
        "btcusdt@trade  nobody",
    ]


@pytest.mark.parametrize("action", ["show", "remove"])
def test_a_group_that_does_not_exist_is_not_created_by_a_slip(
    nats_server: NatsServer, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    """Otherwise `show --group mian` would say that nothing is collected."""
    streams = ["btcusdt@trade"] if action == "remove" else []
    for _ in range(2):
        assert _group(nats_server.url, action, *streams) == 1
        assert "there is no group 'eu' (bucket binance-spot-eu)" in capsys.readouterr().err


def test_a_collector_follows_the_list_and_leaves_nothing_behind(
    nats_server: NatsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = nats_server.url
    expected = {"binance.spot.trade.BTCUSDT", "binance.spot.trade.ETHUSDT"}
    assert _group(url, "set", "btcusdt@trade") == 0
    with Simulator() as simulator, _collector("one", url, simulator.url) as one:
        wait_until(lambda: _state(url, capsys) == {"one": ["btcusdt@trade"]}, 2 * LIMIT)
        assert _group(url, "add", "ethusdt@trade") == 0
        wait_until(lambda: len(_state(url, capsys)["one"]) == 2)
        # What is confirmed has its first trade only later.
        wait_until(lambda: _subjects(nats_server) == expected)
        one.send_signal(signal.SIGTERM)
        assert one.wait(LIMIT) == 0
        assert _state(url, capsys) == {}
        assert _subjects(nats_server) == expected


def test_a_missing_package_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    of_nats = ("nats", "binance_streams_cli.group", "binance_streams_sinks.nats_")
    for name in [name for name in sys.modules if name.startswith(of_nats)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "nats", None)
    for name in ("grouped", "grouping"):
        monkeypatch.delattr(binance_streams_cli, name, raising=False)
    assert main(["group", "show", "--group", "g", "--to", "nats://h"]) == 1
    assert "pip install 'binance-streams[nats]'" in capsys.readouterr().err
