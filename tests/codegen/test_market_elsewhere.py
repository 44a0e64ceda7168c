"""A market whose specs lie outside this tree: generated, imported, served, and conforming."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.read.markets import all_markets
from codegen.render.output import existing
from tests.codegen.conftest import ROOT

pytestmark = pytest.mark.slow

SPEC = ROOT / "tests" / "codegen" / "usdm_futures"
MARKETS = [market.name for market in all_markets(ROOT)]

USE = """
import logging
import time
from decimal import Decimal
from urllib.request import urlopen

import msgspec
import pytest

import binance_streams_usdm as usdm
from binance_streams_simulator import Simulator

with pytest.raises(TypeError, match="unexpected keyword argument 'time_unit'; allowed: server, "):
    usdm.Client(time_unit="microsecond")
assert (usdm.VENUE.shutdown, usdm.VENUE.time_units) == (None, None)
assert usdm.VENUE.limits.messages_per_second == 10
assert usdm.VENUE.limits.request_ids == "unsigned"

logging.getLogger("binance_streams").setLevel(logging.ERROR)
notices = []
with (
    Simulator(market=usdm, speed=20) as simulator,
    usdm.Client(simulator.url, on_notice=notices.append) as client,
):
    prices = client.mark_price("BTCUSDT", speed=1000)
    depth = client.diff_book_depth("BTCUSDT", speed=100)
    price = prices.get(30)
    assert (type(price), price.symbol) == (usdm.MarkPrice, "BTCUSDT"), price
    assert type(price.mark_price) is Decimal
    first, second = depth.get(30), depth.get(30)
    assert second.previous_update_id == first.last_update_id
    assert [type(item) for item in client.all_mark_prices().get(30)][:1] == [usdm.MarkPrice]
    urls = sorted(notice.url for notice in notices if isinstance(notice, usdm.Connected))
    assert urls == [f"{simulator.url}/market/stream", f"{simulator.url}/public/stream"], urls
    names = ["!markPrice@arr", "btcusdt@depth@100ms", "btcusdt@markPrice@1s"]
    assert sorted(client.list_subscriptions()) == names
    with pytest.raises(usdm.ParameterError, match="method: got 'GET_PROPERTY'; allowed: 'SUBSCR"):
        client.get_property("combined")
    with pytest.raises(ValueError, match="Binance USD-M Futures announces no shutdown"):
        simulator.shutdown_notice()
    simulator.skip_events("btcusdt@depth@100ms", 1)
    for item in depth.with_notices():
        if isinstance(item, usdm.Gap):
            break
    assert simulator.violations == []
    with urlopen(f"{simulator.rest_url}/fapi/v1/depth?symbol=BTCUSDT&limit=50") as response:
        snapshot = msgspec.json.decode(response.read())
        assert response.headers["X-MBX-USED-WEIGHT-1M"] == "2"
    assert len(snapshot["bids"]) == len(snapshot["asks"]) == 50
    # Ids are left out between two updates, and each says what it follows.
    updates = [depth.get(30) for _ in range(30)]
    assert any(each.first_update_id > each.previous_update_id + 1 for each in updates)
    # A book of them, while a subscription has them as well.
    book = client.order_book("BTCUSDT", speed=100, depth=1000)
    for is_last in (False, True):
        book.wait(30)
        seen = book.last_update_id
        while book.last_update_id < seen + 100 or book.state != "synced":
            time.sleep(0.01)
        view = book.top(20)
        assert view.state == "synced"
        _, bids, asks = simulator.order_book("BTCUSDT", view.update_id)
        for levels, truth in ((view.bids, bids), (view.asks, asks)):
            true_levels = [tuple(map(Decimal, level)) for level in truth[:20]]
            assert [tuple(level) for level in levels] == true_levels
        if not is_last:
            simulator.skip_events("btcusdt@depth@100ms", 1)
            while not any(isinstance(notice, usdm.BookResynced) for notice in notices):
                time.sleep(0.01)
