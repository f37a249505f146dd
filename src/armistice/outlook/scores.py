"""Scores of the whole time to an end, also where observation stopped early.

Scores at one horizon are those of :mod:`armistice.history.scores`.

References
----------
Matheson and Winkler (1976), Management Science 22:1087-1096, and Gneiting and Ranjan (2011), Journal of Business and
Economic Statistics 29:411-422 (the threshold-weighted continuous ranked probability score).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from armistice.checks import one_dimensional
from armistice.errors import DataError
from armistice.outlook.chances import Floats

__all__ = ["crps_to_end", "log_score_to_end"]


def crps_to_end(ended_by: npt.ArrayLike, lasted: npt.ArrayLike, watched: npt.ArrayLike) -> Floats:
    """Continuous ranked probability score of the time to an end, over the months that were forecast and watched.

    Parameters
    ----------
    ended_by : array_like of float, shape (n, n_months)
        Chance that the war has ended by the end of month 1, 2, ...; linear within a month.
    lasted : array_like of float, shape (n,)
        Months after the origin at which it ended; infinity where it went on when last watched.
    watched : array_like of float, shape (n,)
        Months for which the war was, or would have been, watched, whether it ended or not.

    Returns
    -------
    ndarray of float64, shape (n,)
        In months: the integral of ``(F(t) - 1{lasted <= t})**2`` from 0 to ``min(watched, n_months)``. Lower is better.

    Notes
    -----
    The span must not depend on when the war ended: for a war seen to end, ``watched`` is how long it could have been seen,
    not how long it lasted. Then the score is proper, also where the span is shorter than the forecast.

    Examples
    --------
    A war sure to end in the first month, which ends at its very start, half way, or not within the two months forecast:

    >>> crps_to_end([[1.0, 1.0]] * 3, [0.0, 0.5, np.inf], [2, 2, 2]).round(4).tolist()
    [0.3333, 0.0833, 1.3333]
    """
    chance = np.asarray(ended_by, dtype=np.float64)
    end = one_dimensional("lasted", lasted).astype(np.float64)
    span = one_dimensional("watched", watched).astype(np.float64)
    if chance.ndim != 2 or not len(chance) == len(end) == len(span):
        raise DataError("ended_by needs one row, lasted and watched one value, for each forecast.")
    if (np.diff(chance, axis=1, prepend=0.0) < -1e-9).any() or (chance > 1 + 1e-9).any():
        raise DataError("ended_by must rise from 0 to at most 1.")
    if np.isnan(end).any() or (end < 0).any() or not (np.isfinite(span).all() and (span > 0).all()):
        raise DataError("lasted must not be negative, and watched must be above 0.")
    if (np.isinf(end) & (span <= 0)).any() or (np.isfinite(end) & (end > span)).any():
        raise DataError("A war cannot end after it was watched; give infinity where it went on.")
    n_months = chance.shape[1]
    padded = np.concatenate([np.zeros((len(chance), 1)), chance], axis=1)
    start = np.arange(n_months, dtype=np.float64)
    limit = np.minimum(span, n_months)[:, None]
    low, high = np.minimum(start, limit), np.minimum(start + 1, limit)
    turn = np.clip(end[:, None], low, high)
    return np.asarray((_square(padded, start, low, turn, 0.0) + _square(padded, start, turn, high, 1.0)).sum(axis=1))


def _square(padded: Floats, start: Floats, low: Floats, high: Floats, happened: float) -> Floats:
    """Integral of ``(F - happened)**2`` from ``low`` to ``high`` within each month, F linear (Simpson's rule is exact)."""
    first, rise = padded[:, :-1], np.diff(padded, axis=1)
    a = first + rise * (low - start) - happened
    b = first + rise * (high - start) - happened
    return np.asarray((high - low) * (a * a + a * b + b * b) / 3)


def log_score_to_end(monthly: Floats, lasted: npt.ArrayLike, way: npt.ArrayLike) -> Floats:
    """Minus the log of the chance given to what happened, month by month.

    Parameters
    ----------
    monthly : ndarray of float64, shape (n, n_months, n_ways)
        Chances in a month in which the war still goes on, all above 0.
    lasted : array_like of int, shape (n,)
        Month in which it ended, from 1, or the last whole month in which it was watched (0 if none).
    way : array_like of int, shape (n,)
        How it ended, from 0; -1 where it went on.

    Returns
    -------
    ndarray of float64, shape (n,)
        In nats. What happened after the last month forecast does not count.

    Examples
    --------
    >>> chances = np.full((2, 3, 1), 0.5)
    >>> (log_score_to_end(chances, [2, 2], [0, -1]) / np.log(2)).tolist()
    [2.0, 2.0]
    """
    p = np.asarray(monthly, dtype=np.float64)
    month = one_dimensional("lasted", lasted).astype(np.int64)
    how = one_dimensional("way", way).astype(np.int64)
    if p.ndim != 3 or not len(p) == len(month) == len(how):
        raise DataError("monthly needs one block, lasted and way one value, for each forecast.")
    n_months, n_ways = p.shape[1:]
    if (month < 0).any() or (how < -1).any() or (how >= n_ways).any() or ((how >= 0) & (month == 0)).any():
        raise DataError(f"lasted must not be negative, and way must lie from -1 to {n_ways - 1}.")
    went_on = np.where(how >= 0, month - 1, month)
    stays = np.log1p(-np.minimum(p.sum(axis=2), 1 - 1e-12))
    score = -(stays * (np.arange(n_months) < went_on[:, None])).sum(axis=1)
    seen = np.flatnonzero((how >= 0) & (month <= n_months))
    score[seen] -= np.log(p[seen, month[seen] - 1, how[seen]])
    return np.asarray(score)
