"""How a recording begins: its arguments are checked, and its first file is created."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from binance_streams_runtime.catalog.streams import Catalog, Stream
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.client_engine import ClientEngine
from binance_streams_runtime.client.options import Settings, check_count, check_flag
from binance_streams_runtime.client.recording import RecordingBase
from binance_streams_runtime.errors import ParameterError, RecordingError, client_closed, redacted
from binance_streams_runtime.recording.filter import Filter
from binance_streams_runtime.recording.header import Header
from binance_streams_runtime.recording.rotation import parse_rotation
from binance_streams_runtime.storage.pending import Pending
from binance_streams_runtime.storage.recorder import Recorder
from binance_streams_runtime.storage.writer import Writer
from binance_streams_runtime.storage.writer_thread import WriterThread
from binance_streams_runtime.version import version

R = TypeVar("R", bound=RecordingBase)

_LEVELS = range(1, 20)
_LEAST_PENDING = 1024 * 1024


def start_recording(
    kind: type[R],
    client: ClientEngine[Any, Any],
    catalog: Catalog,
    package: str,
    market: str,
    folder: str | os.PathLike[str],
    rotate: str | None,
    streams: Iterable[str] | None,
    accounts: bool,
    level: int,
    max_pending_bytes: int,
) -> R:
    """Begin a recording of a client; ``kind`` is that of its front end.

    Raises ParameterError if an argument is not allowed, RecordingError if the first file cannot be
    created, and ClientClosed.
    """
    check_flag("accounts", accounts)
    check_count("max_pending_bytes", max_pending_bytes, "bytes", _LEAST_PENDING)
    if not isinstance(level, int) or isinstance(level, bool) or level not in _LEVELS:
        raise ParameterError("level", level, f"a zstd level from 1 to {_LEVELS[-1]}")
    if not isinstance(folder, str | os.PathLike) or not os.fspath(folder):
        raise ParameterError("dir", folder, "the path of a folder")
    root, rotation = Path(folder), parse_rotation(rotate)
    only = _streams(catalog, streams, accounts)
    if client.is_closed:
        raise client_closed()
    settings, venue = client._settings, client._venue
    if settings.source is not None and not settings.source.can_be_recorded:
        raise ParameterError("server", settings.target.url, "a server; this is recorded already")
    url = settings.target.url
    server = _folder_of(url) if settings.server is None else settings.server.name
    header = Header(
        client=version(),
        package=package,
        market=market,
        server=server,
        url=redacted(url),
        time_unit=_time_unit(venue, settings),
        session=secrets.token_hex(4),
        part=1,
        offset=client._engine.clock.offset,
        streams=None if only is None else tuple(stream.label for stream in only),
        accounts=accounts,
        seed=client._engine.draws.seed,
    )
    shutdown = venue.shutdown
    public = () if shutdown is None else (shutdown.stream, shutdown.event)
    pending = Pending(max_pending_bytes)
    filter = Filter(catalog, only, accounts, public)
    writer = Writer(root / server, header, rotation, filter, pending, level)
    try:
        writer.open(time.monotonic())
    except OSError as error:
        where = error.filename or root
        raise RecordingError(f"{where}: {error.strerror or error}") from None
    recorder = Recorder(
        *(pending, rotation, str(root), header.offset, client._engine.recording_state),
        client._engine.note,
    )
    thread = WriterThread(writer, pending, str(root), client.recordings.notify)
    recording = kind(client, root, writer, pending, recorder, thread)
    client.recordings.begin(recording)
    return recording


def _time_unit(venue: Venue, settings: Settings) -> str:
    """Return the unit of all times that the client has asked for."""
    units = venue.time_units
    if units is None:
        return "millisecond"
    found = re.search(rf"[?&]{units.parameter}=(\w+)", settings.target.url)
    return (units.values[0] if found is None else found[1]).lower()


def _streams(catalog: Catalog, names: Iterable[str] | None, accounts: bool) -> list[Stream] | None:
    if names is None:
        return None
    allowed = "names of streams such as ['btcusdt@trade'], or None for all"
    if isinstance(names, str | bytes) or not isinstance(names, Iterable):
        raise ParameterError("streams", names, allowed)
    streams = [catalog.resolve(name) for name in names]
    if not streams:
        raise ParameterError("streams", [], allowed)
    for stream in streams:
        if stream.is_secret and not accounts:
            raise ParameterError("streams", stream.label, "accounts=True, for that of an account")
    return streams


def _folder_of(url: str) -> str:
    """Return the name of the folder of a server that has no name: its host and port."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", urlsplit(url).netloc.rpartition("@")[2]).strip("-.")
