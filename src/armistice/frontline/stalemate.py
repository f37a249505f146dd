"""From draws of the pace to answers: is it a stalemate, and how long to an objective at this pace?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice.checks import positive

__all__ = ["YearsToObjective", "stalemate_probability", "years_to_objective"]

Floats = npt.NDArray[np.float64]


def stalemate_probability(pace: Floats, threshold: float) -> tuple[float, float, float]:
    """Share of draws whose pace is below a threshold in either direction, with its simulation error.

    Parameters
    ----------
    pace : ndarray of float64, shape (n_draws,)
        Pace per month.
    threshold : float
        In the same unit, above zero.

    Returns
    -------
    value, lower, upper : float
        The share, and bounds for the error of drawing (Wilson, 95 %).

    Examples
    --------
    >>> stalemate_probability(np.array([-3.0, 1.0, 2.0, 8.0]), 5.0)[0]
    0.75
    """
    positive("threshold", threshold)
    n = len(pace)
    share = float(np.mean(np.abs(pace) < threshold))
    z = 1.959963984540054
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return share, min(share, max(0.0, float(centre - reach))), max(share, min(1.0, float(centre + reach)))


@dataclass(frozen=True, slots=True)
class YearsToObjective:
    """How long the rest takes at this pace; infinite bounds mean never.

    Parameters
    ----------
    median, lower, upper : float
        Years; the bounds hold 95 % of the distribution.
    never : float
        Probability that it takes longer than the horizon, or that the pace leads away.
    """

    median: float
    lower: float
    upper: float
    never: float


def years_to_objective(pace: Floats, remaining: float, *, horizon_years: float = 50.0) -> YearsToObjective:
    """Distribution of ``remaining / pace``, in years.

    Parameters
    ----------
    pace : ndarray of float64, shape (n_draws,)
        Draws of the pace per month; zero or negative draws never arrive.
    remaining : float
        What is left, in the unit of the front.
    horizon_years : float
        Longer counts as never.

    Examples
    --------
    >>> years_to_objective(np.array([10.0, 20.0, -5.0]), 1200.0).median
    10.0
    """
    positive("remaining", remaining)
    years = np.full(len(pace), np.inf)
    forward = pace > 0
    years[forward] = remaining / pace[forward] / 12
    years[years > horizon_years] = np.inf
    lower, median, upper = np.quantile(years, [0.025, 0.5, 0.975], method="inverted_cdf")
    return YearsToObjective(float(median), float(lower), float(upper), float(np.mean(np.isinf(years))))
