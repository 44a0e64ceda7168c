"""docs/cli.md names every command, option and status, and its examples are right."""

from __future__ import annotations

import argparse
import re
import shlex

import pytest

from binance_streams_cli import status
from binance_streams_cli.main import COMMANDS, command_parser
from tests.project.paths import ROOT

PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
PAGES = [
    page.read_text(encoding="utf-8")
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
]
# What is explained where it comes from.
ELSEWHERE = {"serve", "doctor", "new-stream"}
EXAMPLES = [
    line
    for text in PAGES
    for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
    if line.startswith("binance-streams ")
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_accepted(example: str) -> None:
    """Up to what the shell does with their output."""
    given = re.split(r"\s[|>#]", example)[0]
    _, name, *arguments = shlex.split(given)
    command_parser(name).parse_args(arguments)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_explained(name: str) -> None:
    assert f"`{name}`" in PAGE
    if name in ELSEWHERE:
        return
    section = next(
        part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
        if name in part.splitlines()[0].split(", ")
    )  # fmt: skip
    options = [
        option
        for action in command_parser(name)._actions
        if not isinstance(action, argparse._HelpAction)
        for option in action.option_strings
    ]
    # --market is at the top, as all have it.
    assert [option for option in options if option not in section] in ([], ["--market"])


def test_every_status_is_explained() -> None:
    codes = {value for name, value in vars(status).items() if name.isupper()}
    assert codes == {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)}
