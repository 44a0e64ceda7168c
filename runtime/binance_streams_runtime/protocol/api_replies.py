"""Messages of the WebSocket API: answers, refusals, and events of accounts."""

from __future__ import annotations

from typing import Any

import msgspec

from binance_streams_runtime.catalog.api import Api
from binance_streams_runtime.errors import RequestError
from binance_streams_runtime.times import is_microseconds

UNAUTHORIZED = 401
"""The status of the answer that says that the key of a session has been revoked."""

_OK = 200


class ApiMessage(msgspec.Struct):
    """Any message. What a server may write in another way than documented is of any type."""

    id: Any = msgspec.UNSET
    status: Any = None
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: Any = None
    rate_limits: Any = msgspec.field(default=None, name="rateLimits")
    subscription_id: Any = msgspec.field(default=None, name="subscriptionId")
    event: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET

    @property
    def is_answer(self) -> bool:
        """Whether it answers a request, or refuses one that it does not name."""
        return self.status is not None or self.error is not None or self.id is not msgspec.UNSET

    @property
    def request_id(self) -> int | str | None:
        """The id of the request, or None if it names none."""
        return self.id if isinstance(self.id, int | str) else None

    @property
    def subscription(self) -> int | None:
        """The subscription of an event, or None if it names none."""
        return _whole(self.subscription_id)

    @property
    def http_status(self) -> int | None:
        """The status, as HTTP has it."""
        return _whole(self.status)

    @property
    def is_failure(self) -> bool:
        """Whether the request was refused or failed."""
        return self.error is not None or self.http_status != _OK

    @property
    def server_time(self) -> float | None:
        """The server's Unix time in seconds, which some refusals name."""
        return seconds(self._data.get("serverTime"))

    @property
    def retry_at(self) -> float | None:
        """Until which Unix time in seconds the server wants to be left alone, or None."""
        return seconds(self._data.get("retryAfter"))

    @property
    def used_weight(self) -> int | None:
        """The request weight that the server has counted in this minute, or None."""
        limits = self.rate_limits if isinstance(self.rate_limits, list) else []
        for limit in limits:
            if (
                isinstance(limit, dict)
                and limit.get("rateLimitType") == "REQUEST_WEIGHT"
                and limit.get("interval") == "MINUTE"
                and limit.get("intervalNum") == 1
            ):
                return _whole(limit.get("count"))
        return None

    @property
    def code(self) -> int | None:
        """The error code, or None."""
        return _whole(self.error.get("code")) if isinstance(self.error, dict) else None

    @property
    def text(self) -> str:
        """What the server says about a failure."""
        message = self.error.get("msg") if isinstance(self.error, dict) else self.error
        return f"status {self.status}" if message is None else str(message)

    @property
    def _data(self) -> dict[str, Any]:
        data = self.error.get("data") if isinstance(self.error, dict) else None
        return data if isinstance(data, dict) else {}

    def request_error(self, api: Api, retry_after: float | None) -> RequestError:
        """Return the error that a failure stands for, with what can be done about it."""
        known = api.error(self.code)
        return RequestError(
            self.code,
            self.text,
            self.request_id,
            status=self.http_status,
            retry_after=retry_after,
            advice=None if known is None or not known.advice else known.advice,
        )


class _Head(msgspec.Struct):
    e: Any = None
    E: Any = None


class _Subscription(msgspec.Struct):
    subscriptionId: int  # noqa: N815


class _ServerTime(msgspec.Struct):
    serverTime: int  # noqa: N815


_message_decoder = msgspec.json.Decoder(ApiMessage)
_head_decoder = msgspec.json.Decoder(_Head)
_subscription_decoder = msgspec.json.Decoder(_Subscription)
_time_decoder = msgspec.json.Decoder(_ServerTime)


def api_message(text: bytes) -> ApiMessage:
    """Decode a message; raise what ``msgspec`` raises if it is none."""
    return _message_decoder.decode(text)


def event_head(event: bytes) -> tuple[str | None, int | None]:
    """Return the type and the time of an event, each None if it has none."""
    head = _head_decoder.decode(event)
    return head.e if isinstance(head.e, str) else None, _whole(head.E)


def subscription_of(result: bytes) -> int:
    """Return the id in the answer to a subscription; raise msgspec.DecodeError if it has none."""
    return _subscription_decoder.decode(result).subscriptionId


def server_time_of(result: bytes) -> float:
    """Return the Unix time in seconds in the answer to ``time``; raise msgspec.DecodeError."""
    time = seconds(_time_decoder.decode(result).serverTime)
    assert time is not None
    return time


def seconds(time: Any) -> float | None:
    """Return a time of the venue in seconds, whatever its unit; None if it is none."""
    number = _whole(time)
    if number is None:
        return None
    return number / (1e6 if is_microseconds(number) else 1e3)


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
