"""The addresses of NATS servers; a client's says what to read: ``nats://host?from=all``."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.messaging.address import Address, parse_address
from binance_streams_runtime.messaging.reordering import DEFAULT_WINDOW
from binance_streams_runtime.recording.moments import ALLOWED_WITH_TIME, unix_ns

DEFAULT_PORT = 4222

_OPTIONS = ("from", "durable", "reorder", "prefix", "server", "creds", "ca")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST_WINDOW = 60.0

SCHEMES = ("nats", "tls")
"""Those of the URLs of NATS servers."""

ALLOWED = "nats://[user:password@|token@]host[:4222][,host2...], or tls://..., and ?options"
"""What URLs of NATS servers look like."""

Begin = Literal["now", "all"] | int
"""Where reading begins: with what is new, with the oldest message, or at a Unix time in ns."""


@dataclass(frozen=True)
class LogAddress:
    """Where a log is, and from where on it is read. Its repr has no secret."""

    servers: tuple[str, ...]
    """URLs without credentials."""
    begin: Begin = "now"
    durable: str | None = None
    """The name under which the log remembers how far the client has come."""
    reorder: float = DEFAULT_WINDOW
    """Seconds for which messages wait for those that are missing before them."""
    prefix: str | None = None
    """What all subjects begin with; None for that of the server."""
    server: str | None = None
    """The name of the venue's server that is collected; None for its default."""
    credentials: dict[str, str] = field(default_factory=dict, repr=False)
    """What the servers ask for, as ``credentials_of`` returns it."""
    ca: str | None = None
    """The path of the certificates that servers are trusted by, in PEM."""

    @property
    def url(self) -> str:
        """The URL without credentials and options, for notices and errors."""
        first, *others = self.servers
        return ",".join([first, *(one.partition("://")[2] for one in others)])

    @property
    def is_live(self) -> bool:
        """Whether it is read from now on, and nobody continues later."""
        return self.begin == "now" and self.durable is None


def servers_of(address: Address, name: str) -> tuple[str, ...]:
    """Return the URLs of NATS servers, without credentials.

    Raises ParameterError about the parameter ``name``, whose text has no credentials, if the
    address names none, or has a path.
    """
    is_good = address.scheme in SCHEMES and address.hosts and not address.path
    if not is_good or address.user == "":
        raise ParameterError(name, address.display_name, ALLOWED)
    return tuple(_server(address, host, name) for host in address.hosts)


def credentials_of(address: Address) -> dict[str, str]:
    """Return the user and password, the token or the credentials file, as nats-py names them."""
    found: dict[str, str] = {}
    if address.user is not None and address.password is not None:
        found = {"user": address.user, "password": address.password}
    elif address.user is not None:
        found = {"token": address.user}
    if "creds" in address.parameters:
        found["user_credentials"] = address.parameters["creds"]
    return found


def parse_log_address(server: str) -> LogAddress:
    """Return the address; raise ParameterError, whose text has no credentials."""
    address = parse_address(server, "server")
    servers = servers_of(address, "server")
    options = address.parameters
    for name, value in options.items():
        if name not in _OPTIONS or not value:
            allowed = f"{', '.join(_OPTIONS)}, as in from=all&durable=NAME"
            raise ParameterError("server", f"the option {name!r}", allowed)
    return LogAddress(
        servers,
        _begin(options.get("from", "now")),
        _durable(options.get("durable")),
        _window(options.get("reorder")),
        options.get("prefix"),
        options.get("server"),
        credentials_of(address),
        options.get("ca"),
    )


def _server(address: Address, host: str, name: str) -> str:
    try:
        parts = urlsplit(f"{address.scheme}://{host}")
    except ValueError:
        raise ParameterError(name, address.display_name, ALLOWED) from None
    if not parts.hostname or any(ord(letter) <= 32 or letter in "#\\%" for letter in host):
        raise ParameterError(name, address.display_name, ALLOWED)
    found = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{address.scheme}://{found}:{parts.port or DEFAULT_PORT}"


def _begin(text: str) -> Begin:
    if text == "now":
        return "now"
    if text == "all":
        return "all"
    try:
        return unix_ns("from", text, time.time_ns())
    except ParameterError:
        allowed = f"now, all, or {ALLOWED_WITH_TIME.replace('the first day', 'today')}"
        raise ParameterError("from", text, allowed) from None


def _durable(name: str | None) -> str | None:
    if name is not None and not _NAME.fullmatch(name):
        raise ParameterError("durable", name, "1 to 64 ASCII letters, digits, '_' and '-'")
    return name


def _window(text: str | None) -> float:
    if text is None:
        return DEFAULT_WINDOW
    try:
        window = float(text)
    except ValueError:
        window = -1.0
    if not 0 <= window <= _LONGEST_WINDOW:
        raise ParameterError("reorder", text, f"seconds, from 0 to {_LONGEST_WINDOW:g}")
    return window
