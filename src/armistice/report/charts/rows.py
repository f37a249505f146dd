"""What charts with one row per label share: where rows stand and how their labels are written."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from armistice.report.charts.canvas import INK, Canvas, Spec, label_lines
from armistice.text import Language, words

__all__ = ["Layout", "axis_numbers", "lay_out", "log_ticks", "places"]

_CHARACTERS: Final = {"wide": 36, "narrow": 46}


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows from top to bottom.

    Parameters
    ----------
    labels : list of str
        Distinct labels in order.
    height : int
        Of the whole panel, in pixels.
    """

    labels: list[str]
    lines: list[list[str]]
    pitch: int
    height: int
    is_narrow: bool

    def y_axis(self) -> Spec:
        """The encoding of positions; the labels are written by the axis unless the canvas is narrow."""
        axis: Spec | None = None
        if not self.is_narrow:
            written = json.dumps(["\n".join(lines) for lines in self.lines], ensure_ascii=False)
            axis = {
                "title": None,
                "values": list(range(len(self.labels))),
                "labelExpr": f"split({written}[datum.value], '\\n')",
                "labelLimit": 0,
                "labelColor": INK,
                "labelBaseline": "middle",
                "grid": False,
                "domain": False,
                "ticks": False,
                "labelOverlap": False,
            }
        return {
            "field": "row",
            "type": "quantitative",
            "scale": {"domain": [-0.5, len(self.labels) - 0.5], "reverse": True, "nice": False, "zero": False},
            "axis": axis,
        }

    def label_layer(self, canvas: Canvas) -> list[Spec]:
        """On a narrow canvas, each label above its row, from the left edge."""
        if not self.is_narrow:
            return []
        top = -self.pitch / 2 + 3
        data = {"values": [{"row": i, "label": lines} for i, lines in enumerate(self.lines)]}
        text = {"type": "text", "align": "left", "baseline": "top", "dy": top, "lineHeight": canvas.letters + 3}
        encoding = {"x": {"value": 0}, "y": self.y_axis(), "text": {"field": "label"}}
        # White behind the letters, so that a rule that crosses them does not.
        behind = text | {"stroke": "white", "strokeWidth": 4, "color": "white"}
        return [{"data": data, "mark": mark, "encoding": encoding} for mark in (behind, text)]

    def shift(self, position: int, of: int, canvas: Canvas) -> float:
        """How far below the middle of its row the group at this position stands, in rows."""
        if of == 1:
            spread = 0.0
        else:
            step = 13 / self.pitch
            spread = (position - (of - 1) / 2) * step
        if self.is_narrow:  # leave the upper part of the row to its label
            spread += (max(map(len, self.lines)) * (canvas.letters + 3) / 2 + 1) / self.pitch
        return spread


def lay_out(labels: Sequence[str], groups: int, canvas: Canvas) -> Layout:
    """Rows for distinct labels, high enough for their lines and for one mark per group."""
    distinct = list(dict.fromkeys(labels))
    lines = [label_lines(label, _CHARACTERS[canvas.name]) for label in distinct]
    text = max((len(each) for each in lines), default=1) * (canvas.letters + 3)
    marks = 13 * groups
    pitch = text + marks + 12 if canvas.is_narrow else max(text, marks) + 12
    return Layout(distinct, lines, pitch, pitch * max(len(distinct), 1), canvas.is_narrow)


def places(labels: Sequence[str], groups: Sequence[str]) -> tuple[list[int], int]:
    """Which of the marks of its label each row is, and the most marks that one label has.

    >>> places(["a", "b", "b"], ["one", "one", "all"])
    ([0, 0, 1], 2)
    """
    seen: dict[str, list[str]] = {}
    for label, group in zip(labels, groups, strict=True):
        others = seen.setdefault(label, [])
        if group not in others:
            others.append(group)
    each = [seen[label].index(group) for label, group in zip(labels, groups, strict=True)]
    return each, max(map(len, seen.values()), default=1)


def log_ticks(low: float, high: float, at_most: int) -> list[float]:
    """Round numbers on a logarithmic axis.

    >>> log_ticks(0.3, 5.0, 4), log_ticks(0.55, 1.8, 5)
    ([0.5, 1.0, 2.0, 5.0], [0.6, 0.8, 1.0, 1.2, 1.5])
    """
    for mantissas in ((1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8), (1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        ticks = [float(f"{m}e{p}") for p in powers for m in mantissas]
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) <= at_most:
            break
    return inside


def axis_numbers(values: Sequence[float], language: Language) -> Spec:
    """Ticks at chosen values, written as the language writes numbers."""
    say = words(language)
    written: dict[str, Any] = {repr(float(value)): say.number(value) for value in values}
    pairs = json.dumps([[float(key), label] for key, label in written.items()], ensure_ascii=False)
    # Vega has no dictionary look-up by number; the label stands at the tick's position in the list.
    positions = json.dumps([float(key) for key in written])
    return {"values": list(values), "labelExpr": f"{pairs}[indexof({positions}, datum.value)][1]"}
