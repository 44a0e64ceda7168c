"""Which address of a host is tried first."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams_runtime.transport import addresses
from binance_streams_runtime.transport.addresses import best_first, note_failed, note_worked

FOUND = [(2, 1, 6, "", (address, 443)) for address in ("10.0.0.1", "10.0.0.2", "10.0.0.3")]
FIRST, SECOND, THIRD = (entry[4] for entry in FOUND)


@pytest.fixture(autouse=True)
def _nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_worked", {})
    monkeypatch.setattr(addresses, "_failed", {})
    monkeypatch.setattr(addresses, "_tried", {})


def order(host: str = "venue.test", port: int = 443) -> list[Any]:
    return [entry[4] for entry in best_first(host, port, FOUND)]


def test_without_knowledge_the_order_is_the_resolvers() -> None:
    assert order() == [FIRST, SECOND, THIRD]


def test_the_address_that_worked_last_is_first() -> None:
    note_worked("venue.test", 443, FIRST)
    note_worked("venue.test", 443, THIRD)
    assert order() == [THIRD, FIRST, SECOND]


def test_the_address_that_failed_last_is_last() -> None:
    note_failed("venue.test", 443, FIRST)
    assert order() == [SECOND, THIRD, FIRST]


def test_what_failed_since_it_worked_is_not_preferred() -> None:
    note_worked("venue.test", 443, SECOND)
    note_failed("venue.test", 443, SECOND)
    assert order() == [FIRST, THIRD, SECOND]


def test_what_works_again_is_preferred_again() -> None:
    note_failed("venue.test", 443, SECOND)
    note_worked("venue.test", 443, SECOND)
    assert order() == [SECOND, FIRST, THIRD]


def test_other_hosts_and_ports_are_not_concerned() -> None:
    note_worked("venue.test", 443, THIRD)
    assert order("other.test") == order(port=9443) == [FIRST, SECOND, THIRD]


def test_an_address_that_is_not_found_any_more_is_not_tried() -> None:
    note_worked("venue.test", 443, ("10.9.9.9", 443))
    assert order() == [FIRST, SECOND, THIRD]


def test_memory_is_bounded_and_keeps_the_newest() -> None:
    for number in range(1000):
        note_worked(f"host{number}.test", 443, THIRD)
    assert len(addresses._worked) == 64
    assert order("host999.test") == [THIRD, FIRST, SECOND]
    assert order("host0.test") == [FIRST, SECOND, THIRD]


def of_line(line: int) -> list[Any]:
    return [entry[4] for entry in best_first("venue.test", 443, FOUND, line)]


def test_redundant_connections_prefer_different_addresses() -> None:
    assert [of_line(line)[0] for line in range(3)] == [FIRST, SECOND, THIRD]


def test_a_redundant_connection_keeps_the_address_that_worked() -> None:
    assert of_line(0)[0] == FIRST
    note_worked("venue.test", 443, THIRD, 1)
    assert of_line(1)[0] == THIRD


def test_a_redundant_connection_shares_an_address_rather_than_try_one_that_failed() -> None:
    assert of_line(0)[0] == FIRST
    note_failed("venue.test", 443, SECOND, 1)
    note_failed("venue.test", 443, THIRD, 1)
    assert of_line(1) == [SECOND, FIRST, THIRD]


def test_one_connection_is_not_affected_by_redundant_ones() -> None:
    note_worked("venue.test", 443, FIRST, 1)
    assert of_line(0) == [FIRST, SECOND, THIRD]


def test_a_redundant_connection_returns_to_an_address_of_its_own() -> None:
    """The one that failed once is tried again as soon as it shared that of another connection."""
    two = FOUND[:2]
    note_worked("venue.test", 443, FIRST, 0)
    note_failed("venue.test", 443, SECOND, 1)
    assert best_first("venue.test", 443, two, 1)[0][4] == FIRST
    note_worked("venue.test", 443, FIRST, 1)
    assert best_first("venue.test", 443, two, 1)[0][4] == SECOND


def test_the_first_connection_avoids_those_of_the_others_once_its_own_has_failed() -> None:
    note_worked("venue.test", 443, FIRST, 0)
    note_worked("venue.test", 443, SECOND, 1)
    note_failed("venue.test", 443, FIRST, 0)
    assert of_line(0) == [THIRD, SECOND, FIRST]
