"""What runs at GitHub runs pinned code, may do little, and ends."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.project.paths import ROOT, run

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))

each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def read(path: Any) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def jobs(path: Any) -> dict[str, Any]:
    found: dict[str, Any] = read(path)["jobs"]
    return found


def test_there_are_workflows() -> None:
    assert [path.stem for path in WORKFLOWS] == ["ci", "conformance"]


@each_workflow
def test_actions_are_pinned_by_commit(path: Any) -> None:
    """A tag can be moved; a full SHA cannot. The version beside it is for people and dependabot."""
    uses = re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
    assert uses
    assert [
        use for use in uses if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[\d.]+", use)
    ] == []


@each_workflow
def test_a_workflow_may_do_nothing_and_a_job_may_read(path: Any) -> None:
    assert read(path)["permissions"] == {}
    assert {name: job["permissions"] for name, job in jobs(path).items()} == {
        name: {"contents": "read"} for name in jobs(path)
    }


@each_workflow
def test_credentials_are_not_kept_in_the_tree(path: Any) -> None:
    steps = [step for job in jobs(path).values() for step in job["steps"]]
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert len(checkouts) == len(jobs(path))
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@each_workflow
def test_every_job_ends(path: Any) -> None:
    assert "concurrency" in read(path)
    assert [name for name, job in jobs(path).items() if "timeout-minutes" not in job] == []


@each_workflow
def test_commands_hold_no_expression(path: Any) -> None:
    """What GitHub puts into a command before a shell sees it can be anything; variables cannot."""
    commands = [step.get("run", "") for job in jobs(path).values() for step in job["steps"]]
    assert [command for command in commands if "${{" in command] == []


@each_workflow
def test_targets_exist(path: Any) -> None:
    """Every target that a workflow names is one that `make help` lists."""
    listed = {line.split()[1] for line in run("make", "help").stdout.splitlines()}
    named = set()
    for job in jobs(path).values():
        for step in job["steps"]:
            for command in re.findall(r"^make (.+)$", step.get("run", ""), re.MULTILINE):
                words = re.sub(r'"[^"]*"', "", command).split()
                named |= {word for word in words if re.fullmatch(r"[a-z]+", word)}
    assert named
    assert named <= listed


def test_tests_run_with_every_supported_python() -> None:
    """The lowest is the one of pyproject.toml."""
    versions = jobs(GITHUB / "workflows" / "ci.yml")["test"]["strategy"]["matrix"]["python"]
    assert versions == ["3.11", "3.12", "3.13", "3.14"]
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted((GITHUB / "ISSUE_TEMPLATE").glob("[!c]*.yml")))
def test_issue_forms_have_distinct_fields(path: Any) -> None:
    """GitHub refuses a form whose fields share an id or a label."""
    form = read(path)
    assert {"name", "description", "body"} <= set(form)
    fields = [part for part in form["body"] if part["type"] != "markdown"]
    for names in ([field["id"] for field in fields], [f["attributes"]["label"] for f in fields]):
        assert len(set(names)) == len(names)


def test_hooks_run_what_the_environment_has() -> None:
    """No version of a tool is named beside constraints.txt."""
    (source,) = read(ROOT / ".pre-commit-config.yaml")["repos"]
    assert source["repo"] == "local"
    assert all(hook["entry"].startswith(".venv/bin/python -m ") for hook in source["hooks"])
