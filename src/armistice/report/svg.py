"""Vega-Lite specifications drawn as small static SVG, in the numbers and months of one language."""

from __future__ import annotations

import re
from typing import Any, Final

from armistice.text import Language

__all__ = ["draw_svg", "drawing_options", "trim_svg"]

_NUMBERS: Final[dict[Language, dict[str, Any]]] = {
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""], "minus": "−"},
    "nl": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", ""], "minus": "−"},
}
_TIMES: Final[dict[Language, dict[str, Any]]] = {
    "en": {
        "dateTime": "%-d %B %Y %H:%M", "date": "%-d %B %Y", "time": "%H:%M", "periods": ["AM", "PM"],
        "days": ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
        "shortDays": ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
        "months": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                   "November", "December"],
        "shortMonths": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    },
    "nl": {
        "dateTime": "%-d %B %Y %H:%M", "date": "%-d %B %Y", "time": "%H:%M", "periods": ["", ""],
        "days": ["zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"],
        "shortDays": ["zo", "ma", "di", "wo", "do", "vr", "za"],
        "months": ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
                   "november", "december"],
        "shortMonths": ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
    },
}  # fmt: skip

_TAG: Final = re.compile(r"<[^>]+>")
# What Vega writes for scripts, screen readers or nobody: this page names each picture as a whole.
_DROPPED: Final = re.compile(
    r'\s(?:class|role|aria-[a-z]+|pointer-events|font-family|xmlns:xlink|version|stroke-miterlimit)="[^"]*"'
)
_LONG_NUMBER: Final = re.compile(r"-?\d+\.\d{2,}")
_EMPTY: Final = re.compile(r'<path(?:\s[^>]*)?\sd=""[^>]*/>|<path d="M0,0h0v0h0Z"[^>]*/>')
_SIZE: Final = re.compile(r'(<svg[^>]*?)\swidth="[\d.]+"\sheight="[\d.]+"')


def draw_svg(spec: dict[str, Any], language: Language, *, name: str) -> str:
    """One picture as an ``<svg>`` element without size, to be scaled by the page.

    Parameters
    ----------
    spec : dict
        A Vega-Lite specification with inline data.
    language : Language
    name : str
        Unique on the page; put before every id inside the picture.
    """
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(spec, **drawing_options(language))
    return trim_svg(svg, name)


def drawing_options(language: Language) -> dict[str, Any]:
    """How a specification is drawn: numbers and months of a language, and nothing fetched from anywhere."""
    return {"format_locale": _NUMBERS[language], "time_format_locale": _TIMES[language], "allowed_base_urls": []}


def trim_svg(svg: str, name: str) -> str:
    """Vega's SVG without what a static page has no use for: about half the size, with ids of its own.

    >>> trim_svg('<svg class="marks" width="9" height="9" viewBox="0 0 9 9"><path d="M1.2345,2"/></svg>', "a")
    '<svg viewBox="0 0 9 9"><path d="M1.2,2"/></svg>'
    """
    svg = _SIZE.sub(r"\1", svg, count=1)
    svg = _TAG.sub(lambda tag: _trim_tag(tag.group(), name), svg)
    svg = _EMPTY.sub("", svg)
    previous = ""
    while previous != svg:
        previous, svg = svg, re.sub(r"<g(?:\s[^>]*)?></g>", "", svg)
    return svg


def _trim_tag(tag: str, name: str) -> str:
    tag = _DROPPED.sub("", tag)
    tag = re.sub(r'\sid="([^"]+)"', rf' id="{name}-\1"', tag)
    tag = re.sub(r'url\((?:&quot;|")?#([^)"&]+)(?:&quot;|")?\)', rf"url(#{name}-\1)", tag)
    return _LONG_NUMBER.sub(lambda number: _short(number.group()), tag)


def _short(number: str) -> str:
    value = float(number)
    # Below 1 a number may be an opacity or a scale, where one decimal is too coarse.
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.1f}".removesuffix(".0")
