"""The keys of accounts, which sign but never show what they are made of.

What is secret is deleted before an error is raised, and none is raised while another one is
handled: a traceback that is shown with its local variables must not contain it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, ClassVar, Literal, NoReturn, Self, TypeGuard

from binance_streams_runtime.errors import ParameterError, SetupError, masked, redacted
from binance_streams_runtime.protocol.api_requests import SigningKey
from binance_streams_runtime.signing.pem import HIDDEN, Password, Signer, pem_signer, shown

# A file with a key is small, and a wrong path may lead to anything.
_MOST_BYTES = 64 * 1024


class _Key:
    """What all keys have in common: an API key, and a function that signs."""

    __slots__ = ("__weakref__", "_api_key", "_sign")

    _api_key: str
    _sign: Signer

    @property
    def api_key(self) -> str:
        """The API key, as the venue shows it."""
        return self._api_key

    def sign(self, payload: bytes) -> str:
        """Return the signature of ``payload`` as it is sent."""
        return self._sign(payload)

    def __repr__(self) -> str:
        # It has none yet if what it was to be made of was rejected.
        return f"{type(self).__name__}(api_key={masked(getattr(self, '_api_key', ''))!r})"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __getstate__(self) -> NoReturn:
        raise TypeError(f"{self!r} cannot be pickled: make the key in the process that uses it")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        self.__getstate__()

    def _load(self, api_key: object, secret: object, password: Password) -> Exception | None:
        """Set what the key is made of, or return what is wrong with it."""
        if not is_plain(api_key):
            allowed = "the API key as the venue shows it: " + _PLAIN
            return ParameterError("api_key", shown(api_key), allowed)
        if api_key == secret:
            allowed = "the secret that belongs to the API key; this is the API key itself"
            return ParameterError("secret", HIDDEN, allowed)
        made = self._signer(secret, password)
        if isinstance(made, Exception):
            return made
        self._api_key, self._sign = api_key, made
        return None

    def _load_file(
        self, api_key: object, path: str | os.PathLike[str], password: Password
    ) -> Exception | None:
        """Do the same with the secret in a file."""
        secret = _read(path)
        return self._load(api_key, secret, password) if isinstance(secret, bytes) else secret

    @staticmethod
    def _signer(secret: object, password: Password) -> Signer | Exception:
        raise NotImplementedError


class HmacKey(_Key):
    """An HMAC-SHA-256 key: an API key and its secret, as the venue shows them.

    The venue discourages this kind, whose secret is known to both sides; see
    https://developers.binance.com/docs/binance-spot-api-docs/faqs/api_key_types
    """

    __slots__ = ()

    algorithm: ClassVar[Literal["HMAC"]] = "HMAC"

    def __init__(self, api_key: str, secret: str) -> None:
        """Raise ParameterError, which never shows the secret, if it cannot be one."""
        error = self._load(api_key, secret, None)
        del api_key, secret
        if error is not None:
            raise error

    @classmethod
    def from_file(cls, api_key: str, path: str | os.PathLike[str]) -> Self:
        """Make a key of the secret in a text file; blanks around it do not count.

        Raises SetupError if the file cannot be read, and ParameterError as the class does.
        """
        key = cls.__new__(cls)
        error = key._load_file(api_key, path, None)
        # The path, too: it may be a key in the wrong place.
        del api_key, path
        if error is not None:
            raise error
        return key

    @staticmethod
    def _signer(secret: object, password: Password) -> Signer | Exception:
        if isinstance(secret, bytes):
            secret = secret.decode("utf-8", "replace").strip()
        if isinstance(secret, str) and "-----BEGIN" in secret:
            allowed = "the secret of an HMAC key; for a PEM there are Ed25519Key and RsaKey"
            return ParameterError("secret", HIDDEN, allowed)
        if not is_plain(secret):
            allowed = "the secret as the venue shows it: " + _PLAIN
            return ParameterError("secret", shown(secret), allowed)
        return _hmac_signer(secret)


class _PemKey(_Key):
    """A private key in PEM format."""

    __slots__ = ()

    def __init__(self, api_key: str, pem: str | bytes, password: Password = None) -> None:
        """Take the private key as the text of a PEM file, and the password if it is encrypted.

        Raises ParameterError, which never shows the key or the password, if they do not fit, and
        SetupError if ``pip install "binance-streams[account]"`` is needed.
        """
        error = self._load(api_key, pem, password)
        del api_key, pem, password
        if error is not None:
            raise error

    @classmethod
    def from_file(
        cls, api_key: str, path: str | os.PathLike[str], password: Password = None
    ) -> Self:
        """Make a key of a PEM file, with its password if it is encrypted.

        Raises SetupError if the file cannot be read, and otherwise what the class raises.
        """
        key = cls.__new__(cls)
        error = key._load_file(api_key, path, password)
        del api_key, path, password
        if error is not None:
            raise error
        return key


class Ed25519Key(_PemKey):
    """An Ed25519 key: an API key, and the private key in PEM format.

    This is the kind that the venue recommends, and the only one that can log on to a connection.
    It needs ``pip install "binance-streams[account]"``. See
    https://developers.binance.com/docs/binance-spot-api-docs/faqs/api_key_types
    """

    __slots__ = ()

    algorithm: ClassVar[Literal["Ed25519"]] = "Ed25519"

    @staticmethod
    def _signer(secret: object, password: Password) -> Signer | Exception:
        return pem_signer("Ed25519Key", secret, password)


class RsaKey(_PemKey):
    """An RSA key of 2048 to 4096 bits: an API key, and the private key in PEM format.

    It needs ``pip install "binance-streams[account]"``. See
    https://developers.binance.com/docs/binance-spot-api-docs/faqs/api_key_types
    """

    __slots__ = ()

    algorithm: ClassVar[Literal["RSA"]] = "RSA"

    @staticmethod
    def _signer(secret: object, password: Password) -> Signer | Exception:
        return pem_signer("RsaKey", secret, password)


def check_key(key: object) -> SigningKey:
    """Return what signs for an account; raise ParameterError if it is not like a ``SigningKey``."""
    allowed = _key_problem(key)
    if allowed is None:
        return key  # type: ignore[return-value]
    # Its repr is its own, and a text may be a secret in the wrong place.
    given = key.__name__ if isinstance(key, type) else f"a {type(key).__name__}"
    del key
    raise ParameterError("key", given, allowed)


def _key_problem(key: object) -> str | None:
    """Return what is allowed if this is not, or None."""
    if isinstance(key, type):
        return f"a key, such as {key.__name__}(...)"
    # Here, as it must not raise in the engine.
    algorithm = getattr(key, "algorithm", None)
    try:
        api_key, sign = key.api_key, key.sign  # type: ignore[attr-defined]
    except AttributeError:
        return "HmacKey, Ed25519Key, RsaKey, or an object with api_key and sign(payload)"
    if not is_plain(api_key):
        return "an object whose api_key is " + _PLAIN
    if algorithm is not None and not isinstance(algorithm, str):
        return "an object whose algorithm, if it has one, is a text such as 'Ed25519'"
    if not callable(sign):
        return "an object with a method sign(payload)"
    if _is_async(sign):
        return "an object whose sign(payload) is no coroutine: it is called in a thread"
    return None


def _is_async(sign: Callable[..., object]) -> bool:
    # Imported late: it is slow to import.
    from inspect import iscoroutinefunction

    return iscoroutinefunction(sign) or iscoroutinefunction(type(sign).__call__)


_PLAIN = "a text of ASCII letters, digits and signs without blanks or line breaks"


def is_plain(value: object) -> TypeGuard[str]:
    """Return whether a value is a text such as keys are: it can be seen, and has no blanks."""
    return isinstance(value, str) and bool(value) and all("!" <= one <= "~" for one in value)


def _hmac_signer(secret: str) -> Signer:
    # Imported late: only accounts need it.
    import hmac

    # Signing starts from a copy, so that the secret itself is not kept.
    start = hmac.new(secret.encode(), digestmod="sha256")

    def sign(payload: bytes) -> str:
        one = start.copy()
        one.update(payload)
        return one.hexdigest()

    return sign


def _read(path: str | os.PathLike[str]) -> bytes | Exception:
    """Return what is in a small file, or why it cannot be read."""
    try:
        with open(path, "rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError, TypeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return SetupError(f"cannot read the key file {_shown_path(path)}: {why}")
    if len(data) > _MOST_BYTES:
        return SetupError(
            f"{_shown_path(path)} is no key file: it has more than {_MOST_BYTES} bytes"
        )
    return data


def _shown_path(path: object) -> str:
    """Return a path as errors show it; what looks like a key in its place is not shown."""
    text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
    is_path = text.isprintable() and len(text) <= 400 and "-----" not in text
    return repr(redacted(text)) if is_path else f"({type(path).__name__} of {len(text)} characters)"
