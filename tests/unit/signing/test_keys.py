"""Keys: what they are made of is checked, and never shown."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import inspect
import pickle
import sys
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from binance_streams import Ed25519Key, HmacKey, ParameterError, RsaKey, SetupError, SigningKey
from binance_streams_runtime.signing import pem as pem_module
from tests.support.secrets import shown_by

API_KEY = "vmPUcanaryAPIKEYcanaryAPIKEYcanaryAPIKEYcanaryAPIKEYcanary"
SECRET = "canarySECRETcanarySECRETcanarySECRETcanary"
PASSWORD = "canaryPASSWORDcanary"

FORMATS = serialization.PrivateFormat


@cache
def private(kind: str) -> Any:
    match kind:
        case "Ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case "EC":
            return ec.generate_private_key(ec.SECP256K1())
        case "RSA-1024":
            return rsa.generate_private_key(65537, 1024)
        case _:
            return rsa.generate_private_key(65537, 2048)


def pem(kind: str, password: str | None = None, format: FORMATS = FORMATS.PKCS8) -> str:
    encryption: Any = serialization.NoEncryption()
    if password is not None:
        encryption = serialization.BestAvailableEncryption(password.encode())
    made: bytes = private(kind).private_bytes(serialization.Encoding.PEM, format, encryption)
    return made.decode()


def public_pem(kind: str) -> str:
    format = serialization.PublicFormat.SubjectPublicKeyInfo
    made: bytes = private(kind).public_key().public_bytes(serialization.Encoding.PEM, format)
    return made.decode()


def keys() -> list[Any]:
    """One of each kind."""
    return [
        HmacKey(API_KEY, SECRET),
        Ed25519Key(API_KEY, pem("Ed25519", PASSWORD), PASSWORD),
        RsaKey(API_KEY, pem("RSA")),
    ]


def secrets() -> list[str]:
    """Every line that no text may show."""
    bodies = [text for kind in ("Ed25519", "RSA") for text in pem(kind).splitlines()[1:-1]]
    return [API_KEY, API_KEY[4:], SECRET, PASSWORD, *bodies]


def assert_hidden(text: str) -> None:
    assert [secret for secret in secrets() if secret in text] == []


def rejected(make: Callable[[], object]) -> Any:
    """Return the error of a key that cannot be made, once it is known to hide everything."""
    with pytest.raises((ParameterError, SetupError)) as caught:
        make()
    error: Any = caught.value
    assert_hidden(shown_by(error))
    assert error.__cause__ is None
    assert error.__context__ is None
    return error


# Signatures


@pytest.mark.parametrize("payload", [b"", b"a=1", "symbol=１２３".encode(), bytes(range(256))])
def test_an_hmac_key_signs_as_the_standard_library_does(payload: bytes) -> None:
    expected = hmac.new(SECRET.encode(), payload, hashlib.sha256).hexdigest()
    key = HmacKey(API_KEY, SECRET)
    assert [key.sign(payload), key.sign(payload)] == [expected, expected]


def test_an_ed25519_signature_is_verified_by_its_public_key() -> None:
    signature = base64.b64decode(Ed25519Key(API_KEY, pem("Ed25519")).sign(b"a=1"), validate=True)
    private("Ed25519").public_key().verify(signature, b"a=1")


@pytest.mark.parametrize("format", [FORMATS.PKCS8, FORMATS.TraditionalOpenSSL])
@pytest.mark.parametrize("password", [None, PASSWORD])
def test_an_rsa_signature_is_verified_by_its_public_key(
    format: FORMATS, password: str | None
) -> None:
    key = RsaKey(API_KEY, pem("RSA", password, format), password)
    signature = base64.b64decode(key.sign(b"a=1"), validate=True)
    public = private("RSA").public_key()
    public.verify(signature, b"a=1", padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize("key", keys(), ids=lambda key: type(key).__name__)
def test_a_key_is_a_signing_key_and_says_of_which_kind(key: Any) -> None:
    kinds = {HmacKey: "HMAC", Ed25519Key: "Ed25519", RsaKey: "RSA"}
    assert key.algorithm == kinds[type(key)]
    assert key.api_key == API_KEY
    assert isinstance(key, SigningKey)


# Where it comes from


def test_a_pem_and_a_password_may_be_bytes() -> None:
    key = Ed25519Key(API_KEY, pem("Ed25519", PASSWORD).encode(), PASSWORD.encode())
    assert key.sign(b"") == Ed25519Key(API_KEY, pem("Ed25519")).sign(b"")


@pytest.mark.parametrize("change", [lambda text: f"\n  {text}\n", lambda text: text.strip()])
def test_blanks_around_a_pem_do_not_matter(change: Callable[[str], str]) -> None:
    key = Ed25519Key(API_KEY, change(pem("Ed25519")))
    assert key.sign(b"") == Ed25519Key(API_KEY, pem("Ed25519")).sign(b"")


def test_a_key_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(f"\n{SECRET}\r\n")
    assert HmacKey.from_file(API_KEY, path).sign(b"") == HmacKey(API_KEY, SECRET).sign(b"")
    path.write_text(pem("RSA", PASSWORD))
    expected = RsaKey(API_KEY, pem("RSA")).sign(b"")
    assert RsaKey.from_file(API_KEY, str(path), password=PASSWORD).sign(b"") == expected


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing.pem"
    for error in (
        rejected(lambda: Ed25519Key.from_file(API_KEY, missing)),
        rejected(lambda: HmacKey.from_file(API_KEY, missing)),
        rejected(lambda: RsaKey.from_file(API_KEY, tmp_path)),
    ):
        assert isinstance(error, SetupError)
        assert str(tmp_path) in str(error)
    assert "No such file" in str(rejected(lambda: Ed25519Key.from_file(API_KEY, missing)))


@pytest.mark.parametrize("make", [HmacKey, Ed25519Key, RsaKey])
@pytest.mark.parametrize("secret", [lambda: SECRET, lambda: pem("RSA"), lambda: None])
def test_a_key_in_place_of_a_path_is_not_shown(make: Any, secret: Callable[[], Any]) -> None:
    error = rejected(lambda: make.from_file(API_KEY, secret()))
    assert isinstance(error, SetupError)


def test_a_large_file_is_no_key(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * 100_000)
    assert "more than" in str(rejected(lambda: HmacKey.from_file(API_KEY, path)))


@pytest.mark.parametrize("make", [HmacKey, Ed25519Key, RsaKey])
def test_what_is_wrong_in_a_file_is_not_shown_either(make: Any, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(f"{SECRET} {SECRET}")
    assert isinstance(rejected(lambda: make.from_file(API_KEY, path)), ParameterError)


# What is rejected

_API_KEYS = [f" {API_KEY}", f"{API_KEY}\n", f"{API_KEY} x", "", f"{API_KEY}é", API_KEY.encode()]


@pytest.mark.parametrize("api_key", [*_API_KEYS, None])
@pytest.mark.parametrize("make", [HmacKey, Ed25519Key, RsaKey])
def test_an_api_key_is_plain_text(make: Any, api_key: Any) -> None:
    error = rejected(lambda: make(api_key, SECRET))
    assert error.name == "api_key"
    assert "without blanks or line breaks" in str(error)


@pytest.mark.parametrize("secret", [f"{SECRET}\n", f"{SECRET}é", 5])
def test_a_secret_is_plain_text(secret: Any) -> None:
    error = rejected(lambda: HmacKey(API_KEY, secret))
    assert str(error).startswith("secret: got '…'; allowed: the secret as the venue shows it")


@pytest.mark.parametrize("value", ["", None])
def test_what_is_missing_is_said_to_be(value: Any) -> None:
    """As with an environment variable that is not set; there is nothing to hide."""
    expected = f"got {value!r}; allowed:"
    assert str(rejected(lambda: HmacKey(value, SECRET))).startswith(f"api_key: {expected}")
    assert str(rejected(lambda: HmacKey(API_KEY, value))).startswith(f"secret: {expected}")
    assert str(rejected(lambda: Ed25519Key(API_KEY, value))).startswith(f"pem: {expected}")


def test_an_api_key_is_not_its_own_secret() -> None:
    error = rejected(lambda: HmacKey(API_KEY, API_KEY))
    assert "this is the API key itself" in str(error)
    assert API_KEY not in str(error)


def test_a_pem_is_no_secret() -> None:
    assert "RsaKey" in str(rejected(lambda: HmacKey(API_KEY, pem("RSA"))))


def _cut(text: str) -> str:
    return text[: len(text) // 2]


_WRONG: dict[str, tuple[Any, Callable[[], Any], Any, str]] = {
    "no PEM": (Ed25519Key, lambda: SECRET, None, "begins with '-----BEGIN PRIVATE KEY-----'"),
    "a path": (Ed25519Key, lambda: "/a/key.pem", None, "Ed25519Key.from_file"),
    "nothing": (RsaKey, lambda: None, None, "in PEM format"),
    "an object": (RsaKey, object, None, "in PEM format"),
    "public": (Ed25519Key, lambda: public_pem("Ed25519"), None, "this is a public key"),
    "public RSA": (RsaKey, lambda: public_pem("RSA"), None, "this is a public key"),
    "cut": (RsaKey, lambda: _cut(pem("RSA")), None, "complete and with its line breaks"),
    "one line": (
        *(RsaKey, lambda: pem("RSA").replace("\n", "\\n"), None),
        "complete and with its line breaks",
    ),
    "cut and encrypted": (RsaKey, lambda: _cut(pem("RSA", PASSWORD)), PASSWORD, "the password"),
    "the other kind": (
        *(Ed25519Key, lambda: pem("RSA"), None),
        "this is an RSA key, for which there is RsaKey",
    ),
    "the other kind, RSA": (
        *(RsaKey, lambda: pem("Ed25519"), None),
        "this is an Ed25519 key, for which there is Ed25519Key",
    ),
    "a third kind": (RsaKey, lambda: pem("EC"), None, "this is a key of another kind"),
    "OpenSSH": (
        *(Ed25519Key, lambda: pem("Ed25519", None, FORMATS.OpenSSH), None),
        "as openssl writes it",
    ),
    "small": (RsaKey, lambda: pem("RSA-1024"), None, "2048 to 4096 bits; this one has 1024"),
    "no password": (
        *(RsaKey, lambda: pem("RSA", PASSWORD), None),
        "password: got None; allowed: the password of this key, which is encrypted",
    ),
    "an empty password": (RsaKey, lambda: pem("RSA", PASSWORD), "", "which is encrypted"),
    "a wrong password": (
        *(Ed25519Key, lambda: pem("Ed25519", PASSWORD), PASSWORD[:-1]),
        "password: got '…'; allowed: the password with which this key was encrypted",
    ),
    "a needless password": (
        *(Ed25519Key, lambda: pem("Ed25519"), PASSWORD),
        "password: got '…'; allowed: None, as this key is not encrypted",
    ),
    "no text as password": (
        *(Ed25519Key, lambda: pem("Ed25519", PASSWORD), 5),
        "password: got '…'; allowed: a text or bytes",
    ),
    "the old way to encrypt": (
        *(RsaKey, lambda: pem("RSA", PASSWORD, FORMATS.TraditionalOpenSSL), None),
        "which is encrypted",
    ),
}


@pytest.mark.parametrize("name", _WRONG)
def test_a_wrong_pem_says_what_to_do(name: str) -> None:
    make, text, password, expected = _WRONG[name]
    given = text()
    assert expected in str(rejected(lambda: make(API_KEY, given, password)))


def test_an_rsa_key_must_not_be_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pem_module, "_MOST_BITS", 2047)
    given = pem("RSA")
    assert "this one has 2048" in str(rejected(lambda: RsaKey(API_KEY, given)))


@pytest.mark.parametrize("make", [Ed25519Key, RsaKey])
def test_without_cryptography_the_extra_is_named(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "cryptography.hazmat.primitives.serialization"
    monkeypatch.setitem(sys.modules, name, None)
    given = pem("RSA")
    error = rejected(lambda: make(API_KEY, given))
    assert isinstance(error, SetupError)
    assert 'pip install "binance-streams[account]"' in str(error)


# What is shown


@pytest.mark.parametrize("key", keys(), ids=lambda key: type(key).__name__)
def test_nothing_shows_what_a_key_is_made_of(key: Any) -> None:
    assert repr(key) == f"{type(key).__name__}(api_key='vmPU…')"
    assert_hidden(f"{key} {key!r} {[key]} {dir(key)} {inspect.getdoc(key)} {key.sign!r}")
    with pytest.raises(TypeError):
        vars(key)
    # All that the key holds, its API key aside, which programs may read.
    held = [repr(value) for name, value in inspect.getmembers(key) if "api_key" not in name]
    assert_hidden("".join(held))


@pytest.mark.parametrize("key", keys(), ids=lambda key: type(key).__name__)
def test_a_key_cannot_be_pickled(key: Any) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="cannot be pickled: make the key in the process"):
            pickle.dumps(key, protocol)
    with pytest.raises(TypeError, match="cannot be pickled"):
        key.__getstate__()


@pytest.mark.parametrize("key", keys(), ids=lambda key: type(key).__name__)
def test_a_copy_is_the_key_itself(key: Any) -> None:
    assert copy.copy(key) is key
    assert copy.deepcopy([key])[0] is key


def test_keys_are_equal_if_they_are_the_same() -> None:
    one, other = HmacKey(API_KEY, SECRET), HmacKey(API_KEY, SECRET)
    assert one == one
    assert one != other
    assert len({one, other}) == 2


@pytest.mark.parametrize("key", keys(), ids=lambda key: type(key).__name__)
def test_a_traceback_with_local_variables_shows_a_key_as_its_repr(key: Any) -> None:
    def work(held: Any) -> None:
        raise ValueError

    try:
        work(key)
    except ValueError as error:
        whole = traceback.TracebackException.from_exception(error, capture_locals=True)
    text = "".join(whole.format())
    assert "held = " in text
    assert_hidden(text)
