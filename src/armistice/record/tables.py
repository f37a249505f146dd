"""Reading the tables of a war folder: CSV or Parquet in, rows of the schema and problems out.

A table is read whole and every problem is collected, each one line: file, row (as a spreadsheet counts,
the header being row 1), column, what was found and how to mend it. A blank cell is ``None``, never 0.
CSV is UTF-8, separated by commas or, with decimal commas, by semicolons. Several values in one cell are
separated by ``;`` or ``|``.
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import difflib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, Literal, TypeVar, get_args, get_origin

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from armistice.errors import MissingExtraError
from armistice.record.schema import Row, SeriesDescription

__all__ = [
    "Grid",
    "SeriesTable",
    "Table",
    "as_date",
    "did_you_mean",
    "quoted_list",
    "read_grid",
    "read_series_table",
    "read_table",
    "source_parts",
    "where",
]

RowT = TypeVar("RowT", bound=Row)

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH: Final = re.compile(r"\d{4}-\d{2}")
_YEAR: Final = re.compile(r"\d{4}")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}([.,' ]\d{3})+([.,]\d+)?")
_TRUE: Final = frozenset({"true", "yes", "ja", "1"})
_FALSE: Final = frozenset({"false", "no", "nee", "0"})
#: Columns that a series file may have beside those that ``war.toml`` describes.
SERIES_EXTRAS: Final = ("source", "note")


# --- words of the messages -------------------------------------------------------------------------------


def where(file: str, row: int | None = None, column: str | None = None) -> str:
    """The place that a problem is about, to begin its line with.

    >>> where("talks.csv", 5, "kind")
    "talks.csv, row 5, column 'kind'"
    """
    place = file
    if row is not None:
        place += f", row {row}"
    if column is not None:
        place += f", column {column!r}"
    return place


def quoted_list(names: Iterable[str]) -> str:
    """Names in quotation marks, separated by commas; "none" when there are none."""
    return ", ".join(repr(name) for name in names) or "none"


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """A closing question with the nearest known name, or nothing.

    >>> did_you_mean("talk.csv", ["talks.csv", "events.csv"])
    " Did you mean 'talks.csv'?"
    """
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(found.lower(), by_lower, n=1, cutoff=0.6)
    return f" Did you mean {by_lower[near[0]]!r}?" if near else ""


def source_parts(cell: str) -> list[str]:
    """The keys and addresses in one ``source`` cell.

    >>> source_parts("ucdp ; https://example.org/a;b ; kiel")
    ['ucdp', 'https://example.org/a;b', 'kiel']
    """
    parts: list[str] = []
    for part in re.split(r"\s+[;|]\s*|\s*[;|]\s+|[;|](?=https?://)", cell.strip()):
        parts += [part] if part.startswith(("http://", "https://")) else re.split(r"[;|]", part)
    return [part.strip() for part in parts if part.strip()]


# --- the grid: cells as text, whatever the file format ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as text: header, and rows with the numbers that a spreadsheet shows.

    Parameters
    ----------
    header : tuple of str
    rows : list of (int, list of str)
        Row number and cells, as many as the header has; rows that are blank throughout are left out.
    decimal_comma : bool
        Whether the file is separated by semicolons, so that a comma in a number is a decimal comma.
    """

    header: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    decimal_comma: bool = False

    def column(self, name: str) -> list[str]:
        """The cells of one column."""
        position = self.header.index(name)
        return [cells[position] for _, cells in self.rows]


def read_grid(path: Path, file: str, problems: list[str]) -> Grid | None:
    """The cells of a CSV or Parquet file, or None with the reason added to ``problems``.

    Raises
    ------
    MissingExtraError
        For Parquet, when DuckDB is not installed.
    """
    grid = _parquet_grid(path, file, problems) if path.suffix == ".parquet" else _csv_grid(path, file, problems)
    if grid is None:
        return None
    repeated = sorted({name for name in grid.header if grid.header.count(name) > 1})
    if repeated:
        problems.append(
            f"{where(file, 1)}: the column {repeated[0]!r} stands in the header more than once. Rename or delete one."
        )
        return None
    return grid


