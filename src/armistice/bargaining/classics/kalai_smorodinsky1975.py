"""The Kalai-Smorodinsky solution, over a curve or over packages of issues (Kalai and Smorodinsky 1975).

Each side gets the same fraction of the most it could gain while the other is no worse off than without a deal; the
solution is the best point at which these fractions are equal.

Source: Ehud Kalai and Meir Smorodinsky, "Other Solutions to Nash's Bargaining Problem", Econometrica 43(3), 1975.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from armistice.bargaining.classics.frontiers import (
    Frontier,
    PackageChoice,
    best_value_1,
    better_than_disagreement,
    pareto_corners,
)
from armistice.errors import DataError

__all__ = ["over_frontier", "over_packages"]


def over_frontier(
    frontier: Frontier, *, disagreement: tuple[float, float] = (0.0, 0.0), largest_value_1: float = 1.0
) -> tuple[float, float]:
    """The point of a falling frontier at which both sides get the same fraction of their best gains.

    Arguments as in :func:`armistice.bargaining.classics.nash1950.over_frontier`.

    >>> [round(value, 10) for value in over_frontier(lambda u1: 1 - u1**2)]
    [0.6180339887, 0.6180339887]
    """
    from scipy.optimize import brentq

    d1, d2 = disagreement
    top_1 = best_value_1(frontier, disagreement, largest_value_1) - d1
    top_2 = frontier(d1) - d2
    fraction = brentq(lambda t: frontier(d1 + t * top_1) - d2 - t * top_2, 0.0, 1.0, xtol=1e-15)
    u1 = d1 + float(fraction) * top_1
    return u1, float(frontier(u1))


def over_packages(
    values: npt.ArrayLike, *, disagreement: tuple[float, float] = (0.0, 0.0), lotteries: bool = True
) -> PackageChoice:
    """The package, or lottery over two packages, with equal fractions of the best gains.

    Without lotteries equal fractions are rarely to be had: then the package whose smaller fraction is largest, and
    among those the one with the larger sum of fractions.

    Parameters
    ----------
    values : array_like of shape (n_packages, 2)
        What each side gets from each package.
    disagreement : tuple of float
        What the sides get without one.
    lotteries : bool
        Whether the sides may draw lots between packages.

    Examples
    --------
    >>> choice = over_packages([[1.0, 0.0], [0.0, 2.0]])
    >>> choice.weights, choice.values
    ((0.5, 0.5), (0.5, 1.0))
    """
    gains, rows = better_than_disagreement(values, disagreement)
    best_gains = gains.max(axis=0)
    if not (best_gains > 0).all():
        raise DataError("values: one side gains from no package that the other accepts, so no fraction is defined.")
    fractions = gains / best_gains
    chosen, weights = _equal_fractions(fractions) if lotteries else _largest_smaller_fraction(fractions)
    value_1, value_2 = np.asarray(weights) @ gains[list(chosen)] + np.asarray(disagreement, dtype=np.float64)
    return PackageChoice(tuple(int(rows[row]) for row in chosen), weights, (float(value_1), float(value_2)))


def _largest_smaller_fraction(fractions: npt.NDArray[np.float64]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    row = np.lexsort((fractions.sum(axis=1), fractions.min(axis=1)))[-1]
    return (int(row),), (1.0,)


def _equal_fractions(fractions: npt.NDArray[np.float64]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Where the upper right boundary crosses the diagonal."""
    corners = pareto_corners(fractions)
    lead = fractions[corners, 0] - fractions[corners, 1]  # rises from corner to corner
    right = int(np.searchsorted(lead, 0.0))
    if right == len(corners) or right == 0 or lead[right] == 0:
        return (int(corners[min(right, len(corners) - 1)]),), (1.0,)
    left = right - 1
    weight = float(-lead[left] / (lead[right] - lead[left]))
    return (int(corners[left]), int(corners[right])), (1 - weight, weight)
