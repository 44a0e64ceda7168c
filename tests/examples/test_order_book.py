"""examples/order_book.py with answers that are no snapshots, and a venue that counts anew."""

from __future__ import annotations

import http.client
import importlib.util
import io
import json
import urllib.error
from collections.abc import Callable, Iterator
from email.message import Message as Headers
from types import ModuleType
from typing import Any, Self

import pytest

from binance_streams import DepthUpdate, decode
from tests.support.programs import ROOT

Answer = bytes | Exception


class Venue:
    """A venue in simulated time: an update each 100 ms, and snapshots as the test says."""

    def __init__(self, module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []
        self.answers: list[Answer] = []
        self.update = 0
        self.count = 0
        self.before: dict[int, Callable[[], None]] = {}
        """What happens before an update, by its place."""
        monkeypatch.setattr(module, "time", self)
        monkeypatch.setattr(module, "Client", lambda server: self)
        monkeypatch.setattr(module.urllib.request, "urlopen", self.open)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def monotonic(self) -> float:
        return self.now

    def open(self, url: str, timeout: float) -> io.BytesIO:
        answer = self.answers.pop(0) if self.answers else book(self.update)
        if isinstance(answer, Exception):
            raise answer
        return io.BytesIO(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def diff_book_depth(self, symbol: str, speed: int) -> Iterator[DepthUpdate[Any]]:
        for place in range(self.count):
            self.before.get(place, lambda: None)()
            self.now += 0.1
            self.update += 1
            yield changed(self.update)


def book(update: int, **other: Any) -> bytes:
    levels = {"bids": [["9.5", "1"]], "asks": [["10.5", "1"]]}
    return json.dumps({"lastUpdateId": update, **levels, **other}).encode()


def changed(update: int) -> DepthUpdate[Any]:
    payload = {"e": "depthUpdate", "E": 1_790_000_000_000, "s": "BTCUSDT", "U": update, "u": update}
    levels = {"b": [["9.5", "2"], ["9.4", "0"], ["9.4", "0"]], "a": []}
    event: DepthUpdate[Any] = decode(json.dumps(payload | levels), "btcusdt@depth@100ms")
    return event


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr("sys.argv", ["order_book.py"])
    path = ROOT / "examples" / "order_book.py"
    spec = importlib.util.spec_from_file_location("order_book", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def venue(program: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Venue:
    return Venue(program, monkeypatch)


def lines(program: ModuleType, capsys: pytest.CaptureFixture[str]) -> list[str]:
    program.main()
    return capsys.readouterr().out.splitlines()


NO_SNAPSHOTS: dict[str, Answer] = {
    "error": b'{"code":-1003,"msg":"Too many requests."}',
    "html": b"<html><body>502 Bad Gateway</body></html>",
    "empty": b"",
    "missing keys": b'{"lastUpdateId":1,"bids":[]}',
    "null": b"null",
    "no numbers": book(1, bids=[["a", "b"]]),
    "no UTF-8": b'{"lastUpdateId":"\xff"}',
    "deep": b"[" * 100_000,
    "status": urllib.error.HTTPError("http://x", 503, "Unavailable", Headers(), None),
    "refused": ConnectionRefusedError("refused"),
    "timeout": TimeoutError("timed out"),
    "cut": http.client.IncompleteRead(b"{"),
    "no HTTP": http.client.BadStatusLine("SSH-2.0"),
}


@pytest.mark.parametrize("answer", NO_SNAPSHOTS.values(), ids=NO_SNAPSHOTS)
def test_an_answer_that_is_no_snapshot_is_asked_for_again(
    answer: Answer, venue: Venue, program: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a longer pause each time; then the book goes on."""
    venue.count = 5
    venue.answers = [answer, answer, answer]
    printed = lines(program, capsys)
    assert venue.pauses == [1, 2, 4, 8]
    assert [line.split(":")[0] for line in printed] == [
        *("no snapshot, trying again in 2 s", "no snapshot, trying again in 4 s"),
        *("no snapshot, trying again in 8 s", "snapshot at update 1"),
        *("update 2", "update 3", "update 4", "update 5"),
    ]
    assert printed[-1] == "update 5: 9.5 / 10.5, 2 levels"


@pytest.mark.parametrize("first", [0, 1, 700])
def test_a_venue_that_counts_anew_is_followed(
    first: int, venue: Venue, program: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the first update of the new course on."""
    venue.update, venue.count = 1000, 100
    venue.before = {50: lambda: setattr(venue, "update", first)}
    printed = lines(program, capsys)
    assert [line for line in printed if line.startswith("snapshot")] == [
        "snapshot at update 1001",
        f"snapshot at update {first + 1}",
    ]
    assert printed[-1].startswith(f"update {first + 50}: ")


def test_a_snapshot_of_an_old_course_is_replaced(
    venue: Venue, program: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that the updates would not reach for days: it stood still for ever."""
    venue.count = 150
    venue.answers = [book(10**9), book(10**9)]
    printed = lines(program, capsys)
    snapshots = [line for line in printed if line.startswith("snapshot")]
    assert snapshots[:2] == ["snapshot at update 1000000000"] * 2
    assert len(snapshots) == 3
    assert printed[-1].startswith("update 150: ")


def test_an_empty_book_is_a_book(
    venue: Venue, program: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    venue.count = 2
    venue.answers = [book(1, bids=[], asks=[])]
    assert lines(program, capsys)[-1] == "update 2: 9.5 / None, 1 levels"
