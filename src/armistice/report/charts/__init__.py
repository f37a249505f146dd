"""Charts as Vega-Lite specifications, one module per kind.

:func:`draw` turns a study's :class:`~armistice.studies.study.Chart` into panels for one :class:`Canvas`
(a wide page or a phone). No drawing library is needed to write a specification; :mod:`armistice.report.svg` draws them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from armistice.report.charts.bars import bars
from armistice.report.charts.canvas import NARROW, WIDE, Canvas, Drawing, LegendEntry, Panel
from armistice.report.charts.cloud import cloud
from armistice.report.charts.heatmap import heatmap
from armistice.report.charts.incidence import incidence
from armistice.report.charts.intervals import intervals
from armistice.report.charts.timeline import timeline
from armistice.studies.study import Chart, ChartKind
from armistice.text import Language

__all__ = ["NARROW", "WIDE", "Canvas", "Drawing", "LegendEntry", "Panel", "draw"]

_KINDS: Final[Mapping[ChartKind, Callable[[Chart, Canvas, Language], Drawing]]] = {
    "timeline": timeline,
    "intervals": intervals,
    "cloud": cloud,
    "incidence": incidence,
    "bars": bars,
    "heatmap": heatmap,
}


def draw(chart: Chart, canvas: Canvas, language: Language) -> Drawing:
    """The panels of a chart for one canvas, in one language."""
    return _KINDS[chart.kind](chart, canvas, language)
