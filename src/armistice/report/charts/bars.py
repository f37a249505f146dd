"""Horizontal bars from zero, with the number at the end of each."""

from __future__ import annotations

from armistice.report.charts.canvas import (
    INK,
    Canvas,
    Drawing,
    LegendEntry,
    Panel,
    Spec,
    finite,
    frame,
    groups_of,
    style,
    tell,
)
from armistice.report.charts.rows import lay_out, places
from armistice.report.words import fixed_words
from armistice.studies.study import Chart
from armistice.text import Language, words

__all__ = ["bars"]


def bars(chart: Chart, canvas: Canvas, language: Language) -> Drawing:
    """One row per label; groups stand under each other within it."""
    say = words(language)
    labels = [tell(cell, language) for cell in chart.columns["label"]]
    each, groups = groups_of(chart.columns.get("group"), len(labels), language)
    place, most = places(labels, each)
    layout = lay_out(labels, most, canvas)
    known = [v for v in map(finite, chart.columns["value"]) if v is not None]
    low, high = min([0.0, *known]), max([0.0, *known]) or 1.0
    room = 0.18 if canvas.is_narrow else 0.1
    domain = [low * (1 + room), high * (1 + room)]
    title = chart.x.in_language(language) or None
    axis: Spec = {"title": title, "tickCount": 4 if canvas.is_narrow else 6, "titleLimit": canvas.width - 20}
    x: Spec = {
        "field": "value",
        "type": "quantitative",
        "axis": axis,
        "scale": {"domain": domain, "nice": False, "zero": True},
    }
    y = layout.y_axis()
    thickness = 11 if most > 1 else 15
    layers: list[Spec] = []
    for position, group in enumerate(groups):
        look = style(position)
        drawn: list[Spec] = []
        for i, label in enumerate(labels):
            if each[i] != group:
                continue
            value = finite(chart.columns["value"][i])
            row = layout.labels.index(label) + layout.shift(place[i], most, canvas)
            text = fixed_words(language)["not_known"] if value is None else say.number(value)
            drawn.append({"row": row, "value": value or 0.0, "label": text})
        data = {"values": drawn}
        bar: Spec = {"type": "bar", "orient": "horizontal", "color": look.colour, "height": thickness}
        if position:  # a texture of their own: groups are told apart without colour
            bar |= {"fillOpacity": 0.35, "stroke": look.colour, "strokeWidth": 1.5}
        layers += [
            {"data": data, "mark": bar, "encoding": {"x": x, "y": y}},
            {
                "data": data,
                "mark": {"type": "text", "align": "left", "dx": 5, "color": INK},
                "encoding": {"x": x, "y": y, "text": {"field": "label"}},
            },
        ]
    layers += layout.label_layer(canvas)
    spec = frame(canvas, height=layout.height, title=chart.y.in_language(language), layers=layers)
    legend = tuple(LegendEntry(group, "bar", style(i)) for i, group in enumerate(groups)) if len(groups) > 1 else ()
    return Drawing((Panel("", spec),), legend)
