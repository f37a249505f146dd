"""A study's chart as the page shows it: pictures for both widths, legend, list of marks, data table."""

from __future__ import annotations

import datetime as dt
import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from armistice.report.charts import NARROW, WIDE, Canvas, LegendEntry, draw
from armistice.report.charts.canvas import groups_of, tell
from armistice.report.charts.cloud import classes, observed
from armistice.report.charts.heatmap import MOST_WITH_NUMBERS
from armistice.report.charts.timeline import ordered_marks
from armistice.report.svg import draw_svg
from armistice.report.telling import tell_cell
from armistice.report.words import fixed_words
from armistice.studies.study import Chart, Study
from armistice.text import Language, words

__all__ = ["DataTable", "Figure", "Painter", "Picture", "Version", "data_table", "figure_id", "make_figure"]

#: A timeline with more rows than this is summed up by month in its data table.
_MOST_ROWS: Final = 200


class Painter(Protocol):
    """Draws a specification, as :func:`armistice.report.svg.draw_svg` does."""

    def __call__(self, spec: dict[str, Any], language: Language, *, name: str) -> str:
        """The picture; ``name`` is unique on the page."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One SVG, which carries its accessible name, and the heading above it."""

    title: str
    svg: str


@dataclass(frozen=True, slots=True)
class Version:
    """The chart on one canvas."""

    canvas: Canvas
    legend: tuple[LegendEntry, ...]
    pictures: tuple[Picture, ...]
    side_by_side: bool


@dataclass(frozen=True, slots=True)
class DataTable:
    """The figures behind a chart."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart, ready for the template."""

    id: str
    title: str
    says: str
    versions: tuple[Version, ...]
    marks: tuple[str, ...]
    data: DataTable


def make_figure(chart: Chart, language: Language, *, id: str, paint: Painter = draw_svg) -> Figure:
    """Draw a chart for a page and for a phone; ``id`` is unique on the page."""
    title = chart.title.in_language(language)
    says = chart.says.in_language(language)
    versions = []
    for canvas in (WIDE, NARROW):
        drawing = draw(chart, canvas, language)
        pictures = tuple(
            Picture(
                panel.title,
                _named(
                    paint(panel.spec, language, name=f"{id}-{canvas.name}-{i}"),
                    f"{fixed_words(language)['chart_of']}: {title}" + (f", {panel.title}" if panel.title else "") + f". {says}",
                ),
            )
            for i, panel in enumerate(drawing.panels)
        )  # fmt: skip
        versions.append(Version(canvas, drawing.legend, pictures, drawing.side_by_side))
    return Figure(id, title, says, tuple(versions), _marks(chart, language), data_table(chart, language))


def figure_id(study: Study, chart: Chart) -> str:
    """What a study's chart is called on the page."""
    return f"{study.name}-{chart.name}"


def _named(svg: str, name: str) -> str:
    """The picture as one image with a name, for readers who hear the page."""
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(name)}" ', 1)


def _marks(chart: Chart, language: Language) -> tuple[str, ...]:
    """The marks in the order of their numbers."""
    say, fixed = words(language), fixed_words(language)
    told = []
    for mark in ordered_marks(chart.marks):
        day = say.date(dt.date.fromisoformat(mark.date))
        if mark.end is not None and mark.end != mark.date:
            day = f"{day} {fixed['to']} {say.date(dt.date.fromisoformat(mark.end))}"
        kind = f" ({mark.group.in_language(language)})" if mark.group is not None else ""
        told.append(f"{day}: {mark.label.in_language(language)}{kind}")
    return tuple(told)


def data_table(chart: Chart, language: Language) -> DataTable:
    """The columns of a chart as a reader sees them; long ones are summed up and say so."""
    length = len(next(iter(chart.columns.values()), ()))
    if chart.kind == "cloud":
        return _in_classes(chart, language)
    if chart.kind == "heatmap" and len(set(map(str, chart.columns["across"]))) > MOST_WITH_NUMBERS:
        return _by_year(chart, language)
    if chart.kind == "timeline" and length > _MOST_ROWS:
        return _by_month(chart, language)
    write = _as_share(language) if chart.kind in ("incidence", "heatmap") else _as_written(language)
    first = [name for name in ("group", "label", "date", "months", "down", "across") if name in chart.columns]
    order = first + [name for name in chart.columns if name not in first]
    rows = tuple(
        tuple(write(name, chart.columns[name][i]) for name in order)
        for i in range(length)
    )  # fmt: skip
    return DataTable(
        tuple(_heading(chart, name, language) for name in order), rows, tuple(name not in _WORDS for name in order)
    )


