"""What the programs of the documents find: keys in files, and busy accounts."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from binance_streams_simulator import SimulatedAccount, Simulator
from tests.support.limits import LIMIT

# The key of RFC 8032, section 7.1, test 1.
_PRIVATE = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"
_PUBLIC = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

_PACE = 0.2
"""Seconds between two deposits."""


class Accounts:
    """The accounts of a simulator whose keys the documents' programs read."""

    def __init__(self, simulator: Simulator) -> None:
        self._hmac = simulator.demo_account
        self._ed25519 = simulator.add_account(public_key=_pem("PUBLIC", _PUBLIC))

    @property
    def all(self) -> tuple[SimulatedAccount, ...]:
        """Both of them."""
        return self._hmac, self._ed25519

    def give_keys(self, program: str, folder: Path) -> dict[str, str]:
        """Put a program's key file into its folder; return its environment variables."""
        (folder / "binance.pem").write_text(_pem("PRIVATE", _PRIVATE))
        (folder / "binance.secret").write_text(f"{self._hmac.secret}\n")
        account = self._hmac if "binance.secret" in program else self._ed25519
        return {"BINANCE_API_KEY": account.api_key}


@contextlib.contextmanager
def busy_accounts(simulator: Simulator) -> Iterator[Accounts]:
    """Add the accounts; each gets a deposit now and then."""
    accounts, is_over = Accounts(simulator), threading.Event()

    def deposit() -> None:
        while not is_over.wait(_PACE):
            for account in accounts.all:
                account.deposit("USDT", 1)

    thread = threading.Thread(target=deposit, daemon=True)
    thread.start()
    try:
        yield accounts
    finally:
        is_over.set()
        thread.join(LIMIT)


def _pem(kind: str, body: str) -> str:
    return f"-----BEGIN {kind} KEY-----\n{body}\n-----END {kind} KEY-----\n"
