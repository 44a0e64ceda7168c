"""Errors, notices and events survive pickle, copy and the way between two processes."""

from __future__ import annotations

import concurrent.futures
import copy
import multiprocessing
import pickle
import socket
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

import binance_streams
from binance_streams import (
    CATALOG,
    BookChange,
    BookView,
    CandleChange,
    Client,
    ClientClosed,
    ConnectionLost,
    ConnectionStats,
    Depth,
    Fill,
    Gap,
    Health,
    Horizon,
    Message,
    Notice,
    ParameterError,
    PriceLevel,
    QueueOverflow,
    RawMessage,
    Recorded,
    RecordingError,
    RecordingInfo,
    RecordingStats,
    Repair,
    RequestError,
    RequestTimeout,
    RetiredStreamWarning,
    SetupError,
    SigningError,
    Stats,
    StreamStats,
    Undecodable,
    UndecodableError,
    UnknownStreamError,
    decode,
)
from binance_streams._api import API
from binance_streams._examples import EXAMPLES
from binance_streams_runtime.client.accounts import result_decoder
from binance_streams_runtime.types import OpenEnum
from conformance.spot.test_api import ANSWERS
from tests.support.limits import LIMIT

ERRORS: list[Exception] = [
    binance_streams.BinanceStreamsError("root"),
    ClientClosed("closed"),
    ConnectionLost("gone", 1006, None, 3.0),
    ConnectionLost("HTTP status 503", status=503),
    ParameterError("interval", "7m", "'1s', '1m'"),
    ParameterError("level", [5, {"a": 1}], "5, 10, 20"),
    ParameterError("max_idle", float("nan"), "seconds"),
    QueueOverflow("full"),
    RecordingError("rec: no such folder"),
    RequestError(2, "Invalid request", 7),
    RequestError(None, "no answer"),
    RequestTimeout("late"),
    SetupError("no websocket-client"),
    SigningError("the key does not sign", is_final=True),
    RetiredStreamWarning("retired"),
    UndecodableError("no"),
    UnknownStreamError("x@y", ["x@trade"]),
]

STREAM_STATS = StreamStats("btcusdt@trade", 1, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, None)

LEVEL = PriceLevel(Decimal("1.50"), Decimal(2))

DATA: list[Any] = [
    BookChange(7, (LEVEL,), (), True, False, 5),
    BookView(7, (LEVEL,), (), True, "synced"),
    CandleChange(Decimal(1), True, False),
    Depth(Decimal(3), True),
    Fill(Decimal(3), Decimal(2), Decimal(1), 2, True, Decimal(6)),
    Horizon(Decimal(1), None),
    ConnectionStats(1, "open", 1, 2, 3, 4.0, None),
    Gap("btcusdt@trade", 1, 3, 1.0, 2.0),
    Message("btcusdt@trade", [1]),
    RawMessage(b'{"stream":"btcusdt@trade","data":{"t":1}}'),
    Recorded(1_795_645_242_000_000_000, 1, "btcusdt@trade", [1]),
    Repair(Path("part.jsonl.zst"), "torn", 5, 1, True),
    RecordingStats(10, 2000, 300, 1, 0, 0, 0, 100, 0.1, None),
    RecordingInfo("rec", (), {"btcusdt@trade": None}, {"Gap": 1}, 3, 0),
    LEVEL,
    Health("degraded", ("one reason",)),
    Stats((), {"btcusdt@trade": STREAM_STATS}, 0, 1, 500),
    STREAM_STATS,
    Undecodable(None, "no JSON", b"\xff{"),
]

VALUES: dict[Any, Any] = {
    int: 1,
    str: "btcusdt@trade",
    float: 1.5,
    bytes: b"{",
    bool: True,
    tuple[str, ...]: ("btcusdt@trade",),
    int | None: 1,
    float | None: None,
    str | None: None,
}


EXPORTED = [getattr(binance_streams, name) for name in binance_streams.__all__]


def _notice(kind: type[Notice]) -> Notice:
    return kind(*(VALUES[field.type] for field in msgspec.structs.fields(kind)))


DATA += [_notice(kind) for kind in EXPORTED if isinstance(kind, type) and issubclass(kind, Notice)]

EVENTS = {
    f"{key}-{example.id}": decode(example.payload, example.stream)
    for key, examples in EXAMPLES.items()
    for example in examples
}

RESULTS = {
    answer.id: result_decoder(API.methods[answer.stream], Decimal)(answer.payload)
    for answer in ANSWERS
}


def _pickled(protocol: int) -> Callable[[Any], Any]:
    return lambda given: pickle.loads(pickle.dumps(given, protocol))


WAYS: dict[str, Callable[[Any], Any]] = {
    **{f"pickle {number}": _pickled(number) for number in range(pickle.HIGHEST_PROTOCOL + 1)},
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}

every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


@every_way
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_keeps_its_text_its_attributes_and_its_notes(
    error: Exception, way: Callable[[Any], Any]
) -> None:
    error = copy.deepcopy(error)
    error.add_note("while starting")
    again = way(error)
    assert type(again) is type(error)
    assert (str(again), again.args) == (str(error), error.args)
    # By their text, as not a number equals nothing.
    assert repr(vars(again)) == repr(vars(error))
    assert again is not error
    assert again == error
    assert hash(again) == hash(error)


@every_way
@pytest.mark.parametrize("given", DATA, ids=lambda given: type(given).__name__)
def test_what_is_no_event_is_equal_to_its_copy(given: Any, way: Callable[[Any], Any]) -> None:
    again = way(given)
    assert type(again) is type(given)
    assert again == given