_WORDS: Final = ("group", "label", "date", "across", "down")
_Write = Callable[[str, Any], str]


def _as_written(language: Language) -> _Write:
    named = ("group", "label", "across", "down")
    return lambda name, cell: tell(cell, language) if name in named else tell_cell(cell, language)


def _as_share(language: Language) -> _Write:
    def write(name: str, cell: Any) -> str:
        if name in ("value", "lower", "upper") and cell is not None and math.isfinite(cell):
            return words(language).percent(cell)
        return _as_written(language)(name, cell)

    return write


def _heading(chart: Chart, name: str, language: Language) -> str:
    if name == "value":  # the axis that bears the value knows its unit
        axis = chart.x if chart.kind in ("intervals", "cloud", "bars") else chart.y
        return axis.in_language(language) or fixed_words(language)["value"]
    if name == "across":
        return chart.x.in_language(language)
    if name == "down":  # its labels say what they are
        return ""
    return fixed_words(language).get(name, name.replace("_", " "))


def _by_month(chart: Chart, language: Language) -> DataTable:
    fixed, say = fixed_words(language), words(language)
    columns = chart.columns
    length = len(columns["date"])
    each, groups = groups_of(columns.get("group"), length, language)
    months: dict[tuple[str, str], list[float]] = {}
    for i in range(length):
        values = months.setdefault((each[i], str(columns["date"][i])[:7]), [])
        if columns["value"][i] is not None and math.isfinite(columns["value"][i]):
            values.append(float(columns["value"][i]))
    rows = []
    for (group, month), values in sorted(months.items(), key=lambda item: (groups.index(item[0][0]), item[0][1])):
        told = [say.month(dt.date.fromisoformat(f"{month}-01")), say.number(len(values))]
        if values:
            told += [say.number(v) for v in (sum(values) / len(values), min(values), max(values))]
        else:
            told += [fixed["not_known"]] * 3
        rows.append((group, *told) if "group" in columns else tuple(told))
    headings = [fixed[name] for name in ("month_heading", "number", "average", "lowest", "highest")]
    numeric = [False, True, True, True, True]
    if "group" in columns:
        headings, numeric = [fixed["group"], *headings], [False, *numeric]
    return DataTable(tuple(headings), tuple(rows), tuple(numeric), fixed["by_month"])


def _by_year(chart: Chart, language: Language) -> DataTable:
    """A grid of months as one row per line and one column per year: means of the shares."""
    years: dict[str, dict[str, list[float]]] = {}
    headings: dict[str, None] = {}
    for month, line, value in zip(*(chart.columns[name] for name in ("across", "down", "value")), strict=True):
        year = tell(month, language)[:4]
        headings.setdefault(year)
        cells = years.setdefault(tell(line, language), {})
        if value is not None and math.isfinite(value):
            cells.setdefault(year, []).append(float(value))
    rows = tuple(
        (
            line,
            *(
                words(language).percent(sum(cells[y]) / len(cells[y]))
                if y in cells
                else fixed_words(language)["not_known"]
                for y in headings
            ),
        )
        for line, cells in years.items()
    )
    return DataTable(("", *headings), rows, (False, *(True for _ in headings)), chart.y.in_language(language))


def _in_classes(chart: Chart, language: Language) -> DataTable:
    import numpy as np

    fixed, say = fixed_words(language), words(language)
    each, groups = groups_of(chart.columns["group"], len(chart.columns["value"]), language)
    edges = classes(chart)[:: max(1, len(classes(chart)) // 12)]
    edges = np.unique(np.append(edges, classes(chart)[-1]))
    rows: list[tuple[str, ...]] = []
    for group in groups:
        positions = [i for i, name in enumerate(each) if name == group]
        values = _finite(chart.columns["value"], positions)
        heights, _ = np.histogram(values, bins=edges)
        rows += [
            (group, say.number(float(a)), say.number(float(b)), say.number(int(n)))
            for a, b, n in zip(edges[:-1], edges[1:], heights, strict=True)
        ]
        seen = observed(chart, positions)
        if seen is not None:
            rows.append((group, f"{fixed['observed']}: {say.number(seen)}", "", ""))
    headings = (fixed["group"], fixed["from"], fixed["to"], fixed["number"])
    return DataTable(headings, tuple(rows), (False, True, True, True), fixed["in_classes"])


def _finite(column: Sequence[Any], positions: list[int]) -> list[float]:
    return [float(column[i]) for i in positions if column[i] is not None and math.isfinite(column[i])]
