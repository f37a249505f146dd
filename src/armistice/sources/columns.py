"""Reading a table whose publisher changes its columns between versions.

A reader lists the versions that it knows by the columns each must have. :func:`read_versioned` says which one a
file is, or, when it is none of them, what was found and what is known: a file of an unknown version is never
read by guesswork.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError

__all__ = ["Table", "Version", "read_versioned"]

#: Codes for "does not apply" and "missing" that these publishers share; each reader may add its own.
MISSING: Final = frozenset({"", "NA", "NaN", ".", "-9", "-8", "-7", "-9.0", "-8.0", "-7.0"})
_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Version:
    """A layout of a file: its name, the columns it must have, and columns that it must not have."""

    name: str
    columns: tuple[str, ...]
    without: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Table:
    """A file as text, its version known.

    Parameters
    ----------
    path : Path
    version : Version
    columns : mapping of str to list of str
        Cells by column, stripped; all columns of the file.
    """

    path: Path
    version: Version
    columns: Mapping[str, list[str]]

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values()), []))

    def words(self, name: str) -> npt.NDArray[np.str_]:
        """A column as text."""
        return np.array(self.columns[name], dtype=np.str_)

    def numbers(
        self, name: str, *, missing: frozenset[str] = MISSING, at_least: float | None = None
    ) -> npt.NDArray[np.float64]:
        """A column as numbers; codes for missing become NaN.

        Raises
        ------
        DataError
            For a cell that is no number, or below ``at_least`` without being a code for missing.
        """
        found = np.full(self.n, np.nan)
        for row, cell in enumerate(self.columns[name]):
            if cell in missing:
                continue
            try:
                value = float(cell.replace(",", ""))
            except ValueError:
                raise DataError(f"{self.at(row)}: {name} must be a number, got {cell!r}.") from None
            if not math.isfinite(value) or (at_least is not None and value < at_least):
                raise DataError(
                    f"{self.at(row)}: {name} must be {'finite' if at_least is None else f'at least {at_least:g}'}, "
                    f"got {cell!r}. Is it a code for missing that this version uses?"
                )
            found[row] = value
        return found

    def codes(self, name: str) -> npt.NDArray[np.int64]:
        """A column of whole-number codes from 0; -1 where missing."""
        numbers = self.numbers(name, at_least=0)
        known = ~np.isnan(numbers)
        if (numbers[known] != np.floor(numbers[known])).any():
            row = int(np.flatnonzero(known & (numbers != np.floor(numbers)))[0])
            raise DataError(f"{self.at(row)}: {name} must be a whole number, got {self.columns[name][row]!r}.")
        return np.where(known, numbers, -1).astype(np.int64)

    def days(self, name: str) -> npt.NDArray[np.datetime64]:
        """A column of ISO days; NaT where missing."""
        found = np.full(self.n, np.datetime64("NaT"), dtype="datetime64[D]")
        for row, cell in enumerate(self.columns[name]):
            if cell in MISSING:
                continue
            try:
                found[row] = np.datetime64(dt.date.fromisoformat(cell[:10]))
            except ValueError:
                raise DataError(
                    f"{self.at(row)}: {name} must be a day written as 1918-11-11, got {cell!r}."
                ) from None
        return found

    def at(self, row: int) -> str:
        """Where a row stands, for messages: file, version and line (the heading is line 1)."""
        return f"{self.path.name} ({self.version.name}), row {row + 2}"


def read_versioned(path: str | Path, known: Sequence[Version], *, what: str) -> Table:
    """Read a CSV or tab-separated file (plain or gzip) and tell its version by its columns.

    Parameters
    ----------
    path : str or Path
    known : sequence of Version
        Tried in order; the first whose columns are all there is taken.
    what : str
        What the file should be, for messages.

    Raises
    ------
    DataError
        If the file is absent, has no rows, a row is too long or short, or it is no known version.
    """
    file = Path(path).expanduser()
    if not file.is_file():
        raise DataError(f"No file {file}; give the path of {what}.")
    text = _text(file)
    heading = text.split("\n", 1)[0]
    delimiter = "\t" if heading.count("\t") > heading.count(",") else ","
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
    header = [name.strip().lstrip("\ufeff") for name in rows[0]] if rows else []
    version = next((v for v in known if _is(v, header)), None)
    if version is None:
        raise DataError(_unknown(file, header, known, what))
    if len(rows) < 2:
        raise DataError(f"{file.name} ({version.name}) has a heading and no rows.")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise DataError(f"{file.name} ({version.name}), row {number}: {len(header)} columns, {len(row)} cells.")
    return Table(file, version, {name: [row[i].strip() for row in rows[1:]] for i, name in enumerate(header) if name})


def _text(file: Path) -> str:
    raw = file.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:  # older files come from Windows spreadsheets
        text = raw.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is(version: Version, header: Sequence[str]) -> bool:
    return all(name in header for name in version.columns) and not any(name in header for name in version.without)


def _unknown(file: Path, header: Sequence[str], known: Sequence[Version], what: str) -> str:
    """What was found, which versions are known, and what the nearest one lacks."""
    found = ", ".join(repr(name) for name in header[:_SHOWN]) or "nothing"
    more = f" and {len(header) - _SHOWN} more" if len(header) > _SHOWN else ""
    nearest = min(known, key=lambda v: sum(name not in header for name in v.columns) / len(v.columns))
    lacks = [name for name in nearest.columns if name not in header]
    names = "; ".join(version.name for version in known)
    return (
        f"{file.name} is no known version of {what}: found columns {found}{more}. Known versions: {names}. "
        f"Nearest is {nearest.name}, of which it lacks {', '.join(lacks[:_SHOWN]) or 'nothing, but has others'}."
    )
