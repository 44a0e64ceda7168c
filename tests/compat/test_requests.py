"""What is sent, with which ids, and what is refused before anything is."""

from __future__ import annotations

import functools
import logging
from typing import Any

import pytest

from binance_streams import CATALOG, ParameterError
from binance_streams_runtime.client.log import flush_log
from binance_streams_runtime.client.options import Settings
from binance_streams_runtime.compat import client as compat
from binance_streams_simulator import Simulator
from tests.compat.conftest import Make, Recorder
from tests.support.limits import LIMIT, in_time, wait_until

# Every method once, with the names that it subscribes to.
CALLS: list[tuple[str, dict[str, Any], str]] = [
    ("agg_trade", {"symbol": "BTCUSDT"}, "btcusdt@aggTrade"),
    ("trade", {"symbol": "btcusdt"}, "btcusdt@trade"),
    ("kline", {"symbol": "bnbusdt", "interval": "1m"}, "bnbusdt@kline_1m"),
    (
        "kline_timezone_offset",
        {"symbol": "bnbusdt", "interval": "1M"},
        "bnbusdt@kline_1M@+08:00",
    ),
    ("mini_ticker", {}, "!miniTicker@arr"),
    ("mini_ticker", {"symbol": "bnbusdt"}, "bnbusdt@miniTicker"),
    ("ticker", {}, "!ticker@arr"),
    ("ticker", {"symbol": "bnbusdt"}, "bnbusdt@ticker"),
    ("book_ticker", {"symbol": "bnbusdt"}, "bnbusdt@bookTicker"),
    ("partial_book_depth", {"symbol": "bnbusdt"}, "bnbusdt@depth5"),
    (
        "partial_book_depth",
        {"symbol": "bnbusdt", "level": "10", "speed": "100"},
        "bnbusdt@depth10@100ms",
    ),
    ("rolling_window_ticker", {"symbol": "bnbusdt", "windowSize": "1h"}, "bnbusdt@ticker_1h"),
    ("rolling_window_ticker_all_symbols", {"windowSize": "4h"}, "!ticker_4h@arr"),
    ("diff_book_depth", {"symbol": "bnbusdt"}, "bnbusdt@depth"),
    ("diff_book_depth", {"symbol": "bnbusdt", "speed": 100, "more": 1}, "bnbusdt@depth@100ms"),
    ("user_data", {"listen_key": "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s"}, "pqia91ma"),
    ("avg_price", {"symbol": "bnbusdt"}, "bnbusdt@avgPrice"),
    ("reference_price", {"symbol": "bnbusdt"}, "bnbusdt@referencePrice"),
    ("block_trade", {"symbol": "bnbusdt"}, "bnbusdt@blockTrade"),
]


def test_every_method_is_called_here() -> None:
    assert {name for name, _, _ in CALLS} == {type.method for type in CATALOG}


@pytest.mark.parametrize(("name", "arguments", "stream"), CALLS)
def test_method_subscribes_and_unsubscribes(
    make: Make,
    recorder: Recorder,
    simulator: Simulator,
    name: str,
    arguments: dict[str, Any],
    stream: str,
) -> None:
    """With the caller's ids, and nothing returned."""
    client = make(simulator.url, recorder)
    call = getattr(client, name)
    assert call(**arguments, id=1) is None
    assert call(**arguments, id="two", action=client.ACTION_UNSUBSCRIBE) is None
    wait_until(lambda: '{"result":null,"id":"two"}' in recorder.texts)
    first, second = simulator.received
    assert (first["method"], first["id"], len(first["params"])) == ("SUBSCRIBE", 1, 1)
    assert first["params"][0].startswith(stream)
    assert second == {"method": "UNSUBSCRIBE", "params": first["params"], "id": "two"}
    assert simulator.subscriptions == [set()]


def test_list_with_an_id_is_one_request(
    make: Make, recorder: Recorder, simulator: Simulator
) -> None:
    client = make(simulator.url, recorder)
    names = ["btcusdt@trade", "ethusdt@trade", "btcusdt@trade"]
    client.subscribe(names, id=5)
    client.unsubscribe(names[:2], id=5)
    wait_until(lambda: len(simulator.received) == 2)
    assert simulator.received == [
        {"method": "SUBSCRIBE", "params": names[:2], "id": 5},
        {"method": "UNSUBSCRIBE", "params": names[:2], "id": 5},
    ]


