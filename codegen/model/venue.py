"""The rules of the connection, as source of the runtime's ``Venue``."""

from __future__ import annotations

from typing import Any

from codegen.model.literals import Source, call, literal
from codegen.model.parts import Constant
from codegen.model.structs import literal_type
from codegen.read.spec_model import Spec

_DEFAULT_LIMITS = {
    "frame_bytes": 4096,
    "connection_attempts": 300,
    "connection_attempts_window": 300,
    "request_id_length": 36,
    "request_ids": "unsigned",
}
"""The strictest that is known of any market, for those that document nothing."""


def venue(spec: Spec, market: str) -> tuple[Constant, ...]:
    """Return the arguments of ``Venue``, each as source; ``market`` is the folder's name."""
    connection = spec.connection
    path = "" if spec.api is None else spec.api.path
    limits = connection["limits"]
    limits = limits | {name: value for name, value in _DEFAULT_LIMITS.items() if name not in limits}
    servers = [
        _server(name, server, limits, path) for name, server in connection["servers"].items()
    ]
    methods = [
        call("ControlMethod", name=name, params=method["params"], returns=method["returns"])
        for name, method in connection["methods"].items()
    ]
    sources = {
        "name": literal(connection["name"]),
        "subjects": literal(connection.get("subjects", market)),
        "servers": _tuple(servers),
        "default_server": literal(connection["default_server"]),
        "limits": call("Limits", **limits),
        "methods": _tuple(methods),
        "paths": _paths(connection.get("paths", {})),
    }
    sources |= _optional(connection)
    if spec.api is not None:
        sources["api"] = "API"
    return tuple(Constant(name, source) for name, source in sources.items())


def _optional(connection: dict[str, Any]) -> dict[str, str]:
    """Return the arguments that only some markets have."""
    found: dict[str, str] = {}
    own = {
        name: _paths(category["paths"])
        for name, category in connection.get("categories", {}).items()
        if "paths" in category
    }
    if own:
        pairs = ", ".join(f"{literal(name)}: {source}" for name, source in own.items())
        found["categories"] = f"{{{pairs}}}"
    if "time_unit" in connection:
        unit = connection["time_unit"]
        values = tuple(unit["values"])
        found["time_units"] = call("TimeUnits", parameter=unit["parameter"], values=values)
    if "rest" in connection:
        found["rest"] = _rest_limits(connection["rest"])
    if connection.get("refusals"):
        found["refusals"] = _tuple([call("Refusal", **item) for item in connection["refusals"]])
    if "shutdown" in connection:
        found["shutdown"] = call("Shutdown", **connection["shutdown"])
    if "elsewhere" in connection:
        found["elsewhere"] = _tuple(
            [
                call(
                    "Elsewhere",
                    name=market["name"],
                    package=market["package"],
                    servers=tuple(market["servers"]),
                    hosts=tuple(market["hosts"]),
                )
                for market in connection["elsewhere"]
            ]
        )
    return found


def _rest_limits(given: dict[str, Any]) -> Source:
    requests = [
        call(
            "PublicRequest",
            path=path,
            weight=request["weight"],
            parameters=tuple(request["parameters"]) if "parameters" in request else None,
        )
        for path, request in given.get("public", {}).items()
    ]
    public = Source(_tuple(requests)) if requests else None
    return call("RestLimits", **given | {"public": public})


def _paths(paths: dict[str, str]) -> Source:
    return call("Paths", raw=paths.get("raw"), combined=paths.get("combined"))


def server_names(connection: dict[str, Any]) -> str:
    """Return the source of the type of their names."""
    return literal_type(connection["servers"])


def _server(name: str, server: dict[str, Any], limits: dict[str, Any], api_path: str) -> Source:
    unsupported = tuple(
        call("Unsupported", stream=item["stream"], parameters=item.get("parameters"))
        for item in server.get("unsupported", ())
    )
    return call(
        "Server",
        name=name,
        url=server["url"],
        rest_url=server.get("rest"),
        rest_elsewhere=server.get("rest_elsewhere"),
        api_url=f"{server['api']}{api_path}" if api_path and "api" in server else None,
        summary=server["summary"],
        refuses=tuple(server["refuses"]) if "refuses" in server else None,
        unsupported=unsupported or None,
        limits=call("Limits", **limits | server["limits"]) if "limits" in server else None,
    )


def _tuple(items: list[Source]) -> str:
    return f"({', '.join(items)},)"
