"""The expected level of a daily count: smooth trend, weekday, overdispersion and the memory of the days around.

``log E[y_t] = s(t) + weekday``, with ``s`` a penalised spline and ``y`` negative binomial with variance
``m + m² / dispersion`` (P-splines: Eilers and Marx 1996, Stat. Science 11:89; fitted by penalised iteratively
reweighted least squares, the dispersion by its maximum likelihood given the means). What is left has a memory:
its covariance over lags is that of an autoregression, read from the residuals by moments (Zeger 1988,
Biometrika 75:621), and says how strongly each comparison day bears on a window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from armistice import checks
from armistice.errors import DataError, NotConvergedError
from armistice.escalation.contrasts import Weighting
from armistice.escalation.windows import BoolArray, Calendar, Episode, FloatArray

__all__ = ["ExpectedLevel", "dispersion_by_likelihood", "fit_expected_level", "model_weighting", "penalised_fit"]

_ITERATIONS = 60
_LARGEST_DISPERSION = 1e4
_LAGS = 14


@dataclass(frozen=True, eq=False)
class ExpectedLevel:
    """A fitted level.

    Parameters
    ----------
    mean : ndarray of float64, shape (n_days,)
        Expected count of each day of the series, observed or not.
    smooth : ndarray of float64, shape (n_days,)
        The same without weekdays.
    weekday : ndarray of float64, shape (7,)
        Factor of each weekday, counted from the first day of the series; 1 on average over the week.
    dispersion : float
        Variance is ``mean + mean² / dispersion``; large when nearly Poisson.
    memory : float
        Autocorrelation from one day to the next of the part of the residuals that persists.
    persistent_share : float
        Share of the residuals' variance that persists; the rest is new each day.
    """

    mean: FloatArray
    smooth: FloatArray
    weekday: FloatArray
    dispersion: float
    memory: float
    persistent_share: float


def penalised_fit(
    counts: FloatArray, design: FloatArray, penalty: FloatArray, dispersion: float, start: FloatArray | None = None
) -> FloatArray:
    """Coefficients of a negative-binomial log-linear model with a quadratic penalty.

    Maximises ``loglik(beta) - beta' penalty beta / 2`` by iteratively reweighted least squares.

    Parameters
    ----------
    counts : ndarray of float64, shape (n,)
        Without missing days.
    design : ndarray of float64, shape (n, p)
    penalty : ndarray of float64, shape (p, p)
    dispersion : float
    start : ndarray of float64, shape (p,), optional

    Returns
    -------
    ndarray of float64, shape (p,)

    Raises
    ------
    NotConvergedError
        If the coefficients still move by more than 1e-8 after 60 steps.
    """
    if start is None:
        eta = np.log(counts + max(float(counts.mean()), 0.1) * 0.2 + 0.05)
        beta = np.zeros(design.shape[1])
    else:
        beta, eta = start, design @ start
    change = np.inf
    for _ in range(_ITERATIONS):
        mean = np.exp(np.clip(eta, -30, 30))
        weight = mean / (1 + mean / dispersion)
        working = eta + (counts - mean) / mean
        weighted = design * weight[:, None]
        new = np.linalg.solve(weighted.T @ design + penalty, weighted.T @ working)
        change = float(np.max(np.abs(new - beta)))
        beta, eta = new, design @ new
        if change < 1e-8:
            return np.asarray(beta)
    raise NotConvergedError(f"The expected level did not settle: coefficients still move by {change:.2g}.")


def dispersion_by_likelihood(counts: FloatArray, mean: FloatArray) -> float:
    """Dispersion that maximises the negative-binomial likelihood given the means, at most 10,000.

    Counts no more variable than Poisson give 10,000.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln

    def loss(log_size: float) -> float:
        size = np.exp(log_size)
        return -float(
            np.sum(gammaln(counts + size) - gammaln(size) + size * np.log(size / (size + mean)))
            + np.sum(counts * np.log(mean / (size + mean)))
        )

    found = minimize_scalar(loss, bounds=(np.log(0.01), np.log(_LARGEST_DISPERSION)), method="bounded")
    return float(np.exp(found.x))


