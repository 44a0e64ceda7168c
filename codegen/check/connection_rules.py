"""Rules of the connection: its package, servers, paths and methods."""

from __future__ import annotations

import keyword
import sys
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from codegen.read.problems import Path, listed, shown
from codegen.read.spec_model import DEFAULT_CATEGORY, Spec, Stream

# Modules and folders that lie, or are installed, beside the generated packages.
_NEIGHBORS = {
    *("binance_streams_runtime", "binance_streams_simulator", "msgspec", "websocket", "websockets"),
    *("conformance", "docs", "schemas", "typechecks", "pytest", "codegen", "tests"),
}
# What each method of the control protocol takes and returns, as the client uses it.
_METHODS = {
    "SUBSCRIBE": ("streams", "null"),
    "UNSUBSCRIBE": ("streams", "null"),
    "LIST_SUBSCRIPTIONS": ("none", "streams"),
    "SET_PROPERTY": ("property and value", "null"),
    "GET_PROPERTY": ("property", "value"),
}
# As the runtime allows; a test holds the two together.
_MOST_SECONDS = {"connection_lifetime": 86_400, "ping_interval": 57_600}
_MOST_PORTS = 65_535
_NEEDED = ("SUBSCRIBE", "UNSUBSCRIBE")


def check_connection(spec: Spec, valid: list[Stream]) -> None:
    """Add what is wrong with ``connection.yaml`` to its problems.

    ``valid`` are the streams whose parameters are known.
    """
    connection = spec.connection
    if not connection:
        return
    _check_package(spec)
    _check_categories(spec)
    _check_methods(spec)
    _check_elsewhere(spec)
    _check_limits(spec)
    if connection["default_server"] not in connection["servers"]:
        given = shown(connection["default_server"])
        message = f"default_server: got {given}; allowed: {listed(connection['servers'])}"
        spec.connection_document.problem(("default_server",), message, at_value=True)
    hosts: dict[str | None, str] = {}
    for name, server in connection["servers"].items():
        # A client that gets a URL knows its server by the host.
        host = urlsplit(server["url"]).hostname
        first = hosts.setdefault(host, name)
        if first != name:
            message = f"url: {host} is the host of the server {first}, too"
            spec.connection_document.problem(("servers", name, "url"), message, at_value=True)
        port = int(server["url"].rpartition(":")[2]) if server["url"].count(":") > 1 else 0
        if port > _MOST_PORTS:
            message = f"url: the port {port} does not exist; at most {_MOST_PORTS} expected"
            spec.connection_document.problem(("servers", name, "url"), message, at_value=True)
        for position, category in enumerate(server.get("refuses", ())):
            if category not in spec.categories:
                message = f"got {shown(category)}; allowed: {listed(spec.categories)}"
                path = ("servers", name, "refuses", position)
                spec.connection_document.problem(path, message, at_value=True)
        for position, given in enumerate(server.get("unsupported", ())):
            _check_unsupported(spec, valid, given, ("servers", name, "unsupported", position))


def check_packages(specs: Sequence[Spec], others: Mapping[str, str]) -> None:
    """Check that no two markets share a package; ``others`` are further ones, with their places."""
    found = dict(others)
    for spec in specs:
        if not spec.connection:
            continue
        package, document = spec.connection["package"], spec.connection_document
        first = found.setdefault(package, document.file)
        if first != document.file:
            message = f"package: {package} is the package of another market ({first})"
            document.problem(("package",), message, at_value=True)


def _check_package(spec: Spec) -> None:
    package = spec.connection["package"]
    if keyword.iskeyword(package):
        message = f"package: the name {shown(package)} is a Python keyword"
        spec.connection_document.problem(("package",), message, at_value=True)
    elif package in _NEIGHBORS or package in sys.stdlib_module_names:
        message = f"package: the name {package} is reserved: another module is called so"
        spec.connection_document.problem(("package",), message, at_value=True)


