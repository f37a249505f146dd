"""How good forecasts of counts were: scores of draws against what came, from origins that roll through the past.

Continuous ranked probability score: Gneiting and Raftery 2007, JASA 102:359, eq. 21, in the form that is unbiased for
a finite number of draws (Ferro 2014, Q. J. R. Meteorol. Soc. 140:1917). Logarithmic score: of a normal kernel
estimate on the scale ``log(total + 1/2)``, since draws have no density of their own. Lower is better in both.

What is published is a mixture: paths of ``memory and misses`` and of ``same weekday``, weighed by how well each did
before. Neither does well everywhere: the first reverts to the mean when the level has moved for good, the second follows
every four weeks' chance. Choosing one of them by its past score would make the score of the chosen one too good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import DataError
from armistice.escalation.next_days import LEAST_DAYS, Method, forecast_paths, memory_paths
from armistice.escalation.past_misses import PastForecasts, as_wide_as_missed, past_forecasts
from armistice.escalation.windows import BoolArray, FloatArray, IntArray

__all__ = [
    "LEAST_ORIGINS",
    "RollingForecasts",
    "Score",
    "Scored",
    "crps_of_draws",
    "log_score_of_draws",
    "mixed",
    "mixture_paths",
    "rolling_forecasts",
]

#: A way of forecasting, or the mixture of two of them that is published.
Scored = Method | Literal["mixture"]

#: With fewer forecasts of the past a score says next to nothing.
LEAST_ORIGINS: Final = 6
_LEAST_OBSERVED: Final = 0.7
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Score:
    """How one method did at one horizon.

    Parameters
    ----------
    method : Scored
    horizon : int
        Days ahead; scored are totals over the observed ones among them.
    crps, log_score : float
        Means over the origins.
    covered_50, covered_90 : float
        Share of totals inside the central 50 and 90 % of the draws.
    n_origins : int
    origins : ndarray of int, shape (n_origins,)
        First day forecast of each.
    crps_by_origin, log_by_origin : ndarray of float64, shape (n_origins,)
    held_by_origin, middle_by_origin : ndarray of bool, shape (n_origins,)
        Whether the 90 % and the 50 % range held what came.
    """

    method: Scored
    horizon: int
    crps: float
    log_score: float
    covered_50: float
    covered_90: float
    n_origins: int
    origins: IntArray
    crps_by_origin: FloatArray
    log_by_origin: FloatArray
    held_by_origin: BoolArray
    middle_by_origin: BoolArray

    def where(self, chosen: BoolArray) -> Score | None:
        """The same over some of the forecasts; None where there are none."""
        if not chosen.any():
            return None
        crps, logs, held, middle = (
            self.crps_by_origin[chosen],
            self.log_by_origin[chosen],
            self.held_by_origin[chosen],
            self.middle_by_origin[chosen],
        )
        return Score(
            self.method, self.horizon, float(crps.mean()), float(logs.mean()), float(middle.mean()), float(held.mean()),
            len(crps), self.origins[chosen], crps, logs, held, middle,
        )  # fmt: skip

    def before(self, day: int) -> Score | None:
        """The same over the forecasts whose days had all come before a day."""
        return self.where(self.origins + self.horizon <= day)


@dataclass(frozen=True, eq=False)
class RollingForecasts:
    """Forecasts from origins that roll through a series, scored.

    Parameters
    ----------
    scores : tuple of Score
        Of the last days asked for.
    history : dict of (method, horizon) to Score
        ``same weekday`` and ``memory and misses`` over all origins, from which the mixture is weighed.
    past : PastForecasts
    """

    scores: tuple[Score, ...]
    history: dict[tuple[str, int], Score]
    past: PastForecasts

    def weight(self, horizon: int, day: int) -> float:
        """Weight of ``memory and misses`` in the mixture for a forecast from a day.

        Both start alike; each gains by ``exp(-log score)`` for every earlier forecast that does not overlap another
        (pseudo-Bayesian weights: Yao et al. 2018, Bayesian Analysis 13:917, with forecasts in the place of left-out data).
        """
        both = [self.history.get((method, horizon)) for method in ("memory and misses", "same weekday")]
        misses, weekday = (None if score is None else score.before(day) for score in both)
        if misses is None or weekday is None:
            return 0.5
        n = min(misses.n_origins, misses.n_origins * self.past.every / horizon)
        lead = n * (weekday.log_score - misses.log_score)
        return float(1 / (1 + np.exp(-np.clip(lead, -30, 30))))


def mixed(misses: FloatArray, weekday: FloatArray, weight: float) -> FloatArray:
    """Paths of the mixture: so many of the one, the rest of the other, both shape (n_paths, horizon)."""
    n = len(misses)
    first = round(weight * n)
    return np.concatenate([misses[:first], weekday[: n - first]])


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


def mixture_paths(
    counts: npt.ArrayLike,
    rolling: RollingForecasts | None,
    *,
    horizons: Sequence[int],
    rng: np.random.Generator,
    gap: int = 0,
    n_paths: int = 2000,
) -> tuple[dict[int, FloatArray], dict[int, float]]:
    """The forecast that is published: paths of the mixture after the last day known, and the weight of the memory.

    Parameters
    ----------
    counts : array_like of shape (n_days,)
        Up to the last day known.
    rolling : RollingForecasts or None
        Of the same series, with the same ``gap``; None where it is too short: both methods count alike.
    horizons, gap, n_paths, rng
        As in :func:`rolling_forecasts`.

    Returns
    -------
    tuple of dict
        By horizon: paths of shape (n_paths, horizon), and the weight of ``memory and misses``.
    """
    y = checks.counts("counts", counts)
    n, longest = len(y), gap + max(horizons)
    past = past_forecasts(y, horizons=horizons, last=n, rng=rng, gap=gap) if rolling is None else rolling.past
    memory = memory_paths(y, np.array([n]), horizon=longest, n_paths=n_paths, rng=rng)[0]
    weekday = forecast_paths(y, [n], method="same weekday", horizon=longest, n_paths=n_paths, rng=rng)[0][:, gap:]
    weight = {h: 0.5 if rolling is None else rolling.weight(h, n) for h in horizons}
    paths = {
        h: mixed(as_wide_as_missed(memory, past, origin=n, horizon=h, rng=rng), weekday[:, :h], weight[h])
        for h in horizons
    }
    return paths, weight


def rolling_forecasts(
    counts: npt.ArrayLike,
    *,
    horizons: Sequence[int],
    rng: np.random.Generator,
    days_back: int = 365,
    every: int = 14,
    gap: int = 0,
    n_paths: int = 200,
) -> RollingForecasts | None:
    """Score all methods and their mixture on totals of the past, each forecast made from the days before it alone.

    Parameters
    ----------
    counts : array_like of shape (n_days,)
        Up to the last day known.
    horizons : sequence of int
    rng : numpy Generator
    days_back, every : int
        Origins lie ``every`` days apart; scored are those of the last ``days_back`` days.
    gap : int
        Days between the last day known and the first one forecast (a publication lag).
    n_paths : int

    Returns
    -------
    RollingForecasts or None
        None where the series is too short for any origin; horizons that no origin reaches have no score.
    """
    y = checks.counts("counts", counts)
    last = len(y) - gap - min(horizons)
    observed_before = np.concatenate([[0], np.cumsum(np.isfinite(y))])
    if last < 1 or observed_before[last] < LEAST_DAYS:
        return None
    past = past_forecasts(y, horizons=horizons, last=last, rng=rng, gap=gap, every=every, n_paths=n_paths)
    first_days = past.origins + gap
    longest = gap + max(horizons)
    weekday = forecast_paths(y, past.origins, method="same weekday", horizon=longest, n_paths=n_paths, rng=rng)[
        :, :, gap:
    ]
    found: list[Score | None] = []
    history: dict[tuple[str, int], Score] = {}
    rolling = RollingForecasts((), history, past)
    recent = past.origins > len(y) - gap - days_back
    for h in horizons:
        misses = _widened(past, h, rng)
        weighed: tuple[tuple[Method, FloatArray], ...] = (("memory and misses", misses), ("same weekday", weekday))
        for method, paths in weighed:
            score = _score(y, first_days, paths, method, h)
            if score is not None:
                history[method, h] = score
                found.append(score.where(np.isin(score.origins, first_days[recent])))
        both = np.stack(
            [mixed(misses[row], weekday[row, :, :h], rolling.weight(h, int(past.origins[row]))) for row in np.flatnonzero(recent)]
        ) if recent.any() else np.empty((0, n_paths, h))  # fmt: skip
        found.append(_score(y, first_days[recent], both, "mixture", h))
        found.append(_score(y, first_days[recent], past.paths[recent][:, :, gap:], "memory", h))
    plain: tuple[Method, ...] = ("last value", "no memory") if recent.any() else ()
    for method in plain:
        paths = forecast_paths(y, past.origins[recent], method=method, horizon=longest, n_paths=n_paths, rng=rng)
        found += [_score(y, first_days[recent], paths[:, :, gap:], method, h) for h in horizons]
    return replace(rolling, scores=tuple(score for score in found if score is not None))


def _widened(past: PastForecasts, horizon: int, rng: np.random.Generator) -> FloatArray:
    return np.stack(
        [
            as_wide_as_missed(paths, past, origin=int(origin), horizon=horizon, rng=rng)
            for paths, origin in zip(past.paths, past.origins, strict=True)
        ]
    )


def _score(y: FloatArray, first_days: IntArray, paths: FloatArray, method: Scored, horizon: int) -> Score | None:
    crps, logs, in_50, in_90, at = [], [], [], [], []
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
        at.append(int(first))
    if not crps:
        return None
    return Score(
        method, horizon, float(np.mean(crps)), float(np.mean(logs)), float(np.mean(in_50)), float(np.mean(in_90)),
        len(crps), np.array(at, dtype=np.int64), np.array(crps), np.array(logs),
        np.array(in_90, dtype=bool), np.array(in_50, dtype=bool),
    )  # fmt: skip
