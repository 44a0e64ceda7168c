"""Requests before they are sent, and what their answers say."""

from __future__ import annotations

import msgspec
import pytest

from binance_streams import ACTION_SUBSCRIBE, ACTION_UNSUBSCRIBE, ParameterError, RequestError
from binance_streams_runtime.protocol.replies import Reply
from binance_streams_runtime.protocol.requests import check_action, result_of


@pytest.mark.parametrize("action", [None, ACTION_SUBSCRIBE])
def test_without_an_action_a_method_subscribes(action: object) -> None:
    assert check_action(action) is True
    assert check_action(ACTION_UNSUBSCRIBE) is False


def test_another_action_is_refused_with_those_that_are_allowed() -> None:
    with pytest.raises(ParameterError, match=r"'list'.*'SUBSCRIBE', 'UNSUBSCRIBE', None"):
        check_action("list")


@pytest.mark.parametrize(
    ("reply", "code", "message"),
    [
        ('{"error":{"code":2,"msg":"Invalid request"},"id":1}', 2, "Invalid request"),
        ('{"code":2,"msg":"Invalid request","id":1}', 2, "Invalid request"),
        ('{"error":"Invalid request","id":1}', None, "Invalid request"),
        ('{"error":{"code":"two"},"id":1}', None, "None"),
    ],
    ids=["nested", "documented", "a-text", "a-code-that-is-none"],
)
def test_each_shape_of_a_refusal_is_an_error(reply: str, code: int | None, message: str) -> None:
    result, error = result_of(msgspec.json.decode(reply, type=Reply))
    assert result is None
    assert isinstance(error, RequestError)
    assert (error.code, error.message, error.id) == (code, message, 1)
