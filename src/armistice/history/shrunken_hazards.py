"""Hazards of each ending given what was known at a landmark, shrunk as far as the data ask.

Model: in the stretch of time ahead ``j`` the monthly hazard of cause ``k`` is
``exp(a[j, k] + x b[k])`` with ``x`` the standardised covariates at the landmark. The likelihood splits by cause
(Holford 1980), each part that of Poisson counts. The coefficients of a block of covariates are normal with mean 0 and a
precision learnt for each cause and block by maximising the marginal likelihood (Fellner and Schall's fixed point): a
block that says nothing is shrunk to nothing, and the hazards to those of all wars.

Landmarks overlap: one ending is seen from many. Each counts with ``weight`` = 1 over the number of landmarks
from which a stretch of calendar time is watched, so that an ending counts about once. The covariance of the coefficients
is a sandwich over conflicts with the prior's precision as its part of the information.

Hazards of groups (a conflict, a type, all wars of late) are corrected by :func:`observed_and_expected`: observed over
expected endings, with a gamma prior of mean 1.

References
----------
Holford (1980), Biometrics 36:299-305 (piecewise-constant hazards are Poisson).
Wood and Fasiolo (2017), Biometrics 73:1071-1081 (the Fellner-Schall update). Schall (1991), Biometrika 78:719-727.
Clayton and Kaldor (1987), Biometrics 43:671-681 (gamma-shrunk ratios).
Varin, Reid and Firth (2011), Statistica Sinica 21:5-42 (composite likelihood, sandwich covariance).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError
from armistice.history.incidence import Floats, Ints

__all__ = [
    "ShrunkenHazards",
    "elapsed_basis",
    "fit_shrunken_hazards",
    "incidence_of_hazards",
    "observed_and_expected",
]

#: Bounds of the learnt precision: never quite free, never quite fixed.
LEAST_PRECISION: Final = 60.0
MOST_PRECISION: Final = 3000.0
_FREE: Final = 1e-2  # precision of what is not shrunk: nearly none
_FIRST_PRECISION: Final = 50.0
_UPDATES: Final = 6
#: Longest step at which an update of the precision, and the last fit, stop.
_NEAR: Final = 1e-2
_CLOSE: Final = 1e-6
_NEWTON_STEPS: Final = 25
_LARGEST_STEP: Final = 1.0


def elapsed_basis(years: npt.ArrayLike) -> Floats:
    """Smooth functions of the time a war has lasted: log, its square, and bends at 2 and 6 years.

    Parameters
    ----------
    years : array_like of float, shape (n,)

    Returns
    -------
    ndarray of float64, shape (n, 4)
    """
    z = np.log(np.clip(np.asarray(years, dtype=np.float64), 0.02, 40.0) + 0.25)
    return np.column_stack([z, z**2, np.maximum(z - np.log(2), 0), np.maximum(z - np.log(6), 0)])


@dataclass(frozen=True, eq=False)
class ShrunkenHazards:
    """Fitted hazards; made by :func:`fit_shrunken_hazards`.

    Parameters
    ----------
    edges : ndarray of float64, shape (n_stretches + 1,)
        Months ahead.
    intercepts : ndarray of float64, shape (n_stretches, n_causes)
        Log hazard a month of a war with mean covariates.
    coefficients : ndarray of float64, shape (n_features, n_causes)
        Of standardised covariates.
    precision : ndarray of float64, shape (n_blocks, n_causes)
        How strongly each block was shrunk.
    mean, spread : ndarray of float64, shape (n_features,)
    covariance : ndarray of float64, shape (n_causes, n_stretches + n_features, n_stretches + n_features)
        Of intercepts and coefficients, clustered by conflict.
    """

    edges: Floats
    intercepts: Floats
    coefficients: Floats
    precision: Floats
    mean: Floats
    spread: Floats
    covariance: Floats

    def standardised(self, features: npt.ArrayLike) -> Floats:
        """Covariates as the coefficients take them; what is not known (NaN) counts as average."""
        given = np.atleast_2d(np.asarray(features, dtype=np.float64))
        if given.shape[1] != len(self.mean):
            raise DataError(f"features needs {len(self.mean)} columns, as in the fit; got {given.shape[1]}.")
        x = (given - self.mean) / self.spread
        return np.where(np.isnan(x), 0.0, x)

    def log_hazards(self, features: npt.ArrayLike) -> Floats:
        """Log hazard a month, shape (n, n_stretches, n_causes)."""
        return self.intercepts + (self.standardised(features) @ self.coefficients)[:, None, :]

    @property
    def size(self) -> int:
        """Number of coefficients of a cause, intercepts included."""
        return len(self.intercepts) + len(self.coefficients)

    def draws(self, features: npt.ArrayLike, normal: Floats) -> Floats:
        """Log hazards with coefficients drawn from their normal approximation.

        Parameters
        ----------
        features : array_like of float, shape (n, n_features)
        normal : ndarray of float64, shape (n_draws, n_causes, size)
            Standard normal draws: covariates first, then intercepts. Fits that share them move together.

        Returns
        -------
        ndarray of float64, shape (n_draws, n, n_stretches, n_causes)
        """
        x = self.standardised(features)
        stretches, causes = self.intercepts.shape
        out = np.empty((len(normal), len(x), stretches, causes))
        for k in range(causes):
            values, vectors = np.linalg.eigh(self.covariance[k])
            root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
            noise = np.roll(normal[:, k, : self.size], stretches, axis=1)
            drawn = np.concatenate([self.intercepts[:, k], self.coefficients[:, k]]) + noise @ root
            out[:, :, :, k] = drawn[:, None, :stretches] + (drawn[:, stretches:] @ x.T)[:, :, None]
        return out


def fit_shrunken_hazards(
    features: npt.ArrayLike,
    exposure: Floats,
    endings: Floats,
    *,
    edges: npt.ArrayLike,
    blocks: Sequence[int],
    weight: npt.ArrayLike | float = 1.0,
    clusters: npt.ArrayLike | None = None,
    precision: float | None = None,
    least: float = LEAST_PRECISION,
) -> ShrunkenHazards:
    """Fit the hazards and how much they are shrunk.

    Parameters
    ----------
    features : array_like of float, shape (n, n_features)
        Covariates at each landmark.
    exposure : ndarray of float64, shape (n, n_stretches)
    endings : ndarray of float64, shape (n, n_stretches, n_causes)
        From :func:`armistice.history.landmarks.landmark_counts`.
    edges : array_like of float, shape (n_stretches + 1,)
    blocks : sequence of int
        Number of features in each block, in order; they sum to ``n_features``.
    weight : array_like of float, shape (n,), or float
    clusters : array_like, shape (n,), optional
        Conflict of each landmark, for the covariance; without it the covariance is the posterior's.
    precision : float, optional
        Fixes the shrinkage instead of learning it; 0 is hardly any.
    least : float
        Smallest precision that may be learnt.

    Returns
    -------
    ShrunkenHazards

    Raises
    ------
    DataError
        If shapes differ, or nothing was watched.
    """
    x = np.asarray(features, dtype=np.float64)
    n, stretches, causes = endings.shape
    if x.shape[0] != n or exposure.shape != (n, stretches):
        raise DataError(
            f"features, exposure and endings must agree; got {x.shape}, {exposure.shape} and {endings.shape}."
        )
    if sum(blocks) != x.shape[1]:
        raise DataError(f"blocks must sum to the {x.shape[1]} features, got {sum(blocks)}.")
    w = np.broadcast_to(np.asarray(weight, dtype=np.float64), (n,))
    months, seen = exposure * w[:, None], endings * w[:, None, None]
    if not months.sum() > 0:
        raise DataError("Nothing was watched after any landmark; there are no hazards to learn.")
    used = months.sum(axis=1) > 0
    mean, spread = x[used].mean(axis=0), x[used].std(axis=0)
    spread = np.where(spread < 1e-9, np.inf, spread)  # a column that never varies says nothing
    z, months, seen = ((x - mean) / spread)[used], months[used], seen[used]
    level = np.log((seen.sum(axis=(0, 1)) + 0.1) / (months.sum() + 0.5))
    members = _members(blocks, stretches)
    group = None if clusters is None else np.unique(np.asarray(clusters)[used], return_inverse=True)[1]
    size = stretches + z.shape[1]
    intercepts, coefficients = np.empty((stretches, causes)), np.empty((z.shape[1], causes))
    learnt, covariance = np.empty((len(members), causes)), np.empty((causes, size, size))
    for k in range(causes):
        counted = seen[:, :, k]
        b, lam, asked, inverse, expected = _fit_cause(z, months, counted, level[k], members, precision, least)
        intercepts[:, k], coefficients[:, k] = level[k] + b[:stretches], b[stretches:]
        learnt[:, k] = [lam[block[0]] if len(block) else np.nan for block in members]
        covariance[k] = inverse if group is None else _sandwich(z, counted - expected, group, inverse, lam**2 / asked)
    return ShrunkenHazards(
        np.asarray(edges, dtype=np.float64), intercepts, coefficients, learnt, mean, spread, covariance
    )


def _members(blocks: Sequence[int], first: int) -> list[Ints]:
    found, at = [], first
    for size in blocks:
        found.append(np.arange(at, at + size))
        at += size
    return found


def _fit_cause(
    z: Floats,
    months: Floats,
    counted: Floats,
    level: float,
    members: list[Ints],
    precision: float | None,
    least: float,
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Coefficients, their precision as used and as the data asked for, inverse information, expected endings."""
    size = months.shape[1] + z.shape[1]
    b, lam = np.zeros(size), np.full(size, _FREE)
    for block in members:
        lam[block] = _FIRST_PRECISION if precision is None else max(precision, _FREE)
    asked = lam.copy()
    rounds = _UPDATES if precision is None else 1
    for turn in range(rounds):
        last = turn == rounds - 1
        b, information, expected = _newton(z, months, counted, level, lam, b, _CLOSE if last else _NEAR)
        inverse = np.linalg.inv(information + np.diag(lam))
        if last:
            break
        for block in members:
            if len(block):
                free = len(block) - lam[block[0]] * float(np.trace(inverse[np.ix_(block, block)]))
                wanted = max(free, 1e-3) / max(float((b[block] ** 2).sum()), 1e-9)
                lam[block] = np.clip(wanted, least, MOST_PRECISION)
                asked[block] = min(wanted, float(lam[block[0]]))
    return b, lam, asked, np.asarray(inverse, dtype=np.float64), expected


