"""Snapshots of order books in a log, which answer the requests for them instead of a REST API."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.errors import redacted
from binance_streams_runtime.jetstream.connection import LogFailure, NatsConnection
from binance_streams_runtime.jetstream.consumer import start_time
from binance_streams_runtime.jetstream.forwarding import Forwarding
from binance_streams_runtime.messaging.subjects import SNAPSHOTS, Subjects
from binance_streams_runtime.protocol.rest import RestFailure, RestRequest


class Snapshots:
    """The snapshots of one log."""

    def __init__(self, subjects: Subjects, forwarding: Forwarding) -> None:
        self._subjects = subjects
        self._forwarding = forwarding
        # When the log took the snapshot at which the updates of these streams begin.
        self._begun: dict[str, int] = {}

    async def newest(self, connection: NatsConnection, stream: Stream) -> int | None:
        """Return when the log took the newest snapshot for a stream of updates, in Unix ns.

        The stream will be read from before it on. None if there is none. Raises LogFailure.
        """
        symbol = self._subjects.symbol_of(stream)
        found = None if symbol is None else await self._find(connection, symbol, None)
        if found is None:
            return None
        self._begun[stream.name] = found[0]
        return found[0]

    async def answer(
        self,
        connection: NatsConnection | None,
        inbox: str,
        request: RestRequest,
        not_before: float | None,
    ) -> object:
        """Return what a request for a snapshot is answered by.

        It is the first one that the log took at the Unix time ``not_before`` or later, or else the
        newest one, with the updates that the log has since then.
        """
        if connection is None:
            return RestFailure("there is no connection to the log")
        symbol = self._subjects.symbol_of_updates(request.updates)
        if symbol is None:
            text = "a log has no REST API, only snapshots of order books"
            return RestFailure(text, is_final=True)
        try:
            found = None
            if not_before is not None:
                found = await self._find(connection, symbol, not_before)
            if found is not None:
                body: bytes | None = found[1]
            else:
                body = await self._newest_body(connection, inbox, symbol, request)
        except LogFailure as failure:
            return RestFailure(redacted(failure.reason))
        if body is None:
            return RestFailure(f"the log has no snapshot of {symbol} yet")
        try:
            return request.decode(body)
        except Exception as failure:
            # As for an answer of a server: the function is another layer's.
            return RestFailure(f"a snapshot of {symbol} in the log: {failure}")

    async def _newest_body(
        self, connection: NatsConnection, inbox: str, symbol: str, request: RestRequest
    ) -> bytes | None:
        found = await self._find(connection, symbol, None)
        if found is None:
            return None
        taken, body = found
        begun = self._begun.pop(request.updates or "", None)
        if begun is not None and begun <= taken:
            # The client has the updates, or is about to read them.
            return body
        return await self._forwarding.forward(connection, inbox, request, taken, body) or body

    async def _find(
        self, connection: NatsConnection, symbol: str, not_before: float | None
    ) -> tuple[int, bytes] | None:
        """Return a snapshot, and when the log took it in Unix ns; None if there is none."""
        subject = self._subjects.snapshots(symbol)
        stream = self._subjects.log_stream(SNAPSHOTS).name
        body: dict[str, Any] = {"last_by_subj": subject}
        if not_before is not None:
            time = start_time(int(not_before * 1e9))["opt_start_time"]
            body = {"next_by_subj": subject, "start_time": time}
        try:
            answer = await connection.ask(f"STREAM.MSG.GET.{stream}", body)
        except LogFailure as failure:
            if failure.code is not None:
                # There is none, or the server is too old to look for times.
                return None
            raise
        message = answer["message"]
        taken = datetime.fromisoformat(message["time"])
        return int(taken.timestamp() * 1e9), base64.b64decode(message.get("data", ""))
