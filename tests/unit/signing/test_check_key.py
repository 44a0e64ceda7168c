"""Which objects are taken for keys."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import pytest

from binance_streams import HmacKey, ParameterError
from binance_streams_runtime.signing.keys import check_key
from tests.support.calls import Signer
from tests.support.secrets import shown_by


def signed(payload: bytes) -> str:
    return "abc"


@dataclass
class Vault:
    api_key: Any = "key"
    sign: Any = signed
    algorithm: Any = None


class Async:
    api_key = "key"

    async def sign(self, payload: bytes) -> str:
        return "abc"


class AsyncCallable:
    async def __call__(self, payload: bytes) -> str:
        return "abc"


@pytest.mark.parametrize("key", [HmacKey("key", "secret"), Signer(), Vault()])
def test_an_object_that_signs_is_a_key(key: Any) -> None:
    assert check_key(key) is key


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("canary", "got 'a str'; allowed: HmacKey, Ed25519Key, RsaKey, or an object with api_key"),
        (None, "got 'a NoneType'"),
        (Vault(api_key=b"key"), "an object whose api_key is a text"),
        (Vault(api_key="a canary"), "an object whose api_key is a text"),
        (Vault(algorithm=b"canary"), "an object whose algorithm, if it has one, is a text"),
        (Vault(sign="canary"), "an object with a method sign(payload)"),
        (Async(), "whose sign(payload) is no coroutine"),
        (Vault(sign=AsyncCallable()), "whose sign(payload) is no coroutine"),
        (Vault(sign=functools.partial(Async().sign)), "whose sign(payload) is no coroutine"),
        (HmacKey, "a key, such as HmacKey(...)"),
    ],
)
def test_what_cannot_sign_is_rejected(key: Any, expected: str) -> None:
    with pytest.raises(ParameterError) as caught:
        check_key(key)
    assert expected in str(caught.value)
    assert "canary" not in shown_by(caught.value)
