"""Steps that tests of one rule of an order book take."""

from __future__ import annotations

from tests.support.book_world import BookWorld
from tests.support.true_book import Update


def make(*, is_linked: bool = False, depth: int = 4) -> BookWorld:
    """A confirmed book without levels; with a depth that the first snapshot has."""
    world = BookWorld(is_linked=is_linked, depth=depth)
    world.confirm()
    return world


def synced(**options: bool | int) -> BookWorld:
    world = make(**options)  # type: ignore[arg-type]
    world.serve()
    world.answer()
    assert world.local.is_synced
    return world


def next_update(world: BookWorld) -> Update:
    """What the server sends about one more change."""
    world.server.change()
    update = world.server.update()
    assert update is not None
    return update


def states(world: BookWorld) -> tuple[str, str]:
    return world.local.state, world.local.reason