def _newton(
    z: Floats, months: Floats, counted: Floats, level: float, lam: Floats, b: Floats, tolerance: float
) -> tuple[Floats, Floats, Floats]:
    """Penalised Poisson regression; the last information and expected counts come with it.

    Covariates are the same in every stretch of a landmark, so the information adds up over stretches first.
    """
    stretches = months.shape[1]
    seen = np.concatenate([counted.sum(axis=0), z.T @ counted.sum(axis=1)])
    information = np.empty((len(b), len(b)))
    for _ in range(_NEWTON_STEPS):
        expected = months * np.exp(np.clip(level + b[:stretches] + (z @ b[stretches:])[:, None], -30.0, 8.0))
        by_landmark, by_stretch = expected.sum(axis=1), expected.sum(axis=0)
        cross = expected.T @ z
        information[:stretches, :stretches] = np.diag(by_stretch)
        information[:stretches, stretches:], information[stretches:, :stretches] = cross, cross.T
        information[stretches:, stretches:] = (z * by_landmark[:, None]).T @ z
        due = np.concatenate([by_stretch, cross.sum(axis=0)])
        step = np.linalg.solve(information + np.diag(lam), seen - due - lam * b)
        longest = float(np.abs(step).max())
        b = b + step * min(1.0, _LARGEST_STEP / max(longest, 1e-12))
        if longest < tolerance:
            break
    return b, information, expected


