"""What two sides can reach: a frontier given as a curve, or a list of packages with or without lotteries.

Shared by the Nash and the Kalai-Smorodinsky solutions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from armistice.bargaining.inputs import finite
from armistice.errors import DataError, ParameterError

__all__ = ["Frontier", "PackageChoice", "best_value_1", "better_than_disagreement", "pareto_corners"]

Floats = npt.NDArray[np.float64]
Frontier: TypeAlias = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class PackageChoice:
    """A package, or a lottery over two packages.

    Parameters
    ----------
    packages : tuple of int
        Rows of the input: one, or two for a lottery.
    weights : tuple of float
        Their probabilities.
    values : tuple of float
        What each side gets in expectation.
    """

    packages: tuple[int, ...]
    weights: tuple[float, ...]
    values: tuple[float, float]


def best_value_1(frontier: Frontier, disagreement: tuple[float, float], largest_value_1: float) -> float:
    """The most that side 1 can get while side 2 gets at least its disagreement value; checks on the way."""
    from scipy.optimize import brentq

    d1, d2 = (finite("disagreement", value) for value in disagreement)
    if not frontier(d1) > d2:
        raise ParameterError(
            f"disagreement {disagreement} leaves nothing to gain: the frontier there is {frontier(d1)}."
        )
    if finite("largest_value_1", largest_value_1) <= d1:
        raise ParameterError(f"largest_value_1 must exceed the disagreement value {d1}, got {largest_value_1}.")
    if frontier(largest_value_1) >= d2:
        return largest_value_1
    return float(brentq(lambda u1: frontier(u1) - d2, d1, largest_value_1, xtol=1e-14))


def better_than_disagreement(
    values: npt.ArrayLike, disagreement: tuple[float, float]
) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Gains over disagreement and row numbers of the packages that harm no side; an error if there are none."""
    points = np.asarray(values, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise DataError(f"values must be finite numbers of shape (n_packages, 2), got shape {points.shape}.")
    gains = points - np.asarray(disagreement, dtype=np.float64)
    rows = np.flatnonzero((gains >= 0).all(axis=1))
    if not rows.size:
        raise DataError("values: no package is at least as good as disagreement for both sides.")
    return gains[rows], rows


def pareto_corners(gains: Floats) -> npt.NDArray[np.intp]:
    """Rows at the corners of the upper right boundary of the convex hull, from best for side 2 to best for side 1."""
    order = np.lexsort((-gains[:, 1], gains[:, 0]))
    corners: list[int] = []
    for row in order:
        x, y = gains[row]
        while corners and y >= gains[corners[-1], 1]:
            corners.pop()  # dominated: the new point is at least as good for both
        while len(corners) >= 2:
            (x0, y0), (x1, y1) = gains[corners[-2]], gains[corners[-1]]
            if (x1 - x0) * (y - y0) < (y1 - y0) * (x - x0):
                break
            corners.pop()  # below the line between its neighbours
        corners.append(int(row))
    return np.asarray(corners, dtype=np.intp)
