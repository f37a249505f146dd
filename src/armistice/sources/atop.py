"""Alliance Treaty Obligations and Provisions, directed dyads by year. Users bring the file.

Cite: Leeds, Ritter, Mitchell and Long (2002), International Interactions 28:237-260; version 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError
from armistice.sources.columns import Version, read_versioned

__all__ = ["Alliances", "read_atop"]

_PLEDGES: Final = ("defense", "offense", "neutral", "nonagg", "consul")
_OFFICIAL: Final = Version("ATOP 5.1 directed dyad-years", ("stateA", "stateB", "year", *_PLEDGES))
_PACKAGED: Final = Version(
    "ATOP 5 directed dyad-years as in peacesciencer",
    ("ccode1", "ccode2", "year", *(f"atop_{pledge}" for pledge in _PLEDGES)),
)


@dataclass(frozen=True, eq=False)
class Alliances:
    """What one state had pledged to another in a year; pairs without a row had pledged nothing.

    Parameters
    ----------
    version : str
    from_state, to_state, year : ndarray of int64, shape (n,)
        COW state codes.
    defence, offence, neutrality, non_aggression, consultation : ndarray of float64, shape (n,)
        1 pledged, 0 not, NaN not known.
    """

    version: str
    from_state: npt.NDArray[np.int64]
    to_state: npt.NDArray[np.int64]
    year: npt.NDArray[np.int64]
    defence: npt.NDArray[np.float64]
    offence: npt.NDArray[np.float64]
    neutrality: npt.NDArray[np.float64]
    non_aggression: npt.NDArray[np.float64]
    consultation: npt.NDArray[np.float64]

    def allies_of(self, state: int, year: int) -> list[int]:
        """States that had pledged to defend a state in a year, in order of their codes."""
        rows = (self.to_state == state) & (self.year == year) & (self.defence == 1)
        return sorted(int(other) for other in np.unique(self.from_state[rows]))


def read_atop(path: str | Path) -> Alliances:
    """Read ATOP's directed dyad-years.

    Raises
    ------
    DataError
        For an unknown version or a pledge that is neither 0 nor 1.
    """
    table = read_versioned(path, (_OFFICIAL, _PACKAGED), what="ATOP directed dyad-years (CSV)")
    official = table.version is _OFFICIAL
    first, second, prefix = ("stateA", "stateB", "") if official else ("ccode1", "ccode2", "atop_")
    pledges = []
    for pledge in _PLEDGES:
        values = table.numbers(prefix + pledge, at_least=0)
        odd = np.flatnonzero(~np.isnan(values) & (values != 0) & (values != 1))
        if len(odd):
            row = int(odd[0])
            raise DataError(f"{table.at(row)}: {prefix + pledge} must be 0 or 1, got {values[row]:g}.")
        pledges.append(values)
    return Alliances(table.version.name, table.codes(first), table.codes(second), table.codes("year"), *pledges)
