"""What goes wrong, one after the other: never so much at once that a message has to be missed."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from typing import Any

import nats.errors

from tests.soak.cluster.stage import CHANGING, Stage


class Troubles:
    """Troubles of one stage, drawn by a seed."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self._stage = stage
        self._draw = random.Random(seed)

    def make(self) -> str:
        """Make one, until it is over, and return what it was."""
        of_a_collector = [self._cut, self._no_venue, self._kill, self._stop, self._suspend]
        of_a_server = [
            *(self._kill_server, self._restart_server, self._suspend_server, self._step_down)
        ]
        both: list[Callable[[], str]] = []
        if self._draw.random() < 0.8:
            both.append(self._draw.choice(of_a_collector))
        if not both or self._draw.random() < 0.6:
            both.append(self._draw.choice(of_a_server))
        if self._stage.is_group and self._draw.random() < 0.5:
            both.append(self._change_streams)
        self._draw.shuffle(both)
        return ", ".join(trouble() for trouble in both)

    def _change_streams(self) -> str:
        return self._stage.change_streams(self._draw.choice(CHANGING))

    def _collector(self) -> Any:
        return self._draw.choice([*self._stage.collectors.values()])

    def _server(self) -> Any:
        return self._draw.choice(self._stage.servers.servers)

    def _pause(self, longest: float) -> float:
        seconds = self._draw.uniform(0.0, longest)
        time.sleep(seconds)
        return seconds

    def _cut(self) -> str:
        collector = self._collector()
        count = self._draw.randint(1, 4)
        for _ in range(count):
            collector.wire.cut()
            self._pause(1.0)
        return f"{collector.name} cut {count} times"

    def _no_venue(self) -> str:
        collector = self._collector()
        collector.wire.close()
        seconds = self._pause(8.0)
        collector.wire.open()
        return f"{collector.name} without the venue for {seconds:.1f} s"

    def _kill(self) -> str:
        collector = self._collector()
        collector.kill()
        seconds = self._pause(5.0)
        collector.start()
        return f"{collector.name} killed for {seconds:.1f} s"

    def _stop(self) -> str:
        collector = self._collector()
        collector.stop()
        seconds = self._pause(3.0)
        collector.start()
        return f"{collector.name} stopped for {seconds:.1f} s"

    def _suspend(self) -> str:
        collector = self._collector()
        os.kill(collector.process.pid, signal.SIGSTOP)
        seconds = self._pause(self._draw.choice([2.0, 25.0]))
        os.kill(collector.process.pid, signal.SIGCONT)
        return f"{collector.name} suspended for {seconds:.1f} s"

    def _kill_server(self) -> str:
        server = self._server()
        server.kill()
        seconds = self._pause(8.0)
        server.start()
        return f"{server.name} killed for {seconds:.1f} s"

    def _restart_server(self) -> str:
        server = self._server()
        server.restart()
        return f"{server.name} restarted"

    def _suspend_server(self) -> str:
        server = self._server()
        server.suspend()
        seconds = self._pause(12.0)
        server.resume()
        return f"{server.name} suspended for {seconds:.1f} s"

    def _step_down(self) -> str:
        """Let the leaders of some streams give up, as an administrator does before an upgrade."""

        async def step_down(connection: Any) -> str:
            jetstream = connection.jetstream()
            names = [one.config.name for one in await jetstream.streams_info()]
            chosen = self._draw.sample(names, min(3, len(names)))
            for name in chosen:
                await connection.request(f"$JS.API.STREAM.LEADER.STEPDOWN.{name}", timeout=5)
            return f"the leaders of {', '.join(chosen)} stepped down"

        try:
            return self._stage.servers.run(step_down)
        except (nats.errors.Error, TimeoutError):
            return "no leader had time to step down"
