"""What of keys and signatures is left in the texts of errors, notices and logs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import pickle

import pytest

from binance_streams_runtime.errors import HiddenKey, masked, redacted, redacted_bytes
from binance_streams_runtime.notices import Undecodable
from tests.support.calls import API_KEY


def _base64(length: int) -> str:
    return base64.b64encode(hashlib.shake_256(b"+/").digest(length)).decode()


@pytest.mark.parametrize(
    "secret",
    [
        *(_base64(64), _base64(256), _base64(384), _base64(512)),
        hmac.new(b"", b"", hashlib.sha256).hexdigest(),
        API_KEY,
    ],
)
def test_keys_and_signatures_are_masked(secret: str) -> None:
    assert redacted(f'{{"signature":"{secret}"}}') == '{"signature":"…"}'
    assert redacted(f"signature={secret}&symbol=A") == "signature=…&symbol=A"
    message = f'{{"signature":"{secret}"}}'.encode()
    assert redacted_bytes(message) == b'{"signature":"..."}'
    assert secret not in repr(Undecodable("s", "why", message))


@pytest.mark.parametrize("text", ["/a/path/of/many/folders/that/is/long/a.pem", "a" * 31, "x=="])
def test_other_texts_are_left_as_they_are(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize("piece", ["/", "a/", "a", "="])
def test_a_long_text_is_masked_in_one_pass(piece: str) -> None:
    """It may be a whole message: trying again from each letter would take hours."""
    assert len(redacted(piece * 1_000_000)) in (1, len(piece) * 1_000_000)


def test_a_hidden_key_is_the_text_but_does_not_show_it() -> None:
    key = HiddenKey(API_KEY)
    assert key == API_KEY
    accounts: dict[str, int] = {key: 1}
    assert accounts[API_KEY] == 1
    assert repr({"key": key}) == "{'key': 'vmPU…'}"
    assert masked(key) == "vmPU…"
    assert pickle.loads(pickle.dumps(key)) == API_KEY
