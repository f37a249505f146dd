"""Archigos: who led each state, from when to when, how they lost office, and what became of them. Users bring the file.

Cite: Goemans, Gleditsch and Chiozza (2009), Journal of Peace Research 46:269-283; version 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError
from armistice.sources.columns import Version, read_versioned

__all__ = ["FATES", "Leaders", "read_archigos"]

#: What became of a leader in the year after losing office; anything else is missing.
FATES: Final = ("OK", "Exile", "Imprisonment", "Death")
_MISSING_FATE: Final = ("Missing", "Leader Still in Office", "Suicide")
_COLUMNS: Final = ("obsid", "ccode", "idacr", "leader", "startdate", "enddate", "entry", "exit", "posttenurefate")
_KNOWN: Final = (
    Version("Archigos 4.1 with uncertain dates (as published)", (*_COLUMNS, "leadid", "eindate", "eoutdate")),
    Version("Archigos 4.1", (*_COLUMNS, "leadid", "exitcode")),
)


@dataclass(frozen=True, eq=False)
class Leaders:
    """Spells in office, one row each.

    Parameters
    ----------
    version : str
    spell_id, leader : ndarray of str, shape (n,)
    state_code : ndarray of int64, shape (n,)
        Gleditsch and Ward's code, which is COW's for most states.
    start, end : ndarray of datetime64[D], shape (n,)
        First and last day in office; for those still in office ``end`` is the last day the data look at.
    is_in_office : ndarray of bool, shape (n,)
        Still in office on the last day that the data look at.
    exit : ndarray of str, shape (n,)
        "Regular", "Irregular", "Foreign", "Natural Death", ... as published.
    fate : ndarray of str, shape (n,)
        One of :data:`FATES`, or "" where it is not known.
    """

    version: str
    spell_id: npt.NDArray[np.str_]
    leader: npt.NDArray[np.str_]
    state_code: npt.NDArray[np.int64]
    start: npt.NDArray[np.datetime64]
    end: npt.NDArray[np.datetime64]
    is_in_office: npt.NDArray[np.bool_]
    exit: npt.NDArray[np.str_]
    fate: npt.NDArray[np.str_]

    @property
    def last_day(self) -> np.datetime64:
        """The last day that the data look at."""
        return np.datetime64(self.end.max())

    def in_office(self, state: int, day: np.datetime64) -> int | None:
        """Row of the leader of a state on a day; of two, the one who came first. None where there is none."""
        rows = np.flatnonzero((self.state_code == state) & (self.start <= day) & (self.end >= day))
        return int(rows[np.argmin(self.start[rows])]) if len(rows) else None


def read_archigos(path: str | Path) -> Leaders:
    """Read Archigos.

    Raises
    ------
    DataError
        For an unknown version, an unknown fate, or a spell that ends before it starts.
    """
    table = read_versioned(path, _KNOWN, what="Archigos (CSV or tab-separated)")
    start, end = table.days("startdate"), table.days("enddate")
    exits = table.words("exit")
    gone = np.flatnonzero(np.isnat(start) | np.isnat(end))
    if len(gone):
        raise DataError(f"{table.at(int(gone[0]))}: startdate and enddate must both be given.")
    wrong = np.flatnonzero(end < start)
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"{table.at(row)}: {table.columns['leader'][row]} leaves office on {end[row]}, before entering it on "
            f"{start[row]}; correct the file."
        )
    fates = []
    for row, cell in enumerate(table.columns["posttenurefate"]):
        if cell not in FATES and cell != "" and not cell.startswith(_MISSING_FATE):
            raise DataError(f"{table.at(row)}: posttenurefate {cell!r} is no known fate ({', '.join(FATES)}).")
        fates.append(cell if cell in FATES else "")
    return Leaders(
        version=table.version.name, spell_id=table.words("obsid"), leader=table.words("leader"),
        state_code=table.codes("ccode"), start=start, end=end, is_in_office=exits == "Still in Office",
        exit=exits, fate=np.array(fates, dtype=np.str_),
    )  # fmt: skip
