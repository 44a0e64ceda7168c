"""Rows of the REST API: the events of the streams, in the documented order."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise, product
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from binance_streams import CATALOG
from binance_streams._examples import REST_EXAMPLES as EXAMPLES
from binance_streams_simulator.values import of_candle
from binance_streams_simulator.windows import MINUTE, SECOND
from tests.support.limits import LIMIT
from tests.support.rest import Answer, ask

KINDS = {
    "agg_trade": "btcusdt@aggTrade",
    "trade": "btcusdt@trade",
    "block_trade": "btcusdt@blockTrade",
}


def rows(simulator: Any, path: str, **query: object) -> Any:
    answer = ask(simulator, f"/api/v3/{path}?{urlencode({'symbol': 'BTCUSDT', **query})}")
    assert answer.status == 200, answer.body
    return answer.json


def refusal(simulator: Any, path: str) -> tuple[int, int, str]:
    answer = ask(simulator, f"/api/v3/{path}")
    return answer.status, answer.json["code"], answer.json["msg"]


def events_of(key: str, answer: Answer) -> list[Any]:
    """The events that the rows of an answer stand for, by the spec."""
    backfill = CATALOG[key].backfill
    assert backfill is not None
    parameters = CATALOG.resolve(KINDS[key]).parameters
    decoded = msgspec.json.decode(answer.body, type=list[backfill.row[str]])  # type: ignore[name-defined]
    return [backfill.to_event(row, parameters) for row in decoded]


@pytest.mark.parametrize("key", KINDS)
def test_rows_are_the_events_of_the_stream(start: Any, open_peer: Any, key: str) -> None:
    simulator = start(speed=20.0)
    peer = open_peer(simulator, f"/ws/{KINDS[key]}")
    live = [peer.next() for _ in range(20)]
    backfill = CATALOG[key].backfill
    assert backfill is not None
    target = f"{backfill.endpoint.path}?symbol=BTCUSDT&{backfill.start}="
    first = live[0]["a" if key == "agg_trade" else "t"]
    found = events_of(key, ask(simulator, f"{target}{first}&limit=20"))
    ignored = {"E", *CATALOG[key].ignored}
    expected = [
        {name: value for name, value in each.items() if name not in ignored} for each in live
    ]
    assert [
        {name: value for name, value in msgspec.to_builtins(each).items() if name not in ignored}
        for each in found
    ] == expected


@pytest.mark.parametrize("path", EXAMPLES)
def test_an_answer_has_the_documented_keys(start: Any, open_peer: Any, path: str) -> None:
    simulator = start(speed=50.0)
    open_peer(simulator, "/ws/btcusdt@blockTrade").next()
    query = {"klines": "&interval=1m", "historicalBlockTrades": "&fromId=0"}
    name = path.rpartition("/")[2]
    answer = ask(simulator, f"{path}?symbol=BTCUSDT{query.get(name, '')}").json
    documented = msgspec.json.decode(EXAMPLES[path])
    if isinstance(documented, list):
        documented, answer = documented[0], answer[0]
    assert len(answer) == len(documented)
    if isinstance(answer, dict):
        assert list(answer) == list(documented)
    if "quoteQty" in answer:
        amounts = [Decimal(answer[key]) for key in ("price", "qty", "quoteQty")]
        assert abs(amounts[0] * amounts[1] - amounts[2]) < Decimal("1e-8")


def test_what_a_fault_withheld_is_there(start: Any, open_peer: Any) -> None:
    simulator = start(speed=20.0)
    peer = open_peer(simulator, "/ws/btcusdt@trade")
    before = peer.next()["t"]
    simulator.skip_events("btcusdt@trade", 10)
    after = peer.next()["t"]
    while after <= before + 10:
        after = peer.next()["t"]
    ids = [row["id"] for row in rows(simulator, "historicalTrades", fromId=before)]
    assert ids[: after - before] == list(range(before, after))


def test_trades_go_on_after_the_last_listener_has_left(start: Any, open_peer: Any) -> None:
    simulator = start(speed=20.0)
    peer = open_peer(simulator, "/ws/btcusdt@trade")
    last = peer.next()["t"]
    simulator.drop_connections()
    simulator.wait_for(lambda: rows(simulator, "historicalTrades", fromId=last + 20), LIMIT)


def test_by_default_the_newest_rows_come_oldest_first(start: Any, open_peer: Any) -> None:
    simulator = start(speed=50.0)
    peer = open_peer(simulator, "/ws/btcusdt@aggTrade")
    first = peer.next()["a"]
    simulator.wait_for(lambda: rows(simulator, "aggTrades", fromId=first + 20), LIMIT)
    some = rows(simulator, "aggTrades", limit=10)
    assert [after["a"] - before["a"] for before, after in pairwise(some)] == [1] * 9
    assert some[-1]["a"] >= first + 20


def test_aggregates_can_be_asked_for_by_time(start: Any, open_peer: Any) -> None:
    simulator = start(speed=50.0)
    peer = open_peer(simulator, "/ws/btcusdt@aggTrade")
    peer.until(lambda event: event["a"])
    live = [peer.next() for _ in range(30)]
    start_time, end_time = live[5]["T"], live[20]["T"]
    inside = [each["a"] for each in live if start_time <= each["T"] <= end_time]
    found = rows(simulator, "aggTrades", startTime=start_time, endTime=end_time)
    assert [row["a"] for row in found] == inside
    found = rows(simulator, "aggTrades", startTime=start_time, limit=3)
    assert [row["a"] for row in found] == inside[:3]
    found = rows(simulator, "aggTrades", endTime=end_time, limit=3)
    assert [row["a"] for row in found] == inside[-3:]
    # In microseconds as well.
    found = rows(simulator, "aggTrades", startTime=start_time * 1_000, limit=3)
    assert [row["a"] for row in found] == inside[:3]


def test_ids_beyond_the_newest_have_no_rows(start: Any) -> None:
    assert rows(start(), "aggTrades", fromId=10**15) == []


def test_a_header_selects_microseconds(start: Any) -> None:
    simulator = start()
    target = "/api/v3/aggTrades?symbol=BTCUSDT&limit=1"
    (milliseconds,) = ask(simulator, target).json
    (microseconds,) = ask(simulator, target, **{"X-MBX-TIME-UNIT": "microsecond"}).json
    assert microseconds["T"] // 1_000 == milliseconds["T"]
    assert microseconds["T"] > 10**15
    answer = ask(simulator, target, **{"X-MBX-TIME-UNIT": "SECOND"})
    assert (answer.status, answer.code) == (400, -1194)


def test_closed_candles_are_those_of_the_streams(start: Any, open_peer: Any) -> None:
    simulator = start(speed=5.0)
    peer = open_peer(simulator, "/stream?streams=btcusdt@kline_1s/btcusdt@kline_1s@%2B08:00")
    closed: dict[str, list[Any]] = {"btcusdt@kline_1s": [], "btcusdt@kline_1s@+08:00": []}
    while min(map(len, closed.values())) < 2:
        message = peer.until(lambda each: each["data"]["k"]["x"])
        closed[message["stream"]].append([message["data"]["k"][key] for key in "tohlcvTqnVQ"])
    for candles, zone in zip(closed.values(), ({}, {"timeZone": 8}), strict=True):
        found = rows(
            simulator,
            "klines",
            interval="1s",
            startTime=candles[0][0],
            endTime=candles[-1][6],
            **zone,
        )
        assert [row[:11] for row in found] == candles


def test_candles_without_trades_are_there(tape: Any) -> None:
    run = tape(["btcusdt@kline_1s"])
    instrument = run.market.instruments["BTCUSDT"]
    run.run(1, step=10 * SECOND)
    start = run.now - 5 * SECOND
    empty = of_candle(instrument, (start, start + SECOND), run.now)
    assert (empty["trade_count"], empty["base_volume"]) == (0, "0.00000000")
    assert empty["open"] == empty["high"] == empty["low"] == empty["close"]


def test_every_candle_is_closed_even_if_several_passed_at_once(tape: Any) -> None:
    run = tape(["btcusdt@kline_1s"])
    run.run(1)
    closed = [data["k"]["t"] for _, data in run.run(1, step=5 * SECOND) if data["k"]["x"]]
    assert [after - before for before, after in pairwise(closed)] == [1_000] * 4


def test_a_candle_at_any_time_is_the_sum_of_the_trades_until_then(tape: Any) -> None:
    run = tape(["btcusdt@trade"])
    began = run.now
    run.run(1_900)
    instrument = run.market.instruments["BTCUSDT"]
    times = (MINUTE + 1, 2 * MINUTE + 30 * SECOND + 123_456, 3 * MINUTE)
    for length, until in product((SECOND, MINUTE, 5 * MINUTE), times):
        opens = (began + until) // length * length
        trades = instrument.trades.from_time(opens, 100_000, began + until)
        inside = [trade.id for trade in trades if trade.time < opens + length]
        candle = of_candle(instrument, (opens, opens + length), began + until)
        assert candle["trade_count"] == len(inside)
        if inside:
            assert (candle["first_trade_id"], candle["last_trade_id"]) == (inside[0], inside[-1])


def test_klines_of_a_time_zone_open_when_its_days_do(start: Any) -> None:
    simulator = start()
    (utc,) = rows(simulator, "klines", interval="1d")
    (east,) = rows(simulator, "klines", interval="1d", timeZone="8")
    (west,) = rows(simulator, "klines", interval="1d", timeZone="-1:00")
    day, hour = 24 * 3_600_000, 3_600_000
    assert utc[0] % day == 0
    assert east[0] % day == 16 * hour
    assert west[0] % day == hour


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("aggTrades", -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or"),
        ("aggTrades?symbol=NOPE", -1121, "Invalid symbol."),
        ("aggTrades?symbol=btcusdt", -1100, "Illegal characters found in parameter 'symbol'"),
        ("aggTrades?symbol=BTCUSDT&fromId=1&startTime=5", -1128, "Combination of optional"),
        ("aggTrades?symbol=BTCUSDT&fromId=-1", -1100, "legal range is '^[0-9]{1,20}$'."),
        ("aggTrades?symbol=BTCUSDT&limit=0", -1130, "Data sent for parameter 'limit' is not"),
        ("aggTrades?symbol=BTCUSDT&id=5", -1104, "read '1' parameter(s) but was sent '2'."),
        ("aggTrades?symbol=BTCUSDT&symbol=BTCUSDT", -1101, "Duplicate values for a parameter"),
        ("historicalTrades?symbol=BTCUSDT&startTime=5", -1104, "Not all sent parameters were"),
        ("historicalBlockTrades?symbol=BTCUSDT", -1102, "Mandatory parameter 'fromId'"),
        ("klines?symbol=BTCUSDT", -1102, "Mandatory parameter 'interval'"),
        ("klines?symbol=BTCUSDT&interval=1H", -1120, "Invalid interval."),
        ("klines?symbol=BTCUSDT&interval=1h&timeZone=15", -1130, "parameter 'timeZone'"),
        ("ping?x=1", -1101, "Too many parameters; expected '0' and received '1'."),
    ],
)
def test_refusals_are_the_venues(start: Any, path: str, code: int, message: str) -> None:
    status, found, text = refusal(start(), path)
    assert (status, found) == (400, code)
    assert message in text


@pytest.mark.parametrize("path", ["uiKlines?symbol=BTCUSDT", "nothing"])
def test_a_path_that_the_spec_does_not_have_is_not_found(start: Any, path: str) -> None:
    assert refusal(start(), path)[:2] == (404, -1)


def test_a_market_without_time_zones_refuses_them(start: Any) -> None:
    simulator = start(market="binance_streams_us")
    assert refusal(simulator, "klines?symbol=BTCUSDT&interval=1h&timeZone=8")[1] == -1104
    assert refusal(simulator, "historicalTrades?symbol=BTCUSDT")[0] == 404
