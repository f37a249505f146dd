"""A logarithmic pool of several methods' chances of how and when a war ends.

Pooled month by month: among the ways of ending and "goes on", the pooled chance is the weighted geometric mean of the
methods' chances, scaled to add up to 1. Because every month is pooled given that the war still goes on, pooling now and
waiting a year gives the same as waiting a year and pooling then (the pool is externally Bayesian), and chances
over horizons cohere whatever the weights.

Where ways are forms of one thing (an armistice and a peace agreement both settle a war) the thing is pooled first. A
logarithmic pool depends on how finely outcomes are told apart, and the thing is what is asked.

A method may be silent on a way of ending (it has no such ending); then only the methods that speak of it are pooled for
it. Chances of 0 would veto all others, so each counts as at least :data:`LEAST_IN_FIVE_YEARS` over five years, as in
the scores. The pool is not made more extreme than the weights make it: they add up to 1.

References
----------
Genest (1984), Annals of Statistics 12:1100-1105, and Genest, McConway and Schervish (1986), Annals of Statistics
14:487-501 (external Bayesianity and the logarithmic pool). Satopää et al. (2014), International Journal of Forecasting
30:344-356 (extremising, not done here).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError, ParameterError
from armistice.outlook.chances import Floats

__all__ = ["LEAST_IN_FIVE_YEARS", "log_pool", "pool_monthly"]

#: What a chance of 0 counts as, over 60 months.
LEAST_IN_FIVE_YEARS: Final = 1e-3
_LEAST: Final = LEAST_IN_FIVE_YEARS / 60


def _weights(weights: npt.ArrayLike, n_methods: int) -> Floats:
    w = np.asarray(weights, dtype=np.float64)
    if w.ndim == 0 or w.shape[-1] != n_methods:
        raise ParameterError(f"Give one weight for each of the {n_methods} methods, got shape {w.shape}.")
    if not (np.isfinite(w).all() and (w >= -1e-12).all() and np.allclose(w.sum(axis=-1), 1.0)):
        raise ParameterError("Weights must not be negative and must add up to 1.")
    return np.maximum(w, 0.0)


def log_pool(chances: npt.ArrayLike, weights: npt.ArrayLike) -> Floats:
    """Weighted geometric mean of distributions, scaled to add up to 1.

    Parameters
    ----------
    chances : array_like of float, shape (n_methods, ..., n_outcomes)
        Distributions, adding up to 1 over the last axis.
    weights : array_like of float, shape (n_methods,)
        Not negative, adding up to 1.

    Returns
    -------
    ndarray of float64, shape (..., n_outcomes)

    Examples
    --------
    >>> log_pool([[0.1, 0.9], [0.4, 0.6]], [0.5, 0.5]).round(4).tolist()
    [0.2139, 0.7861]
    """
    p = np.asarray(chances, dtype=np.float64)
    w = _weights(weights, len(p))
    if not ((p >= 0).all() and np.allclose(p.sum(axis=-1), 1.0)):
        raise DataError("chances must be distributions that add up to 1 over their last axis.")
    with np.errstate(divide="ignore"):
        logs = np.log(p)
    weight = w.reshape(-1, *[1] * (p.ndim - 1))
    # A weight of 0 silences a method, also where its chance is 0.
    mixed = np.where(weight > 0, weight * np.where(weight > 0, logs, 0.0), 0.0).sum(axis=0)
    if not np.isfinite(mixed.max(axis=-1)).all():
        raise DataError("The methods rule out each other's every outcome; there is nothing to pool.")
    raw = np.exp(mixed - mixed.max(axis=-1, keepdims=True))
    return np.asarray(raw / raw.sum(axis=-1, keepdims=True))


def pool_monthly(
    monthly: npt.ArrayLike,
    weights: npt.ArrayLike,
    speaks: npt.ArrayLike | None = None,
    groups: Sequence[Sequence[int]] | None = None,
) -> Floats:
    """Pooled monthly chances.

    Parameters
    ----------
    monthly : array_like of float, shape (n_methods, ..., n_months, n_ways)
        Chance of each ending in a month in which the war still goes on.
    weights : array_like of float, shape (n_methods,) or (..., n_methods)
        Leading axes, if any, as those of ``monthly`` between the first and the last two (one weight per draw).
    speaks : array_like of bool, shape (n_methods, n_ways), optional
        Whether a method speaks of a way of ending at all; every method of every way by default.
    groups : sequence of sequence of int, optional
        Ways that are forms of one thing, every way in one group: a group is pooled as one, then its forms among
        themselves. Methods that agree on the thing and differ over its form then do not lower its chance.

    Returns
    -------
    ndarray of float64, shape (..., n_months, n_ways)

    Raises
    ------
    DataError
        If chances are not chances, nobody speaks of some way of ending, or groups do not hold every way once.
    ParameterError
        If weights are negative or do not add up to 1.
    """
    p = np.asarray(monthly, dtype=np.float64)
    n_methods, n_ways = p.shape[0], p.shape[-1]
    w = _weights(weights, n_methods)
    told = np.ones((n_methods, n_ways), dtype=bool) if speaks is None else np.asarray(speaks, dtype=bool)
    if told.shape != (n_methods, n_ways) or not told.any(axis=0).all():
        raise DataError("speaks needs a row for each method and a column for each way, and every way a method.")
    if not (np.isfinite(p).all() and (p >= 0).all() and (p.sum(axis=-1) <= 1 + 1e-9).all()):
        raise DataError("monthly must hold chances that add up to at most 1 over the ways of ending.")
    weight = np.moveaxis(w, -1, 0)
    weight = weight.reshape(*weight.shape, *[1] * (p.ndim - weight.ndim))
    p = np.maximum(p, _LEAST)
    if not told.all():
        # A method that is silent on a way takes the others' word for it: their pool, with their weights scaled up to 1.
        mask = told.reshape(n_methods, *[1] * (p.ndim - 2), n_ways)
        own = np.where(mask, weight, 0.0)
        total = own.sum(axis=0)
        own = np.where(total > 0, own / np.where(total > 0, total, 1.0), mask / mask.sum(axis=0))
        p = np.where(mask, p, np.exp((own * np.log(p)).sum(axis=0)))
    if groups is None:
        return _pooled(p, weight)
    if sorted(way for group in groups for way in group) != list(range(n_ways)):
        raise DataError(f"groups must hold each of the {n_ways} ways of ending once.")
    together = np.stack([p[..., list(group)].sum(axis=-1) for group in groups], axis=-1)
    found, whole = np.empty(p.shape[1:]), _pooled(together, weight)
    for g, group in enumerate(groups):
        forms = p[..., list(group)]
        raw = np.exp((weight * np.log(forms / forms.sum(axis=-1, keepdims=True))).sum(axis=0))
        found[..., list(group)] = whole[..., g : g + 1] * raw / raw.sum(axis=-1, keepdims=True)
    return found


def _pooled(p: Floats, weight: Floats) -> Floats:
    """The pool of chances all above 0; ``weight`` stands on the first axis."""
    stays = np.maximum(1.0 - p.sum(axis=-1, keepdims=True), _LEAST)
    raw = np.exp((weight * np.log(np.concatenate([p, stays], axis=-1))).sum(axis=0))
    return np.asarray(raw[..., :-1] / raw.sum(axis=-1, keepdims=True))
