"""Rules of the connection: its default server, and what a server does not have."""

from __future__ import annotations

from typing import Any

from codegen.read.problems import Path, listed, shown
from codegen.read.spec_model import Spec, Stream


def check_connection(spec: Spec, sound: list[Stream]) -> None:
    """Add what is wrong with ``spec/spot/connection.yaml`` to its problems.

    ``sound`` are the streams whose parameters are known.
    """
    connection = spec.connection
    if not connection:
        return
    if connection["default_server"] not in connection["servers"]:
        given = shown(connection["default_server"])
        message = f"default_server: got {given}; allowed: {listed(connection['servers'])}"
        spec.connection_document.problem(("default_server",), message, at_value=True)
    for name, server in connection["servers"].items():
        for position, given in enumerate(server.get("unsupported", ())):
            _check_unsupported(spec, sound, given, ("servers", name, "unsupported", position))


def _check_unsupported(spec: Spec, sound: list[Stream], given: dict[str, Any], path: Path) -> None:
    document = spec.connection_document
    # A stream can be removed by removing its file; then no server has it.
    stream = next((stream for stream in sound if stream.key == given["stream"]), None)
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
