"""The next days of a daily count: five ways of forecasting it, each as paths drawn from its distribution.

**Estimand.** The distribution of the counts of the days after the last one known, given everything up to it.

* ``last value``: every day like the last observed one; ``same weekday``: every day like the mean of its weekday over
  the last four weeks. What such forecasts missed in the past, whole stretches at a time, is laid over them.
* ``no memory``: negative binomial around the level of the last four weeks, with weekdays; days independent.
* ``memory``: negative-binomial autoregression ``E[y_t] = w(t) (c + r (s S_t + (1 - s) L_t))`` with ``S`` and ``L``
  exponentially decaying means of the past (2 and 28 days), weekday factors ``w``, persistence ``r`` below 1 and
  variance ``m + m² / dispersion``; by maximum likelihood, simulated forward (INGARCH: Fokianos, Rahbek and Tjøstheim
  2009, JASA 104:1430; negative binomial: Christou and Fokianos 2014, J. Time Series Analysis 35:55);
* ``memory and misses``: the same, made as wide as such forecasts missed before at that horizon
  (:mod:`armistice.escalation.past_misses`).

A day that was not observed leaves the likelihood, and the decaying means stand still over it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import DataError
from armistice.escalation.windows import FloatArray, IntArray

__all__ = [
    "LEAST_DAYS",
    "METHODS",
    "MemoryFit",
    "Method",
    "fit_memory",
    "forecast_paths",
    "memory_means",
    "memory_paths",
]

Method = Literal["last value", "same weekday", "no memory", "memory", "memory and misses"]
METHODS: Final[tuple[Method, ...]] = get_args(Method)
#: Observed days before a forecast is made.
LEAST_DAYS: Final = 120
_SHORT_DAYS: Final = 2.0
_LONG_DAYS: Final = 28.0
_LEVEL_DAYS: Final = 28
_PATTERN_DAYS: Final = 112
_ITERATIONS: Final = 60
_LIMIT: Final = 7.0
_HALF: Final = 0.5


@dataclass(frozen=True, eq=False)
class MemoryFit:
    """A fitted autoregression with decaying memory.

    Parameters
    ----------
    base : float
        Mean a day that does not depend on the past (``c``).
    persistence : float
        Weight of the past (``r``), between 0 and 1.
    short_share : float
        Part of it that the last days have (``s``); the rest is the last weeks'.
    weekday : ndarray of float64, shape (7,)
        Factor of each weekday, counted from the first day of the series; geometric mean 1.
    dispersion : float
    log_likelihood : float
    n : int
        Days in the likelihood.
    converged : bool
    """

    base: float
    persistence: float
    short_share: float
    weekday: FloatArray
    dispersion: float
    log_likelihood: float
    n: int
    converged: bool
    theta: FloatArray


def memory_means(counts: FloatArray) -> FloatArray:
    """Decaying means of the past, short and long, before each day and after the last, shape (2, n_days + 1).

    >>> memory_means(np.array([8.0, np.nan, 8.0]))[0].tolist()
    [8.0, 8.0, 8.0, 8.0]
    """
    keep = np.exp(-1.0 / np.array([_SHORT_DAYS, _LONG_DAYS]))
    known = counts[np.isfinite(counts)][:_LEVEL_DAYS]
    current = np.full(2, known.mean() if len(known) else 0.0)
    means = np.empty((2, len(counts) + 1))
    for t, y in enumerate(counts):
        means[:, t] = current
        if y == y:
            current = keep * current + (1 - keep) * y
    means[:, -1] = current
    return means


def fit_memory(
    counts: npt.ArrayLike, *, start: FloatArray | None = None, means: FloatArray | None = None
) -> MemoryFit:
    """Maximum-likelihood fit by Fisher scoring with step halving.

    Parameters
    ----------
    counts : array_like of shape (n_days,)
        NaN where not observed.
    start : ndarray, optional
        ``theta`` of a fit to nearly the same days.
    means : ndarray of float64, shape (2, n_days), optional
        Decaying means before each day, where they are known already.

    Raises
    ------
    DataError
        If counts are negative or fractional, fewer than 120 days are observed, or none has a count above 0.
    """
    y_all = checks.counts("counts", counts)
    observed = np.isfinite(y_all)
    n = int(observed.sum())
    if n < LEAST_DAYS:
        raise DataError(f"A forecast needs at least {LEAST_DAYS} observed days, got {n}.")
    y = y_all[observed]
    if y.sum() == 0:
        raise DataError("A forecast needs a day with a count above 0; all observed days have none.")
    past = (memory_means(y_all)[:, :-1] if means is None else means)[:, observed]
    weekdays = _contrasts()[np.arange(len(y_all)) % 7][observed]
    theta = np.array([np.log(0.1 * y.mean() + 1e-3), 2.0, 0.0, *np.zeros(6), 0.5]) if start is None else start.copy()
    value = _log_likelihood(theta, y, past, weekdays)
    converged = False
    for _ in range(_ITERATIONS):
        step = _step(theta, y, past, weekdays)
        size = 1.0
        while size > 1e-4:
            tried = theta + size * step
            tried[:3] = np.clip(tried[:3], [-12.0, -_LIMIT, -_LIMIT], [12.0, _LIMIT, _LIMIT])
            tried[9] = np.clip(tried[9], -5.0, 9.0)
            new = _log_likelihood(tried, y, past, weekdays)
            if new >= value - 1e-12:
                break
            size /= 2
        else:
            converged = True
            break
        gain, theta, value = new - value, tried, new
        if gain < 1e-6:
            converged = True
            break
    base, persistence, share, weekday, dispersion = _unpacked(theta)
    return MemoryFit(base, persistence, share, weekday, dispersion, value, n, converged, theta)


def forecast_paths(
    counts: npt.ArrayLike,
    origins: Sequence[int] | IntArray,
    *,
    method: Method,
    horizon: int,
    n_paths: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Paths of the days ``origin`` to ``origin + horizon - 1``, each drawn from what was known before ``origin``.

    Parameters
    ----------
    counts : array_like of shape (n_days,)
    origins : sequence of int
        First day of each forecast, increasing, at most ``n_days``.
    method : Method
    horizon, n_paths : int
    rng : numpy Generator

    Returns
    -------
    ndarray of float64, shape (n_origins, n_paths, horizon)

    Raises
    ------
    DataError
        As :func:`fit_memory`; or an origin has fewer than 120 observed days before it.
    """
    y = checks.counts("counts", counts)
    checks.positive("horizon", horizon)
    at = np.asarray(origins, dtype=np.int64)
    if len(at) and (at.max() > len(y) or np.any(np.diff(at) <= 0)):
        raise DataError(f"origins must increase and not lie beyond the series ({len(y)} days).")
    observed_before = np.concatenate([[0], np.cumsum(np.isfinite(y))])
    if len(at) and observed_before[at.min()] < LEAST_DAYS:
        raise DataError(
            f"A forecast needs at least {LEAST_DAYS} observed days before it, got {observed_before[at.min()]}."
        )
    if method == "memory":
        return memory_paths(y, at, horizon=horizon, n_paths=n_paths, rng=rng)
    if method == "memory and misses":
        return _missed_paths(y, at, horizon, n_paths, rng)
    if method == "no memory":
        return _independent_paths(y, at, horizon, n_paths, rng)
    return _naive_paths(y, at, method, horizon, n_paths, rng)


