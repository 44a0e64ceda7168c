"""The command that drafts a stream: what it reads, what it writes, and what it refuses."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from codegen.__main__ import main as generate
from codegen.draft.__main__ import main
from codegen.draft.files import read_messages
from codegen.draft.messages import DraftError, read_text
from codegen.draft.sequences import guess_sequence
from codegen.load import load_spec
from codegen.read import yaml_source
from codegen.read.markets import chosen_markets
from codegen.read.spec_model import read_stream
from tests.codegen.conftest import ROOT, _reserved
from tests.codegen.drafts import completed

PAYLOADS = ROOT / "tests" / "codegen" / "foreign_messages"
MARK_PRICE = str(PAYLOADS / "mark_price.txt")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _files_are_checked_once: None) -> Path:
    """A copy of what drafting needs."""
    shutil.copytree(ROOT / "spec", tmp_path / "spec")
    (tmp_path / "runtime").symlink_to(ROOT / "runtime")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(root: Path, *arguments: str) -> int:
    return main([*arguments, "--root", str(root)])


def message(name: str, **data: object) -> str:
    return json.dumps({"t": 1, "c": 1, "stream": name, "data": data})


def test_a_draft_is_written_and_what_is_left_is_listed(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each place as the generator will name it."""
    assert run(root, MARK_PRICE, "--name", "btcusdt@markPrice@1s") == 0
    printed = capsys.readouterr().out.splitlines()
    path = "spec/spot/streams/mark_price.yaml"
    assert printed[:2] == [f"wrote {path}", "from 1 message(s) of btcusdt@markPrice@1s"]
    assert printed[2] == "4 place(s) for a person to write or to confirm:"
    assert printed[3] == f"{path}:3:8: title: still TODO: the heading of its page"
    assert printed[-1] == "Once they are done: make generate"
    assert generate(["spot", "--root", str(root)]) == 1
    assert printed[3] in capsys.readouterr().err.splitlines()


def test_a_file_is_never_overwritten(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = root / "spec" / "spot" / "streams" / "mark_price.yaml"
    path.write_text("mine\n")
    assert run(root, MARK_PRICE, "--name", "btcusdt@markPrice@1s") == 2
    assert "spec/spot/streams/mark_price.yaml is there already" in capsys.readouterr().err
    assert path.read_text() == "mine\n"
    assert run(root, MARK_PRICE, "--name", "btcusdt@markPrice@1s", "--key", "mark") == 0
    assert "stream: mark\n" in (path.parent / "mark.yaml").read_text()


def test_messages_come_from_standard_input(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content = message("btcusdt@x", e="x", E=1562305380000).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert run(root, "-") == 0
    assert "wrote spec/spot/streams/x.yaml\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.json"], "nowhere.json: cannot be read: No such file or directory"),
        ([MARK_PRICE], "the messages do not say of which stream they are; say it by --name"),
        ([MARK_PRICE, "--name", "*@x"], "--name: got '*@x', but the messages do not say of which"),
        ([MARK_PRICE, "--name", "a b"], "--name: got 'a b'; allowed: a stream's name as it is"),
        ([MARK_PRICE, "--name", "btcusdt@trade"], "the stream btcusdt@trade is there already"),
        ([MARK_PRICE, "--name", "x@y", "--market", "sport"], "no folder spec/sport; allowed: "),
        ([MARK_PRICE, "--name", "x@y", "--market", "../x"], "--market: got '../x'; allowed: "),
        ([MARK_PRICE, "--name", "x@y", "--url", "wss://x.y"], "has servers already: wss://stream"),
        (
            [MARK_PRICE, "--name", "x@y", "--market", "new", "--url", "https://x.y"],
            "--url: got 'https://x.y'; allowed: the address of the market's streams, such as wss:",
        ),
        ([MARK_PRICE, "--name", "x@y", "--key", "X y"], "--key: got 'X y'; allowed: lower-case"),
    ],
)
def test_a_wrong_command_is_refused_and_nothing_is_written(
    root: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    before = sorted((root / "spec").rglob("*"))
    assert run(root, *arguments) == 2
    assert said in capsys.readouterr().err
    assert sorted((root / "spec").rglob("*")) == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is nothing in it"),
        ("no JSON", "m:1:1: not JSON: Expecting value"),
        ("no // JSON", "m:1:1: not JSON: expected an object or a list, got 'no // JSON'"),
        ('{"a": 1, "a": 2}', "m: not JSON: the key 'a' comes twice"),
        ('{"a": NaN}', "m: not JSON: NaN is no JSON number"),
        ("5", "expected an object or a list, got 5"),
        ('{"a": 1', "m:1:8: not JSON: Expecting ',' delimiter"),
        ('{"a": 1, // first\n "a": 2}', "m:2:2: duplicate key 'a'; first in line 2"),
        ('{"a": 1}\n{"a": \n{"a": 2}', "m:2: not JSON: "),
    ],
)
def test_what_is_no_message_is_refused(text: str, said: str) -> None:
    with pytest.raises(DraftError) as caught:
        read_text(text, "m")
    assert said in str(caught.value)


