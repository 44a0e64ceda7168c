"""Importing websocket-client, or reporting what is there in its place.

Its module is named ``websocket``, and so are another package and many beginners' files. With one of
those, every attempt to connect would fail in the same way forever.
"""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from typing import Any

from binance_streams_runtime.errors import SetupError

# Several of its names, as another module may have a class with the same name as one of them.
_NEEDED = ("ABNF", "WebSocket", "WebSocketApp", "WebSocketException", "create_connection")

_is_checked = False


def check() -> None:
    """Raise SetupError if ``import websocket`` cannot find websocket-client; import nothing.

    This also detects a file of that name next to the program, or the program itself.
    """
    global _is_checked
    if _is_checked:
        return
    try:
        spec = importlib.util.find_spec("websocket")
    except (ImportError, ValueError, AttributeError):
        # Another object has been put in its place; ``load`` checks what it has.
        return
    if spec is None:
        raise SetupError(
            "the package websocket-client is not installed: pip install websocket-client"
        )
    # A single file, or a folder that is not a package.
    if spec.submodule_search_locations is None or spec.origin is None:
        raise _wrong(spec)
    _is_checked = True


def load() -> Any:
    """Import websocket-client; raise SetupError if something else has its name."""
    check()
    try:
        import websocket
    except (Exception, SystemExit) as error:
        place = _place_of(importlib.util.find_spec("websocket"))
        raise SetupError(
            f"{place}, which 'import websocket' finds, cannot be imported: {error!r}"
        ) from error
    if not all(hasattr(websocket, name) for name in _NEEDED):
        raise _wrong(getattr(websocket, "__spec__", None))
    return websocket


def encode_frame(opcode: int, payload: bytes) -> bytes:
    """Return a frame as a client sends it: masked, in one piece."""
    # Imported by the handshake, and not before: it is slow to import.
    from websocket import ABNF

    return bytes(ABNF.create_frame(payload, opcode).format())


def _wrong(spec: ModuleSpec | None) -> SetupError:
    return SetupError(
        f"'import websocket' finds {_place_of(spec)}, which is not websocket-client: rename it if "
        "it is yours; if it is the package 'websocket', pip uninstall websocket, then "
        "pip install --force-reinstall websocket-client"
    )


def _place_of(spec: ModuleSpec | None) -> str:
    places = [] if spec is None else [spec.origin, *(spec.submodule_search_locations or ())]
    return next((place for place in places if place is not None), "something else")
