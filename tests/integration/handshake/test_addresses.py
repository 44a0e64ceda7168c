"""A look-up that hangs; addresses that are dead."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from binance_streams_runtime.transport import connector as opening
from binance_streams_runtime.transport.deadline_socket import Deadline, wait_ready
from tests.support.limits import LIMIT, MARGIN, MS, client_threads, in_time, wait_until
from tests.support.proxies import (
    HOST,
    closed_port,
    connection,
    full_listener,
    greet,
    read_word,
    refusal,
    started,
)
from tests.support.raw_server import Peer, RawServer

LookUp = Callable[..., Any]


def address(port: int, family: int = socket.AF_INET) -> tuple[Any, ...]:
    return (family, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))


def resolve_to(monkeypatch: pytest.MonkeyPatch, *found: tuple[Any, ...]) -> None:
    def look_up(host: str, *arguments: Any, **options: Any) -> list[tuple[Any, ...]]:
        assert host == HOST
        return list(found)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """After one that refuses, and one of a family that this machine does not have."""
    with RawServer(greet) as server:
        dead = address(closed_port())
        resolve_to(monkeypatch, dead, address(1, family=9999), address(server.port))
        with connection(f"ws://{HOST}:{server.port}") as opened:
            assert read_word(opened) == b"hello"


def test_a_silent_address_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of it if there are two. That it is silent for so long is shortened here."""
    given: list[float] = []

    def impatient(candidate: socket.socket, event: int, deadline: Deadline) -> None:
        given.append(deadline.left())
        if len(given) == 1:
            raise TimeoutError
        wait_ready(candidate, event, deadline)

    monkeypatch.setattr(opening, "wait_ready", impatient)
    with full_listener() as silent, RawServer(greet) as server:
        resolve_to(monkeypatch, address(silent), address(server.port))
        with connection(f"ws://{HOST}:{server.port}", timeout=LIMIT) as opened:
            assert read_word(opened) == b"hello"
    assert LIMIT / 4 < given[0] <= LIMIT / 2


def test_all_addresses_are_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, address(closed_port()), address(closed_port()))
    assert f"ConnectionRefusedError connecting to {HOST}:80" in refusal(f"ws://{HOST}").reason


def test_a_name_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch)
    assert refusal(f"ws://{HOST}").reason == f"{HOST} has no address"


def test_a_name_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*arguments: Any, **options: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert f"gaierror looking up {HOST}: " in refusal(f"ws://{HOST}").reason


def test_a_name_that_cannot_be_looked_up() -> None:
    assert "looking up" in refusal(f"ws://{'x' * 64}.test").reason


class Hanging:
    """A look-up that waits until it is released, and then finds the server."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, port: int) -> None:
        self._port = port
        self.is_called = threading.Event()
        self.release = threading.Event()
        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)

    def _look_up(self, *arguments: Any, **options: Any) -> Any:
        self.is_called.set()
        assert self.release.wait(LIMIT)
        return [address(self._port)]


def test_aborting_does_not_wait_for_a_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is connected to when it ends after all, and no thread stays behind."""
    with RawServer(Peer.drain) as server:
        look_up = Hanging(monkeypatch, server.port)
        running, outcomes = started(f"ws://{HOST}")
        assert look_up.is_called.wait(LIMIT)
        in_time(running.abort)
        assert outcomes.empty()
        assert all(thread.daemon for thread in client_threads())
        look_up.release.set()
        opened, error = outcomes.get(timeout=LIMIT)
        wait_until(lambda: not client_threads())
        assert (opened, error and error.reason) == (None, "aborted")
        assert server.peers == []


def test_a_look_up_is_in_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it finds after the deadline is not connected to."""
    with RawServer(Peer.drain) as server:
        look_up = Hanging(monkeypatch, server.port)
        _, outcomes = started(f"ws://{HOST}", timeout=10 * MS)
        late = time.monotonic() + 20 * MS
        wait_until(lambda: time.monotonic() > late)
        look_up.release.set()
        opened, error = outcomes.get(timeout=LIMIT)
        wait_until(lambda: not client_threads())
        assert opened is None
        assert error is not None
        assert f"not open after {10 * MS:g} s" in error.reason
        assert server.peers == []


def test_the_address_that_worked_is_tried_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if the resolver has another one first, which would cost its share of the time."""
    with full_listener() as silent, RawServer(greet) as server:
        resolve_to(monkeypatch, address(server.port))
        with connection(f"ws://{HOST}:1"):
            pass
        resolve_to(monkeypatch, address(silent), address(server.port))
        # Half of this would be the share of the silent one.
        with connection(f"ws://{HOST}:1", timeout=4 * LIMIT):
            assert len(server.peers) == 2


def test_a_front_end_that_answers_nothing_is_not_tried_first_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It takes the connection, so only the end of the whole attempt shows that it is dead."""
    with RawServer(Peer.hold) as mute, RawServer(greet) as server:
        resolve_to(monkeypatch, address(mute.port), address(server.port))
        # A slow machine may not have come so far in it.
        for timeout in (500 * MS, MARGIN):
            reason = refusal(f"ws://{HOST}:2", timeout=timeout).reason
            if "timed out shaking hands" in reason:
                break
        assert "timed out shaking hands" in reason
        with connection(f"ws://{HOST}:2") as opened:
            assert read_word(opened) == b"hello"
