"""Importing websocket-client, or saying what is there in its place.

Its module is called ``websocket``, and so are another package and many a file of beginners. With
one of these every attempt to connect would fail in the same way for ever.
"""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from typing import Any

from binance_streams_runtime.errors import SetupError

# Some of what it has, as another module may have a class of the same name as one of its own.
_NEEDED = ("ABNF", "WebSocket", "WebSocketApp", "WebSocketException", "create_connection")

_is_checked = False


def check() -> None:
    """Raise SetupError if ``import websocket`` cannot give websocket-client; imports nothing.

    A file beside the program that has the same name is found by this, also the program itself.
    """
    global _is_checked
    if _is_checked:
        return
    try:
        spec = importlib.util.find_spec("websocket")
    except (ImportError, ValueError, AttributeError):
        # Somebody has put an object of their own in its place; ``load`` looks at what it has.
        return
    if spec is None:
        raise SetupError(
            "the package websocket-client is not installed: pip install websocket-client"
        )
    # A single file, or a folder that is no package.
    if spec.submodule_search_locations is None or spec.origin is None:
        raise _wrong(spec)
    _is_checked = True


def load() -> Any:
    """The module of websocket-client; raises SetupError if something else has its name."""
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
