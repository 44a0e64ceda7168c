"""Requests before they are sent, and what their answers say."""

from __future__ import annotations

import msgspec
import pytest

from binance_streams import (
    ACTION_SUBSCRIBE,
    ACTION_UNSUBSCRIBE,
    VENUE,
    ParameterError,
    RequestError,
)
from binance_streams_runtime.protocol.replies import Reply
from binance_streams_runtime.protocol.requests import check_action, check_id, result_of


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


@pytest.mark.parametrize("id", [None, 0, -(2**63), 2**63 - 1, "a", "Z9" * 18])
def test_ids_that_the_server_takes(id: object) -> None:
    assert check_id(id, VENUE.limits) == id


@pytest.mark.parametrize("id", [True, 1.0, 2**63, -(2**63) - 1, "", "a b", "ä", "a" * 37, [1]])
def test_other_ids_are_refused_with_those_that_are_allowed(id: object) -> None:
    with pytest.raises(ParameterError, match="signed 64-bit int, 1 to 36 ASCII letters"):
        check_id(id, VENUE.limits)


@pytest.mark.parametrize("id", [-1, "a"])
def test_a_server_may_take_numbers_from_0_only(id: object) -> None:
    limits = msgspec.structs.replace(VENUE.limits, request_ids="unsigned")
    assert check_id(0, limits) == 0
    with pytest.raises(ParameterError, match="an int from 0 to"):
        check_id(id, limits)
