"""Reading the tables of a war folder: cells in, rows of the schema and problems out.

A table is read whole and every problem is collected, each one line: file, row (as a spreadsheet counts,
the header being row 1), column, what was found and how to mend it. A blank cell is ``None``, never 0.
CSV is UTF-8, separated by commas or, with decimal commas, by semicolons. Several values in one cell are
separated by ``;`` or ``|``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args, get_origin

from pydantic import ValidationError

from armistice.record.cells import (
    as_date,
    as_end_date,
    as_full_date,
    as_number,
    as_truth,
    as_tuple,
    as_whole_number,
)
from armistice.record.grid import read_grid
from armistice.record.messages import explanation, nearest, quoted_list, where
from armistice.record.schema import Row

__all__ = ["Table", "read_table"]

RowT = TypeVar("RowT", bound=Row)


def _kinds(model: type[Row]) -> dict[str, type]:
    """The kind of cell in each column: date, float, int, bool, tuple or str."""
    kinds: dict[str, type] = {}
    for name, info in model.model_fields.items():
        choices = [info.annotation, *get_args(info.annotation)]
        kinds[name] = next(
            (kind for kind in (dt.date, bool, int, float) if kind in choices),
            tuple if get_origin(info.annotation) is tuple else str,
        )
    return kinds


@dataclass(frozen=True, slots=True)
class Table(Generic[RowT]):
    """One table, read.

    Parameters
    ----------
    file : str
        Name as in the folder, for messages.
    rows : tuple of (int, Row)
        Row number and row, for every row without a problem of its own.
    ids : dict of str to int
        First row number of each id in the file, that of faulty rows included: what a row elsewhere may refer to.
    repeated_ids : list of (int, str)
        Row number and id of every repetition.
    is_present : bool
        False when the folder has no such file, which is no problem: nothing is known of it.
    is_sound : bool
        False when the file as a whole could not be read, so that nothing can be said of what it lacks.
    """

    file: str
    rows: tuple[tuple[int, RowT], ...] = ()
    ids: dict[str, int] = field(default_factory=dict)
    repeated_ids: tuple[tuple[int, str], ...] = ()
    is_present: bool = True
    is_sound: bool = True


def read_table(path: Path, file: str, model: type[RowT], problems: list[str]) -> Table[RowT]:
    """The rows of one table, problems added to ``problems``.

    Parameters
    ----------
    path : Path
        CSV or Parquet.
    file : str
        Name for the messages.
    model : type of Row
        What each row must be.
    problems : list of str
        Gets one line per problem.

    Returns
    -------
    Table
        The rows that are without problems.
    """
    grid = read_grid(path, file, problems)
    if grid is None or not _header_fits(grid.header, file, model, problems):
        return Table(file, is_sound=False)
    kinds = _kinds(model)
    rows: list[tuple[int, RowT]] = []
    ids: dict[str, int] = {}
    repeated: list[tuple[int, str]] = []
    for number, cells in grid.rows:
        given = {name: cell for name, cell in zip(grid.header, cells, strict=True) if cell}
        if "id" in given:
            if given["id"] in ids:
                repeated.append((number, given["id"]))
            ids.setdefault(given["id"], number)
        before = len(problems)
        values = _convert(given, kinds, grid.decimal_comma, file, number, problems)
        if len(problems) > before:
            continue
        try:
            rows.append((number, model.model_validate(values)))
        except ValidationError as error:
            problems += _explained(error, model, given, file, number)
    return Table(file, tuple(rows), ids, tuple(repeated))


def _header_fits(header: Sequence[str], file: str, model: type[Row], problems: list[str]) -> bool:
    known = list(model.model_fields)
    required = [name for name, info in model.model_fields.items() if info.is_required()]
    unknown = [name for name in header if name not in known]
    missing = [name for name in required if name not in header]
    strange: list[str] = []
    for name in unknown:
        near = nearest(name, [column for column in known if column not in header]) if name else None
        if near is None:
            strange.append(name)
            continue
        if near in missing:  # a misspelt column is one problem, not two
            missing.remove(near)
        problems.append(f"{where(file, 1, name)}: is not a column of {file}. Did you mean {near!r}?")
    if missing:
        also = f" (unknown: {quoted_list(strange)})" if strange else ""
        problems.append(
            f"{where(file, 1)}: missing {quoted_list(missing)}; found {quoted_list(header)}{also}. "
            f"{'Rename or add' if strange else 'Add'} the missing columns."
        )
    else:
        problems += [
            f"{where(file, 1, name)}: is not a column of {file}. Delete it, or move what it says to 'note'. "
            f"Known columns: {quoted_list(known)}."
            for name in strange
        ]
    return not (unknown or missing)


def _convert(
    given: dict[str, str], kinds: dict[str, type], decimal_comma: bool, file: str, number: int, problems: list[str]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, cell in given.items():
        kind = kinds[name]
        try:
            if kind is str:
                values[name] = cell
            elif kind is tuple:
                values[name] = as_tuple(cell)
            elif kind is float:
                values[name] = as_number(cell, decimal_comma)
            elif kind is int:
                values[name] = as_whole_number(cell, decimal_comma)
            elif kind is bool:
                values[name] = as_truth(cell)
            elif name == "date":
                day, precision = as_date(cell)
                stated = given.get("date_precision")
                if precision != "day":
                    if stated is not None and stated != precision:
                        raise ValueError(
                            f"found {cell!r} while date_precision says {stated!r}. "
                            f"Write the full date, or {precision!r} as date_precision."
                        )
                    values["date_precision"] = precision
                values[name] = day
            else:
                values[name] = as_end_date(cell) if name == "end_date" else as_full_date(cell)
        except ValueError as error:
            problems.append(f"{where(file, number, name)}: {error}")
    return values


def _explained(error: ValidationError, model: type[Row], given: dict[str, str], file: str, number: int) -> list[str]:
    """Pydantic's findings in the words of this package, one line per column."""
    lines: dict[str | None, str] = {}
    for detail in error.errors(include_url=False):
        column = str(detail["loc"][0]) if detail["loc"] else None
        if column is None and detail["type"] == "value_error":
            # A finding about the row as a whole begins with the column to look at.
            first_word = str(detail["ctx"]["error"]).split()[0].strip(",")
            column = first_word if first_word in model.model_fields else None
        lines.setdefault(column, f"{where(file, number, column)}: {explanation(detail, given.get(column or '', ''))}")
    return list(lines.values())