def test_long_list_is_cut_into_frames(make: Make, recorder: Recorder) -> None:
    """Its id goes to the one with the first names; the old client's single frame was ignored."""
    # The streams stay silent: so many markets would keep the server from answering in time.
    with Simulator(symbols=["BTCUSDT"]) as simulator:
        client = make(simulator.url, recorder)
        names = [f"coin{number}usdt@trade" for number in range(400)]
        client.subscribe(names, id=9)
        wait_until(lambda: simulator.subscriptions == [set(names)])
        (chosen,) = (request for request in simulator.received if request["id"] == 9)
        assert chosen["params"] == names[: len(chosen["params"])]
        assert simulator.violations == []
        in_time(client.stop)


def test_ids_of_ones_own_are_unique(make: Make, recorder: Recorder, simulator: Simulator) -> None:
    """The old client took the milliseconds of the clock, so that calls in a row shared one."""
    client = make(simulator.url, recorder)
    client.trade("btcusdt")
    for _ in range(3):
        client.list_subscribe()
    wait_until(lambda: len(simulator.received) == 4)
    simulator.drop_connections()
    wait_until(lambda: len(simulator.received) == 5)
    assert len({request["id"] for request in simulator.received}) == 5
    assert simulator.violations == []


def test_same_id_may_be_given_again(make: Make, recorder: Recorder, simulator: Simulator) -> None:
    """Old programs use one for everything."""
    client = make(simulator.url, recorder)
    client.trade("btcusdt", id=1)
    client.trade("ethusdt", id=1)
    client.list_subscribe(id=1)
    wait_until(lambda: len([text for text in recorder.texts if '"id":1}' in text]) == 3)
    assert simulator.subscriptions == [{"btcusdt@trade", "ethusdt@trade"}]


@pytest.mark.parametrize("false", [None, 0, ""])
def test_false_id_is_none(make: Make, recorder: Recorder, simulator: Simulator, false: Any) -> None:
    client = make(simulator.url, recorder)
    client.list_subscribe(id=false)
    wait_until(lambda: simulator.received)
    assert simulator.received[0]["id"] not in (None, 0, "")


@pytest.mark.parametrize("bad", [1.5, "with blank", "x" * 37, [1], True, 2**63, 2**52])
def test_bad_id_is_refused(make: Make, recorder: Recorder, simulator: Simulator, bad: Any) -> None:
    """Before anything is sent."""
    client = make(simulator.url, recorder)
    with pytest.raises(ParameterError, match="id"):
        client.trade("btcusdt", id=bad)
    with pytest.raises(ParameterError, match="id"):
        client.unsubscribe("btcusdt@trade", id=bad)
    with pytest.raises(ParameterError, match="id"):
        client.list_subscribe(id=bad)
    assert simulator.received == []


@pytest.mark.parametrize("wrong", [None, 7, ("btcusdt@trade",), {"a": 1}, ["btcusdt@trade", 7]])
def test_wrong_type_is_the_old_error(
    make: Make, recorder: Recorder, simulator: Simulator, wrong: Any
) -> None:
    client = make(simulator.url, recorder)
    for call in (client.subscribe, client.unsubscribe, client.send_message_to_server):
        with pytest.raises(ValueError, match="Invalid stream name, expect string or array"):
            call(wrong)


@pytest.mark.parametrize("bad", ["", 'a"b', "a\\b", "a\nb", "a\0", "x" * 257, "\ud800"])
def test_name_that_could_do_harm_is_refused(
    make: Make, recorder: Recorder, simulator: Simulator, bad: str
) -> None:
    client = make(simulator.url, recorder)
    for call in (client.subscribe, client.unsubscribe):
        with pytest.raises(ParameterError, match="stream"):
            call(bad)
        with pytest.raises(ParameterError, match="stream"):
            call(["btcusdt@trade", bad])
    assert simulator.received == []


