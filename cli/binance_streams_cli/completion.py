"""Print the completion of this command for a shell.

bash: binance-streams completion bash > ~/.local/share/bash-completion/completions/binance-streams
zsh:  binance-streams completion zsh > ~/.zfunc/_binance-streams, where ~/.zfunc is in $fpath
fish: binance-streams completion fish > ~/.config/fish/completions/binance-streams.fish
tcsh: binance-streams completion tcsh > ~/.binance-streams.tcsh, which ~/.cshrc sources

Names of streams complete after their symbol: btcusdt@<Tab>. The names are in the script, so neither
the network nor this program is asked.
"""

from __future__ import annotations

import argparse
import shlex
from typing import TYPE_CHECKING, Any

from binance_streams_cli.parser import PROGRAM, add_market
from binance_streams_cli.status import CommandError

if TYPE_CHECKING:
    from binance_streams_cli.market import Market

SHELLS = ("bash", "zsh", "fish", "tcsh")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    add_market(parser)


def run(options: argparse.Namespace) -> int:
    """Print the script; return the exit status."""
    try:
        import shtab
    except ImportError as error:
        text = f"completion needs shtab: pip install 'binance-streams[cli]' ({error})"
        raise CommandError(text) from error
    from binance_streams_cli.market import Market

    if options.shell not in shtab.SUPPORTED_SHELLS:
        raise CommandError(f"{options.shell} needs a newer shtab: pip install --upgrade shtab")
    suffixes, names = _names(Market(options.market))
    parser = whole_parser()
    for action in _streams_in(parser):
        action.complete = _COMPLETE
    # Written as quoted words, as names hold characters that shells read.
    quoted = {"suffixes": shlex.join(suffixes), "names": shlex.join(names)}
    preamble = _PREAMBLES.get(options.shell, "").format(**quoted)
    print(shtab.complete(parser, options.shell, preamble=preamble))
    return 0


def whole_parser() -> argparse.ArgumentParser:
    """Make a parser with all commands, for which every module is loaded."""
    from binance_streams_cli.main import COMMANDS, module_of

    parser = argparse.ArgumentParser(prog=PROGRAM)
    parser.add_argument("--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(dest="command")
    for name, text in COMMANDS.items():
        module_of(name).add_arguments(commands.add_parser(name, help=text))
    return parser


def _names(market: Market) -> tuple[list[str], list[str]]:
    """Return what can follow a symbol, and the names without one."""
    from binance_streams_cli.choose import names_of

    suffixes: list[str] = []
    names: list[str] = []
    for type in market.catalog:
        if type.is_secret or type.lifecycle.retired is not None:
            continue
        for name in names_of(type, ""):
            (suffixes if name.startswith("@") else names).append(name)
    return suffixes, names


def _streams_in(parser: argparse.ArgumentParser) -> list[Any]:
    """Return the arguments that are names of streams, of all commands."""
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                found += _streams_in(one)
        elif action.metavar == "STREAM":
            found.append(action)
    return found


_COMPLETE = {
    "bash": "_binance_streams_names",
    "zsh": "_binance_streams_names",
    "fish": "(_binance_streams_names)",
}

# In each, what is typed up to @ is the symbol, which every suffix can follow.
_PREAMBLES = {
    "bash": r"""
# Names of streams are one word, as @ in them separates nothing.
COMP_WORDBREAKS=${{COMP_WORDBREAKS//@/}}
_binance_streams_names() {{
  local word=$1 symbol=${{1%%@*}} name
  if [[ -z $symbol || $symbol == '!'* ]]; then
    for name in {names}; do [[ $name == "$word"* ]] && echo "$name"; done
  else
    for name in {suffixes}; do [[ $symbol$name == "$word"* ]] && echo "$symbol$name"; done
  fi
}}
""",
    "zsh": r"""
_binance_streams_names() {{
  local symbol=${{PREFIX%%@*}}
  local -a suffixes names
  suffixes=({suffixes})
  names=({names})
  if [[ -z $symbol || $symbol == (\\|)'!'* ]]; then
    compadd -a names
  else
    compadd -- $symbol${{^suffixes}}
  fi
}}
""",
    "fish": r"""
function _binance_streams_names
  set -l symbol (string split -m 1 @ -- (commandline -ct))[1]
  if string match -q -- '-*' $symbol
    return
  else if test -z "$symbol"; or string match -q '!*' -- $symbol
    printf '%s\n' {names}
  else
    for suffix in {suffixes}
      echo $symbol$suffix
    end
  end
end
""",
}
