"""REST requests of a replay: each gets the answer that was recorded for it, or hears why not."""

from __future__ import annotations

from typing import Any

import msgspec

from binance_streams_runtime.protocol.rest import Need, RestFailure, RestRequest
from binance_streams_runtime.recording.answers import RecordedAnswers
from binance_streams_runtime.recording.lines import (
    REST,
    answer_line,
    data_line,
    snapshot_line,
)

_SNAPSHOT = "btcusdt@depthSnapshot"
_TIME = 1_795_645_242_000_000_000


def _request(limit: int = 100, snapshot: str | None = _SNAPSHOT) -> RestRequest:
    query = {"symbol": "BTCUSDT", "limit": str(limit)}
    return RestRequest(
        *("replay", "/api/v3/depth", query, 5, Need.BOOK, 10.0, msgspec.json.decode),
        snapshot=snapshot,
    )


class _Asker:
    def __init__(self, *names: str) -> None:
        self.got: list[tuple[int, Any]] = []
        self.answers = RecordedAnswers(
            names, lambda now, number, result: self.got.append((number, result))
        )

    def take(self, now: float, limit: int) -> None:
        line = snapshot_line(_TIME, _SNAPSHOT, _request(limit).target, b'{"lastUpdateId":7}')
        self.answers.take_snapshot(now, line)


def test_an_answer_belongs_to_the_request_with_the_same_target() -> None:
    asker = _Asker(_SNAPSHOT)
    asker.answers.fetch(1, _request(100))
    asker.answers.fetch(2, _request(1000))
    asker.take(0.0, 1000)
    assert asker.got == [(2, {"lastUpdateId": 7})]


def test_a_book_takes_a_deeper_snapshot_if_its_own_does_not_come() -> None:
    asker = _Asker(_SNAPSHOT)
    asker.answers.fetch(1, _request(1000))
    asker.take(1.0, 5000)
    assert asker.got == []
    asker.take(6.0, 100)
    assert asker.got == []
    asker.take(6.0, 5000)
    assert asker.got == [(1, {"lastUpdateId": 7})]


def test_what_the_recording_never_has_fails_at_once() -> None:
    asker = _Asker("btcusdt@trade")
    asker.answers.fetch(1, _request())
    asker.answers.fetch(2, _request(snapshot=None))
    assert asker.answers.has_refused
    asker.answers.refuse(0.0)
    first, second = (result for _, result in asker.got)
    assert first.is_final
    assert "no snapshot of this order book" in first.reason
    assert "no answer to any REST request" in second.reason


def test_a_failure_is_the_one_that_was_recorded() -> None:
    asker = _Asker(REST)
    failure = RestFailure("503", 503, None, 1.5)
    asker.answers.fetch(1, _request(snapshot=None))
    data = {"request": _request().target, "failure": failure}
    asker.answers.take(0.0, data_line(_TIME, REST, data))
    assert asker.got == [(1, failure)]


def test_a_body_that_is_not_one_line_is_decoded_as_it_came() -> None:
    asker = _Asker(REST)
    asker.answers.fetch(1, _request(snapshot=None))
    asker.answers.take(0.0, answer_line(_TIME, _request().target, 200, b"[1,\n2]"))
    assert asker.got == [(1, [1, 2])]


def test_an_answer_that_cannot_be_decoded_is_a_failure() -> None:
    asker = _Asker(_SNAPSHOT)

    def decode(body: bytes) -> Any:
        raise ValueError("odd")

    asker.answers.fetch(1, msgspec.structs.replace(_request(), decode=decode))
    asker.take(0.0, 100)
    ((_, result),) = asker.got
    assert isinstance(result, RestFailure)
    assert "odd" in result.reason


def test_what_was_cancelled_gets_nothing() -> None:
    asker = _Asker(_SNAPSHOT)
    asker.answers.fetch(1, _request())
    asker.answers.cancel(1)
    asker.take(0.0, 100)
    assert asker.got == []
