"""The address of a log, as a client is given it: ``nats://host:4222?from=all&durable=NAME``."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.messaging.reordering import DEFAULT_WINDOW
from binance_streams_runtime.recording.moments import ALLOWED_WITH_TIME, unix_ns

DEFAULT_PORT = 4222

_OPTIONS = ("from", "durable", "reorder", "prefix", "server", "creds", "ca")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST_WINDOW = 60.0

_ALLOWED = (
    "nats://[user:password@]host:4222[,host2:4222], or tls://..., with options such as "
    "?from=all&durable=NAME"
)

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
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    creds: str | None = field(default=None, repr=False)
    """The path of a NATS credentials file."""
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


def parse_address(server: str) -> LogAddress:
    """Return the address; raise ParameterError, whose text has no credentials."""
    rest, _, query = server.partition("?")
    scheme, _, places = rest.partition("://")
    credentials, at, hosts = places.rpartition("@")
    if not at and "@" in query:
        # What is in front of the question mark may be a part of a password.
        shown = f"{scheme}://...@{query.rpartition('@')[2]}"
        raise ParameterError("server", shown, "%3F for ? in a password, and %40 for @ in an option")
    shown = f"{scheme}://{'...@' if at else ''}{hosts}"
    servers = tuple(_server(scheme, host, shown) for host in hosts.rstrip("/").split(","))
    options = _parse_options(query)
    user, colon, password = (unquote(part) for part in credentials.partition(":"))
    if at and not user:
        raise ParameterError("server", shown, _ALLOWED)
    is_user = bool(at and colon)
    return LogAddress(
        servers,
        _begin(options.get("from", "now")),
        _durable(options.get("durable")),
        _window(options.get("reorder")),
        options.get("prefix"),
        options.get("server"),
        user=user if is_user else None,
        password=password if is_user else None,
        token=user if at and not is_user else None,
        creds=options.get("creds"),
        ca=options.get("ca"),
    )


def _server(scheme: str, host: str, shown: str) -> str:
    try:
        parts = urlsplit(f"{scheme}://{host}")
        is_good = bool(parts.hostname) and parts.port != 0 and parts.path == ""
        port = parts.port or DEFAULT_PORT
    except ValueError:
        raise ParameterError("server", shown, _ALLOWED) from None
    if not is_good or any(ord(letter) <= 32 or letter in "#\\%" for letter in host):
        raise ParameterError("server", shown, _ALLOWED)
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{scheme}://{name}:{port}"


def _parse_options(query: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for option in query.split("&") if query else ():
        name, _, value = option.partition("=")
        if name not in _OPTIONS or name in options or not value:
            allowed = f"each of {', '.join(_OPTIONS)} at most once, as in from=all&durable=NAME"
            raise ParameterError("server", f"the option {name!r}", allowed)
        options[name] = unquote(value)
    return options


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
