"""Shares that rise in steps, with bands; one small panel per group on a phone."""

from __future__ import annotations

from armistice.report.charts.canvas import (
    HALF,
    Canvas,
    Drawing,
    LegendEntry,
    Panel,
    Spec,
    finite,
    frame,
    groups_of,
    style,
)
from armistice.report.words import fixed_words
from armistice.studies.study import Chart
from armistice.text import Language

__all__ = ["incidence"]


def incidence(chart: Chart, canvas: Canvas, language: Language) -> Drawing:
    """Up to two groups together where there is room, else one panel each on the same axes: bands hide each other."""
    columns = chart.columns
    length = len(columns["months"])
    each, groups = groups_of(columns["group"], length, language)
    last = max((float(m) for m in columns["months"]), default=1.0) or 1.0
    tops = [v for name in ("value", "upper") for v in map(finite, columns[name]) if v is not None]
    top = min(1.0, max(tops, default=1.0) * 1.02) or 1.0
    step = next((s for s in (1, 3, 6, 12, 24, 60, 120) if last / s <= 6), 240)
    x: Spec = {
        "field": "m",
        "type": "quantitative",
        "scale": {"domain": [0, last], "nice": False},
        "axis": {
            "title": chart.x.in_language(language) or None,
            "values": [float(s) for s in range(0, int(last) + 1, step)],
            "grid": False,
            "titleLimit": canvas.width - 20,
        },
    }
    y: Spec = {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": False},
        "axis": {"title": None, "format": ".0%", "tickCount": 4, "domain": False, "ticks": False},
    }
    apart = len(groups) > (1 if canvas.is_narrow else 2)
    if apart and not canvas.is_narrow:
        canvas = HALF
    panels = []
    for panel_groups in [[group] for group in groups] if apart else [groups]:
        layers: list[Spec] = []
        for group in panel_groups:
            look = style(groups.index(group))
            curve = [
                {
                    "m": float(columns["months"][i]),
                    "v": finite(columns["value"][i]),
                    "lo": finite(columns["lower"][i]),
                    "hi": finite(columns["upper"][i]),
                }
                for i in range(length)
                if each[i] == group
            ]
            data = {"values": sorted(curve, key=lambda point: point["m"] or 0.0)}
            band: Spec = {"type": "area", "color": look.colour, "opacity": 0.14, "interpolate": "step-after"}
            line: Spec = {
                "type": "line",
                "color": look.colour,
                "strokeWidth": 2.5,
                "strokeDash": list(look.dash) or [1, 0],
                "interpolate": "step-after",
            }
            layers += [
                {"data": data, "mark": band, "encoding": {"x": x, "y": {**y, "field": "lo"}, "y2": {"field": "hi"}}},
                {"data": data, "mark": line, "encoding": {"x": x, "y": y}},
            ]
        height = 220 if canvas.is_narrow else 300
        if apart:
            height = 120 if canvas.is_narrow else 170
        spec = frame(canvas, height=height, title=chart.y.in_language(language), layers=layers)
        panels.append(Panel(panel_groups[0] if apart else "", spec))
    named = len(groups) > 1 or groups[:1] != [""]
    legend = [LegendEntry(group, "line", style(i)) for i, group in enumerate(groups)] if named and not apart else []
    legend.append(LegendEntry(fixed_words(language)["band"], "band", style(0)))
    return Drawing(tuple(panels), tuple(legend), side_by_side=canvas is HALF)
