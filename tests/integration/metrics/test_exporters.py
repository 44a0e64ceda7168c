"""Metrics as prometheus_client and OpenTelemetry read them: they know nothing of this project."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.metrics import NoOpMeter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from binance_streams import Client, metrics
from binance_streams_runtime.metrics.table import METRICS
from binance_streams_simulator import Simulator
from tests.support.limits import LIMIT
from tests.support.measured import Samples, read, value

# Those of a closed client grow older.
_AGING = ("last_event_age", "lag")


@pytest.fixture(scope="module")
def client(shared_simulator: Simulator) -> Iterator[Client[Any]]:
    """A client that has received something, and receives nothing any more."""
    with Client(shared_simulator.url, maxsize=10) as client:
        trades = client.trade("btcusdt")
        for _ in range(5):
            trades.get(timeout=LIMIT)
        client.order_book("ethusdt").wait(LIMIT)
        client.close()
        yield client


@pytest.mark.parametrize("per_stream", [False, True])
def test_the_parser_of_prometheus_reads_the_text(client: Client[Any], per_stream: bool) -> None:
    text = metrics.text({'a "b"\n\\c': client}, per_stream=per_stream)
    found: Samples = {}
    families = list(text_string_to_metric_families(text))
    for family in families:
        for sample in family.samples:
            assert sample.labels.pop("client") == 'a "b"\n\\c'
            name = sample.name.removeprefix("binance_streams_")
            found[name, frozenset(sample.labels.items())] = sample.value
    assert _lasting(found) == _lasting(read(metrics.text(client, per_stream=per_stream)))
    kinds = {family.name: (family.type, family.documentation) for family in families}
    for metric in METRICS:
        name = metric.full_name.removesuffix("_total")
        assert kinds[name] == (metric.kind, metric.help)


def test_a_registry_gives_the_same(client: Client[Any]) -> None:
    registry = CollectorRegistry()
    registry.register(metrics.Collector(client))
    found = read(generate_latest(registry).decode())
    assert _lasting(found) == _lasting(read(metrics.text(client)))


def test_a_registry_refuses_the_same_names_twice_unless_clients_have_names(
    client: Client[Any],
) -> None:
    registry = CollectorRegistry()
    registry.register(metrics.Collector(client, per_stream=True))
    with pytest.raises(ValueError, match="Duplicated timeseries"):
        registry.register(metrics.Collector(client))
    both = metrics.Collector({"a": client, "b": client})
    other = CollectorRegistry()
    other.register(both)
    names = {dict(labels)["client"] for _, labels in read(generate_latest(other).decode())}
    assert names == {"a", "b"}


@pytest.mark.parametrize("per_stream", [False, True])
def test_instruments_observe_the_same(client: Client[Any], per_stream: bool) -> None:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    metrics.instrument({"a": client}, provider.get_meter("test"), per_stream=per_stream)
    found = _collected(reader)
    text = metrics.text({"a": client}, per_stream=per_stream)
    expected = {
        (name.removesuffix("_total"), labels): number
        for (name, labels), number in read(text).items()
    }
    names = {"last_event_age": "last_event_age_seconds", "lag": "lag_seconds"}
    names |= {"unread": "unread_bytes", "record_pending": "record_pending_bytes"}
    observed = {
        (names.get(name, name), labels): number for (name, labels), (number, _) in found.items()
    }
    assert observed.keys() == expected.keys()
    assert _lasting(observed) == _lasting(expected)
    labels = {"client": "a", "stream_type": "trade"}
    if per_stream:
        labels["stream"] = "btcusdt@trade"
    assert found["bytes", frozenset(labels.items())][1] == "By"
    provider.shutdown()


def test_each_collection_of_instruments_measures_once(
    client: Client[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 0
    module: Any = sys.modules["binance_streams_runtime.metrics.opentelemetry"]
    measured = module.measured

    def counted(*given: Any) -> Any:
        nonlocal count
        count += 1
        return measured(*given)

    monkeypatch.setattr(module, "measured", counted)
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    metrics.instrument(client, provider.get_meter("test"))
    for expected in (1, 2):
        _collected(reader)
        assert count == expected
    provider.shutdown()


@pytest.mark.parametrize(
    ("module", "package", "use"),
    [
        ("prometheus_client.core", "prometheus_client", lambda client: metrics.Collector(client)),
        (
            "opentelemetry.metrics",
            "opentelemetry-api",
            lambda client: metrics.instrument(client, NoOpMeter("test")),
        ),
    ],
)
def test_without_its_library_an_error_says_what_to_install(
    client: Client[Any],
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    package: str,
    use: Any,
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    text = rf"this needs {package}: pip install 'binance-streams\[metrics\]'"
    with pytest.raises(ImportError, match=text):
        use(client)


def test_a_closed_client_has_no_age(client: Client[Any]) -> None:
    assert value(read(metrics.text(client)), "connection_age_seconds") is None


def _lasting(samples: Samples) -> Samples:
    return {place: number for place, number in samples.items() if not place[0].startswith(_AGING)}


def _collected(reader: InMemoryMetricReader) -> dict[Any, tuple[float, str]]:
    """Each value with its unit, by the name of its instrument and its attributes."""
    data = reader.get_metrics_data()
    assert data is not None
    ((scope,),) = [resource.scope_metrics for resource in data.resource_metrics]
    found: dict[Any, tuple[float, str]] = {}
    for metric in scope.metrics:
        assert metric.description
        for point in metric.data.data_points:
            place = frozenset((point.attributes or {}).items())
            name = metric.name.removeprefix("binance_streams.")
            found[name, place] = (point.value, metric.unit or "")  # type: ignore[union-attr]
    return found
