"""``python -m codegen.draft``: write the YAML of a new stream from messages of it."""

from __future__ import annotations

import argparse
import datetime
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from codegen.check.names import Reserved, reserved_by
from codegen.draft.document import draft_stream
from codegen.draft.files import read_messages
from codegen.draft.market import draft_connection
from codegen.draft.messages import DraftError, Message, check_name
from codegen.draft.names import Markets
from codegen.load import load_spec, read_readable
from codegen.model.build import exports_of
from codegen.read.markets import Market, all_markets, market_elsewhere
from codegen.read.problems import SpecError, shown
from codegen.read.spec_model import Spec

ROOT = Path(__file__).resolve().parents[2]

_PROGRAM = "binance-streams new-stream"
_KEY = r"[a-z][a-z0-9]*(_[a-z0-9]+)*"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    given = _parser().parse_args(arguments)
    try:
        return _draft(given)
    except DraftError as error:
        print(f"{_PROGRAM}: {error}", file=sys.stderr)
        return 2
    except SpecError as error:
        print(error, file=sys.stderr)
        return 1


def _draft(given: argparse.Namespace) -> int:
    root: Path = given.root
    schemas = root / "spec" / "schema"
    market = _market(root, given.spec, given.market)
    if given.key and not re.fullmatch(_KEY, given.key):
        raise DraftError(
            f"--key: got {shown(given.key)}; allowed: lower-case words joined by '_', such as "
            "mark_price"
        )
    messages = read_messages(given.messages, given.name)
    for message in messages:
        check_name(message.stream)
    files: dict[Path, str] = {}
    own = Spec()
    if market.folder.exists():
        own = read_readable(market, schemas)
        _check_url(own, given.url)
    else:
        schema = _relative(schemas / "connection.schema.json", market.folder)
        url = _required_url(root, market, given.url)
        files[market.folder / "connection.yaml"] = draft_connection(market.name, url, schema)
    runtime = root / "runtime" / "binance_streams_runtime"
    reserved = reserved_by(runtime, exports_of(runtime))
    others = {
        other.name: read_readable(other, schemas)
        for other in all_markets(root)
        if other.folder.resolve() != market.folder.resolve()
    }
    # The market that has most to say is asked first.
    others = dict(sorted(others.items(), key=lambda item: -len(item[1].structs)))
    draft = draft_stream(
        Markets(market.name, own, others),
        messages,
        schema=_relative(schemas / "stream.schema.json", market.folder / "streams"),
        today=datetime.datetime.now(datetime.UTC).date().isoformat(),
        key=given.key,
        reserved=reserved,
    )
    files[market.folder / "streams" / f"{draft.key}.yaml"] = draft.content
    _write(market, files)
    # At once, as whoever reads it may want the first lines only.
    print("\n".join(_report(given, market, files, messages, reserved)))
    return 0


def _report(
    given: argparse.Namespace,
    market: Market,
    files: Mapping[Path, str],
    messages: list[Message],
    reserved: Reserved,
) -> Iterator[str]:
    """Yield what was written, and what is left to a person."""
    is_here = given.spec is not None or given.root.resolve() == Path.cwd()
    where = "" if is_here else f" in {given.root}"
    yield from (f"wrote {_label(market, path)}{where}" for path in files)
    yield f"from {len(messages)} message(s) of {messages[0].stream}"
    try:
        load_spec(market, given.root / "spec" / "schema", reserved)
    except SpecError as error:
        names = {_label(market, path) for path in files}
        left = [problem for problem in error.problems if problem.file in names]
        yield f"{len(left)} place(s) for a person to write or to confirm:"
        yield from map(str, left)
    if len(files) > 1 and given.spec is None:
        package = f"generated/binance_streams_{market.name}"
        yield f"Add {package} to packages in pyproject.toml, so that the wheel has the market,"
        yield "and what refers to it to elsewhere in connection.yaml of the other markets."
    yield f"Once they are done: {_next_command(market, given.spec)}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="Write the YAML of a new stream from messages of it.",
    )
    parser.add_argument(
        "messages",
        help="a file with messages (JSON lines, or one payload as it is on a page), the folder of "
        "a recording, or - for standard input",
    )
    parser.add_argument(
        "--name",
        default="",
        help="the stream's name, such as btcusdt@markPrice@1s, if the messages do not say it; of a "
        "recording also a pattern, such as '*@markPrice@1s'",
    )
    parser.add_argument(
        "--market", default="spot", help="a folder of spec/, such as binance_us (default: spot)"
    )
    parser.add_argument(
        "--spec", type=Path, metavar="DIR", help="the folder of a market outside of spec/"
    )
    parser.add_argument(
        "--url",
        default="",
        help="the address of the streams of a market that has no folder yet, such as "
        "wss://fstream.binance.com: its folder is made",
    )
    parser.add_argument(
        "--key", default="", help="what the file is called (default: the words of the name)"
    )
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="folder of spec/ and generated/ (default: here)"
    )
    return parser


def _market(root: Path, spec: Path | None, name: str) -> Market:
    if spec is not None:
        return market_elsewhere(spec)
    if not re.fullmatch(_KEY, name) or name == "schema":
        raise DraftError(
            f"--market: got {shown(name)}; allowed: a folder of spec/, in lower-case words joined "
            "by '_', such as usdm_futures"
        )
    known = {market.name: market for market in all_markets(root)}
    label = f"spec/{name}"
    return known.get(name) or Market(name, root / "spec" / name, label, "")


def _required_url(root: Path, market: Market, url: str) -> str:
    if not url:
        names = [each.name for each in all_markets(root)]
        raise DraftError(
            f"there is no folder {market.label}; allowed: {', '.join(names)}, or a new one with "
            "the address of its streams: --url wss://fstream.binance.com (of make: URL=)"
        )
    return url


def _check_url(own: Spec, url: str) -> None:
    """Check that an address, which is not needed any more, is the one that the market has."""
    addresses = [server["url"] for server in own.connection["servers"].values()]
    if url and not any(url.startswith(address) for address in addresses):
        raise DraftError(
            f"--url: got {shown(url)}, but the market has servers already: {', '.join(addresses)}; "
            "further ones are added to its connection.yaml"
        )


def _write(market: Market, files: Mapping[Path, str]) -> None:
    for path in files:
        if path.exists():
            raise DraftError(
                f"{_label(market, path)} is there already, and is not overwritten; choose another "
                "name with --key (of make: KEY=)"
            )
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def _label(market: Market, path: Path) -> str:
    return f"{market.label}/{path.relative_to(market.folder).as_posix()}"


def _next_command(market: Market, spec: Path | None) -> str:
    if spec is None:
        return "make generate"
    return f"python -m codegen --spec {market.label} --out <a folder>"


def _relative(schema: Path, folder: Path) -> str:
    return Path(os.path.relpath(schema, folder)).as_posix()


if __name__ == "__main__":
    sys.exit(main())
