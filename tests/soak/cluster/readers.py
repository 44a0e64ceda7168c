"""Programs that read the log during all troubles, and what they got in the end."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.soak.cluster.collectors import PREFIX
from tests.soak.cluster.order import (
    NUMBERED,
    Ids,
    difference,
    ids_of,
    ids_sent,
    kind_of,
    late_ones,
)
from tests.soak.cluster.stage import Stage
from tests.soak.cluster.venue import Sent
from tests.support.limits import LIMIT

_HEAD = b'{"stream":"'


class DurableReader:
    """A process with a ``durable=`` name that writes down what it handles, and may be killed."""

    def __init__(self, url: str, streams: Sequence[str], folder: Path) -> None:
        self._streams = [name for name in streams if kind_of(name) in NUMBERED]
        self._path = folder / "durable-events.txt"
        self._output = folder / "durable.txt"
        url = f"{url}?from=all&durable=soak&prefix={PREFIX}"
        self._command = [
            *(sys.executable, "-m", "tests.soak.cluster.durable", url),
            *(str(self._path), *self._streams),
        ]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, or continue."""
        with self._output.open("ab") as output:
            self.process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def kill(self) -> None:
        """End it with SIGKILL."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.process = None

    def lives(self) -> dict[str, list[list[Ids]]]:
        """What it has handled of each stream, in each of its lives."""
        found: dict[str, list[list[Ids]]] = {name: [] for name in self._streams}
        text = self._path.read_text(encoding="ascii") if self._path.exists() else ""
        # A line that was cut off by a kill was handled by nobody.
        for line in text.split("\n")[:-1]:
            if line == "start":
                for lives in found.values():
                    lives.append([])
            else:
                name, first, last = line.split(" ")
                found[name][-1].append((int(first), int(last)))
        return found

    def problems(self, sent: dict[str, list[Ids]]) -> list[str]:
        """Compare; wait for the last event before."""
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline and self.process is not None:
            lives = self.lives()
            if all(lives[name] and ids[-1] in lives[name][-1] for name, ids in sent.items()):
                break
            time.sleep(0.5)
        self.kill()
        lives = self.lives()
        return [
            f"durable: {one}"
            for name, ids in sent.items()
            for one in difference(name, ids, lives[name])
        ]


class RelayOverTheLog:
    """``serve --upstream nats://...``, and a client of it that is none of this project's."""

    def __init__(self, url: str, streams: Sequence[str], folder: Path) -> None:
        self._streams = list(streams)
        self._url = f"{url}?prefix={PREFIX}"
        self._output = folder / "relay.txt"
        self._process: subprocess.Popen[bytes] | None = None
        self._payloads: dict[str, list[bytes]] = defaultdict(list)
        self._connection: Any = None
        self._end: str | None = None
        self._is_over = False

    def start(self) -> None:
        """Start both, and wait for the first message of each stream."""
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "binance_streams", "serve", "--port", "0"),
                    *("--upstream", self._url),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self._wait(lambda: "streams:" in self._output.read_text())
        lines = self._output.read_text().splitlines()
        place = next(line for line in lines if line.startswith("streams:")).split()[1]
        self._thread = threading.Thread(target=self._read, args=(place,), daemon=True)
        self._thread.start()
        self._wait(lambda: len(self._payloads) == len(self._streams))

    def _read(self, place: str) -> None:
        from websockets.sync.client import connect

        base = place.rpartition("/")[0]
        try:
            with connect(
                f"{base}/stream?streams={'/'.join(self._streams)}", max_size=None, proxy=None
            ) as self._connection:
                for frame in self._connection:
                    data = frame.encode()
                    name, _, rest = data[len(_HEAD) :].partition(b'","data":')
                    self._payloads[name.decode()].append(rest[:-1])
        except Exception as error:
            if not self._is_over:
                self._end = f"{type(error).__name__}: {error}"

    def problems(self, sent: Sequence[Sent], late: set[bytes]) -> list[str]:
        """Compare what the client of the relay got with what the venue sent, byte by byte.

        What is ``late`` in the log may have been left out.
        """
        by_stream: dict[str, list[bytes]] = defaultdict(list)
        for one in sent:
            by_stream[one.stream].append(one.payload)
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline and self._end is None:
            if all({own[-1]} & {*self._payloads[name], *late} for name, own in by_stream.items()):
                break
            time.sleep(0.2)
        self.close()
        wrong = [] if self._end is None else [f"relay: its client was cut off: {self._end}"]
        for name, own in by_stream.items():
            found = self._payloads[name]
            different = {*found}
            missed = [one for one in own if one not in different and one not in late]
            if missed:
                wrong.append(f"relay: {name}: {len(missed)} of {len(own)} missed: {missed[0]!r}")
            if kind_of(name) in NUMBERED:
                ids = [ids_of(name, one) for one in found]
                wrong += [f"relay: {one}" for one in difference(name, [], [ids])]
            elif len(found) > len(different) and len(own) == len({*own}):
                wrong.append(f"relay: {name}: {len(found) - len(different)} twice")
        return wrong

    def _wait(self, condition: Any) -> None:
        deadline = time.monotonic() + LIMIT
        while not condition():
            assert time.monotonic() < deadline, "the relay over the log does not start"
            time.sleep(0.1)

    def close(self) -> None:
        """End both."""
        self._is_over = True
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class Readers:
    """All of them."""

    def __init__(self, stage: Stage, folder: Path, seed: int) -> None:
        self._stage = stage
        self._draw = random.Random(seed)
        self.durable = DurableReader(stage.servers.url, stage.streams, folder)
        self.relay = RelayOverTheLog(stage.servers.url, stage.streams, folder)

    def trouble(self) -> str:
        """Kill or suspend the durable reader for a while, or leave it alone."""
        draw, durable = self._draw, self.durable
        chosen = draw.random()
        if chosen < 0.4:
            durable.kill()
            durable.start()
            return "the durable reader killed"
        if chosen < 0.6 and durable.process is not None:
            os.kill(durable.process.pid, signal.SIGSTOP)
            time.sleep(draw.uniform(0, 6))
            os.kill(durable.process.pid, signal.SIGCONT)
            return "the durable reader suspended"
        return ""

    def problems(self) -> list[str]:
        """What is wrong with what they got, once the collectors have ended."""
        sent = self._stage.sent_always()
        return [
            *self.relay.problems(sent, late_ones(self._stage.stored)),
            *self.durable.problems(ids_sent(sent)),
        ]

    def __enter__(self) -> Self:
        try:
            self.durable.start()
            self.relay.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.relay.close()
        self.durable.kill()