print("used")
"""


def run(folder: Path, *arguments: object, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """A command in an empty folder, with what was generated in ``folder`` on the path."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, [folder, root])),
    }
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )


def generate(spec: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run(spec.parent, "-m", "codegen", "--spec", spec, "--out", out, *options)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("elsewhere")
    done = generate(SPEC, folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{folder.as_posix()}/binance_streams_usdm/_client.py\n" in done.stdout
    return folder


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A copy of the specs that a test may change."""
    return Path(shutil.copytree(SPEC, tmp_path / "USDM futures"))


def test_its_client_and_the_simulator_have_what_the_market_has(out: Path) -> None:
    """Two paths, no time unit, no shutdown, no properties, ten messages a second."""
    done = run(out, "-W", "error", "-c", USE)
    assert (done.stdout, done.stderr) == ("used\n", "")


def test_it_conforms(out: Path) -> None:
    done = run(out, "-m", "pytest", "-q", "-p", "no:cacheprovider", out / "conformance")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout


def test_it_has_no_module_for_the_old_connector(out: Path) -> None:
    done = run(out, "-c", "import binance_streams_usdm.compat")
    assert "No module named 'binance_streams_usdm.compat'" in done.stderr


def test_what_it_does_not_have_is_not_in_its_types(out: Path) -> None:
    client = (out / "binance_streams_usdm" / "_client.py").read_text(encoding="utf-8")
    assert "Unpack[ClientOptions[" in client
    assert "TimedClientOptions" not in client


def test_the_simulator_is_started_by_the_name_of_the_package(out: Path) -> None:
    options = ["--market", "binance_streams_usdm", "--server", "nowhere"]
    done = run(out, "-m", "binance_streams_simulator", *options)
    assert done.returncode == 1
    assert "server: got 'nowhere'; allowed: 'production', 'testnet'" in done.stderr


def test_the_simulator_says_where_the_streams_of_each_path_are(out: Path) -> None:
    code = """
from binance_streams_simulator.__main__ import _example_targets
from binance_streams_simulator.package import GeneratedPackage
print(*_example_targets(GeneratedPackage("binance_streams_usdm")))
"""
    assert run(out, "-c", code).stdout.split() == [
        "/market/stream?streams=!markPrice@arr@1s",
        "/public/stream?streams=btcusdt@depth",
    ]


def test_generating_again_would_change_nothing(out: Path) -> None:
    checked = generate(SPEC, out, "--check")
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_a_difference_is_reported_and_the_files_of_others_are_left_alone(
    spec: Path, out: Path, tmp_path: Path
) -> None:
    """Among the market's own files those of a stream that is gone are deleted."""
    copy = Path(shutil.copytree(out, tmp_path / "out"))
    (copy / "mine.py").write_text("mine = 1\n")
    (copy / "docs" / "mine.md").write_text("Mine.\n")
    (spec / "streams" / "all_mark_prices.yaml").unlink()
    checked = generate(spec, copy, "--check")
    assert checked.returncode == 1
    gone = f"{copy.as_posix()}/conformance/usdm_futures/test_all_mark_prices.py"
    assert f"extra: {gone}\n" in checked.stdout
    assert "mine" not in checked.stdout
    assert f"{copy.as_posix()}/ is not what the spec says: generate it again" in checked.stderr
    assert f"{gone}\n" in generate(spec, copy).stdout
    assert not Path(gone).exists()
    assert (copy / "mine.py").exists()
    assert (copy / "docs" / "mine.md").exists()


def test_no_folder_of_the_machine_is_in_what_is_generated(out: Path) -> None:
    for path, content in existing(out).items():
        assert str(SPEC).encode() not in content, path
        assert str(out).encode() not in content, path


def test_a_market_without_a_rest_api_has_no_answers_for_the_simulator(
    spec: Path, tmp_path: Path
) -> None:
    (spec / "order_book.yaml").unlink()
    assert main(["--spec", str(spec), "--out", str(tmp_path / "out")]) == 0
    examples = (tmp_path / "out" / "binance_streams_usdm" / "_examples.py").read_text("utf-8")
    assert "\nREST_EXAMPLES: dict[str, bytes] = {}\n" in examples


MARK_PRICE_PAGE = (
    '"https://developers.binance.com/docs/derivatives/usds-margined-futures/'
    'websocket-market-streams/Mark-Price-Stream"'
)
BROKEN = {
    "package of this tree": (
        "connection.yaml",
        ("package: binance_streams_usdm", "package: binance_streams"),
        "connection.yaml:4:10: package: binance_streams is the package of another market "
        "(generated/binance_streams)",
    ),
    "category that the market lacks": (
        "streams/diff_book_depth.yaml",
        ("category: public", "category: private"),
        "streams/diff_book_depth.yaml:6:11: category: got 'private'; allowed: public, market",
    ),
    "no category, though market is none of them": (
        "connection.yaml",
        ("  market:\n", "  other:\n"),
        "streams/all_mark_prices.yaml:2:1: missing key 'category': the market has no category "
        "market; allowed: public, other",
    ),
    "category without a path": (
        "connection.yaml",
        ("    paths: {raw: /public/ws, combined: /public/stream}\n", ""),
        "connection.yaml:3:1: missing key 'paths': the category public has no paths of its own",
    ),
    "address with a path": (
        "connection.yaml",
        ("wss://fstream.binance.com\n", "wss://fstream.binance.com/public\n"),
        "connection.yaml:9:10: url: got 'wss://fstream.binance.com/public'; allowed: an address "
        "without a path, such as wss://stream.binance.com:9443",
    ),
    "page below no address": (
        "streams/mark_price.yaml",
        (MARK_PRICE_PAGE, "mark-price.md"),
        "streams/mark_price.yaml:5:16: page: mark-price.md is below no address: connection.yaml "
        "has no 'documentation'",
    ),
    "no paths at all": (
        "connection.yaml",
        ("paths: {raw: /public/ws, combined: /public/stream}", "paths: {}"),
        "connection.yaml:19:12: paths: has 0 entries; at least 1 expected",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_reported_with_the_file_as_it_was_given(
    spec: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file, (old, new), problem = BROKEN[name]
    path = spec / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    out = spec.parent / "out"
    assert main(["--spec", str(spec), "--out", str(out)]) == 1
    assert not out.exists()
    assert f"{spec}/{problem}\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--spec", "somewhere"], "--spec and --out go together"),
        (["--spec", "nowhere", "--out", "out"], "--spec: there is no folder nowhere"),
        (["--spec", ".", "--out", "out", "spot"], "--spec is the one market that is generated"),
        (["sport"], f"there is no market 'sport' in spec/; allowed: {', '.join(MARKETS)}"),
    ],
)
def test_a_wrong_command_is_reported(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(options)
    assert message in re.sub(r"\s+", " ", capsys.readouterr().err)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what generating needs, and of nothing that it has made."""
    for folder in ("spec", "runtime"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    return tmp_path


def test_one_market_is_generated_without_the_others(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(tree), "binance_us"]) == 0
    made = {path.name for path in (tree / "generated").iterdir()}
    assert made == {"binance_streams_us", "conformance", "docs", "schemas", "typechecks"}
    for path, content in existing(tree / "generated").items():
        assert content == (ROOT / "generated" / path).read_bytes(), path


def test_two_markets_cannot_have_one_package(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tree / "spec" / "spot" / "connection.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("package: binance_streams_us", "package: binance_streams")
    path.write_text(text.replace("package: binance_streams\n", "package: binance_streams_us\n"))
    assert main(["--root", str(tree)]) == 1
    message = "package: binance_streams_us is the package of another market"
    where = "spec/spot/connection.yaml:4:10"
    assert f"{where}: {message} (spec/binance_us/connection.yaml)" in capsys.readouterr().err
