"""Compiled arithmetic of retaliation on daily counts: likelihood, gradient, information and the climb to its top.

One series ("row") at a time: given the counts of all series, the likelihood of each is its own, with the parameters

    ``theta = [baseline (p) | branching (K) | log own decay | log answer decay | log dispersion]``

and the mean ``m_t = exp(x_t · baseline) + sum_j branching_j sum_{l=1..L} g_l y_j(t - l)``, with
``g_l = exp(-decay l) / sum_m exp(-decay m)``. A flexible baseline passes for memory that decays slowly, which biases the
plain likelihood's branching down; the restricted one takes it into account. The model and its sources: :mod:`armistice.escalation.retaliation_counts`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["climb", "lag_weights", "row_likelihood"]

Function = TypeVar("Function", bound=Callable[..., Any])
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
_FLOOR = 1e-9


def _compiled(function: Function) -> Function:
    """`numba.njit`, kept on disk, dividing as NumPy does."""
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))


@_compiled
def lag_weights(log_decay: float, lag_days: int) -> tuple[FloatArray, FloatArray]:
    """Share of the answers that comes so many days later, and its derivative to the log of the decay.

    Returns
    -------
    (ndarray of shape (lag_days,), ndarray of shape (lag_days,))
        For lags 1 to ``lag_days``; the first sums to 1, the second to 0.
    """
    decay = math.exp(log_decay)
    weights = np.empty(lag_days)
    total = 0.0
    for lag in range(lag_days):
        weights[lag] = math.exp(-decay * lag)
        total += weights[lag]
    mean_lag = 0.0
    for lag in range(lag_days):
        weights[lag] /= total
        mean_lag += lag * weights[lag]
    slopes = np.empty(lag_days)
    for lag in range(lag_days):
        slopes[lag] = decay * weights[lag] * (mean_lag - lag)
    return weights, slopes


@_compiled
def _answers_due(filled: FloatArray, log_decay: float, lag_days: int) -> tuple[FloatArray, FloatArray]:
    """Counts of the last days weighted by :func:`lag_weights`, each day, and their derivative to the log of the decay.

    An exponential over a window is carried from day to day: it fades, a day enters, the day that is too old leaves.

    Returns
    -------
    (ndarray of shape (n_days, K), ndarray of shape (n_days, K))
        0 before day ``lag_days``.
    """
    n_days, n_series = filled.shape
    decay = math.exp(log_decay)
    fade = math.exp(-decay)
    oldest = math.exp(-decay * lag_days)
    total = mean_lag = 0.0
    for lag in range(lag_days):
        total += math.exp(-decay * lag)
        mean_lag += lag * math.exp(-decay * lag)
    mean_lag /= total
    level, change = np.zeros((n_days, n_series)), np.zeros((n_days, n_series))
    for j in range(n_series):
        held = aged = 0.0  # sums of fade^lag and of lag fade^lag times the count, from the day before on
        for t in range(1, n_days):
            aged = fade * (aged + held)
            held = fade * held + filled[t - 1, j]
            if t > lag_days:
                held -= oldest * filled[t - 1 - lag_days, j]
                aged -= lag_days * oldest * filled[t - 1 - lag_days, j]
            if t >= lag_days:
                level[t, j] = held / total
                change[t, j] = decay * (mean_lag * held - aged) / total
    return level, change


@_compiled
def _digamma_and_trigamma(x: float) -> tuple[float, float]:
    """First and second derivative of log gamma, by recurrence to 6 and the asymptotic series."""
    first = second = 0.0
    while x < 6.0:
        first -= 1.0 / x
        second += 1.0 / (x * x)
        x += 1.0
    inverse = 1.0 / (x * x)
    first += (
        math.log(x)
        - 0.5 / x
        - inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse * (1 / 240 - inverse / 132))))
    )
    second += (
        1.0 / x
        + 0.5 * inverse
        + inverse / x * (1 / 6 - inverse * (1 / 30 - inverse * (1 / 42 - inverse * (1 / 30 - inverse * 5 / 66))))
    )
    return first, second


@_compiled
def _gamma_parts(
    counts: FloatArray, used: BoolArray, size: float, is_poisson: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """``log gamma(y + size) - log gamma(size) - log y!`` of each day used, and the first two derivatives to ``size``.

    From running sums of ``log(size + k)``, ``1 / (size + k)`` and ``1 / (size + k)²`` over ``k < y``, which costs less
    than the functions as long as counts are not many times the days. For Poisson only ``-log y!``.
    """
    n_days = len(counts)
    largest = 0.0
    for t in range(n_days):
        if used[t]:
            largest = max(largest, counts[t])
    value, slope, curve = np.zeros(n_days), np.zeros(n_days), np.zeros(n_days)
    if largest > 20.0 * n_days:
        digamma_size, trigamma_size = _digamma_and_trigamma(size)
        for t in range(n_days):
            if not used[t]:
                continue
            value[t] = -math.lgamma(counts[t] + 1.0)
            if not is_poisson:
                value[t] += math.lgamma(counts[t] + size) - math.lgamma(size)
                digamma, trigamma = _digamma_and_trigamma(counts[t] + size)
                slope[t] = digamma - digamma_size
                curve[t] = trigamma - trigamma_size
        return value, slope, curve
    n_places = int(largest) + 1
    values, slopes, curves = np.zeros(n_places), np.zeros(n_places), np.zeros(n_places)
    for y in range(1, n_places):
        if is_poisson:
            values[y] = values[y - 1] - math.log(y)
            continue
        place = size + y - 1.0
        values[y] = values[y - 1] + math.log(place / y)
        slopes[y] = slopes[y - 1] + 1.0 / place
        curves[y] = curves[y - 1] - 1.0 / (place * place)
    for t in range(n_days):
        if used[t]:
            y = int(counts[t])
            value[t], slope[t], curve[t] = values[y], slopes[y], curves[y]
    return value, slope, curve


@_compiled
def _restriction(
    branching: float, weights: FloatArray, slopes: FloatArray, n_slow: int, n_days: int
) -> tuple[float, float, float]:
    """What a restricted likelihood adds for a baseline with so many slow columns, and its derivatives.

    A column that swings at a frequency moves the mean by ``1 - z`` of its size, ``z = branching * (transform of the
    weights)``, the rest being memory; half the logarithm of the information on it, ``log|1 - z|``, is to be taken off.
    Of ``-log(1 - z) = z + z² / 2 + ...`` the first term is kept: the whole of it has no bound at branching 1 and drew
    series of 900 days there, where the truth was 0.3. The columns are taken as the slowest cosines over the days.

    Returns
    -------
    (float, float, float)
        Value, and derivatives to the branching and to the log of the decay.
    """
    even = even_slope = 0.0
    for k in range(n_slow):
        frequency = math.pi * (k + 0.5) / n_days
        for lag in range(len(weights)):
            cosine = math.cos(frequency * (lag + 1))
            even += weights[lag] * cosine
            even_slope += slopes[lag] * cosine
    return branching * even, even, branching * even_slope


@_compiled
def row_likelihood(
    theta: FloatArray,
    counts: FloatArray,
    used: BoolArray,
    filled: FloatArray,
    design: FloatArray,
    roughness: FloatArray,
    row: int,
    lag_days: int,
    n_slow: int,
    is_poisson: bool,
    wants_information: bool = True,
) -> tuple[float, FloatArray, FloatArray, FloatArray]:
    """Log-likelihood of one series, its gradient, its expected information and the means.

    Parameters
    ----------
    theta : ndarray of shape (p + K + 3,)
    counts : ndarray of shape (n_days,)
        Of this series.
    used : ndarray of bool, shape (n_days,)
        Days in the likelihood; never the first ``lag_days``.
    filled : ndarray of shape (n_days, K)
        Counts of all series, missing days filled.
    design : ndarray of shape (n_days, p)
        Of the logarithm of the baseline.
    roughness : ndarray of shape (p, p)
        ``baseline' roughness baseline / 2`` is taken off the log-likelihood.
    row, lag_days : int
    n_slow : int
        Slow columns of the baseline to restrict for; 0 gives the plain likelihood.
    is_poisson : bool
        Whether to leave out the dispersion.
    wants_information : bool
        Whether to compute the information of the mean, most of the work; else it is 0.

    Returns
    -------
    (float, ndarray of shape (p + K + 3,), ndarray of shape (p + K + 3, p + K + 3), ndarray of shape (n_days,))
        Expected information for the mean, observed for the dispersion; the two do not mix, since they are orthogonal.
        Means before day ``lag_days`` are NaN.
    """
    n_days, n_baseline = design.shape
    n_series = filled.shape[1]
    own, own_slope = lag_weights(theta[n_baseline + n_series], lag_days)
    own_level, own_change = _answers_due(filled, theta[n_baseline + n_series], lag_days)
    answer_level, answer_change = _answers_due(filled, theta[n_baseline + n_series + 1], lag_days)
    n_mean = n_baseline + n_series + 2
    size = math.exp(theta[n_mean])
    gamma_value, gamma_slope, gamma_curve = _gamma_parts(counts, used, size, is_poisson)

    value = 0.0
    gradient = np.zeros(n_mean + 1)
    means = np.full(n_days, np.nan)
    jacobian = np.zeros((n_days, n_mean))
    weighted = np.zeros((n_days, n_mean))
    size_slope = size_curve = 0.0
    for t in range(lag_days, n_days):
        log_baseline = 0.0
        for k in range(n_baseline):
            log_baseline += design[t, k] * theta[k]
        baseline = math.exp(min(log_baseline, 30.0))
        mean = baseline
        own_decay = answer_decay = 0.0
        for j in range(n_series):
            branching = theta[n_baseline + j]
            if j == row:
                level = own_level[t, j]
                own_decay += branching * own_change[t, j]
            else:
                level = answer_level[t, j]
                answer_decay += branching * answer_change[t, j]
            mean += branching * level
            jacobian[t, n_baseline + j] = level
        mean = max(mean, _FLOOR)
        means[t] = mean
        if not used[t]:
            jacobian[t, :] = 0.0
            continue
        for k in range(n_baseline):
            jacobian[t, k] = baseline * design[t, k]
        jacobian[t, n_mean - 2] = own_decay
        jacobian[t, n_mean - 1] = answer_decay
        y = counts[t]
        value += gamma_value[t]
        if is_poisson:
            variance = mean
            value += y * math.log(mean) - mean
        else:
            variance = mean + mean * mean / size
            total = size + mean
            log_share = math.log(size / total)
            value += size * log_share + y * math.log(mean / total)
            size_slope += gamma_slope[t] + log_share + 1.0 - (y + size) / total
            size_curve += gamma_curve[t] + 1.0 / size - 2.0 / total + (y + size) / (total * total)
        score = (y - mean) / variance
        for k in range(n_mean):
            gradient[k] += jacobian[t, k] * score
        if wants_information:
            for k in range(n_mean):
                weighted[t, k] = jacobian[t, k] / variance
    restricted, branching_slope, decay_slope = _restriction(
        theta[n_baseline + row], own, own_slope, n_slow, n_days - lag_days
    )
    value += restricted
    gradient[n_baseline + row] += branching_slope
    gradient[n_mean - 2] += decay_slope
    information = np.zeros((n_mean + 1, n_mean + 1))
    if wants_information:
        information[:n_mean, :n_mean] = np.dot(jacobian.T, weighted)
    for k in range(n_baseline):
        pull = 0.0
        for m in range(n_baseline):
            pull += roughness[k, m] * theta[m]
            information[k, m] += roughness[k, m]
        gradient[k] -= pull
        value -= 0.5 * theta[k] * pull
    if not is_poisson:
        gradient[n_mean] = size * size_slope
        information[n_mean, n_mean] = max(-(size * size * size_curve + size * size_slope), 1.0)
    else:
        information[n_mean, n_mean] = 1.0
    return value, gradient, information, means


@_compiled
def _observed_information(
    theta: FloatArray,
    gradient: FloatArray,
    counts: FloatArray,
    used: BoolArray,
    filled: FloatArray,
    design: FloatArray,
    roughness: FloatArray,
    row: int,
    lag_days: int,
    n_slow: int,
    is_poisson: bool,
) -> FloatArray:
    """Minus the curvature of the log-likelihood, by differences of its gradient."""
    n = len(theta)
    found = np.empty((n, n))
    for k in range(n):
        moved = theta.copy()
        moved[k] += 1e-5
        _, slope, _, _ = row_likelihood(
            moved, counts, used, filled, design, roughness, row, lag_days, n_slow, is_poisson, False
        )
        for m in range(n):
            found[k, m] = (gradient[m] - slope[m]) / 1e-5
    return 0.5 * (found + found.T)


@_compiled
def climb(
    theta: FloatArray,
    fixed: BoolArray,
    lower: FloatArray,
    upper: FloatArray,
    counts: FloatArray,
    used: BoolArray,
    filled: FloatArray,
    design: FloatArray,
    roughness: FloatArray,
    row: int,
    lag_days: int,
    n_slow: int,
    is_poisson: bool,
    tolerance: float,
    most_steps: int,
) -> tuple[FloatArray, float, float, int]:
    """Maximise :func:`row_likelihood` within bounds by damped Fisher scoring over the parameters that are free.

    A parameter at a bound whose gradient points outwards is held there for the step; steps are clipped to the bounds
    and taken only if they raise the likelihood (Levenberg's damping otherwise). Where expected and observed information
    differ much, scoring zigzags; so after 20 steps the observed one takes over.

    Returns
    -------
    (ndarray of shape (p + K + 3,), float, float, int)
        Parameters, log-likelihood, what one more undamped step promises to gain, and steps taken.
    """
    n = len(theta)
    theta = np.minimum(np.maximum(theta, lower), upper)
    value, gradient, information, _ = row_likelihood(
        theta, counts, used, filled, design, roughness, row, lag_days, n_slow, is_poisson
    )
    damping = 1e-4
    promise = np.inf
    for taken in range(most_steps):
        curvature = information
        if taken >= 20:
            curvature = _observed_information(
                theta, gradient, counts, used, filled, design, roughness, row, lag_days, n_slow, is_poisson
            )
        free = np.empty(n, dtype=np.int64)
        n_free = 0
        for k in range(n):
            outwards = (theta[k] <= lower[k] and gradient[k] <= 0) or (theta[k] >= upper[k] and gradient[k] >= 0)
            if not fixed[k] and not outwards:
                free[n_free] = k
                n_free += 1
        if n_free == 0:
            return theta, value, 0.0, taken
        reduced = np.empty((n_free, n_free))
        slope = np.empty(n_free)
        for a in range(n_free):
            slope[a] = gradient[free[a]]
            for b in range(n_free):
                reduced[a, b] = curvature[free[a], free[b]]
            reduced[a, a] += information[free[a], free[a]] * damping + 1e-8
        step = np.linalg.solve(reduced, slope)
        promise = 0.0
        for a in range(n_free):
            step[a] = min(max(step[a], -1.0), 1.0)
            promise += 0.5 * slope[a] * step[a]
        if promise < -1e-9:  # the curvature points downhill: not yet near the top
            damping = max(damping * 8.0, 1e-2)
            continue
        new = theta.copy()
        for a in range(n_free):
            k = free[a]
            new[k] = min(max(theta[k] + step[a], lower[k]), upper[k])
        new_value, new_gradient, new_information, _ = row_likelihood(
            new, counts, used, filled, design, roughness, row, lag_days, n_slow, is_poisson
        )
        if new_value >= value:
            gain = new_value - value
            theta, value, gradient, information = new, new_value, new_gradient, new_information
            if promise < tolerance and gain < tolerance:
                return theta, value, promise, taken + 1
            damping = max(damping * 0.2, 1e-6)
        else:
            if promise < 1e-9:
                return theta, value, promise, taken + 1
            damping = max(damping * 8.0, 1e-3)
            if damping > 1e12:
                return theta, value, promise, taken + 1
    return theta, value, promise, most_steps
