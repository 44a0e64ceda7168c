"""The fixture ``binance_simulator`` in a suite of somebody else's."""

from __future__ import annotations

import importlib.metadata
import re

import pytest

from tests.project.paths import ROOT

pytest_plugins = ["pytester"]

PLUGIN = "_binance_streams_pytest_plugin"


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """An empty suite, with no plugin but this one, in a process of its own."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini(f"[pytest]\naddopts = -p {PLUGIN} --strict-markers\nfilterwarnings = error")
    return pytester


def test_pytest_finds_the_plugin_where_the_package_is_installed() -> None:
    found = importlib.metadata.entry_points(group="pytest11", name="binance_simulator")
    assert [entry.value for entry in found] == [PLUGIN]


def test_each_test_has_a_simulator_of_its_own(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from binance_streams import Client

        seen = []

        def test_one(binance_simulator):
            seen.append(binance_simulator)
            with Client(binance_simulator.url) as client:
                assert client.trade("BTCUSDT").get(timeout=60).symbol == "BTCUSDT"

        def test_another(binance_simulator):
            assert binance_simulator.url != seen[0].url
            assert binance_simulator.connection_attempts == 0
            assert not seen[0]._thread.is_alive()
        """
    )
    suite.runpytest_subprocess().assert_outcomes(passed=2)


def test_a_marker_names_the_market(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest
        from binance_streams_us import Client

        @pytest.mark.binance_simulator(market="binance_streams_us")
        def test_one(binance_simulator):
            with Client(binance_simulator.url) as client:
                assert client.trade("BTCUSDT").get(timeout=60).buyer_order_id > 0
        """
    )
    suite.runpytest_subprocess().assert_outcomes(passed=1)


def test_what_the_readme_shows_passes(suite: pytest.Pytester) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    (shown,) = (block for block in blocks if "import pytest" in block)
    suite.makepyfile(shown)
    suite.runpytest_subprocess().assert_outcomes(passed=1)


def test_markers_give_options_and_the_nearest_wins(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.binance_simulator(seed=7, symbols=["ABCDEF"])

        @pytest.mark.binance_simulator(seed=8)
        def test_it(binance_simulator):
            settings = binance_simulator._settings
            assert (settings.seed, settings.symbols) == (8, ("ABCDEF",))
        """
    )
    suite.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize("options", ["7", "sead=7"])
def test_wrong_options_are_an_error_that_names_them(suite: pytest.Pytester, options: str) -> None:
    suite.makepyfile(
        f"""
        import pytest

        @pytest.mark.binance_simulator({options})
        def test_it(binance_simulator):
            pass
        """
    )
    result = suite.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"E  *{options.partition('=')[0]}*"])


def test_the_marker_is_described(suite: pytest.Pytester) -> None:
    result = suite.runpytest_subprocess("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.binance_simulator(?*options): *"])


def test_a_suite_without_the_fixture_imports_nothing_of_the_package(suite: pytest.Pytester) -> None:
    """Nor does it need websockets."""
    suite.makepyfile(
        """
        import sys

        def test_it():
            tops = {name.partition(".")[0] for name in sys.modules}
            assert "_binance_streams_pytest_plugin" in tops
            assert not tops & {
                "binance_streams", "binance_streams_runtime", "binance_streams_simulator",
                "msgspec", "websocket", "websockets",
            }
        """
    )
    suite.runpytest_subprocess().assert_outcomes(passed=1)


def test_without_the_extra_the_fixture_says_what_to_install(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import sys

        sys.modules["websockets"] = None

        def test_it(binance_simulator):
            pass
        """
    )
    result = suite.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*pip install 'binance-streams?simulator?'*"])
