"""Rows read by hand for this record: ``additions/<war>/<table>.csv``, with exactly the columns of the war folder.

``additions/<war>/filled.csv`` fills blank cells of rows that the gathered tables hold already: table, id, column, value,
and the address where it was read, which joins the row's own. A cell that is not blank is never overwritten there;
``was`` names the old value where a reading corrects it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from compiling.tables import Row, read_header, read_rows

__all__ = ["filled_in", "with_additions"]

ADDITIONS = Path(__file__).parent / "additions"

#: What makes two rows of a table the same row.
KEYS: dict[str, tuple[str, ...]] = {
    "talks": ("id",),
    "events": ("id",),
    "figures": ("subject", "quantity", "date", "end_date", "claimed_by", "known_on"),
    "exchanges": ("date", "to_side", "claimed_by"),
    "opinion": ("date", "fieldwork_start", "population", "pollster", "measure", "answer"),
    "leaders": ("date", "side", "office"),
    "support": ("date", "patron", "to_side", "kind"),
}
#: What ``filled.csv`` calls a row of a table without ids: these columns, joined by "/".
NAMED_BY: dict[str, tuple[str, ...]] = {
    "exchanges": ("date", "to_side"),
    "figures": ("date", "subject", "quantity"),
    "leaders": ("date", "side", "office"),
}


def with_additions(
    rows: Sequence[dict[str, object]], war: str, table: str, columns: Sequence[str], folder: Path = ADDITIONS
) -> list[dict[str, object]]:
    """The rows, and the added ones of this war and table, in the order of ``columns``.

    Raises
    ------
    ValueError
        When the columns differ from those of the war folder, or a row stands there twice.
    """
    path = folder / war / f"{table}.csv"
    added = read_rows(path) if path.exists() else []
    if added and read_header(path) != list(columns):
        raise ValueError(f"{path.name} of {war}: its columns must be {','.join(columns)}")
    together: list[dict[str, object]] = [{**row} for row in rows]
    together += [{**row} for row in added]
    seen: dict[tuple[str, ...], int] = {}
    for place, row in enumerate(together):
        key = tuple(_cell(row, column) for column in KEYS[table])
        if key in seen and place >= len(rows):
            raise ValueError(f"{path.name} of {war}, row {place - len(rows) + 2}: stands there already: {key}")
        seen[key] = place
    return together


def filled_in(
    rows: Sequence[dict[str, object]], war: str, table: str, folder: Path = ADDITIONS
) -> list[dict[str, object]]:
    """The rows with blank cells filled from ``filled.csv``, and the address of each reading added.

    Raises
    ------
    ValueError
        When a row does not exist, or a cell holds something else than ``was``.
    """
    path = folder / war / "filled.csv"
    readings = [row for row in read_rows(path) if row["table"] == table] if path.exists() else []
    together = [dict(row) for row in rows]
    columns = NAMED_BY.get(table, ("id",))
    by_name = {"/".join(_cell(row, column) for column in columns): row for row in together} if readings else {}
    for reading in readings:
        _fill(by_name, reading)
    return together


def _fill(by_name: dict[str, dict[str, object]], reading: Row) -> None:
    table, row_id, column = reading["table"], reading["id"], reading["column"]
    if row_id not in by_name:
        raise ValueError(f"filled.csv: {table} has no row {row_id!r}")
    row = by_name[row_id]
    found = _cell(row, column)
    if found != reading["was"]:
        raise ValueError(f"filled.csv: {table}, {row_id}, {column} holds {found!r}, not {reading['was']!r}")
    row[column] = reading["value"]
    known = str(row["source"]).split(" ; ")
    row["source"] = " ; ".join(
        [*known, *(address for address in reading["source"].split(" ; ") if address not in known)]
    )


def _cell(row: dict[str, object] | Row, column: str) -> str:
    value = row.get(column)
    return "" if value is None else str(value)
