"""Text parameters: what their pattern matches, in the case that the venue wants."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import ParameterError, UnknownStreamError
from binance_streams_runtime.catalog.parameters import Choice, Text
from binance_streams_runtime.catalog.streams import Catalog, StreamType, UpdateSpeed

PAIR = Text("pair", pattern="[a-z0-9]{1,64}", example="btcusdt", case="lower")
ASSET = Text("asset", pattern="[A-Z]{2,8}", example="ETH")
KIND = Choice("kind", {"perpetual": "perpetual", "next_quarter": "next_quarter"})


def stream_type(*segments: Any) -> StreamType:
    return StreamType(
        key="text",
        title="Texts",
        method="text",
        source="https://example.com",
        segments=segments,
        events=(),
        update_speed=UpdateSpeed(None),
    )


@pytest.mark.parametrize("given", ["btcusdt", "BTCUSDT", "BtcUsdt"])
def test_either_case_is_taken_if_the_spec_says_so(given: str) -> None:
    assert PAIR.encode(given) == "btcusdt"


def test_otherwise_a_text_is_sent_as_it_is() -> None:
    assert ASSET.encode("ETH") == "ETH"
    with pytest.raises(ParameterError):
        ASSET.encode("eth")


@pytest.mark.parametrize(
    "given",
    [
        "",
        "a/b",
        "a@b",
        "a b",
        " a",
        "a\n",
        "a\x00",
        "a?b",
        "a%2fb",
        "é",
        "ａ",
        "a" * 65,
        5,
        True,
        None,
    ],
)
def test_what_the_pattern_does_not_match_is_refused_with_what_is_allowed(given: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        PAIR.encode(given)
    assert "a text such as 'btcusdt', all of which '[a-z0-9]{1,64}' matches" in str(caught.value)
    assert "in either case" in str(caught.value)


def test_a_name_gives_its_texts_back() -> None:
    type = stream_type(PAIR, "_", KIND, "@continuousKline_1m")
    catalog = Catalog((type,))
    name = type.name(pair="BTCUSDT", kind="next_quarter")
    assert name == "btcusdt_next_quarter@continuousKline_1m"
    assert catalog.resolve(name).parameters == {"pair": "btcusdt", "kind": "next_quarter"}


def test_a_raw_name_in_the_wrong_case_comes_with_a_hint() -> None:
    option = Text("symbol", pattern="[A-Z]{3}-[CP]", example="BTC-C", case="upper")
    stream_type = StreamType("trade", "", "", "", (option, "@trade"), (), UpdateSpeed(None))
    with pytest.raises(UnknownStreamError, match="look like: BTC-P@trade"):
        Catalog((stream_type,)).resolve("btc-p@trade")
