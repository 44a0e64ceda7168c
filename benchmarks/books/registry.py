"""The books that are compared: names, modules, and the Python that each one needs."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.contenders.registry import Contender


@dataclass(frozen=True)
class BookContender:
    """One library's book, or one way to keep a book without a library."""

    name: str
    module: str
    variant: str = ""
    python: str = "peers"
    """``ours``, ``peers`` or ``order-book``."""
    is_client: bool = False
    """Whether a client for the venue keeps it, so that ours is compared with it."""

    @property
    def is_ours(self) -> bool:
        """Return whether it is from this project."""
        return self.python == "ours"


def _plain(name: str, structure: str) -> tuple[BookContender, BookContender]:
    return (
        BookContender(f"{name}, Decimal", "plain", f"{structure}-decimal"),
        BookContender(f"{name}, float", "plain", f"{structure}-float"),
    )


BOOKS = (
    BookContender("ours: Decimal", "ours", "decimal", "ours"),
    BookContender("ours: float", "ours", "float", "ours"),
    BookContender("ours: str", "ours", "str", "ours"),
    BookContender("ccxt", "ccxt_pro", is_client=True),
    BookContender("python-binance, float", "python_binance", "float", is_client=True),
    BookContender("python-binance, Decimal", "python_binance", "decimal", is_client=True),
    BookContender("unicorn-binance-local-depth-cache", "unicorn", is_client=True),
    BookContender("order-book (C), Decimal", "order_book_c", "decimal", "order-book"),
    BookContender("order-book (C), float", "order_book_c", "float", "order-book"),
    *_plain("sortedcontainers", "sorteddict"),
    *_plain("dict + bisected list", "bisect"),
    *_plain("dict, sorted on read", "sort"),
)

CLIENTS = (
    Contender("ours: Decimal", "ours_book", "decimal", is_ours=True),
    Contender("ours: str", "ours_book", "str", is_ours=True),
    Contender("ours: async, Decimal", "ours_async_book", "decimal", is_ours=True),
    Contender("ccxt", "ccxt_pro_book"),
    Contender("python-binance", "python_binance_book"),
    Contender("unicorn-binance-local-depth-cache", "unicorn_book"),
)
"""The clients that keep a book, each with its own connection and snapshots."""

JSON = BookContender("json.loads of the message", "json")
"""What costs are compared with, too."""
