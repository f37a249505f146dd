"""Reading ``series/*.csv``: a date and the columns that ``war.toml`` describes, as arrays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.record.cells import as_date, as_number
from armistice.record.grid import Grid, read_grid
from armistice.record.messages import nearest, quoted_list, where
from armistice.record.schema import SeriesDescription

__all__ = ["SeriesTable", "read_series_table"]

#: Columns that a series file may have beside those that ``war.toml`` describes.
_EXTRAS: Final = ("source", "note")


@dataclass(frozen=True, slots=True)
class SeriesTable:
    """One file of series, its rows in order of date.

    Parameters
    ----------
    file : str
    dates : ndarray of datetime64[D], shape (n,)
        As in the file: days, or firsts of months.
    values : dict of str to ndarray of float64, shape (n,)
        By column; NaN where the cell is blank.
    sources : tuple of str
        What a ``source`` column holds, one per row; "" where blank or without such a column.
    row_numbers : tuple of int
    """

    file: str
    dates: npt.NDArray[np.datetime64]
    values: dict[str, npt.NDArray[np.float64]]
    sources: tuple[str, ...]
    row_numbers: tuple[int, ...]


def read_series_table(
    path: Path, file: str, descriptions: Sequence[SeriesDescription], problems: list[str]
) -> SeriesTable | None:
    """One file under ``series/`` and the columns that ``war.toml`` describes.

    Parameters
    ----------
    path, file, problems
        As for :func:`read_table`.
    descriptions : sequence of SeriesDescription
        Those whose ``file`` is this one; all daily or all monthly.

    Returns
    -------
    SeriesTable or None
        None when the file cannot be used; ``problems`` says why.
    """
    grid = read_grid(path, file, problems)
    if grid is None:
        return None
    columns = [description.column for description in descriptions]
    before = len(problems)
    _series_header_fits(grid.header, file, descriptions, problems)
    if len(problems) > before:
        return None
    monthly = descriptions[0].every == "month"
    dates = [
        _series_date(cell, monthly, file, n, problems)
        for (n, _), cell in zip(grid.rows, grid.column("date"), strict=True)
    ]
    values: dict[str, npt.NDArray[np.float64]] = {}
    for description in descriptions:
        column = _series_values(grid, description, file, problems)
        values[description.column] = column
    first_row: dict[dt.date, int] = {}
    for (number, _), day in zip(grid.rows, dates, strict=True):
        if day is not None and first_row.setdefault(day, number) != number:
            problems.append(
                f"{where(file, number, 'date')}: {day} stands in row {first_row[day]} too. "
                f"Keep one row per {'month' if monthly else 'day'}."
            )
    if len(problems) > before:
        return None
    days = np.array(dates, dtype="datetime64[D]")
    order = np.argsort(days, kind="stable")
    sources = grid.column("source") if "source" in grid.header else [""] * len(grid.rows)
    return SeriesTable(
        file,
        days[order],
        {column: values[column][order] for column in columns},
        tuple(sources[i] for i in order),
        tuple(grid.rows[i][0] for i in order),
    )


def _series_header_fits(
    header: Sequence[str], file: str, descriptions: Sequence[SeriesDescription], problems: list[str]
) -> None:
    described = [description.column for description in descriptions]
    known = ["date", *described, *_EXTRAS]
    lacking = [name for name in dict.fromkeys(["date", *described]) if name not in header]
    for name in header:
        if name in known:
            continue
        near = nearest(name, lacking)
        if near is not None:
            lacking.remove(near)  # a misspelt column is one problem, not two
        advice = f" Did you mean {near!r}?" if near else " Describe it in war.toml under [[series]], or delete it."
        problems.append(f"{where(file, 1, name)}: is described by no [[series]] of war.toml.{advice}")
    for name in lacking:
        series = [description.id for description in descriptions if description.column == name]
        of = f", which war.toml wants for series {series[0]!r}" if series else ""
        problems.append(
            f"{where(file, 1)}: missing column {name!r}{of}; found {quoted_list(header)}. Add the column, or correct war.toml."
        )


def _series_date(cell: str, monthly: bool, file: str, number: int, problems: list[str]) -> dt.date | None:
    try:
        if not cell:
            raise ValueError("is blank, but every row needs a date. Fill it in, or delete the row.")
        day, precision = as_date(cell)
        if monthly and (day.day != 1 or precision == "year"):
            raise ValueError(
                f"found {cell!r}; expected the first of a month, as war.toml says every = 'month'. "
                f"Write it like {day.year}-{day.month:02d}."
            )
        if not monthly and precision != "day":
            raise ValueError(
                f"found {cell!r}; expected a day, as war.toml says every = 'day'. "
                "Write the full date, or change it to 'month' in war.toml."
            )
    except ValueError as error:
        problems.append(f"{where(file, number, 'date')}: {error}")
        return None
    return day


def _places(wrong: npt.NDArray[np.bool_]) -> list[int]:
    return [int(place) for place in np.flatnonzero(wrong)]


def _series_values(
    grid: Grid, description: SeriesDescription, file: str, problems: list[str]
) -> npt.NDArray[np.float64]:
    cells = grid.column(description.column)
    try:
        if grid.decimal_comma or not set("".join(cells)) <= set("0123456789.+-eE"):
            raise ValueError
        values = np.array([float(cell) if cell else np.nan for cell in cells], dtype=np.float64)
        if np.isinf(values).any():
            raise ValueError
    except ValueError:
        values = np.full(len(cells), np.nan)
        for i, cell in enumerate(cells):
            if cell:
                try:
                    values[i] = as_number(cell, grid.decimal_comma)
                except ValueError as error:
                    problems.append(f"{where(file, grid.rows[i][0], description.column)}: {error}")
    is_tally = description.is_count or description.measures != "other"
    for i in _places((values < 0) & is_tally):
        problems.append(
            f"{where(file, grid.rows[i][0], description.column)}: found {cells[i]}; expected 0 or more. "
            "Correct the number, or leave the cell blank if nothing was reported."
        )
    if description.is_count:
        for i in _places((values >= 0) & np.isfinite(values) & (values != np.floor(values))):
            problems.append(
                f"{where(file, grid.rows[i][0], description.column)}: found {cells[i]}; expected a whole number. "
                f"Correct it, or write 'is_count = false' for series {description.id!r} in war.toml."
            )
    return values
