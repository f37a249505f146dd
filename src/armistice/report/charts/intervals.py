"""A dot and its interval per row; what has no number says so in words."""

from __future__ import annotations

import math
from typing import Any

from armistice.report.charts.canvas import (
    MUTED,
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
    tell,
)
from armistice.report.charts.rows import axis_numbers, lay_out, log_ticks, places
from armistice.report.words import fixed_words
from armistice.studies.study import Chart
from armistice.text import Language, words

__all__ = ["intervals"]


def intervals(chart: Chart, canvas: Canvas, language: Language) -> Drawing:
    """One row per label, one dot per group in it; a bound beyond the axis ends in an arrow."""
    columns = chart.columns
    labels = [tell(cell, language) for cell in columns["label"]]
    each, groups = groups_of(columns.get("group"), len(labels), language)
    place, most = places(labels, each)
    layout = lay_out(labels, most, canvas)
    low, high = _domain(chart)
    scale: Spec = {"type": "log"} if chart.logarithmic else {"zero": False}
    axis: Spec = {"title": chart.x.in_language(language) or None, "tickCount": 5 if canvas.is_narrow else 7}
    axis["titleLimit"] = canvas.width - 20
    if chart.logarithmic:
        axis |= axis_numbers(log_ticks(low, high, 5 if canvas.is_narrow else 8), language)
    x: Spec = {
        "field": "value", "type": "quantitative", "axis": axis,
        "scale": {**scale, "domain": [low, high], "nice": False},
    }  # fmt: skip
    y = layout.y_axis()
    layers: list[Spec] = []
    if chart.reference is not None:
        layers.append(
            {
                "data": {"values": [{"value": chart.reference}]},
                "mark": {"type": "rule", "strokeDash": [3, 3], "color": MUTED},
                "encoding": {"x": x},
            }
        )
    silent: list[Spec] = []
    for position, group in enumerate(groups):
        look = style(position)
        dots: list[Spec] = []
        for i, label in enumerate(labels):
            if each[i] != group:
                continue
            row = layout.labels.index(label) + layout.shift(place[i], most, canvas)
            value = finite(columns["value"][i])
            if value is None or (chart.logarithmic and value <= 0):
                silent.append({"row": row, "label": fixed_words(language)["cannot_tell"]})
                continue
            dots.append(_clipped(row, value, columns["lower"][i], columns["upper"][i], low, high))
        layers += _group_layers(dots, look, x, y)
    if silent:
        layers.append(
            {
                "data": {"values": [{**one, "value": chart.reference or math.sqrt(low * high) if low > 0 else (low + high) / 2}
                                    for one in silent]},
                "mark": {"type": "text", "fontStyle": "italic", "color": MUTED, "align": "left", "dx": 6},
                "encoding": {"x": x, "y": y, "text": {"field": "label"}},
            }
        )  # fmt: skip
    layers += layout.label_layer(canvas)
    title = chart.y.in_language(language)
    spec = frame(canvas, height=layout.height, title=title, layers=layers)
    legend = [LegendEntry(group, "dot", style(i)) for i, group in enumerate(groups)] if len(groups) > 1 else []
    if chart.reference is not None:
        number = words(language).number(chart.reference)
        grey = Style(MUTED, (3, 3), "circle")
        legend.append(LegendEntry(fixed_words(language)["reference"].format(value=number), "rule", grey))
    return Drawing((Panel("", spec),), tuple(legend))


def _domain(chart: Chart) -> tuple[float, float]:
    known = [finite(v) for name in ("value", "lower", "upper") for v in chart.columns[name]]
    numbers = [v for v in (*known, chart.reference) if v is not None and (v > 0 or not chart.logarithmic)]
    low, high = min(numbers, default=1.0), max(numbers, default=1.0)
    if chart.logarithmic:
        values = [v for v in map(finite, chart.columns["value"]) if v is not None and v > 0]
        # One hopeless interval must not squeeze all others: the axis ends at 30 times the outermost dot.
        low, high = max(low, min(values, default=low) / 30), min(high, max(values, default=high) * 30)
        # An arrow needs a shaft: room beyond the outermost dot where a bound lies off the axis.
        if any((v := finite(lower)) is None or v <= 0 for lower in chart.columns["lower"]):
            low = min(low, min(values, default=low) / 3)
        if any(finite(upper) is None for upper in chart.columns["upper"]):
            high = max(high, max(values, default=high) * 3)
        return low / 1.15, high * 1.15
    room = 0.05 * (high - low) or 1.0
    return low - (0 if low == 0 else room), high + room


def _clipped(row: float, value: float, lower: Any, upper: Any, low: float, high: float) -> Spec:
    start, stop = finite(lower), finite(upper)
    return {
        "row": row,
        "value": value,
        "lower": low if start is None or start < low else start,
        "upper": high if stop is None or stop > high else stop,
        "beyond_left": start is None or start < low,
        "beyond_right": stop is None or stop > high,
    }


def _group_layers(dots: list[Spec], look: Style, x: Spec, y: Spec) -> list[Spec]:
    layers: list[Spec] = [
        {
            "data": {"values": dots},
            "mark": {"type": "rule", "color": look.colour, "strokeWidth": 2.5},
            "encoding": {"x": {**x, "field": "lower"}, "x2": {"field": "upper"}, "y": y},
        },
        {
            "data": {"values": dots},
            "mark": {"type": "point", "filled": True, "color": look.colour, "shape": look.shape, "size": 70, "opacity": 1},
            "encoding": {"x": x, "y": y},
        },
    ]  # fmt: skip
    for beyond, field, angle in (("beyond_left", "lower", -90), ("beyond_right", "upper", 90)):
        arrows = [dot for dot in dots if dot[beyond]]
        if arrows:
            layers.append(
                {
                    "data": {"values": arrows},
                    "mark": {
                        "type": "point", "filled": True, "color": look.colour, "shape": "triangle-up", "size": 60,
                        "angle": angle, "opacity": 1,
                    },
                    "encoding": {"x": {**x, "field": field}, "y": y},
                }
            )  # fmt: skip
    return layers
