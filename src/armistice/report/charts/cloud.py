"""Histograms of draws, one panel per group, with what was observed as a labelled line."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from armistice.report.charts.canvas import (
    INK,
    Canvas,
    Drawing,
    LegendEntry,
    Panel,
    Spec,
    Style,
    finite,
    frame,
    groups_of,
    style,
)
from armistice.report.charts.rows import axis_numbers, log_ticks
from armistice.report.words import fixed_words
from armistice.studies.study import Chart
from armistice.text import Language, words

__all__ = ["classes", "cloud", "observed"]

_RULE = Style("#1d2329", (6, 3), "circle")


def classes(chart: Chart) -> npt.NDArray[np.float64]:
    """Edges of at most 40 classes that all groups share; equal ratios where the axis is logarithmic."""
    values = _drawable(chart)
    low, high = (float(values.min()), float(values.max())) if values.size else (1.0, 2.0)
    shown = [v for v in [finite(chart.reference), *map(finite, chart.columns.get("observed", ()))] if v is not None]
    if chart.logarithmic:
        shown = [v for v in shown if v > 0]
    low, high = min([low, *shown]), max([high, *shown])
    if low == high:
        low, high = (low / 2, high * 2) if chart.logarithmic else (low - 0.5, high + 0.5)
    number = int(np.clip(np.sqrt(values.size), 8, 40))
    edges = np.geomspace(low, high, number + 1) if chart.logarithmic else np.linspace(low, high, number + 1)
    edges[0], edges[-1] = low, high
    return edges


def observed(chart: Chart, positions: list[int]) -> float | None:
    """What was observed for the rows of one group: the column ``observed``, or the chart's reference."""
    if "observed" in chart.columns and positions:
        return finite(chart.columns["observed"][positions[0]])
    return finite(chart.reference)


def _drawable(chart: Chart) -> npt.NDArray[np.float64]:
    values = np.array([np.nan if v is None else float(v) for v in chart.columns["value"]], dtype=np.float64)
    kept = values[np.isfinite(values)]
    return kept[kept > 0] if chart.logarithmic else kept


def cloud(chart: Chart, canvas: Canvas, language: Language) -> Drawing:
    """One histogram per group on common classes."""
    say, number = fixed_words(language), words(language)
    each, groups = groups_of(chart.columns["group"], len(chart.columns["value"]), language)
    edges = classes(chart)
    scale: Spec = {"domain": [float(edges[0]), float(edges[-1])], "nice": False, "zero": False}
    title = chart.x.in_language(language) or None
    axis: Spec = {"title": title, "tickCount": 4 if canvas.is_narrow else 7, "titleLimit": canvas.width - 20}
    if chart.logarithmic:
        scale["type"] = "log"
        axis |= axis_numbers(log_ticks(float(edges[0]), float(edges[-1]), 5 if canvas.is_narrow else 8), language)
    x: Spec = {"field": "a", "type": "quantitative", "scale": scale, "axis": axis}
    panels = []
    for group in groups:
        positions = [i for i, name in enumerate(each) if name == group]
        values = [v for i in positions if (v := finite(chart.columns["value"][i])) is not None]
        heights, _ = np.histogram(values, bins=edges)
        bins = [
            {"a": float(a), "b": float(b), "n": int(n)}
            for a, b, n in zip(edges[:-1], edges[1:], heights, strict=True)
            if n
        ]
        y: Spec = {
            "field": "n", "type": "quantitative", "scale": {"domain": [0, max(int(heights.max()), 1)], "nice": True},
            "axis": {"title": None, "tickCount": 3, "domain": False, "ticks": False, "tickMinStep": 1},
        }  # fmt: skip
        layers: list[Spec] = [
            {
                "data": {"values": bins},
                "mark": {"type": "rect", "color": style(0).colour, "opacity": 0.55, "stroke": "white", "strokeWidth": 0.5},
                "encoding": {"x": x, "x2": {"field": "b"}, "y": y, "y2": {"datum": 0}},
            }
        ]  # fmt: skip
        seen = observed(chart, positions)
        if seen is not None and not (chart.logarithmic and seen <= 0):
            share = (seen - edges[0]) / (edges[-1] - edges[0])
            if chart.logarithmic:
                share = np.log(seen / edges[0]) / np.log(edges[-1] / edges[0])
            to_the_left = bool(share > 0.5)
            data = {"values": [{"a": seen, "label": f"{say['observed']}: {number.number(seen)}"}]}
            layers += [
                {
                    "data": data,
                    "mark": {"type": "rule", "color": INK, "strokeWidth": 2, "strokeDash": list(_RULE.dash)},
                    "encoding": {"x": x},
                },
                {
                    "data": data,
                    "mark": {
                        "type": "text", "align": "right" if to_the_left else "left", "dx": -5 if to_the_left else 5,
                        "baseline": "bottom", "fontWeight": "bold", "color": INK,
                    },
                    "encoding": {"x": x, "y": {"value": -2}, "text": {"field": "label"}},
                },
            ]  # fmt: skip
        height = 110 if canvas.is_narrow else 130
        spec = frame(
            canvas, height=height, title=chart.y.in_language(language), layers=layers, room_above=canvas.letters + 4
        )
        panels.append(Panel(group if len(groups) > 1 or group else "", spec))
    has_observed = "observed" in chart.columns or chart.reference is not None
    legend = (LegendEntry(say["observed"], "rule", _RULE),) if has_observed else ()
    return Drawing(tuple(panels), legend)
