"""What belongs into a recording: nothing secret, and no account unless asked for."""

from __future__ import annotations

import json

import pytest

import binance_streams_runtime.recording.filter as module
from binance_streams import Disconnected, Dropped, Gap, Notice, Stale, Undecodable
from binance_streams._catalog import CATALOG
from binance_streams_runtime.recording.filter import Filter
from binance_streams_runtime.recording.lines import data_line, prefix_of

KEY = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
STREAM = CATALOG.resolve(KEY)
PREFIX = prefix_of(5, 1)
PUBLIC = ("!serverShutdown", "serverShutdown")

REPORT = '{"e":"executionReport","E":1,"s":"BTCUSDT","c":"my-order"}'
EXPIRED = f'{{"e":"listenKeyExpired","listenKey":"{KEY}"}}'
ACCOUNT = {
    "wrapped": f'{{"stream":"{KEY}","data":{REPORT}}}',
    "another-order": f'{{"data":{REPORT},"stream":"{KEY}"}}',
    "escaped": f'{{"stream":"\\u0070{KEY[1:]}","data":{REPORT}}}',
    "bare": REPORT,
    "of-an-account": f'{{"subscriptionId":0,"event":{REPORT}}}',
    "expired": f'{{"stream":"{KEY}","data":{EXPIRED}}}',
    "torn": f'{{"stream":"{KEY}","data":{{"e":"execu',
}
MARKET = {
    "trade": '{"stream":"btcusdt@trade","data":{"e":"trade"}}',
    "unknown": '{"stream":"btcusdt@later","data":{}}',
    "shutdown": '{"stream":"!serverShutdown","data":{"e":"serverShutdown"}}',
    "response": '{"result":null,"id":1}',
    "error": '{"error":{"code":2,"msg":"Invalid request"},"id":1}',
    "bare-trade": '{"e":"aggTrade","p":"1"}',
    "bare-shutdown": '{"e":"serverShutdown","E":1}',
    "bare-ticker": '{"u":1,"s":"BTCUSDT","b":"1"}',
    "list": "[1]",
    "garbage": "pong",
}


def filter(accounts: bool = False, only: list[str] | None = None) -> Filter:
    streams = None if only is None else [CATALOG.resolve(name) for name in only]
    return Filter(CATALOG, streams, accounts, PUBLIC)


@pytest.mark.parametrize("case", MARKET)
@pytest.mark.parametrize("accounts", [False, True])
def test_what_is_public_is_kept_as_it_came(case: str, accounts: bool) -> None:
    message = MARKET[case].encode()
    found = filter(accounts).line(PREFIX, message)
    assert found is not None
    line = found[1]
    assert line == PREFIX + message[1:] or json.loads(line)["data"] == message.decode()


@pytest.mark.parametrize("case", ACCOUNT)
def test_what_is_about_an_account_is_left_out_and_counted(case: str) -> None:
    chosen = filter()
    assert chosen.line(PREFIX, ACCOUNT[case].encode()) is None
    assert chosen.left_out == 1
    # The second time, its name is known.
    assert chosen.line(PREFIX, ACCOUNT[case].encode()) is None
    assert chosen.left_out == 2


@pytest.mark.parametrize("case", ACCOUNT)
def test_on_request_it_is_kept_without_the_listen_key(case: str) -> None:
    message = ACCOUNT[case].encode()
    found = filter(accounts=True).line(PREFIX, message)
    assert found is not None
    stream, line = found
    assert KEY.encode() not in line
    assert KEY[1:].encode() not in line
    if case != "torn":
        read = json.loads(line)
        assert "my-order" in line.decode() or case == "expired"
        assert read.get("stream", "") == stream
        assert stream in ("", "!raw", STREAM.label)


