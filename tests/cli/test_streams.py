"""``streams`` and ``completion``: what there is, without a server."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import shtab

from binance_streams import CATALOG
from binance_streams_cli.completion import SHELLS
from binance_streams_cli.main import COMMANDS
from tests.cli.conftest import Run
from tests.project.paths import python, run
from tests.support.limits import LIMIT


def test_all_streams_are_listed(command: Run) -> None:
    """With their names, methods and speeds."""
    ran = command("streams")
    lines = ran.out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [type.template for type in CATALOG]
    listed = json.loads(command("streams", "--output", "json").out)
    assert [one["key"] for one in listed] == [type.key for type in CATALOG]


@pytest.mark.parametrize("name", ["kline", "btcusdt@kline_1m", "<symbol>@kline_<interval>"])
def test_a_stream_is_described(command: Run, name: str) -> None:
    """By any of its names: its parameters, its fields, an example and its page."""
    shown = command("streams", name).out
    for text in (
        "client.kline(symbol, interval)",
        "1s, 1m, 3m",
        "binance-streams watch 'btcusdt@kline_1s'",
        "https://",
        "can be fetched: --fill",
        "kline.close ",
        "Price of its last trade so far.",
    ):
        assert text in shown


def test_every_stream_can_be_described(command: Run) -> None:
    for type in CATALOG:
        ran = command("streams", type.key)
        assert ran.out.startswith(f"{type.template}  {type.title}\n")


def test_a_terminal_without_the_letters_is_no_error(server: str) -> None:
    """The label of a secret stream has one that is not ASCII."""
    given = f"watch {'A' * 64} --output table -n 1 --for 1s --server {server}"
    done = run(
        "env", "PYTHONIOENCODING=ascii", sys.executable, "-m", "binance_streams", *given.split()
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert "AAAA?" in done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_is_a_script_for_the_shell(command: Run, shell: str) -> None:
    """With every command, and where the shell allows it with the names of streams."""
    ran = command("completion", shell)
    if shell not in shtab.SUPPORTED_SHELLS:
        # Of the lowest version that is allowed.
        assert "needs a newer shtab" in ran.err
        return
    script = ran.out
    for name in COMMANDS:
        assert name in script
    if shell != "tcsh":
        assert "@aggTrade" in script
    if shutil.which(shell) is not None and shell != "tcsh":
        subprocess.run([shell, "-n"], input=script, text=True, check=True, timeout=LIMIT)


# What has been typed, and what must be among the answers.
TYPED = (
    ("binance-streams wat", {"watch"}),
    ("binance-streams watch btcusdt@tra", {"btcusdt@trade"}),
    ("binance-streams watch ethusdt@trade btcusdt@depth5", {"btcusdt@depth5@100ms"}),
    ("binance-streams record !mini", {"!miniTicker@arr"}),
    ("binance-streams watch --output j", {"json"}),
)


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_names_of_streams(command: Run, tmp_path: Path) -> None:
    script = tmp_path / "completion"
    script.write_text(command("completion", "bash").out, encoding="utf-8")
    typed = "\n".join(
        f"COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n"
        "_shtab_binance_streams; echo ${COMPREPLY[@]}"
        for words, _ in TYPED
    )
    done = subprocess.run(
        ["bash", "--norc"], input=f"source {script}\n{typed}\n", text=True, check=True,
        timeout=LIMIT, capture_output=True,
    )  # fmt: skip
    answers = [set(line.split()) for line in done.stdout.splitlines()]
    for (_, expected), answer in zip(TYPED, answers, strict=True):
        assert expected <= answer


def test_help_loads_nothing_that_takes_time() -> None:
    """As a shell asks for it again and again; help and usage errors need no client."""
    program = (
        "import sys\n"
        "from binance_streams_cli.main import COMMANDS, main\n"
        "main(['--help'])\n"
        "main(['watch', '--help'])\n"
        "main(['wach'])\n"
        "slow = {'msgspec', 'rich', 'shtab', 'ssl', 'asyncio', 'binance_streams'}\n"
        "assert not slow & set(sys.modules), slow & set(sys.modules)\n"
        "main(['streams'])\n"
        "slow = {'rich', 'shtab', 'asyncio', 'websockets', 'polars', 'pyarrow'}\n"
        "assert not slow & set(sys.modules), slow & set(sys.modules)\n"
    )
    done = python("-c", program)
    assert done.returncode == 0, done.stderr
