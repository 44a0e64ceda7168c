"""Seeds of simulated accounts that have found something, each once more."""

from __future__ import annotations

import pytest

from tests.simulation.accounts import AccountsWorld


@pytest.mark.parametrize(
    "seed",
    [
        47,  # an old connection takes an account back: its gap came with the next confirmation
        171,  # terminated before the answer: confirmed for a moment
        218,  # subscribed on the new connection first: a second gap for what one had covered
        371,  # a lost connection had delivered what the old one delivers again
        1395,  # late events are known as such only when what follows them comes again
        20638,  # a session that was revoked refuses to subscribe, a signature would do
        21503,  # terminated on both connections at once: confirmed without a gap
        30755,
    ],
)
def test_a_seed_that_has_found_something(seed: int) -> None:
    AccountsWorld(seed).run()
