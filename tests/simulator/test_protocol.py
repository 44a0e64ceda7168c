"""The control protocol, word for word: VENUE's tables of requests and refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from binance_streams import VENUE
from binance_streams_runtime.catalog.venue import Shutdown
from binance_streams_simulator.protocol import (
    RefusalShape,
    Session,
    Target,
    TargetError,
    shutdown_notice,
    wrapped,
)

VARIANTS = "`SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`"
NO_NAME = "Invalid request: property name must be a string"
NO_ID = "Invalid request: request ID must be an unsigned integer"
TOO_MANY = "Invalid request: too many parameters"
NO_METHOD = "Invalid request: missing field `method` at line 1 column 73"


def session(limit: int = 1024, shape: RefusalShape = "documented", path: str = "/ws") -> Session:
    target = Target.parse(path, VENUE)
    assert target is not None
    return Session(VENUE, target, limit, shape)


def ask(to: Session, request: Any) -> str:
    text = request if isinstance(request, str) else json.dumps(request)
    return to.answer(text.encode()).reply.decode()


def test_subscribe_list_unsubscribe() -> None:
    one = session()
    names = ["btcusdt@aggTrade", "btcusdt@depth"]
    answer = one.answer(json.dumps({"method": "SUBSCRIBE", "params": names, "id": 1}).encode())
    assert answer.reply == b'{"result":null,"id":1}'
    assert answer.added == tuple(names)
    assert ask(one, {"method": "LIST_SUBSCRIPTIONS", "id": 3}) == (
        '{"result":["btcusdt@aggTrade","btcusdt@depth"],"id":3}'
    )
    gone = one.answer(b'{"method":"UNSUBSCRIBE","params":["btcusdt@depth","x"],"id":312}')
    assert gone.reply == b'{"result":null,"id":312}'
    assert gone.removed == ("btcusdt@depth",)
    assert list(one.subscriptions) == ["btcusdt@aggTrade"]


def test_names_that_exist_already_are_acknowledged_and_not_added_twice() -> None:
    one = session(path="/ws/a")
    answer = one.answer(b'{"method":"SUBSCRIBE","params":["a","b","b"],"id":1}')
    assert answer.added == ("b",)


def test_combined_starts_as_the_path_says_and_can_be_set() -> None:
    assert ask(session(), {"method": "GET_PROPERTY", "params": ["combined"], "id": 2}) == (
        '{"result":false,"id":2}'
    )
    one = session(path="/stream")
    assert ask(one, {"method": "GET_PROPERTY", "params": ["combined"], "id": 2}) == (
        '{"result":true,"id":2}'
    )
    assert ask(one, {"method": "SET_PROPERTY", "params": ["combined", False], "id": 5}) == (
        '{"result":null,"id":5}'
    )
    assert not one.is_combined


REFUSALS = [
    ({"method": "GET_PROPERTY", "params": ["x"], "id": 1}, 0, "Unknown property", 1),
    ({"method": "SET_PROPERTY", "params": ["x", True], "id": 1}, 0, "Unknown property", 1),
    (
        {"method": "SET_PROPERTY", "params": ["combined", 1], "id": 1},
        1,
        "Invalid value type: expected Boolean",
        1,
    ),
    (
        {"method": "SET_PROPERTY", "params": ["combined"], "id": 1},
        1,
        "Invalid value type: expected Boolean",
        1,
    ),
    ({"method": "GET_PROPERTY", "params": [7], "id": 1}, 2, NO_NAME, 1),
    ({"method": "GET_PROPERTY", "id": 1}, 2, NO_NAME, 1),
    ({"method": "SUBSCRIBE", "params": [7], "id": 1}, 2, NO_NAME, 1),
    ({"method": "SUBSCRIBE", "params": ["a"]}, 2, NO_ID, ...),
    ({"method": "SUBSCRIBE", "params": ["a"], "id": 1.5}, 2, NO_ID, ...),
    ({"method": "SUBSCRIBE", "params": ["a"], "id": True}, 2, NO_ID, ...),
    ({"method": "SUBSCRIBE", "params": ["a"], "id": 2**63}, 2, NO_ID, ...),
    ({"method": "SUBSCRIBE", "params": ["a"], "id": "a" * 37}, 2, NO_ID, ...),
    ({"method": "SUBSCRIBE", "params": ["a"], "id": "a b"}, 2, NO_ID, ...),
    ({"method": "SUBSCRIBE", "params": ["a"], "id": ""}, 2, NO_ID, ...),
    ({"method": "LIST_SUBSCRIPTIONS", "params": ["a"], "id": 1}, 2, TOO_MANY, 1),
    ({"method": "GET_PROPERTY", "params": ["combined", 1], "id": 1}, 2, TOO_MANY, 1),
    ({"method": "SET_PROPERTY", "params": ["combined", True, 1], "id": 1}, 2, TOO_MANY, 1),
    ({"id": 9}, 2, NO_METHOD, 9),
    ([], 2, NO_METHOD, ...),
    (
        {"method": "ADD", "id": 4},
        2,
        f"Invalid request: unknown variant `ADD`, expected one of {VARIANTS} at line 1 column 28",
        4,
    ),
    ("{", 3, "Invalid JSON: expected value at line 1 column 2", ...),
    ('{"id":\n x}', 3, "Invalid JSON: expected value at line 2 column 2", ...),
    ('{"id": NaN}', 3, "Invalid JSON: expected value at line 1 column 1", ...),
]


@pytest.mark.parametrize(("request_", "code", "message", "id"), REFUSALS)
def test_refusals_have_the_venues_words(request_: Any, code: int, message: str, id: Any) -> None:
    expected: dict[str, Any] = {"code": code, "msg": message}
    if id is not ...:
        expected["id"] = id
    assert json.loads(ask(session(), request_)) == expected


def test_refusals_in_the_nested_shape() -> None:
    nested = session(shape="nested")
    assert ask(nested, {"method": "GET_PROPERTY", "params": ["x"], "id": "abc"}) == (
        '{"error":{"code":0,"msg":"Unknown property"},"id":"abc"}'
    )
    assert json.loads(ask(nested, "?"))["id"] is None


A_UUID = "c1b0e6a2-6b76-4c4e-8a40-0d3b9c7a3a55"


@pytest.mark.parametrize("id", [0, -(2**63), 2**63 - 1, "a", "Z9" * 18, A_UUID, None])
def test_ids_come_back_as_they_were(id: Any) -> None:
    reply = ask(session(), {"method": "LIST_SUBSCRIPTIONS", "id": id})
    assert json.loads(reply) == {"result": [], "id": id}


def test_too_many_streams_are_refused_and_change_nothing() -> None:
    one = session(limit=3)
    assert ask(one, {"method": "SUBSCRIBE", "params": ["a", "b", "c"], "id": 18})
    answer = one.answer(b'{"method":"SUBSCRIBE","params":["d"],"id":19}')
    assert answer.reply == b'{"error":{"code":4,"msg":"Too many subscriptions"},"id":19}'
    assert answer.violation is not None
    assert list(one.subscriptions) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "text",
    [b"\xff\xfe", b"[" * 100_000, b'"\\ud800"', b"", b"null", b'{"method":"\\ud800","id":1}'],
)
def test_garbage_gets_an_answer(text: bytes) -> None:
    assert json.loads(session().answer(text).reply)["code"] in (2, 3)


@pytest.mark.parametrize(
    ("path", "combined", "microseconds", "streams"),
    [
        ("/ws", False, False, ()),
        ("/ws/", False, False, ()),
        ("/ws/btcusdt@trade", False, False, ("btcusdt@trade",)),
        ("/ws/a/b", False, False, ("a", "b")),
        ("/ws/a?timeUnit=microsecond", False, True, ("a",)),
        ("/stream", True, False, ()),
        ("/stream/", True, False, ()),
        ("/stream?streams=a/b/c", True, False, ("a", "b", "c")),
        ("/stream?streams=a&timeUnit=MICROSECOND", True, True, ("a",)),
        ("/stream?timeUnit=MILLISECOND", True, False, ()),
        ("/stream?timeUnit=millisecond", True, False, ()),
        ("/stream?streams=a@kline_1d@+08:00", True, False, ("a@kline_1d@+08:00",)),
        ("/stream?streams=a@kline_1d@%2B08:00", True, False, ("a@kline_1d@+08:00",)),
        ("/ws/%E5%B8%81@trade", False, False, ("币@trade",)),
    ],
)
def test_targets(path: str, combined: bool, microseconds: bool, streams: tuple[str, ...]) -> None:
    assert Target.parse(path, VENUE) == Target(VENUE.paths, combined, microseconds, streams)


@pytest.mark.parametrize("path", ["/", "/wss", "/streams", "/ws2/a", "/api"])
def test_other_paths_are_none(path: str) -> None:
    assert Target.parse(path, VENUE) is None


def test_an_unknown_time_unit_is_an_error() -> None:
    for unit in ("NANOSECOND", "MicroSecond", ""):
        with pytest.raises(TargetError, match="timeUnit"):
            Target.parse(f"/ws?timeUnit={unit}", VENUE)


def test_the_shutdown_notice_has_two_shapes() -> None:
    shutdown = Shutdown("!serverShutdown", "serverShutdown")
    assert shutdown_notice(shutdown, 5, False) == b'{"e":"serverShutdown","E":5}'
    assert shutdown_notice(shutdown, 5, True) == (
        b'{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":5}}'
    )


def test_the_wrapper_is_compact_utf8() -> None:
    assert wrapped("币@trade", b"{}").decode() == '{"stream":"币@trade","data":{}}'
