"""The rules of the connection, as source of the runtime's ``Venue``."""

from __future__ import annotations

from typing import Any

from codegen.model.literals import Source, call, literal
from codegen.model.parts import Constant
from codegen.model.structs import literal_type


def venue(connection: dict[str, Any]) -> tuple[Constant, ...]:
    """The arguments of ``Venue``, each as source."""
    limits: dict[str, Any] = connection["limits"]
    servers = [_server(name, server, limits) for name, server in connection["servers"].items()]
    methods = [
        call("ControlMethod", name=name, params=method["params"], returns=method["returns"])
        for name, method in connection["methods"].items()
    ]
    refusals = [
        call("Refusal", code=refusal["code"], message=refusal["message"], when=refusal["when"])
        for refusal in connection["refusals"]
    ]
    sources = {
        "name": literal(connection["name"]),
        "servers": _tuple(servers),
        "default_server": literal(connection["default_server"]),
        "raw_path": literal(connection["paths"]["raw"]),
        "combined_path": literal(connection["paths"]["combined"]),
        "time_unit_parameter": literal(connection["time_unit"]["parameter"]),
        "time_units": literal(tuple(connection["time_unit"]["values"])),
        "limits": call("Limits", **limits),
        "methods": _tuple(methods),
        "refusals": _tuple(refusals),
        "shutdown": call("Shutdown", **connection["shutdown"]),
    }
    return tuple(Constant(name, source) for name, source in sources.items())


def server_names(connection: dict[str, Any]) -> str:
    """Source of the type of their names."""
    return literal_type(connection["servers"])


def _server(name: str, server: dict[str, Any], limits: dict[str, Any]) -> Source:
    unsupported = tuple(
        call("Unsupported", stream=item["stream"], parameters=item.get("parameters"))
        for item in server.get("unsupported", ())
    )
    return call(
        "Server",
        name=name,
        url=server["url"],
        rest_url=server["rest"],
        summary=server["summary"],
        refuses=tuple(server["refuses"]) if "refuses" in server else None,
        unsupported=unsupported or None,
        limits=call("Limits", **limits | server["limits"]) if "limits" in server else None,
    )


def _tuple(items: list[Source]) -> str:
    return f"({', '.join(items)},)"
