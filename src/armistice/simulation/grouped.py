"""Endings of wars counted by stretches of time, and how likely they are by chances of endings.

The wars of a class are so many draws from it, so that of those that go into a stretch of time the numbers that end in it in
each way are multinomial. Wars of one conflict are alike: the likelihood is raised to the power 1 / design effect.

References
----------
Allison (1982), Sociological Methodology 13:61-98 (competing risks in stretches of time). Kish (1965), Survey Sampling
(design effect).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.checks import one_dimensional
from armistice.errors import DataError, ParameterError
from armistice.simulation.war_class import GRID

__all__ = [
    "CAUSES",
    "SUMMARY_MONTHS",
    "GroupedEndings",
    "cumulative",
    "design_effect",
    "grouped_endings",
    "outcomes",
    "summary_chances",
]

Floats = npt.NDArray[np.float64]
CAUSES: Final = ("settlement", "victory", "fading")
#: Ends of the stretches in which endings are counted; settled before any fit. Finer than three months the dates of many
#: wars are too vague, and a war of days is not what the game is about.
SUMMARY_MONTHS: Final = (3, 6, 12, 24, 36, 60, 120)
_AT: Final = tuple(GRID.index(months) for months in SUMMARY_MONTHS)


@dataclass(frozen=True, eq=False)
class GroupedEndings:
    """Endings of other wars by stretch of time.

    Parameters
    ----------
    at_risk : ndarray of float64, shape (len(SUMMARY_MONTHS),)
        Wars under observation in each stretch; one that leaves observation within it counts half. Means over draws of
        imprecise dates.
    ended : ndarray of float64, shape (len(SUMMARY_MONTHS), 3)
        Endings of each kind.
    design_effect : float
        How much larger variances are than among as many wars apart; at least 1.
    """

    at_risk: Floats
    ended: Floats
    design_effect: float = 1.0

    def log_likelihood(self, chances: Floats) -> Floats:
        """Log likelihood of each row of chances, shape (n, len(SUMMARY_MONTHS), 3), less a constant; shape (n,)."""
        lasts = np.log(np.maximum(1 - chances.sum(axis=2), 1e-12)) @ (self.at_risk - self.ended.sum(axis=1))
        ends = np.tensordot(np.log(np.maximum(chances, 1e-12)), self.ended, axes=([1, 2], [0, 1]))
        return np.asarray((lasts + ends) / self.design_effect)

    def incidence(self) -> Floats:
        """Share ended in each way by the end of each stretch, shape (len(SUMMARY_MONTHS), 3)."""
        chance = np.divide(
            self.ended, self.at_risk[:, None], out=np.zeros_like(self.ended), where=self.at_risk[:, None] > 0
        )
        return np.asarray(cumulative(chance[None])[0])


def grouped_endings(
    durations: npt.ArrayLike,
    causes: npt.ArrayLike,
    *,
    member: npt.ArrayLike | None = None,
    design_effect: float = 1.0,
) -> GroupedEndings:
    """Count endings by stretch.

    Parameters
    ----------
    durations : array_like of float, shape (n_wars,) or (n_draws, n_wars)
        Months; several rows are draws of imprecise dates.
    causes : array_like of int, shape (n_wars,)
        0 if going on when last observed, else 1 + position in :data:`CAUSES`.
    member : array_like of bool, shape (n_wars,) or (n_draws, n_wars), optional
    design_effect : float

    Examples
    --------
    >>> found = grouped_endings([2.0, 5.0, 4.0], [1, 2, 0])
    >>> found.at_risk[:3].tolist(), found.ended[:2].tolist()
    ([3.0, 1.5, 0.0], [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    """
    lasted = np.atleast_2d(np.asarray(durations, dtype=np.float64))
    code = one_dimensional("causes", causes).astype(np.int64)
    if lasted.shape[1] != len(code):
        raise DataError(f"causes needs one value per war, {lasted.shape[1]}; got {len(code)}.")
    if ((code < 0) | (code > len(CAUSES))).any():
        raise DataError(f"causes must lie from 0 (going on) to {len(CAUSES)}.")
    if not design_effect >= 1:
        raise ParameterError(f"design_effect must be 1 or more, got {design_effect}.")
    belongs = np.broadcast_to(True if member is None else np.asarray(member, dtype=bool), lasted.shape)
    edges = np.array([0.0, *SUMMARY_MONTHS])
    inside = [belongs & (lasted <= high) & ((lasted > low) | (low == 0)) for low, high in itertools.pairwise(edges)]
    ended = np.array(
        [[(here & (code == k + 1)).sum() for k in range(len(CAUSES))] for here in inside], dtype=np.float64
    )
    left = np.array([(here & (code == 0)).sum() for here in inside], dtype=np.float64)
    entered = np.array([(belongs & ((lasted > low) | (low == 0))).sum() for low in edges[:-1]], dtype=np.float64)
    return GroupedEndings((entered - left / 2) / len(lasted), ended / len(lasted), design_effect)


def design_effect(influence: Floats, clusters: npt.ArrayLike) -> float:
    """Variance with wars of one cluster alike over that with wars apart, added up over statistics; at least 1.

    Parameters
    ----------
    influence : ndarray of float64, shape (n_wars, ...)
        Influence of each war on each statistic (:func:`armistice.history.influence`).
    clusters : array_like, shape (n_wars,)
    """
    of = np.unique(np.asarray(clusters), return_inverse=True)[1]
    flat = influence.reshape(len(influence), -1)
    summed = np.zeros((int(of.max()) + 1 if len(of) else 0, flat.shape[1]))
    np.add.at(summed, of, flat)
    apart = float((flat**2).sum())
    return max(float((summed**2).sum()) / apart, 1.0) if apart > 0 else 1.0


def summary_chances(chances: Floats) -> Floats:
    """From chances by stretch of the bank's grid to those by stretch of :data:`SUMMARY_MONTHS`; shapes (n, ., 3)."""
    incidence = cumulative(chances)[:, _AT]
    before = np.concatenate([np.zeros_like(incidence[:, :1]), incidence[:, :-1]], axis=1)
    left = np.maximum(1 - before.sum(axis=2, keepdims=True), 1e-12)
    return np.asarray((incidence - before) / left)


def outcomes(chances: Floats) -> Floats:
    """Chances of the endings of a stretch and of none, summing to 1 within rounding; (n, 3) to (n, 4)."""
    none = np.maximum(1 - chances.sum(axis=1, keepdims=True), 0.0)
    every = np.concatenate([chances, none], axis=1)
    return np.asarray(every / every.sum(axis=1, keepdims=True))


def cumulative(chances: Floats) -> Floats:
    """Shares ended by the end of each stretch, from chances of those going on; shapes (n, ., n_causes)."""
    lasts = np.cumprod(1 - chances.sum(axis=2), axis=1)
    before = np.concatenate([np.ones((len(chances), 1)), lasts[:, :-1]], axis=1)
    return np.asarray(np.cumsum(before[:, :, None] * chances, axis=1))
