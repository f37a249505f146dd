"""How far forecasts missed before, and the next forecast made as wide as that.

A model that is fitted to the past and simulated forward takes its parameters and the level it starts from as known,
and knows of no drift. Over a week that matters little; over 90 days its ranges come out too narrow. Here the same
forecast is made from earlier days too, as it would have been made then, and the distances of what came from the
medians (in logs) say how wide the next one must be at that horizon:

``V = (4 (s² + h / 1500) + n M) / (4 + n)``

with ``s²`` the log variance of the model's own forecast of the total over ``h`` days, ``M`` the mean squared log miss
at that horizon, those of a year ago counting for half, and ``n`` the number of earlier forecasts that do not overlap,
counted alike. The first term is a weak prior, worth
four forecasts: a log level that wanders by 0.002 (variance) a day, a third of which shows in the mean of the stretch.
``V`` is itself uncertain: each path draws its own from ``V ν / χ²(ν)``, ``ν = 4 + n`` (the posterior of a normal
variance; Gelman et al. 2013, Bayesian Data Analysis, 2.6), which gives the forecast the tails of a t distribution. The
paths' log totals are then stretched about their median to that variance, each day more the further ahead it lies.

Only misses known before the origin of a forecast are used for it, so that forecasts of the past can be scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.escalation.next_days import LEAST_DAYS, memory_paths
from armistice.escalation.windows import FloatArray, IntArray

__all__ = ["PastForecasts", "as_wide_as_missed", "past_forecasts"]

_PRIOR_FORECASTS: Final = 4.0
#: Variance of the log level gained a day, in the prior.
_WANDERING: Final = 0.002
#: Days after which a miss counts for half.
_HALVED_AFTER: Final = 365.0
_LEAST_OBSERVED: Final = 0.7
_LEAST_VARIANCE: Final = 1e-4
_HALF: Final = 0.5
#: Quantiles 0.05 and 0.95 of a normal lie this many standard deviations apart.
_WIDTH_90: Final = 3.2897


@dataclass(frozen=True, eq=False)
class PastForecasts:
    """Forecasts of a series by its memory, made from earlier days.

    Parameters
    ----------
    origins : ndarray of int, shape (n_origins,)
        First day after what each forecast knew, increasing.
    every : int
        Days between them.
    gap : int
        Days between the last one known and the first one forecast.
    paths : ndarray of float64, shape (n_origins, n_paths, gap + longest)
    log_miss : dict of int to ndarray of float64, shape (n_origins,)
        By horizon: log of what came over the median of the forecast; NaN where it is not known.
    """

    origins: IntArray
    every: int
    gap: int
    paths: FloatArray
    log_miss: dict[int, FloatArray]

    def variance(self, horizon: int, before: int, own: float) -> tuple[float, float]:
        """``V`` and its degrees of freedom for a forecast from a day, given the model's own log variance."""
        ended = self.origins + self.gap + horizon
        known = (ended <= before) & np.isfinite(self.log_miss[horizon])
        weight = 0.5 ** ((before - ended[known]) / _HALVED_AFTER)
        n = float(weight.sum()) * min(1.0, self.every / horizon)
        prior = own + _WANDERING * horizon / 3
        squared = float(np.average(self.log_miss[horizon][known] ** 2, weights=weight)) if known.any() else 0.0
        return (_PRIOR_FORECASTS * prior + n * squared) / (_PRIOR_FORECASTS + n), _PRIOR_FORECASTS + n


def past_forecasts(
    counts: npt.ArrayLike,
    *,
    horizons: Sequence[int],
    last: int,
    rng: np.random.Generator,
    gap: int = 0,
    every: int = 14,
    n_paths: int = 200,
) -> PastForecasts:
    """Forecast from every ``every``-th day up to ``last`` and note the misses.

    Parameters
    ----------
    counts : array_like of shape (n_days,)
        NaN where not observed.
    horizons : sequence of int
    last : int
        The last origin; earlier ones lie ``every`` days apart as far back as a forecast can be made.
    rng : numpy Generator
    gap, every, n_paths : int

    Returns
    -------
    PastForecasts
    """
    y = checks.counts("counts", counts)
    observed_before = np.concatenate([[0], np.cumsum(np.isfinite(y))])
    origins = np.arange(last, 0, -every, dtype=np.int64)[::-1]
    origins = origins[observed_before[origins] >= LEAST_DAYS]
    paths = memory_paths(y, origins, horizon=gap + max(horizons), n_paths=n_paths, rng=rng)
    log_miss = {h: np.full(len(origins), np.nan) for h in horizons}
    for row, origin in enumerate(origins):
        for horizon in horizons:
            first = origin + gap
            came = y[first : first + horizon]
            seen = np.isfinite(came)
            if len(came) == horizon and seen.mean() >= _LEAST_OBSERVED:
                totals = paths[row, :, gap : gap + horizon][:, seen].sum(axis=1)
                log_miss[horizon][row] = np.log(came[seen].sum() + _HALF) - np.log(np.median(totals) + _HALF)
    return PastForecasts(origins, every, gap, paths, log_miss)


def as_wide_as_missed(
    paths: FloatArray, past: PastForecasts, *, origin: int, horizon: int, rng: np.random.Generator
) -> FloatArray:
    """Stretch a forecast's paths to the width that earlier misses at a horizon call for.

    Parameters
    ----------
    paths : ndarray of float64, shape (n_paths, gap + horizon or more)
        Drawn by :func:`armistice.escalation.next_days.memory_paths` from ``origin``.
    past : PastForecasts
    origin, horizon : int
    rng : numpy Generator

    Returns
    -------
    ndarray of float64, shape (n_paths, horizon)
        Whole counts of the days from ``origin + gap`` on.
    """
    ahead = paths[:, past.gap : past.gap + horizon]
    log_totals = np.log(ahead.sum(axis=1) + _HALF)
    low, middle, high = np.quantile(log_totals, [0.05, 0.5, 0.95])
    own = max(((high - low) / _WIDTH_90) ** 2, _LEAST_VARIANCE)
    variance, freedom = past.variance(horizon, origin, own)
    drawn = variance * freedom / rng.chisquare(freedom, size=len(ahead))
    wanted = np.exp(middle + np.sqrt(drawn / own) * (log_totals - middle)) - _HALF
    # The level is surest on the first day: the stretch grows with the root of the days, and is 1 on average.
    day = (np.arange(horizon) + past.gap + 1) / (horizon + past.gap)
    total = np.maximum(ahead.sum(axis=1), 1.0)
    stretch = np.maximum(wanted, 0.0) / total
    shaped = ahead * np.maximum(stretch, 1e-6)[:, None] ** (np.sqrt(day) / np.sqrt(day).mean())
    shaped *= (np.maximum(wanted, 0.0) / np.maximum(shaped.sum(axis=1), 1e-12))[:, None]
    # Rounded at random, so that series of few counts keep their totals on average.
    return np.asarray(np.floor(shaped + rng.random(shaped.shape)))
