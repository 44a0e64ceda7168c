"""binance_streams.compat: the program of ``binance_connector.py`` with another import."""

from __future__ import annotations

import json

from benchmarks.contend import Task
from benchmarks.reads import by_key, text_read, time_by_key, time_in_text
from binance_streams.compat import SpotWebsocketStreamClient


def run(task: Task) -> None:
    """Receive the texts, and parse them unless the variant is ``text``."""
    is_combined = len(task.streams) > 1
    if task.variant == "text":
        handle = task.meter.handler(text_read, time_in_text)
    else:
        handle = task.meter.handler(by_key[task.kind], time_by_key)

    def on_text(_: object, text: str) -> None:
        # The response to the subscription comes this way, too.
        if not text.startswith('{"result"'):
            handle(text)

    def on_message(_: object, text: str) -> None:
        message = json.loads(text)
        if is_combined:
            message = message.get("data", message)
        if "result" not in message:
            handle(message)

    client = SpotWebsocketStreamClient(
        stream_url=task.base,
        on_message=on_text if task.variant == "text" else on_message,
        is_combined=is_combined,
    )
    client.subscribe(list(task.streams))
    task.meter.ready()
    task.meter.finish()
