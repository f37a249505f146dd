"""How much each method weighs in the pool: learnt from wars whose end is known, drawn towards equal weights.

Estimand: the weights with which the pool would have the least mean log score over wars such as these, each war counting
once however many months forecasts were issued in it. The log score of a forecast is minus the log of the chance it
gave, month by month, to what happened up to the end of the war, the end of observation or the last month forecast.

Estimator: the weights that minimise the sum of the wars' mean log scores plus ``penalty * distance``, with the distance from
equal weights scaled to 1 for all weight on one method. So ``penalty`` counts in wars' log scores. It is learnt by leaving one
war out at a time, over a grid from 2 to infinity (equal weights). Below 2 it may not go: in simulations (``docs/outlook.md``) a
penalty that leave-one-out alone chose did worse than equal weights up to about 16 wars, whichever weights were right, and with
this least penalty it did not. Equal weights are hard to beat with few forecasts (Clemen 1989, International Journal of
Forecasting 5:559-583).

Uncertainty: the wars are resampled (Bayesian bootstrap, Rubin 1981) together with one imaginary war whose own best weights are
drawn evenly, at the least penalty. No war, and the weights could be anything; many, and it is the bootstrap.

The log score of a logarithmic pool is convex in the weights (it is a log-likelihood of an exponential family), and
everything above is linear in the wars' scores on a grid of weights, so that the grid is searched whole.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError, ParameterError
from armistice.outlook.chances import Floats
from armistice.outlook.pool import pool_monthly
from armistice.outlook.scores import log_score_to_end

__all__ = ["PENALTIES", "LearntWeights", "Lesson", "learn_weights", "simplex_grid"]

#: In log scores of a war; infinity is equal weights.
PENALTIES: Final = (2.0, 4.0, 8.0, 16.0, 32.0, np.inf)
#: Pull of the imaginary war.
_PULL: Final = 2.0
_STEPS: Final = {1: 1, 2: 100, 3: 20, 4: 10}


@dataclass(frozen=True, eq=False)
class Lesson:
    """What every method said of one war, time and again, and what came of it.

    Parameters
    ----------
    war : str
    monthly : ndarray of float64, shape (n_methods, n_origins, n_months, n_ways)
        Chances as issued at each origin.
    lasted : ndarray of int64, shape (n_origins,)
        Month after each origin, from 1, in which the war ended, or the last whole month in which it was watched.
    way : ndarray of int64, shape (n_origins,)
        How it ended, from 0; -1 where it went on when last watched.
    """

    war: str
    monthly: Floats
    lasted: npt.NDArray[np.int64]
    way: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LearntWeights:
    """Weights, and how sure they are.

    Parameters
    ----------
    weights : ndarray of float64, shape (n_methods,)
    drawn : ndarray of float64, shape (n_draws, n_methods)
        From the bootstrap over wars.
    penalty : float
        What leave-one-out chose; infinity is equal weights.
    wars : tuple of str
        That taught.
    scores : ndarray of float64, shape (n_wars, n_methods + 2)
        Mean log score in each war: of each method alone, of the pool with equal weights, of the pool with the weights
        learnt from the other wars.
    """

    weights: Floats
    drawn: Floats
    penalty: float
    wars: tuple[str, ...]
    scores: Floats


def simplex_grid(n_methods: int, steps: int | None = None) -> Floats:
    """Every vector of weights in steps of ``1 / steps``, shape (n_points, n_methods).

    >>> simplex_grid(2, 2).tolist()
    [[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]]
    """
    if n_methods not in _STEPS:
        raise ParameterError(f"The pool is for 1 to {max(_STEPS)} methods, got {n_methods}.")
    fine = steps or _STEPS[n_methods]
    points = [
        (*head, fine - sum(head))
        for head in itertools.product(range(fine + 1), repeat=n_methods - 1)
        if sum(head) <= fine
    ]
    return np.array(points, dtype=np.float64) / fine


def learn_weights(
    lessons: Sequence[Lesson],
    *,
    n_methods: int,
    rng: np.random.Generator,
    speaks: npt.ArrayLike | None = None,
    groups: Sequence[Sequence[int]] | None = None,
    penalties: Sequence[float] = PENALTIES,
    n_draws: int = 1000,
) -> LearntWeights:
    """Weights of the pool from what the methods said of wars whose end is known.

    Parameters
    ----------
    lessons : sequence of Lesson
        One for each war; may be empty, which leaves equal weights and draws that are spread evenly.
    n_methods : int
    rng : numpy.random.Generator
    speaks : array_like of bool, shape (n_methods, n_ways), optional
    groups : sequence of sequence of int, optional
        As in :func:`armistice.outlook.pool.pool_monthly`.
    penalties : sequence of float
        Rising; what leave-one-out chooses from.
    n_draws : int

    Returns
    -------
    LearntWeights

    Raises
    ------
    DataError
        If a lesson has another number of methods.
    """
    wrong = [lesson.war for lesson in lessons if lesson.monthly.shape[0] != n_methods]
    if wrong:
        raise DataError(f"Lessons of {', '.join(wrong)} do not have {n_methods} methods.")
    strength = np.asarray(penalties, dtype=np.float64)
    if not len(strength) or (strength < 0).any() or (np.diff(strength) <= 0).any():
        raise ParameterError("penalties must be one or more, rising from 0 or more.")
    grid, n_wars = simplex_grid(n_methods), len(lessons)
    equal = np.full(n_methods, 1.0 / n_methods)
    table = np.array([_scores_on(grid, lesson, speaks, groups) for lesson in lessons]).reshape(n_wars, len(grid))
    distance = _distance(grid, equal)
    penalty = _penalty(table, distance, strength)
    # The imaginary war's best weights are drawn evenly from the simplex.
    mass = rng.standard_exponential((n_draws, n_wars + 1))
    mass *= (n_wars + 1) / mass.sum(axis=1, keepdims=True)
    targets = rng.dirichlet(np.ones(n_methods), n_draws)
    pulls = np.array([_distance(grid, target) for target in targets])
    drawn = grid[np.argmin(mass[:, :-1] @ table + _PULL * mass[:, -1:] * pulls, axis=1)]
    alone = [int(np.flatnonzero(grid[:, method] == 1.0)[0]) for method in range(n_methods)]
    rows = []
    for i, lesson in enumerate(lessons):
        others = np.delete(table, i, axis=0)
        own = _best(others, grid, distance, equal, _penalty(others, distance, strength))
        even, left_out = _scores_on(np.array([equal, own]), lesson, speaks, groups)
        rows.append([*table[i, alone], even, left_out])
    return LearntWeights(
        _best(table, grid, distance, equal, penalty), drawn, penalty, tuple(lesson.war for lesson in lessons),
        np.array(rows).reshape(n_wars, n_methods + 2),
    )  # fmt: skip


def _scores_on(
    grid: Floats, lesson: Lesson, speaks: npt.ArrayLike | None, groups: Sequence[Sequence[int]] | None
) -> Floats:
    """Mean log score of a war at every point of the grid."""
    return np.array(
        [
            log_score_to_end(pool_monthly(lesson.monthly, point, speaks, groups), lesson.lasted, lesson.way).mean()
            for point in grid
        ]
    )


def _distance(grid: Floats, centre: Floats) -> Floats:
    """Squared distance from ``centre``, in units of that from equal weights to all weight on one method."""
    n = grid.shape[1]
    return np.asarray(((grid - centre) ** 2).sum(axis=1) / (1.0 - 1.0 / n if n > 1 else 1.0))


def _best(table: Floats, grid: Floats, distance: Floats, equal: Floats, penalty: float) -> Floats:
    """The weights with the least penalised score."""
    if np.isinf(penalty):
        return equal
    return np.asarray(grid[int(np.argmin(table.sum(axis=0) + penalty * distance))])


def _penalty(table: Floats, distance: Floats, strength: Floats) -> float:
    """The penalty whose weights, learnt from the other wars, score best in the war left out; the strongest of equals."""
    n_wars = len(table)
    if n_wars < 2:
        return np.inf
    total, nearest = table.sum(axis=0), int(np.argmin(distance))
    scores = [
        sum(
            float(table[i, nearest if np.isinf(value) else np.argmin(total - table[i] + value * distance)])
            for i in range(n_wars)
        )
        for value in strength
    ]
    return float(strength[len(strength) - 1 - int(np.argmin(scores[::-1]))])
