"""The requests that anybody may make agree with what else the spec says about them."""

from __future__ import annotations

from typing import Any

import pytest

import binance_streams._catalog
import binance_streams._venue
import binance_streams_us._catalog
import binance_streams_us._venue


@pytest.mark.parametrize("package", [binance_streams, binance_streams_us])
def test_requests_for_snapshots_and_missed_events_are_public(package: Any) -> None:
    catalog, rest = package._catalog.CATALOG, package._venue.VENUE.rest
    public = {request.path: request for request in rest.public}
    known = [(catalog.order_book.snapshot, {*catalog.order_book.query})]
    for type in catalog:
        if (fill := type.backfill) is not None:
            names = {*fill.query, *fill.constants, fill.start, *([fill.end] if fill.end else [])}
            known.append((fill.endpoint, names))
    assert len(known) > 2
    for endpoint, names in known:
        request = public[endpoint.path]
        assert request.weight == endpoint.weight(endpoint.max_limit)
        assert names | {endpoint.limit} <= {*request.parameters}
