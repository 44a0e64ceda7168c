"""The limit: picows (a WebSocket in C++) and msgspec with one hard-coded type, strings as numbers.

No routing, sequence check, queue or reconnection: no client can be much faster. The variant
``uvloop`` runs on that event loop.
"""

from __future__ import annotations

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from benchmarks import loops
from benchmarks.contend import Task
from benchmarks.contenders import one_type


def run(task: Task) -> None:
    """Receive bare payloads from ``/ws/<stream>``."""
    decode, handle = one_type.prepare(task)

    class Listener(WSListener):
        def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
            if frame.msg_type == WSMsgType.TEXT:
                handle(decode(frame.get_payload_as_memoryview()))
                if task.meter.is_finished:
                    transport.disconnect()

    async def main() -> None:
        transport, _ = await ws_connect(Listener, f"{task.base}/ws/{task.streams[0]}")
        task.meter.ready()
        await transport.wait_disconnected()

    loops.run(main(), task.variant)
    task.meter.report()
