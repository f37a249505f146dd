"""Retaliation on daily counts: who answers whom, how strongly, how fast.

**Estimand.** The branching matrix: ``branching[i, j]`` is the number of events of series ``i`` that one event of
series ``j`` brings about directly over the next ``lag_days`` days, in the model

    ``y_i(t) ~ NB2(mean m_i(t), variance m_i + m_i² / dispersion_i)``
    ``m_i(t) = exp(x_t · baseline_i) + sum_j branching_ij sum_{l=1..L} g_l(decay_ij) y_j(t - l)``

with ``g_l`` proportional to ``exp(-decay l)`` and summing to 1 over the lags 1 to L. Every series has one decay for
its own persistence and one for its answers to the others. The baseline is a cubic spline with weekdays and what other
columns are given. A self-exciting count model (INGARCH): Ferland, Latour and Oraichi (2006), J. Time Ser. Anal. 27:923;
negative binomial by Zhu (2011), J. Time Ser. Anal. 32:54; branching and kernels after Hawkes (1971), Biometrika 58:83.

**Estimator.** Maximum likelihood, given the first L days, with branching at least 0; each series has its own
likelihood. A baseline with many columns takes memory that decays slowly for its own movement, so that plain maximum
likelihood, also on offer, finds too little branching (as in autoregressions with a trend). By default the likelihood is
therefore restricted for the baseline to first order (Cooper and Thompson 1977, Biometrika 64:625; Cox and Reid 1987,
J. R. Stat. Soc. B 49:1).
A missing day is left out of the likelihood of its series. In the lags it stands at its own mean
under the model, found by fitting and filling in turns until the fillings settle.

**What it does not tell.** Whether an answer is one: a background shared by two series looks like answers in both
directions. See :mod:`armistice.escalation.shared_background`. Answers within the same day are not in the model at all:
:mod:`armistice.escalation.same_day`. Answers whose own answers last longer than the baseline's knots are taken for baseline.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from armistice.errors import NotConvergedError, ParameterError, StatisticalWarning
from armistice.escalation.retaliation_inputs import (
    RetaliationSettings,
    checked_counts,
    filled_by_neighbours,
    n_slow_columns,
    n_spline_columns,
    roughness_of,
    smooth_design,
)
from armistice.escalation.retaliation_kernels import climb, lag_weights, row_likelihood
from armistice.escalation.windows import BoolArray, FloatArray

__all__ = [
    "RetaliationFit",
    "RetaliationSettings",
    "checked_counts",
    "fit_retaliation",
    "fit_row",
    "smooth_design",
]

# Slower answers than these, half of them after a week, are the baseline's.
_DECAY_BOUNDS = (0.1, 5.0)
_DISPERSION_BOUNDS = (0.05, 1e4)
_MOST_BRANCHING = 5.0
_STARTS = ((0.3, 0.3), (1.5, 0.3), (0.3, 1.5), (1.5, 1.5))
_TOLERANCE = 1e-5
_STEPS = 200
_FILLINGS = 8


@dataclass(frozen=True, eq=False)
class RetaliationFit:
    """A fitted model.

    Parameters
    ----------
    settings : RetaliationSettings
    counts : ndarray of float64, shape (n_days, K)
        As given; NaN where not observed.
    filled : ndarray of float64, shape (n_days, K)
        The same with missing days at their mean under the model.
    design : ndarray of float64, shape (n_days, p)
        Of the logarithm of the baseline.
    theta : ndarray of float64, shape (K, p + K + 3)
        Parameters as in :mod:`armistice.escalation.retaliation_kernels`.
    log_likelihood : ndarray of float64, shape (K,)
        Of each series.
    mean : ndarray of float64, shape (n_days, K)
        NaN for the first ``lag_days`` days.
    """

    settings: RetaliationSettings
    counts: FloatArray
    filled: FloatArray
    design: FloatArray
    theta: FloatArray
    log_likelihood: FloatArray
    mean: FloatArray

    @property
    def n_series(self) -> int:
        """Number of series, K."""
        return int(self.counts.shape[1])

    @property
    def n_used(self) -> npt.NDArray[np.int64]:
        """Days in the likelihood of each series."""
        return np.asarray(np.isfinite(self.counts[self.settings.lag_days :]).sum(axis=0))

    @property
    def branching(self) -> FloatArray:
        """Direct answers of series i (row) to one event of series j (column), shape (K, K)."""
        p = self.design.shape[1]
        return self.theta[:, p : p + self.n_series]

    @property
    def decay(self) -> FloatArray:
        """Decay per day of the answers of i (row) to j (column), shape (K, K)."""
        p, k = self.design.shape[1], self.n_series
        own, answer = np.exp(self.theta[:, p + k]), np.exp(self.theta[:, p + k + 1])
        return np.where(np.eye(k, dtype=bool), own[:, None], answer[:, None])

    @property
    def half_life_days(self) -> FloatArray:
        """Days after which half of the direct answers have come, between whole days by line, shape (K, K)."""
        days = np.arange(self.settings.lag_days + 1)
        return np.array(
            [[np.interp(0.5, np.concatenate([[0.0], self._kernel(d).cumsum()]), days) for d in row] for row in self.decay]
        )  # fmt: skip

    @property
    def dispersion(self) -> FloatArray:
        """Variance is ``mean + mean² / dispersion``, shape (K,); infinite for the Poisson model."""
        if self.settings.is_poisson:
            return np.full(self.n_series, np.inf)
        return np.asarray(np.exp(self.theta[:, -1]))

    @property
    def baseline(self) -> FloatArray:
        """Events a day that answer nothing, shape (n_days, K)."""
        return np.asarray(np.exp(np.clip(self.design @ self.theta[:, : self.design.shape[1]].T, -30, 30)))

    @property
    def spectral_radius(self) -> float:
        """Largest eigenvalue of the branching matrix; from 1 on, answers to answers never die out."""
        return float(np.max(np.abs(np.linalg.eigvals(self.branching))))

    def _kernel(self, decay: float) -> FloatArray:
        weights, _ = lag_weights(float(np.log(decay)), self.settings.lag_days)
        return np.asarray(weights)

    def kernels(self) -> FloatArray:
        """Direct answers per event at each lag: ``branching * g``, shape (lag_days, K, K)."""
        shape = np.array([[self._kernel(d) for d in row] for row in self.decay])
        return np.moveaxis(self.branching[:, :, None] * shape, 2, 0)

    def impulse_response(self, series: int, *, extra: float = 10.0, days: int = 14) -> FloatArray:
        """Expected extra events on days 0 to ``days`` after ``extra`` events of one series on day 0.

        Answers to answers included; exact, since the means are linear in past counts.

        Returns
        -------
        ndarray of float64, shape (days + 1, K)
            Row 0 is the impulse itself.
        """
        kernels = self.kernels()
        response = np.zeros((days + 1, self.n_series))
        response[0, series] = extra
        for day in range(1, days + 1):
            for lag in range(1, min(day, self.settings.lag_days) + 1):
                response[day] += kernels[lag - 1] @ response[day - lag]
        return response

    def simulate(self, rng: np.random.Generator, *, n_sets: int = 1) -> FloatArray:
        """Draw data sets from the model exactly, day by day, after the same first ``lag_days`` days.

        Returns
        -------
        ndarray of float64, shape (n_sets, n_days, K)
            With the same days missing as in the data.
        """
        lags, (n_days, k) = self.settings.lag_days, self.counts.shape
        kernels, baseline = self.kernels(), self.baseline
        flat = kernels[::-1].transpose(0, 2, 1).reshape(lags * k, k)
        drawn = np.empty((n_sets, n_days, k))
        drawn[:, :lags] = np.round(self.filled[:lags])
        size = self.dispersion
        for t in range(lags, n_days):
            mean = baseline[t] + drawn[:, t - lags : t].reshape(n_sets, lags * k) @ flat
            if not self.settings.is_poisson:
                mean = rng.gamma(np.broadcast_to(size, mean.shape)) * mean / size
            drawn[:, t] = rng.poisson(np.minimum(mean, 1e9))
        drawn[:, np.isnan(self.counts)] = np.nan
        return drawn

    def residuals(self, rng: np.random.Generator) -> FloatArray:
        """Randomised probability integral transforms: uniform on (0, 1) if the model is right (NaN where not used).

        Dunn and Smyth (1996), J. Comput. Graph. Stat. 5:236.
        """
        from scipy.special import betainc, gammaincc

        y, mean = self.counts, self.mean
        known = np.isfinite(y) & np.isfinite(mean)
        found = np.full(y.shape, np.nan)
        count, level = y[known], mean[known]
        if self.settings.is_poisson:
            at, below = gammaincc(count + 1, level), np.where(count > 0, gammaincc(np.maximum(count, 1), level), 0.0)
        else:
            size = np.broadcast_to(self.dispersion, y.shape)[known]
            share = size / (size + level)
            at = betainc(size, count + 1, share)
            below = np.where(count > 0, betainc(size, np.maximum(count, 1), share), 0.0)
        found[known] = below + rng.random(len(count)) * (at - below)
        return found

    def refit(self, counts: FloatArray) -> RetaliationFit:
        """Fit the same model to other counts on the same days, from here: for the bootstrap.

        Missing days are filled once, with the means that this fit gives the new counts.
        """
        filled = _filled_by_model(self, counts)
        return replace(_fit_all(counts, filled, self.design, self.settings, start=self.theta), counts=counts)


def fit_retaliation(
    counts: npt.ArrayLike,
    *,
    days: npt.ArrayLike | None = None,
    covariates: npt.ArrayLike | None = None,
    settings: RetaliationSettings | None = None,
) -> RetaliationFit:
    """Fit the model of retaliation to daily counts.

    Parameters
    ----------
    counts : array_like of shape (n_days, K)
        Whole numbers from 0; NaN where not observed.
    days : array_like of datetime64, shape (n_days,), optional
        Checked to follow each other.
    covariates : array_like of shape (n_days, q), optional
        Further columns of the log baseline (talks, truces).
    settings : RetaliationSettings, optional

    Returns
    -------
    RetaliationFit

    Raises
    ------
    DataError
        See :func:`checked_counts`.
    NotConvergedError
        If the likelihood still rises or the fillings of missing days still move.

    Warns
    -----
    StatisticalWarning
        If the spectral radius is 1 or more, with the number.
    """
    settings = settings or RetaliationSettings()
    table = checked_counts(counts, settings, days)
    design = smooth_design(len(table), settings, covariates)
    filled = filled_by_neighbours(table)
    fit = _fit_all(table, filled, design, settings)
    for _ in range(_FILLINGS if np.isnan(table[settings.lag_days :]).any() else 0):
        new = _filled_by_model(fit, table)
        moved = float(np.max(np.abs(new - fit.filled) / (1.0 + fit.filled)))
        fit = _fit_all(table, new, design, settings, start=fit.theta)
        if moved < 1e-2:
            break
    if fit.spectral_radius >= 1:
        warnings.warn(
            f"The fitted answers do not die out: spectral radius {fit.spectral_radius:.2f}, which must be below 1 for a "
            "stationary series. Impulse responses and simulations grow without end; try fewer knot_days.",
            StatisticalWarning,
            stacklevel=2,
        )
    return fit


def _filled_by_model(fit: RetaliationFit, table: FloatArray) -> FloatArray:
    """Missing days at their mean given the days before, one after another."""
    lags = fit.settings.lag_days
    filled = filled_by_neighbours(table)
    holes = np.flatnonzero(np.isnan(table).any(axis=1))
    if not len(holes[holes >= lags]):
        return filled
    kernels, baseline = fit.kernels()[::-1], fit.baseline
    for t in holes[holes >= lags]:
        mean = baseline[t] + np.einsum("lij,lj->i", kernels, filled[t - lags : t])
        filled[t] = np.where(np.isnan(table[t]), mean, filled[t])
    return filled


def _fit_all(
    table: FloatArray,
    filled: FloatArray,
    design: FloatArray,
    settings: RetaliationSettings,
    start: FloatArray | None = None,
) -> RetaliationFit:
    k = table.shape[1]
    rows = [
        fit_row(table, filled, design, settings, row, start=None if start is None else start[row]) for row in range(k)
    ]
    theta, values = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    fit = RetaliationFit(settings, table, filled, design, theta, values, np.full(table.shape, np.nan))
    mean = np.column_stack([_row(fit, row, theta[row])[3] for row in range(k)])
    return replace(fit, mean=mean)


def _row(fit: RetaliationFit, row: int, theta: FloatArray) -> tuple[float, FloatArray, FloatArray, FloatArray]:
    """Log-likelihood, gradient, information and means of one series at any parameters."""
    used = _used(fit.counts, row, fit.settings)
    found = row_likelihood(
        theta, np.nan_to_num(fit.counts[:, row]), used, fit.filled, fit.design, roughness_of(fit.design, fit.settings), row,
        fit.settings.lag_days, n_slow_columns(len(fit.design), fit.settings), fit.settings.is_poisson,
    )  # fmt: skip
    return (float(found[0]), *found[1:])


def _used(table: FloatArray, row: int, settings: RetaliationSettings) -> BoolArray:
    used = np.isfinite(table[:, row])
    used[: settings.lag_days] = False
    return used


def fit_row(
    table: FloatArray,
    filled: FloatArray,
    design: FloatArray,
    settings: RetaliationSettings,
    row: int,
    *,
    start: FloatArray | None = None,
    held: Sequence[tuple[int, float]] = (),
) -> tuple[FloatArray, float]:
    """Maximise the likelihood of one series, with some branching entries held.

    Parameters
    ----------
    table, filled, design : ndarray
        As in :class:`RetaliationFit`.
    row : int
        The series that answers.
    start : ndarray of shape (p + K + 3,), optional
        Else several decays are tried.
    held : sequence of (int, float)
        Series answered, and the branching at which to hold it.

    Returns
    -------
    (ndarray of shape (p + K + 3,), float)
        Parameters and log-likelihood.

    Raises
    ------
    NotConvergedError
        If the likelihood still rises after 200 steps.
    """
    (p, k), n_days = (design.shape[1], table.shape[1]), len(table)
    n = p + k + 3
    lower, upper = np.full(n, -30.0), np.full(n, 30.0)
    lower[p : p + k], upper[p : p + k] = 0.0, _MOST_BRANCHING
    lower[p + k : p + k + 2], upper[p + k : p + k + 2] = np.log(_DECAY_BOUNDS)
    lower[-1], upper[-1] = np.log(_DISPERSION_BOUNDS)
    fixed = np.zeros(n, dtype=bool)
    fixed[-1] = settings.is_poisson
    fixed[p + k + 1] = k == 1
    used = _used(table, row, settings)
    counts = np.nan_to_num(table[:, row])
    starts = [start.copy()] if start is not None else []
    if start is None:
        for own, answer in _STARTS:
            theta = np.zeros(n)
            # The spline's columns sum to 1, so that a constant there is the constant of the baseline.
            theta[: n_spline_columns(n_days, settings)] = np.log(max(float(counts[used].mean()) * 0.6, 1e-3))
            theta[p : p + k] = 0.1
            theta[p + row] = 0.3
            theta[p + k : p + k + 2] = np.log([own, answer])
            theta[-1] = np.log(2.0)
            starts.append(theta)
    for theta in starts:
        for series, value in held:
            theta[p + series] = value
    for series, value in held:
        if not 0 <= value <= _MOST_BRANCHING:
            raise ParameterError(f"branching must be held between 0 and {_MOST_BRANCHING}, got {value}.")
        fixed[p + series] = True
    best: tuple[FloatArray, float] | None = None
    for theta in starts:
        found, value, promise, _ = climb(
            theta, fixed, lower, upper, counts, used, filled, design, roughness_of(design, settings), row,
            settings.lag_days, n_slow_columns(len(design), settings), settings.is_poisson, _TOLERANCE, _STEPS,
        )  # fmt: skip
        if abs(promise) > 1e-3:
            continue
        if best is None or value > best[1]:
            best = (found, float(value))
    if best is None:
        raise NotConvergedError(
            f"Series {row}: the likelihood still rises after {_STEPS} steps; try more knot_days or fewer lag_days."
        )
    return best
