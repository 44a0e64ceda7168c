"""What the documentation and the dashboard say about metrics is what there is."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from binance_streams_runtime.metrics.dashboard import dashboard
from binance_streams_runtime.metrics.programs import PROGRAMS
from binance_streams_runtime.metrics.table import METRICS as OF_CLIENTS
from binance_streams_runtime.metrics.table import PREFIX, Metric
from binance_streams_runtime.session.counters import Outcome, ReconnectCause
from tests.project.paths import ROOT

PAGE = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
METRICS: list[Metric] = [*OF_CLIENTS, *(one for group in PROGRAMS.values() for one in group)]
LABELS = {metric.full_name: set(metric.labels) for metric in METRICS}


def test_the_page_lists_every_metric() -> None:
    """In the order of the table, with the same words."""
    rows = re.findall(r"^\| `(\w+)` \| (counter|gauge) \| (.*?) ?\| (.+) \|$", PAGE, re.MULTILINE)
    assert rows == [
        (metric.name, metric.kind, ", ".join(f"`{label}`" for label in metric.labels), metric.help)
        for metric in METRICS
    ]


@pytest.mark.parametrize("values", [Outcome, ReconnectCause])
def test_the_page_explains_every_value(values: Any) -> None:
    assert [value for value in values.__args__ if f"`{value}`" not in PAGE] == []


def test_names_are_those_that_prometheus_allows() -> None:
    """Units and kinds are in them, as its conventions say."""
    for metric in METRICS:
        assert re.fullmatch("[a-z]+(_[a-z]+)*", metric.name)
        assert metric.name.endswith("_total") == (metric.kind == "counter")
        assert metric.unit in metric.name
    assert len(LABELS) == len(METRICS)


def test_alerts_ask_for_what_there_is() -> None:
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
    rules = [
        rule for block in blocks for group in block.get("groups", []) for rule in group["rules"]
    ]
    assert len(rules) > 5
    for rule in rules:
        check_query(rule["expr"])


def test_the_dashboard_is_the_one_in_the_documentation() -> None:
    text = (ROOT / "docs" / "grafana.json").read_text(encoding="utf-8")
    assert text == dashboard(), "run `make generate`"


def test_the_dashboard_has_a_panel_for_each_metric() -> None:
    board = json.loads(dashboard())
    panels = [panel for panel in board["panels"] if panel["type"] != "row"]
    found = [check_query(panel["targets"][0]["expr"]) for panel in panels]
    assert found == [metric.full_name for metric in METRICS]
    numbers = [panel["id"] for panel in board["panels"]]
    assert len(numbers) == len(set(numbers))


def test_no_panel_of_the_dashboard_covers_another_one() -> None:
    covered: set[tuple[int, int]] = set()
    for panel in json.loads(dashboard())["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24
        assert not cells & covered
        covered |= cells


def check_query(query: str) -> str:
    """Check what a query names; return its metric."""
    names: list[str] = re.findall(rf"{PREFIX}\w+", query)
    (name,) = names
    labels = LABELS[name]
    grouped = re.search(r"by \((.*?)\)", query)
    if grouped is not None:
        assert set(grouped[1].split(", ")) <= labels | {"job"}
    for label in re.findall(r"(\w+)=~?\"", query):
        assert label in labels | {"job", "instance"}
    assert query.count("(") == query.count(")")
    return name
