"""Private keys in PEM format: a function that signs with one, or what is wrong with it.

Errors are returned rather than raised, so that no traceback leads through what holds a secret.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any, Literal

from binance_streams_runtime.errors import ParameterError, SetupError

Password = str | bytes | None
Signer = Callable[[bytes], str]
Kind = Literal["Ed25519Key", "RsaKey"]

HIDDEN = "…"
"""What an error shows in place of a secret."""

_MOST_BITS = 4096
_LEAST_BITS = 2048

_KINDS: dict[Kind, str] = {
    "Ed25519Key": "an Ed25519 private key",
    "RsaKey": f"an RSA private key of {_LEAST_BITS} to {_MOST_BITS} bits",
}

_LABEL = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----")


def shown(value: object) -> object:
    """Return what may be shown of a secret: only that it is missing."""
    return value if value is None or value == "" else HIDDEN


def pem_signer(kind: Kind, pem: object, password: object) -> Signer | Exception:
    """Return a function that signs with a private key, or the error to raise."""
    data = _encoded(pem)
    # Older versions of cryptography want nothing before it.
    data = None if data is None else data.strip()
    label = None if data is None else _LABEL.search(data)
    if data is None or label is None:
        allowed = (
            f"{_KINDS[kind]} in PEM format, which begins with '-----BEGIN PRIVATE KEY-----'; "
            f"{kind}.from_file reads it from a file"
        )
        return ParameterError("pem", shown(pem), allowed)
    if b"PRIVATE KEY" not in label[1]:
        return _pem_error(f"{_KINDS[kind]}; this is a {label[1].decode().lower()}")
    if b"OPENSSH" in label[1]:
        return _pem_error(f"{_KINDS[kind]} as openssl writes it; this is in OpenSSH's own format")
    # Either in the label or in the line below it.
    is_encrypted = b"ENCRYPTED" in data
    if is_encrypted and not password:
        return ParameterError("password", password, "the password of this key, which is encrypted")
    if not is_encrypted and password is not None:
        return _password_error("None, as this key is not encrypted")
    secret = _encoded(password)
    if is_encrypted and secret is None:
        return _password_error("a text or bytes")
    private = _load(kind, data, secret)
    return private if isinstance(private, Exception) else _signer(kind, private)


def _load(kind: Kind, pem: bytes, password: bytes | None) -> Any:
    """Return the private key as cryptography has it, or the error to raise."""
    try:
        # Imported late: only such keys need it.
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as error:
        return SetupError(
            f"{kind} needs the package cryptography, which cannot be imported ({error}): "
            'pip install "binance-streams[account]"'
        )
    try:
        return load_pem_private_key(pem, password)
    except Exception:
        # Its text may quote the input.
        if password is not None:
            return _password_error("the password with which this key was encrypted")
        return _pem_error(f"{_KINDS[kind]} in PEM format, complete and with its line breaks")


def _signer(kind: Kind, private: Any) -> Signer | Exception:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256

    is_ed25519, is_rsa = (isinstance(private, one) for one in (Ed25519PrivateKey, RSAPrivateKey))
    if kind == "Ed25519Key" and is_ed25519:
        return lambda payload: base64.b64encode(private.sign(payload)).decode()
    if kind == "RsaKey" and is_rsa:
        if not _LEAST_BITS <= private.key_size <= _MOST_BITS:
            return _pem_error(f"{_KINDS[kind]}; this one has {private.key_size}")
        return lambda payload: base64.b64encode(
            private.sign(payload, PKCS1v15(), SHA256())
        ).decode()
    if is_ed25519 or is_rsa:
        other = "an RSA key, for which there is RsaKey"
        if is_ed25519:
            other = "an Ed25519 key, for which there is Ed25519Key"
        return _pem_error(f"{_KINDS[kind]}; this is {other}")
    return _pem_error(f"{_KINDS[kind]}; this is a key of another kind")


def _encoded(value: object) -> bytes | None:
    """Return a text or bytes as bytes, anything else as None."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return bytes(value) if isinstance(value, bytes | bytearray) else None


def _pem_error(allowed: str) -> ParameterError:
    return ParameterError("pem", HIDDEN, allowed)


def _password_error(allowed: str) -> ParameterError:
    return ParameterError("password", HIDDEN, allowed)
