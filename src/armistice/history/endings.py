"""What happened next to wars that had lasted as long: probabilities by cause, with honest widths.

Pools the Aalen-Johansen incidence over draws of imprecise dates and puts an interval round it that allows for
few wars, for wars of one conflict being alike, and for dates known only to the year.

Interval (:func:`share_interval`): the variance is turned into the number of independent wars that would give
it, and that many wars get the interval of a binomial share. So none of seven wars ending gives 0 to 0.35 or so,
never 0 to 0, as a bootstrap would. ``docs/validation-endings.md`` has its coverage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.checks import one_dimensional, probability
from armistice.errors import DataError, ParameterError
from armistice.history.incidence import Floats, influence

_BISECTIONS: Final = 30

__all__ = ["EndingShares", "bootstrap_shares", "ending_shares", "median_ahead", "share_interval"]


@dataclass(frozen=True, eq=False)
class EndingShares:
    """Share of wars ended within each time ahead, by group of causes.

    Parameters
    ----------
    ahead : ndarray of float64, shape (n_ahead,)
        Times beyond the landmark.
    share, lower, upper : ndarray of float64, shape (n_ahead, n_groups)
    variance : ndarray of float64, shape (n_ahead, n_groups)
        Between wars (clustered) and between draws of dates.
    level : float
    at_risk : float
        Wars that had lasted to the landmark and were under observation, mean over draws of dates.
    at_risk_lower, at_risk_upper : int
        Fewest and most over the draws.
    conflicts : float
        Distinct clusters among them, mean over draws.
    membership : ndarray of float64, shape (n_wars,)
        Share of draws in which each war was at risk at the landmark.
    """

    ahead: Floats
    share: Floats
    lower: Floats
    upper: Floats
    variance: Floats
    level: float
    at_risk: float
    at_risk_lower: int
    at_risk_upper: int
    conflicts: float
    membership: Floats


def share_interval(
    share: npt.ArrayLike, variance: npt.ArrayLike, n_known: npt.ArrayLike, *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Interval for shares estimated with a given variance from few wars, pooled over draws of dates.

    In each draw the effective number of wars is ``share (1 - share) / variance``, at most ``n_known``; at a share
    of 0 or 1, where the variance says nothing, it is ``n_known``. With x = share x effective number, Clopper and
    Pearson's bounds are quantiles of Beta(x, n - x + 1) and Beta(x + 1, n - x), which take fractional counts. Over
    draws, the bounds are the quantiles of the mixtures of these distributions.

    Parameters
    ----------
    share, variance, n_known : array_like of float, shape (n_draws, ...)
        Broadcast together; ``n_known`` is the number of independent wars whose fate is known.
    level : float
        Coverage aimed at.

    Returns
    -------
    lower, upper : ndarray of float64, shape (...)
        NaN where ``n_known`` is 0 in some draw: nothing is known.

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26:404-413. Dorey and Korn (1987), Statistics in Medicine 6:679-687
    and Korn and Graubard (1998), Survey Methodology 24:193-201 (the effective number).

    Examples
    --------
    None of seven wars ended:

    >>> lower, upper = share_interval([0.0], [0.0], [7])
    >>> lower.item(), round(upper.item(), 4)
    (0.0, 0.4096)
    """
    probability("level", level)
    p, v, known = np.broadcast_arrays(
        *(np.asarray(values, dtype=np.float64) for values in (share, variance, n_known))
    )
    inner = (p > 0) & (p < 1) & (v > 0)
    effective = np.minimum(np.where(inner, p * (1 - p) / np.where(inner, v, 1.0), known), known)
    x, rest = p * effective, (1 - p) * effective
    tail = (1 - level) / 2
    lower, upper = _mixture_quantile(x, rest + 1, tail), _mixture_quantile(x + 1, rest, 1 - tail)
    mean = p.mean(axis=0)
    # The mean over draws may lie a hair outside when the draws disagree.
    lower, upper = np.minimum(lower, mean), np.maximum(upper, mean)
    usable = (known > 0).all(axis=0)
    return np.where(usable, lower, np.nan), np.where(usable, upper, np.nan)


