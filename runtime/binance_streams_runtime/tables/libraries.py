"""The libraries of tables, which are imported only if they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.tables.batch import Options
from binance_streams_runtime.tables.builder import Builder

_BUILDERS = {"polars": "PolarsBuilder", "pandas": "PandasBuilder", "arrow": "ArrowBuilder"}
_PACKAGES = {"polars": "polars", "pandas": "pandas", "arrow": "pyarrow"}


def builder(library: str, options: Options) -> Builder[Any, Any]:
    """Return what builds the tables of ``polars``, ``pandas`` or ``arrow``.

    Raises ParameterError if it is none of these, and ImportError if the library is not installed;
    the message says how to install it.
    """
    if library not in _BUILDERS:
        raise ParameterError("library", library, ", ".join(_BUILDERS))
    options.check()
    package = _PACKAGES[library]
    try:
        module = import_module(f"binance_streams_runtime.tables.of_{library}")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != package:
            raise
        text = f"this needs {package}: pip install 'binance-streams[{library}]'"
        raise ImportError(text, name=package) from None
    made: Builder[Any, Any] = getattr(module, _BUILDERS[library])(options)
    return made
