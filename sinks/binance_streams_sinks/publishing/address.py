"""Where a log is: ``nats://user:password@host:4222,host2:4222?creds=FILE``."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl, unquote

from msgspec import Struct

from binance_streams_runtime.errors import ParameterError


class Address(Struct, frozen=True):
    """A URL that was given by ``--to``; its repr has no secret."""

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


def parse_address(url: str) -> Address:
    """Return the parts of a URL, or of ``scheme:path``; it need not be that of a known engine."""
    rest, _, query = url.partition("?")
    scheme, colon, rest = rest.partition(":")
    parameters = dict(parse_qsl(query, keep_blank_values=True))
    if not rest.startswith("//"):
        return Address(scheme, (), f"{rest}" if colon else "", parameters, None, None)
    place, slash, path = rest[2:].partition("/")
    credentials, at, hosts = place.rpartition("@")
    user, colon, password = credentials.partition(":")
    return Address(
        scheme,
        tuple(host for host in hosts.split(",") if host),
        f"{slash}{path}" if path else "",
        parameters,
        unquote(user) if at else None,
        unquote(password) if colon else None,
    )
