"""Messages as the server sends them, while a pipe is slow."""

from __future__ import annotations

from types import SimpleNamespace

from binance_streams_cli.limits import Limits
from binance_streams_cli.raw import MOST_WAITING, RawMessages

MESSAGE = b'{"stream":"btcusdt@trade","data":{}}'


def test_what_a_slow_pipe_has_no_room_for_is_dropped_and_counted() -> None:
    engine = SimpleNamespace(command=lambda attach: None)
    messages = RawMessages(SimpleNamespace(_engine=engine))
    messages.frames(0.0, 1, [MESSAGE] * (MOST_WAITING + 3), 0)
    assert messages.dropped == 3
    assert messages.next(Limits(None, None)) == MESSAGE
    messages.frames(0.0, 1, [MESSAGE], 0)
    assert messages.dropped == 3
