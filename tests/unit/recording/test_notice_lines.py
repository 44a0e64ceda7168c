"""Notices as lines of a recording."""

from __future__ import annotations

import msgspec
import pytest

from binance_streams import Disconnected, Notice, Undecodable
from binance_streams_runtime.recording.notices import notice_data, notice_from
from tests.unit.client.test_notices import EACH

NOTICES: list[Notice] = [
    *EACH,
    Disconnected(1, 1006, 503, "gone", ("a", "b"), 0.5, "wss://host"),
    Undecodable("a", "why", b"\xff\x00"),
    Undecodable("a", "why", '{"ü":1}'.encode()),
]


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: type(notice).__name__)
def test_a_notice_is_read_back_as_it_was(notice: Notice) -> None:
    written = msgspec.json.encode(notice_data(notice))
    assert notice_from(msgspec.json.decode(written)) == notice


def test_every_kind_of_notice_is_read_back() -> None:
    assert {type(notice) for notice in NOTICES} == set(Notice.__subclasses__())


@pytest.mark.parametrize("data", [{}, {"type": "Later"}, {"type": "Gap", "stream": 5}])
def test_what_this_version_does_not_know_is_rejected(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no notice of this version"):
        notice_from(data)