def _check_categories(spec: Spec) -> None:
    connection, without = spec.connection, []
    for stream in spec.streams:
        if stream.category not in spec.categories:
            message = f"category: got {shown(stream.category)}"
            if ("category",) not in stream.place.document.keys:
                message = f"missing key 'category': the market has no category {DEFAULT_CATEGORY}"
            message += f"; allowed: {listed(spec.categories)}"
            stream.place.problem(message, "category", at_value=True)
        elif "paths" not in connection and "paths" not in spec.categories[stream.category]:
            without.append(stream.category)
    for path in ((), *(("categories", name) for name in connection.get("categories", ()))):
        paths = (connection["categories"][path[1]] if path else connection).get("paths", {})
        if paths.get("raw") == paths.get("combined", ""):
            message = f"combined: got {shown(paths['raw'])}, which is the path of raw, too"
            spec.connection_document.problem((*path, "paths", "combined"), message, at_value=True)
    for category in dict.fromkeys(without):
        message = f"missing key 'paths': the category {category} has no paths of its own"
        spec.connection_document.problem((), message)


def _check_methods(spec: Spec) -> None:
    methods, document = spec.connection["methods"], spec.connection_document
    for name in _NEEDED:
        if name not in methods:
            message = f"missing key {shown(name)}: the client cannot do without it"
            document.problem(("methods",), message)
    for name, method in methods.items():
        if name not in _METHODS:
            message = f"there is no method {shown(name)}; allowed: {listed(_METHODS)}"
            document.problem(("methods", name), message)
            continue
        params, returns = _METHODS[name]
        for word, allowed in (("params", params), ("returns", returns)):
            if method[word] != allowed:
                message = f"{word}: got {shown(method[word])}; allowed for {name}: {allowed}"
                document.problem(("methods", name, word), message, at_value=True)


def _check_limits(spec: Spec) -> None:
    servers = spec.connection["servers"]
    paths: list[Path] = [("limits",), *(("servers", name, "limits") for name in servers)]
    for path in paths:
        limits: Any = spec.connection
        for step in path:
            limits = limits.get(step, {})
        for name, most in _MOST_SECONDS.items():
            if limits.get(name, 0) > most:
                message = f"{name}: got {limits[name]} s; at most {most} s expected"
                spec.connection_document.problem((*path, name), message, at_value=True)


def _check_elsewhere(spec: Spec) -> None:
    servers, document = spec.connection["servers"], spec.connection_document
    hosts = {urlsplit(server["url"]).hostname for server in servers.values()}
    for number, market in enumerate(spec.connection.get("elsewhere", ())):
        path = ("elsewhere", number)
        if market["package"] == spec.connection["package"]:
            message = f"package: {market['package']} is this market's own"
            document.problem((*path, "package"), message, at_value=True)
        for position, name in enumerate(market["servers"]):
            if name in servers:
                message = f"{name} is a server of this market"
                document.problem((*path, "servers", position), message, at_value=True)
        for position, host in enumerate(market["hosts"]):
            if host in hosts:
                message = f"{host} is the host of a server of this market"
                document.problem((*path, "hosts", position), message, at_value=True)


def _check_unsupported(spec: Spec, valid: list[Stream], given: dict[str, Any], path: Path) -> None:
    document = spec.connection_document
    # A stream can be removed by removing its file; then no server has it.
    stream = next((stream for stream in valid if stream.key == given["stream"]), None)
    if stream is None:
        return
    for name, value in given.get("parameters", {}).items():
        allowed = _values(spec, stream, name)
        where = (*path, "parameters", name)
        if allowed is None:
            chosen = [name for name in stream.parameters if _values(spec, stream, name)]
            message = f"{stream.key} has no parameter {shown(name)} with choices"
            document.problem(where, f"{message}; allowed: {listed(chosen)}")
        elif value not in allowed:
            message = f"{name}: got {shown(value)}; allowed: {listed(allowed)}"
            document.problem(where, message, at_value=True)


def _values(spec: Spec, stream: Stream, name: str) -> list[object] | None:
    parameter = stream.parameters.get(name)
    choices = None if parameter is None else spec.choices_of(parameter)
    return None if choices is None else list(choices)