def _csv_grid(path: Path, file: str, problems: list[str]) -> Grid | None:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.append(
            f"{file}, line {line}: is not UTF-8 (byte 0x{raw[error.start]:02x}). Save the file as 'CSV UTF-8'."
        )
        return None
    if "\0" in text:
        problems.append(f"{file}: is not a CSV file (it holds zero bytes). Save the sheet as 'CSV UTF-8'.")
        return None
    first_line = text.split("\n", 1)[0]
    if "\t" in first_line and "," not in first_line and ";" not in first_line:
        problems.append(f"{where(file, 1)}: is separated by tabs. Save the file with commas or semicolons.")
        return None
    semicolons = first_line.count(";") > first_line.count(",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if semicolons else ",", strict=True)
    header: tuple[str, ...] | None = None
    rows: list[tuple[int, list[str]]] = []
    sound = True
    try:
        for number, read in enumerate(reader, start=1):
            cells = [cell.strip() for cell in read]
            if header is None:
                header = tuple(cells)
            elif not any(cells):
                continue
            elif len(cells) != len(header):
                sound = False
                problems.append(
                    f"{where(file, number)}: has {len(cells)} cells where the header has {len(header)}. "
                    f"Put a cell that holds {'a semicolon' if semicolons else 'a comma'} in double quotes, "
                    "and write every cell of the row, also the blank ones."
                )
            else:
                rows.append((number, cells))
    except csv.Error as error:
        problems.append(
            f"{file}, line {reader.line_num}: cannot be read as CSV ({error}). "
            "Look for a double quote that is not closed, or write it twice inside a quoted cell."
        )
        return None
    if not header or not any(header):
        problems.append(f"{where(file, 1)}: the header is missing. Write the names of the columns in the first row.")
        return None
    return Grid(header, rows, semicolons) if sound else None


def _parquet_grid(path: Path, file: str, problems: list[str]) -> Grid | None:
    try:
        import duckdb
    except ImportError:
        raise MissingExtraError(
            f"{file}: reading Parquet needs DuckDB: pip install 'armistice[parquet]', or save the table as CSV."
        ) from None
    try:
        with duckdb.connect() as connection:
            table = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
            header = tuple(str(column[0]) for column in table.description)
            rows = [
                (number, [_as_text(cell) for cell in row]) for number, row in enumerate(table.fetchall(), start=2)
            ]
    except duckdb.Error as error:
        problems.append(
            f"{file}: cannot be read as Parquet ({str(error).splitlines()[0]}). Write it again, or as CSV."
        )
        return None
    return Grid(header, [row for row in rows if any(row[1])])


def _as_text(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, (list, tuple)):
        return ";".join(_as_text(part) for part in cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))  # a column of counts with blanks is a column of floats in Parquet
    return str(cell).strip()


# --- cells -----------------------------------------------------------------------------------------------


def as_date(cell: str) -> tuple[dt.date, Literal["day", "month", "year"]]:
    """A day (2025-03-01), month (2025-03) or year (2025) as its first day, and how precise it is written.

    Raises
    ------
    ValueError
        With what was found and what is expected.
    """
    if _DATE.fullmatch(cell):
        year, month, day = int(cell[:4]), int(cell[5:7]), int(cell[8:])
        if not (1 <= month <= 12 and year >= 1 and 1 <= day <= calendar.monthrange(year, month)[1]):
            raise ValueError(f"found {cell!r}, which is not a day of the calendar. Correct the year, month or day.")
        return dt.date(year, month, day), "day"
    if _MONTH.fullmatch(cell) and 1 <= int(cell[5:]) <= 12 and int(cell[:4]) >= 1:
        return dt.date(int(cell[:4]), int(cell[5:]), 1), "month"
    if _YEAR.fullmatch(cell) and int(cell) >= 1:
        return dt.date(int(cell), 1, 1), "year"
    raise ValueError(f"found {cell!r}; expected a date as year-month-day. Write it like 2025-03-01.")


def _full_date(cell: str) -> dt.date:
    day, precision = as_date(cell)
    if precision != "day":
        raise ValueError(f"found {cell!r}; expected a full date. Write it like {day.isoformat()}.")
    return day