def fit_expected_level(
    counts: FloatArray, usable: BoolArray, *, knot_days: int = 28, smoothing_days: float = 60.0
) -> ExpectedLevel:
    """Fit the expected level on the usable days and give it for all days.

    Parameters
    ----------
    counts : array_like of shape (n_days,)
        NaN where not observed.
    usable : ndarray of bool, shape (n_days,)
        Days in the likelihood: observed, outside every round's windows and truces.
    knot_days : int
        Distance of the spline's knots.
    smoothing_days : float
        About one effective parameter of the trend per so many days.

    Returns
    -------
    ExpectedLevel

    Raises
    ------
    DataError
        If fewer than 28 days are usable or no usable day has a count.
    """
    y_all = checks.counts("counts", counts)
    n_days = len(y_all)
    kept = usable & np.isfinite(y_all)
    y = y_all[kept]
    if len(y) < 28 or y.sum() == 0:
        raise DataError(f"An expected level needs at least 28 days with counts above 0 among them, got {len(y)}.")
    basis = _cubic_basis(n_days, knot_days)
    n_spline = basis.shape[1]
    weekday = np.zeros((n_days, 7))
    weekday[np.arange(n_days), np.arange(n_days) % 7] = 1.0
    design = np.hstack([basis, weekday @ _sum_to_zero()])
    roughness = np.diff(np.eye(n_spline), n=min(2, n_spline - 1), axis=0)
    wiggle = np.zeros((design.shape[1],) * 2)
    wiggle[:n_spline, :n_spline] = roughness.T @ roughness
    ridge = 1e-4 * np.eye(design.shape[1])

    wanted = max(n_days / smoothing_days, 3.0)
    dispersion = 1.0
    beta: FloatArray | None = None
    for _ in range(4):
        mean_level = float(y.mean())
        weight = mean_level / (1 + mean_level / dispersion)
        strength = _strength(basis[kept], roughness, weight, wanted)
        beta = penalised_fit(y, design[kept], strength * wiggle + ridge, dispersion, beta)
        mean = np.exp(design @ beta)
        new = dispersion_by_likelihood(y, mean[kept])
        settled = abs(np.log(new / dispersion)) < 1e-3
        dispersion = new
        if settled:
            break
    assert beta is not None
    factor = np.exp(_sum_to_zero() @ beta[n_spline:])
    factor /= factor.mean()
    smooth = mean / factor[np.arange(n_days) % 7]
    residual = np.where(kept, np.where(kept, y_all, 0.0) / mean - 1.0, 0.0)
    memory, share = _memory(residual, kept)
    return ExpectedLevel(mean, smooth, factor, dispersion, memory, share)


def _sum_to_zero() -> FloatArray:
    contrast = np.vstack([np.eye(6), -np.ones(6)])
    return np.asarray(contrast)


def _cubic_basis(n_days: int, knot_days: int) -> FloatArray:
    """Cubic B-splines on equidistant knots, shape (n_days, n_intervals + 3)."""
    n_intervals = max(round((n_days - 1) / knot_days), 1)
    position = np.arange(n_days) * n_intervals / max(n_days - 1, 1)
    distance = np.abs(position[:, None] - (np.arange(n_intervals + 3)[None, :] - 1.0))
    near = 2 / 3 - distance**2 + distance**3 / 2
    far = np.clip(2 - distance, 0, None) ** 3 / 6
    return np.asarray(np.where(distance < 1, near, far))


def _strength(basis: FloatArray, roughness: FloatArray, weight: float, wanted: float) -> float:
    """Penalty at which the trend has about ``wanted`` effective parameters."""
    gram = weight * basis.T @ basis + 1e-6 * np.eye(basis.shape[1])
    root = np.linalg.cholesky(gram)
    half = np.linalg.solve(root, roughness.T)
    values = np.clip(np.linalg.eigvalsh(half @ half.T), 0.0, None)
    grid = np.exp(np.linspace(-12, 20, 129))
    effective = (1 / (1 + grid[:, None] * values)).sum(axis=1)
    return float(grid[int(np.argmin(np.abs(effective - wanted)))])


def _memory(residual: FloatArray, kept: BoolArray) -> tuple[float, float]:
    """Autoregression plus noise whose autocorrelations are nearest those of the residuals, over two weeks."""
    flags = kept.astype(np.float64)
    variance = float(residual @ residual / flags.sum())
    correlations = np.array(
        [
            float(residual[lag:] @ residual[:-lag])
            / max(float(flags[lag:] @ flags[:-lag]), 1.0)
            / max(variance, 1e-12)
            for lag in range(1, min(_LAGS, len(residual) - 1) + 1)
        ]
    )
    lags = np.arange(1, len(correlations) + 1)
    best = (np.inf, 0.0, 0.0)
    for memory in np.linspace(0.05, 0.95, 19):
        shape = memory**lags
        share = float(np.clip(correlations @ shape / (shape @ shape), 0.0, 0.95))
        loss = float(((correlations - share * shape) ** 2).sum())
        if loss < best[0]:
            best = (loss, float(memory), share)
    return best[1], best[2]


def model_weighting(level: ExpectedLevel, calendar: Calendar, episodes: Sequence[Episode]) -> Weighting:
    """Weights by which comparison days predict a window, given the memory of the series.

    The best linear unbiased predictor of the window's mean residual from the comparison days (ordinary kriging):
    days near the window count for more when the series has a memory, all alike when it has none. Every episode
    has its own weights, from its own pattern; none uses a day of any window.
    """
    n_offsets = len(episodes[0].window)
    lag = np.abs(np.arange(n_offsets)[:, None] - np.arange(n_offsets)[None, :])
    covariance = level.persistent_share * level.memory**lag
    with_noise = covariance + np.eye(n_offsets) * (1.0 - level.persistent_share)
    weights = np.zeros((len(episodes), n_offsets))
    for row, episode in enumerate(episodes):
        chosen, judged = np.flatnonzero(episode.comparison), np.flatnonzero(episode.window)
        if not len(chosen) or not len(judged):
            continue
        gram = with_noise[np.ix_(chosen, chosen)]
        target = covariance[np.ix_(chosen, judged)].mean(axis=1)
        both = np.linalg.solve(gram, np.column_stack([target, np.ones(len(chosen))]))
        w = both[:, 0] + both[:, 1] * (1 - both[:, 0].sum()) / both[:, 1].sum()
        weights[row, chosen] = np.clip(w, 0.0, None)
    factor = level.weekday[np.arange(calendar.n_days) % 7]
    return Weighting(factor, weights)
