"""binance-connector 3.x, the old official client: a text callback, and json.loads as users do."""

from __future__ import annotations

import json

from benchmarks.contend import Task
from benchmarks.reads import by_key, time_by_key


def run(task: Task) -> None:
    """One stream on ``/ws``, several on ``/stream``; the address is an argument of the client."""
    from binance.websocket.spot.websocket_stream import SpotWebsocketStreamClient

    handle = task.meter.handler(by_key[task.kind], time_by_key)
    is_combined = len(task.streams) > 1

    def on_message(_: object, text: str) -> None:
        message = json.loads(text)
        if is_combined:
            message = message.get("data", message)
        # The answer to the subscription comes this way too.
        if "result" not in message:
            handle(message)

    client = SpotWebsocketStreamClient(
        stream_url=task.base, on_message=on_message, is_combined=is_combined
    )
    client.subscribe(list(task.streams))
    task.meter.ready()
    task.meter.finish()