def _sandwich(z: Floats, residual: Floats, group: Ints, inverse: Floats, drawn_in: Floats) -> Floats:
    """Covariance from scores summed by conflict; what shrinkage takes away counts too.

    Shrinkage moves coefficients by ``inverse @ (precision * coefficients)``; ``drawn_in`` is the expected square of that
    product: the squared precision times the variance of coefficients that the data ask for.
    """
    scores = np.zeros((int(group.max()) + 1, len(drawn_in)))
    np.add.at(scores, group, np.concatenate([residual, z * residual.sum(axis=1)[:, None]], axis=1))
    return np.asarray(inverse @ (scores.T @ scores + np.diag(drawn_in)) @ inverse)


def incidence_of_hazards(hazards: Floats, edges: npt.ArrayLike, ahead: npt.ArrayLike) -> Floats:
    """Probability of each ending within times ahead, from hazards constant within stretches.

    Parameters
    ----------
    hazards : ndarray of float64, shape (..., n_stretches, n_causes)
        A month.
    edges : array_like of float, shape (n_stretches + 1,)
        Months ahead, from 0; the last stretch goes on beyond its edge.
    ahead : array_like of float, shape (n_ahead,)
        Months, positive.

    Returns
    -------
    ndarray of float64, shape (..., n_ahead, n_causes)
        With the share still going on, they sum to 1.

    Examples
    --------
    Two causes at 0.1 and 0.3 a month: of all that end, a quarter ends by the first.

    >>> found = incidence_of_hazards(np.array([[0.1, 0.3]]), [0, 12], [5])
    >>> [round(v, 6) for v in found[0].tolist()], round((1 - float(np.exp(-2))) / 4, 6)
    ([0.216166, 0.648499], 0.216166)
    """
    cut = np.asarray(edges, dtype=np.float64)
    span = np.atleast_1d(np.asarray(ahead, dtype=np.float64))
    total = hazards.sum(axis=-1)
    upper = cut[1:].copy()
    upper[-1] = np.inf
    spent = np.clip(span[:, None], cut[:-1], upper) - cut[:-1]  # (n_ahead, n_stretches)
    amount = total[..., None, :] * spent  # (..., n_ahead, n_stretches)
    # Shifted, not "cumsum less amount": one huge hazard would swallow what came before it.
    earlier = np.concatenate([np.zeros_like(amount[..., :1]), np.cumsum(amount, axis=-1)[..., :-1]], axis=-1)
    before = np.exp(-earlier)
    share = before * -np.expm1(-amount)
    by_cause = hazards / np.where(total > 0, total, 1.0)[..., None]
    return np.asarray(share @ by_cause)


