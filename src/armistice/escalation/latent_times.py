"""Answers within the day by filling in the times of day: the Hawkes process of which only daily counts are known.

The model is that of :mod:`armistice.escalation.retaliation_times` with one decay for all and a baseline
``rate_i shape_i(day)``. The moment of each event within its day is not known and is drawn together with the parameters
(data augmentation: Tanner and Wong 1987, J. Am. Stat. Assoc. 82:528; for binned Hawkes processes Shlomovich, Cohen,
Adams and Patel 2022, J. Comput. Graph. Stat. 31:990, who climb by Monte Carlo expectation and maximisation). In each
sweep every event is offered another moment of its day and each parameter another value (Metropolis).
Priors: branching flat between 0 and 3, the logarithms of the rates flat, that of the decay flat between its bounds.

Events that come in batches, or counts more uneven than the model makes them, are not in it: see
:mod:`armistice.escalation.same_day` for the estimator that allows them and is used by default.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import DataError

__all__ = ["LatentTimes", "log_likelihood_of_times", "sample_latent_times"]

Function = TypeVar("Function", bound=Callable[..., Any])
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
_MOST_BRANCHING = 3.0
_DECAY_BOUNDS = (0.05, 50.0)
_FORGOTTEN = 10.0


def _compiled(function: Function) -> Function:
    """`numba.njit`, kept on disk, dividing as NumPy does."""
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))


@_compiled
def log_likelihood_of_times(
    times: FloatArray,
    order: IntArray,
    series: IntArray,
    shape: FloatArray,
    rate: FloatArray,
    branching: FloatArray,
    decay: float,
) -> tuple[float, FloatArray]:
    """Log-likelihood of times in any order, and the intensity at each.

    Parameters
    ----------
    times : ndarray of shape (n,)
        Days from the start.
    order : ndarray of int64, shape (n,)
        Places of the times as they follow each other.
    series : ndarray of int64, shape (n,)
    shape : ndarray of shape (n_days, K)
        Baseline of each day in units of ``rate``.
    rate : ndarray of shape (K,)
    branching : ndarray of shape (K, K)
    decay : float
        Per day.

    Returns
    -------
    (float, ndarray of shape (n,))
    """
    n_days, k = shape.shape
    value = 0.0
    for i in range(k):
        value -= rate[i] * shape[:, i].sum()
    intensity = np.empty(len(times))
    excited = np.zeros(k)
    before = 0.0
    for place in order:
        fade = math.exp(-decay * (times[place] - before))
        before = times[place]
        i = series[place]
        here = rate[i] * shape[min(int(times[place]), n_days - 1), i]
        for j in range(k):
            excited[j] *= fade
            here += decay * branching[i, j] * excited[j]
        intensity[place] = here
        value += math.log(here)
        excited[i] += 1.0
        reached = -math.expm1(-decay * (n_days - times[place]))
        for j in range(k):
            value -= branching[j, i] * reached
    return value, intensity


@_compiled
def _move_times(
    rng: np.random.Generator,
    times: FloatArray,
    series: IntArray,
    first_of_day: IntArray,
    intensity: FloatArray,
    shape: FloatArray,
    rate: FloatArray,
    branching: FloatArray,
    decay: float,
) -> int:
    """Offer every event another moment of its day, in place; events are in the order of their days."""
    n_days, k = shape.shape
    reach = int(_FORGOTTEN / decay) + 1
    change = np.empty(len(times))
    n_moved = 0
    for place in range(len(times)):
        day, i, old = int(times[place]), series[place], times[place]
        new = day + rng.random()
        first, last = first_of_day[max(day - reach, 0)], first_of_day[min(day + reach + 1, n_days)]
        here = rate[i] * shape[day, i]
        gain = 0.0
        for other in range(first, last):
            change[other] = 0.0
            if other == place:
                continue
            at, j = times[other], series[other]
            if at < new:
                here += decay * branching[i, j] * math.exp(-decay * (new - at))
            shift = 0.0
            if at > new:
                shift += math.exp(-decay * (at - new))
            if at > old:
                shift -= math.exp(-decay * (at - old))
            if shift != 0.0:
                change[other] = decay * branching[j, i] * shift
                gain += math.log(max(1.0 + change[other] / intensity[other], 1e-300))
        gain += math.log(here / intensity[place])
        for j in range(k):
            gain += branching[j, i] * (math.exp(-decay * (n_days - new)) - math.exp(-decay * (n_days - old)))
        if math.log(rng.random()) < gain:
            n_moved += 1
            times[place], intensity[place] = new, here
            for other in range(first, last):
                intensity[other] += change[other]
    return n_moved


@_compiled
def _chain(
    rng: np.random.Generator,
    series: IntArray,
    days: IntArray,
    first_of_day: IntArray,
    shape: FloatArray,
    rate: FloatArray,
    branching: FloatArray,
    decay: float,
    n_sweeps: int,
    n_first: int,
) -> tuple[FloatArray, FloatArray]:
    """Draws of ``[rate, branching, decay]`` after the first sweeps, in which steps are fitted; and shares accepted."""
    k = len(rate)
    n_parameters = k + k * k + 1
    rate, branching = rate.copy(), branching.copy()
    times = days + rng.random(len(days))
    steps = np.full(n_parameters, 0.1)
    steps[k : k + k * k] = 0.05
    taken = np.zeros(n_parameters)
    kept = np.empty((n_sweeps, n_parameters))
    accepted = np.zeros(n_parameters + 1)
    for sweep in range(n_first + n_sweeps):
        _, intensity = log_likelihood_of_times(times, np.argsort(times), series, shape, rate, branching, decay)
        moved = _move_times(rng, times, series, first_of_day, intensity, shape, rate, branching, decay)
        order = np.argsort(times)
        value, _ = log_likelihood_of_times(times, order, series, shape, rate, branching, decay)
        for which in range(n_parameters):
            new_rate, new_branching, new_decay = rate.copy(), branching.copy(), decay
            step = steps[which] * rng.standard_normal()
            if which < k:
                new_rate[which] *= math.exp(step)
            elif which < k + k * k:
                i, j = (which - k) // k, (which - k) % k
                new_branching[i, j] = abs(branching[i, j] + step)
                if new_branching[i, j] > _MOST_BRANCHING:
                    continue
            else:
                new_decay = decay * math.exp(step)
                if not _DECAY_BOUNDS[0] < new_decay < _DECAY_BOUNDS[1]:
                    continue
            new_value, _ = log_likelihood_of_times(times, order, series, shape, new_rate, new_branching, new_decay)
            if math.log(rng.random()) < new_value - value:
                value, rate, branching, decay = new_value, new_rate, new_branching, new_decay
                taken[which] += 1
                if sweep >= n_first:
                    accepted[which] += 1.0 / n_sweeps
        if sweep < n_first and sweep % 25 == 24:
            for which in range(n_parameters):
                steps[which] *= math.exp(taken[which] / 25 - 0.4)
                taken[which] = 0.0
        if sweep >= n_first:
            kept[sweep - n_first, :k] = rate
            kept[sweep - n_first, k : k + k * k] = branching.ravel()
            kept[sweep - n_first, -1] = decay
            accepted[-1] += moved / len(times) / n_sweeps
    return kept, accepted


@dataclass(frozen=True, eq=False)
class LatentTimes:
    """Draws from the posterior.

    Parameters
    ----------
    rate : ndarray of shape (n_draws, K)
    branching : ndarray of shape (n_draws, K, K)
    decay : ndarray of shape (n_draws,)
    accepted : ndarray of shape (K + K² + 2,)
        Share of offers taken: of each parameter, and of the times.
    """

    rate: FloatArray
    branching: FloatArray
    decay: FloatArray
    accepted: FloatArray

    def branching_interval(self, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Equal-tailed bounds of each branching entry, shape (K, K) each."""
        checks.probability("level", level)
        lower, upper = np.quantile(self.branching, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return lower, upper


def sample_latent_times(
    counts: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    shape: npt.ArrayLike | None = None,
    start: tuple[FloatArray, FloatArray, float] | None = None,
    n_sweeps: int = 2000,
    n_first: int = 500,
) -> LatentTimes:
    """Draw branching and decay together with the times of day.

    Parameters
    ----------
    counts : array_like of shape (n_days, K)
        Whole numbers; no day missing.
    rng : Generator
    shape : array_like of shape (n_days, K), optional
        Baseline in any unit; constant without it.
    start : (ndarray (K,), ndarray (K, K), float), optional
        Rate, branching and decay to start from.
    n_sweeps, n_first : int
        Sweeps kept and left out.

    Raises
    ------
    DataError
        If counts are missing, negative or fractional, or there are none.
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2:
        raise DataError(f"counts must have one row per day and one column per series, got shape {table.shape}.")
    for j in range(table.shape[1]):
        checks.counts(f"counts of series {j}", table[:, j])
    if not np.isfinite(table).all():
        raise DataError("counts must be known on every day: the times of an unknown number cannot be filled in.")
    if not table.sum(axis=0).all():
        raise DataError("Each series needs an event.")
    checks.positive("n_sweeps", n_sweeps)
    n_days, k = table.shape
    form = np.ones(table.shape) if shape is None else np.asarray(shape, dtype=np.float64)
    if form.shape != table.shape or not (form > 0).all():
        raise DataError(f"shape must be above 0 and of shape {table.shape}.")
    form = np.ascontiguousarray(form / form.mean(axis=0))
    number = table.astype(np.int64).ravel()
    days = np.repeat(np.repeat(np.arange(n_days), k), number)
    series = np.repeat(np.tile(np.arange(k), n_days), number)
    first_of_day = np.concatenate([[0], np.cumsum(table.sum(axis=1))]).astype(np.int64)
    if start is None:
        start = (0.6 * table.mean(axis=0), np.full((k, k), 0.4 / k), 2.0)
    rate, branching, decay = start
    kept, accepted = _chain(
        rng, series, days, first_of_day, form, np.asarray(rate, dtype=np.float64),
        np.ascontiguousarray(np.maximum(branching, 0.01)), float(np.clip(decay, 0.06, 45.0)), n_sweeps, n_first,
    )  # fmt: skip
    return LatentTimes(kept[:, :k], kept[:, k:-1].reshape(-1, k, k), kept[:, -1], accepted)
