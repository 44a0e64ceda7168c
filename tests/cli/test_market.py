"""What ``--market`` may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from binance_streams_cli.market import Market


@pytest.mark.parametrize(
    ("name", "package"),
    [
        (None, "binance_streams"),
        ("us", "binance_streams_us"),
        ("binance_us", "binance_streams_us"),
        ("made_up_futures", "binance_streams_made_up_futures"),
        ("binance_streams_made_up_futures", "binance_streams_made_up_futures"),
    ],
)
def test_a_market_has_a_short_name_and_those_of_its_folder_and_package(
    name: str | None, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "binance_streams_made_up_futures"
    made.mkdir()
    (made / "__init__.py").write_text("CATALOG = VENUE = None\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert Market(name).package == package
