"""Every recorded answer, refusal and notice of the server is understood."""

from __future__ import annotations

import json
from typing import Any

import pytest

from binance_streams import VENUE, RequestError
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.protocol.replies import Reply
from binance_streams_runtime.protocol.requests import result_of
from tests.captures.records import FOLDER, Record, control_records, needs_captures

pytestmark = needs_captures

RECORDS = control_records() if FOLDER.is_dir() else []


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.place)
def test_control_message_is_understood(record: Record) -> None:
    """A result is the result, a refusal its code and text, a shutdown a shutdown."""
    message = json.loads(record.raw)
    if "event" in message:
        pytest.skip("the envelope of the WebSocket API, which the stream host does not use")
    reply = _reply(record.raw)
    if VENUE.shutdown_event in record.raw:
        assert VENUE.shutdown_event in (reply.e, message.get("data", {}).get("e"))
        assert reply.event_time == message.get("data", message)["E"]
        assert not reply.is_response
        return
    assert reply.is_response
    assert reply.id == message.get("id")
    result, error = result_of(reply)
    if "result" in message:
        assert error is None
        assert result == message["result"]
        return
    refusal = message.get("error", message)
    assert isinstance(error, RequestError)
    assert (error.code, error.message) == (refusal["code"], refusal["msg"])
    assert error.id == message.get("id")


def test_control_messages_are_of_all_sorts() -> None:
    """Results of every type and refusals are among the records, so the test above saw them."""
    messages = [json.loads(record.raw) for record in RECORDS]
    results = {type(message["result"]) for message in messages if "result" in message}
    assert {type(None), list, bool} <= results
    assert any("code" in message for message in messages)


def _reply(raw: str) -> Reply:
    """What the router makes of a message that belongs to no stream."""
    others: list[Any] = []
    undecodable: list[Any] = []
    router = Router(VENUE.shutdown_event, lambda *given: undecodable.append(given))
    router.decode([raw.encode()], others)
    assert undecodable == []
    (reply,) = others
    assert isinstance(reply, Reply)
    return reply
