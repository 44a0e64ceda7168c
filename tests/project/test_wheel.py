"""The wheel is what users get: built, installed beside nothing else, and used."""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from pathlib import Path

import pytest

from tests.project.paths import ROOT, python, run

pytestmark = pytest.mark.slow

GENERATED = sorted(path.parent.name for path in (ROOT / "generated").glob("*/_venue.py"))
PACKAGES = (
    *GENERATED,
    *("binance_streams_cli", "binance_streams_runtime"),
    *("binance_streams_relay", "binance_streams_simulator", "binance_streams_sinks"),
)
# Alone, as pytest loads it for every suite: see its first lines.
PLUGIN = "_binance_streams_pytest_plugin"

USE = """
import pathlib
import sys
import binance_streams
import binance_streams_simulator
import binance_streams_us
from binance_streams import CATALOG, Client, Ed25519Key, HmacKey, SetupError, decode, encode
from binance_streams.compat import SpotWebsocketStreamClient

assert pathlib.Path(binance_streams.__file__).is_relative_to(sys.prefix), binance_streams.__file__
raw = '{"e":"trade","E":1,"s":"BNBBTC","t":2,"p":"0.10","q":"3","T":4,"m":true,"M":true}'
trade = decode(raw, "bnbbtc@trade")
assert str(trade.price) == "0.10" and trade.trade_id == 2 and trade.is_buyer_maker is True
assert encode(trade) == raw.replace(',"M":true', "").encode()
with binance_streams_simulator.Simulator() as simulator, Client(simulator.url) as client:
    assert client.trade("bnbbtc").get(timeout=30).symbol == "BNBBTC"
    mine = simulator.demo_account
    # HMAC keys need nothing that is not there; others say what they need.
    state = client.account(HmacKey(mine.api_key, mine.secret)).state(30)
    assert state.balances["BTC"].free == 1, state
    try:
        Ed25519Key("key", "-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----\\n")
    except SetupError as error:
        assert "binance-streams[account]" in str(error), error
    else:
        raise AssertionError("cryptography is installed")
    with SpotWebsocketStreamClient(simulator.url) as old:
        old.trade("bnbbtc")
with (
    binance_streams_simulator.Simulator(market=binance_streams_us) as simulator,
    binance_streams_us.Client(simulator.url) as client,
):
    assert client.trade("bnbbtc").get(timeout=30).buyer_order_id > 0
print(*(type.key for type in CATALOG))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without the network."""
    folder = tmp_path_factory.mktemp("dist")
    built = python("-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def interpreter(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that has the wheel and what it depends on, no more."""
    folder = tmp_path_factory.mktemp("environment")
    assert python("-m", "venv", "--without-pip", folder).returncode == 0
    found = folder / "bin" / "python"
    options = ["--no-index", "--no-deps", "--disable-pip-version-check"]
    installed = python("-m", "pip", "--python", found, "install", *options, wheel)
    assert installed.returncode == 0, installed.stderr
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = folder / "lib" / version / "site-packages"
    # Nothing is downloaded in a test: the dependencies are those of this environment.
    for name in ("msgspec", "websocket", "websockets"):
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        (packages / name).symlink_to(Path(spec.origin).parent)
    return found


def test_wheel_works_from_an_empty_folder(interpreter: Path, tmp_path: Path) -> None:
    """The installed package decodes, encodes, streams, and lists its catalog."""
    result = run(interpreter, "-I", "-W", "error", "-c", USE, folder=tmp_path)
    assert result.returncode == 0, result.stderr
    specs = (ROOT / "spec" / "spot" / "streams").glob("*.yaml")
    assert result.stdout.split() == sorted(path.stem for path in specs)


def test_wheel_says_that_it_is_typed(wheel: Path) -> None:
    """Each package ships its py.typed, so type checkers look into it (PEP 561)."""
    names = zipfile.ZipFile(wheel).namelist()
    missing = [package for package in PACKAGES if f"{package}/py.typed" not in names]
    assert missing == [], f"not under packages in pyproject.toml: add {missing}"


def test_wheel_holds_the_packages_only(wheel: Path) -> None:
    """Nothing of the generator or the tests is installed at users'."""
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        *PACKAGES,
        f"{PLUGIN}.py",
    }, "packages in pyproject.toml lists what the wheel holds: add what is missing there"


def test_wheel_names_its_command_and_its_plugin_to_pytest(wheel: Path) -> None:
    """The plugin is the module that gives the fixture ``binance_simulator``."""
    archive = zipfile.ZipFile(wheel)
    (listed,) = (name for name in archive.namelist() if name.endswith("/entry_points.txt"))
    points = archive.read(listed).decode().split()
    assert " ".join(points) == (
        "[console_scripts] binance-streams = binance_streams_cli.main:main "
        f"[pytest11] binance_simulator = {PLUGIN}"
    )


def test_wheel_has_the_command_without_rich(interpreter: Path, tmp_path: Path) -> None:
    """Without the extra, a table is refused with how to install it, and the rest works."""
    command = interpreter.parent / "binance-streams"
    result = run(command, "watch", "--server", "simulator", "btcusdt@trade", "-n", "2")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.count('"stream":"btcusdt@trade"') == 2


def test_wheel_depends_on_two_packages(wheel: Path) -> None:
    """msgspec and websocket-client; everything else only if it is asked for."""
    archive = zipfile.ZipFile(wheel)
    (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
    lines = archive.read(metadata).decode().splitlines()
    listed = [line for line in lines if line.startswith("Requires-Dist:")]
    assert sorted(line for line in listed if "extra ==" not in line) == [
        "Requires-Dist: msgspec>=0.18.6",
        "Requires-Dist: websocket-client>=1.0.0",
    ]
    extras = {line.partition("extra == ")[2].strip("'") for line in listed} - {""}
    assert extras == {
        *("account", "arrow", "cli", "kafka", "metrics", "nats", "pandas", "polars", "record"),
        *("redis", "relay", "simulator"),
    }