def _mixture_quantile(a: Floats, b: Floats, probability_below: float) -> Floats:
    """Quantile of an even mixture of Beta(a, b) over the first axis; a = 0 is all at 0, b = 0 all at 1."""
    from scipy.special import betainc, betaincinv

    tiny = 1e-300
    at_zero, at_one = a <= 0, b <= 0
    inside_a, inside_b = np.where(at_zero, 1.0, a), np.where(at_one, 1.0, b)
    if len(a) == 1:
        exact = betaincinv(np.maximum(inside_a, tiny), np.maximum(inside_b, tiny), probability_below)
        return np.asarray(np.where(at_zero, 0.0, np.where(at_one, 1.0, exact))[0], dtype=np.float64)
    low, high = np.zeros(a.shape[1:]), np.ones(a.shape[1:])
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        below = np.where(at_zero, 1.0, np.where(at_one, 0.0, betainc(inside_a, inside_b, middle))).mean(axis=0)
        low, high = (
            np.where(below < probability_below, middle, low),
            np.where(below < probability_below, high, middle),
        )
    # Mass at an end can hold the quantile: then it is that end, not a bisection step from it.
    nearest = 2.0**-_BISECTIONS
    middle = np.where(high <= nearest, 0.0, np.where(low >= 1 - nearest, 1.0, (low + high) / 2))
    return np.asarray(middle, dtype=np.float64)


def ending_shares(
    durations: npt.ArrayLike,
    causes: npt.ArrayLike,
    ahead: npt.ArrayLike,
    *,
    n_causes: int,
    groups: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    entry: npt.ArrayLike | None = None,
    at_risk: npt.ArrayLike | None = None,
    landmark: float = 0.0,
    level: float = 0.95,
) -> EndingShares:
    """Probability of each ending within times ahead, for wars that had lasted as long.

    Parameters
    ----------
    durations : array_like of float, shape (n_wars,) or (n_draws, n_wars)
        Several rows are draws of imprecise dates (:func:`armistice.history.draw_durations`).
    causes : array_like of int, shape (n_wars,)
        0 if still going on when last observed, else 1 to ``n_causes``.
    ahead : array_like of float, shape (n_ahead,)
    n_causes : int
    groups : array_like of bool, shape (n_groups, n_causes), optional
        Sets of causes to add up; each alone by default.
    clusters : array_like, shape (n_wars,), optional
        Wars of one conflict share a value; all apart by default.
    entry : array_like of float, shape (n_wars,) or (n_draws, n_wars), optional
        Time since the start at which each war came under observation.
    at_risk : array_like of bool, shape (n_wars,) or (n_draws, n_wars), optional
        Wars that belong to the set asked about (a type, an intensity reached by the landmark); all by default.
    landmark : float
        Time already lasted.
    level : float

    Returns
    -------
    EndingShares

    Raises
    ------
    DataError
        If no war is at risk at the landmark in any draw, or shapes differ.

    References
    ----------
    Rubin (1987) for the variance: its mean within draws plus (1 + 1/draws) times that between.
    """
    lasted = np.atleast_2d(np.asarray(durations, dtype=np.float64))
    n_draws, n_wars = lasted.shape
    cause = one_dimensional("causes", causes)
    labels = np.arange(n_wars) if clusters is None else one_dimensional("clusters", clusters)
    if len(cause) != n_wars or len(labels) != n_wars:
        raise DataError(f"causes and clusters need one value per war, {n_wars}; got {len(cause)} and {len(labels)}.")
    entered = np.broadcast_to(0.0 if entry is None else np.asarray(entry, dtype=np.float64), lasted.shape)
    member = np.broadcast_to(True if at_risk is None else np.asarray(at_risk, dtype=bool), lasted.shape)
    span = np.atleast_1d(np.asarray(ahead, dtype=np.float64))
    cluster_of = np.unique(labels, return_inverse=True)[1]
    n_clusters = int(cluster_of.max()) + 1 if n_wars else 0

    shares, within, known, at_start, conflicts = [], [], [], [], []
    membership = np.zeros(n_wars)
    for row, enter, belongs in zip(lasted, entered, member, strict=True):
        present = belongs & (enter <= landmark) & (row > landmark)
        if not present.any():
            continue
        membership += present / n_draws
        found = influence(
            row[belongs],
            cause[belongs],
            span,
            n_causes=n_causes,
            groups=groups,
            entry=enter[belongs],
            landmark=landmark,
        )
        of = cluster_of[belongs]
        summed = np.zeros((n_clusters, *found.influence.shape[1:]))
        np.add.at(summed, of, found.influence)
        # Few clusters make their own variance unsteady, mostly too small: never below that of separate wars.
        within.append(np.maximum((summed**2).sum(axis=0), (found.influence**2).sum(axis=0)))
        shares.append(found.incidence)
        counted = np.zeros((n_clusters, len(span)))
        np.maximum.at(counted, of, found.accounted)
        # At a share of 0 or 1 nothing shows how alike the wars of a conflict are: count each conflict once.
        edge = (found.incidence <= 0) | (found.incidence >= 1)
        known.append(np.where(edge, counted.sum(axis=0)[:, None], found.accounted.sum(axis=0)[:, None]))
        at_start.append(found.at_risk)
        conflicts.append(len(np.unique(cluster_of[present])))
    if not shares:
        raise DataError(f"No war in this set was under observation after lasting {landmark:g}.")
    stacked = np.stack(shares)
    share = stacked.mean(axis=0)
    between = stacked.var(axis=0, ddof=1) * (1 + 1 / len(shares)) if len(shares) > 1 else 0.0
    variance = np.mean(within, axis=0) + between
    lower, upper = share_interval(stacked, np.stack(within), np.stack(known), level=level)
    return EndingShares(
        ahead=span,
        share=share,
        lower=lower,
        upper=upper,
        variance=variance,
        level=level,
        at_risk=float(np.sum(at_start)) / n_draws,
        at_risk_lower=0 if len(at_start) < n_draws else min(at_start),
        at_risk_upper=max(at_start),
        conflicts=float(np.mean(conflicts)),
        membership=membership,
    )


