"""What all tests share."""

from __future__ import annotations

import gc
import os
import signal
import sys

import pytest
from hypothesis import HealthCheck, settings

from binance_streams_runtime.client import log

# Fixtures of all tests, so that there is one server a worker.
from tests.support.nats_fixtures import nats_cluster as nats_cluster
from tests.support.nats_fixtures import nats_server as nats_server
from tests.support.nats_fixtures import own_nats_server as own_nats_server
from tests.support.nats_fixtures import shared_nats_server as shared_nats_server

# What is started in the background by a shell may be deaf to Ctrl-C, and so would be all programs
# that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same draws every time, and no clock: a test that depends on the machine's speed is broken.
settings.register_profile(
    "repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")

# Where Python may write no bytecode, every worker would compile all tests, and hundreds of programs
# all that they import: that took a fourth of the time. `make clean` removes it.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Whoever runs the tests may have named a server for programs; tests name their own.
os.environ.pop("BINANCE_STREAMS_SERVER", None)

# Nor does the proxy of this machine lead to the servers of tests.
for _name in [name for name in os.environ if name.lower().endswith("_proxy")]:
    del os.environ[_name]


def pytest_xdist_auto_num_workers() -> int | None:
    """Return two workers for each core, as tests wait for a third of their time."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return 2 * cores


# What is made until all tests are collected is no garbage; to look for some took a third of that.
gc.disable()


def pytest_collection_finish() -> None:
    """Leave the tests themselves, which live as long as the run, to no garbage collection.

    Tests that look for leaks collect before and after, which took most of their time.
    """
    gc.enable()
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _log_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests have logged within the last second does not count here."""
    monkeypatch.setattr(log, "_log_thread", log.LogThread())


@pytest.fixture(scope="module", autouse=True)
def _what_other_modules_left_is_no_garbage() -> None:
    """Let the collections of garbage that tests ask for look at objects of this module only.

    What a worker keeps grows from module to module, and each collection looked at all of it.
    """
    gc.collect()
    gc.freeze()
