"""The frame reader before an independent judge of RFC 6455: the cases of the Autobahn TestSuite.

https://github.com/crossbario/autobahn-testsuite, served by https://github.com/curioswitch/kosoku
"""

from __future__ import annotations

import importlib.util
from collections import Counter

import pytest

from binance_streams_runtime.protocol.frames import FrameReader, Item, Ping
from tests.support.autobahn import Verdict, verdicts

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("kosoku") is None,
    reason="NOT JUDGED AGAINST RFC 6455: kosoku is not installed; it has no wheel for some systems",
)

# Compression, which this client never offers: the judge could only say UNIMPLEMENTED.
COMPRESSION = ["12.*", "13.*"]
# Large messages and many of them.
LIMITS_AND_SPEED = ["9.*"]

# How many cases a section has, so that none goes missing.
CASES = {
    "1": 16,  # framing: lengths of text and binary messages
    "2": 11,  # pings and pongs
    "3": 7,  # reserved bits
    "4": 10,  # unknown opcodes
    "5": 20,  # fragments
    "6": 145,  # UTF-8
    "7": 37,  # closing
    "10": 1,  # a message in as many frames as the sender likes
}
CASES_OF_SPEED = 54

_LATE = "text is checked when the message is whole, as msgspec does, not fragment by fragment"
_FREE = "the RFC leaves it open; the judge calls it so whatever is done"

# All verdicts that are not OK twice, with the reason.
ALLOWED = {
    "6.4.1": ("NON-STRICT", "OK", _LATE),
    "6.4.2": ("NON-STRICT", "OK", _LATE),
    "6.4.3": ("NON-STRICT", "OK", _LATE),
    "6.4.4": ("NON-STRICT", "OK", _LATE),
    "7.1.6": ("INFORMATIONAL", "INFORMATIONAL", _FREE),  # a large message, then close
    "7.13.1": ("INFORMATIONAL", "INFORMATIONAL", _FREE),  # close code 5000
    "7.13.2": ("INFORMATIONAL", "INFORMATIONAL", _FREE),  # close code 65535
}


def not_ok(judged: list[Verdict]) -> dict[str, Verdict]:
    return {
        verdict.case: verdict
        for verdict in judged
        if (verdict.messages, verdict.close) != ("OK", "OK")
    }


def test_every_case_of_the_protocol_passes() -> None:
    judged = verdicts(["*"], [*LIMITS_AND_SPEED, *COMPRESSION])
    # First what is wrong, so that a failure shows the judge's reason.
    unexpected = not_ok(judged)
    for case, (messages, close, _) in ALLOWED.items():
        if case in unexpected and unexpected[case][1:3] == (messages, close):
            del unexpected[case]
    assert unexpected == {}
    assert set(not_ok(judged)) == set(ALLOWED)
    assert Counter(verdict.case.split(".")[0] for verdict in judged) == CASES


def test_every_case_of_limits_and_speed_passes() -> None:
    """Up to 16 MiB a message, which is the client's limit, in up to 65,536 fragments."""
    judged = verdicts(LIMITS_AND_SPEED)
    assert not_ok(judged) == {}
    assert len(judged) == CASES_OF_SPEED


class _Deaf(FrameReader):
    """Reports no ping."""

    def feed(self, data: bytes) -> list[Item]:
        return [item for item in super().feed(data) if not isinstance(item, Ping)]


def test_the_judge_sees_what_a_wrong_reader_does() -> None:
    judged = verdicts(["1.1.1", "2.1", "2.2"], new_reader=_Deaf)
    assert {verdict.case: verdict.messages for verdict in judged} == {
        "1.1.1": "OK",
        "2.1": "FAILED",
        "2.2": "FAILED",
    }
