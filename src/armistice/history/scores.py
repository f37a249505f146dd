"""Scores of forecasts of endings: Brier, log, integrated Brier, skill with its interval, reliability with a band.

A forecast gives, for a war going on at an origin, the probability of each ending within a horizon; the rest is
"still going on". What happened may itself be uncertain where a date is vague: then it is a share of the draws of dates,
and a score is the mean over draws.

Intervals resample whole conflicts, which is what the forecasts are about again and again; origins of one war
are no more independent than its years.

References
----------
Brier (1950), Monthly Weather Review 78:1-3. Gneiting and Raftery (2007), JASA 102:359-378.
Graf, Schmoor, Sauerbrei and Schumacher (1999), Statistics in Medicine 18:2529-2545 (integrated Brier score).
Bröcker and Smith (2007), Weather and Forecasting 22:651-661 (consistency bars in reliability diagrams).
Rubin (1981), Annals of Statistics 9:130-134 (Bayesian bootstrap).
Owen (2007), Annals of Applied Statistics 1:386-411 (resampling two crossed factors).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice.checks import one_dimensional, probability, same_length
from armistice.errors import DataError
from armistice.history.incidence import Floats

__all__ = ["Reliability", "Skill", "brier_scores", "integrated_brier", "log_scores", "reliability", "skill"]

#: A forecast of 0 that comes true would cost infinitely much; probabilities count as at least this.
LEAST_PROBABILITY = 1e-3


def _checked(forecast: npt.ArrayLike, happened: npt.ArrayLike) -> tuple[Floats, Floats]:
    p, y = np.asarray(forecast, dtype=np.float64), np.asarray(happened, dtype=np.float64)
    if p.shape != y.shape:
        raise DataError(f"forecast and happened must have one shape, got {p.shape} and {y.shape}.")
    for name, values in (("forecast", p), ("happened", y)):
        if not (np.isfinite(values).all() and (values >= -1e-9).all() and (values.sum(axis=-1) <= 1 + 1e-9).all()):
            raise DataError(f"{name} must hold probabilities that sum to 1 at most over causes.")
    return p, y


def brier_scores(forecast: npt.ArrayLike, happened: npt.ArrayLike) -> Floats:
    """Squared error of each cause's probability.

    Parameters
    ----------
    forecast, happened : array_like of float, shape (..., n_causes)
        ``happened`` is 1 for the cause by which the war ended within the horizon, all 0 if it went on; or
        the mean of that over draws of dates.

    Returns
    -------
    ndarray of float64, shape (..., n_causes)
        Summed over causes: the cause-specific Brier score, from 0 to 2.

    Examples
    --------
    >>> brier_scores([0.5, 0.2], [1, 0]).round(4).tolist()
    [0.25, 0.04]
    """
    p, y = _checked(forecast, happened)
    return np.asarray(p**2 - 2 * p * y + y)


def log_scores(forecast: npt.ArrayLike, happened: npt.ArrayLike) -> Floats:
    """Minus the log of the probability given to what happened, "still going on" included.

    Parameters
    ----------
    forecast, happened : array_like of float, shape (..., n_causes)

    Returns
    -------
    ndarray of float64, shape (...)
        In nats; probabilities count as at least :data:`LEAST_PROBABILITY`.
    """
    p, y = _checked(forecast, happened)
    rest, stayed = 1 - p.sum(axis=-1, keepdims=True), 1 - y.sum(axis=-1, keepdims=True)
    q = np.maximum(np.concatenate([p, rest], axis=-1), LEAST_PROBABILITY)
    q = q / q.sum(axis=-1, keepdims=True)
    return np.asarray(-(np.concatenate([y, stayed], axis=-1) * np.log(q)).sum(axis=-1))


def integrated_brier(scores: Floats, ahead: npt.ArrayLike) -> Floats:
    """Mean over time ahead of a Brier score, by the trapezoidal rule from 0 on.

    Parameters
    ----------
    scores : ndarray of float64, shape (..., n_ahead)
        At each time ahead; at 0 nothing has ended and the score is 0.
    ahead : array_like of float, shape (n_ahead,)
        Rising.

    Returns
    -------
    ndarray of float64, shape (...)
    """
    span = one_dimensional("ahead", ahead).astype(np.float64)
    if scores.shape[-1] != len(span) or not (np.diff(span) > 0).all() or span[0] <= 0:
        raise DataError("ahead must rise from above 0 and match the last axis of scores.")
    padded = np.concatenate([np.zeros((*scores.shape[:-1], 1)), scores], axis=-1)
    width = np.diff(np.concatenate([[0.0], span]))
    return np.asarray(((padded[..., 1:] + padded[..., :-1]) / 2 * width).sum(axis=-1) / span[-1])


@dataclass(frozen=True)
class Skill:
    """How much lower one score is than another's, as a share.

    Parameters
    ----------
    score, reference_score : float
        Means over forecasts.
    value, lower, upper : float
        1 - score / reference score, with its interval over conflicts; above 0 is better.
    level : float
    n, n_clusters : int
        Forecasts and conflicts.
    """

    score: float
    reference_score: float
    value: float
    lower: float
    upper: float
    level: float
    n: int
    n_clusters: int


def skill(
    scores: npt.ArrayLike,
    reference: npt.ArrayLike,
    clusters: npt.ArrayLike,
    *,
    rng: np.random.Generator,
    weight: npt.ArrayLike | None = None,
    n_draws: int = 2000,
    level: float = 0.95,
) -> Skill:
    """Skill against a reference, with an interval that resamples whole conflicts.

    Parameters
    ----------
    scores, reference : array_like of float, shape (n,)
        Lower is better; one pair per forecast.
    clusters : array_like, shape (n,)
        Conflict of each.
    rng : numpy.random.Generator
    weight : array_like of float, shape (n,), optional
    n_draws : int
    level : float

    Returns
    -------
    Skill
    """
    probability("level", level)
    a = one_dimensional("scores", scores).astype(np.float64)
    b = one_dimensional("reference", reference).astype(np.float64)
    labels = one_dimensional("clusters", clusters)
    w = np.ones(len(a)) if weight is None else one_dimensional("weight", weight).astype(np.float64)
    same_length(scores=a, reference=b, clusters=labels, weight=w)
    if not len(a) or not (w * b).sum() > 0:
        raise DataError("skill needs forecasts, and a reference that is not perfect.")
    group = np.unique(labels, return_inverse=True)[1]
    n_groups = int(group.max()) + 1
    ours, theirs = np.bincount(group, w * a, n_groups), np.bincount(group, w * b, n_groups)
    drawn = rng.standard_exponential((n_draws, n_groups))
    ratio = 1 - (drawn @ ours) / (drawn @ theirs)
    lower, upper = np.quantile(ratio, [(1 - level) / 2, (1 + level) / 2])
    return Skill(
        float(ours.sum() / w.sum()), float(theirs.sum() / w.sum()), float(1 - ours.sum() / theirs.sum()),
        float(lower), float(upper), level, int((w > 0).sum()), n_groups,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Reliability:
    """Of forecasts of about so much, how many came true.

    Parameters
    ----------
    forecast : ndarray of float64, shape (n_bins,)
        Mean forecast in each bin.
    happened : ndarray of float64, shape (n_bins,)
        Share that came true.
    lower, upper : ndarray of float64, shape (n_bins,)
        Band of that share over resampled conflicts.
    n : ndarray of int64, shape (n_bins,)
    level : float
        Of the band at each bin; ``covers`` uses the whole band at once.
    covers : bool
        Whether a band widened to hold all bins together at ``level`` covers the diagonal.
    """

    forecast: Floats
    happened: Floats
    lower: Floats
    upper: Floats
    n: npt.NDArray[np.int64]
    level: float
    covers: bool


def reliability(
    forecast: npt.ArrayLike,
    happened: npt.ArrayLike,
    clusters: npt.ArrayLike,
    *,
    rng: np.random.Generator,
    weight: npt.ArrayLike | None = None,
    periods: npt.ArrayLike | None = None,
    n_bins: int = 5,
    n_draws: int = 2000,
    level: float = 0.95,
) -> Reliability:
    """Reliability of the probability of one event, in bins of equal numbers of forecasts.

    Parameters
    ----------
    forecast, happened : array_like of float, shape (n,)
    clusters : array_like, shape (n,)
    rng : numpy.random.Generator
    weight : array_like of float, shape (n,), optional
    periods : array_like, shape (n,), optional
        Years that lived through the same times share a value: then conflicts and periods are both resampled, since
        forecasts of one period err together whatever the conflict (Owen 2007).
    n_bins, n_draws : int
    level : float

    Returns
    -------
    Reliability

    Notes
    -----
    The band that holds all bins together is ``share ± c · error`` with the error of each bin over resampled conflicts and
    ``c`` the quantile of the largest standardised deviation over bins.
    """
    probability("level", level)
    p = one_dimensional("forecast", forecast).astype(np.float64)
    y = one_dimensional("happened", happened).astype(np.float64)
    labels = one_dimensional("clusters", clusters)
    w = np.ones(len(p)) if weight is None else one_dimensional("weight", weight).astype(np.float64)
    same_length(forecast=p, happened=y, clusters=labels, weight=w)
    if len(p) < n_bins:
        raise DataError(f"reliability in {n_bins} bins needs at least as many forecasts, got {len(p)}.")
    cuts = np.quantile(p, np.linspace(0, 1, n_bins + 1)[1:-1])
    bins = np.searchsorted(cuts, p, side="right")
    bins = np.unique(bins, return_inverse=True)[1]  # equal forecasts may leave a bin empty
    n_found = int(bins.max()) + 1
    group = np.unique(labels, return_inverse=True)[1]
    when = np.zeros(len(p), dtype=np.int64)
    if periods is not None:
        when = np.unique(one_dimensional("periods", periods), return_inverse=True)[1]
    shape = (int(group.max()) + 1, int(when.max()) + 1, n_found)
    mass, came, said = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for total, values in ((mass, w), (came, w * y), (said, w * p)):
        np.add.at(total, (group, when, bins), values)
    drawn = rng.standard_exponential((n_draws, shape[0]))
    times = rng.standard_exponential((n_draws, shape[1])) if periods is not None else np.ones((n_draws, 1))

    def resample(values: Floats) -> Floats:
        return np.asarray(np.einsum("dc,dp,cpb->db", drawn, times, values, optimize=True))

    weights = resample(mass)
    resampled = np.divide(resample(came), weights, out=np.zeros_like(weights), where=weights > 0)
    error = np.divide(resample(came - said), weights, out=np.zeros_like(weights), where=weights > 0)
    mass, came, said = (values.sum(axis=1) for values in (mass, came, said))
    share, mean = came.sum(axis=0) / mass.sum(axis=0), said.sum(axis=0) / mass.sum(axis=0)
    lower, upper = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2], axis=0)
    # Share minus forecast within a bin: its own spread, so that a wide bin is not blamed for its width.
    gap, spread = share - mean, error.std(axis=0)
    standard = np.divide(np.abs(error - gap), spread, out=np.zeros_like(error), where=spread > 0)
    widest = float(np.quantile(standard.max(axis=1), level))
    return Reliability(
        mean, share, lower, upper, np.bincount(bins, minlength=n_found), level,
        bool((np.abs(gap) <= widest * spread + 1e-12).all()),
    )  # fmt: skip
