"""Is a sampler of posteriors right? Simulation-based calibration.

Draw parameters from the prior, data given them, and posterior draws given the data: if the sampler is right, the rank
of each true parameter among its posterior draws is uniform. It tests the *sampler*, not whether the model is true of
the world. Ranks are judged by chi-square, and by the distance of their cumulative distribution from the uniform one
with bands that hold at all places at once.

References
----------
Talts, Betancourt, Simpson, Vehtari and Gelman (2018), arXiv:1804.06788. Säilynoja, Bürkner and Vehtari (2022), Statistics
and Computing 32:32 (simultaneous bands; computed here exactly, by passing counts from place to place).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.checks import one_dimensional, probability
from armistice.errors import DataError, ParameterError

__all__ = ["EcdfDifference", "chi_square", "ecdf_difference", "ranks"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_BISECTIONS: Final = 40


def ranks(truth: Floats, draws: Floats, rng: np.random.Generator) -> Ints:
    """Rank of each true value among posterior draws of equal weight.

    Parameters
    ----------
    truth : ndarray of float64, shape (n, p)
    draws : ndarray of float64, shape (n, n_draws, p)
    rng : numpy.random.Generator
        Breaks ties, which discrete models have.

    Returns
    -------
    ndarray of int64, shape (n, p)
        From 0 to ``n_draws``: draws below the truth.
    """
    if truth.ndim != 2 or draws.ndim != 3 or draws.shape[::2] != truth.shape:
        raise DataError(f"truth (n, p) and draws (n, n_draws, p) do not fit: got {truth.shape} and {draws.shape}.")
    below = (draws < truth[:, None]).sum(axis=1)
    equal = (draws == truth[:, None]).sum(axis=1)
    return np.asarray(below + rng.integers(0, equal + 1), dtype=np.int64)


def chi_square(rank: npt.ArrayLike, n_draws: int, *, bins: int = 20) -> tuple[float, float]:
    """Chi-square statistic of uniform ranks and its p-value.

    Parameters
    ----------
    rank : array_like of int, shape (n,)
        From 0 to ``n_draws``.
    n_draws : int
    bins : int
        Bins may hold unequal numbers of ranks; their expected counts say so.

    Returns
    -------
    statistic, p_value : float
    """
    from scipy.special import chdtrc

    values = _checked(rank, n_draws)
    if not 2 <= bins <= n_draws + 1:
        raise ParameterError(f"bins must lie from 2 to {n_draws + 1}, got {bins}.")
    of_rank = np.arange(n_draws + 1) * bins // (n_draws + 1)
    expected = np.bincount(of_rank, minlength=bins) / (n_draws + 1) * len(values)
    counted = np.bincount(of_rank[values], minlength=bins)
    statistic = float(((counted - expected) ** 2 / expected).sum())
    return statistic, float(chdtrc(bins - 1, statistic))


@dataclass(frozen=True, eq=False)
class EcdfDifference:
    """How far the cumulative distribution of ranks lies from the uniform one: the data of the plot.

    Parameters
    ----------
    at : ndarray of float64, shape (n_places,)
        Places strictly between 0 and 1.
    difference, lower, upper : ndarray of float64, shape (n_places,)
        The difference there, and the band that it leaves nowhere with probability at least ``level`` if ranks are
        uniform.
    level : float
    p_value : float
        Chance, under uniform ranks, of a place as far out as the farthest one found.
    """

    at: Floats
    difference: Floats
    lower: Floats
    upper: Floats
    level: float
    p_value: float

    @property
    def inside(self) -> bool:
        """Whether the difference stays within the band everywhere."""
        return bool(((self.difference >= self.lower - 1e-12) & (self.difference <= self.upper + 1e-12)).all())


def ecdf_difference(
    rank: npt.ArrayLike, n_draws: int, *, n_places: int | None = None, level: float = 0.95
) -> EcdfDifference:
    """Cumulative distribution of ranks less the uniform one, with simultaneous bands.

    Parameters
    ----------
    rank : array_like of int, shape (n,)
        From 0 to ``n_draws``.
    n_draws : int
    n_places : int, optional
        Where the distributions are compared: evenly spaced among the ranks; 40 or as many as there are.
    level : float

    Returns
    -------
    EcdfDifference
    """
    values = _checked(rank, n_draws)
    probability("level", level)
    wanted = min(40, n_draws) if n_places is None else n_places
    if not 1 <= wanted <= n_draws:
        raise ParameterError(f"n_places must lie from 1 to {n_draws}, got {n_places}.")
    # A place is a number of ranks: below it lie exactly that share of the possible ranks.
    cuts = np.unique(np.rint(np.arange(1, wanted + 1) * (n_draws + 1) / (wanted + 1)).astype(np.int64))
    at = cuts / (n_draws + 1)
    counted = np.searchsorted(np.sort(values), cuts, side="left")
    n = len(values)
    tails = _tails(n, at)
    observed = float(tails[np.arange(len(at)), counted].min())
    width = _widest(n, tuple(at.tolist()), level)
    inside = tails >= width
    low, high = inside.argmax(axis=1), n - inside[:, ::-1].argmax(axis=1)
    return EcdfDifference(
        at=at,
        difference=counted / n - at,
        lower=low / n - at,
        upper=high / n - at,
        level=level,
        p_value=min(1.0, 1 - _chance_inside(n, at, tails > observed * (1 + 1e-12))),
    )


def _checked(rank: npt.ArrayLike, n_draws: int) -> Ints:
    values = one_dimensional("rank", rank)
    if not len(values):
        raise DataError("rank is empty; there is nothing to judge.")
    whole = values.astype(np.int64)
    if (whole != values).any() or (whole < 0).any() or (whole > n_draws).any():
        raise DataError(f"rank must hold whole numbers from 0 to n_draws, {n_draws}.")
    return whole


def _tails(n: int, at: Floats) -> Floats:
    """Twice the smaller tail of each count at each place under uniform ranks, shape (n_places, n + 1)."""
    from scipy.special import bdtr

    counts = np.arange(n + 1)
    up_to = bdtr(counts[None, :].astype(np.float64), n, at[:, None])
    from_on = np.concatenate([np.ones((len(at), 1)), 1 - up_to[:, :-1]], axis=1)
    return np.asarray(np.minimum(2 * np.minimum(up_to, from_on), 1.0))


def _chance_inside(n: int, at: Floats, inside: npt.NDArray[np.bool_]) -> float:
    """Chance that the counts of ``n`` uniform ranks below each place are all among those allowed.

    Given the count at one place, each of the others falls below the next with the same chance: a binomial step.
    """
    from scipy.special import gammaln

    log_factorial = gammaln(np.arange(n + 1) + 1.0)
    chance = np.zeros(n + 1)
    chance[0] = 1.0
    before = 0.0
    gained = np.arange(n + 1)[None, :] - np.arange(n + 1)[:, None]  # from row to column
    left = n - np.arange(n + 1)[:, None]
    possible = gained >= 0
    steps = np.where(possible, gained, 0)
    rest = np.where(possible, left - steps, 0)
    choose = np.where(possible, log_factorial[left] - log_factorial[steps] - log_factorial[rest], -np.inf)
    for place, allowed in zip(at, inside, strict=True):
        share = (place - before) / (1 - before)
        step = np.exp(choose + steps * np.log(share) + rest * np.log1p(-share))
        chance = (chance @ step) * allowed
        before = float(place)
    return float(chance.sum())


@lru_cache(maxsize=64)
def _widest(n: int, at: tuple[float, ...], level: float) -> float:
    """Largest tail probability at which the pointwise bands together hold with at least ``level``."""
    places = np.array(at)
    tails = _tails(n, places)
    low, high = 0.0, 1 - level
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if _chance_inside(n, places, tails >= middle) >= level:
            low = middle
        else:
            high = middle
    return low