def observed_and_expected(
    observed: Floats, expected: Floats, groups: Ints, *, weight: npt.ArrayLike = 1.0
) -> tuple[Floats, Floats]:
    """Endings observed and expected, summed by group.

    With a gamma prior of mean 1 that counts for ``prior`` endings, their ratio is drawn towards 1:
    ``(observed + prior) / (expected + prior)``.

    Parameters
    ----------
    observed, expected : ndarray of float64, shape (n, n_causes)
    groups : ndarray of int64, shape (n,)
        Codes from 0.
    weight : array_like of float, shape (n,), optional
        Older wars may count for less.

    Returns
    -------
    observed, expected : ndarray of float64, shape (n_groups, n_causes)

    Examples
    --------
    >>> one = np.array([[3.0], [1.0]])
    >>> seen, due = observed_and_expected(one, one / 2, np.array([0, 0]), weight=[1, 0.5])
    >>> seen.tolist(), due.tolist()
    ([[3.5]], [[1.75]])
    """
    w = np.broadcast_to(np.asarray(weight, dtype=np.float64), (len(groups),))
    if (groups < 0).any():
        raise DataError("groups must hold codes from 0: every landmark learnt from has a group.")
    n_groups = int(groups.max(initial=0)) + 1
    seen, due = (
        np.stack([np.bincount(groups, w * column, n_groups) for column in values.T], axis=1).astype(np.float64)
        for values in (observed, expected)
    )
    return seen, due