def test_what_is_between_messages_is_passed_over() -> None:
    """Answers, what a recording has besides, and a last line that is cut off."""
    lines = [
        message("!header", format="binance-streams"),
        '{"t":1,"c":1,"result":null,"id":1}',
        message("btcusdt@x", a=1),
        message("!notice", type="Gap"),
        '1562305380000000000 {"stream": "btcusdt@x", "data": {"a": 2.50}}',
        message("!rest", request="/x", status=200),
        '{"t":1,"c":1,"stream":"btcus',
    ]
    found = read_text("\n".join(lines), "m")
    assert [(each.stream, str(each.payload)) for each in found] == [
        ("btcusdt@x", "{'a': 1}"),
        ("btcusdt@x", "{'a': 2.50}"),
    ]


def test_a_recording_is_read_up_to_where_it_is_cut_off(tmp_path: Path) -> None:
    """In every compression, and of the files below a folder those of recordings."""
    lines = [message("btcusdt@x", a=number) + "\n" for number in range(4)]
    day = tmp_path / "production" / "2026-11-26"
    day.mkdir(parents=True)
    frames = [zstd.compress(line.encode()) for line in lines[:2]]
    (day / "100000-1a2b3c4d.jsonl.zst").write_bytes(b"".join(frames)[:-3])
    (day / "100000-1a2b3c4d.jsonl.zst.idx").write_text("{}")
    (day / "110000-1a2b3c4d.jsonl.gz").write_bytes(gzip.compress(lines[2].encode()))
    (day / "120000-1a2b3c4d.jsonl").write_text(lines[3] + message("ethusdt@y", a=0))
    found = read_messages(str(tmp_path), "*@x")
    assert [each.payload["a"] for each in found] == [0, 2, 3]
    with pytest.raises(DraftError, match=r"^--name: got '\*@z'; allowed: btcusdt@x, ethusdt@y$"):
        read_messages(str(tmp_path), "*@z")


def test_a_folder_without_a_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DraftError, match=r"there is no recording in it: no file \*\.jsonl, "):
        read_messages(str(tmp_path), "")
    (tmp_path / "a.jsonl").write_text(message("!header"))
    with pytest.raises(DraftError, match="there is no message of a stream in it"):
        read_messages(str(tmp_path), "")


def test_what_is_not_compressed_as_its_name_says_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.zst").write_bytes(b"{}" * 50)
    with pytest.raises(DraftError, match=r"a\.jsonl\.zst: cannot be read: "):
        read_messages(str(tmp_path), "")


IDS = {"u": "id", "U": "id", "pu": "id", "E": "timestamp"}


@pytest.mark.parametrize(
    ("rows", "sequence"),
    [
        ([{"u": 1}, {"u": 2}, {"u": 3}, {"u": 4}], {"id": "u", "step": 1}),
        ([{"u": 1}, {"u": 2}, {"u": 2}, {"u": 3}, {"u": 4}], {"id": "u", "step": 1}),
        ([{"u": 1}, {"u": 5}, {"u": 6}, {"u": 9}], {"monotonic": "u"}),
        (
            [{"u": 1, "E": 1}, {"u": 5, "E": 2}, {"u": 5, "E": 3}, {"u": 9, "E": 4}],
            {"monotonic": "u", "repeats": True},
        ),
        ([{"u": 9, "E": 1}, {"u": 5, "E": 2}, {"u": 6, "E": 2}, {"u": 5, "E": 4}], "E"),
        ([{"u": 9}, {"u": 5}, {"u": 6}, {"u": 5}], {}),
        ([{"u": 1}, {"u": 2}, {"u": 3}], {}),
        (
            [{"U": 1, "u": 3}, {"U": 4, "u": 4}, {"U": 5, "u": 9}, {"U": 10, "u": 10}],
            {"first": "U", "last": "u"},
        ),
        (
            [
                {"U": 2, "u": 3, "pu": 1},
                {"U": 6, "u": 7, "pu": 3},
                {"U": 8, "u": 9, "pu": 7},
                {"U": 15, "u": 19, "pu": 9},
            ],
            {"first": "U", "last": "u", "previous": "pu"},
        ),
    ],
)
def test_a_sequence_is_guessed_from_how_numbers_follow_each_other(
    rows: list[dict[str, int]], sequence: object
) -> None:
    types = {key: type for key, type in IDS.items() if key in rows[0]}
    if sequence == "E":
        sequence = {"monotonic": "E", "repeats": True}
    assert guess_sequence([("btcusdt@x", row) for row in rows], types)[0] == sequence