def median_ahead(shares: EndingShares, group: int = 0) -> tuple[float, float, float]:
    """Time ahead by which half have ended, with the times at which its interval crosses one half.

    Infinite where half is never reached within ``shares.ahead``; so use a fine and long grid.

    Parameters
    ----------
    shares : EndingShares
    group : int
        Which group holds all endings.

    Returns
    -------
    median, lower, upper : float

    References
    ----------
    Brookmeyer and Crowley (1982), Biometrics 38:29-41.
    """
    order = np.argsort(shares.ahead)
    grid = shares.ahead[order]

    def crossing(values: Floats) -> int:
        past = np.flatnonzero(np.nan_to_num(values[order, group], nan=0.0) >= 0.5)
        return int(past[0]) if len(past) else len(grid)

    # A crossing lies between two points of the grid: the later one, but for the lower bound the earlier.
    after, before = np.append(grid, np.inf), np.concatenate([[0.0], grid])
    lower = crossing(shares.upper)
    return (
        float(after[crossing(shares.share)]),
        float(before[lower]) if lower < len(grid) else float("inf"),
        float(after[crossing(shares.lower)]),
    )


def bootstrap_shares(
    durations: npt.ArrayLike,
    causes: npt.ArrayLike,
    ahead: npt.ArrayLike,
    *,
    n_causes: int,
    rng: np.random.Generator,
    n_draws: int = 1000,
    clusters: npt.ArrayLike | None = None,
    entry: npt.ArrayLike | None = None,
    landmark: float = 0.0,
) -> Floats:
    """Bayesian bootstrap of the conditional incidence, whole conflicts reweighted together.

    For comparison and for tests: with no ending among few wars it gives 0 to 0, which is why the published
    intervals are those of :func:`ending_shares`.

    Parameters
    ----------
    durations : array_like of float, shape (n_wars,)
    causes, ahead, n_causes, clusters, entry, landmark
        As in :func:`ending_shares`.
    rng : numpy.random.Generator
    n_draws : int

    Returns
    -------
    ndarray of float64, shape (n_draws, n_ahead, n_causes)

    References
    ----------
    Rubin (1981), Annals of Statistics 9:130-134.
    """
    lasted = one_dimensional("durations", durations).astype(np.float64)
    cause = one_dimensional("causes", causes)
    entered = np.zeros_like(lasted) if entry is None else np.asarray(entry, dtype=np.float64)
    labels = np.arange(len(lasted)) if clusters is None else one_dimensional("clusters", clusters)
    if n_draws < 1:
        raise ParameterError(f"n_draws must be at least 1, got {n_draws}.")
    span = np.atleast_1d(np.asarray(ahead, dtype=np.float64))
    begun = np.maximum(entered, landmark)
    kept = lasted > begun
    if not kept.any():
        raise DataError(f"No war was under observation after lasting {landmark:g}.")
    d, c, b, of = lasted[kept], cause[kept], begun[kept], np.unique(labels[kept], return_inverse=True)[1]
    weight = rng.standard_exponential((n_draws, int(of.max()) + 1))[:, of]
    times = np.unique(d[c > 0])
    exposed = ((b[:, None] < times) & (times <= d[:, None])).astype(np.float64)
    at_risk = weight @ exposed
    total = np.zeros_like(at_risk)
    jumps = []
    for k in range(1, n_causes + 1):
        ended = ((d[:, None] == times) & (c == k)[:, None]).astype(np.float64)
        jumps.append((weight @ ended) / at_risk)
        total += jumps[-1]
    # A last war at risk ends with certainty; rounding must not leave survival below nothing.
    before = np.cumprod(np.maximum(1.0 - total, 0.0), axis=1)
    before = np.concatenate([np.ones((n_draws, 1)), before[:, :-1]], axis=1)
    reached = (times[:, None] <= landmark + span).astype(np.float64)
    return np.stack([(before * jump) @ reached for jump in jumps], axis=2)
