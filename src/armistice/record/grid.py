"""The cells of a table as text, whatever the file format: CSV with commas or semicolons, or Parquet."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from pathlib import Path

from armistice.errors import MissingExtraError
from armistice.record.messages import where

__all__ = ["Grid", "read_grid"]


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