def _end_date(cell: str) -> dt.date:
    """A month or a year ends on its last day."""
    day, precision = as_date(cell)
    if precision == "month":
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return dt.date(day.year, 12, 31) if precision == "year" else day


def _number(cell: str, decimal_comma: bool) -> float:
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
        if np.isfinite(value):
            return value
    if _GROUPED.fullmatch(cell):
        raise ValueError(f"found {cell!r}; expected a plain number. Leave out the thousands separators.")
    if cell.lower() in {"nan", "na", "n/a", "null", "none", "-", "?", "unknown", "onbekend"}:
        raise ValueError(f"found {cell!r}; expected a number. Leave the cell blank where the figure is not known.")
    mark = "comma" if decimal_comma else "point"
    raise ValueError(f"found {cell!r}; expected a number. Write digits only, with a decimal {mark}.")


def _whole_number(cell: str, decimal_comma: bool) -> int:
    value = _number(cell, decimal_comma)
    if not value.is_integer():
        raise ValueError(f"found {cell!r}; expected a whole number. Correct it, or leave the cell blank.")
    return int(value)


def _truth(cell: str) -> bool:
    if cell.lower() in _TRUE:
        return True
    if cell.lower() in _FALSE:
        return False
    raise ValueError(f"found {cell!r}; expected true or false. Leave the cell blank where it is not known.")


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


# --- rows of the schema ----------------------------------------------------------------------------------


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
    is_sound : bool
        False when the file as a whole could not be read, so that nothing can be said of what it lacks.
    """

    file: str
    rows: tuple[tuple[int, RowT], ...] = ()
    ids: dict[str, int] = field(default_factory=dict)
    repeated_ids: tuple[tuple[int, str], ...] = ()
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
    for name in unknown:
        if not name:
            problems.append(f"{where(file, 1)}: a column has no name. Name it, or delete the column.")
            continue
        # A misspelt required column is one problem, not two.
        near = did_you_mean(name, [column for column in known if column not in header])
        if near and (meant := near.split("'")[1]) in missing:
            missing.remove(meant)
        advice = near or " Delete it, or move what it says to 'note'."
        problems.append(
            f"{where(file, 1, name)}: is not a column of {file}.{advice} Known columns: {quoted_list(known)}."
        )
    if missing:
        problems.append(
            f"{where(file, 1)}: missing {quoted_list(missing)}; found {quoted_list(header)}. Add the missing columns."
        )
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
                values[name] = tuple(part.strip() for part in re.split(r"[;|]", cell) if part.strip())
            elif kind is float:
                values[name] = _number(cell, decimal_comma)
            elif kind is int:
                values[name] = _whole_number(cell, decimal_comma)
            elif kind is bool:
                values[name] = _truth(cell)
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
                values[name] = _end_date(cell) if name == "end_date" else _full_date(cell)
        except ValueError as error:
            problems.append(f"{where(file, number, name)}: {error}")
    return values


def _explained(error: ValidationError, model: type[Row], given: dict[str, str], file: str, number: int) -> list[str]:
    """Pydantic's findings in the words of this package, one line per column."""
    lines: dict[str | None, str] = {}
    for detail in error.errors(include_url=False):
        column = str(detail["loc"][0]) if detail["loc"] else None
        lines.setdefault(column, f"{where(file, number, column)}: {explanation(detail, given.get(column or '', ''))}")
    return list(lines.values())


