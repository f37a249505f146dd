"""What became of leaders after a war: shares by how it ended, and a penalised logistic model.

Estimand of :func:`clustered_share`: the share of leaders to whom something happened, among wars like those in the list;
leaders of one war are not independent, and their war is counted as one cluster. Estimator: the share, its variance
summed within wars first, and Clopper and Pearson's bounds on the number of independent leaders that would give it.

Estimand of :func:`penalised_logit`: by what factor the odds differ with a feature, the others held fixed. It describes
these leaders; who loses a war differs from who wins in much that is not in the list, so that nothing causal follows.

References
----------
Goemans (2000), War and Punishment. Chiozza and Goemans (2011), Leaders and International Conflict.
Gelman et al. (2008), Annals of Applied Statistics 2:1360-1383 (weak priors for logistic models).
Liang and Zeger (1986), Biometrika 73:13-22 (the variance over clusters).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.checks import one_dimensional, probability, same_length
from armistice.errors import DataError, NotConvergedError, ParameterError
from armistice.history.endings import share_interval

__all__ = ["ClusteredShare", "OddsRatio", "clustered_share", "penalised_logit"]

_ROUNDS: Final = 100
_TOLERANCE: Final = 1e-10

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ClusteredShare:
    """A share with its interval.

    Parameters
    ----------
    value, lower, upper : float
    n : int
        Leaders of whom it is known.
    n_clusters : int
        Wars they fought.
    events : int
    level : float
    """

    value: float
    lower: float
    upper: float
    n: int
    n_clusters: int
    events: int
    level: float


@dataclass(frozen=True, slots=True)
class OddsRatio:
    """The factor on the odds of one feature, the others held fixed."""

    name: str
    value: float
    lower: float
    upper: float
    n: int
    n_clusters: int
    level: float


def clustered_share(happened: npt.ArrayLike, clusters: npt.ArrayLike, *, level: float = 0.95) -> ClusteredShare:
    """Share to whom something happened, with an interval that allows for clusters.

    Parameters
    ----------
    happened : array_like of float, shape (n,)
        1 yes, 0 no, NaN not known: those are left out.
    clusters : array_like, shape (n,)
    level : float

    Returns
    -------
    ClusteredShare

    Raises
    ------
    DataError
        If it is known of nobody.

    Examples
    --------
    >>> found = clustered_share([1, 0, 0, float("nan")], [7, 8, 9, 9])
    >>> found.n, round(found.value, 3), round(found.lower, 3), round(found.upper, 3)
    (3, 0.333, 0.008, 0.906)
    """
    came = one_dimensional("happened", happened).astype(np.float64)
    of = one_dimensional("clusters", clusters)
    same_length(happened=came, clusters=of)
    known = ~np.isnan(came)
    if not known.any():
        raise DataError("It is not known of anybody whether it happened.")
    if not np.isin(came[known], [0.0, 1.0]).all():
        raise DataError("happened must hold 1, 0 or NaN.")
    came, group = came[known], np.unique(of[known], return_inverse=True)[1]
    n, n_clusters = len(came), int(group.max()) + 1
    share = float(came.mean())
    summed = np.bincount(group, came - share)
    # Never below the variance of independent leaders: few clusters make their own variance unsteady.
    variance = max(float((summed**2).sum()), float(((came - share) ** 2).sum())) / n**2
    effective = n_clusters if share in (0.0, 1.0) else n
    lower, upper = share_interval([share], [variance], [effective], level=level)
    return ClusteredShare(share, float(lower), float(upper), n, n_clusters, int(came.sum()), level)


def penalised_logit(
    happened: npt.ArrayLike,
    features: npt.ArrayLike,
    names: Sequence[str],
    *,
    clusters: npt.ArrayLike,
    prior_scale: float = 2.5,
    level: float = 0.95,
) -> tuple[OddsRatio, ...]:
    """Factors on the odds from a logistic model with a weak pull of each coefficient towards 0.

    Parameters
    ----------
    happened : array_like of float, shape (n,)
        1, 0, or NaN; rows with anything unknown are left out.
    features : array_like of float, shape (n, n_features)
        Centred before fitting; the intercept is not pulled.
    names : sequence of str
    clusters : array_like, shape (n,)
    prior_scale : float
        Standard deviation of a normal prior on each coefficient; infinite for none.
    level : float

    Returns
    -------
    tuple of OddsRatio
        One per feature. Intervals from the variance over clusters with Student's t; the pull narrows them a little.

    Raises
    ------
    DataError
        If shapes differ, rows are fewer than features + 2, clusters fewer than 2, or a feature never varies.
    NotConvergedError
        If Newton's method does not settle.
    """
    came = one_dimensional("happened", happened).astype(np.float64)
    table = np.asarray(features, dtype=np.float64)
    of = one_dimensional("clusters", clusters)
    if table.ndim != 2 or table.shape != (len(came), len(names)) or len(of) != len(came):
        raise DataError(f"features must have {len(came)} rows and {len(names)} columns, got shape {table.shape}.")
    if not prior_scale > 0:
        raise ParameterError(f"prior_scale must be positive, got {prior_scale}.")
    probability("level", level)
    known = ~np.isnan(came) & ~np.isnan(table).any(axis=1)
    came, table, group = came[known], table[known], np.unique(of[known], return_inverse=True)[1]
    n, n_features = table.shape
    n_clusters = int(group.max()) + 1 if n else 0
    if n < n_features + 2 or n_clusters < 2:
        raise DataError(f"The model needs at least {n_features + 2} leaders in 2 wars, got {n} in {n_clusters}.")
    still = np.flatnonzero(np.ptp(table, axis=0) == 0)
    if len(still):
        raise DataError(f"Feature {names[int(still[0])]} never varies, so that no difference can be told.")
    if came.min() == came.max():
        raise DataError("It happened to all or to none, so that no difference can be told.")
    design = np.column_stack([np.ones(n), table - table.mean(axis=0)])
    precision = np.concatenate([[0.0], np.full(n_features, 0.0 if np.isinf(prior_scale) else prior_scale**-2)])
    beta = np.zeros(n_features + 1)
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-design @ beta))
        slope = design.T @ (came - chance) - precision * beta
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(precision)
        try:
            step = np.linalg.solve(curvature, slope)
        except np.linalg.LinAlgError:
            raise NotConvergedError("The features determine the outcome; give a finite prior_scale.") from None
        # Steps beyond a few units overshoot where chances are near 0 or 1.
        beta = beta + step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-300))
        if float(np.abs(step).max()) < _TOLERANCE:
            break
    else:
        raise NotConvergedError(
            f"Newton's method stopped after {_ROUNDS} rounds at a step of {np.abs(step).max():.1e}."
        )
    scores = np.zeros((n_clusters, n_features + 1))
    np.add.at(scores, group, design * (came - 1 / (1 + np.exp(-design @ beta)))[:, None])
    bread = np.linalg.inv(curvature)
    variance = bread @ (scores.T @ scores * n_clusters / (n_clusters - 1)) @ bread
    from scipy.special import stdtrit

    reach = float(stdtrit(n_clusters - 1, 0.5 + level / 2)) * np.sqrt(np.diag(variance))
    return tuple(
        OddsRatio(
            name, float(np.exp(beta[i])), float(np.exp(beta[i] - reach[i])), float(np.exp(beta[i] + reach[i])), n,
            n_clusters, level,
        )
        for i, name in enumerate(names, start=1)
    )  # fmt: skip
