"""What is in deploy/ is understood by what reads it, and uses options that there are."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from binance_streams_cli.main import command_parser
from tests.project.paths import ROOT
from tests.support.limits import LIMIT
from tests.support.nats_server import MISSING, nats_server_program

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
PROGRAM = "/opt/binance-streams/bin/binance-streams"
SECRETS = {"NATS_COLLECTOR_PASSWORD": "one", "NATS_READER_PASSWORD": "two"}


def _expanded(text: str) -> str:
    """A text of Compose with the variables of the environment in it."""
    return re.sub(r"\$\{(\w+):\?\}", lambda found: SECRETS[found[1]], text)


COMMANDS = {
    name: [_expanded(word) for word in service["command"]]
    for name, service in COMPOSE["services"].items()
    if service["image"] == "binance-streams"
}


@pytest.mark.parametrize("name", COMMANDS)
def test_services_are_started_by_what_there_is(name: str) -> None:
    command, *arguments = COMMANDS[name]
    options = command_parser(command).parse(arguments)
    url = options.upstream if command == "serve" else options.to
    user = "reader:two" if command == "serve" else "collector:one"
    assert url == f"nats://{user}@nats1,nats2,nats3"


def test_every_volume_is_declared_and_every_file_is_there() -> None:
    found = [one for service in COMPOSE["services"].values() for one in service.get("volumes", ())]
    sources = {one.partition(":")[0] for one in found}
    assert {one for one in sources if one[0] != "."} == {*COMPOSE["volumes"]}
    assert all((DEPLOY / one).is_file() for one in sources if one[0] == ".")
    assert (ROOT / COMPOSE["services"]["relay"]["build"]["dockerfile"]).is_file()


def test_the_image_is_made_of_what_the_wheel_is_made_of() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    copied = re.findall(r"^COPY (\w+) \1$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert copied == project["tool"]["hatch"]["build"]["dev-mode-dirs"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_units_start_what_there_is(unit: Path) -> None:
    (line,) = re.findall(r"^ExecStart=(.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    line = line.replace("${LOG}", "nats://host").replace("$STREAMS", "--group main")
    program, command, *arguments = shlex.split(line.replace("${UPSTREAM}", "production"))
    assert program == PROGRAM
    command_parser(command).parse(arguments)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_understands_the_units(unit: Path, tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("NO UNIT IS VERIFIED: systemd-analyze is not installed")
    # It looks whether the program is there.
    copied = tmp_path / unit.name
    text = unit.read_text(encoding="utf-8")
    copied.write_text(text.replace(PROGRAM, str(shutil.which("true"))), encoding="utf-8")
    ran = subprocess.run(
        [verify, "verify", "--man=no", copied], capture_output=True, text=True, timeout=LIMIT
    )
    wrong = [line for line in ran.stderr.splitlines() if unit.name in line]
    assert wrong == []


def test_nats_understands_its_configuration() -> None:
    program = nats_server_program()
    if program is None:
        pytest.skip(MISSING)
    environment = {**os.environ, "NATS_NAME": "nats1", **SECRETS}
    ran = subprocess.run(
        [program, "-t", "--config", DEPLOY / "nats.conf"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=LIMIT,
    )
    assert ran.returncode == 0, ran.stderr
