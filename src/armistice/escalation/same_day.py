"""Answers within the day from daily counts, by the spectrum of what the days leave visible of them.

**Estimand.** The branching matrix of the Hawkes process in continuous time of which only daily counts are known
(:mod:`armistice.escalation.count_spectrum`): an answer that comes within hours falls partly on the next day, and how much
more on the day after than on the day before tells who answered.

**Estimator.** Whittle's likelihood of the counts less their baseline, over frequencies faster than the baseline. Free: the
branching, one decay for own persistence and one for answers, how large the batches are in which the events of each
series come (at least 1: own answers faster than can be told would otherwise pass for them), and for each pair a shock of the day in common, which makes both rise on the same day. With that shock free,
the direction is learnt from delays alone.

**Intervals** by the likelihood ratio with all else fitted anew; how often they hold, and those of the rival that fills in
the times of day (:mod:`armistice.escalation.latent_times`): ``docs/validation-retaliation-same-day.md``.

**Direction.** An answer within the day is claimed if the likelihood ratio against no such answer says so at 5 % and
that of the other direction does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import DataError, NotConvergedError, ParameterError
from armistice.escalation.count_spectrum import periodogram, whittle
from armistice.escalation.profile_bounds import profile_bound

__all__ = [
    "SameDayDirection",
    "SameDayFit",
    "fit_same_day",
    "same_day_direction",
    "same_day_intervals",
    "spectral_ratio",
]

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]
_MOST_BRANCHING = 3.0
_DECAY_BOUNDS = (0.1, 30.0)
_STARTS = (1.0, 6.0)
Decays = Literal["one", "own and answers"]


@dataclass(frozen=True, eq=False)
class SameDayFit:
    """A fitted spectrum.

    Parameters
    ----------
    frequency : ndarray of shape (m,)
        Those used, in radians a day.
    observed : ndarray of complex128, shape (m, K, K)
        Periodogram.
    theta : ndarray
        ``[branching (K²) | log decays | log noise (K) | correlation of the day's shocks (pairs)]``.
    rate : ndarray of shape (K,)
        Events a day; noise is at least that, as if events came singly.
    decays : {"one", "own and answers"}
    has_shocks : bool
    log_likelihood : float
    """

    frequency: FloatArray
    observed: ComplexArray
    theta: FloatArray
    rate: FloatArray
    decays: Decays
    has_shocks: bool
    log_likelihood: float

    @property
    def n_series(self) -> int:
        """Number of series, K."""
        return int(self.observed.shape[1])

    @property
    def branching(self) -> FloatArray:
        """Direct answers of series i (row) to one event of series j (column), shape (K, K)."""
        k = self.n_series
        return self.theta[: k * k].reshape(k, k)

    @property
    def decay(self) -> FloatArray:
        """Per day, shape (K, K)."""
        return _taken_apart(self.theta, self.n_series, self.decays, self.has_shocks)[1]

    @property
    def shock_correlation(self) -> FloatArray:
        """Correlation of what the days themselves share, of each pair."""
        return self.theta[-_n_pairs(self.n_series) :] if self.has_shocks else np.zeros(_n_pairs(self.n_series))


def _n_pairs(k: int) -> int:
    return k * (k - 1) // 2


def _decay_of(k: int, decays: Decays) -> npt.NDArray[np.int64]:
    """Which decay each entry has, shape (K, K)."""
    return np.zeros((k, k), dtype=np.int64) if decays == "one" else 1 - np.eye(k, dtype=np.int64)


def _taken_apart(
    theta: FloatArray, k: int, decays: Decays, has_shocks: bool
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Branching, decay, noise and covariance of shocks."""
    n_decays = 1 if decays == "one" else 2
    branching = np.ascontiguousarray(theta[: k * k].reshape(k, k))
    decay = np.exp(theta[k * k : k * k + n_decays])[_decay_of(k, decays)]
    noise = np.exp(theta[k * k + n_decays : k * k + n_decays + k])
    shocks = np.zeros((k, k))
    if has_shocks:
        rows, columns = np.triu_indices(k, 1)
        shocks[rows, columns] = theta[-_n_pairs(k) :] * np.sqrt(noise[rows] * noise[columns])
    return branching, decay, noise, shocks + shocks.T


def _likelihood(
    theta: FloatArray, frequency: FloatArray, observed: ComplexArray, decays: Decays, has_shocks: bool
) -> tuple[float, FloatArray]:
    k = observed.shape[1]
    branching, decay, noise, shocks = _taken_apart(theta, k, decays, has_shocks)
    value, by_branching, by_decay, by_noise, by_shocks = whittle(frequency, observed, branching, decay, noise, shocks)
    of = _decay_of(k, decays)
    gradient = [by_branching.ravel(), np.bincount(of.ravel(), by_decay.ravel(), 1 if decays == "one" else 2)]
    slope = noise * by_noise
    if has_shocks:
        rows, columns = np.triu_indices(k, 1)
        pull = (by_shocks + by_shocks.T)[rows, columns] * shocks[rows, columns]
        slope = slope + 0.5 * (np.bincount(rows, pull, k) + np.bincount(columns, pull, k))
        size = np.sqrt(noise[rows] * noise[columns])
        gradient += [slope, (by_shocks + by_shocks.T)[rows, columns] * size]
    else:
        gradient.append(slope)
    return value, np.concatenate(gradient)


def _climb(
    start: FloatArray,
    frequency: FloatArray,
    observed: ComplexArray,
    rate: FloatArray,
    decays: Decays,
    has_shocks: bool,
    held: tuple[tuple[int, int, float], ...],
) -> tuple[FloatArray, float]:
    """Maximise within bounds, with some branching entries held."""
    from scipy.optimize import minimize

    k, n_decays = observed.shape[1], 1 if decays == "one" else 2
    bounds = [(0.0, _MOST_BRANCHING)] * (k * k) + [tuple(np.log(_DECAY_BOUNDS))] * n_decays
    bounds += [(float(np.log(one)), 40.0) for one in rate] + [(0.0, 0.95)] * (_n_pairs(k) if has_shocks else 0)
    theta = start.copy()
    for i, j, value in held:
        theta[i * k + j] = value
        bounds[i * k + j] = (value, value)

    def objective(at: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = _likelihood(at, frequency, observed, decays, has_shocks)
        return (-value, -gradient) if np.isfinite(value) else (1e12, np.zeros_like(at))

    found = minimize(
        objective, theta, jac=True, method="L-BFGS-B", bounds=bounds,
        options={"ftol": 1e-9, "gtol": 3e-3, "maxiter": 300},
    )  # fmt: skip
    return found.x, -float(found.fun)


def fit_same_day(
    counts: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    n_slow: int = 0,
    has_weekdays: bool = False,
    decays: Decays = "own and answers",
    has_shocks: bool = True,
) -> SameDayFit:
    """Fit the spectrum of daily counts.

    Parameters
    ----------
    counts : array_like of shape (n_days, K)
        NaN where not observed; such days count as expected. Up to a tenth of each series.
    expected : array_like of shape (n_days, K)
        The level of each day by baseline and weekday, answers included.
    n_slow : int
        Columns of the baseline; half as many frequencies are left out.
    has_weekdays : bool
        Whether to leave out the frequencies of the week.
    decays : {"one", "own and answers"}
    has_shocks : bool
        Whether the days themselves may have shocks in common.

    Returns
    -------
    SameDayFit

    Raises
    ------
    DataError
        If more than a tenth of the days of a series is missing, or the levels are not above 0.
    NotConvergedError
        If no start leads to a finite likelihood.
    """
    table, level = np.asarray(counts, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    if table.ndim != 2 or level.shape != table.shape or not (level > 0).all():
        raise DataError(f"expected must be above 0 and shaped as the counts, {table.shape}; got {level.shape}.")
    known = np.isfinite(table)
    if (known.mean(axis=0) < 0.9).any():
        worst = int(np.argmin(known.mean(axis=0)))
        raise DataError(
            f"Series {worst}: {100 * (1 - known[:, worst].mean()):.0f} % of days are missing; a spectrum allows 10 %."
        )
    # Days of a high level vary more; scaled to the mean level they count alike.
    mean = level.mean(axis=0)
    deviations = np.where(known, (table - level) * np.sqrt(mean / level), 0.0)
    frequency, observed = periodogram(deviations)
    kept = np.ones(len(frequency), dtype=bool)
    kept[: n_slow // 2] = False
    if has_weekdays:
        kept &= np.abs((frequency * 7 / (2 * np.pi)) % 1.0 - 0.5) < 0.5 - 7 / len(table) * 0.75
    frequency, observed = frequency[kept], np.ascontiguousarray(observed[kept])
    k = table.shape[1]
    best: tuple[FloatArray, float] | None = None
    for decay in _STARTS:
        start = np.concatenate(
            [
                np.where(np.eye(k, dtype=bool), 0.2, 0.1).ravel(),
                np.full(1 if decays == "one" else 2, np.log(decay)),
                np.log(np.maximum(0.7 * np.einsum("mkk->k", observed).real / len(frequency), mean)),
                np.zeros(_n_pairs(k) if has_shocks else 0),
            ]
        )
        found = _climb(start, frequency, observed, mean, decays, has_shocks, ())
        if np.isfinite(found[1]) and found[1] > -1e11 and (best is None or found[1] > best[1]):
            best = found
    if best is None:
        raise NotConvergedError("No spectrum of this form fits these counts.")
    return SameDayFit(frequency, observed, best[0], mean, decays, has_shocks, best[1])


def spectral_ratio(fit: SameDayFit, i: int, j: int, value: float) -> float:
    """Twice what the likelihood loses if the answers of i to j are held at a value, all else fitted anew."""
    return _held(fit, i, j, value, fit.theta)[0]


def _held(fit: SameDayFit, i: int, j: int, value: float, start: FloatArray) -> tuple[float, FloatArray]:
    theta, held = _climb(start, fit.frequency, fit.observed, fit.rate, fit.decays, fit.has_shocks, ((i, j, value),))
    return max(2 * (fit.log_likelihood - held), 0.0), theta


def same_day_intervals(fit: SameDayFit, *, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Bounds of each branching entry: all values that the likelihood ratio does not reject; shape (K, K) each.

    An upper bound is infinite where nothing up to 3 is rejected.
    """
    from scipy.special import gammaincinv

    checks.probability("level", level)
    goal, k = float(np.sqrt(2 * gammaincinv(0.5, level))), fit.n_series
    bounds = np.zeros((2, k, k))
    for i in range(k):
        for j in range(k):
            for which, side in enumerate((-1, 1)):
                bounds[which, i, j] = _edge(fit, i, j, goal, side)
    return bounds[0], bounds[1]


def _edge(fit: SameDayFit, i: int, j: int, goal: float, side: int) -> float:
    theta = fit.theta

    def root_of_ratio(value: float) -> float:
        nonlocal theta
        ratio, theta = _held(fit, i, j, value, theta)
        return float(np.sqrt(ratio))

    return profile_bound(
        root_of_ratio, float(fit.branching[i, j]), goal, lowest=0.0, highest=_MOST_BRANCHING, side=side
    )


@dataclass(frozen=True, slots=True)
class SameDayDirection:
    """Which of two series answers the other within days or hours, by delays.

    Parameters
    ----------
    verdict : {"second answers first", "first answers second", "cannot be told"}
    p_second_answers, p_first_answers : float
        Likelihood ratio against no such answers, half and half of one degree of freedom and none.
    """

    verdict: Literal["second answers first", "first answers second", "cannot be told"]
    p_second_answers: float
    p_first_answers: float


def same_day_direction(fit: SameDayFit, first: int, second: int, *, level: float = 0.95) -> SameDayDirection:
    """Test both directions.

    Raises
    ------
    ParameterError
        If the series are the same, or the fit allows no shocks in common: without them any common movement is an answer.
    """
    from scipy.special import gammaincc

    if first == second or not fit.has_shocks:
        raise ParameterError("A direction needs two series and a fit with shocks of the day in common.")
    checks.probability("level", level)

    def p_value(i: int, j: int) -> float:
        ratio = spectral_ratio(fit, i, j, 0.0)
        return 1.0 if ratio < 1e-6 else 0.5 * float(gammaincc(0.5, ratio / 2))

    forward, backward = p_value(second, first), p_value(first, second)
    if forward <= 1 - level < backward:
        return SameDayDirection("second answers first", forward, backward)
    if backward <= 1 - level < forward:
        return SameDayDirection("first answers second", forward, backward)
    return SameDayDirection("cannot be told", forward, backward)
