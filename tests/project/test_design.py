"""The pages on the design are true where they can be tested, and can be found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from binance_streams_simulator import Simulator
from tests.project.paths import ROOT, python

DESIGN = ROOT / "docs" / "design"
PAGES = sorted(DESIGN.glob("*.md"))

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def test_the_driver_on_the_page_drives_an_engine(tmp_path: Path) -> None:
    """The program as it stands there subscribes, prints three trades, and closes its connection."""
    page = (DESIGN / "engine.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    script = tmp_path / "driver.py"
    script.write_text(program, encoding="utf-8")
    # Faster than the venue, so that trades come soon.
    with Simulator(speed=20) as simulator:
        result = python("-W", "error", script, simulator.url)
        assert (result.returncode, result.stderr) == (0, "")
        reported = result.stdout.splitlines()
        assert [line.partition("(")[0] for line in reported[:4]] == ["Connected", *3 * ["Trade"]]


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)]+)\)", text)]
    local = [target for target in targets if target and "://" not in target]
    assert [target for target in local if not (page.parent / target).exists()] == []


@each_page
def test_what_a_page_names_exists(page: Path) -> None:
    """A file of the runtime is named by its path below the package."""
    named = re.findall(r"`([a-z_]+/[a-z_/]*\.py)`", page.read_text(encoding="utf-8"))
    package = ROOT / "runtime" / "binance_streams_runtime"
    assert [
        name for name in named if not (package / name).exists() and not (ROOT / name).exists()
    ] == []


@each_page
def test_the_index_names_each_page(page: Path) -> None:
    index = (DESIGN / "README.md").read_text(encoding="utf-8")
    assert page.name == "README.md" or f"]({page.name})" in index
