"""How good forecasts of counts were: scores of draws against what came, from origins that roll through the past.

Continuous ranked probability score: Gneiting and Raftery 2007, JASA 102:359, eq. 21, in the form that is unbiased for
a finite number of draws (Ferro 2014, Q. J. R. Meteorol. Soc. 140:1917). Logarithmic score: of a normal kernel
estimate on the scale ``log(total + 1/2)``, since draws have no density of their own. Lower is better in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import DataError
from armistice.escalation.next_days import LEAST_DAYS, METHODS, Method, forecast_paths
from armistice.escalation.windows import FloatArray, IntArray

__all__ = ["LEAST_ORIGINS", "Score", "best_method", "crps_of_draws", "log_score_of_draws", "rolling_scores"]

#: With fewer forecasts of the past no method is preferred to another.
LEAST_ORIGINS: Final = 6
_LEAST_OBSERVED: Final = 0.7
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Score:
    """How one method did at one horizon.

    Parameters
    ----------
    method : Method
    horizon : int
        Days ahead; scored are totals over the observed ones among them.
    crps, log_score : float
        Means over the origins.
    covered_50, covered_90 : float
        Share of totals inside the central 50 and 90 % of the draws.
    n_origins : int
    crps_by_origin : ndarray of float64, shape (n_origins,)
    """

    method: Method
    horizon: int
    crps: float
    log_score: float
    covered_50: float
    covered_90: float
    n_origins: int
    crps_by_origin: FloatArray


def crps_of_draws(draws: npt.ArrayLike, came: float) -> float:
    """Mean distance of the draws to what came, less half the mean distance between two draws.

    >>> crps_of_draws([1.0, 3.0], 2.0)
    0.0
    >>> crps_of_draws([1.0, 3.0], 7.0)
    4.0
    """
    ordered = np.sort(np.asarray(draws, dtype=np.float64))
    n = len(ordered)
    if n < 2:
        raise DataError(f"A score needs at least 2 draws, got {n}.")
    between = 2 * float(np.arange(1 - n, n, 2) @ ordered) / (n * (n - 1))
    return float(np.mean(np.abs(ordered - came)) - between / 2)


def log_score_of_draws(draws: npt.ArrayLike, came: float) -> float:
    """Minus the log density of what came, from a normal kernel estimate of the log totals (Silverman's width)."""
    values = np.log(np.asarray(draws, dtype=np.float64) + _HALF)
    n = len(values)
    quartiles = np.quantile(values, [0.25, 0.75])
    spread = min(float(values.std()), float(quartiles[1] - quartiles[0]) / 1.349 or np.inf)
    width = max(0.9 * (spread if np.isfinite(spread) else 0.0) * n**-0.2, 0.02)
    at = (np.log(came + _HALF) - values) / width
    exponent = -0.5 * at**2
    top = float(exponent.max())
    density = top + np.log(np.mean(np.exp(exponent - top))) - np.log(width * np.sqrt(2 * np.pi))
    return float(-(density - np.log(came + _HALF)))


def rolling_scores(
    counts: npt.ArrayLike,
    *,
    horizons: Sequence[int],
    rng: np.random.Generator,
    days_back: int = 365,
    every: int = 21,
    gap: int = 0,
    n_paths: int = 150,
    methods: Sequence[Method] = METHODS,
) -> list[Score]:
    """Score the methods on totals of the past year, each forecast made from the days before it alone.

    Parameters
    ----------
    counts : array_like of shape (n_days,)
        Up to the last day known.
    horizons : sequence of int
    days_back, every : int
        Origins lie ``every`` days apart over the last ``days_back`` days.
    gap : int
        Days between the last day known and the first one forecast (a publication lag).
    n_paths : int
    methods : sequence of Method

    Returns
    -------
    list of Score
        Empty where the series is too short for any origin; horizons that no origin reaches are left out.
    """
    y = checks.counts("counts", counts)
    longest = max(horizons)
    observed_before = np.concatenate([[0], np.cumsum(np.isfinite(y))])
    last = len(y) - gap - min(horizons)
    origins = np.arange(last, max(len(y) - gap - days_back, 0), -every, dtype=np.int64)[::-1]
    origins = origins[observed_before[origins] >= LEAST_DAYS] if len(origins) else origins
    if not len(origins):
        return []
    found = []
    for method in methods:
        paths = forecast_paths(y, origins, method=method, horizon=gap + longest, n_paths=n_paths, rng=rng)
        found += [score for h in horizons if (score := _score(y, origins + gap, paths[:, :, gap:], method, h))]
    return found


def best_method(scores: Sequence[Score], horizon: int) -> Method | None:
    """The method with the lowest mean log score at a horizon; None with fewer than six forecasts to judge by.

    The log score rather than the CRPS: a range that is too narrow costs little in CRPS as long as its middle is good,
    and the range is what is published.
    """
    among = [s for s in scores if s.horizon == horizon and s.n_origins >= LEAST_ORIGINS]
    return min(among, key=lambda s: s.log_score).method if among else None


def _score(y: FloatArray, first_days: IntArray, paths: FloatArray, method: Method, horizon: int) -> Score | None:
    crps, logs, in_50, in_90 = [], [], [], []
    for row, first in enumerate(first_days):
        came = y[first : first + horizon]
        seen = np.isfinite(came)
        if len(came) < horizon or seen.mean() < _LEAST_OBSERVED:
            continue
        draws, total = paths[row, :, :horizon][:, seen].sum(axis=1), float(came[seen].sum())
        crps.append(crps_of_draws(draws, total))
        logs.append(log_score_of_draws(draws, total))
        low90, low50, high50, high90 = np.quantile(draws, [0.05, 0.25, 0.75, 0.95])
        in_50.append(low50 <= total <= high50)
        in_90.append(low90 <= total <= high90)
    if not crps:
        return None
    return Score(
        method, horizon, float(np.mean(crps)), float(np.mean(logs)), float(np.mean(in_50)), float(np.mean(in_90)),
        len(crps), np.array(crps),
    )  # fmt: skip
