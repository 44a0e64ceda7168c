"""Running one contender against one server, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from benchmarks.certificates import Certificates
from benchmarks.contenders.registry import Contender
from benchmarks.environment import (
    CRYPTOFEED_PYTHON,
    OUR_PYTHON,
    PEERS_PYTHON,
    ROOT,
    cores,
    has_cryptofeed,
    variables,
)
from benchmarks.reads import by_key

# More than the meter's own limit, which can say how many messages are missing.
_PATIENCE = 100.0


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
    reached: float = 0.0
    """Messages a second that the server reached, if it sent at a rate."""
    late: float = 0.0
    """The share of messages that it sent more than one interval late."""
    delays_us: list[float] = field(default_factory=list)
    """Median, 99 % and 99.9 % of the latency, its largest and its smallest value."""
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Load:
    """What a server sends to each contender, and how."""

    workload: str
    warmup: int
    messages: int
    rate: float = 0.0
    """Messages a second, each sent by itself; 0 for as fast as they go, in blocks."""
    certificates: Certificates | None = None
    """For TLS."""
    stamp: str = "f"
    """The key of a message whose value is replaced by the time of sending, if sent at a rate."""

    def __str__(self) -> str:
        transport = ", TLS" if self.certificates else ""
        return f"{self.workload}, {f'{self.rate:,.0f}/s' if self.rate else 'flood'}{transport}"


class Serving:
    """A server in a process of its own, for as long as the ``with`` block lasts."""

    def __init__(self, load: Load, is_pinned: bool = True) -> None:
        self.load = load
        self._server_core, self._core = cores() if is_pinned else (None, None)

    def __enter__(self) -> Self:
        load = self.load
        command = [
            OUR_PYTHON, "-m", "benchmarks.server", load.workload, "--warmup", str(load.warmup),
            "--messages", str(load.messages), "--stamp", load.stamp, *_core(self._server_core),
        ]  # fmt: skip
        if load.certificates is not None:
            command += ["--certificate", str(load.certificates.server)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.ports = self._process.stdout.readline().split()
        if len(self.ports) != 2:
            raise RuntimeError("the server did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._process:
            self._process.kill()

    def run(self, contender: Contender) -> Run:
        """Run the contender, and read its report."""
        load = self.load
        if contender.is_newer and not has_cryptofeed():
            return Run(contender.name, "not possible", "no Python that it can be installed for")
        port, control = self.ports
        command = [
            _python(contender), "-m", "benchmarks.contend",
            contender.module, load.workload, "--variant", contender.variant, "--port", port,
            "--control", control, "--warmup", str(load.warmup), "--messages", str(load.messages),
            "--rate", str(load.rate), *_core(self._core),
        ]  # fmt: skip
        authority = None
        if load.certificates is not None:
            command.append("--tls")
            authority = load.certificates.authority
        paced = (load.warmup + load.messages) / load.rate if load.rate else 0.0
        try:
            done = subprocess.run(
                command,
                env=variables(contender.isolated, contender.is_ours, authority),
                capture_output=True,
                text=True,
                timeout=_PATIENCE + paced,
                check=False,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            return Run(contender.name, "failed", f"not done after {_PATIENCE + paced:.0f} s")
        return read(contender.name, load, done.stdout, done.stderr)


def _python(contender: Contender) -> str:
    if contender.is_newer:
        return CRYPTOFEED_PYTHON
    return OUR_PYTHON if contender.is_ours else PEERS_PYTHON


def _core(core: int | None) -> list[str]:
    return [] if core is None else ["--core", str(core)]


def read(name: str, load: Load, output: str, errors: str) -> Run:
    """Read what a contender's process has printed."""
    for line in output.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "LOST":
            return Run(name, "failed", rest)
        if line.startswith("NOT POSSIBLE "):
            return Run(name, "not possible", line.removeprefix("NOT POSSIBLE "))
        if kind == "RESULT":
            result = json.loads(rest)
            break
    else:
        last = errors.strip().splitlines()[-1:] or ["it ended without a word"]
        return Run(name, "failed", last[0][:300])
    messages, wall, server = result["messages"], result["wall"], result["server"]
    if result["extra"]:
        return Run(name, "failed", f"{result['extra']} messages too many have come")
    # Which message comes last is known on one connection.
    is_ordered = result["notes"].get("connections", 1) == 1
    kind = load.workload.partition(":")[0]
    if is_ordered and (wrong := _wrong(kind, result["last"], server["last"])):
        return Run(name, "failed", wrong)
    pace = server["pace"] or {"sent": messages, "reached": 0.0, "late": 0}
    return Run(
        name,
        cpu_us=result["cpu"] / messages * 1e6,
        per_second=messages / wall,
        peak_mb=result["peak"] / 1e6,
        server_share=min(1.0, server["cpu"] / wall),
        reached=pace["reached"],
        late=pace["late"] / pace["sent"],
        delays_us=_quantiles(result["delays"]),
        notes=result["notes"],
    )


def _wrong(kind: str, fields: object, payload: str) -> str:
    """Return what is wrong with the fields that were read from the last message, or nothing.

    Numbers are compared as such, since libraries return them as they like; other fields (times
    that became datetimes, symbols with a slash) are not compared, nor is a text that stays one.
    """
    if not isinstance(fields, list):
        return ""
    expected = by_key[kind](json.loads(payload))
    assert isinstance(expected, tuple)
    if len(fields) != len(expected):
        return f"{len(fields)} fields were read, not {len(expected)}"
    for given, right in zip(fields, expected, strict=True):
        one, other = _number(given), _number(right)
        if one is not None and other is not None and one != other:
            return f"the last message has {given} where {right} was sent"
    return ""


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _quantiles(delays: list[int]) -> list[float]:
    if not delays:
        return []
    ordered = sorted(delays)
    last = len(ordered) - 1
    return [float(ordered[round(last * share)]) for share in (0.5, 0.99, 0.999, 1.0, 0.0)]
