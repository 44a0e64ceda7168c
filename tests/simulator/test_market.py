"""The market: seeded, sane, and of one mind in all its streams. No server, simulated time."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import ParameterError
from binance_streams_simulator import Simulator
from binance_streams_simulator.hub import LINGER
from binance_streams_simulator.market import LEVELS, Instrument

Levels = dict[str, str]


def total(values: Any) -> Decimal:
    return sum((Decimal(value) for value in values), Decimal())


def apply(side: Levels, changes: list[list[str]]) -> None:
    for price, quantity in changes:
        if Decimal(quantity):
            side[price] = quantity
        else:
            side.pop(price, None)


def best(side: Levels, count: int, *, is_bid: bool) -> list[list[str]]:
    return [list(level) for level in sorted(side.items(), key=_price, reverse=is_bid)[:count]]


def _price(level: tuple[str, str]) -> Decimal:
    return Decimal(level[0])


def digest(tape: Any, seed: int) -> str:
    names = ["btcusdt@trade", "btcusdt@depth@100ms", "ethusdt@kline_1m", "!miniTicker@arr"]
    return hashlib.sha256(repr(tape(names, seed=seed).run(100)).encode()).hexdigest()


def test_the_same_seed_gives_the_same_market(tape: Any) -> None:
    assert digest(tape, seed=3) == digest(tape, seed=3)


def test_another_seed_gives_another_market(tape: Any) -> None:
    assert digest(tape, seed=3) != digest(tape, seed=4)


def test_a_symbol_does_not_depend_on_who_else_is_there(tape: Any) -> None:
    alone = tape(["ethusdt@trade"]).run(50)
    together = tape(["btcusdt@trade", "ethusdt@trade"]).run(50)
    assert alone == [event for event in together if event[0] == "ethusdt@trade"]


@pytest.mark.parametrize("symbol", ["BTCUSDT", "这是测试币456", "A"])
def test_books_stay_deep_and_are_never_crossed(symbol: str) -> None:
    instrument = Instrument(symbol, seed=1, now=0)
    for step in range(3_000):
        instrument.step(step * 100_000)
        bid, bid_quantity, ask, ask_quantity = instrument.book.best
        assert 0 < bid < ask
        assert bid_quantity > 0
        assert ask_quantity > 0
    assert len(instrument.book.bids) >= LEVELS
    assert len(instrument.book.asks) >= LEVELS
    assert instrument.book.bids.worst > 0


def test_the_book_kept_from_changes_is_the_book(tape: Any) -> None:
    """Snapshot and changes give the partial depth of 20 levels and the best prices."""
    names = ["btcusdt@depth@100ms", "btcusdt@depth20@100ms", "btcusdt@bookTicker"]
    run = tape(names)
    book = run.market.instruments["BTCUSDT"].book
    from binance_streams_simulator.values import levels

    bids: Levels = dict(map(tuple, levels(book.bids.top(5_000))))  # type: ignore[arg-type]
    asks: Levels = dict(map(tuple, levels(book.asks.top(5_000))))  # type: ignore[arg-type]
    last_id = book.update_id
    tops = depths = 0
    held: list[Any] = []
    for _ in range(300):
        held = run.run(1)
        for name, data in held:
            if name == "btcusdt@depth@100ms":
                assert data["U"] == last_id + 1
                last_id = data["u"]
                apply(bids, data["b"])
                apply(asks, data["a"])
        for name, data in held:
            if name == "btcusdt@depth20@100ms":
                depths += 1
                assert data["lastUpdateId"] == last_id
                assert data["bids"] == best(bids, 20, is_bid=True)
                assert data["asks"] == best(asks, 20, is_bid=False)
            elif name == "btcusdt@bookTicker":
                tops += 1
                assert data["u"] == last_id
                assert [data["b"], data["B"]] == best(bids, 1, is_bid=True)[0]
                assert [data["a"], data["A"]] == best(asks, 1, is_bid=False)[0]
    assert tops > 50
    assert depths > 200


def test_slow_and_fast_changes_say_the_same(tape: Any) -> None:
    run = tape(["btcusdt@depth@100ms", "btcusdt@depth"])
    fast: tuple[Levels, Levels] = ({}, {})
    slow: tuple[Levels, Levels] = ({}, {})
    first_id = run.market.instruments["BTCUSDT"].book.update_id + 1
    ids = {"btcusdt@depth@100ms": first_id, "btcusdt@depth": first_id}
    for name, data in run.run(101):
        kept = fast if name.endswith("ms") else slow
        assert data["U"] == ids[name]
        ids[name] = data["u"] + 1
        for side, changes in zip(kept, (data["b"], data["a"]), strict=True):
            side.update(map(tuple, changes))
    assert len(set(ids.values())) == 1
    assert fast == slow


def test_aggregates_cover_the_trades(tape: Any) -> None:
    trades: list[Any] = []
    aggregates: list[Any] = []
    for name, data in tape(["btcusdt@trade", "btcusdt@aggTrade"]).run(200):
        (trades if name.endswith("@trade") else aggregates).append(data)
    assert [trade["t"] for trade in trades] == list(
        range(trades[0]["t"], trades[0]["t"] + len(trades))
    )
    assert [each["a"] for each in aggregates] == list(
        range(aggregates[0]["a"], aggregates[0]["a"] + len(aggregates))
    )
    by_id = {trade["t"]: trade for trade in trades}
    covered = 0
    for each in aggregates:
        parts = [by_id[number] for number in range(each["f"], each["l"] + 1)]
        covered += len(parts)
        assert total(part["q"] for part in parts) == Decimal(each["q"])
        assert {(part["p"], part["m"], part["T"]) for part in parts} == {
            (each["p"], each["m"], each["T"])
        }
    assert covered == len(trades) > 100


def test_candles_are_the_sum_of_their_trades(tape: Any) -> None:
    trades: list[Any] = []
    closed: list[Any] = []
    run = tape(["btcusdt@trade", "btcusdt@kline_1s", "btcusdt@kline_1m", "btcusdt@kline_1m@+08:00"])
    for name, data in run.run(1_850):
        if name.endswith("@trade"):
            trades.append(data)
        elif data["k"]["x"]:
            closed.append((name, data["k"]))
    # The warm-up before the first step was traded at the very beginning.
    whole = [(name, kline) for name, kline in closed if kline["f"] >= trades[0]["t"]]
    assert sum(name == "btcusdt@kline_1s" for name, _ in closed) >= 180
    assert sum(name == "btcusdt@kline_1m" for name, _ in whole) == 2
    assert sum(name == "btcusdt@kline_1m@+08:00" for name, _ in whole) == 2
    for name, kline in whole:
        inside = [trade for trade in trades if kline["t"] <= trade["T"] <= kline["T"]]
        assert kline["T"] - kline["t"] == (999 if name.endswith("1s") else 59_999)
        assert kline["n"] == len(inside)
        assert (kline["f"], kline["L"]) == (inside[0]["t"], inside[-1]["t"])
        assert (kline["o"], kline["c"]) == (inside[0]["p"], inside[-1]["p"])
        prices = [Decimal(trade["p"]) for trade in inside]
        assert (Decimal(kline["h"]), Decimal(kline["l"])) == (max(prices), min(prices))
        assert Decimal(kline["v"]) == total(trade["q"] for trade in inside)
        taken = [trade for trade in inside if not trade["m"]]
        assert Decimal(kline["V"]) == total(trade["q"] for trade in taken)


def test_tickers_agree_with_trades_and_with_each_other(tape: Any) -> None:
    names = [
        "btcusdt@trade",
        "btcusdt@miniTicker",
        "btcusdt@ticker",
        "btcusdt@ticker_1h",
        "!miniTicker@arr",
        "!ticker_1h@arr",
    ]
    run = tape(names)
    checked = 0
    last: Any = None
    for _ in range(100):
        now = run.run(1)
        reported = dict(now)
        last = next((data for name, data in reversed(now) if name == "btcusdt@trade"), last)
        if "btcusdt@miniTicker" not in reported or last is None:
            continue
        checked += 1
        mini, full = reported["btcusdt@miniTicker"], reported["btcusdt@ticker"]
        assert mini["c"] == full["c"] == reported["btcusdt@ticker_1h"]["c"] == last["p"]
        assert full["Q"] == last["q"]
        assert full["L"] == last["t"]
        assert {key: mini[key] for key in "ohlvq"} == {key: full[key] for key in "ohlvq"}
        assert Decimal(full["p"]) == Decimal(full["c"]) - Decimal(full["o"])
        assert mini in reported["!miniTicker@arr"]
        assert reported["btcusdt@ticker_1h"] in reported["!ticker_1h@arr"]
    assert checked >= 8


def test_a_symbol_without_listeners_goes_on_for_a_while(tape: Any) -> None:
    """Whoever is cut off misses something; in the end, it stands still."""
    run = tape(["btcusdt@trade"])
    run.run(5)
    assert run.market.instruments["ETHUSDT"].steps == tape([]).market.instruments["ETHUSDT"].steps
    run.hub.close("btcusdt@trade")
    steps = run.market.instruments["BTCUSDT"].steps
    assert run.run(5) == []
    assert run.market.instruments["BTCUSDT"].steps == steps + 5
    run.run(1, step=LINGER)
    steps = run.market.instruments["BTCUSDT"].steps
    assert run.run(5) == []
    assert run.market.instruments["BTCUSDT"].steps == steps


@pytest.mark.parametrize("given", ["BTCUSDT", [], [5], ["BTC/USDT"], ["BTCUSDT", ""], 5], ids=repr)
def test_what_is_no_list_of_symbols_is_refused(given: Any) -> None:
    """One symbol that is no list, above all: each of its letters would be one."""
    with pytest.raises(ParameterError, match=r"^symbols: got .*; allowed: "):
        Simulator(symbols=given)