@every_way
@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_an_event_is_equal_to_its_copy(event: Any, way: Callable[[Any], Any]) -> None:
    again = way(event)
    assert type(again) is type(event)
    assert again == event
    assert binance_streams.encode(again) == binance_streams.encode(event)


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)
def test_a_result_of_a_request_is_equal_to_its_copy(result: Any) -> None:
    for way in WAYS.values():
        assert way(result) == result


def test_every_class_that_can_be_copied_is_tested_here() -> None:
    """A class that comes later cannot be forgotten; those that hold connections stay out."""
    tested = {type(given) for given in [*ERRORS, *DATA]}
    tested |= _classes([*EVENTS.values(), *RESULTS.values()])
    missing = [
        kind.__name__
        for kind in EXPORTED
        if isinstance(kind, type)
        and issubclass(kind, (BaseException, msgspec.Struct))
        and kind not in tested
    ]
    assert missing == []


def _classes(value: Any) -> set[type]:
    if isinstance(value, list | tuple):
        return set().union(*map(_classes, value))
    if isinstance(value, msgspec.Struct):
        return {type(value)}.union(*(_classes(item) for item in msgspec.structs.astuple(value)))
    return set()


OPEN_ENUMS = [
    value for value in EXPORTED if isinstance(value, type) and issubclass(value, OpenEnum)
]


@every_way
@pytest.mark.parametrize("kind", OPEN_ENUMS, ids=lambda kind: kind.__name__)
def test_a_word_of_an_open_enum_survives(kind: type[OpenEnum], way: Callable[[Any], Any]) -> None:
    """Also one that the spec does not know."""
    for member in [*kind, kind("SOMETHING_NEW")]:
        again = way(member)
        assert (again, again.name, again.value) == (member, member.name, member.value)


class Unreadable:
    """What can be pickled, but not read again."""

    def __reduce__(self) -> tuple[Any, ...]:
        return int, ("no number",)


class Unshowable:
    """What cannot be shown."""

    def __repr__(self) -> str:
        raise ValueError("no repr")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    "given", [lambda: None, Unreadable(), Unshowable], ids=["lambda", "unreadable", "class"]
)
def test_what_cannot_be_pickled_arrives_as_its_text(given: Any, protocol: int) -> None:
    error = ParameterError("on_event", given, "a callable")
    again = pickle.loads(pickle.dumps(error, protocol))
    assert str(again) == str(error)
    assert again.allowed == error.allowed
    assert again.given == given or again.given in str(error)
    assert again == error


def test_a_socket_in_an_error_is_shared_by_its_copies() -> None:
    with socket.socket() as given:
        error = ParameterError("server", given, "a name")
        assert copy.copy(error).given is given
        assert copy.deepcopy(error).given is given
        assert pickle.loads(pickle.dumps(error)).given in str(error)


def test_a_value_that_cannot_be_shown_still_gives_an_error() -> None:
    error = ParameterError("level", Unshowable(), "5, 10, 20")
    assert str(error) == (
        "level: got <Unshowable, whose repr raises ValueError>; allowed: 5, 10, 20"
    )


@every_way
def test_the_cause_goes_along(way: Callable[[Any], Any]) -> None:
    error = RequestTimeout("not confirmed")
    error.__cause__ = ConnectionLost("no certificate")
    assert way(error).__cause__ == ConnectionLost("no certificate")
    assert way(error).__suppress_context__ is True


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_long_chain_of_causes_stays_small(protocol: int) -> None:
    """In the oldest protocol, each link doubled what was behind it."""
    error = ConnectionLost("first")
    for number in range(50):
        error, cause = ConnectionLost(f"{number}"), error
        error.__cause__ = cause
    pickled = pickle.dumps(error, protocol)
    assert len(pickled) < 50_000
    assert pickle.loads(pickled).__cause__ == ConnectionLost("48")


def test_a_cause_that_cannot_be_pickled_is_left_out() -> None:
    error = RequestTimeout("not confirmed")
    error.__cause__ = ValueError(lambda: None)
    assert pickle.loads(pickle.dumps(error)).__cause__ is None


class OwnError(ParameterError):
    """A user's own error, whose constructor takes something else."""

    def __init__(self, symbol: str) -> None:
        super().__init__("symbol", symbol, "one that is listed")
        self.listed = {"BTCUSDT": symbol}


@every_way
def test_a_class_made_of_an_error_survives_too(way: Callable[[Any], Any]) -> None:
    again = way(OwnError("XYZ"))
    assert type(again) is OwnError
    assert vars(again) == vars(OwnError("XYZ"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ConnectionLost("gone"), ClientClosed("gone")),
        (ConnectionLost("gone"), ConnectionLost("lost")),
        (ConnectionLost("gone"), ConnectionLost("gone", status=503)),
        (RequestError(1, "no", 7), RequestError(1, "no", "7")),
        (ConnectionLost("gone"), "gone"),
    ],
)
def test_errors_that_differ_are_not_equal(one: Exception, other: object) -> None:
    assert one != other


def _mistake(interval: Any) -> None:
    with Client("ws://127.0.0.1:9") as client:
        client.kline("btcusdt", interval)


def test_a_process_of_a_pool_says_what_was_wrong() -> None:
    """Its error arrives as what it is, and the pool goes on."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        for wrong in ("7m", ["7m"]):
            with pytest.raises(ParameterError, match="7m") as caught:
                pool.submit(_mistake, wrong).result(LIMIT)
            assert caught.value.given == wrong
        with pytest.raises(ParameterError) as caught:
            pool.submit(_unpicklable_mistake).result(LIMIT)
        assert "lambda" in str(caught.value)


def _unpicklable_mistake() -> None:
    _mistake(lambda: "7m")


def test_streams_of_the_catalog_have_examples() -> None:
    assert set(EXAMPLES) == {type.key for type in CATALOG}
