"""A dashboard of Grafana, with a panel for each metric."""

from __future__ import annotations

import json
from typing import Any

from binance_streams_runtime.metrics.programs import PROGRAMS
from binance_streams_runtime.metrics.table import GROUPS, Metric

_WIDTH, _HEIGHT, _COLUMNS = 8, 7, 3

_UNITS = {
    ("counter", ""): "cps",
    ("counter", "bytes"): "Bps",
    ("gauge", ""): "none",
    ("gauge", "bytes"): "bytes",
    ("gauge", "seconds"): "s",
}

_FILTER = '{job=~"$job", instance=~"$instance"}'

_ADDED = (
    *("queue_events", "streams", "connections", "book_state", "recordings", "drift_fields"),
    *("relay_clients", "relay_streams", "collector_streams", "collector_pending"),
)
"""Gauges of what can be added up over processes; of others the largest is shown."""


def dashboard() -> str:
    """Return a dashboard of Grafana as JSON, to be imported there: *Dashboards, New, Import*.

    It asks for a data source of Prometheus, and can be narrowed to jobs and instances.
    """
    panels: list[dict[str, Any]] = []
    top = 0
    for title, metrics in {**GROUPS, **PROGRAMS}.items():
        place = {"x": 0, "y": top, "w": _WIDTH * _COLUMNS, "h": 1}
        number = len(panels) + 1
        row = {"id": number, "type": "row", "title": title, "gridPos": place, "collapsed": False}
        panels.append({**row, "panels": []})
        top += 1
        for position, metric in enumerate(metrics):
            line, column = divmod(position, _COLUMNS)
            place = {
                "x": column * _WIDTH,
                "y": top + line * _HEIGHT,
                "w": _WIDTH,
                "h": _HEIGHT,
            }
            panels.append(_panel(metric, len(panels) + 1, place))
        top += -(-len(metrics) // _COLUMNS) * _HEIGHT
    made = {
        "title": "binance-streams",
        "uid": "binance-streams",
        "tags": ["binance-streams"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": _variables()},
        "annotations": {"list": []},
        "panels": panels,
    }
    return json.dumps(made, indent=2) + "\n"


def query_of(metric: Metric) -> str:
    """Return what Prometheus is asked for: counters by second, gauges as they are."""
    labels = ", ".join(metric.labels)
    by = f" by ({labels})" if labels else ""
    if metric.kind == "counter":
        return f"sum{by} (rate({metric.full_name}{_FILTER}[$__rate_interval]))"
    combine = "sum" if metric.name in _ADDED else "max"
    return f"{combine}{by} ({metric.full_name}{_FILTER})"


def _panel(metric: Metric, number: int, place: dict[str, int]) -> dict[str, Any]:
    legend = " ".join(f"{{{{{label}}}}}" for label in metric.labels)
    title = metric.name.removesuffix("_total").replace("_", " ")
    return {
        "id": number,
        "type": "stat" if metric.name == "health" else "timeseries",
        "title": f"{title} per second" if metric.kind == "counter" else title,
        "description": metric.help,
        "datasource": _SOURCE,
        "gridPos": place,
        "targets": [
            {
                "refId": "A",
                "datasource": _SOURCE,
                "expr": query_of(metric),
                "legendFormat": legend or "__auto",
            }
        ],
        "fieldConfig": {
            "defaults": {"unit": _UNITS[metric.kind, metric.unit], "min": 0},
            "overrides": [],
        },
    }


_SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def _variables() -> list[dict[str, Any]]:
    source = {"name": "datasource", "label": "Data source", "type": "datasource"}
    return [{**source, "query": "prometheus"}, *map(_label_variable, ("job", "instance"))]


def _label_variable(label: str) -> dict[str, Any]:
    query = f"label_values(binance_streams_health, {label})"
    return {
        "name": label,
        "label": label.capitalize(),
        "type": "query",
        "datasource": _SOURCE,
        "query": {"query": query, "refId": label},
        "definition": query,
        "refresh": 2,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }
