"""What collectors say in a log, as it is written and read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from binance_streams_runtime.messaging.log_notices import (
    Alive,
    Closed,
    Collecting,
    Interrupted,
    LogGap,
    LogNotice,
    NotStored,
    Refused,
    Stopped,
    decode_notice,
    encode_notice,
    notice_id,
    snapshot_id,
)

WHO: dict[str, Any] = {"collector": "a", "session": "00ff", "number": 3}


def notices() -> list[LogNotice]:
    common: dict[str, Any] = {**WHO, "at": 5}
    ids: dict[str, Any] = {"first_id": "btcusdt@trade:1", "last_id": "btcusdt@trade:2"}
    return [
        Collecting(**common, streams=("btcusdt@trade",)),
        Interrupted(**common, streams=("btcusdt@trade",), since=4, reason="cut"),
        Stopped(**common, streams=()),
        Refused(**common, stream="btcusdt@trade", reason="no"),
        LogGap(
            **common,
            stream="btcusdt@trade",
            first_missing=1,
            last_missing=None,
            since=None,
            until=4,
            reason="jump",
        ),
        NotStored(
            **common, **ids, stream="btcusdt@trade", count=2, since=1, until=2, reason="full"
        ),
        Alive(**common, streams=("btcusdt@trade",), interval=5.0, stored_until=4, pending=0),
        Closed(**common),
    ]


@pytest.mark.parametrize("notice", notices(), ids=lambda notice: type(notice).__name__)
def test_a_notice_survives_the_log(notice: LogNotice) -> None:
    assert decode_notice(encode_notice(notice)) == notice
    assert notice_id(notice) == "notice:a:00ff:3"


def test_readers_in_other_languages_see_the_kind() -> None:
    kinds = [json.loads(encode_notice(notice))["kind"] for notice in notices()]
    assert kinds == [
        *("collecting", "interrupted", "stopped", "refused"),
        *("gap", "not_stored", "alive", "closed"),
    ]


@pytest.mark.parametrize(
    "payload", [b"", b"{}", b"\xff", b'{"kind":"later","collector":"a"}', b'{"kind":"closed"}']
)
def test_what_is_not_known_is_none(payload: bytes) -> None:
    assert decode_notice(payload) is None


def test_what_a_later_version_adds_is_ignored() -> None:
    payload = json.loads(encode_notice(notices()[-1])) | {"more": 1}
    assert decode_notice(json.dumps(payload).encode()) == notices()[-1]


def test_snapshots_are_identified_by_their_last_update() -> None:
    assert snapshot_id("BTCUSDT", 7) == "snapshot:BTCUSDT:7"
