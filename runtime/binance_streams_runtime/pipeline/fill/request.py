"""The request for rows of a stream's events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.protocol.rest import Need, RestRequest, RestServer


def rows_request(
    server: RestServer,
    stream: Stream,
    bounds: Mapping[str, str],
    limit: int,
    timeout: float,
    decode: Callable[[bytes], list[Any]],
) -> RestRequest:
    """Make the request for at most ``limit`` rows within ``bounds``, which are query parameters."""
    backfill = stream.type.backfill
    assert backfill is not None
    endpoint = backfill.endpoint
    query = {
        **stream.query(backfill.query),
        **backfill.constants,
        **bounds,
        endpoint.limit: str(limit),
    }
    return RestRequest(
        server.url_of(endpoint.path),
        endpoint.path,
        query,
        endpoint.weight(limit),
        Need.FILL,
        timeout,
        decode,
        server.headers,
    )
