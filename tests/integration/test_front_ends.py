"""The tests of this folder run over both front ends, but for those that say why not.

What is of asyncio alone is tested in ``asyncio/``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent

ONLY_SYNC = """
callbacks/test_callbacks.py::test_an_on_error_that_exits_stops_nothing
callbacks/test_callbacks.py::test_what_would_end_a_thread_is_reported_and_stops_nothing
callbacks/test_run_forever.py::test_in_a_callback_it_raises
callbacks/test_user_code.py::test_what_decides_about_attempts_cannot_ask_the_client
closing/test_closing.py::test_closing_in_a_signal_handler_does_not_hang
processes/test_forks.py::test_a_child_closes_no_descriptor_that_it_has_made_itself
reading/test_frames.py::test_a_subscription_that_ends_without_events_says_their_type
reconnect/test_reasons.py::test_a_thread_that_is_busy
recording/test_recording.py::test_a_forked_child_writes_nothing
"""


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted(set(FOLDER.rglob("*.py")) - set(FOLDER.glob("asyncio/*"))):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield f"{path.relative_to(FOLDER).as_posix()}::{node.name}", node


def reasons(function: ast.FunctionDef) -> list[ast.expr]:
    """Why the test is of the sync client alone: one reason, if it is."""
    return [
        mark.args[0]
        for mark in function.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.sync_only"
    ]


def test_what_is_tested_of_the_sync_client_alone_is_listed_here() -> None:
    """Each with its reason, beside the test."""
    found = {name: reasons(function) for name, function in functions() if reasons(function)}
    assert sorted(found) == ONLY_SYNC.split()
    texts = [ast.literal_eval(reason) for (reason,) in found.values()]
    assert [text for text in texts if len(text) < 20] == []


def test_no_other_test_makes_a_client_of_one_front_end() -> None:
    """They use ``connect`` or ``client_class``, which are of both."""
    making = {
        name
        for name, function in functions()
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).rpartition(".")[2] in ("Client", "AsyncClient")
    }
    assert making - set(ONLY_SYNC.split()) == set()
