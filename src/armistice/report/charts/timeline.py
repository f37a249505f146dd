"""Lines over time, with days and stretches marked."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

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
)  # fmt: skip
from armistice.report.words import fixed_words
from armistice.studies.study import Chart, Mark
from armistice.text import Language, words

__all__ = ["date_ticks", "numbered_clusters", "ordered_marks", "timeline"]

_DAY: Final = 86_400_000
_EPOCH: Final = dt.date(1970, 1, 1)
_FEW_POINTS: Final = 40
_GREY: Final = Style("#7d8790", (), "circle")


@dataclass(frozen=True, slots=True)
class _Row:
    day: int
    value: float | None
    lower: float | None
    upper: float | None
    smooth: float | None


def timeline(chart: Chart, canvas: Canvas, language: Language) -> Drawing:
    """One panel for all groups, or one each where daily values and a smooth line need the room."""
    columns = chart.columns
    length = len(columns["date"])
    each, groups = groups_of(columns.get("group"), length, language)
    rows: dict[str, list[_Row]] = {group: [] for group in groups}
    for i in range(length):
        cells = {name: finite(columns[name][i]) if name in columns else None for name in _NUMBERS}
        rows[each[i]].append(_Row(_day(str(columns["date"][i])), **cells))
    for group in groups:
        rows[group].sort(key=lambda row: row.day)
    days = [row.day for group in groups for row in rows[group]] or [0]
    first, last = min(days), max(days)
    marks = [mark for mark in ordered_marks(chart.marks) if first <= _last_day(mark) and _day(mark.date) <= last]
    has_smooth = "smooth" in columns
    apart = has_smooth and len(groups) > 1
    panels = []
    for panel_groups in [[group] for group in groups] if apart else [groups]:
        layers = _mark_layers(chart.marks, marks, (first, last), canvas, language)
        for group in panel_groups:
            look = style(0 if apart else groups.index(group))
            layers += _line_layers(rows[group], look, has_smooth=has_smooth)
        if chart.reference is not None:
            layers.append(_rule(chart.reference))
        _set_scales(layers, chart, [rows[group] for group in panel_groups], (first, last), canvas, language)
        height = (150 if apart else 220) if canvas.is_narrow else (170 if apart else 260)
        title = chart.y.in_language(language)
        spec = frame(canvas, height=height, title=title, layers=layers, room_above=2 if marks else 0)
        panels.append(Panel(panel_groups[0] if apart else "", spec))
    return Drawing(tuple(panels), _legend(chart, groups, language, apart=apart))


_NUMBERS: Final = ("value", "lower", "upper", "smooth")


def _day(iso: str) -> int:
    return (dt.date.fromisoformat(iso[:10]) - _EPOCH).days


def _last_day(mark: Mark) -> int:
    return _day(mark.end or mark.date)


def ordered_marks(marks: Sequence[Mark]) -> list[Mark]:
    """Marks by date: their position plus one is the number that the chart and the list beneath it show."""
    return sorted(marks, key=lambda mark: (mark.date, mark.end or mark.date))


def numbered_clusters(days: Sequence[float], *, pixels_per_day: float, letters: int) -> list[tuple[float, int, int]]:
    """Neighbouring numbers joined where they would overlap.

    Parameters
    ----------
    days : sequence of float
        Where each number wants to stand, rising.
    pixels_per_day : float
    letters : int
        Height of the letters in pixels.

    Returns
    -------
    list of (day, first, last)
        Positions in ``days`` of the first and last number of each label, and where it stands.

    >>> numbered_clusters([0, 1, 100], pixels_per_day=1.0, letters=12)
    [(0.5, 0, 1), (100.0, 2, 2)]
    """
    clusters: list[tuple[float, int, int]] = []
    for i, day in enumerate(days):
        clusters.append((float(day), i, i))
        while len(clusters) > 1 and _overlap(clusters[-2], clusters[-1], pixels_per_day, letters):
            (_, start, _), (_, _, stop) = clusters[-2:]
            clusters[-2:] = [((days[start] + days[stop]) / 2, start, stop)]
    return clusters


def _overlap(a: tuple[float, int, int], b: tuple[float, int, int], pixels_per_day: float, letters: int) -> bool:
    half_widths = (len(_number(*a[1:])) + len(_number(*b[1:]))) * letters * 0.56 / 2
    return (b[0] - a[0]) * pixels_per_day < half_widths + 5


def _number(first: int, last: int) -> str:
    return str(first + 1) if first == last else f"{first + 1}–{last + 1}"


def date_ticks(first: dt.date, last: dt.date, at_most: int) -> tuple[list[dt.date], str]:
    """Round days to label on an axis, and the d3 format to write them in.

    >>> date_ticks(dt.date(2022, 2, 24), dt.date(2025, 6, 3), 5)[0][0]
    datetime.date(2023, 1, 1)
    """
    span = max((last - first).days, 1)
    if span < 31 * at_most / 3:
        step = max(1, -(-span // at_most))
        return [first + dt.timedelta(days=i) for i in range(0, span + 1, step)], "%-d %b"
    for months in (1, 2, 3, 6, 12, 24, 60, 120, 240, 600):
        if span / 30.4 / months <= at_most:
            break
    ticks = []
    year, month = first.year, 1
    while year <= last.year:
        day = dt.date(year, month, 1)
        if first <= day <= last and (months < 12 or (year * 12) % months == 0):
            ticks.append(day)
        month += min(months, 12)
        if month > 12:
            year, month = year + 1, 1
    return ticks, "%Y" if months >= 12 else "%b %Y"


def _line_layers(rows: list[_Row], look: Style, *, has_smooth: bool) -> list[Spec]:
    layers: list[Spec] = []
    dash = list(look.dash) or [1, 0]
    if any(row.lower is not None and row.upper is not None for row in rows):
        layers.append(
            {
                "data": {"values": [{"t": r.day * _DAY, "v": r.lower, "w": r.upper} for r in rows]},
                "mark": {"type": "area", "color": look.colour, "opacity": 0.18},
                "encoding": {"y2": {"field": "w"}},
            }
        )
    gap = 3 * _spacing(rows) if _is_regular(rows) else math.inf
    if has_smooth and _spacing(rows) <= 1:
        layers.append(
            {
                "data": {"values": _steps(rows)},
                "mark": {"type": "area", "color": look.colour, "opacity": 0.3, "line": False},
                "encoding": {},
            }
        )
    elif has_smooth:
        layers.append(_points(rows, _GREY))
    else:
        shape = "step-after" if _counts_up(rows) else "linear"
        layers.append(_line([(row.day, row.value) for row in rows], look.colour, dash, gap, shape))
        if len(rows) <= _FEW_POINTS:
            layers.append(_points(rows, look))
    if has_smooth:
        # A trend says nothing before the first report or after the last.
        reported = [row.day for row in rows if row.value is not None] or [0]
        trend = [(row.day, row.smooth) for row in rows if reported[0] <= row.day <= reported[-1]]
        layers.append(_line(trend, look.colour, [1, 0], gap))
    return layers


def _spacing(rows: list[_Row]) -> float:
    steps = sorted(b.day - a.day for a, b in pairwise(rows))
    return steps[len(steps) // 2] if steps else 1.0


def _is_regular(rows: list[_Row]) -> bool:
    """Whether rows come at one distance, so that a longer one is a hole and not just the next event."""
    usual = _spacing(rows)
    steps = [b.day - a.day for a, b in pairwise(rows)]
    return sum(0.9 * usual <= step <= 1.12 * usual for step in steps) >= 0.8 * len(steps)


def _counts_up(rows: list[_Row]) -> bool:
    """Whether the values are a running count at irregular dates, which stays level until the next event."""
    values = [row.value for row in rows if row.value is not None]
    rises = all(a <= b for a, b in pairwise(values)) and all(value.is_integer() for value in values)
    return rises and not _is_regular(rows)


def _steps(rows: list[_Row]) -> list[Spec]:
    """Each day as a bar of its own width, all in one path; days that nobody reported leave a hole."""
    values: list[Spec] = []
    previous: int | None = None
    for row in rows:
        if row.value is None or (previous is not None and row.day > previous + 1):
            values.append({"t": row.day * _DAY, "v": None})
        if row.value is not None:
            values += [{"t": row.day * _DAY, "v": row.value}, {"t": (row.day + 1) * _DAY, "v": row.value}]
        previous = row.day
    return values


def _line(
    points: list[tuple[int, float | None]], colour: str, dash: list[int], gap: float, shape: str = "linear"
) -> Spec:
    values: list[Spec] = []
    previous: int | None = None
    for day, value in points:
        if previous is not None and day - previous > gap > 3:
            values.append({"t": (previous + 1) * _DAY, "v": None})
        values.append({"t": day * _DAY, "v": value})
        previous = day
    return {
        "data": {"values": values},
        "mark": {"type": "line", "color": colour, "strokeDash": dash, "strokeWidth": 2, "interpolate": shape},
        "encoding": {},
    }


def _points(rows: list[_Row], look: Style) -> Spec:
    return {
        "data": {"values": [{"t": r.day * _DAY, "v": r.value} for r in rows if r.value is not None]},
        "mark": {
            "type": "point",
            "filled": True,
            "color": look.colour,
            "shape": look.shape,
            "size": 30,
            "opacity": 1,
        },
        "encoding": {},
    }


def _rule(value: float) -> Spec:
    return {
        "data": {"values": [{"v": value}]},
        "mark": {"type": "rule", "strokeDash": [3, 3], "color": MUTED},
        "encoding": {"x": None},
    }


def _mark_layers(
    all_marks: Sequence[Mark], marks: list[Mark], span: tuple[int, int], canvas: Canvas, language: Language
) -> list[Spec]:
    if not marks:
        return []
    first, last = span
    numbers = {id(mark): i for i, mark in enumerate(ordered_marks(all_marks))}
    kinds = list(dict.fromkeys(mark.group.in_language(language) if mark.group else "" for mark in all_marks))
    starts = [max(_day(mark.date), first) for mark in marks]
    ends = [min(_last_day(mark), last) for mark in marks]
    stretches = [
        {"t": a * _DAY, "u": (b + 1) * _DAY} for a, b, m in zip(starts, ends, marks, strict=True) if m.end is not None
    ]
    layers: list[Spec] = []
    if stretches:
        layers.append(
            {
                "data": {"values": stretches},
                "mark": {"type": "rect", "color": "#8a8f94", "opacity": 0.28},
                "encoding": {"x2": {"field": "u"}, "y": None},
            }
        )
    for position, kind in enumerate(kinds):
        dash = [[1, 0], [5, 3], [2, 2], [8, 3, 2, 3]][position % 4]
        days = [
            {"t": day * _DAY}
            for day, mark in zip(starts, marks, strict=True)
            if mark.end is None and (mark.group.in_language(language) if mark.group else "") == kind
        ]
        if days:
            layers.append(
                {
                    "data": {"values": days},
                    "mark": {"type": "rule", "color": "#6b737b", "strokeDash": dash, "strokeWidth": 1},
                    "encoding": {"y": None},
                }
            )
    middles = [(a + b) / 2 if m.end else float(a) for a, b, m in zip(starts, ends, marks, strict=True)]
    order = sorted(range(len(marks)), key=lambda i: middles[i])
    plot = canvas.width - 55
    offset = numbers[id(marks[0])]
    labels = [
        {"t": day * _DAY, "label": _number(a + offset, b + offset)}
        for day, a, b in numbered_clusters(
            [middles[i] for i in order], pixels_per_day=plot / max(last - first, 1), letters=canvas.letters - 1
        )
    ]
    layers.append(
        {
            "data": {"values": labels},
            "mark": {"type": "text", "baseline": "bottom", "fontSize": canvas.letters - 1, "color": MUTED},
            "encoding": {"text": {"field": "label"}, "y": {"value": -3}},
        }
    )
    return layers


def _set_scales(
    layers: list[Spec],
    chart: Chart,
    rows: list[list[_Row]],
    span: tuple[int, int],
    canvas: Canvas,
    language: Language,
) -> None:
    """Give every layer the same two axes."""
    first, last = (_EPOCH + dt.timedelta(days=day) for day in span)
    ticks, pattern = date_ticks(first, last, 4 if canvas.is_narrow else 8)
    x = {
        "field": "t",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [span[0] * _DAY, (span[1] + 1) * _DAY], "nice": False},
        "axis": {
            "title": chart.x.in_language(language) or None,
            "values": [(day - _EPOCH).days * _DAY for day in ticks],
            "labelExpr": f"utcFormat(datum.value, '{pattern}')",
            "grid": False,
            "labelFlush": True,
        },
    }
    # Unless told not to, Vega-Lite stacks areas: where one day's bar ends and the next begins, it would add both.
    y = {
        "field": "v", "type": "quantitative", "scale": _value_scale(chart, rows), "axis": _value_axis(canvas),
        "stack": None,
    }  # fmt: skip
    for layer in layers:
        encoding: dict[str, Any] = layer["encoding"]
        encoding.setdefault("x", x)
        encoding.setdefault("y", y)
        for name in ("x", "y"):
            if encoding[name] is None:
                del encoding[name]


def _value_scale(chart: Chart, rows: list[list[_Row]]) -> Spec:
    known = [
        value
        for group in rows
        for row in group
        for value in (row.value, row.lower, row.upper, row.smooth)
        if value is not None
    ]
    if chart.logarithmic:
        return {"type": "log", "nice": True}
    starts_at_zero = not known or min(known) <= 0 or min(known) < 0.5 * max(known)
    return {"zero": starts_at_zero, "nice": True}


def _value_axis(canvas: Canvas) -> Spec:
    return {"title": None, "tickCount": 4 if canvas.is_narrow else 5, "domain": False, "ticks": False}


def _legend(chart: Chart, groups: list[str], language: Language, *, apart: bool) -> tuple[LegendEntry, ...]:
    say = fixed_words(language)
    entries: list[LegendEntry] = []
    if "smooth" in chart.columns:
        entries = [
            LegendEntry(say["reported_value"], "bar", style(0)),
            LegendEntry(say["smooth"], "line", Style(style(0).colour, (), "circle")),
        ]
    elif not apart and (len(groups) > 1 or groups[:1] != [""]):
        entries = [LegendEntry(group, "line", style(i)) for i, group in enumerate(groups)]
    if "lower" in chart.columns:
        entries.append(LegendEntry(say["band"], "band", style(0)))
    if chart.reference is not None:
        number = words(language).number(chart.reference)
        entries.append(LegendEntry(say["reference"].format(value=number), "rule", Style(MUTED, (3, 3), "circle")))
    return tuple(entries)
