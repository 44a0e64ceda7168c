"""Notices on standard error: a line for a reader, or a JSON object for a program."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec

from binance_streams_cli.lines import harmless, printable
from binance_streams_cli.parser import PROGRAM
from binance_streams_runtime.notices import Connected, Notice
from binance_streams_runtime.recording.notices import notice_data

_MOST_SHOWN = 3
_GIVEN_UP = "; not trying again"


class Notices:
    """Prints the notices of a client, and counts them.

    In text they are what the client logs from the level WARNING on, with its limits for floods.
    While a live table is on the same terminal, they are kept for it in place of printed.
    """

    def __init__(self, kind: str) -> None:
        """``kind`` is ``text``, ``json`` or ``none``."""
        self.counts: Counter[str] = Counter()
        self.shown: deque[str] = deque(maxlen=_MOST_SHOWN)
        """The last texts, for a table."""
        self.is_table = False
        """Whether a table shows them."""
        self.on_print: Callable[[], object] = lambda: None
        """Called before a line is printed, to make room for it."""
        self._kind = kind

    def on_notice(self, notice: Notice) -> None:
        """Count a notice, and print it if they are printed as JSON."""
        # What is expected needs no mention at the end.
        if not isinstance(notice, Connected):
            self.counts[type(notice).__name__] += 1
        if self._kind == "json":
            self._print(harmless(as_json(notice)).decode())

    def on_line(self, text: str) -> None:
        """Print a line of the log, or keep it for the table."""
        if self._kind == "text":
            self._print(printable(text), f"{PROGRAM}: ")

    def summary(self) -> str:
        """Return how many notices of each type there were; empty if there were none."""
        return ", ".join(f"{name} {count}" for name, count in sorted(self.counts.items()))

    def _print(self, line: str, prefix: str = "") -> None:
        if self.is_table:
            self.shown.append(f"{datetime.now():%H:%M:%S} {line}")
            return
        # Whoever reads events need not read notices.
        with contextlib.suppress(OSError, ValueError):
            self.on_print()
            sys.stderr.write(f"{prefix}{line}\n")
            sys.stderr.flush()


class _Handler(logging.Handler):
    def __init__(self, notices: Notices) -> None:
        super().__init__(logging.WARNING)
        self._notices = notices

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        # The error that ends the command says the same; one with a traceback is of something else.
        is_end = record.levelno >= logging.ERROR and record.exc_info is None
        if not is_end and not text.endswith(_GIVEN_UP):
            self._notices.on_line(text)


@contextlib.contextmanager
def printed(kind: str) -> Iterator[Notices]:
    """Print notices while it is entered; the client's log goes nowhere else."""
    notices = Notices(kind)
    log = logging.getLogger("binance_streams")
    handler = _Handler(notices)
    was = log.propagate
    log.addHandler(handler)
    log.propagate = False
    try:
        yield notices
    finally:
        log.removeHandler(handler)
        log.propagate = was


def as_json(notice: Notice) -> bytes:
    """Return a notice as a JSON object, as recordings have it: its type and its fields."""
    return msgspec.json.encode(notice_data(notice))
