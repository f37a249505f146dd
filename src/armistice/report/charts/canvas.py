"""What all charts share: sizes, colours, texts and the frame of a specification."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from armistice.text import Language, Text

__all__ = [
    "GRID",
    "HALF",
    "INK",
    "MUTED",
    "NARROW",
    "WIDE",
    "Canvas",
    "Drawing",
    "LegendEntry",
    "Panel",
    "Spec",
    "Style",
    "finite",
    "frame",
    "groups_of",
    "label_lines",
    "style",
    "tell",
]

Spec = dict[str, Any]

INK: Final = "#1d2329"
MUTED: Final = "#59636e"
GRID: Final = "#e3e6e9"


@dataclass(frozen=True, slots=True)
class Canvas:
    """Where a chart will stand: its width and letters in CSS pixels."""

    name: str
    width: int
    letters: int
    is_narrow: bool

    @property
    def characters(self) -> int:
        """How many characters fit in a line over the whole width, with some room to spare."""
        return int(self.width / (self.letters * 0.56))


WIDE: Final = Canvas("wide", 720, 13, is_narrow=False)
HALF: Final = Canvas("wide", 350, 12, is_narrow=False)
NARROW: Final = Canvas("narrow", 340, 12, is_narrow=True)


@dataclass(frozen=True, slots=True)
class Style:
    """How one group is told from the others: never by colour alone."""

    colour: str
    dash: tuple[int, ...]
    shape: str


# Okabe and Ito's colours that stand out from white by 3:1 or more; the last two darkened to do so.
_STYLES: Final = (
    Style("#0072b2", (), "circle"),
    Style("#d55e00", (7, 3), "square"),
    Style("#00795a", (2, 2), "triangle-up"),
    Style("#8c4a70", (8, 3, 2, 3), "diamond"),
    Style("#404040", (1, 3), "cross"),
)


def style(position: int) -> Style:
    """The style of the group at this position; they repeat after five."""
    return _STYLES[position % len(_STYLES)]


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A line of the legend: ``sign`` is ``line``, ``dot``, ``bar``, ``rule`` or ``band``."""

    label: str
    sign: str
    style: Style


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture: its heading ("" for the only one) and its Vega-Lite specification."""

    title: str
    spec: Spec


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart on one canvas; ``side_by_side`` panels stand two in a row where there is room."""

    panels: tuple[Panel, ...]
    legend: tuple[LegendEntry, ...] = ()
    side_by_side: bool = False


def tell(cell: object, language: Language) -> str:
    """A label or group as words."""
    if isinstance(cell, Text):
        return cell.in_language(language)
    return "" if cell is None else str(cell)


def finite(value: object) -> float | None:
    """A number that can be drawn, or None."""
    if value is None:
        return None
    number = float(value)  # type: ignore[arg-type]
    return number if math.isfinite(number) else None


def groups_of(column: Sequence[object] | None, length: int, language: Language) -> tuple[list[str], list[str]]:
    """Each row's group as words, and the groups in the order of their first row."""
    each = [tell(cell, language) for cell in column] if column is not None else [""] * length
    return each, list(dict.fromkeys(each))


def label_lines(label: str, characters: int) -> list[str]:
    """A label broken into lines of at most so many characters."""
    return textwrap.wrap(label, characters, break_long_words=False) or [""]


def frame(canvas: Canvas, *, height: int, title: str, layers: list[Spec], room_above: int = 0) -> Spec:
    """A specification of fixed outer width; ``title`` is that of the value axis, written above it."""
    letters = canvas.letters
    spec: Spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": canvas.width,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 2, "right": 10, "top": 4, "bottom": 4},
        "background": None,
        "layer": layers,
        "config": {
            "aria": False,
            "view": {"stroke": None},
            "axis": {
                "labelColor": MUTED, "titleColor": INK, "gridColor": GRID, "domainColor": MUTED, "tickColor": MUTED,
                "labelFontSize": letters, "titleFontSize": letters, "titleFontWeight": "normal", "titlePadding": 8,
                "labelPadding": 5,
            },
            "text": {"fontSize": letters, "color": INK},
        },
    }  # fmt: skip
    if title:
        spec["title"] = {
            "text": label_lines(title, canvas.characters),
            "anchor": "start",
            "frame": "bounds",
            "fontSize": letters,
            "fontWeight": "normal",
            "color": INK,
            "offset": 8 + room_above,
        }
    return spec
