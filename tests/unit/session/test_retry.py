"""How long a server is left alone after it ended a connection."""

from __future__ import annotations

import pytest

from binance_streams import ConnectionLost
from binance_streams_runtime.session.retry import Retry, minimum_pause


@pytest.mark.parametrize(
    ("lost", "seconds"),
    [
        (ConnectionLost("reset"), 0.0),
        (ConnectionLost("refused", status=503), 0.0),
        (ConnectionLost("refused", status=503, retry_after=7.0), 7.0),
        (ConnectionLost("refused", status=503, retry_after=-7.0), 0.0),
        (ConnectionLost("refused", status=418, retry_after=7.0), 7.0),
        (ConnectionLost("refused", status=418), 60.0),
        (ConnectionLost("refused", status=429), 10.0),
        (ConnectionLost("Too many requests", code=1008), 10.0),
        (ConnectionLost("policy", code=1008), 0.0),
    ],
    ids=lambda value: None if isinstance(value, float) else str(value),
)
def test_the_server_is_left_alone_as_long_as_it_asks(lost: ConnectionLost, seconds: float) -> None:
    assert minimum_pause(lost) == seconds


def test_there_is_no_attempt_after_the_last_pause() -> None:
    """A user's own backoff may end."""
    retry = Retry(lambda lost: True, lambda: iter([1.0]), lambda now: now, lambda: 0.0)
    pauses = retry.backoff()
    assert retry.pause(pauses, ConnectionLost("reset")) == 1.0
    assert retry.pause(pauses, ConnectionLost("reset")) is None
