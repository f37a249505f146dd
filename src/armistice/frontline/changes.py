"""Changes of the front over stretches of days, from observations on irregular days.

Maps are edited in lumps, so daily changes say little: changes are taken over at least ``min_days`` days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice.checks import same_length
from armistice.errors import DataError, ParameterError

__all__ = ["MONTH_DAYS", "Changes", "change_between", "changes_over", "monthly_changes"]

#: Days in a month, on average.
MONTH_DAYS = 30.4375

Days = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Changes:
    """Changes between successive observations.

    Parameters
    ----------
    ends : ndarray of datetime64[D], shape (n,)
        The last day of each stretch.
    days : ndarray of float64, shape (n,)
        Its length in days.
    change : ndarray of float64, shape (n,)
        Value at the end less value at the start, in the unit of the front.
    """

    ends: Days
    days: Floats
    change: Floats

    def since(self, day: np.datetime64) -> Changes:
        """The stretches that end after ``day``."""
        kept = self.ends > day
        return Changes(self.ends[kept], self.days[kept], self.change[kept])

    def until(self, day: np.datetime64) -> Changes:
        """The stretches that end on or before ``day``."""
        kept = self.ends <= day
        return Changes(self.ends[kept], self.days[kept], self.change[kept])


def _checked(dates: Days, values: Floats) -> tuple[Days, Floats]:
    dates, values = np.asarray(dates, dtype="datetime64[D]"), np.asarray(values, dtype=np.float64)
    same_length(dates=dates, values=values)
    if np.any(np.diff(dates) <= np.timedelta64(0)):
        raise DataError("dates must increase from one observation to the next.")
    seen = ~np.isnan(values)
    return dates[seen], values[seen]


def changes_over(dates: Days, values: Floats, *, min_days: int = 7) -> Changes:
    """Changes over successive stretches of at least ``min_days`` days, counted back from the last observation.

    Parameters
    ----------
    dates : array_like of datetime64[D], shape (n,)
        Days of observation, increasing.
    values : array_like of float, shape (n,)
        Area or position; NaN is not observed.
    min_days : int
        Shortest stretch, in days.

    Returns
    -------
    Changes
        Oldest first; empty when fewer than two observations lie far enough apart.

    Examples
    --------
    >>> days = np.array(["2025-05-01", "2025-05-05", "2025-05-09", "2025-05-16"], dtype="datetime64[D]")
    >>> changes_over(days, np.array([10.0, 12.0, 18.0, 25.0])).change
    array([8., 7.])
    """
    if min_days < 1:
        raise ParameterError(f"min_days must be at least 1, got {min_days}.")
    dates, values = _checked(dates, values)
    knots: list[int] = []
    for position in range(len(dates) - 1, -1, -1):
        if not knots or (dates[knots[-1]] - dates[position]) >= np.timedelta64(min_days, "D"):
            knots.append(position)
    knots.reverse()
    days = np.diff(dates[knots]).astype(np.float64)
    return Changes(dates[knots[1:]], days, np.diff(values[knots]))


def change_between(
    dates: Days, values: Floats, start: np.datetime64, end: np.datetime64, *, stale_days: int = 3
) -> float | None:
    """Value at ``end`` less value at ``start``, each by the last observation at most ``stale_days`` old.

    Returns
    -------
    float or None
        In the unit of ``values``; None where either end is not observed.
    """
    dates, values = _checked(dates, values)
    ends = []
    for day in (start, end):
        position = int(np.searchsorted(dates, day, side="right")) - 1
        if position < 0 or day - dates[position] > np.timedelta64(stale_days, "D"):
            return None
        ends.append(float(values[position]))
    return ends[1] - ends[0]


def monthly_changes(
    dates: Days, values: Floats, *, last_day: np.datetime64, months: int = 13, stale_days: int = 3
) -> list[tuple[np.datetime64, float | None]]:
    """Change over each of the last whole calendar months: month end less the month end before.

    Returns
    -------
    list of (month, change)
        ``month`` is the first day; oldest first; None where a month end is not observed.
    """
    last_month = (last_day.astype("datetime64[D]") + 1).astype("datetime64[M]") - 1
    found = []
    for month in last_month - np.arange(months - 1, -1, -1):
        first_day = month.astype("datetime64[D]")
        last = (month + 1).astype("datetime64[D]") - 1
        found.append((first_day, change_between(dates, values, first_day - 1, last, stale_days=stale_days)))
    return found