@pytest.mark.parametrize(
    "name", ["BTCUSDT@trade", "btcusdt@kline_7m", "anything", "btcusdt@depth@1000ms"]
)
def test_unknown_name_is_sent_with_a_warning(
    make: Make,
    recorder: Recorder,
    simulator: Simulator,
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    """And what the server sends of it is shown."""
    client = make(simulator.url, recorder, is_combined=True)
    client.subscribe(name)
    wait_until(lambda: recorder.texts)
    message = f'{{"stream":"{name}","data":{{}}}}'
    simulator.send_raw(message)
    wait_until(lambda: message in recorder.texts)
    assert simulator.subscriptions == [{name}]
    wait_until(lambda: "subscribing anyway" in caplog.text)
    simulator.drop_connections()
    wait_until(
        lambda: simulator.subscriptions == [{name}] and recorder.names().count("on_open") == 2
    )


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("kline", {"symbol": "btcusdt", "interval": "7m"}),
        ("partial_book_depth", {"symbol": "btcusdt", "level": 7}),
        ("diff_book_depth", {"symbol": "btcusdt", "speed": "fast"}),
        ("rolling_window_ticker_all_symbols", {"windowSize": "2h"}),
        ("trade", {"symbol": "btc/usdt"}),
    ],
)
def test_bad_parameter_is_refused(
    make: Make, recorder: Recorder, simulator: Simulator, name: str, arguments: dict[str, Any]
) -> None:
    """The old client sent it, and the venue said yes and nothing more."""
    client = make(simulator.url, recorder)
    with pytest.raises(ParameterError, match="allowed"):
        getattr(client, name)(**arguments)
    assert simulator.received == []


def test_send_remembers_streams(make: Make, recorder: Recorder, simulator: Simulator) -> None:
    """A SUBSCRIBE that somebody wrote is as good as the method's."""
    client = make(simulator.url, recorder)
    client.send({"method": "SUBSCRIBE", "params": ["btcusdt@trade", "a@b"], "id": 3})
    client.send_message('{"method":"UNSUBSCRIBE","params":["a@b"],"id":"x"}')
    wait_until(lambda: '{"result":null,"id":"x"}' in recorder.texts)
    assert '{"result":null,"id":3}' in recorder.texts
    simulator.drop_connections()
    wait_until(lambda: recorder.names().count("on_open") == 2)
    wait_until(lambda: simulator.subscriptions == [{"btcusdt@trade"}])


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ({"method": "LIST_SUBSCRIPTIONS", "id": 4}, '{"result":[],"id":4}'),
        ({"method": "GET_PROPERTY", "params": ["combined"], "id": 5}, '{"result":true,"id":5}'),
        (
            {"method": "GET_PROPERTY", "params": ["x"], "id": 6},
            '{"code":0,"msg":"Unknown property","id":6}',
        ),
        (
            {"method": "SUBSCRIBE", "params": ["btcusdt@trade"]},
            '{"code":2,"msg":"Invalid request: request ID must be an unsigned integer"}',
        ),
        (
            {"method": "SUBSCRIBE", "params": [7], "id": 8},
            '{"code":2,"msg":"Invalid request: property name must be a string","id":8}',
        ),
        ({"method": "SUBSCRIBE", "params": [], "id": 9}, '{"result":null,"id":9}'),
    ],
)
def test_send_sends_anything_and_shows_the_answer(
    make: Make, recorder: Recorder, simulator: Simulator, message: dict[str, Any], answer: str
) -> None:
    client = make(simulator.url, recorder)
    client.send(message)
    wait_until(lambda: recorder.texts)
    if "request ID" in answer:
        # This server takes a message without an id for one with null.
        assert recorder.texts[0] in (answer, '{"result":null,"id":null}')
        return
    assert recorder.texts == [answer]
    assert simulator.received == [message]


def test_empty_list_is_sent_as_well(make: Make, recorder: Recorder, simulator: Simulator) -> None:
    client = make(simulator.url, recorder)
    client.subscribe([], id=1)
    client.unsubscribe([], id=2)
    wait_until(lambda: recorder.texts == ['{"result":null,"id":1}', '{"result":null,"id":2}'])


