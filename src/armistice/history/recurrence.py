"""Does an ending hold: the chance that fighting comes back.

Estimand: for endings of one sort, the chance that a new episode of fighting begins between the same parties (or in the
same conflict) within so many years, whatever else happens to the parties. Estimator: one minus Kaplan-Meier from the day
of the ending, each ending followed until fighting came back or as far as was known; intervals allow for few endings and
for endings of one conflict being alike (:func:`armistice.history.share_interval`).

Where episodes are runs of calendar years, an ending counts as one only when the next calendar year stays quiet, so that
fighting cannot come back within the first year by the definition: there a share says nothing, and is left out.

References
----------
Kreutz (2010), Journal of Peace Research 47:243-250. Kaplan and Meier (1958), JASA 53:457-481.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from armistice.checks import one_dimensional, same_length
from armistice.errors import DataError
from armistice.history.endings import EndingShares, ending_shares

__all__ = ["Renewals", "next_episodes", "renewal_shares"]


@dataclass(frozen=True, eq=False)
class Renewals:
    """What followed each ending.

    Parameters
    ----------
    is_ending : ndarray of bool, shape (n_episodes,)
        Whether fighting in the group stopped with this episode for at least one whole calendar year.
    following : ndarray of int64, shape (n_episodes,)
        Position of the first episode of the group after that; -1 where there is none yet, or no ending.
    """

    is_ending: npt.NDArray[np.bool_]
    following: npt.NDArray[np.int64]

    @property
    def is_renewed(self) -> npt.NDArray[np.bool_]:
        """Whether fighting came back, as far as is known."""
        return self.following >= 0


def next_episodes(
    groups: npt.ArrayLike,
    first_year: npt.ArrayLike,
    last_year: npt.ArrayLike,
    has_ended: npt.ArrayLike,
    ended_on: npt.ArrayLike,
) -> Renewals:
    """The episode that broke each ending, within groups of episodes (of one dyad, or of one conflict).

    Parameters
    ----------
    groups : array_like, shape (n_episodes,)
        Episodes of one dyad or conflict share a value.
    first_year, last_year : array_like of int, shape (n_episodes,)
        Calendar years of fighting, the last known.
    has_ended : array_like of bool, shape (n_episodes,)
        False for those going on.
    ended_on : array_like of datetime64 or float, shape (n_episodes,)
        Tells which of several episodes of a group that stop in one year was the last; ties go to the later row.

    Returns
    -------
    Renewals
        An episode is an ending where no other of its group is fought in the year after it, and it is the last of
        those that stop in its year.

    Raises
    ------
    DataError
        If lengths differ or an episode ends before it begins.

    Examples
    --------
    Two parties fight until 1990; one of them again from 1995:

    >>> found = next_episodes([1, 1, 1], [1988, 1989, 1995], [1990, 1990, 1996], [True] * 3, [10.0, 20.0, 90.0])
    >>> found.is_ending.tolist(), found.following.tolist()
    ([False, True, True], [-1, 2, -1])
    """
    of = one_dimensional("groups", groups)
    begun = one_dimensional("first_year", first_year).astype(np.int64)
    last = one_dimensional("last_year", last_year).astype(np.int64)
    ended = one_dimensional("has_ended", has_ended).astype(bool)
    day = one_dimensional("ended_on", ended_on)
    same_length(groups=of, first_year=begun, last_year=last, has_ended=ended, ended_on=day)
    if (last < begun).any():
        raise DataError(f"Episode at position {int(np.flatnonzero(last < begun)[0])} ends before it begins.")
    is_ending, following = np.zeros(len(of), dtype=bool), np.full(len(of), -1, dtype=np.int64)
    for group in np.unique(of):
        rows = np.flatnonzero(of == group)
        for row in rows:
            others = rows[rows != row]
            outlasts = (last[others] > last[row]) | ((last[others] == last[row]) & ~ended[others])
            goes_on = (begun[others] <= last[row] + 1) & outlasts
            same_year = others[(last[others] == last[row]) & ended[others]]
            later = (day[same_year] > day[row]) | ((day[same_year] == day[row]) & (same_year > row))
            if not ended[row] or goes_on.any() or later.any():
                continue
            is_ending[row] = True
            after = others[begun[others] > last[row] + 1]
            if len(after):
                following[row] = after[np.argmin(begun[after])]
    return Renewals(is_ending, following)


def renewal_shares(
    quiet: npt.ArrayLike,
    is_renewed: npt.ArrayLike,
    ahead: npt.ArrayLike,
    *,
    clusters: Any = None,
    level: float = 0.95,
) -> EndingShares:
    """Chance that fighting came back within times after an ending.

    Parameters
    ----------
    quiet : array_like of float, shape (n_endings,) or (n_draws, n_endings)
        Time from each ending until fighting came back, or as far as was known; rows are draws of imprecise dates.
    is_renewed : array_like of bool, shape (n_endings,)
    ahead : array_like of float, shape (n_ahead,)
        In the unit of ``quiet``.
    clusters : array_like, shape (n_endings,), optional
        Endings of one conflict share a value.
    level : float

    Returns
    -------
    EndingShares
        One group; ``at_risk`` counts the endings. An interval is NaN where no ending was followed at all.

    Raises
    ------
    DataError
        If there is no ending, or shapes differ.
    """
    renewed = one_dimensional("is_renewed", is_renewed).astype(np.int64)
    if not len(renewed):
        raise DataError("There is no ending to follow.")
    return ending_shares(quiet, renewed, ahead, n_causes=1, clusters=clusters, level=level)
