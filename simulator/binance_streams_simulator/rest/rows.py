"""Rows and snapshots as the documented answers have them, with the values of the market."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import msgspec

from binance_streams_simulator import payloads
from binance_streams_simulator.values import Values

_MOST_CACHED = 100_000


class RowFormat:
    """How a row, or a snapshot, is written: as the documented one, with values by field name."""

    def __init__(self, row: type[Any], example: Any) -> None:
        struct = payloads.struct_of(row)
        self._is_list = struct.array_like
        if self._is_list:
            keys = [field.encode_name for field in struct.fields]
            # An answer may have more places than the struct.
            keys += [str(place) for place in range(len(keys), len(example))]
            example = dict(zip(keys, example, strict=True))
        self._template = payloads.template_of(struct, example)

    def render(self, values: Values, divisor: int) -> Any:
        """Return the row as JSON values."""
        row = self._template.render(values, divisor, 0)
        return list(row.values()) if self._is_list else row


class RowCache:
    """Rows that do not change any more, encoded once for all requests."""

    def __init__(self) -> None:
        self._encoded: dict[Hashable, msgspec.Raw] = {}

    def get(self, key: Hashable) -> msgspec.Raw | None:
        """Return an encoded row, None if it has not been encoded."""
        return self._encoded.get(key)

    def put(self, key: Hashable, row: Any) -> msgspec.Raw:
        """Encode and keep a row."""
        if len(self._encoded) >= _MOST_CACHED:
            self._encoded.clear()
        encoded = self._encoded[key] = msgspec.Raw(payloads.encoded(row))
        return encoded
