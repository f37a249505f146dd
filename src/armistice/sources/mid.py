"""Militarised interstate disputes (COW MID 5, and the revision by Gibler, Miller and Little). Users bring the file.

Cite: Palmer et al. (2021), Conflict Management and Peace Science 39:470-482. Gibler, Miller and Little (2016),
International Studies Quarterly 60:719-730.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError
from armistice.sources.columns import Version, read_versioned

__all__ = ["OUTCOMES", "SETTLEMENTS", "Disputes", "read_mid"]

OUTCOMES: Final = {
    1: "victory for side A", 2: "victory for side B", 3: "yield by side A", 4: "yield by side B", 5: "stalemate",
    6: "compromise", 7: "released", 8: "unclear", 9: "joins ongoing war",
}  # fmt: skip
SETTLEMENTS: Final = {1: "negotiated", 2: "imposed", 3: "none", 4: "unclear"}

_SHARED: Final = (
    "dispnum",
    "stmon",
    "styear",
    "outcome",
    "settle",
    "fatality",
    "mindur",
    "maxdur",
    "hiact",
    "hostlev",
)
_KNOWN: Final = (
    Version("COW MID 5 disputes (MIDA)", (*_SHARED, "stday", "endday", "endmon", "endyear", "version")),
    Version("MID disputes as in peacesciencer (COW MID 5 or GML MID 2.2.1)", (*_SHARED, "recip")),
)


@dataclass(frozen=True, eq=False)
class Disputes:
    """Disputes, one row each.

    Parameters
    ----------
    version : str
    number, start_year, start_month : ndarray of int64, shape (n,)
    outcome, settlement : ndarray of int64, shape (n,)
        :data:`OUTCOMES`, :data:`SETTLEMENTS`; -1 where missing.
    fatality : ndarray of int64, shape (n,)
        Level of deaths, 0 (none) to 6 (more than 999); -1 where missing.
    shortest_days, longest_days : ndarray of float64, shape (n,)
        How long it lasted at least and at most, given how precisely its dates are known.
    highest_action, hostility : ndarray of int64, shape (n,)
        Codes 0 to 21, and 1 to 5 (war).
    """

    version: str
    number: npt.NDArray[np.int64]
    start_year: npt.NDArray[np.int64]
    start_month: npt.NDArray[np.int64]
    outcome: npt.NDArray[np.int64]
    settlement: npt.NDArray[np.int64]
    fatality: npt.NDArray[np.int64]
    shortest_days: npt.NDArray[np.float64]
    longest_days: npt.NDArray[np.float64]
    highest_action: npt.NDArray[np.int64]
    hostility: npt.NDArray[np.int64]


def read_mid(path: str | Path) -> Disputes:
    """Read a list of disputes.

    Raises
    ------
    DataError
        For an unknown version, an unknown code, or a dispute that lasts longer at least than at most.
    """
    table = read_versioned(path, _KNOWN, what="militarised interstate disputes (one row per dispute, CSV)")
    outcome, settlement = table.codes("outcome"), table.codes("settle")
    for name, codes, known in (("outcome", outcome, OUTCOMES), ("settle", settlement, SETTLEMENTS)):
        odd = np.flatnonzero(~np.isin(codes, [-1, *known]))
        if len(odd):
            raise DataError(f"{table.at(int(odd[0]))}: {name} {codes[odd[0]]} is no known code.")
    shortest, longest = table.numbers("mindur", at_least=0), table.numbers("maxdur", at_least=0)
    wrong = np.flatnonzero(shortest > longest)
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"{table.at(row)}: a dispute cannot last at least {shortest[row]:g} and at most {longest[row]:g} days."
        )
    return Disputes(
        version=table.version.name, number=table.codes("dispnum"), start_year=table.codes("styear"),
        start_month=table.codes("stmon"), outcome=outcome, settlement=settlement, fatality=table.codes("fatality"),
        shortest_days=shortest, longest_days=longest, highest_action=table.codes("hiact"),
        hostility=table.codes("hostlev"),
    )  # fmt: skip
