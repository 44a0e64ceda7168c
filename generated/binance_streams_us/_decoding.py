"""Messages to events, without a connection.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, overload

from binance_streams_runtime.generated_api import N, Numbers, decode_with
from binance_streams_us._catalog import CATALOG
from binance_streams_us._structs import (
    AggTrade,
    BalanceUpdate,
    BookTicker,
    DepthUpdate,
    ExecutionReport,
    KlineEvent,
    ListStatus,
    MiniTicker,
    OutboundAccountPosition,
    PartialBookDepth,
    RollingWindowTicker,
    Ticker,
    Trade,
)


@overload
def decode(
    message: bytes | str, stream: type[AggTrade[Any]], numbers: type[N] = ...
) -> AggTrade[N]: ...


@overload
def decode(
    message: bytes | str, stream: type[BalanceUpdate[Any]], numbers: type[N] = ...
) -> BalanceUpdate[N]: ...


@overload
def decode(
    message: bytes | str, stream: type[BookTicker[Any]], numbers: type[N] = ...
) -> BookTicker[N]: ...


@overload
def decode(
    message: bytes | str, stream: type[DepthUpdate[Any]], numbers: type[N] = ...
) -> DepthUpdate[N]: ...


@overload
def decode(
    message: bytes | str, stream: type[ExecutionReport[Any]], numbers: type[N] = ...
) -> ExecutionReport[N]: ...


@overload
def decode(
    message: bytes | str, stream: type[KlineEvent[Any]], numbers: type[N] = ...
) -> KlineEvent[N]: ...


@overload
def decode(
    message: bytes | str, stream: type[ListStatus], numbers: Numbers = ...
) -> ListStatus: ...


@overload
def decode(
    message: bytes | str, stream: type[MiniTicker[Any]], numbers: type[N] = ...
) -> MiniTicker[N]: ...


@overload
def decode(
    message: bytes | str, stream: type[OutboundAccountPosition[Any]], numbers: type[N] = ...
) -> OutboundAccountPosition[N]: ...


@overload
def decode(
    message: bytes | str, stream: type[PartialBookDepth[Any]], numbers: type[N] = ...
) -> PartialBookDepth[N]: ...


@overload
def decode(
    message: bytes | str, stream: type[RollingWindowTicker[Any]], numbers: type[N] = ...
) -> RollingWindowTicker[N]: ...


@overload
def decode(
    message: bytes | str, stream: type[Ticker[Any]], numbers: type[N] = ...
) -> Ticker[N]: ...


@overload
def decode(message: bytes | str, stream: type[Trade[Any]], numbers: type[N] = ...) -> Trade[N]: ...


@overload
def decode(message: bytes | str, stream: str | None = None, numbers: Numbers = ...) -> Any: ...


def decode(
    message: bytes | str, stream: str | type[Any] | None = None, numbers: type[Any] = Decimal
) -> Any:
    """Decode one message as it was received, wrapped in an envelope or bare.

    Args:
        message: The JSON text.
        stream: The stream's name, such as ``btcusdt@trade``, or the type of the event, such as
            ``AggTrade``; a message in the envelope of combined streams needs neither.
        numbers: The type of prices and quantities: ``Decimal``, ``float`` or ``str``.

    Returns:
        The event; with a name, or none, a list of events if the stream sends lists.

    Raises:
        UndecodableError: The message is not what the spec says.
        UnknownStreamError: No stream has that name.
        ParameterError: ``message`` is neither bytes nor text, a bare one came without a name or
            type, ``stream`` is not the message's own or no type of event, or ``numbers`` is none of
            the three.
    """
    return decode_with(message, CATALOG, stream, numbers)
