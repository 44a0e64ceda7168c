"""The page for contributors can be followed to the letter, and leaves nothing out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.codegen.conftest import remove_streams
from tests.codegen.drafts import STREAMS
from tests.project.paths import LIMIT, NOT_COPIED, ROOT, python

pytestmark = pytest.mark.slow

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The blocks of a language on the page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


EXAMPLE, METHOD = blocks("yaml")
(PAYLOAD,), (DRAFTED,) = blocks("js"), blocks("text")

USE = """
import asyncio

from binance_streams import AsyncClient, Client, MarkPriceUpdate
from binance_streams_simulator import Simulator

with Simulator() as simulator, Client(simulator.url) as client:
    event = client.mark_price("ethusdt").get(timeout=30)
    assert type(event) is MarkPriceUpdate, event
    assert event.symbol == "ETHUSDT"


async def main(url):
    async with AsyncClient(url) as client:
        assert type(await client.mark_price("ethusdt").get(timeout=30)) is MarkPriceUpdate


with Simulator() as simulator:
    asyncio.run(main(simulator.url))
"""


CALL = """
from decimal import Decimal
from typing import get_overloads

from binance_streams import VENUE, Account, Client, FeeDiscount, HmacKey, ParameterError

method = VENUE.api.methods["account.feeDiscounts"]
assert (method.weight({"symbol": "BTCUSDT"}), method.weight({}), method.is_signed) == (2, 10, True)
assert method.result == list[FeeDiscount], method
assert FeeDiscount[Decimal]("BTCUSDT", Decimal("0.25")).discount == Decimal("0.25")
results = [overload.__annotations__["return"] for overload in get_overloads(Account.request)]
assert "list[FeeDiscount[N]]" in results, results
with Client("ws://127.0.0.1:9") as client:
    try:
        client.account(HmacKey("a" * 64, "s" * 64)).request("account.feeDiscounts", symbols=["X"])
    except ParameterError as error:
        assert "symbols" in str(error), error
    else:
        raise AssertionError
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project after the page's first three steps."""
    folder = tmp_path_factory.mktemp("a copy")
    for name in ("codegen", "generated", "runtime", "simulator", "spec", "pyproject.toml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=NOT_COPIED)
        else:
            shutil.copy(source, folder / name)
    # Somebody who tries the page out has the stream already.
    remove_streams(folder / "spec" / "spot", "markPrice@", "MarkPriceUpdate")
    _draft(folder, tmp_path_factory.mktemp("the draft"))
    (folder / "spec" / "spot" / "streams" / "mark_price.yaml").write_text(EXAMPLE, encoding="utf-8")
    _add_method(folder / "spec" / "spot" / "api.yaml")
    generated = python("-m", "codegen", folder=folder)
    assert (generated.returncode, generated.stderr) == (0, "")
    assert (folder / "generated" / "conformance" / "spot" / "test_mark_price.py").exists()
    return folder


def _draft(tree: Path, folder: Path) -> None:
    """Draft the stream, and compare with what is on the page once a person has completed it.

    In a folder with the streams that the page was written with: others change what is drafted.
    """
    for name in ("codegen", "runtime"):
        (folder / name).symlink_to(tree / name)
    markets = {"schema", *(market for market, _ in STREAMS)}
    for path in (tree / "spec").rglob("*.*"):
        market, key = path.relative_to(tree / "spec").parts[0], path.stem
        is_stream = path.parent.name == "streams"
        if (market, key) in STREAMS or (market in markets and not is_stream):
            copied = folder / path.relative_to(tree)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copied)
    (folder / "mark_price.txt").write_text(PAYLOAD, encoding="utf-8")
    options = ("--name", "btcusdt@markPrice@1s", "--root", str(folder))
    drafted = python("-m", "codegen.draft", "mark_price.txt", *options, folder=folder)
    assert (drafted.returncode, drafted.stdout, drafted.stderr) == (0, DRAFTED, "")
    path = folder / "spec" / "spot" / "streams" / "mark_price.yaml"
    draft = path.read_text(encoding="utf-8").splitlines()
    for line, completed in zip(draft, EXAMPLE.splitlines(), strict=True):
        # What one message does not show is a comment.
        if "TODO" not in line and not line.startswith("# Without"):
            assert line == completed


def _add_method(api: Path) -> None:
    """Put each part of the example behind the key that it has."""
    text = api.read_text(encoding="utf-8")
    for key, lines in re.findall(r"^(\w+):\n((?:  .*\n)+)", METHOD, re.MULTILINE):
        assert text.count(f"\n{key}:\n") == 1
        text = text.replace(f"\n{key}:\n", f"\n{key}:\n{lines}")
    api.write_text(text, encoding="utf-8")


def test_the_new_method_is_called_and_conforms(tree: Path) -> None:
    """The example of the page has a typed request, a struct, and conformance tests."""
    _run_in(tree, "-W", "error", "-c", CALL)
    _run_in(
        tree,
        *("-m", "pytest", "-p", "no:cacheprovider", "-k", "feeDiscounts"),
        "generated/conformance/spot/test_api.py",
    )
    for page in ("docs/spot/api.md", "typechecks/spot/inferred/account.py"):
        assert "account.feeDiscounts" in (tree / "generated" / page).read_text(encoding="utf-8")


def test_the_new_stream_streams(tree: Path) -> None:
    """The example of the page has a method, a struct, and events from the simulator."""
    _run_in(tree, "-W", "error", "-c", USE)


def test_the_new_stream_conforms(tree: Path) -> None:
    """Its generated conformance tests pass."""
    _run_in(
        tree,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "generated/conformance/spot/test_mark_price.py",
    )


@pytest.mark.parametrize("schema", ["api", "order_book", "stream", "types"])
def test_every_key_of_the_language_is_explained(schema: str) -> None:
    """Each key of the spec's own schema is on the page."""
    path = ROOT / "spec" / "schema" / f"{schema}.schema.json"
    keys = _keys(json.loads(path.read_text(encoding="utf-8")))
    # The page says of limits that the schema lists them.
    connection = ROOT / "spec" / "schema" / "connection.schema.json"
    keys -= _keys(json.loads(connection.read_text(encoding="utf-8"))["$defs"]["limits"])
    assert sorted(key for key in keys if not re.search(rf"`[^`]*\b{key}\b[^`]*`", PAGE)) == []


def _keys(schema: Any) -> set[str]:
    """The names of all properties, at every level."""
    if isinstance(schema, list):
        return {key for item in schema for key in _keys(item)}
    if not isinstance(schema, dict):
        return set()
    found = {key for item in schema.values() for key in _keys(item)}
    properties = schema.get("properties", {})
    return found | {key for key, item in properties.items() if isinstance(item, dict)}


def _run_in(tree: Path, *arguments: str) -> None:
    """Run this interpreter with the packages of the copy rather than of this tree."""
    packages = [tree / name for name in ("runtime", "generated", "simulator")]
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, packages))},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
