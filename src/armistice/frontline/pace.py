"""Mean pace over a stretch with an interval that allows for runs of like weeks, and its change.

Estimand of :func:`mean_pace`: the expected change per month of the process that produced the stretch. Weeks resemble their
neighbours, so the stretch is cut into a few long batches whose means are nearly independent, and the interval is
Student's on those (batch means; Law and Carson 1979, Operations Research 27:1011-1025).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice.checks import probability, same_length
from armistice.errors import DataError
from armistice.frontline.changes import MONTH_DAYS, Changes

__all__ = ["MeanPace", "Slope", "mean_pace", "pace_difference", "recent_slope"]

#: Batches per stretch: few enough to be long (a year gives 6.5 weeks each), enough for a finite t quantile.
_BATCHES = 8

#: Days that a window is widened to when the first holds too few positions.
_WINDOWS = (180, 360, 540, 720)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MeanPace:
    """A mean pace per month.

    Parameters
    ----------
    value, lower, upper : float
        Pace and its interval, in the unit of the front per month.
    standard_error : float
    degrees_of_freedom : float
    n : int
        Stretches behind it.
    """

    value: float
    lower: float
    upper: float
    standard_error: float
    degrees_of_freedom: float
    n: int


def _interval(value: float, error: float, freedom: float, level: float, n: int) -> MeanPace:
    from scipy.special import stdtrit

    reach = float(stdtrit(freedom, 0.5 + level / 2)) * error
    return MeanPace(value, value - reach, value + reach, error, freedom, n)


def mean_pace(changes: Changes, *, level: float = 0.95) -> MeanPace:
    """Mean change per month over all stretches, with a batch-means interval.

    Raises
    ------
    DataError
        With fewer stretches than two per batch.
    """
    probability("level", level)
    n = len(changes.change)
    if n < 2 * _BATCHES:
        raise DataError(f"mean_pace needs at least {2 * _BATCHES} stretches, got {n}.")
    bounds = np.linspace(0, n, _BATCHES + 1).astype(int)
    moved = np.add.reduceat(changes.change, bounds[:-1])
    lasted = np.add.reduceat(changes.days, bounds[:-1])
    value = float(moved.sum() / lasted.sum())
    weights = lasted / lasted.sum()
    # Batches of unequal length count by their length; equal lengths give the usual s / sqrt(batches).
    spread = float(np.sum(weights**2 * (moved / lasted - value) ** 2) * _BATCHES / (_BATCHES - 1))
    return _interval(value * MONTH_DAYS, float(np.sqrt(spread)) * MONTH_DAYS, _BATCHES - 1, level, n)


def pace_difference(later: MeanPace, earlier: MeanPace, *, level: float = 0.95) -> MeanPace:
    """Later pace less earlier pace, for stretches that do not overlap (Welch's degrees of freedom)."""
    variances = (later.standard_error**2, earlier.standard_error**2)
    total = sum(variances)
    if total == 0:
        return _interval(later.value - earlier.value, 0.0, later.degrees_of_freedom, level, later.n + earlier.n)
    freedom = total**2 / (
        variances[0] ** 2 / later.degrees_of_freedom + variances[1] ** 2 / earlier.degrees_of_freedom
    )
    return _interval(later.value - earlier.value, float(np.sqrt(total)), freedom, level, later.n + earlier.n)


@dataclass(frozen=True, slots=True)
class Slope:
    """A straight line through recent coarse positions: its slope per month, standard error and observations."""

    value: float
    standard_error: float
    n: int
    window_days: int


def recent_slope(
    days_before: Floats, values: Floats, lower: Floats, upper: Floats, *, window_days: int = 90, at_least: int = 4
) -> Slope | None:
    """Slope of weighted least squares through the latest observations of a front known only in ranges.

    Each observation's range is read as plus or minus two standard deviations, at least 1 unit wide, independent
    of the others; the window is widened, to two years at most, until it holds ``at_least`` observations.

    Parameters
    ----------
    days_before : ndarray of float, shape (n,)
        Days from each observation to today (0 is today).
    values, lower, upper : ndarray of float, shape (n,)
        Position and its range.

    Returns
    -------
    Slope or None
        None where even two years hold fewer than two observations on different days.
    """
    same_length(days_before=days_before, values=values, lower=lower, upper=upper)
    for window in (window_days, *(wider for wider in _WINDOWS if wider > window_days)):
        within = (days_before >= 0) & (days_before <= window)
        if within.sum() >= at_least:
            break
    when = -days_before[within] / MONTH_DAYS
    if len(np.unique(when)) < 2:
        return None
    weights = 1 / np.maximum((upper[within] - lower[within]) / 4, 0.25) ** 2
    centre = np.average(when, weights=weights)
    spread = float(np.sum(weights * (when - centre) ** 2))
    value = float(np.sum(weights * (when - centre) * values[within]) / spread)
    residuals = values[within] - np.average(values[within], weights=weights) - value * (when - centre)
    freedom = int(within.sum()) - 2
    # Positions that scatter more than their ranges say widen the error; less never narrows it.
    excess = max(1.0, float(np.sum(weights * residuals**2) / freedom)) if freedom > 0 else 1.0
    return Slope(value, float(np.sqrt(excess / spread)), int(within.sum()), int(window))
