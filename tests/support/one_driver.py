"""Watching that one thread at a time touches an engine, and only in the driver's seat."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import pytest

from binance_streams_runtime.driver.driver import Driver
from binance_streams_runtime.driver.sockets import Sockets
from binance_streams_runtime.engine import Engine

_OF_ENGINES = (
    *("opened", "received", "lost", "tick", "take_actions", "subscribe", "unsubscribe"),
    *("subscribe_many", "unsubscribe_many", "attach_consumer", "attach_client", "query"),
    *("query_all", "command", "remove", "close"),
)
_OF_SOCKETS = ("turn", "turn_now", "perform", "close")


class OneDriver:
    """Notes every call of an engine, or of its sockets, that comes from anybody else."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.wrong: list[str] = []
        self.calls = 0
        self._drivers: WeakKeyDictionary[object, Driver] = WeakKeyDictionary()
        # The thread in the midst of each engine.
        self._inside: WeakKeyDictionary[Driver, int] = WeakKeyDictionary()
        make, run_late = Driver.__init__, Driver._run_late

        def init(driver: Driver, engine: Engine, *others: Any) -> None:
            self._drivers[engine] = driver
            make(driver, engine, *others)

        def late(driver: Driver, command: Callable[[float], Any]) -> Any:
            # Behind the end, whoever calls is alone by a lock.
            self._drivers.pop(driver._engine, None)
            return run_late(driver, command)

        patch.setattr(Driver, "__init__", init)
        patch.setattr(Driver, "_run_late", late)
        for name in _OF_ENGINES:
            patch.setattr(Engine, name, self._watched(getattr(Engine, name)))
        for name in _OF_SOCKETS:
            patch.setattr(Sockets, name, self._watched(getattr(Sockets, name)))

    def _watched(self, method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def watched(touched: Any, *args: Any, **options: Any) -> Any:
            driver = self._drivers.get(getattr(touched, "_engine", touched))
            if driver is None:
                return method(touched, *args, **options)
            self.calls += 1
            own, before = threading.get_ident(), self._inside.get(driver)
            if not driver.is_current():
                self._complain(f"{method.__qualname__} is called outside of the seat")
            if before not in (None, own):
                self._complain(f"{method.__qualname__} is called while another thread drives")
            self._inside[driver] = own
            try:
                return method(touched, *args, **options)
            finally:
                if before is None:
                    self._inside.pop(driver, None)

        return watched

    def _complain(self, what: str) -> None:
        self.wrong.append(f"{what}, in {threading.current_thread().name}")
        raise AssertionError(what)
