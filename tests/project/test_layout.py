"""Who may know whom, how large a file may be, and what generated/ may hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project.paths import ROOT

RUNTIME = ROOT / "runtime" / "binance_streams_runtime"
MAX_LINES = 400

# Each folder with the modules that nothing in it may import: arrows point one way.
FORBIDDEN = {
    "runtime": {
        *("binance_streams", "binance_streams_cli", "binance_streams_simulator"),
        *("binance_streams_relay", "binance_streams_sinks", "codegen", "tests"),
    },
    **{
        path.parent.relative_to(ROOT).as_posix(): {
            *("binance_streams_simulator", "binance_streams_relay", "codegen", "tests"),
        }
        for path in (ROOT / "generated").glob("*/_venue.py")
    },
    "generated/conformance": {"codegen", "tests"},
    "simulator": {"binance_streams_relay", "codegen", "tests", "conformance"},
    "relay": {"binance_streams_cli", "binance_streams_sinks", "codegen", "tests"},
    "codegen": {"binance_streams", "binance_streams_simulator", "binance_streams_runtime", "tests"},
    "cli": {"codegen", "tests"},
    "sinks": {
        *("binance_streams_simulator", "binance_streams_relay", "binance_streams_cli"),
        *("codegen", "tests"),
    },
}

# What these folders hold takes the time and the bytes as arguments, and touches nothing itself.
PURE = (
    *("protocol", "decoding", "pipeline", "order_book", "candles", "account"),
    *("session", "recording", "messaging", "engine.py", "engine_inputs.py"),
    *("rest/ledger.py", "rest/answers.py", "rest/schedule.py"),
)
TOUCHING = {"asyncio", "random", "select", "selectors", "socket", "ssl", "threading", "time"}

# The folders of the runtime from the bottom up: each imports only those before it.
LAYERS = (
    "catalog",
    "protocol",
    "decoding",
    "pipeline",
    "order_book",
    "candles",
    "account",
    "tables",
    "session",
    "recording",
    "messaging",
    "transport",
    "rest",
    "signing",
    "storage",
    "driver",
    "jetstream",
    "client",
    "metrics",
    "sync",
    "asyncio",
    "compat",
)

# The phases of the generator, and what each may import.
PHASES = {
    "read": (),
    "check": ("read",),
    "model": ("read",),
    "render": ("model",),
    "draft": ("read", "check", "model", "load"),
}

HAND_WRITTEN = ("cli", "codegen", "examples", "relay", "runtime", "simulator", "sinks", "tests")


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_imports_point_one_way(folder: str) -> None:
    """generated -> runtime, simulator -> generated, and nothing -> codegen."""
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        # What is copied into generated/ is looked at there.
        if not path.is_relative_to(ROOT / "codegen" / "static")
        for name in _imported(path)
        if name.split(".")[0] in FORBIDDEN[folder]
    ]
    assert wrong == []


def test_generated_code_imports_one_module_of_the_runtime() -> None:
    """And the parts that few need their own, which load nothing unless used."""
    found = {
        (path.name, name)
        for path in sorted((ROOT / "generated").rglob("*.py"))
        for name in _imported(path)
        if name.startswith("binance_streams_runtime")
    }
    modules = {name for _, name in found}
    assert modules == {
        "binance_streams_runtime.generated_api",
        "binance_streams_runtime.async_api",
        "binance_streams_runtime.candles_api",
        "binance_streams_runtime.catalog_api",
        "binance_streams_runtime.compat_api",
        "binance_streams_runtime.recording_api",
        "binance_streams_runtime.tables_api",
        "binance_streams_runtime.metrics_api",
    }
    assert {file for file, name in found if name.endswith("compat_api")} == {"compat.py"}
    assert {file for file, name in found if name.endswith("metrics_api")} == {"metrics.py"}
    assert {file for file, name in found if name.endswith("async_api")} == {
        *("__init__.py", "_async_account.py", "_async_client.py"),
    }
    assert {file for file, name in found if name.endswith("recording_api")} == {
        *("__init__.py", "_recording.py"),
    }
    assert {file for file, name in found if name.endswith("tables_api")} == {
        *("__init__.py", "_columns.py"),
    }


@pytest.mark.parametrize("phase", PHASES)
def test_each_phase_of_the_generator_imports_those_before_it(phase: str) -> None:
    allowed = {phase, *PHASES[phase]}
    for path in sorted((ROOT / "codegen" / phase).rglob("*.py")):
        for name in _imported(path):
            if name.startswith("codegen."):
                assert name.split(".")[1] in allowed, f"{path.name} imports {name}"


@pytest.mark.parametrize("part", PURE)
def test_what_is_pure_touches_nothing(part: str) -> None:
    """No clock, no socket and no thread, however far away, so simulated time can test it."""
    path = RUNTIME / part
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    assert files
    modules = [_module(file) for file in files]
    for module, name in _closure(modules):
        assert name.split(".")[0] not in TOUCHING, f"{module} imports {name}"


def test_what_is_not_pure_is_seen_from_afar() -> None:
    """So that the test above can fail: this module waits in a thread, and imports the queue."""
    found = {name for _, name in _closure(["binance_streams_runtime.sync.client"])}
    assert {"threading", "socket", "selectors", "ssl", "time"} <= found


@pytest.mark.parametrize("folder", LAYERS)
def test_folders_of_the_runtime_stand_on_each_other(folder: str) -> None:
    """What is in a folder of the runtime knows only the folders below it."""
    above = {f"binance_streams_runtime.{name}" for name in LAYERS[LAYERS.index(folder) + 1 :]}
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((RUNTIME / folder).rglob("*.py"))
        for name in _imported(path)
        if ".".join(name.split(".")[:2]) in above
    ]
    assert wrong == []


def test_the_page_lists_every_folder_of_the_runtime_in_this_order() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = page.partition("\n## The runtime\n")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `(\w+)/` \|", table, re.MULTILINE)
    assert listed == list(LAYERS)
    folders = {path.name for path in RUNTIME.iterdir() if (path / "__init__.py").exists()}
    assert folders == set(LAYERS)


def test_simulated_accounts_know_no_protocol() -> None:
    """Requests, answers and connections are in the folders that use them."""
    above = {f"binance_streams_simulator.{name}" for name in ("api", "rest", "server", "simulator")}
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / "simulator").glob("*/accounts/*.py"))
        for name in _imported(path)
        if ".".join(name.split(".")[:2]) in above
    ]
    assert wrong == []


def test_runtime_knows_no_stream() -> None:
    """No name of a stream is written in the runtime's code: streams are data to it."""
    keys = {path.stem for path in (ROOT / "spec" / "spot" / "streams").glob("*.yaml")}
    known = [
        f"{path.name} knows {node.value}"
        for path in sorted(RUNTIME.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in keys
    ]
    assert known == []


def test_files_are_short() -> None:
    """A hand-written module does one thing."""
    long = {}
    for folder in HAND_WRITTEN:
        for path in (ROOT / folder).rglob("*.py"):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > MAX_LINES:
                long[str(path.relative_to(ROOT))] = lines
    assert long == {}


def test_no_file_names_this_machine() -> None:
    """No absolute path of a home or working folder is in what is written by hand."""
    wrong = [
        str(path.relative_to(ROOT))
        for folder in HAND_WRITTEN
        for path in (ROOT / folder).rglob("*.py")
        if str(ROOT) in path.read_text(encoding="utf-8")
    ]
    assert wrong == []


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module


def _module(path: Path) -> str:
    """The name by which a file of the runtime is imported."""
    parts = path.relative_to(RUNTIME.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _closure(modules: list[str]) -> Iterator[tuple[str, str]]:
    """Every import that these modules of the runtime lead to, with the module that has it."""
    seen, waiting = set(modules), list(modules)
    while waiting:
        module = waiting.pop()
        for name in _imported_modules(_file(module)):
            yield module, name
            if name.startswith("binance_streams_runtime") and name not in seen:
                seen.add(name)
                waiting.append(name)


def _imported_modules(path: Path) -> Iterator[str]:
    """As ``_imported``; a module that is imported by ``from`` its folder is one, too."""
    yield from _imported(path)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name for name in names if _file(name).is_file())


def _file(module: str) -> Path:
    path = RUNTIME.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
