"""The suite ``replay``: how fast a recording is played to a program, or read by it."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.environment import (
    CRYPTOFEED_PYTHON,
    NODE_MODULES,
    OUR_PYTHON,
    PEERS_PYTHON,
    ROOT,
    cores,
    has_cryptofeed,
    variables,
)
from benchmarks.recording.play import WARMUP
from benchmarks.recording.rounds import reasons, rounds
from benchmarks.runner import Load, Serving
from benchmarks.suites import Plan
from benchmarks.summary import microseconds

ROUNDS = 3
_PATIENCE = 120.0


@dataclass(frozen=True)
class Player:
    """One way of playing or reading."""

    name: str
    module: str
    variant: str = ""
    by: str = "peers"
    """``ours``, ``peers``, ``cryptofeed`` or ``node``."""
    kind: str = "typed"
    """What the program gets: ``typed`` objects, ``parsed`` JSON, or ``raw`` text."""


@dataclass(frozen=True)
class Recorded:
    """What is recorded once and then played by all."""

    workload: str
    about: str
    count: int
    rate: float
    players: tuple[Player, ...]


_CRYPTOFEED = Player("cryptofeed: playback", "cryptofeed", by="cryptofeed")
_RAW = (
    Player("tardis-dev (Python): objects", "tardis", "decoded", kind="parsed"),
    Player("tardis-dev (Python): raw text", "tardis", "raw", kind="raw"),
    Player("tardis-dev (Node): objects", "tardis.js", "decoded", "node", kind="parsed"),
    Player("tardis-dev (Node): raw text", "tardis.js", "raw", "node", kind="raw"),
)


def _ours(name: str, variant: str, kind: str = "typed") -> Player:
    return Player(f"ours: {name}", "ours", variant, "ours", kind)


_STREAMS = (
    _ours("replay, Decimal", "replay-decimal"),
    _ours("replay, str", "replay-str"),
    _ours("read_recording, Decimal", "read-decimal"),
    _ours("read_recording, str", "read-str"),
    _ours("lines alone", "lines", "raw"),
    *_RAW,
    _CRYPTOFEED,
)

TAPES = (
    Recorded("aggTrade:10", "trades of ten symbols", 100_000, 0, _STREAMS),
    Recorded("aggTrade:10", "trades of one of ten symbols", 100_000, 0,
             (_ours("replay, Decimal", "one-decimal"), _ours("replay, str", "one-str"))),
    Recorded("depth", "changes of 80 levels", 10_000, 0, _STREAMS[:-1]),
    Recorded("book", "an order book, and its best levels after each change", 10_000, 2_000,
             (_ours("replay, Decimal", "book-decimal"), _ours("replay, str", "book-str"),
              _CRYPTOFEED)),
)  # fmt: skip


def run(plan: Plan, texts: Sequence[str]) -> dict[str, Any]:
    """Record each tape, and give every player a turn in each round."""
    results: dict[str, Any] = {}
    for tape in TAPES:
        players = [one for one in tape.players if any(text in one.name for text in texts)]
        count = plan.messages or (tape.count // 10 if plan.is_quick else tape.count)
        folder = Path(tempfile.mkdtemp(prefix="benchmark-tape-"))
        try:
            if players:
                results[tape.about] = _measure(plan, tape, count, players, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return results


def _measure(
    plan: Plan, tape: Recorded, count: int, players: Sequence[Player], folder: Path
) -> dict[str, Any]:
    _record(tape, count, folder)
    turns = plan.rounds_of(ROUNDS)
    runs: dict[str, list[dict[str, Any]]] = {one.name: [] for one in players}
    with _slices(folder) as endpoint:
        for number in range(turns):
            start = number * 5 % len(players)
            for player in [*players[start:], *players[:start]]:
                one = _play(plan, player, tape, count, folder, endpoint)
                plan.say(f"replay, {tape.about}, round {number + 1}: {player.name}: {outcome(one)}")
                runs[player.name].append(one)
    return {
        "messages": count,
        "rounds": turns,
        "rows": {name: summary(own) for name, own in runs.items()},
        "kinds": {one.name: one.kind for one in players},
    }


def _record(tape: Recorded, count: int, folder: Path) -> None:
    """Have the tape made by a process of the project's Python."""
    with Serving(Load(tape.workload, WARMUP, count - WARMUP, tape.rate)) as serving:
        port, control = serving.ports
        subprocess.run(
            [
                OUR_PYTHON, "-m", "benchmarks.recording.tape", str(folder), tape.workload,
                "--port", port, "--control", control, "--count", str(count),
                "--rate", str(tape.rate),
            ],
            env=variables((), is_ours=True),
            cwd=ROOT,
            check=True,
            timeout=_PATIENCE,
        )  # fmt: skip


