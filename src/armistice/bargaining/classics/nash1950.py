"""The Nash bargaining solution, over a curve or over packages of issues (Nash 1950).

It maximises the product of the two sides' gains over disagreement. Units of the two sides need not be comparable.

Source: John F. Nash, "The Bargaining Problem", Econometrica 18(2), 1950.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from armistice.bargaining.classics.frontiers import (
    Frontier,
    PackageChoice,
    best_value_1,
    better_than_disagreement,
    pareto_corners,
)

__all__ = ["over_frontier", "over_packages"]


def over_frontier(
    frontier: Frontier, *, disagreement: tuple[float, float] = (0.0, 0.0), largest_value_1: float = 1.0
) -> tuple[float, float]:
    """The point of a concave, falling frontier that maximises the product of gains.

    Parameters
    ----------
    frontier : callable
        Side 2's largest value as a smooth, concave, falling function of side 1's.
    disagreement : tuple of float
        What the sides get without a deal.
    largest_value_1 : float
        Upper end of side 1's values.

    Returns
    -------
    tuple of float
        The two sides' values, to about 1e-9 of the range.

    Examples
    --------
    >>> [round(value, 8) for value in over_frontier(lambda u1: 1 - u1**2)]
    [0.57735027, 0.66666667]
    """
    from scipy.optimize import brentq

    d1, d2 = disagreement
    top = best_value_1(frontier, disagreement, largest_value_1)
    step = 1e-5 * (top - d1)

    def rise_of_product(u1: float) -> float:
        slope = (frontier(u1 + step) - frontier(u1 - step)) / (2 * step)
        return (frontier(u1) - d2) + (u1 - d1) * slope

    low, high = d1 + step, top - step
    u1 = top if rise_of_product(high) >= 0 else brentq(rise_of_product, low, high, xtol=1e-13)
    return float(u1), float(frontier(u1))


def over_packages(
    values: npt.ArrayLike, *, disagreement: tuple[float, float] = (0.0, 0.0), lotteries: bool = True
) -> PackageChoice:
    """The package, or lottery over two packages, that maximises the product of gains.

    Parameters
    ----------
    values : array_like of shape (n_packages, 2)
        What each side gets from each package.
    disagreement : tuple of float
        What the sides get without one.
    lotteries : bool
        Whether the sides may draw lots between packages, as Nash assumed.

    Examples
    --------
    >>> over_packages([[1.0, 0.0], [0.0, 1.0], [0.4, 0.4]]).weights
    (0.5, 0.5)
    >>> over_packages([[1.0, 0.0], [0.0, 1.0], [0.4, 0.4]], lotteries=False).packages
    (2,)
    """
    gains, rows = better_than_disagreement(values, disagreement)
    corners = pareto_corners(gains) if lotteries else np.arange(len(gains))
    best = corners[np.argmax(gains[corners].prod(axis=1))]
    chosen: tuple[int, ...] = (int(best),)
    weights: tuple[float, ...] = (1.0,)
    product = float(gains[best].prod())
    if lotteries:
        for left, right in pairwise(corners):
            # Along the segment the product of gains is a parabola that opens downwards.
            (x0, y0), (dx, dy) = gains[left], gains[right] - gains[left]
            weight = float(np.clip(-(x0 * dy + y0 * dx) / (2 * dx * dy), 0.0, 1.0))
            candidate = (x0 + weight * dx) * (y0 + weight * dy)
            if candidate > product + 1e-15:
                chosen, weights, product = (int(left), int(right)), (1 - weight, weight), candidate
    value_1, value_2 = np.asarray(weights) @ gains[list(chosen)] + np.asarray(disagreement, dtype=np.float64)
    return PackageChoice(tuple(int(rows[row]) for row in chosen), weights, (float(value_1), float(value_2)))