def test_unsubscribing_from_what_is_unknown_is_answered(
    make: Make, recorder: Recorder, simulator: Simulator
) -> None:
    client = make(simulator.url, recorder)
    client.unsubscribe("btcusdt@trade")
    wait_until(lambda: recorder.texts)
    assert simulator.received[0]["method"] == "UNSUBSCRIBE"


def test_combined_can_be_set(make: Make, recorder: Recorder, simulator: Simulator) -> None:
    """It changes what is shown, also after a reconnect, and is answered by the server."""
    client = make(simulator.url, recorder)
    client.trade("btcusdt")
    wait_until(lambda: recorder.texts and recorder.texts[-1].startswith('{"e":"trade"'))

    def set_to(value: bool, id: int, prefix: str) -> None:
        client.send({"method": "SET_PROPERTY", "params": ["combined", value], "id": id})
        wait_until(lambda: f'{{"result":null,"id":{id}}}' in recorder.texts)
        simulator.drop_connections()
        wait_until(lambda: recorder.names().count("on_open") == id + 1)
        recorder.texts.clear()
        wait_until(lambda: len(recorder.texts) > 3)
        shown = [text for text in recorder.texts if "result" not in text]
        assert {text[: len(prefix)] for text in shown} == {prefix}

    set_to(True, 1, '{"stream"')
    set_to(False, 2, '{"e"')


def test_refusal_is_shown_and_ends_nothing(make: Make, recorder: Recorder) -> None:
    """In the server's words; the other streams go on."""
    with Simulator(speed=50, streams_per_connection=2) as simulator:
        client = make(simulator.url, recorder)
        client.send({"method": "NONSENSE", "id": 2})
        client.trade("btcusdt")
        wait_until(lambda: any(text.startswith('{"e":"trade"') for text in recorder.texts))
    refusals = [text for text in recorder.texts if '"code":2' in text]
    assert len(refusals) == 1
    assert "unknown variant `NONSENSE`" in refusals[0]
    assert recorder.errors == []


def test_stream_that_stays_silent_is_logged_once(
    make: Make, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The venue confirms a misspelled symbol as any other."""

    def is_logged(text: str) -> bool:
        return text in caplog.text

    settings = functools.partial(Settings, first_event_timeout=0.1)
    monkeypatch.setattr(compat, "Settings", settings)
    with Simulator(symbols=["BTCUSDT"]) as simulator:
        client = make(simulator.url)
        for symbol in ("BTCUSTD", "BNBUSTD"):
            client.trade(symbol)
            wait_until(functools.partial(is_logged, f"{symbol} may be misspelled"))
    silent = [one for one in caplog.records if "no event for" in one.getMessage()]
    assert [one.levelno for one in silent] == [logging.WARNING] * 2


def test_stream_that_was_left_is_not_waited_for(make: Make) -> None:
    with Simulator(symbols=["BTCUSDT"]) as simulator:
        client = make(simulator.url)
        watch = client._engine._engine._monitors._first_events

        def is_waiting() -> bool:
            # In the thread of the engine, as it forgets what is outdated.
            return client._engine._driver.run(lambda now: watch.next_time() is not None)

        client.trade("btcustd")
        wait_until(is_waiting)
        client.unsubscribe("btcustd@trade")
        wait_until(lambda: not is_waiting())


def test_listen_key_is_in_no_log(
    make: Make, recorder: Recorder, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither as the method's argument nor in a name that nobody knows."""
    key = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
    caplog.set_level(logging.DEBUG)
    client = make(simulator.url, recorder)
    client.user_data(key)
    client.subscribe(f"{key}@orders")
    wait_until(lambda: simulator.subscriptions == [{key, f"{key}@orders"}])
    simulator.drop_connections()
    wait_until(lambda: recorder.names().count("on_open") == 2)
    client.stop()
    flush_log(LIMIT)
    assert "user_data was retired" in caplog.text
    ours = [one.getMessage() for one in caplog.records if one.name == "binance_streams"]
    assert [line for line in ours if key in line] == []
    assert key not in repr(client)
