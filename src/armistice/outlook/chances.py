"""Chances of ending by month and way, and what they add up to by a horizon.

A forecast of how a war ends is kept as its monthly chances: for a war that still goes on at the start of a month, the
chance that it ends in each way within that month. Whatever they are, the chances they add up to lie between 0 and 1, never
fall with the horizon, and together with "still going on" sum to 1. Conditioning on the war having gone on for another
year is leaving out its first twelve months.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from armistice.checks import one_dimensional
from armistice.errors import DataError

__all__ = ["Floats", "incidence_by_month", "monthly_from_counts", "monthly_from_incidence", "still_going_on"]

Floats = npt.NDArray[np.float64]

_LEAST_SURVIVAL = 1e-9


def monthly_from_incidence(incidence: npt.ArrayLike, ahead: npt.ArrayLike) -> Floats:
    """Monthly chances that give the incidences at a few horizons, hazards constant in between.

    Parameters
    ----------
    incidence : array_like of float, shape (..., n_ahead, n_ways)
        Chance of each ending within each horizon.
    ahead : array_like of int, shape (n_ahead,)
        Whole months, rising from above 0.

    Returns
    -------
    ndarray of float64, shape (..., ahead[-1], n_ways)

    Raises
    ------
    DataError
        If the horizons do not rise, an incidence falls, or the ways add up to more than 1.

    Examples
    --------
    Half ends in two months: the same share of what is left in each.

    >>> monthly_from_incidence([[0.5]], [2]).round(4).tolist()
    [[0.2929], [0.2929]]
    """
    months = one_dimensional("ahead", ahead).astype(np.int64)
    total = np.asarray(incidence, dtype=np.float64)
    if total.ndim < 2 or total.shape[-2] != len(months) or not len(months):
        raise DataError(f"incidence needs one row for each of {len(months)} horizons; its shape is {total.shape}.")
    if (np.diff(months, prepend=0) <= 0).any() or (months != np.asarray(ahead)).any():
        raise DataError("ahead must hold whole months that rise from above 0.")
    gained = np.diff(total, axis=-2, prepend=0.0)
    if not np.isfinite(total).all() or (gained < -1e-9).any() or (total.sum(axis=-1) > 1 + 1e-9).any():
        raise DataError("incidence must rise with the horizon and add up to at most 1 over the ways of ending.")
    gained = np.maximum(gained, 0.0)
    left = np.maximum(1.0 - np.cumsum(gained.sum(axis=-1), axis=-1), _LEAST_SURVIVAL)
    before = np.concatenate([np.ones_like(left[..., :1]), left[..., :-1]], axis=-1)
    length = np.diff(months, prepend=0)
    in_month = -np.expm1(np.log(left / before) / length)
    all_ways = gained.sum(axis=-1, keepdims=True)
    share = np.divide(gained, all_ways, out=np.zeros_like(gained), where=all_ways > 0)
    return np.asarray(np.repeat(share * in_month[..., None], length, axis=-2))


def monthly_from_counts(ended: npt.ArrayLike, n_wars: int) -> Floats:
    """Monthly chances from the numbers of played wars that ended in each month.

    Parameters
    ----------
    ended : array_like of float, shape (..., n_months, n_ways)
        Wars that ended in each way in months 1, 2, ...; may be weighted.
    n_wars : int
        Wars played; those that never ended are the rest.

    Returns
    -------
    ndarray of float64, shape (..., n_months, n_ways)
        0 in months that no war reached.
    """
    count = np.asarray(ended, dtype=np.float64)
    gone = np.cumsum(count.sum(axis=-1), axis=-1)
    if (count < 0).any() or (gone[..., -1] > n_wars * (1 + 1e-9)).any():
        raise DataError(f"ended must hold counts that add up to at most the {n_wars} wars played.")
    fighting = n_wars - np.concatenate([np.zeros_like(gone[..., :1]), gone[..., :-1]], axis=-1)
    fighting = fighting[..., None]
    return np.asarray(np.divide(count, fighting, out=np.zeros_like(count), where=fighting > 1e-9 * n_wars))


def still_going_on(monthly: Floats) -> Floats:
    """Chance that the war still goes on after each month, shape (..., n_months)."""
    return np.asarray(np.cumprod(1.0 - monthly.sum(axis=-1), axis=-1))


def incidence_by_month(monthly: Floats) -> Floats:
    """Chance of each ending by the end of each month.

    Parameters
    ----------
    monthly : ndarray of float64, shape (..., n_months, n_ways)

    Returns
    -------
    ndarray of float64, shape (..., n_months, n_ways)

    Examples
    --------
    >>> incidence_by_month(np.array([[0.1, 0.2], [0.1, 0.2]])).round(2).tolist()
    [[0.1, 0.2], [0.17, 0.34]]
    """
    after = still_going_on(monthly)
    before = np.concatenate([np.ones_like(after[..., :1]), after[..., :-1]], axis=-1)
    return np.asarray(np.cumsum(before[..., None] * monthly, axis=-2))
