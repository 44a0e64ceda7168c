"""Running one contender against one flood server, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from benchmarks.contenders.registry import Contender
from benchmarks.environment import OUR_PYTHON, PEERS_PYTHON, ROOT, cores, variables

_PATIENCE = 150.0


@dataclass
class Run:
    """The result of one run."""

    contender: str
    status: str = "ok"
    """``ok``, ``failed`` or ``not possible``."""
    reason: str = ""
    cpu_us: float = 0.0
    """User and system time of the contender's process for each message."""
    per_second: float = 0.0
    peak_mb: float = 0.0
    server_share: float = 0.0
    """How much of the measured time the server's process was working."""
    delays_us: list[float] = field(default_factory=list)
    """Median, 99 % and 99.9 % of the latency, and its largest value."""
    notes: dict[str, Any] = field(default_factory=dict)


class Flood:
    """A flood server in a process of its own, for as long as the ``with`` block lasts."""

    def __init__(self, workload: str, warmup: int, messages: int, is_pinned: bool = True) -> None:
        self.workload = workload
        self.warmup = warmup
        self.messages = messages
        self._server_core, self._core = cores() if is_pinned else (None, None)

    def __enter__(self) -> Self:
        command = [
            OUR_PYTHON, "-m", "benchmarks.server", self.workload, "--warmup", str(self.warmup),
            "--messages", str(self.messages), *_core(self._server_core),
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self._ports = self._process.stdout.readline().split()
        if len(self._ports) != 2:
            raise RuntimeError("the flood server did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()

    def run(self, contender: Contender, rate: float = 0.0) -> Run:
        """Run the contender, and read its report."""
        port, control = self._ports
        command = [
            OUR_PYTHON if contender.is_ours else PEERS_PYTHON, "-m", "benchmarks.contend",
            contender.module, self.workload, "--variant", contender.variant, "--port", port,
            "--control", control, "--warmup", str(self.warmup), "--messages", str(self.messages),
            "--rate", str(rate), *_core(self._core),
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command,
                env=variables(contender.isolated, contender.is_ours),
                capture_output=True,
                text=True,
                timeout=_PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Run(contender.name, "failed", f"not done after {_PATIENCE:.0f} s")
        return _read(contender.name, done.stdout, done.stderr)


def _core(core: int | None) -> list[str]:
    return [] if core is None else ["--core", str(core)]


def _read(name: str, output: str, errors: str) -> Run:
    for line in output.splitlines():
        if line.startswith("NOT POSSIBLE "):
            return Run(name, "not possible", line.removeprefix("NOT POSSIBLE "))
        if line.startswith("RESULT "):
            result = json.loads(line.removeprefix("RESULT "))
            break
    else:
        last = errors.strip().splitlines()[-1:] or ["it ended without a word"]
        return Run(name, "failed", last[0][:300])
    messages, wall = result["messages"], result["wall"]
    return Run(
        name,
        cpu_us=result["cpu"] / messages * 1e6,
        per_second=messages / wall,
        peak_mb=result["peak"] / 1e6,
        server_share=min(1.0, result["server"]["cpu"] / wall),
        delays_us=_quantiles(result["delays"]),
        notes=result["notes"],
    )


def _quantiles(delays: list[int]) -> list[float]:
    if not delays:
        return []
    ordered = sorted(delays)
    last = len(ordered) - 1
    return [float(ordered[round(last * share)]) for share in (0.5, 0.99, 0.999, 1.0)]
