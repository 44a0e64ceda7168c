"""The arguments of a client about the REST API: their checks, and what follows from them."""

from __future__ import annotations

from urllib.parse import urlsplit

from binance_streams_runtime.catalog.rest import RestLimits
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.catalog.venue import Server, TimeUnits, Venue
from binance_streams_runtime.client.options import Settings
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.pipeline.queues import Overflow
from binance_streams_runtime.protocol.rest import RestServer
from binance_streams_runtime.protocol.url import check_rest_url
from binance_streams_runtime.rest.requests import RestRequests


def rest_server(
    venue: Venue, known: Server | None, url: str, rest_url: object, time_unit: str | None
) -> RestServer | None:
    """Return where a client's REST requests go; None if nothing is known to be there.

    ``known`` is the server of ``url``, if it has a name. Raises ParameterError.
    """
    if venue.rest is None:
        if rest_url is not None:
            allowed = f"None, as nothing of the REST API of {venue.name} is used"
            raise ParameterError("rest_url", rest_url, allowed)
        return None
    headers = _headers(venue.rest, venue.time_units, time_unit)
    if rest_url is not None:
        return RestServer(check_rest_url(rest_url), headers=headers)
    if known is None:
        parts = urlsplit(url)
        scheme = "https" if parts.scheme == "wss" else "http"
        return RestServer(f"{scheme}://{parts.netloc}", headers=headers)
    if known.rest_url is None:
        return None
    return RestServer(known.rest_url, known.rest_elsewhere, headers)


def rest_requests(venue: Venue, settings: Settings) -> RestRequests | None:
    """Return what makes a client's requests; None if there is no REST API."""
    if venue.rest is None or settings.rest is None or settings.source is not None:
        return None
    return RestRequests(
        venue.rest, settings.weight_reserve, settings.rest_proxy, settings.target.ssl_context
    )


def weight_reserve(limits: RestLimits | None, given: object) -> int:
    """Return the request weight a window that is left for others; raise ParameterError."""
    if given is None:
        return 0 if limits is None else limits.weight // 4
    if limits is None:
        raise ParameterError("weight_reserve", given, "None, as there is no REST API")
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given < limits.weight:
        allowed = (
            f"a whole number from 0 to {limits.weight - 1}, or None for a quarter of the limit"
        )
        raise ParameterError("weight_reserve", given, allowed)
    return given


def check_fill(fill: bool, stream: Stream, rest: RestServer | None) -> None:
    """Raise ParameterError if missed events are to be fetched that REST does not have."""
    if not fill:
        return
    if stream.type.backfill is None:
        raise ParameterError("fill", fill, f"False, as REST has no events of {stream.label}")
    if rest is None:
        allowed = "False, as this server has no REST API; the client's rest_url= names another one"
        raise ParameterError("fill", fill, allowed)


def check_fill_policy(overflow: Overflow, stream: Stream) -> None:
    """Raise ParameterError if the policy would drop what is fetched."""
    if overflow == "latest":
        allowed = f"any other policy, as fill=True fetches all missed events of {stream.label}"
        raise ParameterError("overflow", overflow, allowed)


def _headers(
    limits: RestLimits, time_units: TimeUnits | None, time_unit: str | None
) -> dict[str, str]:
    """Return the headers with which times have the unit that those of the streams have."""
    if limits.time_unit_header is None or time_units is None or time_unit is None:
        return {}
    return {limits.time_unit_header: time_unit.upper()}
