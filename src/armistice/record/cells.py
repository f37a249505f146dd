"""From the text of one cell to a value. Each function raises ValueError with what was found and the remedy."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from typing import Final, Literal

__all__ = [
    "as_date",
    "as_end_date",
    "as_full_date",
    "as_number",
    "as_truth",
    "as_tuple",
    "as_whole_number",
    "source_parts",
]

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH: Final = re.compile(r"\d{4}-\d{2}")
_YEAR: Final = re.compile(r"\d{4}")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}([.,' ]\d{3})+([.,]\d+)?")
_NO_NUMBER: Final = frozenset({"nan", "na", "n/a", "null", "none", "-", "?", "unknown", "onbekend"})
_TRUE: Final = frozenset({"true", "yes", "ja", "1"})
_FALSE: Final = frozenset({"false", "no", "nee", "0"})


def as_date(cell: str) -> tuple[dt.date, Literal["day", "month", "year"]]:
    """A day (2025-03-01), month (2025-03) or year (2025) as its first day, and how precise it is written.

    Raises
    ------
    ValueError
        With what was found and what is expected.
    """
    if _DATE.fullmatch(cell):
        try:
            return dt.date.fromisoformat(cell), "day"
        except ValueError:
            raise ValueError(
                f"found {cell!r}, which is not a day of the calendar. Correct the year, month or day."
            ) from None
    if _MONTH.fullmatch(cell) and 1 <= int(cell[5:]) <= 12 and int(cell[:4]) >= 1:
        return dt.date(int(cell[:4]), int(cell[5:]), 1), "month"
    if _YEAR.fullmatch(cell) and int(cell) >= 1:
        return dt.date(int(cell), 1, 1), "year"
    raise ValueError(f"found {cell!r}; expected a date as year-month-day. Write it like 2025-03-01.")


def as_full_date(cell: str) -> dt.date:
    day, precision = as_date(cell)
    if precision != "day":
        raise ValueError(f"found {cell!r}; expected a full date. Write it like {day.isoformat()}.")
    return day


def as_end_date(cell: str) -> dt.date:
    """A month or a year ends on its last day."""
    day, precision = as_date(cell)
    if precision == "month":
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return dt.date(day.year, 12, 31) if precision == "year" else day


def as_number(cell: str, decimal_comma: bool) -> float:
    plain = cell
    if decimal_comma:
        if _GROUPED.fullmatch(cell) and "," not in cell:
            raise ValueError(
                f"found {cell!r}, which may mean thousands or decimals. "
                "Write thousands without a separator and decimals after a comma."
            )
        plain = cell.replace(",", ".", 1) if "." not in cell else cell
    if _NUMBER.fullmatch(plain):
        value = float(plain)
        if math.isfinite(value):
            return value
    if _GROUPED.fullmatch(cell):
        raise ValueError(f"found {cell!r}; expected a plain number. Leave out the thousands separators.")
    if cell.lower() in _NO_NUMBER:
        raise ValueError(f"found {cell!r}; expected a number. Leave the cell blank where the figure is not known.")
    mark = "comma" if decimal_comma else "point"
    raise ValueError(f"found {cell!r}; expected a number. Write digits only, with a decimal {mark}.")


def as_whole_number(cell: str, decimal_comma: bool) -> int:
    value = as_number(cell, decimal_comma)
    if not value.is_integer():
        raise ValueError(f"found {cell!r}; expected a whole number. Correct it, or leave the cell blank.")
    return int(value)


def as_truth(cell: str) -> bool:
    if cell.lower() in _TRUE:
        return True
    if cell.lower() in _FALSE:
        return False
    raise ValueError(f"found {cell!r}; expected true or false. Leave the cell blank where it is not known.")


def as_tuple(cell: str) -> tuple[str, ...]:
    """The values in one cell, separated by ``;`` or ``|``.

    >>> as_tuple("prisoners; grain")
    ('prisoners', 'grain')
    """
    return tuple(part.strip() for part in re.split(r"[;|]", cell) if part.strip())


def source_parts(cell: str) -> list[str]:
    """The keys and addresses in one ``source`` cell.

    >>> source_parts("ucdp ; https://example.org/a;b ; kiel")
    ['ucdp', 'https://example.org/a;b', 'kiel']
    """
    parts: list[str] = []
    for part in re.split(r"\s+[;|]\s*|\s*[;|]\s+|[;|](?=https?://)", cell.strip()):
        parts += [part] if part.startswith(("http://", "https://")) else re.split(r"[;|]", part)
    return [part.strip() for part in parts if part.strip()]
