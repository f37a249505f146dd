"""Words and numbers in the languages that the reports speak.

A :class:`Text` holds the same statement in every language. :class:`Words` writes numbers,
dates and intervals as a reader of one language expects them, so that a study builds its sentences as

>>> Text(en=f"On average {EN.number(3.14159)} km²", nl=f"Gemiddeld {NL.number(3.14159)} km²").nl
'Gemiddeld 3,14 km²'
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Final, Literal, get_args

__all__ = ["EN", "LANGUAGES", "NL", "Language", "Text", "Words", "words"]

Language = Literal["en", "nl"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

_MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "nl": (
        "januari", "februari", "maart", "april", "mei", "juni",
        "juli", "augustus", "september", "oktober", "november", "december",
    ),
}  # fmt: skip
_TO: Final[dict[Language, str]] = {"en": "to", "nl": "tot"}


@dataclass(frozen=True, slots=True)
class Text:
    """One statement in every language of the reports."""

    en: str
    nl: str

    def in_language(self, language: Language) -> str:
        """The statement in one language."""
        return self.nl if language == "nl" else self.en

    def to_json(self) -> dict[str, str]:
        """The statement in all languages, for JSON."""
        return {"en": self.en, "nl": self.nl}


@dataclass(frozen=True, slots=True)
class Words:
    """How numbers and dates are written in one language."""

    language: Language

    def number(self, value: float, *, significant: int = 3) -> str:
        """A number to a few significant digits, never in scientific notation.

        Whole numbers below a million keep all their digits, since counts are exact.

        >>> EN.number(1234.567), NL.number(1234.567), EN.number(903), NL.number(0.0123)
        ('1,230', '1.230', '903', '0,0123')
        """
        if not math.isfinite(value):
            return "∞" if value > 0 else "−∞" if value < 0 else "?"
        if float(value).is_integer() and abs(value) < 1e6:
            return self._grouped(value, 0)
        if value == 0:
            return "0"
        magnitude = math.floor(math.log10(abs(value)))
        decimals = significant - 1 - magnitude
        rounded = round(value, decimals)
        if rounded != 0 and math.floor(math.log10(abs(rounded))) > magnitude:
            decimals -= 1
        return self._grouped(rounded, max(decimals, 0), trim=True)

    def percent(self, share: float) -> str:
        """A share from 0 to 1 as a percentage; shares that are not quite 0 or 1 never read as such.

        >>> EN.percent(0.1234), NL.percent(0.0123), EN.percent(0.0004), EN.percent(0.9999)
        ('12%', '1,2%', '<0.1%', '>99.9%')
        """
        sign = "%"
        hundredfold = 100 * share
        if 0 < hundredfold < 0.1:
            return "<" + self._grouped(0.1, 1) + sign
        if 99.9 < hundredfold < 100:
            return ">" + self._grouped(99.9, 1) + sign
        decimals = 1 if (0 < abs(hundredfold) < 9.95 or 99 < hundredfold < 100) else 0
        return self._grouped(hundredfold, decimals) + sign

    def date(self, day: dt.date) -> str:
        """A day, spelt out.

        >>> EN.date(dt.date(2025, 6, 3)), NL.date(dt.date(2025, 6, 3))
        ('3 June 2025', '3 juni 2025')
        """
        return f"{day.day} {_MONTHS[self.language][day.month - 1]} {day.year}"

    def month(self, day: dt.date) -> str:
        """A month, spelt out.

        >>> NL.month(dt.date(1951, 11, 27))
        'november 1951'
        """
        return f"{_MONTHS[self.language][day.month - 1]} {day.year}"

    def span(self, lower: float, upper: float, *, significant: int = 3) -> str:
        """An interval in words.

        >>> EN.span(0.5, 1.75), NL.span(0.5, 1.75)
        ('0.5 to 1.75', '0,5 tot 1,75')
        """
        low, high = (self.number(bound, significant=significant) for bound in (lower, upper))
        return f"{low} {_TO[self.language]} {high}"

    def percent_span(self, lower: float, upper: float) -> str:
        """An interval of shares in words.

        >>> EN.percent_span(0.05, 0.2)
        '5.0% to 20%'
        """
        return f"{self.percent(lower)} {_TO[self.language]} {self.percent(upper)}"

    def _grouped(self, value: float, decimals: int, *, trim: bool = False) -> str:
        plain = f"{value:,.{decimals}f}".replace("-", "−")
        if trim and decimals:
            plain = plain.rstrip("0").rstrip(".")
        return plain.translate(str.maketrans(",.", ".,")) if self.language == "nl" else plain


EN: Final = Words("en")
NL: Final = Words("nl")


def words(language: Language) -> Words:
    """The :class:`Words` of a language."""
    return NL if language == "nl" else EN
