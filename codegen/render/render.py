"""Renders the model by the templates: one text for each output file.

What needs nothing of the model is no template: files below ``static/`` are copied as they are.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2

from codegen.model.literals import literal
from codegen.model.parts import Model, Paragraph
from codegen.render.formatting import format_python

WIDTH = 100
TEMPLATES = Path(__file__).parents[1] / "templates"
STATIC = Path(__file__).parents[1] / "static"
# A character that no spec can have stands for a space that no line ends at.
_GLUE = "\x00"
_PACKAGE = "package"
_MARKET = "{market}"
_PER_STREAM = "{stream}"
_LEFT_BY_TOOLS = {"__pycache__", ".mypy_cache", ".ruff_cache"}


def render(model: Model, templates: Path = TEMPLATES) -> dict[str, str]:
    """Render every output file: its path below ``generated/``, and its text."""
    environment = _environment(templates)
    outputs: dict[str, str] = {}
    for name in sorted(environment.list_templates(extensions=["j2"])):
        path = _output(model, name.removesuffix(".j2"))
        template = environment.get_template(name)
        if _PER_STREAM in path:
            for stream in model.streams:
                # A stream's key matches a pattern of lower-case words: it cannot leave the folder.
                outputs[path.replace(_PER_STREAM, stream.key)] = template.render(
                    model=model, stream=stream
                )
        else:
            outputs[path] = template.render(model=model)
    # What renders to nothing is what the market does not have.
    outputs = {path: text for path, text in outputs.items() if text.strip()}
    python = {path: text for path, text in outputs.items() if path.endswith(".py")}
    outputs |= format_python(python, model.package)
    return outputs | static_files(model)


def static_files(model: Model) -> dict[str, str]:
    """Read what is copied: each path below ``generated/``, and its text."""
    return {
        _output(model, path.relative_to(STATIC).as_posix()): path.read_text(encoding="utf-8")
        for path in sorted(STATIC.rglob("*"))
        if path.is_file() and not _LEFT_BY_TOOLS & set(path.parts)
    }


def own_folders(model: Model) -> tuple[str, ...]:
    """Return the folders below ``generated/`` that hold nothing but this market's files."""
    names = [path.name for path in TEMPLATES.iterdir() if path.name != _PACKAGE]
    return (model.package, *(f"{name}/{model.market}" for name in sorted(names)))


def _output(model: Model, path: str) -> str:
    """Put the names of the package and of the market into a template's path."""
    first, _, rest = path.partition("/")
    return f"{model.package if first == _PACKAGE else first}/{rest}".replace(_MARKET, model.market)


def _environment(templates: Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Python and Markdown come out, each with filters of its own.
        autoescape=False,
    )
    environment.filters.update(
        py=literal, docstring=docstring, md=markdown, code=code, json=as_json, prose=prose
    )
    return environment


def docstring(text: str | Iterable[str | Paragraph], indent: int) -> str:
    """Write a docstring with its quotes, wrapped; no text can end it."""
    parts = [text] if isinstance(text, str) else text
    paragraphs = [Paragraph(part) if isinstance(part, str) else part for part in parts]
    lines: list[str] = []
    for paragraph in paragraphs:
        if lines and not paragraph.is_close:
            lines.append("")
        left = " " * (indent + paragraph.indent)
        # What stands in backticks stays on one line.
        text = re.sub("``.+?``", lambda span: span[0].replace(" ", _GLUE), paragraph.text)
        wrapped = textwrap.wrap(
            _escaped(text),
            # The first line shares its line with the opening quotes.
            width=WIDTH if lines else WIDTH - 3,
            initial_indent=left,
            subsequent_indent=left + " " * paragraph.hang,
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines += [line.replace(_GLUE, " ") for line in wrapped] or [""]
    is_short = len(lines) == 1 and len(lines[0]) + 6 <= WIDTH
    if is_short:
        return f'"""{lines[0].strip()}"""'
    return f'"""{lines[0].strip()}\n' + "\n".join([*lines[1:], " " * indent + '"""'])


def _escaped(text: str) -> str:
    # Quotes matter if three of them stand together, or before those that end the docstring.
    escaped = text.replace("\\", "\\\\")
    return re.sub(r'"{3,}|"+$', lambda run: '\\"' * len(run[0]), escaped)


def markdown(text: str) -> str:
    """Escape text for Markdown: nothing in it is markup, and it cannot leave its table cell."""
    # An underscore inside of a word is just that.
    return re.sub(r"[\\`*{}\[\]<>|#~]|\b_|_\b", r"\\\g<0>", " ".join(text.split()))


def code(text: object) -> str:
    """Write text as code in Markdown, in a table cell too."""
    plain = " ".join(str(text).split()).replace("|", "\\|")
    # A run of backticks can only be ended by one of the same length.
    longest = max((len(run) for run in re.findall("`+", plain)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {plain} {fence}" if longest else f"{fence}{plain}{fence}"


def as_json(value: Any) -> str:
    """Write indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def prose(key: str) -> str:
    """Turn a name of lower-case words into prose."""
    return key.replace("_", " ")
