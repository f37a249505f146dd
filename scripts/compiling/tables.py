"""Reading source tables and writing ours: plain CSV, one way of writing numbers and blanks."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

Row = dict[str, str]


def read_rows(path: Path) -> list[Row]:
    """Rows of a CSV file, also when it is compressed."""
    with _open(path) as file:
        return [{key: (value or "").strip() for key, value in row.items()} for row in csv.DictReader(file)]


def read_header(path: Path) -> list[str]:
    """The column names of a CSV file, in order."""
    with _open(path) as file:
        return next(csv.reader(file))


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")  # type: ignore[return-value]
    return path.open(encoding="utf-8-sig", newline="")


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> int:
    """Write rows under ``columns``; None becomes blank. Returns the number of rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            unknown = set(row) - set(columns)
            assert not unknown, f"{path.name}: no column for {unknown}"
            writer.writerow([_cell(row.get(column)) for column in columns])
            written += 1
    return written


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{value:.10g}"
    return str(value)


def number(cell: str) -> float | None:
    """A number, or None for a blank cell."""
    return float(cell) if cell else None


def addresses(cell: str) -> str:
    """The whole addresses in a source cell, without remarks such as "(AFP)", separated by " ; "."""
    found = re.findall(r"https?://\S+[^\s;,)]", cell)
    return " ; ".join(address for address in found if not address.endswith("..."))


def cut_note(note: str, most: int = 110) -> str:
    """The whole clauses of a note that fit on a line."""
    while len(note) > most and ";" in note:
        note = note.rpartition(";")[0]
    while len(note) > most and "," in note:
        note = note.rpartition(",")[0]
    return note


def slug(text: str) -> str:
    """Lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def precise(date: str) -> tuple[str, str]:
    """The first day of a date written as day, month or year, and how precise it is."""
    parts = date.count("-")
    return (date + ("", "-01", "-01-01")[2 - parts], ("year", "month", "day")[parts])
