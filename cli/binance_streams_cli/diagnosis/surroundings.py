"""Where the program runs: Python, packages, variables, proxies."""

from __future__ import annotations

import os
import platform
import ssl
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

from binance_streams_cli.diagnosis.finding import Finding, ok
from binance_streams_runtime.errors import SetupError
from binance_streams_runtime.protocol.proxy import Proxy
from binance_streams_runtime.transport import websocket_client
from binance_streams_runtime.transport.proxy import proxy_from_environment
from binance_streams_runtime.version import version as own_version

_NEEDED = ("msgspec", "websocket-client")

_EXTRAS = {
    "account": ("cryptography",),
    "arrow": ("pyarrow",),
    "cli": ("rich", "shtab"),
    "kafka": ("confluent-kafka",),
    "metrics": ("prometheus-client", "opentelemetry-api"),
    "nats": ("nats-py",),
    "pandas": ("pandas",),
    "polars": ("polars",),
    "record": () if sys.version_info >= (3, 14) else ("backports.zstd",),
    "redis": ("redis",),
    "relay": ("websockets",),
    "simulator": ("websockets",),
}

_PROXY_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


def environment() -> Iterator[Finding]:
    """Look at Python and the packages."""
    needed = {name: _version(name) for name in _NEEDED}
    extras = [name for name, packages in _EXTRAS.items() if all(map(_version, packages))]
    texts = [
        f"binance-streams {own_version()}",
        f"{platform.python_implementation()} {platform.python_version()} on {platform.system()}",
        *(f"{name} {found or 'is missing'}" for name, found in needed.items()),
        ssl.OPENSSL_VERSION,
        f"extras: {', '.join(extras) or 'none'}",
    ]
    text = "; ".join(texts)
    try:
        websocket_client.load()
    except SetupError as error:
        yield Finding("environment", "fail", text, error.reason)
        return
    yield ok("environment", text)


def proxy_in_use(url: str, proxy: Proxy | None, is_given: bool, trusts_env: bool) -> Finding:
    """Say which proxy connections go through, and which variables name others."""
    named = [
        name
        for variable in _PROXY_VARIABLES
        for name in (variable, variable.lower())
        if os.environ.get(name)
    ]
    variables = f"; in the environment: {', '.join(named)}" if named else ""
    if proxy is not None:
        source = "given by --proxy" if is_given else "from the environment"
        return ok("proxy", f"{proxy.scheme}://{proxy.address}, {source}{variables}")
    if trusts_env or not named:
        return ok("proxy", f"none{variables}")
    if proxy_from_environment(url) is None:
        return ok("proxy", f"none{variables}, of which none is for {urlsplit(url).hostname}")
    advice = (
        "If this machine reaches the internet through that proxy only, use Client(trust_env=True) "
        "or Client(proxy=...); try --trust-env here."
    )
    return Finding("proxy", "warn", f"none is used{variables}", advice)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