def _play(
    plan: Plan, player: Player, tape: Recorded, count: int, folder: Path, endpoint: str
) -> dict[str, Any]:
    core = cores()[1] if plan.is_pinned else None
    environment = variables((), player.by == "ours")
    if player.by == "node":
        node = shutil.which("node")
        if node is None or not (NODE_MODULES / "tardis-dev").is_dir():
            return {"status": "not possible", "reason": "there is no Node, or no npm"}
        script = ROOT / "benchmarks" / "recording" / "playback" / player.module
        command = [node, str(script), str(folder), player.variant]
        environment["NODE_PATH"] = str(NODE_MODULES)
    else:
        if player.by == "cryptofeed" and not has_cryptofeed():
            return {"status": "not possible", "reason": "no Python that it can be installed for"}
        pythons = {"ours": OUR_PYTHON, "peers": PEERS_PYTHON, "cryptofeed": CRYPTOFEED_PYTHON}
        command = [
            pythons[player.by], "-m", "benchmarks.recording.play", player.module, str(folder),
            tape.workload, "--variant", player.variant, "--endpoint", endpoint,
        ]  # fmt: skip
        if core is not None:
            command += ["--core", str(core)]
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"status": "failed", "reason": f"not done after {_PATIENCE:.0f} s"}
    return read(done.stdout, done.stderr, count)


@contextmanager
def _slices(folder: Path) -> Iterator[str]:
    """Serve the slice to tardis-dev for Python, which fetches the last one anew each time."""
    content = (folder / "tardis.json.zst").read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in (
                ("Content-Encoding", "zstd"),
                ("Content-Length", str(len(content))),
                ("X-Slice-Size", "1"),
            ):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def read(output: str, errors: str, count: int) -> dict[str, Any]:
    """Read what a player's process has printed; ``count`` messages were recorded."""
    for line in output.splitlines():
        if line.startswith("NOT POSSIBLE "):
            return {"status": "not possible", "reason": line.removeprefix("NOT POSSIBLE ")}
        if line.startswith("RESULT "):
            result = json.loads(line.removeprefix("RESULT "))
            if not result["messages"]:
                return {"status": "failed", "reason": "it played nothing"}
            return {
                "status": "ok",
                "reason": "",
                "delivered": result["messages"],
                "cpu_us": result["cpu"] / count * 1e6,
                "per_second": count / result["wall"],
                "peak_mb": result["peak"] / 1e6,
                "python": result["python"],
            }
    last = errors.strip().splitlines()[-1:] or ["it ended without a word"]
    return {"status": "failed", "reason": last[0][:300]}


def outcome(one: dict[str, Any]) -> str:
    """Say in short what a run has come to."""
    if one["status"] != "ok":
        return f"{one['status']}: {one['reason']}"
    return f"{one['cpu_us']:.2f} us, {one['per_second']:,.0f}/s"


def summary(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the medians of the rounds; a player has failed if it failed in any of them."""
    bad = next((one for one in runs if one["status"] != "ok"), None)
    if bad is not None:
        return bad
    cpu = [one["cpu_us"] for one in runs]
    return {
        **runs[0],
        "cpu_us": statistics.median(cpu),
        "cpu_us_min": min(cpu),
        "cpu_us_max": max(cpu),
        "per_second": statistics.median(one["per_second"] for one in runs),
        "peak_mb": max(one["peak_mb"] for one in runs),
    }


HEAD = ("", "gives", "delivered", "messages/s", "CPU us/message", "min-max", "to ours", "peak MB")


def lines(result: dict[str, Any]) -> list[list[str]]:
    """Return a line of cells for each player; ratios are of CPU time to the first one."""
    rows = result["rows"]
    first = next(iter(rows.values()))
    made = []
    for name, row in rows.items():
        shown = f"**{name}**" if name.startswith("ours") else name
        kind = result["kinds"][name]
        if row["status"] != "ok":
            made.append([shown, kind, row["status"], *[""] * 5])
            continue
        made.append(
            [
                shown,
                kind,
                f"{row['delivered']:,}",
                f"{row['per_second']:,.0f}",
                microseconds(row["cpu_us"]),
                f"{microseconds(row['cpu_us_min'])}-{microseconds(row['cpu_us_max'])}",
                f"{row['cpu_us'] / first['cpu_us']:.2f}x" if first["status"] == "ok" else "",
                f"{row['peak_mb']:.0f}",
            ]
        )
    return made


def about(name: str, result: dict[str, Any]) -> str:
    """Say what was played, and how much the rounds differ."""
    return f"{name}: {result['messages']:,} recorded messages; {rounds(result)}."


def notes(result: dict[str, Any]) -> list[str]:
    """Say which players failed or could not be measured, and which ran on something else."""
    rows = result["rows"]
    usual = next((row["python"] for row in rows.values() if row["status"] == "ok"), None)
    made = reasons(result)
    for name, row in rows.items():
        if row["status"] == "ok" and row["python"] != usual:
            version = row["python"]
            made.append(f"- {name}: on {version if ' ' in version else f'Python {version}'}")
    return made