def test_answers_to_requests_of_accounts_are_never_kept() -> None:
    answer = b'{"id":1,"status":200,"result":{"apiKey":"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zv"}}'
    event = ACCOUNT["of-an-account"].encode()
    for accounts in (False, True):
        chosen = filter(accounts)
        assert chosen.line(PREFIX, answer, is_account=True) is None
        assert chosen.line(PREFIX, b"garbage", is_account=True) is None
        assert chosen.left_out == 0
        assert (chosen.line(PREFIX, event, is_account=True) is None) == (not accounts)
        assert chosen.binary_line(PREFIX, event, is_account=True) is None


def test_a_response_that_lists_listen_keys_is_kept_without_them() -> None:
    message = b'{"result":["btcusdt@trade","%b"],"id":1}' % KEY.encode()
    found = filter().line(PREFIX, message)
    assert found is not None
    assert json.loads(found[1])["result"] == ["btcusdt@trade", "..."]


@pytest.mark.parametrize("accounts", [False, True])
def test_only_streams_that_are_asked_for_are_kept(accounts: bool) -> None:
    chosen = filter(accounts, only=["ethusdt@trade"])
    assert chosen.line(PREFIX, b'{"stream":"ethusdt@trade","data":{}}') is not None
    assert chosen.line(PREFIX, b'{"stream":"btcusdt@trade","data":{}}') is None
    assert chosen.line(PREFIX, MARKET["unknown"].encode()) is None
    assert chosen.line(PREFIX, ACCOUNT["wrapped"].encode()) is None
    assert chosen.line(PREFIX, MARKET["response"].encode()) is not None
    assert chosen.notice(Gap("ethusdt@trade", None, None)) is not None
    assert chosen.notice(Gap("btcusdt@trade", None, None)) is None
    assert chosen.notice(Dropped("*", 1, "latest")) is not None


@pytest.mark.parametrize("label", [STREAM.label, "account vmPU…"])
def test_notices_about_accounts_are_left_out_unless_asked_for(label: str) -> None:
    assert filter().notice(Stale(label, 1.0, "notice")) is None
    assert filter(accounts=True).notice(Stale(label, 1.0, "notice")) is not None
    cut = Disconnected(1, None, None, "cut", ("btcusdt@trade", label), 0.0)
    kept = filter().notice(cut)
    assert isinstance(kept, Disconnected)
    assert kept.streams == ("btcusdt@trade",)
    assert filter(accounts=True).notice(cut) == cut


def test_facts_name_no_account_unless_asked_for() -> None:
    fact = {"type": "arrived", "items": [[{"streams": ["a@trade", STREAM.label]}, ["a@trade"]]]}
    line = data_line(5, "!session", fact)
    assert filter(accounts=True).fact_line(line) == line
    kept = json.loads(filter().fact_line(line))
    assert kept["data"]["items"] == [[{"streams": ["a@trade"]}, ["a@trade"]]]


STRAYS: list[tuple[Notice, bytes]] = [
    (Undecodable(None, "why", ACCOUNT["wrapped"].encode()), b""),
    (Undecodable(None, "why", ACCOUNT["torn"].encode()), b""),
    (Undecodable(None, "why", b'["%b"]' % KEY.encode()), b'["..."]'),
    (Undecodable(None, "why", b"pong"), b"pong"),
    (Undecodable("btcusdt@trade", "why", b"\xff"), b"\xff"),
]


@pytest.mark.parametrize(("notice", "raw"), STRAYS)
def test_a_stray_message_is_kept_unless_it_may_be_private(notice: Notice, raw: bytes) -> None:
    chosen = filter()
    kept = chosen.notice(notice)
    assert isinstance(kept, Undecodable)
    assert kept.raw == raw
    assert chosen.left_out == 0


def test_names_that_a_server_makes_up_do_not_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MOST_NAMES", 10)
    chosen = filter()
    for number in range(70):
        chosen.line(PREFIX, b'{"stream":"%d@x","data":{}}' % number)
    assert len(chosen._names) == len(chosen._usual) <= 10
