"""The names of methods and accounts, and what becomes of answers."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import VENUE, Client, HmacKey, ParameterError, RequestError
from binance_streams_runtime.client.account import StateAttempts
from binance_streams_runtime.client.accounts import method_of, result_decoder
from tests.support.limits import wait_until
from tests.support.secrets import shown_by

API: Any = VENUE.api


@pytest.mark.parametrize("name", ["account.status", "v3/account.status"])
def test_a_method_is_found_by_its_name(name: str) -> None:
    assert method_of(API, name) is API.methods["account.status"]


@pytest.mark.parametrize(
    "name", ["", "v1/account.status", "v3/v3/account.status", "v3/", 5, None, "Time"]
)
def test_another_name_is_refused(name: object) -> None:
    with pytest.raises(ParameterError) as caught:
        method_of(API, name)
    assert (caught.value.name, caught.value.given) == ("method", name)


def test_similar_names_are_shown() -> None:
    with pytest.raises(ParameterError, match=r"such as 'openOrders\.status'"):
        method_of(API, "openOrder.status")
    with pytest.raises(ParameterError, match=r"such as 'account\.status'"):
        method_of(API, "nonsense")


@pytest.mark.parametrize(
    "name",
    ["session.logon", "session.logout", "userDataStream.subscribe", "userDataStream.unsubscribe"],
)
def test_what_the_client_does_itself_is_refused(name: str) -> None:
    with pytest.raises(ParameterError, match=r"as client\.account\(\) does this"):
        method_of(API, name)


def test_a_result_has_the_numbers_of_the_client() -> None:
    text = json.dumps({"serverTime": 1656400526260}).encode()
    assert result_decoder(API.methods["time"], Decimal)(text).server_time == 1656400526260


def test_an_untyped_result_is_plain_json() -> None:
    untyped = next(method for method in API.methods.values() if method.result is None)
    assert result_decoder(untyped, Decimal)(b'{"a":[1,0.5,"2.50"]}') == {"a": [1, 0.5, "2.50"]}


def test_accounts_that_begin_alike_have_different_names() -> None:
    """Which show nothing more of their keys, and stay the same."""
    accounts = Client("ws://127.0.0.1:1")._engine.accounts
    names = [accounts._name(f"abcd{letter}" * 8) for letter in "xyzx"]
    assert names == ["account abcd…", "account abcd… (2)", "account abcd… (3)", "account abcd…"]


def test_a_key_that_names_another_api_key_later_can_be_left() -> None:
    """As a vault may do that rotates its keys."""

    class Rotating:
        api_key = "a" * 64

        def sign(self, payload: bytes) -> str:
            return "00"

    key = Rotating()
    with Client("ws://127.0.0.1:1") as client:
        account = client.account(key)
        key.api_key = "b" * 64
        account.unsubscribe()
        assert client.accounts == ()
        wait_until(lambda: account.subscription == "ended")


def test_the_state_of_a_market_without_rules_for_it() -> None:
    """Said at once, before anything is waited for."""
    key = HmacKey("k" * 64, "secret")
    with Client("ws://127.0.0.1:1", reconnect=False) as client:
        account = client.account(key)
        account._api = type("Bare", (), {"state": None})()
        with pytest.raises(ParameterError, match="whose spec says how its state is asked for"):
            account.state()


@pytest.mark.parametrize(
    ("code", "status", "may_pass"),
    [
        *[(-1001, 500, True), (-1003, 429, True), (-1021, 400, True), (-1022, 400, False)],
        *[(-2035, 400, True), (-2042, 400, True), (-2015, 401, False)],
        *[(-9999, 400, False), (-9999, 500, True), (None, None, False)],
    ],
)
def test_the_state_is_asked_for_again_unless_that_is_in_vain(
    code: int | None, status: int | None, may_pass: bool
) -> None:
    """As the account has not ended, whatever refused its subscription."""
    with Client("ws://127.0.0.1:1") as client:
        attempts = StateAttempts(client.account(HmacKey("k" * 64, "secret")), None)
        error = RequestError(code, "no", 1, status=status)
        if may_pass:
            assert attempts.pause_after(error) == 0
        else:
            with pytest.raises(RequestError, match="no"):
                attempts.pause_after(error)


@pytest.mark.parametrize("name", ["signature", "apiKey", "secret"])
def test_what_is_given_in_the_wrong_place_is_shown_nowhere(name: str) -> None:
    """Neither in the error nor in the local variables of the frames that it leads through."""
    with Client("ws://127.0.0.1:1", reconnect=False) as client:
        account: Any = client.account(HmacKey("k" * 64, "secret"))
        with pytest.raises(ParameterError) as caught:
            account.request("account.status", omitZeroBalances=True, **{name: "canary"})
    assert "canary" not in shown_by(caught.value)
