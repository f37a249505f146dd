"""Is a settlement further away than it was? Over months whose forecasts share their draws.

Estimand: the chance now, less the lowest chance of the earlier months; below 0, a settlement is further away than in any month
looked at. The months share assumptions and parameters, so differences are taken draw by draw: what is assumed of both cancels.

The lowest of many noisy numbers lies too low. So the two claims are held to different months. "Further away than ever" must beat
the lowest earlier month of each draw, whichever that is. "Not further away than ever" must beat one month, the same in
every draw: that with the lowest point estimate. Noise then makes both claims harder, and neither easier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from armistice.checks import one_dimensional, probability
from armistice.errors import DataError
from armistice.outlook.chances import Floats

__all__ = ["Change", "Verdict", "change_since"]

Verdict = Literal["further", "not_further", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class Change:
    """The chance now less the chance then.

    Parameters
    ----------
    value : float
        Of the point estimates.
    lower, upper, level : float
        Interval over draws: the lower end against the month ``against``, the upper against each draw's own lowest.
    against : int
        Position of the earlier month compared with: the one with the lowest point estimate.
    share_further : float
        Share of draws in which it is further away now.
    verdict : {"further", "not_further", "cannot_tell"}
    """

    value: float
    lower: float
    upper: float
    level: float
    against: int
    share_further: float
    verdict: Verdict


def change_since(points: npt.ArrayLike, draws: npt.ArrayLike, *, level: float = 0.95) -> Change:
    """The chance in the last month less the lowest of the months before.

    Parameters
    ----------
    points : array_like of float, shape (n_months,)
        Chances by month, the last one "now".
    draws : array_like of float, shape (n_months, n_draws)
        The same by draw; a column is one set of assumptions and parameters throughout.
    level : float

    Returns
    -------
    Change
        ``value`` is the difference of the point estimates; the interval holds it.

    Raises
    ------
    DataError
        If there is no earlier month, or shapes differ.

    Examples
    --------
    Every draw says that the chance halved:

    >>> found = change_since([0.3, 0.2, 0.1], [[0.2, 0.4], [0.16, 0.24], [0.08, 0.12]])
    >>> found.verdict, round(found.value, 3), found.against
    ('further', -0.1, 1)
    """
    probability("level", level)
    chance = one_dimensional("points", points).astype(np.float64)
    drawn = np.asarray(draws, dtype=np.float64)
    if len(chance) < 2 or drawn.ndim != 2 or len(drawn) != len(chance) or not drawn.shape[1]:
        raise DataError("change_since needs at least two months, and as many rows of draws as months.")
    if not (np.isfinite(chance).all() and np.isfinite(drawn).all()):
        raise DataError("change_since needs finite chances; leave out months without one.")
    against = int(np.argmin(chance[:-1]))
    value = float(chance[-1] - chance[against])
    gaps: Floats = drawn[-1] - drawn[:-1].min(axis=0)
    lower = float(np.quantile(drawn[-1] - drawn[against], (1 - level) / 2))
    upper = float(np.quantile(gaps, (1 + level) / 2))
    lower, upper = min(lower, value), max(upper, value)  # the verdict is that of the interval told
    verdict: Verdict = "further" if upper < 0 else "not_further" if lower > 0 else "cannot_tell"
    return Change(value, lower, upper, level, against, float(np.mean(gaps < 0)), verdict)
