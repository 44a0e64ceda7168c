"""The virtual environment of the peers, and the description of the machine."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "benchmarks"
CAPTURES = ROOT.parent / "shared" / "captures"
VENV = ROOT / ".bench-venv"
ISOLATED = VENV / "isolated"

OUR_PYTHON = sys.executable
PEERS_PYTHON = str(VENV / "bin" / "python")
ORDER_BOOK_PYTHON = str(VENV / "order-book" / "bin" / "python")
"""Of a peer that needs a newer Python than the others, as cryptofeed does."""

NODE_MODULES = VENV / "node" / "node_modules"
CRYPTOFEED_PYTHON = str(VENV / "cryptofeed" / "bin" / "python")

_ORDER_BOOK = HERE / "peers-order-book.txt"
_CRYPTOFEED = HERE / "peers-cryptofeed.txt"
_TARDIS = "tardis-dev@13.35.3"
"""The package of npm; its Python namesake is in peers.txt."""


def make_venv() -> None:
    """Create ``.bench-venv``, or recreate it if its requirements have changed."""
    lists = [HERE / "peers.txt", HERE / "peers-isolated.txt", _ORDER_BOOK, _CRYPTOFEED]
    required = hashlib.sha256(
        sys.version.encode() + _TARDIS.encode() + b"".join(path.read_bytes() for path in lists)
    ).hexdigest()
    stamp = VENV / "made-from"
    if stamp.exists() and stamp.read_text() == required:
        return
    print(f"Making {VENV.name} with the peers (once, some minutes) ...", file=sys.stderr)
    venv.create(VENV, with_pip=True, clear=True)
    pip = [PEERS_PYTHON, "-m", "pip", "--disable-pip-version-check", "-qq", "install"]
    subprocess.run([*pip, "--requirement", str(lists[0])], check=True)
    for requirement in _requirements(lists[1]):
        folder = ISOLATED / requirement.partition("==")[0]
        subprocess.run([*pip, "--no-deps", "--target", str(folder), requirement], check=True)
    _make_newer(ORDER_BOOK_PYTHON, _ORDER_BOOK)
    _make_newer(CRYPTOFEED_PYTHON, _CRYPTOFEED)
    _make_node()
    stamp.write_text(required)


def _make_newer(target: str, requirements: Path) -> None:
    """Install a peer that needs a newer Python, if there is one that it installs for."""
    folder = Path(target).parents[1]
    install = ["-m", "pip", "--disable-pip-version-check", "-qq", "install", "--requirement"]
    for python in _newer_pythons():
        made = subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=False)
        if made.returncode == 0:
            installed = subprocess.run([target, *install, str(requirements)], check=False)
            if installed.returncode == 0:
                return
    shutil.rmtree(folder, ignore_errors=True)


def _make_node() -> None:
    """Install the peer for Node, if there is one."""
    npm = shutil.which("npm")
    if npm is not None:
        folder = NODE_MODULES.parent
        folder.mkdir()
        install = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]
        subprocess.run([*install, _TARDIS], check=False)


def _newer_pythons() -> Iterator[str]:
    """Find Python 3.13, then 3.12, by name or where pyenv keeps its interpreters."""
    for minor in (13, 12):
        named = shutil.which(f"python3.{minor}")
        kept = sorted((Path.home() / ".pyenv" / "versions").glob(f"3.{minor}.*/bin/python"))
        yield from ([named] if named else [])
        yield from map(str, reversed(kept))


def has_order_book() -> bool:
    """Return whether that peer could be installed."""
    return Path(ORDER_BOOK_PYTHON).exists()


def has_cryptofeed() -> bool:
    """Return whether that peer could be installed."""
    return Path(CRYPTOFEED_PYTHON).exists()


def _requirements(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if "==" in line]


def variables(
    isolated: tuple[str, ...], is_ours: bool, authority: Path | None = None
) -> dict[str, str]:
    """Return the environment variables of a contender's process; ours runs from this tree."""
    paths = [str(ROOT), *(str(ISOLATED / name) for name in isolated)]
    if is_ours:
        paths += [str(ROOT / "runtime"), str(ROOT / "generated")]
    names = () if authority is None else ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    trusted = dict.fromkeys(names, str(authority))
    # Users have byte code, so it is written here, too, whatever the machine's habit is.
    inherited = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    return {**inherited, "PYTHONPATH": os.pathsep.join(paths), **trusted}


def cores() -> tuple[int | None, int | None]:
    """Return a core for the server and another one for the contender, if there are two."""
    if not hasattr(os, "sched_getaffinity"):
        return None, None
    allowed = sorted(os.sched_getaffinity(0))
    return (allowed[0], allowed[-1]) if len(allowed) > 1 else (None, None)


def machine() -> dict[str, object]:
    """Describe the machine and the versions."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": list(os.getloadavg()),
        "versions": _versions(),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _versions() -> dict[str, str]:
    script = (
        "import importlib.metadata as m, json;"
        "print(json.dumps({d.metadata['Name']: d.version for d in m.distributions()}))"
    )
    peers = json.loads(subprocess.check_output([PEERS_PYTHON, "-c", script], text=True))
    ours = json.loads(subprocess.check_output([OUR_PYTHON, "-c", script], text=True))
    versions = {"binance-streams": ours["binance-streams"]}
    for requirement in _requirements(HERE / "peers.txt"):
        name = requirement.partition("==")[0]
        versions[name] = {key.replace("_", "-"): value for key, value in peers.items()}[name]
    for requirement in _requirements(HERE / "peers-isolated.txt"):
        name, _, version = requirement.partition("==")
        versions[name] = version
    for has, python, name in (
        (has_order_book(), ORDER_BOOK_PYTHON, "order_book"),
        (has_cryptofeed(), CRYPTOFEED_PYTHON, "cryptofeed"),
    ):
        if has:
            found = json.loads(subprocess.check_output([python, "-c", script], text=True))
            versions[name.replace("_", "-")] = found[name]
    if (NODE_MODULES / "tardis-dev").is_dir():
        versions["tardis-dev (Node)"] = _TARDIS.partition("@")[2]
    for name in ("msgspec", "websocket-client", "polars", "pandas", "pyarrow"):
        versions[f"{name} (ours)"] = ours[name]
    return versions
