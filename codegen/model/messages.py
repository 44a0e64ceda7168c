"""How a log names the messages of a market, for readers in other languages and for the reference.

The runtime finds the same out of its catalog; a test compares the two.
"""

from __future__ import annotations

from typing import Any

from codegen.read import spec_model
from codegen.read.queries import name_parts
from codegen.read.spec_model import Spec

_NOTICES, _SNAPSHOTS = "_notice", "_snapshot"


def messages(spec: Spec, market: str, made_by: str) -> dict[str, Any]:
    """Return everything about the messages of a market, as JSON has it."""
    prefix = spec.connection.get("subjects", market)
    return {
        "$comment": made_by,
        "description": f"The subjects and ids of the messages of {spec.connection['name']} in a "
        "log. <hash8> and <hash16> are the first hex digits of the payload's SHA-256; all other "
        "names in an id are keys of the payload. Symbols are in upper case in a subject, and every "
        "character of a parameter but letters, digits, '_' and '-' is escaped as in a URL.",
        "prefix": prefix,
        "headers": {
            "id": "Nats-Msg-Id",
            "received": "Binance-Received",
            "collector": "Binance-Collector",
        },
        "streams": {
            stream.key: {
                "name": stream.name,
                "subject": subject(stream, prefix),
                "jetstream": f"{prefix.replace('.', '-')}-{stream.key}",
                "id": message_id(stream),
            }
            for stream in spec.streams
            if not _is_secret(stream)
        },
        "notices": f"{prefix}.{_NOTICES}.<collector>",
        "snapshots": f"{prefix}.{_SNAPSHOTS}.<SYMBOL>",
    }


def subject(stream: spec_model.Stream, prefix: str) -> str | None:
    """Return the subject with placeholders: ``binance.spot.kline.<SYMBOL>.<interval>``.

    None if the stream's name is a secret, so that it is never published.
    """
    if _is_secret(stream):
        return None
    tokens = [
        f"<{name.upper() if stream.parameters[name].type == 'symbol' else name}>"
        for name in name_parts(stream.name)[1::2]
    ]
    return ".".join([prefix, stream.key, *tokens])


def message_id(stream: spec_model.Stream) -> str:
    """Return the message id with placeholders, which are keys of the payload."""
    rest = "<hash16>" if stream.is_array else _rest(stream.sequence)
    return f"{stream.name}:{rest}"


def _rest(sequence: dict[str, Any]) -> str:
    key = f"<{sequence['per']}>:" if "per" in sequence else ""
    if "id" in sequence:
        return f"{key}<{sequence['id']}>"
    if "first" in sequence:
        return f"{key}<{sequence['first']}>-<{sequence['last']}>"
    if "monotonic" in sequence:
        return f"{key}<{sequence['monotonic']}>-<hash8>"
    return "<hash16>"


def _is_secret(stream: spec_model.Stream) -> bool:
    return any(parameter.type == "listen_key" for parameter in stream.parameters.values())
