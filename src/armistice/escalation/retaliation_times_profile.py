"""Intervals of retaliation on exact times by the likelihood ratio, with all other parameters fitted anew.

Percentiles of a parametric bootstrap inherit the bias of the estimates: where answers are slow, part of them is taken
for baseline, and intervals at 95 % held the truth in 91 %. The ratio does not (``docs/validation-retaliation-times.md``).
Venzon and Moolgavkar (1988), Appl. Stat. 37:87.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import NotConvergedError, ParameterError
from armistice.escalation.hawkes_model import MOST_ANSWERS, Problem, climb, problem_of, scale_of
from armistice.escalation.profile_bounds import profile_bound
from armistice.escalation.retaliation_times import TimesFit

__all__ = ["profile_intervals", "times_ratio"]

FloatArray = npt.NDArray[np.float64]
_LEAST = 1e-6
_WITHIN, _ACCEPTED = 1e-2, 0.1  # standard errors from the top


def times_ratio(fit: TimesFit, i: int, j: int, value: float) -> float:
    """Twice what the likelihood loses if the answers of i to j are held at a value, all else fitted anew.

    Raises
    ------
    ParameterError
        If kernels are sums of exponentials, or i does not answer j in the model.
    NotConvergedError
        If the top with the entry held is not reached.
    """
    problem, place = _prepared(fit, i, j)
    return _held(problem, fit, place, value / float(fit.mean_weights[j]), fit.theta)[0]


def _prepared(fit: TimesFit, i: int, j: int) -> tuple[Problem, int]:
    if fit.layout.settings.n_exponentials != 1:
        raise ParameterError("Profile intervals hold one weight; with sums of exponentials use the bootstrap.")
    if not fit.layout.pairs[i, j]:
        raise ParameterError(f"Series {i} does not answer series {j} in this model.")
    return problem_of(fit.events, fit.background, fit.layout), fit.layout.parts[1].start + i * fit.n_series + j


def _held(problem: Problem, fit: TimesFit, place: int, weight: float, start: FloatArray) -> tuple[float, FloatArray]:
    free = np.arange(len(start)) != place
    theta = start.copy()
    theta[place] = np.log(np.clip(weight, _LEAST, MOST_ANSWERS))
    fixed = float(theta[place])

    def objective(at: FloatArray) -> tuple[float, FloatArray]:
        full = np.insert(at, place, fixed)
        value, gradient = problem.penalised(full)
        return value, gradient[free]

    at, slope = theta[free], np.inf
    for _ in range(4):
        information = problem.information(np.insert(at, place, fixed))[np.ix_(free, free)]
        at, slope = climb(objective, at, scale_of(information), within=_WITHIN)
        if slope <= _ACCEPTED:
            break
    if not slope <= _ACCEPTED:
        raise NotConvergedError(f"The likelihood with an entry held still rises by {slope:.2g} per standard error.")
    theta = np.insert(at, place, fixed)
    return max(2 * (fit.log_likelihood - problem.likelihood(theta)[0]), 0.0), theta


def profile_intervals(fit: TimesFit, *, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Bounds of each branching entry: all values that the likelihood ratio does not reject.

    With marks, the mean weight of an event is taken as fitted.

    Parameters
    ----------
    fit : TimesFit
        With one exponential per kernel.
    level : float

    Returns
    -------
    (ndarray of shape (K, K), ndarray of shape (K, K))
        0 where no answers at all are not rejected; NaN for pairs that are not in the model.
    """
    from scipy.special import gammaincinv

    checks.probability("level", level)
    goal, k = float(np.sqrt(2 * gammaincinv(0.5, level))), fit.n_series
    bounds = np.full((2, k, k), np.nan)
    for i in range(k):
        for j in range(k):
            if not fit.layout.pairs[i, j]:
                continue
            for which, side in enumerate((-1, 1)):
                bounds[which, i, j] = _edge(fit, i, j, goal, side)
    return bounds[0], bounds[1]


def _edge(fit: TimesFit, i: int, j: int, goal: float, side: int) -> float:
    problem, place = _prepared(fit, i, j)
    mean_weight, theta = float(fit.mean_weights[j]), fit.theta

    def root_of_ratio(value: float) -> float:
        nonlocal theta
        ratio, theta = _held(problem, fit, place, value / mean_weight, theta)
        return float(np.sqrt(ratio))

    found = profile_bound(
        root_of_ratio, float(fit.branching[i, j]), goal, lowest=_LEAST, highest=MOST_ANSWERS / 2, side=side
    )
    return 0.0 if found <= 2 * _LEAST else found
