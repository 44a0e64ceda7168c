"""Signatures that the documentation of the venue prints, and those of its published keys."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import Ed25519Key, HmacKey
from binance_streams_runtime.protocol.api_requests import signed_payload

API_KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
HMAC = HmacKey(API_KEY, "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j")

# The key of RFC 8032, section 7.1, test 1.
ED25519_API_KEY = "4yNzx3yWC5bS6YTwEkSRaC0nRmSQIIStAUOh1b6kqaBrTLIhjCpI5lJH8q8R8WNO"
ED25519_PEM = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
"""

_ORDER = {"timeInForce": "GTC", "timestamp": 1645423376532, "type": "LIMIT"}
_ASCII_ORDER = _ORDER | {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "price": "52000.00",
    "quantity": "0.01000000",
    "recvWindow": 100,
}
_OTHER_ORDER = _ORDER | {
    "symbol": "１２３４５６",
    "side": "BUY",
    "price": "0.10000000",
    "quantity": "1.00000000",
    "recvWindow": 5000,
}

_DOCUMENTED: list[tuple[dict[str, Any], str]] = [
    (
        {"timestamp": 1649729878532},
        "1cf54395b336b0a9727ef27d5d98987962bc47aca6e13fe978612d0adee066ed",
    ),
    (
        {"timestamp": 1660801839480},
        "83303b4a136ac1371795f465808367242685a9e3a42b22edb4d977d0696eb45c",
    ),
    (
        {"timestamp": 1660801713831},
        "1bea8b157dd78c3da30359bddcd999e4049749fe50b828e620e12f64e8b433c9",
    ),
    (
        {"timestamp": 1660813156812, "symbol": "BTCUSDT"},
        "d632b3fdb8a81dd44f82c7c901833309dd714fe508772a89b0a35b0ee0c48b89",
    ),
    (_ASCII_ORDER, "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"),
    (_OTHER_ORDER, "b33892ae8e687c939f4468c6268ddd4c40ac1af18ad19a064864c47bae0752cd"),
]

# Computed with `openssl dgst -sha256 -hmac` and `openssl pkeyutl -sign -rawin`.
_COMPUTED: list[tuple[dict[str, Any], str]] = [
    (
        {"recvWindow": 5000, "timestamp": 1747385641636},
        "49601ffc5b0122c3c7ee3ea85ef7d6cd76256f5191a57c976418faa32e917653",
    ),
    (
        {"recvWindow": 6000.346, "timestamp": 1747385641636789},
        "770a96ddf14d65a74368cd9229e31a3b14c4921b88f5724f8bc3045c29ee6ab1",
    ),
]
_ED25519: list[tuple[dict[str, Any], str]] = [
    (
        {"timestamp": 1649729878532},
        "NBJq5sX1RkU7ta3XDctruMgnrhyBcouMvvPIxxQSCUbVWxhp3ai6W7a0Iip/3nOwmJxkVIv6n20cekYCOa5qAg==",
    ),
    (
        {"recvWindow": 5000, "timestamp": 1747385641636},
        "RjGeYLexchf9J1zH8XwmyA3+zqqOXKmDdLi24cIPPcpL+99z4ZRkSJirSO+lvruxeR06vFd461OvAV6v9n2HDA==",
    ),
    (
        _OTHER_ORDER,
        "D9qsPwF4+5CtkHZSVBhuAMVox387CQQsJXplSDXUw3C2vnuMJnxjuengedC0IGpvJFxazfP45NwzN0eAQ8gaBg==",
    ),
]


@pytest.mark.parametrize(("params", "signature"), [*_DOCUMENTED, *_COMPUTED])
def test_hmac(params: dict[str, Any], signature: str) -> None:
    assert HMAC.sign(signed_payload({"apiKey": API_KEY} | params)) == signature


@pytest.mark.parametrize(("params", "signature"), _ED25519)
def test_ed25519(params: dict[str, Any], signature: str) -> None:
    key = Ed25519Key(ED25519_API_KEY, ED25519_PEM)
    assert key.sign(signed_payload({"apiKey": ED25519_API_KEY} | params)) == signature
