"""CPU results as an SVG: CPU time per message, one panel per measurement, on a log scale.

Written by hand, because bars need no library, and an SVG is text that can be reviewed.
"""

from __future__ import annotations

import math
from typing import Any
from xml.sax.saxutils import escape

_WIDTH = 900
_LABELS = 270
_RIGHT = 90
_BAR = 15
_GAP = 5
_HEAD = 40
_TOP = 86
_COLORS = {"ours": "#0b7285", "limit": "#868e96", "peer": "#e8590c"}


def _panels(results: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what is drawn, by title: what was measured over TLS, or if nothing was, without it."""
    for transport, suffix in (("tls", " over TLS"), ("plain", "")):
        pace = results.get("pace", {}).get(transport, {})
        flood = results.get("flood", {}).get(transport, {})
        panels = {
            **{f"aggTrade, {int(rate):,}/s{suffix}": pace[rate]["rows"] for rate in pace},
            **{f"{workload}, flood{suffix}": flood[workload]["rows"] for workload in flood},
        }
        if panels:
            return panels
    return {}


def has_bars(results: dict[str, Any]) -> bool:
    """Return whether anything was measured that is drawn."""
    return bool(_panels(results))


def svg(results: dict[str, Any]) -> str:
    """Draw the market's pace and the floods, one below the other."""
    parts: list[str] = []
    y = _TOP
    for title, rows in _panels(results).items():
        y = _panel(parts, title, rows, y) + 26
    machine = results["machine"]
    about = (
        f"{machine['date']} · {machine['processor']} · Python {machine['python']} · "
        "median and range of the rounds"
    )
    title = "CPU time per message, logarithmic: shorter is better"
    body = "\n".join(parts)
    legend = "".join(
        f'<rect x="{20 + number * 190}" y="56" width="12" height="12" fill="{_COLORS[kind]}"/>'
        f'<text x="{38 + number * 190}" y="67">{label}</text>'
        for number, (kind, label) in enumerate(
            (("ours", "binance-streams"), ("limit", "the limit, one type"), ("peer", "others"))
        )
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y}" width="{_WIDTH}" '
        f'height="{y}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="12" '
        f'fill="#212529">\n<rect width="{_WIDTH}" height="{y}" fill="#ffffff"/>\n'
        f'<text x="20" y="26" font-size="17" font-weight="bold">{title}</text>\n'
        f'<text x="20" y="45" fill="#495057" font-size="11">{escape(about)}</text>\n'
        f"{legend}\n{body}\n</svg>\n"
    )


def _panel(parts: list[str], title: str, rows: dict[str, Any], top: int) -> int:
    measured = [row for row in rows.values() if row["status"] == "ok"]
    if not measured:
        return top
    low = 10 ** math.floor(math.log10(min(row["cpu_us_min"] for row in measured)))
    high = max(row["cpu_us_max"] for row in measured) * 1.05
    scale = (_WIDTH - _LABELS - _RIGHT) / math.log10(high / low)

    def x(value: float) -> float:
        return _LABELS + scale * math.log10(max(value, low) / low)

    bottom = top + _HEAD + len(rows) * (_BAR + _GAP)
    parts.append(
        f'<text x="20" y="{top + 16}" font-size="14" font-weight="bold">{escape(title)}</text>'
    )
    parts.extend(_tick(x(value), value, top + _HEAD - 6, bottom) for value in _ticks(low, high))
    y = top + _HEAD
    for name, row in _ordered(rows):
        parts.append(
            f'<text x="{_LABELS - 8}" y="{y + 12}" text-anchor="end">{escape(name)}</text>'
        )
        parts.append(_bar(name, row, y, x))
        y += _BAR + _GAP
    return bottom


def _ticks(low: float, high: float) -> list[float]:
    decades = range(math.ceil(math.log10(high / low)))
    values = [low * 10**decade * factor for decade in decades for factor in (1, 2, 5)]
    return [value for value in values if value <= high]


def _ordered(rows: dict[str, Any]) -> list[tuple[str, Any]]:
    """Sort contenders: the fastest first, those without a figure last."""
    return sorted(rows.items(), key=lambda item: item[1].get("cpu_us", math.inf))


def _tick(x: float, value: float, top: int, bottom: int) -> str:
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}" stroke="#dee2e6"/>'
        f'<text x="{x:.1f}" y="{top - 4}" text-anchor="middle" font-size="10" fill="#495057">'
        f"{value:g} us</text>"
    )


def _bar(name: str, row: dict[str, Any], y: int, x: Any) -> str:
    if row["status"] != "ok":
        return (
            f'<text x="{_LABELS + 4}" y="{y + 12}" fill="#868e96" font-style="italic">'
            f"{escape(row['status'])}</text>"
        )
    kind = "ours" if name.startswith("ours") else "limit" if "limit" in name else "peer"
    end, middle = x(row["cpu_us"]), y + _BAR / 2
    low, high = x(row["cpu_us_min"]), x(row["cpu_us_max"])
    return (
        f'<rect x="{_LABELS}" y="{y}" width="{end - _LABELS:.1f}" height="{_BAR}" '
        f'fill="{_COLORS[kind]}"/>'
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}" stroke="#212529"/>'
        f'<text x="{max(end, high) + 6:.1f}" y="{y + 12}">{row["cpu_us"]:.3g} us</text>'
    )
