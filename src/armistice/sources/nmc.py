"""Correlates of War: National Material Capabilities of states by year. Users bring the file.

Cite: Singer (1987), International Interactions 14:115-132; version 6 and later.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError
from armistice.sources.columns import Version, read_versioned

__all__ = ["Capabilities", "read_nmc", "strength_ratio"]

_MEASURES: Final = ("milex", "milper", "irst", "pec", "tpop", "upop", "cinc")
_KNOWN: Final = (
    Version(
        "NMC with its sources (supplement of 5 and later)", ("stateabb", "ccode", "year", "milexsource", *_MEASURES)
    ),
    Version("NMC abridged with a version column (5 and later)", ("stateabb", "ccode", "year", *_MEASURES, "version")),
    Version("NMC abridged without a version column", ("ccode", "year", *_MEASURES)),
)


@dataclass(frozen=True, eq=False)
class Capabilities:
    """Capabilities of states, one row per state and year.

    Parameters
    ----------
    version : str
        The layout, with the version that the file itself names, if it does.
    state_code, year : ndarray of int64, shape (n,)
    military_spending : ndarray of float64, shape (n,)
        Thousands: pounds until 1913, dollars from 1914, of the year. NaN where missing, as in all below.
    military_personnel, population, urban_population : ndarray of float64, shape (n,)
        Thousands of people.
    iron_and_steel : ndarray of float64, shape (n,)
        Thousands of tons.
    energy : ndarray of float64, shape (n,)
        Thousands of tons of coal equivalent.
    cinc : ndarray of float64, shape (n,)
        Mean share of the world's six capabilities, 0 to 1.
    """

    version: str
    state_code: npt.NDArray[np.int64]
    year: npt.NDArray[np.int64]
    military_spending: npt.NDArray[np.float64]
    military_personnel: npt.NDArray[np.float64]
    iron_and_steel: npt.NDArray[np.float64]
    energy: npt.NDArray[np.float64]
    population: npt.NDArray[np.float64]
    urban_population: npt.NDArray[np.float64]
    cinc: npt.NDArray[np.float64]


def read_nmc(path: str | Path) -> Capabilities:
    """Read National Material Capabilities.

    Raises
    ------
    DataError
        For an unknown version, a measure below 0 that is no code for missing, a share above 1, or a state and
        year that occur twice.
    """
    table = read_versioned(path, _KNOWN, what="COW National Material Capabilities (CSV)")
    state, year = table.codes("ccode"), table.codes("year")
    pairs = state * 10_000 + year
    ordered = np.sort(pairs)
    if (ordered[1:] == ordered[:-1]).any():
        twice = ordered[1:][ordered[1:] == ordered[:-1]][0]
        row = int(np.flatnonzero(pairs == twice)[1])
        raise DataError(f"{table.at(row)}: state {state[row]} in {year[row]} occurs twice.")
    spending, personnel, steel, energy, people, urban, cinc = (table.numbers(name, at_least=0) for name in _MEASURES)
    if (cinc > 1).any():
        row = int(np.flatnonzero(cinc > 1)[0])
        raise DataError(f"{table.at(row)}: cinc is a share from 0 to 1, got {cinc[row]:g}.")
    named = sorted(set(table.columns.get("version", [])) - {""})
    version = table.version.name + (f", {', '.join(named[:3])}" if named else "")
    return Capabilities(version, state, year, spending, personnel, steel, energy, people, urban, cinc)


def strength_ratio(capabilities: Capabilities, side_a: list[int], side_b: list[int], year: int) -> float:
    """Capabilities (CINC) of side A over those of side B in a year; NaN where a member's are missing."""
    sums = []
    for side in (side_a, side_b):
        found = [
            capabilities.cinc[(capabilities.state_code == state) & (capabilities.year == year)] for state in side
        ]
        sums.append(sum(float(values[0]) if len(values) else np.nan for values in found))
    return sums[0] / sums[1] if sums[1] > 0 else float("nan")
