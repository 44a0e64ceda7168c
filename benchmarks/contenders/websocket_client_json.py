"""websocket-client alone: ``recv`` in a loop and json.loads."""

from __future__ import annotations

import json

import websocket

from benchmarks.contend import Task
from benchmarks.reads import by_key, time_by_key


def run(task: Task) -> None:
    """Receive the streams from ``/ws/<stream>`` or ``/stream?streams=``."""
    handle = task.meter.handler(by_key[task.kind], time_by_key)
    if len(task.streams) == 1:
        connection = websocket.create_connection(f"{task.base}/ws/{task.streams[0]}")
        task.meter.ready()
        while not task.meter.is_finished:
            handle(json.loads(connection.recv()))
    else:
        names = "/".join(task.streams)
        connection = websocket.create_connection(f"{task.base}/stream?streams={names}")
        task.meter.ready()
        while not task.meter.is_finished:
            handle(json.loads(connection.recv())["data"])
    task.meter.report()
