"""The command that drafts the spec of a stream: where it finds the generator."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from binance_streams_cli import new_stream
from tests.cli.conftest import Run
from tests.project.paths import ROOT

PAYLOAD = '{"e": "x", "E": 1562305380000, "s": "BTCUSDT"}'


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone in whose folder the command is run, with a message in it."""
    for folder in ("codegen", "runtime"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    shutil.copytree(ROOT / "spec", tmp_path / "spec")
    (tmp_path / "message.json").write_text(PAYLOAD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_spec_is_written_in_the_clone_around(
    clone: Path, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of messages is the one that the working folder has."""
    inner = clone / "docs"
    inner.mkdir()
    monkeypatch.chdir(inner)
    ran = command("new-stream", "../message.json", "--name", "btcusdt@x", "--market", "us")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == f"wrote spec/binance_us/streams/x.yaml in {clone}"
    assert (clone / "spec" / "binance_us" / "streams" / "x.yaml").exists()


def test_the_generators_exit_status_is_the_commands(clone: Path, command: Run) -> None:
    ran = command("new-stream", "message.json", market="binance_streams_us")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("binance-streams new-stream: message.json: the messages do not say ")


def test_outside_of_a_clone_it_says_what_it_needs(
    command: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As installed from a wheel, which has neither the spec nor the generator."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(new_stream, "__file__", str(tmp_path / "a" / "b" / "new_stream.py"))
    ran = command("new-stream", "message.json")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == (
        "binance-streams new-stream: it needs the spec and its generator, which only a clone of "
        "the repository has: run it in the folder of one\n"
    )


def test_a_clone_without_its_environment_says_how_to_set_it_up(
    clone: Path, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the interpreter that runs the command lacks what the generator imports."""
    monkeypatch.setattr(new_stream, "_NEEDED", ("no_such_module",))
    ran = command("new-stream", "message.json")
    assert (ran.status, ran.out) == (1, "")
    assert f"run `make generate` in {clone}, once" in ran.err


def test_the_clones_own_environment_is_used(clone: Path, command: Run) -> None:
    """It has what the generator imports, whatever runs the command."""
    own = clone / ".venv" / "bin"
    own.mkdir(parents=True)
    script = own / "python"
    script.write_text('#!/bin/sh\necho "$@"\n')
    script.chmod(0o755)
    ran = command("new-stream", "message.json", "--key", "y")
    assert ran.out == f"-m codegen.draft message.json --root={clone} --market=spot --key=y\n"
