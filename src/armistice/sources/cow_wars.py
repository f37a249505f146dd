"""Correlates of War: wars between states, within states, colonial and between groups, as participants wrote them.

COW may not be redistributed, so that no row of it comes with this package: users bring the file.

Cite: Sarkees and Wayman (2010), Resort to War: 1816-2007. Dixon and Sarkees (2016), A Guide to Intra-State Wars.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError
from armistice.sources.columns import Table, Version, read_versioned

__all__ = ["OUTCOMES", "CowWars", "InterstateWars", "interstate_wars", "read_cow_wars"]

#: COW's codes. For wars between states the outcome is the participant's own; elsewhere A is the first side named.
OUTCOMES: Final = {
    1: "winner (side A)", 2: "loser (side B wins)", 3: "compromise", 4: "transformed into another type of war",
    5: "going on", 6: "stalemate", 7: "goes on below the level of war", 8: "changed sides",
}  # fmt: skip

_INTERSTATE: Final = Version(
    "COW Inter-State Wars 4.0",
    ("WarNum", "WarName", "ccode", "StateName", "Side", "StartMonth1", "StartDay1", "StartYear1", "EndMonth1",
     "EndDay1", "EndYear1", "StartYear2", "EndMonth2", "EndDay2", "EndYear2", "Initiator", "Outcome", "BatDeath"),
)  # fmt: skip
_INTRASTATE: Final = Version(
    "COW Intra-State Wars 5.1",
    ("WarNum", "WarName", "V5RegionNum", "CcodeA", "SideA", "SideB", "StartMo1", "StartDy1", "StartYr1", "EndMo1",
     "EndDy1", "EndYr1", "EndYr4", "Initiator", "Outcome", "TotalBDeaths"),
)  # fmt: skip
_EXTRASTATE: Final = Version(
    "COW Extra-State Wars 4.0",
    ("WarNum", "WarName", "ccode1", "SideA", "ccode2", "SideB", "StartMonth1", "StartDay1", "StartYear1",
     "EndMonth1", "EndDay1", "EndYear1", "EndYear2", "Initiator", "Outcome", "BatDeath"),
)  # fmt: skip
_NONSTATE: Final = Version(
    "COW Non-State Wars 4.0",
    ("WarNum", "WarName", "SideA1", "SideB1", "StartYear", "StartMonth", "StartDay", "EndYear", "EndMonth", "EndDay",
     "Initiator", "Outcome", "TotalCombatDeaths"),
)  # fmt: skip
_KNOWN: Final = (_INTERSTATE, _INTRASTATE, _EXTRASTATE, _NONSTATE)

#: Per version: columns of the first party's code and name, of the other party, and of deaths.
_NAMES: Final = {
    _INTERSTATE.name: ("ccode", "StateName", "", "BatDeath"),
    _INTRASTATE.name: ("CcodeA", "SideA", "SideB", "TotalBDeaths"),
    _EXTRASTATE.name: ("ccode1", "SideA", "SideB", "BatDeath"),
    _NONSTATE.name: ("", "SideA1", "SideB1", "TotalCombatDeaths"),
}
#: Per version: how year, month and day of a date are called, {} being the number of the spell, and how many spells.
_DATES: Final = {
    _INTERSTATE.name: (("{}Year{n}", "{}Month{n}", "{}Day{n}"), 2),
    _INTRASTATE.name: (("{}Yr{n}", "{}Mo{n}", "{}Dy{n}"), 4),
    _EXTRASTATE.name: (("{}Year{n}", "{}Month{n}", "{}Day{n}"), 2),
    _NONSTATE.name: (("{}Year", "{}Month", "{}Day"), 1),
}
_PRECISIONS: Final = ("day", "month", "year")


@dataclass(frozen=True, eq=False)
class CowWars:
    """Participants in wars, one row each.

    Parameters
    ----------
    version : str
        Which of COW's four lists, and its version.
    war_number : ndarray of float64, shape (n,)
        COW numbers some wars within states with a decimal (502.1).
    war_name, party, opponent : ndarray of str, shape (n,)
        ``opponent`` is "" in the list of wars between states, whose participants have a ``side``.
    state_code : ndarray of int64, shape (n,)
        COW's code of ``party``; -1 where it is no state.
    side : ndarray of int64, shape (n,)
        1 or 2 in wars between states, else -1.
    start, end : ndarray of datetime64[D], shape (n,)
        First day of the first spell and last day of the last; ``end`` is NaT for wars going on. Pauses between
        spells are not taken out. A date known to the month or the year is its first day for ``start``, its
        last for ``end``.
    start_precision, end_precision : ndarray of str, shape (n,)
        "day", "month" or "year".
    is_initiator : ndarray of float64, shape (n,)
        1 yes, 0 no; NaN where the list names the initiator instead (``initiator``).
    initiator : ndarray of str, shape (n,)
        The cell as published.
    outcome : ndarray of int64, shape (n,)
        :data:`OUTCOMES`; -1 where missing.
    deaths : ndarray of float64, shape (n,)
        Battle deaths of the party, or of all where the list gives no more; NaN where missing.
    """

    version: str
    war_number: npt.NDArray[np.float64]
    war_name: npt.NDArray[np.str_]
    party: npt.NDArray[np.str_]
    opponent: npt.NDArray[np.str_]
    state_code: npt.NDArray[np.int64]
    side: npt.NDArray[np.int64]
    start: npt.NDArray[np.datetime64]
    end: npt.NDArray[np.datetime64]
    start_precision: npt.NDArray[np.str_]
    end_precision: npt.NDArray[np.str_]
    is_initiator: npt.NDArray[np.float64]
    initiator: npt.NDArray[np.str_]
    outcome: npt.NDArray[np.int64]
    deaths: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class InterstateWars:
    """Wars between states, one row each.

    Parameters
    ----------
    war_number : ndarray of float64, shape (n,)
    war_name : ndarray of str, shape (n,)
    start, end : ndarray of datetime64[D], shape (n,)
        Earliest first and latest last day over participants.
    days : ndarray of int64, shape (n,)
        First and last day counted; wars going on are left out.
    initiator_outcome : ndarray of int64, shape (n,)
        How it ended for the state that began it (:data:`OUTCOMES`); -1 where nobody did or initiators differ.
    """

    war_number: npt.NDArray[np.float64]
    war_name: npt.NDArray[np.str_]
    start: npt.NDArray[np.datetime64]
    end: npt.NDArray[np.datetime64]
    days: npt.NDArray[np.int64]
    initiator_outcome: npt.NDArray[np.int64]


def read_cow_wars(path: str | Path) -> CowWars:
    """Any of COW's four lists of wars, told apart by its columns.

    Raises
    ------
    DataError
        For an unknown version, an impossible date, or a war that ends before it starts; with the row.
    """
    table = read_versioned(path, _KNOWN, what="a COW list of wars (CSV)")
    version = table.version.name
    code, party, opponent, deaths = _NAMES[version]
    start, start_precision = _first_start(table)
    end, end_precision = _last_end(table)
    wrong = np.flatnonzero(~np.isnat(end) & (end < start))
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"{table.at(row)}: {table.columns['WarName'][row]} ends on {end[row]}, before it starts on {start[row]}; "
            "correct the file."
        )
    blank = np.full(table.n, "", dtype=np.str_)
    interstate = version == _INTERSTATE.name
    initiators = table.words("Initiator")
    return CowWars(
        version=version,
        war_number=table.numbers("WarNum", at_least=0),
        war_name=table.words("WarName"),
        party=table.words(party),
        opponent=table.words(opponent) if opponent else blank,
        state_code=table.codes(code) if code else np.full(table.n, -1),
        side=table.codes("Side") if interstate else np.full(table.n, -1),
        start=start,
        end=end,
        start_precision=start_precision,
        end_precision=end_precision,
        is_initiator=(initiators == "1").astype(np.float64) if interstate else np.full(table.n, np.nan),
        initiator=initiators,
        outcome=table.codes("Outcome"),
        deaths=table.numbers(deaths, at_least=0),
    )


def interstate_wars(wars: CowWars) -> InterstateWars:
    """One row per war between states, from its participants.

    Raises
    ------
    DataError
        If the list is not that of wars between states.
    """
    if wars.version != _INTERSTATE.name:
        raise DataError(f"interstate_wars needs {_INTERSTATE.name}, got {wars.version}.")
    rows = []
    for number in np.unique(wars.war_number):
        members = wars.war_number == number
        if np.isnat(wars.end[members]).any():
            continue
        outcomes = np.unique(wars.outcome[members & (wars.is_initiator == 1)])
        start, end = wars.start[members].min(), wars.end[members].max()
        rows.append(
            (
                number, wars.war_name[members][0], start, end, int((end - start).astype(int)) + 1,
                int(outcomes[0]) if len(outcomes) == 1 else -1,
            )
        )  # fmt: skip
    kinds: tuple[Any, ...] = (np.float64, np.str_, "datetime64[D]", "datetime64[D]", np.int64, np.int64)
    columns = [np.array([row[i] for row in rows], dtype=kind) for i, kind in enumerate(kinds)]
    return InterstateWars(*columns)


def _first_start(table: Table) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.str_]]:
    names, _ = _DATES[table.version.name]
    days, precisions = [], []
    for row in range(table.n):
        day, precision = _day(table, row, "Start", names, 1)
        if day is None:
            raise DataError(f"{table.at(row)}: the war has no first year.")
        days.append(day)
        precisions.append(precision)
    return np.array(days, dtype="datetime64[D]"), np.array(precisions, dtype=np.str_)


def _last_end(table: Table) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.str_]]:
    """The last day of the last spell; NaT where any spell is still going on."""
    names, spells = _DATES[table.version.name]
    days, precisions = [], []
    for row in range(table.n):
        found: tuple[dt.date | None, str] = (None, "year")
        for spell in range(1, spells + 1):
            if _cell(table, row, names[0], "End", spell) == "-7":
                found = (None, "year")
                break
            day, precision = _day(table, row, "End", names, spell)
            began, _ = _day(table, row, "Start", names, spell)
            if day is not None and began is not None and day < began:
                raise DataError(
                    f"{table.at(row)}: {table.columns['WarName'][row]} ends on {day}, before it starts on {began} "
                    f"(spell {spell}); correct the file."
                )
            if day is not None:
                found = (day, precision)
        days.append(np.datetime64("NaT") if found[0] is None else np.datetime64(found[0]))
        precisions.append(found[1])
    return np.array(days, dtype="datetime64[D]"), np.array(precisions, dtype=np.str_)


def _cell(table: Table, row: int, name: str, which: str, spell: int) -> str:
    return table.columns[name.format(which, n=spell)][row]


def _day(table: Table, row: int, which: str, names: tuple[str, str, str], spell: int) -> tuple[dt.date | None, str]:
    """A date and how precisely it is known; None where the spell does not exist."""
    cells = [_cell(table, row, name, which, spell) for name in names]
    # Besides its codes, COW 5.1 writes a question mark where it does not know a month or a day.
    try:
        year, month, day = (-9 if cell in ("", "NA", "?") else int(float(cell)) for cell in cells)
    except ValueError:
        raise DataError(
            f"{table.at(row)}: {which.lower()} of {table.columns['WarName'][row]} is no date: {', '.join(cells)}."
        ) from None
    if year < 0:
        return None, "year"
    precision = _PRECISIONS[2] if month < 1 else _PRECISIONS[1] if day < 1 else _PRECISIONS[0]
    if month < 1:
        month = 1 if which == "Start" else 12
    try:
        if day < 1:
            day = 1 if which == "Start" else calendar.monthrange(year, month)[1]
        return dt.date(year, month, day), precision
    except (ValueError, IndexError):
        raise DataError(
            f"{table.at(row)}: {which.lower()} of {table.columns['WarName'][row]} is no date: {', '.join(cells)}."
        ) from None
