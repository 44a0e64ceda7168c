"""Messages to events, without a connection.

Made by codegen. Do not edit: change the template and run ``make generate``.
"""

from decimal import Decimal
from typing import Any

from binance_streams._catalog import CATALOG
from binance_streams_runtime.events import decoding


def decode(message: bytes | str, stream: str | None = None, numbers: type[Any] = Decimal) -> Any:
    """Decode one message as it was received, wrapped in an envelope or bare.

    Args:
        message: The JSON text.
        stream: The stream's name, such as ``btcusdt@trade``; a message in the envelope of combined
            streams brings its own.
        numbers: The type of prices and quantities: ``Decimal``, ``float`` or ``str``.

    Returns:
        The event, or a list of events where the stream sends lists.

    Raises:
        UndecodableError: The message is not what the spec says.
        UnknownStreamError: No stream has that name.
        ParameterError: A bare message came without a name, ``stream`` is another than the message's
            own, or ``numbers`` is none of the three.
    """
    return decoding.decode(message, CATALOG, stream, numbers)
