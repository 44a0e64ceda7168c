"""What README and docs show is true: every Python block runs, and the YAML is a spec."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from binance_streams_simulator import Simulator
from tests.project.paths import LIMIT, ROOT
from tests.project.test_signatures import SIGNATURES
from tests.support.documents import Accounts, busy_accounts

pytestmark = pytest.mark.slow

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = tuple(
    Path(page)
    for page in (
        *("README.md", "docs/accounts.md", "docs/backfill.md", "docs/candles.md"),
        *("docs/convert.md", "docs/frames.md", "docs/metrics.md", "docs/order-book.md"),
        *("docs/recording.md", "docs/redundancy.md", "docs/replay.md"),
    )
)
BLOCKS = [
    pytest.param(block, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, block in enumerate(
        re.findall(
            r"^```python\n(.*?)^```$",
            (ROOT / page).read_text(encoding="utf-8"),
            re.MULTILINE | re.DOTALL,
        )
    )
]

# Runs a block as a script, with every named server being the simulator.
RUN = """
import msgspec, os, runpy, sys
from binance_streams import AsyncClient, Client
url = os.environ["SIMULATOR"]  # by a name: an address is that of a simulator of the block itself
here = {
    "url": url,
    "rest_url": url.replace("ws", "http", 1),
    "rest_elsewhere": {},
    "api_url": url + Client.venue.api.path,
}
servers = tuple(msgspec.structs.replace(server, **here) for server in Client.venue.servers)
Client.venue = AsyncClient.venue = msgspec.structs.replace(Client.venue, servers=servers)
runpy.run_path(sys.argv[1], run_name="__main__")
"""


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    # Faster than the venue, so that every stream speaks within a second.
    with Simulator(speed=20, history=3600) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def accounts(simulator: Simulator) -> Iterator[Accounts]:
    with busy_accounts(simulator) as accounts:
        yield accounts


@pytest.mark.parametrize("block", BLOCKS)
def test_python_block_runs(
    block: str, simulator: Simulator, accounts: Accounts, tmp_path: Path
) -> None:
    """It ends by itself, without an error and without a warning."""
    script = tmp_path / "block.py"
    script.write_text(block, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN, script],
        cwd=tmp_path,
        env=os.environ
        | accounts.give_keys(block, tmp_path)
        # Tables have borders that not every locale can print.
        | {"PYTHONIOENCODING": "utf-8"}
        | {"SIMULATOR": simulator.url.replace("127.0.0.1", "localhost")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr


def test_yaml_block_is_the_stream_that_it_names() -> None:
    """The stream shown is one of the spec, but for its first line and its lifecycle."""
    (block,) = re.findall(r"^```yaml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    first, shown = block.split("\n", 1)
    spec = (ROOT / first.removeprefix("# ")).read_text(encoding="utf-8").splitlines()
    assert shown.splitlines() == [
        line for line in spec if not line.startswith(("# yaml-language-server", "lifecycle:"))
    ]


def test_every_method_is_named() -> None:
    """The README lists the client's methods; those of streams added since may be missing."""
    assert [method for method in SIGNATURES if f"`{method}`" not in README] == []


LINKED = (
    *sorted(page.relative_to(ROOT) for page in (ROOT / "docs").rglob("*.md")),
    *(Path(page) for page in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")),
    *(Path(page) for page in ("examples/README.md", "benchmarks/README.md")),
)


def _anchors(page: Path) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", LINKED, ids=str)
def test_every_link_leads_somewhere(page: Path) -> None:
    """To a file that is there, and to a heading of it."""
    broken = []
    text = (ROOT / page).read_text(encoding="utf-8")
    for file, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", text):
        target = ROOT / page.parent / file if file else ROOT / page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(f"{file}#{anchor}")
    assert broken == []


def test_every_page_is_found_from_the_readme() -> None:
    """A page that nobody finds is not read; those of the design have an index of their own."""
    pages = [f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")]
    assert [page for page in pages if f"]({page}" not in README] == []
