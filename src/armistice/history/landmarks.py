"""Landmarks: wars going on on a day, how long each was watched from there, and how it ended.

Landmarking asks the question a user asks: of wars going on today, how many end within so many months, and how?
Every war counts once for each day on which it is looked at. From a landmark on, time ahead is cut into
stretches; each holds the months watched and the endings seen, which is all that hazards constant within a
stretch need. Where dates are vague, both are means over draws of the dates: the likelihood is linear in them.

References
----------
van Houwelingen (2007), Scandinavian Journal of Statistics 34:70-85.
van Houwelingen and Putter (2012), Dynamic Prediction in Clinical Survival Analysis, chapter 7 (stacked landmarks).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.checks import one_dimensional, same_length
from armistice.errors import DataError, ParameterError
from armistice.history.incidence import Floats, Ints

__all__ = ["MONTH_DAYS", "LandmarkCounts", "going_on", "landmark_counts", "outcome_shares"]

MONTH_DAYS: Final = 365.25 / 12


@dataclass(frozen=True, eq=False)
class LandmarkCounts:
    """What followed each landmark, as far as observed.

    Parameters
    ----------
    edges : ndarray of float64, shape (n_stretches + 1,)
        Months ahead, from 0.
    weight : ndarray of float64, shape (n_landmarks,)
        Share of the draws of dates in which the war was going on that day.
    exposure : ndarray of float64, shape (n_landmarks, n_stretches)
        Months watched, mean over draws.
    endings : ndarray of float64, shape (n_landmarks, n_stretches, n_causes)
        Endings seen, mean over draws.
    """

    edges: Floats
    weight: Floats
    exposure: Floats
    endings: Floats


def _checked(starts: Floats, ends: Floats, causes: npt.ArrayLike, wars: Ints, on: Floats) -> Ints:
    if starts.ndim != 2 or starts.shape != ends.shape:
        raise DataError(f"starts and ends must have one shape (draws, wars); got {starts.shape} and {ends.shape}.")
    if (ends < starts).any():
        where = int(np.flatnonzero((ends < starts).any(axis=0))[0])
        raise DataError(f"The war at position {where} ends before it starts; check its dates.")
    code = one_dimensional("causes", causes).astype(np.int64)
    if len(code) != starts.shape[1]:
        raise DataError(f"causes needs one value per war, {starts.shape[1]}; got {len(code)}.")
    same_length(wars=wars, on=on)
    return code


def going_on(starts: Floats, ends: Floats, wars: Ints, on: Floats) -> npt.NDArray[np.bool_]:
    """Whether each landmark's war was going on, by draw of dates; shape (n_draws, n_landmarks)."""
    return (starts[:, wars] <= on) & (ends[:, wars] > on)


def landmark_counts(
    starts: Floats,
    ends: Floats,
    causes: npt.ArrayLike,
    wars: Ints,
    on: Floats,
    *,
    edges: npt.ArrayLike,
    n_causes: int,
    observed_until: float,
) -> LandmarkCounts:
    """Months watched and endings seen after each landmark, up to the last day observed.

    Parameters
    ----------
    starts, ends : ndarray of float64, shape (n_draws, n_wars)
        Days; of a war going on the end is the last day observed.
    causes : array_like of int, shape (n_wars,)
        0 if going on when last observed, else 1 to ``n_causes``.
    wars : ndarray of int64, shape (n_landmarks,)
    on : ndarray of float64, shape (n_landmarks,)
        Which war, on which day.
    edges : array_like of float, shape (n_stretches + 1,)
        Months ahead, rising from 0.
    n_causes : int
    observed_until : float
        Day after which nothing counts.

    Returns
    -------
    LandmarkCounts

    Examples
    --------
    A war of 15 months, looked at after 5:

    >>> day = np.array([[0.0]])
    >>> found = landmark_counts(
    ...     day, day + 15 * MONTH_DAYS, [2], np.array([0]), np.array([5 * MONTH_DAYS]),
    ...     edges=[0, 6, 12], n_causes=2, observed_until=1e4,
    ... )
    >>> found.exposure.tolist(), found.endings[0].tolist()
    ([[6.0, 4.0]], [[0.0, 0.0], [0.0, 1.0]])
    """
    code = _checked(starts, ends, causes, wars, on)
    cut = np.asarray(edges, dtype=np.float64)
    if cut.ndim != 1 or len(cut) < 2 or cut[0] != 0 or (np.diff(cut) <= 0).any():
        raise ParameterError("edges must rise from 0: months ahead at which a stretch ends.")
    alive = going_on(starts, ends, wars, on) & (on < observed_until)
    n_draws, n, stretches = len(starts), len(wars), len(cut) - 1
    exposure, endings = np.zeros((n, stretches)), np.zeros((n, stretches, n_causes))
    cause = code[wars]
    for draw in range(n_draws):
        # A war that ended after the last day observed is watched to that day, its ending not seen.
        end = ends[draw, wars]
        ahead = (np.minimum(end, observed_until) - on) / MONTH_DAYS
        seen = alive[draw] & (cause > 0) & (end <= observed_until)
        watched = np.clip(ahead[:, None], cut[:-1], cut[1:]) - cut[:-1]
        exposure += watched * alive[draw][:, None]
        happened = np.flatnonzero(seen & (ahead <= cut[-1]))
        stretch = np.searchsorted(cut, ahead[happened], side="left") - 1
        np.add.at(endings, (happened, stretch, cause[happened] - 1), 1.0)
    return LandmarkCounts(cut, alive.mean(axis=0), exposure / n_draws, endings / n_draws)


def outcome_shares(
    starts: Floats,
    ends: Floats,
    causes: npt.ArrayLike,
    wars: Ints,
    on: Floats,
    ahead: npt.ArrayLike,
    *,
    n_causes: int,
) -> tuple[Floats, Floats]:
    """What happened: the share of draws in which each landmark's war ended by each cause within times ahead.

    Returns
    -------
    weight : ndarray of float64, shape (n_landmarks,)
        Share of draws in which the war was going on that day.
    happened : ndarray of float64, shape (n_landmarks, n_ahead, n_causes)
        Among these; exactly 0 or 1 where the dates leave no doubt.
    """
    code = _checked(starts, ends, causes, wars, on)
    span = np.atleast_1d(np.asarray(ahead, dtype=np.float64)) * MONTH_DAYS
    alive = going_on(starts, ends, wars, on)
    count = alive.sum(axis=0)
    within = alive[:, :, None] & (ends[:, wars, None] <= on[:, None] + span)
    share = within.sum(axis=0) / np.maximum(count, 1)[:, None]
    of_cause = code[wars][:, None] == np.arange(1, n_causes + 1)
    return count / len(starts), share[:, :, None] * of_cause[:, None, :]
