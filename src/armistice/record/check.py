"""Is a war folder sound? Every finding is one line that names the place and the remedy.

The readers judge the form of each file; here ``war.toml`` is held against itself and the folder, and
:mod:`check_rows` holds the rows against ``war.toml``, ``SOURCES.toml``, the calendar and each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from armistice.record.check_rows import row_problems
from armistice.record.folder import Contents, read_folder
from armistice.record.messages import expected_name
from armistice.record.schema import TABLES, War

__all__ = ["check_war", "problems_in"]


def check_war(path: str | Path) -> list[str]:
    """Everything that is wrong with the war folder at ``path``, one line each; empty when nothing is.

    Raises
    ------
    MissingExtraError
        If a table is Parquet and DuckDB is not installed.
    """
    return problems_in(read_folder(Path(path)))


def problems_in(contents: Contents) -> list[str]:
    """Everything that is wrong with a folder that was read, the form of its files first."""
    problems = list(contents.problems)
    if contents.war is not None:
        problems += _war_itself(contents, contents.war)
    problems += row_problems(contents)
    return problems


# --- war.toml ---------------------------------------------------------------------------------------------


def _war_itself(contents: Contents, war: War) -> Iterator[str]:
    if war.side_a.id == war.side_b.id:
        yield f"war.toml, [side_b], key 'id': is {war.side_b.id!r} like that of side_a. Give each side its own id."
    if war.default_as_of < war.start:
        yield (
            f"war.toml, key 'default_as_of': {war.default_as_of} is before the start, {war.start}. "
            "Give the first day of the war or a later one."
        )
    if war.end is not None and war.end.date < war.start:
        yield f"war.toml, [end], key 'date': {war.end.date} is before the start, {war.start}. Correct one of them."
    if war.end is not None and war.end.known_on is not None and war.end.known_on < war.end.date:
        yield (
            f"war.toml, [end], key 'known_on': {war.end.known_on} is before the end itself, {war.end.date}. "
            "Correct it, or delete the key."
        )
    for section in ("issues", "series", "objectives", "assumptions"):
        seen: set[str] = set()
        for number, entry in enumerate(getattr(war, section), start=1):
            if entry.id in seen:
                yield f"war.toml, [[{section}]] {number}, key 'id': {entry.id!r} stands there twice. Rename one of them."
            seen.add(entry.id)
    columns: dict[tuple[str, str], str] = {}
    for description in war.series:
        first = columns.setdefault((description.file, description.column), description.id)
        if first != description.id:
            yield (
                f"war.toml, [[series]] ({description.id}), key 'column': {description.column!r} of {description.file} "
                f"is already series {first!r}. Name another column, or delete one of the two."
            )
    sides = [*((f"[[series]] ({s.id})", s.side) for s in war.series if s.side is not None)]
    sides += [(f"[[objectives]] ({aim.id})", aim.side) for aim in war.objectives]
    sides += [("[front]", war.front.side)] if war.front is not None else []
    for place, side in sides:
        if side not in war.side_ids:
            yield f"war.toml, {place}, key 'side': found {side!r}; {expected_name('side', side, war.side_ids)}"
    yield from _issues(war)
    yield from _lags(war)
    if war.objectives and war.front is None:
        yield "war.toml, [[objectives]]: need a front to measure pace by. Add [front] and front.csv, or delete them."
    front = contents.tables["front.csv"]
    if war.front is None and (front.rows or not front.is_sound):
        yield f"{front.file}: has rows, but war.toml has no [front] that says what they measure. Add it."
    if war.front is not None and not front.is_present:
        yield "front.csv: is missing, though war.toml has [front]. Add the file, or delete [front]."


def _issues(war: War) -> Iterator[str]:
    for issue in war.issues:
        place = f"war.toml, [[issues]] ({issue.id})"
        if issue.type == "concession" and issue.asked_by is None:
            yield f"{place}: is a concession, but 'asked_by' is missing. Name the side that asks for it."
        if issue.asked_by is not None and issue.type != "concession":
            yield f"{place}, key 'asked_by': only a concession has a side that asks. Delete it, or set type = 'concession'."
        elif issue.asked_by is not None and issue.asked_by not in war.side_ids:
            yield f"{place}, key 'asked_by': found {issue.asked_by!r}; {expected_name('side', issue.asked_by, war.side_ids)}"
    extent = war.front.full_extent if war.front is not None else None
    if war.front is not None and extent is not None:
        if war.front.measure != "position_km":
            yield "war.toml, [front], key 'full_extent': belongs to `position_km`. Delete it; [theatre] gives an area its size."
        if not extent[0] < extent[1]:
            yield f"war.toml, [front], key 'full_extent': {extent[0]:g} is not below {extent[1]:g}. Swap them."


def _lags(war: War) -> Iterator[str]:
    files = [name for name in TABLES if name != "front.csv"]
    for name in war.publication_lag_days:
        if name == "front.csv":
            yield "war.toml, [publication_lag_days], key 'front.csv': stands in [front]. Move it there."
        elif name.startswith("series/"):
            yield f"war.toml, [publication_lag_days], key {name!r}: stands in [[series]], one for each. Move it there."
        elif name not in files:
            yield f"war.toml, [publication_lag_days], key {name!r}: {expected_name('table', name, files, 'the folder holds')}"
