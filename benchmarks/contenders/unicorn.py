"""unicorn-binance-websocket-api: a thread with an event loop, dicts to a callback."""

from __future__ import annotations

from typing import Any

from benchmarks.contend import Task
from benchmarks.reads import by_key, time_by_key


def run(task: Task) -> None:
    """Set the address, an argument of the manager; a callback with dicts is its fastest way."""
    from unicorn_binance_websocket_api import BinanceWebSocketApiManager

    handle = task.meter.handler(by_key[task.kind], time_by_key)

    def on_data(message: dict[str, Any]) -> None:
        event = message.get("data", message)
        # The response to the subscription comes this way, too.
        if "result" not in event:
            handle(event)

    manager = BinanceWebSocketApiManager(
        exchange="binance.com",
        websocket_base_uri=task.base + "/",
        process_stream_data=on_data,
        output_default="dict",
        warn_on_update=False,
        disable_colorama=True,
    )
    # It combines channels with markets, like the workloads' streams.
    channels = list(dict.fromkeys(name.partition("@")[2] for name in task.streams))
    markets = list(dict.fromkeys(name.partition("@")[0] for name in task.streams))
    manager.create_stream(channels, markets)
    task.meter.ready()
    task.meter.finish()