def explanation(detail: Any, found: object) -> str:
    """One finding of pydantic as found, expected and remedy."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return "is blank, but must be filled in. Fill it in, or delete the row."
    if kind == "literal_error":
        choices = re.findall(r"'([^']+)'", context["expected"])
        mending = did_you_mean(str(found), choices) or " Choose one of them."
        return f"found {found!r}; expected one of {', '.join(choices) or context['expected']}.{mending}"
    if kind == "string_pattern_mismatch":
        if context["pattern"].startswith("^series/"):
            return f"found {found!r}; expected a file in the folder series. Write it like series/strikes.csv."
        return f"found {found!r}; expected lower-case letters, digits, '-' and '_' only. Write it like first-round."
    limits = {
        "greater_than_equal": ("at least", "ge"),
        "greater_than": ("more than", "gt"),
        "less_than_equal": ("at most", "le"),
        "less_than": ("less than", "lt"),
    }
    if kind in limits:
        words, key = limits[kind]
        return (
            f"found {found}; expected {words} {context[key]:g}. Correct the number, or leave it blank if not known."
        )
    if kind == "value_error":
        return f"{str(detail['msg']).removeprefix('Value error, ')}."
    return f"found {found!r}; {detail['msg'][:1].lower()}{detail['msg'][1:]}. Correct it."


# --- series ----------------------------------------------------------------------------------------------


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
    known = ["date", *described, *SERIES_EXTRAS]
    lacking = [name for name in dict.fromkeys(["date", *described]) if name not in header]
    for name in header:
        if name in known:
            continue
        near = did_you_mean(name, lacking)
        if near:
            lacking.remove(near.split("'")[1])
        advice = near or " Describe it in war.toml under [[series]], or delete it."
        problems.append(f"{where(file, 1, name)}: is described by no [[series]] of war.toml.{advice}")
    for name in lacking:
        series = [description.id for description in descriptions if description.column == name]
        of = f", which war.toml wants for series {series[0]!r}" if series else ""
        problems.append(
            f"{where(file, 1)}: missing column {name!r}{of}; found {quoted_list(header)}. Add the column, or correct war.toml."
        )


def _series_date(cell: str, monthly: bool, file: str, number: int, problems: list[str]) -> dt.date | None:
    try:
        if len(cell) == 10 and cell[4] == cell[7] == "-":
            day, precision = dt.date.fromisoformat(cell), "day"  # the fast way for nearly every cell
        else:
            raise ValueError
    except ValueError:
        try:
            if not cell:
                raise ValueError("is blank, but every row needs a date. Fill it in, or delete the row.") from None
            day, precision = as_date(cell)  # type: ignore[assignment]
        except ValueError as error:
            problems.append(f"{where(file, number, 'date')}: {error}")
            return None
    if monthly and (day.day != 1 or precision == "year"):
        problems.append(
            f"{where(file, number, 'date')}: found {cell!r}; expected the first of a month, "
            f"as war.toml says 'every = \"month\"'. Write it like {day.year}-{day.month:02d} or {day.replace(day=1)}."
        )
        return None
    if not monthly and precision != "day":
        problems.append(
            f"{where(file, number, 'date')}: found {cell!r}; expected a day, as war.toml says 'every = \"day\"'. "
            'Write the full date, or change it to "month".'
        )
        return None
    return day


def _series_values(
    grid: Grid, description: SeriesDescription, file: str, problems: list[str]
) -> npt.NDArray[np.float64]:
    cells = grid.column(description.column)
    try:
        if grid.decimal_comma or not set("".join(cells)) <= set("0123456789.+-eE"):
            raise ValueError
        values = np.array([float(cell) if cell else np.nan for cell in cells], dtype=np.float64)
    except ValueError:
        values = np.full(len(cells), np.nan)
        for i, cell in enumerate(cells):
            if cell:
                try:
                    values[i] = _number(cell, grid.decimal_comma)
                except ValueError as error:
                    problems.append(f"{where(file, grid.rows[i][0], description.column)}: {error}")
    is_tally = description.is_count or description.measures != "other"
    for i in np.flatnonzero(np.isinf(values) | ((values < 0) & is_tally)):
        problems.append(
            f"{where(file, grid.rows[i][0], description.column)}: found {cells[i]}; expected 0 or more. "
            "Correct the number, or leave the cell blank if nothing was reported."
        )
    if description.is_count:
        for i in np.flatnonzero((values >= 0) & np.isfinite(values) & (values != np.floor(values))):
            problems.append(
                f"{where(file, grid.rows[i][0], description.column)}: found {cells[i]}; expected a whole number. "
                f"Correct it, or write 'is_count = false' for series {description.id!r} in war.toml."
            )
    return values