# --- memory ---------------------------------------------------------------------------------------------


def _contrasts() -> FloatArray:
    return np.vstack([np.eye(6), -np.ones(6)])


def _unpacked(theta: FloatArray) -> tuple[float, float, float, FloatArray, float]:
    persistence, share = 1 / (1 + np.exp(-theta[1:3]))
    return float(np.exp(theta[0])), float(persistence), float(share), np.exp(_contrasts() @ theta[3:9]), float(
        np.exp(theta[9])
    )  # fmt: skip


def _mean(theta: FloatArray, past: FloatArray, weekdays: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean of each day and its weekday factor."""
    base = np.exp(theta[0])
    persistence, share = 1 / (1 + np.exp(-theta[1:3]))
    factor = np.exp(weekdays @ theta[3:9])
    return factor * (base + persistence * (share * past[0] + (1 - share) * past[1])), factor


def _log_likelihood(theta: FloatArray, y: FloatArray, past: FloatArray, weekdays: FloatArray) -> float:
    from scipy.special import gammaln

    mean, _ = _mean(theta, past, weekdays)
    size = np.exp(theta[9])
    return float(
        np.sum(gammaln(y + size) - gammaln(y + 1) - (y + size) * np.log(mean + size) + y * np.log(mean))
        + len(y) * (size * theta[9] - gammaln(size))
    )


def _step(theta: FloatArray, y: FloatArray, past: FloatArray, weekdays: FloatArray) -> FloatArray:
    """Fisher-scoring step of the mean's parameters, and a bounded Newton step of the log dispersion."""
    from scipy.special import digamma, polygamma

    mean, factor = _mean(theta, past, weekdays)
    persistence, share = 1 / (1 + np.exp(-theta[1:3]))
    size = np.exp(theta[9])
    mixed = share * past[0] + (1 - share) * past[1]
    slopes = np.column_stack(
        [
            factor * np.exp(theta[0]),
            factor * persistence * (1 - persistence) * mixed,
            factor * persistence * share * (1 - share) * (past[0] - past[1]),
            mean[:, None] * weekdays,
        ]
    )
    weight = 1 / (mean * (1 + mean / size))
    weighted = slopes * weight[:, None]
    information = weighted.T @ slopes
    ridge = 1e-8 * np.trace(information) / len(information) + 1e-6
    step = np.zeros(10)
    step[:9] = np.linalg.solve(information + ridge * np.eye(9), weighted.T @ (y - mean))
    step[:3] = np.clip(step[:3], -2.0, 2.0)
    score = float(
        np.sum(digamma(y + size) - np.log(mean + size) + 1 - (y + size) / (mean + size))
        + len(y) * (theta[9] - digamma(size))
    )
    curvature = float(
        np.sum(polygamma(1, y + size) - 1 / (mean + size) - (mean - y) / (mean + size) ** 2)
        + len(y) * (1 / size - polygamma(1, size))
    )
    bend = size * score + size**2 * curvature
    step[9] = np.clip(size * score / -bend if bend < 0 else np.sign(score), -1.0, 1.0)
    return step


def memory_paths(
    y: FloatArray, origins: IntArray, *, horizon: int, n_paths: int, rng: np.random.Generator
) -> FloatArray:
    """Paths of the ``memory`` method, as :func:`forecast_paths` without its checks."""
    means = memory_means(y)
    theta: FloatArray | None = None
    fits = []
    for origin in origins:
        fit = fit_memory(y[:origin], start=theta, means=means[:, :origin])
        theta = fit.theta
        fits.append(fit)
    base, persistence, share, size = (
        np.array([getattr(fit, name) for fit in fits])[:, None]
        for name in ("base", "persistence", "short_share", "dispersion")
    )
    weekday = np.stack([fit.weekday for fit in fits])
    short, long = (np.repeat(means[row, origins][:, None], n_paths, axis=1) for row in (0, 1))
    keep_short, keep_long = np.exp(-1 / _SHORT_DAYS), np.exp(-1 / _LONG_DAYS)
    paths = np.empty((len(origins), n_paths, horizon))
    rows = np.arange(len(origins))
    for k in range(horizon):
        factor = weekday[rows, (origins + k) % 7][:, None]
        mean = factor * (base + persistence * (share * short + (1 - share) * long))
        drawn = rng.poisson(np.minimum(mean * rng.standard_gamma(size, size=mean.shape) / size, 1e9))
        paths[:, :, k] = drawn
        short = keep_short * short + (1 - keep_short) * drawn
        long = keep_long * long + (1 - keep_long) * drawn
    return paths


def _missed_paths(
    y: FloatArray, origins: IntArray, horizon: int, n_paths: int, rng: np.random.Generator
) -> FloatArray:
    # Past misses are of forecasts made here: the import runs one way once both modules are there.
    from armistice.escalation.past_misses import as_wide_as_missed, past_forecasts

    base = memory_paths(y, origins, horizon=horizon, n_paths=n_paths, rng=rng)
    paths = np.empty_like(base)
    for row, origin in enumerate(origins.tolist()):
        past = past_forecasts(y[:origin], horizons=(horizon,), last=origin, rng=rng)
        paths[row] = as_wide_as_missed(base[row], past, origin=origin, horizon=horizon, rng=rng)
    return paths


# --- without memory -------------------------------------------------------------------------------------


def _independent_paths(
    y: FloatArray, origins: IntArray, horizon: int, n_paths: int, rng: np.random.Generator
) -> FloatArray:
    from armistice.escalation.expected_level import dispersion_by_likelihood

    paths = np.empty((len(origins), n_paths, horizon))
    for row, origin in enumerate(origins):
        first = max(int(origin) - _PATTERN_DAYS, 0)
        pattern, days = y[first:origin], np.arange(first, origin) % 7
        seen = np.isfinite(pattern)
        recent = y[max(int(origin) - _LEVEL_DAYS, 0) : origin]
        level = _nanmean(recent, _nanmean(pattern, 0.0))
        weekday = np.array([_nanmean(pattern[days == d], level) for d in range(7)]) + _HALF
        weekday /= weekday.mean()
        around = _trailing_mean(y, first, int(origin))
        mean = np.maximum(around * weekday[days], 0.05)
        size = dispersion_by_likelihood(pattern[seen], mean[seen])
        ahead = np.maximum(level * weekday[(origin + np.arange(horizon)) % 7], 0.05)
        drawn = rng.poisson(ahead * rng.standard_gamma(size, size=(n_paths, horizon)) / size)
        paths[row] = drawn
    return paths


def _nanmean(values: FloatArray, otherwise: float) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else otherwise


def _trailing_mean(y: FloatArray, first: int, past: int) -> FloatArray:
    """Mean of the four weeks before each of the days ``first`` to ``past - 1``, in which nothing is missing."""
    known = np.concatenate([[0.0], np.cumsum(np.where(np.isfinite(y), y, 0.0))])
    number = np.concatenate([[0], np.cumsum(np.isfinite(y))])
    day = np.arange(first, past)
    back = np.maximum(day - _LEVEL_DAYS, 0)
    seen = number[day] - number[back]
    whole = _nanmean(y[first:past], 0.0)
    return np.asarray(np.where(seen > 0, (known[day] - known[back]) / np.maximum(seen, 1), whole))


def _naive_paths(
    y: FloatArray, origins: IntArray, method: Method, horizon: int, n_paths: int, rng: np.random.Generator
) -> FloatArray:
    """A plain forecast with the relative misses of the same forecast at earlier dates, whole stretches at a time."""
    dates = np.arange(_LEVEL_DAYS, int(origins.max()) + 1 if len(origins) else 0)
    made = _plain(y, dates, method, horizon)
    padded = np.concatenate([y, np.full(horizon, np.nan)])
    came = np.lib.stride_tricks.sliding_window_view(padded, horizon)[dates]
    misses = (came + _HALF) / (made + _HALF)
    paths = np.empty((len(origins), n_paths, horizon))
    for row, origin in enumerate(origins):
        latest = origin - horizon
        if latest - _LEVEL_DAYS < 2 * _LEVEL_DAYS:
            # Too short for whole stretches: the last four weeks' dates lend what they have.
            latest = max(origin - _LEVEL_DAYS, _LEVEL_DAYS + 1)
        past = misses[dates <= latest].copy()
        known = np.isfinite(past) & (dates[dates <= latest, None] + np.arange(horizon) < origin)
        chosen = np.flatnonzero(known.mean(axis=1) > 0.3)
        if not len(chosen):
            raise DataError("No earlier stretch of the series is complete enough to learn how far forecasts miss.")
        # A day not observed in the past takes the mean miss of its stretch.
        mean = np.where(known, past, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        past = np.where(known, past, mean[:, None])
        drawn = past[rng.choice(chosen, size=n_paths)]
        ahead = made[int(np.flatnonzero(dates == origin)[0])]
        paths[row] = np.maximum(np.rint((ahead + _HALF) * drawn - _HALF), 0.0)
    return paths


def _plain(y: FloatArray, dates: IntArray, method: Method, horizon: int) -> FloatArray:
    """Point forecasts from each date, shape (n_dates, horizon)."""
    if method == "last value":
        seen = np.flatnonzero(np.isfinite(y))
        position = np.searchsorted(seen, dates, side="left") - 1
        last = np.where(position >= 0, y[seen[np.maximum(position, 0)]], np.nan)
        return np.repeat(last[:, None], horizon, axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(y, _LEVEL_DAYS)[dates - _LEVEL_DAYS].reshape(len(dates), 4, 7)
    known = np.isfinite(windows)
    total, number = np.where(known, windows, 0.0).sum(axis=1), known.sum(axis=1)
    all_days = total.sum(axis=1) / np.maximum(number.sum(axis=1), 1)
    by_place = np.where(number > 0, total / np.maximum(number, 1), all_days[:, None])
    return np.asarray(by_place[:, np.arange(horizon) % 7])