@pytest.mark.parametrize("per", ["s", "o.s"])
def test_a_stream_of_all_symbols_has_a_sequence_for_each(per: str) -> None:
    rows = [
        {"o": {"s": symbol}, "s": symbol, "u": number}
        for number in range(4)
        for symbol in ("A", "B")
    ]
    found, _ = guess_sequence([("!x", row) for row in rows], {"u": "id"}, per)
    assert found == {"id": "u", "step": 1, "per": per}


def test_a_market_begins_with_its_first_message(root: Path) -> None:
    """Its folder is made, and nothing is wrong with it once everything is written."""
    options = ["--market", "usdm", "--name", "btcusdt@markPrice@1s"]
    assert run(root, MARK_PRICE, *options, "--url", "wss://fstream.binance.com/market/ws") == 0
    folder = root / "spec" / "usdm"
    text = (folder / "connection.yaml").read_text(encoding="utf-8")
    assert "url: wss://fstream.binance.com\n" in text
    assert "paths: {raw: /market/ws, combined: /market/stream}" in text
    order = str(PAYLOADS / "force_order.txt")
    assert run(root, order, "--market", "usdm", "--name", "btcusdt@forceOrder") == 0
    for path in [folder / "connection.yaml", *(folder / "streams").iterdir()]:
        path.write_text(completed(path.read_text(encoding="utf-8")), encoding="utf-8")
    schemas = root / "spec" / "schema"
    assert len(load_spec(chosen_markets(root, ["usdm"])[0], schemas, _reserved()).streams) == 2


def test_a_market_elsewhere_begins_so_too(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its files name the schemas from where they are."""
    folder = root / "my market"
    options = ["--spec", str(folder), "--url", "wss://x.example"]
    assert run(root, MARK_PRICE, "--name", "btcusdt@markPrice@1s", *options) == 0
    text = (folder / "streams" / "mark_price.yaml").read_text(encoding="utf-8")
    first = text.partition("\n")[0]
    schema = first.removeprefix("# yaml-language-server: $schema=")
    assert (folder / "streams" / schema).resolve() == root / "spec/schema/stream.schema.json"
    assert f"python -m codegen --spec {folder} --out" in capsys.readouterr().out


def test_a_market_of_one_stream_has_nothing_that_linters_refuse(root: Path) -> None:
    """Its client delivers one type, and its parameters are in lower case."""
    folder, out = root / "usdm", root / "out"
    options = ["--spec", str(folder), "--url", "wss://x.example"]
    assert run(root, MARK_PRICE, "--name", "btcusdt@markPrice@1s", *options) == 0
    for path in (folder / "connection.yaml", folder / "streams" / "mark_price.yaml"):
        path.write_text(completed(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert generate(["--spec", str(folder), "--out", str(out), "--root", str(root)]) == 0
    checked = (out / "typechecks" / "usdm" / "inferred" / "mark_price.py").read_text("utf-8")
    assert "isinstance(message.data" not in checked
    assert checked.count("assert_type(message.data, MarkPriceUpdate") == 6
    for front_end in ("_client", "_async_client"):
        text = (out / "binance_streams_usdm" / f"{front_end}.py").read_text("utf-8")
        assert "noqa" not in text


def test_the_reference_has_sentences_however_the_spec_writes_them(root: Path) -> None:
    """With a capital letter and a full stop."""
    path = root / "spec" / "spot" / "streams" / "trade.yaml"
    stream = yaml_source.load(path.read_bytes(), path.name)
    stream.data["summary"] = "every single trade"
    assert read_stream(stream).summary == "Every single trade."
