"""``convert`` and ``repair``: what they say of what they did."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.support.recordings import header_of, whole_trade, write_part


def test_convert_says_what_it_wrote(command: Run, tmp_path: Path) -> None:
    """Beside the recording, and nothing is overwritten, unless options say otherwise."""
    folder = tmp_path / "rec"
    write_part(folder, [[whole_trade(number, number / 10) for number in range(10)]])
    given = ("convert", str(folder), "--to", "csv")
    ran = command(*given)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == f"wrote 10 rows of 10 events in 1 file to {tmp_path}/rec-csv\n"
    ran = command(*given)
    assert ran.status == 1
    assert ran.err.endswith("btcusdt@trade.csv exists already: --overwrite replaces it\n")
    ran = command(*given, "--overwrite", "--output", "json", "--until", "2026-11-25T22:20:42.5")
    assert json.loads(ran.out)["rows"] == 6
    assert command(*given, "--stream", "trad").status == 2


def test_repair_says_what_it_repaired(command: Run, tmp_path: Path) -> None:
    """And info says what is to be repaired, and how."""
    lines = [[whole_trade(number, number) for number in range(n, n + 5)] for n in (0, 5)]
    part = write_part(tmp_path, lines)
    part.write_bytes(part.read_bytes()[:-20])
    ran = command("info", str(tmp_path))
    assert "damaged: " in ran.out
    assert f"binance-streams repair {part}" in ran.out
    ran = command("repair", str(tmp_path))
    assert ran.status == 0
    assert f"{part}: the last block is incomplete" in ran.out
    assert ran.out.endswith("1 of 1 files repaired\n")
    assert "damaged" not in command("info", str(tmp_path)).out
    assert json.loads(command("repair", str(tmp_path), "--output", "json").out)[0]["damage"] is None


def test_a_recording_does_not_say_which_module_is_imported(command: Run, tmp_path: Path) -> None:
    write_part(tmp_path, [[whole_trade(1, 1)]], header_of(package="antigravity"))
    for given in (("replay", str(tmp_path)), ("serve", "--port", "0", "--replay", str(tmp_path))):
        ran = command(*given)
        assert ran.status == 1
        assert "is a recording of antigravity: import antigravity before" in ran.err
