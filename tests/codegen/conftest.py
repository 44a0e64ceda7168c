from __future__ import annotations

import pickle
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.check.names import reserved_by
from codegen.load import _Source, load_spec
from codegen.model.build import build, exports_of
from codegen.model.parts import Model
from codegen.read.markets import chosen_markets
from codegen.read.problems import SpecError
from codegen.read.spec_model import Spec
from codegen.render.render import render

ROOT = Path(__file__).resolve().parents[2]
_RUNTIME = ROOT / "runtime" / "binance_streams_runtime"


def remove_streams(spec: Path, words: str, struct: str) -> None:
    """Take the streams whose files have these words out of a copy of the spec.

    They may have been added to this tree for good, under whatever name, and may share a struct.
    """
    for path in (spec / "streams").iterdir():
        if words in path.read_text(encoding="utf-8"):
            path.unlink()
    types = spec / "types.yaml"
    text = types.read_text(encoding="utf-8")
    types.write_text(re.sub(rf"^  {struct}:\n(    .*\n)+", "", text, flags=re.MULTILINE), "utf-8")


def _only(text: str, part: str, file: str) -> int:
    """Return where ``part`` is in a file, once: before its backfill, or else in the whole file."""
    head = text.partition("\nbackfill:")[0]
    searched = head if part in head else text
    assert searched.count(part) == 1, f"{part!r} is {searched.count(part)} times in {file}"
    return searched.index(part)


@cache
def _reserved() -> Any:
    """The names that the runtime takes, which no test changes."""
    return reserved_by(_RUNTIME, exports_of(_RUNTIME))


class Tree:
    """A copy of the spec that a test may break."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "spec" / "spot"
        shutil.copytree(ROOT / "spec", root / "spec")

    def edit(self, file: str, old: str, new: str) -> None:
        """Put ``new`` in place of ``old``, which must be there once."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        start = _only(text, old, file)
        path.write_text(f"{text[:start]}{new}{text[start + len(old) :]}", encoding="utf-8")

    def rename(self, file: str, old: str, new: str) -> None:
        """Put ``new`` everywhere in place of ``old``."""
        path = self.folder / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    def add(self, file: str, text: str | bytes) -> None:
        content = text if isinstance(text, bytes) else text.encode()
        (self.folder / file).write_bytes(content)

    def place(self, file: str, mark: str) -> str:
        """``file:line:column`` of what follows the ``»`` in ``mark``, whose text is there once."""
        text = (self.folder / file).read_text(encoding="utf-8")
        before, _, after = mark.partition("»")
        offset = _only(text, before + after, file) + len(before)
        line = text.count("\n", 0, offset) + 1
        return f"{file}:{line}:{offset - text.rfind(chr(10), 0, offset)}"

    def load(self, name: str = "spot") -> Spec:
        market = chosen_markets(self.root, [name])[0]
        return load_spec(market, self.root / "spec" / "schema", _reserved())

    def problems(self, name: str = "spot") -> list[str]:
        """What the generator says about a market, without ``spec/spot/`` before each line."""
        try:
            self.load(name)
        except SpecError as error:
            return [str(problem).removeprefix(f"spec/{name}/") for problem in error.problems]
        return []

    def model(self) -> Model:
        """What the templates would be given."""
        return build(self.load(), chosen_markets(self.root, ["spot"])[0], exports_of(_RUNTIME))

    def outputs(self) -> dict[str, str]:
        """What the spec would generate."""
        return render(self.model())


_checked: dict[tuple[str, str, bytes], bytes] = {}


@pytest.fixture
def _files_are_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of tests break one file each; to check all others again took most of their time."""
    checked = _Source.checked

    def check(source: _Source, name: str, *options: Any, **more: Any) -> Any:
        path = source.folder / name
        if not path.is_file():
            return checked(source, name, *options, **more)
        key = (source.label, name, path.read_bytes())
        if key not in _checked:
            _checked[key] = pickle.dumps(checked(source, name, *options, **more))
        # A copy: what is found later is added to the document's problems.
        return pickle.loads(_checked[key])

    monkeypatch.setattr(_Source, "checked", check)
    if yaml.__with_libyaml__:
        # Six times as fast, with the same events and positions but other words for bad syntax.
        monkeypatch.setattr(yaml, "SafeLoader", yaml.CSafeLoader)


@pytest.fixture
def tree(tmp_path: Path, _files_are_checked_once: None) -> Tree:
    return Tree(tmp_path)
