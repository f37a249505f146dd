"""A grid of shares: darker is more, and every cell says its own number; cells that are not known say so.

With many columns (months) the numbers are left to the data table and the axis names the years only.
"""

from __future__ import annotations

import json
from typing import Final

from armistice.report.charts.canvas import INK, Canvas, Drawing, Panel, Spec, finite, frame, label_lines, tell
from armistice.report.words import fixed_words
from armistice.studies.study import Chart
from armistice.text import Language, words

__all__ = ["MOST_WITH_NUMBERS", "heatmap"]

_LIGHT: Final = "#f3f7fa"
_DARK: Final = "#0b5a8f"
#: From this share on, white letters stand out better from the cell than dark ones.
_WHITE_FROM: Final = 0.7
#: With more columns than this a cell is too small for its number.
MOST_WITH_NUMBERS: Final = 9
_UPRIGHT_CHARACTERS: Final = 16


def heatmap(chart: Chart, canvas: Canvas, language: Language) -> Drawing:
    """Columns ``across``, ``down`` and ``value``, a share from 0 to 1."""
    say = words(language)
    across = [tell(cell, language) for cell in chart.columns["across"]]
    down = [tell(cell, language) for cell in chart.columns["down"]]
    columns, rows = list(dict.fromkeys(across)), list(dict.fromkeys(down))
    is_dense = len(columns) > MOST_WITH_NUMBERS
    left = 0 if canvas.is_narrow else 280 if is_dense else 190
    characters = max(6, int((canvas.width - left) / max(len(columns), 1) / (canvas.letters * 0.6)))
    wrapped = {column: label_lines(column, characters) for column in columns}
    # a word wider than its column would run into the next heading: such headings stand upright
    widest = max((len(line) for each in wrapped.values() for line in each), default=0) * canvas.letters * 0.5
    is_upright = not is_dense and widest > (canvas.width - left) / max(len(columns), 1)
    if is_upright:
        wrapped = {column: label_lines(column, _UPRIGHT_CHARACTERS) for column in columns}
    lines = 1 if is_upright else max((len(each) for each in wrapped.values()), default=1)
    cells = []
    for column, row, value in zip(across, down, map(finite, chart.columns["value"]), strict=True):
        known = value is not None
        text = say.percent(value) if value is not None else fixed_words(language)["not_known"]
        cells.append({
            "across": column, "down": row, "value": value or 0.0, "known": known,
            "text": text if known or not canvas.is_narrow else "?", "white": known and (value or 0.0) >= _WHITE_FROM,
        })  # fmt: skip
    height = (38 if is_dense else 46) if canvas.is_narrow else (22 if is_dense else 34)
    x: Spec = {
        "field": "across", "type": "ordinal", "sort": columns,
        "axis": {
            "orient": "top", "grid": False, "title": chart.x.in_language(language) or None, "labelAngle": 0, "domain": False,
            "ticks": False, "labelLimit": 0, "labelOverlap": False, "labelColor": INK,
            "labelExpr": _lookup(columns, wrapped), "labelPadding": 5 + (lines - 1) * (canvas.letters + 3),
        },
    }  # fmt: skip
    if is_upright:
        x["axis"] |= {"labelAngle": -90, "labelAlign": "left", "labelBaseline": "middle"}
    if is_dense:
        years = [column for i, column in enumerate(columns) if not i or column[:4] != columns[i - 1][:4]]
        fits = max(1, int((canvas.width - left) / (5 * canvas.letters)))
        shown = years[:: -(-len(years) // fits)]
        x["axis"] |= {
            "values": shown,
            "labelExpr": "slice(datum.value, 0, 4)",
            "labelAlign": "left",
            "labelPadding": 5,
        }
    y: Spec = {
        "field": "down", "type": "ordinal", "sort": rows,
        "scale": {"paddingInner": 0.5 if is_dense else 0.35, "paddingOuter": 0.4} if canvas.is_narrow else {"paddingInner": 0.08},
        "axis": None if canvas.is_narrow else {
            "title": None, "domain": False, "grid": False, "ticks": False, "labelLimit": left, "labelColor": INK, "labelOverlap": False,
        },
    }  # fmt: skip
    colour: Spec = {
        "condition": {"test": "datum.known", "field": "value", "type": "quantitative",
                      "scale": {"domain": [0, 1], "range": [_LIGHT, _DARK]}, "legend": None},
        "value": "#d9d9d9",
    }  # fmt: skip
    position = {"x": x, "y": y}
    layers: list[Spec] = [
        {
            "data": {"values": cells},
            "mark": {"type": "rect", "stroke": "white", "strokeWidth": 0.5 if is_dense else 2},
            "encoding": position | {"color": colour},
        },
    ]
    if not is_dense:
        letters = {"condition": {"test": "datum.white", "value": "white"}, "value": INK}
        layers.append(
            {
                "data": {"values": cells},
                "mark": {"type": "text"},
                "encoding": position | {"text": {"field": "text"}, "color": letters},
            }
        )
    if canvas.is_narrow:  # each row's label above it, from the left edge
        layers.append({
            "data": {"values": [{"down": row} for row in rows]},
            "mark": {"type": "text", "align": "left", "baseline": "bottom", "dy": -height / 2 + (9 if is_dense else 5)},
            "encoding": {"x": {"value": 0}, "y": y, "text": {"field": "down"}},
        })  # fmt: skip
    total = height * max(len(rows), 1) + (24 if canvas.is_narrow else 0)
    title = chart.y.in_language(language)
    return Drawing((Panel("", frame(canvas, height=total, title=title, layers=layers)),))


def _lookup(columns: list[str], wrapped: dict[str, list[str]]) -> str:
    """A Vega expression that breaks each heading into its lines."""
    headings = json.dumps([wrapped[column] for column in columns], ensure_ascii=False)
    names = json.dumps(columns, ensure_ascii=False)
    return f"{headings}[indexof({names}, datum.value)]"
