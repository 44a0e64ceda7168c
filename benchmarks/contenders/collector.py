"""The way of hftbacktest's collector: a gzip file a symbol, a time in front of each line.

The collector is a program in Rust, which decodes each message for its symbol; this is in Python.
"""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.contend import Task
from benchmarks.contenders.recorded import check, new_folder

_LEVEL = 6
"""The collector's level of compression."""


def run(task: Task) -> None:
    """Record every message."""
    asyncio.run(_picows(task) if task.variant == "picows" else _websockets(task))


class _Files:
    def __init__(self, task: Task, decode: Callable[[bytes], Any]) -> None:
        self._decode = decode
        self.folder = new_folder()
        self._files: dict[str, gzip.GzipFile] = {}
        self._count = task.meter.counter(self._close)

    def write(self, message: bytes) -> None:
        now = time.time_ns()
        data = self._decode(message).get("data")
        if data is None:
            return
        symbol = data["s"]
        file = self._files.get(symbol)
        if file is None:
            file = gzip.GzipFile(self.folder / f"{symbol}_20240808.gz", "wb", _LEVEL)
            self._files[symbol] = file
        file.write(b"%d %b\n" % (now, message))
        self._count(1)

    def _close(self) -> None:
        for file in self._files.values():
            file.close()


async def _websockets(task: Task) -> None:
    import json

    from websockets.asyncio.client import connect

    files = _Files(task, json.loads)
    async with connect(_url(task), max_size=None, compression=None) as socket:
        task.meter.ready()
        while not task.meter.is_finished:
            files.write(await socket.recv(decode=False))
        _end(task, files)


async def _picows(task: Task) -> None:
    import msgspec
    from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

    files = _Files(task, msgspec.json.decode)
    finished = asyncio.Event()

    class Listener(WSListener):  # type: ignore[misc,unused-ignore]
        def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
            if frame.msg_type == WSMsgType.TEXT:
                files.write(frame.get_payload_as_bytes())
                if task.meter.is_finished:
                    finished.set()

    await ws_connect(Listener, _url(task))
    task.meter.ready()
    await finished.wait()
    _end(task, files)


def _url(task: Task) -> str:
    return f"{task.base}/stream?streams={'/'.join(task.streams)}"


def _end(task: Task, files: _Files) -> None:
    check(task, files.folder, _lines, ".gz")
    task.meter.report()


def _lines(path: Path) -> list[bytes]:
    return gzip.decompress(path.read_bytes()).splitlines()
