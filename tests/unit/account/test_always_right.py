"""Whatever is cut, late, or answered from memory: the followed state ends as the server's."""

from __future__ import annotations

import pytest

from tests.support.account_world import AccountWorld


@pytest.mark.parametrize("has_positions", [True, False])
@pytest.mark.parametrize("has_new_words", [False, True])
def test_a_followed_state_is_the_servers(has_positions: bool, has_new_words: bool) -> None:
    """At every moment at which nothing is on its way; some worlds pass several of them."""
    cuts = 0
    for seed in range(75):
        world = AccountWorld(seed, has_positions, has_new_words)
        world.run()
        cuts += world.cuts
    assert cuts > 75
