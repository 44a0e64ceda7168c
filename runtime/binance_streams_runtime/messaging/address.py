"""Where a log is: ``nats://user:password@host:4222,host2:4222?creds=FILE``."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import unquote

from msgspec import Struct

from binance_streams_runtime.errors import ParameterError


class Address(Struct, frozen=True):
    """The URL of a log; its repr has no secret."""

    scheme: str
    hosts: tuple[str, ...]
    """Each with its port, if one was given."""
    path: str
    """All behind the hosts, or behind the scheme if there are no hosts."""
    parameters: dict[str, str]
    user: str | None
    password: str | None

    @property
    def display_name(self) -> str:
        """The URL without user, password and parameters."""
        separator = "://" if self.hosts else ":"
        return f"{self.scheme}{separator}{','.join(self.hosts)}{self.path}"

    def __repr__(self) -> str:
        return f"<Address {self.display_name}>"

    def __rich_repr__(self) -> Any:
        yield self.display_name

    def check_parameters(self, allowed: Collection[str]) -> None:
        """Raise ParameterError if the URL has a parameter that the engine does not know."""
        for name in self.parameters:
            if name not in allowed:
                listed = ", ".join(allowed) or "none"
                raise ParameterError(f"the parameter of {self.display_name}", name, listed)


def parse_address(url: str, name: str = "to") -> Address:
    """Return the parts of a URL, or of ``scheme:path``; it need not be that of a known engine.

    Raises ParameterError about the parameter ``name``, without what may be a password, if a host's
    port is no port, if a password may have a character that ends the hosts, or if the URL has a
    parameter twice.
    """
    rest, _, query = url.partition("?")
    scheme, colon, rest = rest.partition(":")
    if not rest.startswith("//"):
        return Address(scheme, (), f"{rest}" if colon else "", _parameters(query, name), None, None)
    _check_place(scheme, rest[2:], query, name)
    place, slash, path = rest[2:].partition("/")
    credentials, at, hosts = place.rpartition("@")
    user, colon, password = credentials.partition(":")
    return Address(
        scheme,
        tuple(host for host in hosts.split(",") if host),
        f"{slash}{path}" if path else "",
        _parameters(query, name),
        unquote(user) if at else None,
        unquote(password) if colon else None,
    )


def _parameters(query: str, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in query.split("&") if query else ():
        key, _, value = pair.partition("=")
        if key in found:
            raise ParameterError(name, f"the option {key!r} twice", "each option at most once")
        found[unquote(key)] = unquote(value)
    return found


def _check_place(scheme: str, rest: str, query: str, name: str) -> None:
    """Check what is between ``//`` and the end of a URL."""
    place, _, path = rest.partition("/")
    _, at, hosts = place.rpartition("@")
    if "@" in path or (not at and "@" in query):
        shown = f"{scheme}://...@{(query if '@' in query else path).rpartition('@')[2]}"
        allowed = "%2F for / and %3F for ? in a password, and %40 for @ behind the hosts"
        raise ParameterError(name, shown, allowed)
    for host in hosts.split(","):
        _, colon, port = host[host.rfind("]") + 1 :].partition(":")
        if colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            shown = f"{scheme}://{'...@' if at else ''}{hosts}"
            raise ParameterError(name, shown, "a port from 1 to 65535 behind each host")
