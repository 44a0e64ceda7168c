"""A hostile spec gives errors or harmless text, never code (names: see the rules)."""

from __future__ import annotations

import ast
import json

import pytest

from codegen.model.literals import literal
from codegen.render.output import existing
from codegen.render.render import code, docstring, markdown
from tests.codegen.conftest import ROOT, Tree
from tests.codegen.rule import TRADE

# Everything that could end a text, an expression, a cell or a template.
HOSTILE = (
    '"""; import os; os.system("x") # \\" \\\\ \\n \\x00 {{ 7 * 7 }} {% for %} {# #} '
    "''' `code` ``` | <b> [a](javascript:x) <!-- --> ${x} %s \\"
)

# All that generated modules are made of.
ALLOWED = {
    *("Module", "Expr", "Constant", "ImportFrom", "alias", "ClassDef", "FunctionDef", "arguments"),
    *("arg", "keyword", "Assign", "AnnAssign", "Name", "Load", "Store", "Call", "Attribute"),
    *("Subscript", "Tuple", "List", "Dict", "BinOp", "BitOr", "If", "Compare", "Is", "Return"),
}
# Of accounts, besides: error codes, sets of statuses, requests that are awaited.
ACCOUNT = {"AsyncFunctionDef", "Await", "Set", "USub", "UnaryOp"}
# What the package looks up names with on demand, besides; no text of a spec is near it.
LOOKUP = {"Eq", "FormattedValue", "In", "JoinedStr", "Raise", "Set", "Starred"}


def structure(source: str) -> str:
    """The syntax tree without its texts."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            node.value = "text"
    return ast.dump(tree)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What comes of a spec that is allowed, and whose texts try everything."""
    tree = Tree(tmp_path_factory.mktemp("hostile"))
    text = json.dumps(HOSTILE)
    tree.edit("streams/trade.yaml", "title: Trade Streams", f'title: {text[:80]}"')
    tree.edit(
        "streams/trade.yaml",
        "summary: Every single trade, each with one buyer and one seller.",
        f"summary: {text}",
    )
    tree.edit(
        "streams/trade.yaml",
        "summary: One trade between one buyer and one seller.",
        f"summary: {text}",
    )
    tree.edit("streams/trade.yaml", "description: Price.", f"description: {text}")
    tree.edit("streams/avg_price.yaml", '"i": "5m"', f'"i": {text}')
    tree.edit("streams/all_tickers.yaml", "use: <symbol>@ticker or !miniTicker@arr", f"use: {text}")
    tree.edit("types.yaml", "BUY: The order buys.", f"BUY: {text}")
    tree.edit("types.yaml", "summary: Side of an order.", f"summary: {text}")
    tree.edit("connection.yaml", "summary: Production without user data.", f"summary: {text}")
    tree.edit("connection.yaml", "message: Unknown property,", f"message: {text},")
    tree.edit("api.yaml", "summary: Place an order.", f"summary: {text}")
    tree.edit(
        "api.yaml", "description: Whether balances of nothing are left out.", f"description: {text}"
    )
    tree.edit("api.yaml", "Signature for this request is not valid.", text)
    tree.edit("api.yaml", "advice: neither was done", f"advice: {text}")
    tree.edit("api.yaml", '"accountType": "SPOT"', f'"accountType": {text}')
    return tree.outputs()


def test_hostile_texts_change_no_syntax_tree(outputs: dict[str, str]) -> None:
    usual = existing(ROOT / "generated")
    for path, source in outputs.items():
        if path.endswith(".py"):
            assert structure(source) == structure(usual[path].decode()), path


def test_generated_modules_are_made_of_few_kinds_of_nodes(outputs: dict[str, str]) -> None:
    for name in (
        "__init__",
        "_account",
        "_api",
        "_async_account",
        "_async_client",
        "_catalog",
        "_client",
        "_decoding",
        "_examples",
        "_structs",
        "_venue",
        "compat",
    ):
        kinds = {
            type(node).__name__
            for node in ast.walk(ast.parse(outputs[f"binance_streams/{name}.py"]))
        }
        allowed = ALLOWED | {"__init__": LOOKUP, "_api": ACCOUNT, "_async_account": ACCOUNT}.get(
            name, set()
        )
        assert kinds - allowed == set()


def test_hostile_texts_arrive_as_they_were_written(outputs: dict[str, str]) -> None:
    tree = ast.parse(outputs["binance_streams/_structs.py"])
    trade = next(
        node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Trade"
    )
    text = ast.get_docstring(trade) or ""
    assert " ".join(text.split()).startswith(" ".join(HOSTILE.split()))


def test_hostile_texts_leave_json_valid(outputs: dict[str, str]) -> None:
    schema = json.loads(outputs["schemas/spot/trade.schema.json"])
    assert schema["$defs"]["Trade"]["properties"]["p"]["description"] == f"{HOSTILE}."


@pytest.mark.parametrize(
    "text",
    ['"""', '""""', '"', "\\", '\\"', '\\"""', 'a"', "a\\", "{{ x }}", HOSTILE, "x" * 300],
)
def test_a_docstring_can_not_be_ended_by_its_text(text: str) -> None:
    tree = ast.parse(f"def f():\n    {docstring(text, 4)}\n")
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    assert len(function.body) == 1
    assert " ".join((ast.get_docstring(function) or "").split()) == " ".join(text.split())


@pytest.mark.parametrize(
    "value",
    [
        '"',
        "'",
        '"""',
        "\\",
        "\\n",
        "a\nb",
        "\u202e",
        "\x00",
        "币安",
        "é" * 100,
        HOSTILE,
        "word " * 60,
        b'"\xff',
        5,
        -1,
        True,
        None,
        ["a", 1],
        {"a": "b", 1: ""},
        ("a",),
        (),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_literal_is_its_value(value: object) -> None:
    assert ast.literal_eval(literal(value)) == value


def test_what_has_no_literal_is_refused() -> None:
    with pytest.raises(TypeError, match="no literal for object"):
        literal(object())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a | b", r"a \| b"),
        ("<script>", r"\<script\>"),
        ("[a](b)", r"\[a\](b)"),
        ("first_trade_id", "first_trade_id"),
        ("_a_", r"\_a\_"),
        ("a\nb", "a b"),
    ],
)
def test_text_in_markdown_is_no_markup(text: str, expected: str) -> None:
    assert markdown(text) == expected


def test_code_in_markdown_holds_backticks_and_bars() -> None:
    assert (code("a`b"), code("a|b"), code("a``b")) == ("`` a`b ``", r"`a\|b`", "``` a``b ```")


@pytest.mark.parametrize("name", ["__import__", "class", "a;b", "a\nb", "../x"])
def test_names_that_are_no_words_are_refused(tree: Tree, name: str) -> None:
    tree.edit(TRADE, "name: price,", f'name: "{name}",')
    problems = tree.problems()
    assert problems
    assert all(problem.startswith(f"{TRADE}:") for problem in problems)


@pytest.mark.parametrize("name", ["../x.py", "/tmp/x.py"])
def test_no_stream_can_choose_a_file(tree: Tree, name: str) -> None:
    tree.edit(TRADE, "stream: trade\n", f'stream: "{name}"\n')
    assert any(name in problem for problem in tree.problems())


@pytest.mark.parametrize("text", ["\u202e", "\x1b[31m"])
def test_characters_that_nobody_sees_are_refused(tree: Tree, text: str) -> None:
    tree.edit(TRADE, "title: Trade Streams", f"title: Trade {text} Streams")
    assert tree.problems()
