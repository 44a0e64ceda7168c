"""What is sent for a call: its time, its signature, or why there is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from binance_streams import SigningError
from binance_streams_runtime.protocol.api_requests import ApiRequest, Call, signed_payload
from binance_streams_runtime.session.api.pending_requests import PendingRequest
from binance_streams_runtime.signing import prepare
from tests.support.calls import API_KEY, Signer, call, method
from tests.support.secrets import shown_by


def text_of(call: Call, now: float = 0.0) -> Any:
    prepared = prepare.prepared(call, lambda: now)
    assert prepared.error is None
    return json.loads(prepared.text)


def failed(sign: Any) -> SigningError:
    prepared = prepare.prepared(call(Signer(sign)), lambda: 0.0)
    assert prepared.text == ""
    assert isinstance(prepared.error, SigningError)
    assert API_KEY not in shown_by(prepared.error)
    return prepared.error


def test_a_signed_call_has_its_key_its_time_and_its_signature() -> None:
    key = Signer("sig+/=")
    sent = text_of(call(key, params={"symbol": "１"}, clock_offset=1_700_000_000.5, id=7), 0.0004)
    assert sent == {
        "id": 7,
        "method": "account.status",
        "params": {
            "symbol": "１",
            "timestamp": 1_700_000_000_500,
            "apiKey": API_KEY,
            "signature": "sig+/=",
        },
    }
    assert key.payloads == [signed_payload(sent["params"])]


def test_a_call_that_relies_on_a_logon_has_its_time_alone() -> None:
    sent = text_of(call(has_timestamp=True, clock_offset=5.0, id="a"), 2.0)
    assert sent == {"id": "a", "method": "account.status", "params": {"timestamp": 7000}}


def test_a_call_without_security_is_sent_as_it_is() -> None:
    sent = text_of(call(params={"symbols": ["A", "B"]}, recv_window=5000))
    assert sent["params"] == {"symbols": ["A", "B"]}
    assert "params" not in text_of(call())


@pytest.mark.parametrize("key", [Signer(), None])
def test_the_time_limit_is_that_of_the_call_or_of_its_parameters(key: Signer | None) -> None:
    one = call(key, has_timestamp=True, recv_window=6000.346)
    assert text_of(one)["params"]["recvWindow"] == 6000.346
    other = call(key, has_timestamp=True, recv_window=6000, params={"recvWindow": 100})
    assert text_of(other)["params"]["recvWindow"] == 100


def test_a_call_is_not_changed() -> None:
    """It may be signed again, on another connection."""
    one = call(Signer(), params={"symbol": "A"})
    text_of(one)
    assert one.params == {"symbol": "A"}


@pytest.mark.parametrize(
    ("returned", "described"),
    [
        (b"abc", "an object of type bytes"),
        (None, "None"),
        ("", "an empty text"),
        ("abc\n", "a text with blanks or letters that are not ASCII"),
        ("a b", "a text with blanks or letters that are not ASCII"),
        ("é", "a text with blanks or letters that are not ASCII"),
        (" " * 1024, "a text with blanks or letters that are not ASCII"),
        (5, "an object of type int"),
        ("a" * 1025, "a text of 1,025 characters"),
    ],
)
def test_what_is_no_signature_is_final(returned: Any, described: str) -> None:
    error = failed(returned)
    assert str(error) == (
        "account.status was not signed: Signer (API key vmPU…) "
        f"returned {described}, not hex or base64 text"
    )
    assert error.is_final


def test_the_longest_signature() -> None:
    assert text_of(call(Signer("a" * 1024)))["params"]["signature"] == "a" * 1024


def test_a_coroutine_is_no_signature() -> None:
    """It is closed as well, which warns otherwise."""

    async def sign(payload: bytes) -> str:
        return "abc"

    assert "an object of type coroutine" in str(failed(sign))


def test_what_is_awaited_or_closed_is_no_signature() -> None:
    """Only what is both is closed: a file is the user's own."""

    class Awaited:
        def __await__(self) -> None: ...

    class File:
        def close(self) -> None:
            raise AssertionError

    assert "returned an object of type Awaited" in str(failed(Awaited()))
    assert "returned an object of type File" in str(failed(File()))


def test_texts_of_a_subclass_are_sent_as_texts() -> None:
    class Text(str):
        """JSON cannot be made of it by itself."""

    params = text_of(call(Signer(Text("sig"), Text(API_KEY))))["params"]
    assert (params["apiKey"], params["signature"]) == (API_KEY, "sig")


def test_an_object_that_resists_is_no_signature() -> None:
    class Resists:
        def __await__(self) -> None: ...

        def close(self) -> None:
            raise OSError

    assert str(failed(Resists())).endswith("raised OSError")


@pytest.mark.parametrize("kind", [ValueError, SystemExit, KeyboardInterrupt])
def test_what_a_key_raises_is_the_cause(kind: type[BaseException]) -> None:
    def sign(payload: bytes) -> str:
        raise kind("a canary of its own")

    error = failed(sign)
    expected = f"account.status was not signed: Signer (API key vmPU…) raised {kind.__name__}"
    assert str(error) == expected
    assert isinstance(error.__cause__, kind)
    assert not error.is_final
    # The frames of the key are there, without ours.
    assert error.__cause__.__traceback__ is not None
    assert error.__cause__.__traceback__.tb_frame.f_code.co_name == "sign"


def test_a_key_without_its_api_key_says_so() -> None:
    class Broken:
        @property
        def api_key(self) -> str:
            raise OSError("the vault is closed")

        def sign(self, payload: bytes) -> str:
            return "abc"

    prepared = prepare.prepared(call(Broken()), lambda: 0.0)
    assert str(prepared.error) == "account.status was not signed: Broken raised OSError"


def test_what_shows_a_call_does_not_show_its_key() -> None:
    """A key of the user's, such as a dataclass, may show its secret."""

    class Telling(Signer):
        def __repr__(self) -> str:
            return "a canary"

    request = ApiRequest(method(), {}, bytes, lambda result, error: None, Telling())
    pending = PendingRequest(
        *(method(), lambda now, message, error: None), key=Telling(), user_request=request
    )
    assert "canary" not in repr([call(Telling()), request, pending])


def test_a_text_is_not_shown() -> None:
    """Its repr is in tracebacks and logs, and it has the signature."""
    assert "sig" not in repr(prepare.prepared(call(Signer("sig")), lambda: 0.0))
