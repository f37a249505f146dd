"""What history and simulation said of the bundled wars at the time, month by month: what the pool's weights learn from.

``outlook_lessons.csv`` holds, for each bundled war that is over and for days in its course, the chances that each method
gave on that day from the record of that day, and beside them when and how the war ended. ``scripts/outlook_examples.py
lessons`` makes it. A war teaches from the day on which its end was known, and never itself.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from armistice.outlook.chances import Floats, monthly_from_incidence
from armistice.outlook.weights import Lesson
from armistice.record.as_of import Record
from armistice.studies._outlook_methods import METHODS, with_forms_of
from armistice.studies._outlook_ways import GRID, MONTHS, WAYS

__all__ = ["LESSONS_FILE", "Taught", "lessons_for", "read_lessons", "write_lessons"]

LESSONS_FILE: Final = Path(__file__).parent / "outlook_lessons.csv"
_MONTH_DAYS: Final = 365.25 / 12
_COLUMNS: Final = (
    "war",
    "conflicts",
    "known_on",
    "ended_on",
    "way",
    "as_of",
    "method",
    *(f"{way}_{m}" for m in GRID for way in WAYS),
)


@dataclass(frozen=True, eq=False)
class Taught:
    """What the methods said of one war on one day, and how it ended.

    Parameters
    ----------
    war : str
    conflicts : tuple of int
        UCDP's ids of it, by which a copy of the war under another name is known.
    known_on, ended_on : date
    way : int
        Position in ``WAYS``.
    as_of : date
    incidence : ndarray of float64, shape (len(METHODS), len(GRID), len(WAYS))
    """

    war: str
    conflicts: tuple[int, ...]
    known_on: dt.date
    ended_on: dt.date
    way: int
    as_of: dt.date
    incidence: Floats


def read_lessons(path: Path = LESSONS_FILE) -> tuple[Taught, ...]:
    """The file's contents, by war and day; nothing where there is no file."""
    return _read(path)


@lru_cache(maxsize=4)
def _read(path: Path) -> tuple[Taught, ...]:
    if not path.is_file():
        return ()
    said: dict[tuple[str, ...], dict[str, Floats]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = tuple(row[name] for name in _COLUMNS[:6])
            chances = np.array([float(row[name]) for name in _COLUMNS[7:]]).reshape(len(GRID), len(WAYS))
            said.setdefault(key, {})[row["method"]] = chances
    return tuple(
        Taught(
            war, tuple(int(each) for each in conflicts.split(";") if each), dt.date.fromisoformat(known_on),
            dt.date.fromisoformat(ended_on), WAYS.index(way), dt.date.fromisoformat(as_of),
            np.stack([methods[name] for name in METHODS]),
        )
        for (war, conflicts, known_on, ended_on, way, as_of), methods in said.items()
        if all(name in methods for name in METHODS)
    )  # fmt: skip


def write_lessons(taught: Iterable[Taught], path: Path = LESSONS_FILE) -> None:
    """Write the file; chances to six decimals."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for one in taught:
            head = (
                one.war,
                ";".join(str(each) for each in one.conflicts),
                one.known_on,
                one.ended_on,
                WAYS[one.way],
                one.as_of,
            )
            for name, chances in zip(METHODS, one.incidence, strict=True):
                writer.writerow([*head, name, *(f"{value:.6f}" for value in chances.ravel())])


def lessons_for(record: Record, taught: Iterable[Taught] | None = None) -> list[Lesson]:
    """One lesson for each other war whose end was known on the record's day."""
    wars: dict[str, list[Taught]] = {}
    for one in read_lessons() if taught is None else taught:
        own = one.war == record.war.id or {*one.conflicts} & {*record.war.ucdp_conflict_ids}
        known = record.hindsight or one.known_on <= record.as_of
        if not own and known and one.as_of < one.ended_on:
            wars.setdefault(one.war, []).append(one)
    return [_lesson(war, sorted(days, key=lambda one: one.as_of)) for war, days in sorted(wars.items())]


def _lesson(war: str, days: list[Taught]) -> Lesson:
    monthly = np.stack([monthly_from_incidence(one.incidence, GRID) for one in days], axis=1)
    # As it is pooled: of a settlement's form the game says little.
    history, simulation = (METHODS.index(name) for name in ("history", "simulation"))
    monthly[simulation] = with_forms_of(monthly[history], monthly[simulation])
    # The month in which it ended, counted from 1; a war that outlasts the months forecast is watched to their end.
    months = np.array([int(np.ceil((one.ended_on - one.as_of).days / _MONTH_DAYS)) for one in days])
    beyond = months > MONTHS
    way = np.array([one.way for one in days])
    return Lesson(war, monthly, np.where(beyond, MONTHS, months), np.where(beyond, -1, way))
