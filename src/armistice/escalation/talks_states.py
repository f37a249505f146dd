"""Violence by the state that talks are in: rates while they are open and while they are suspended.

A description, not an effect: whoever suspends talks may do so because of the fighting, and the seasons and the
front of the two stretches differ. The interval respects that violence comes in stretches: days are resampled in
blocks, within each state (moving blocks: Künsch 1989, Ann. Statist. 17:1217).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.escalation.windows import BoolArray, FloatArray

__all__ = ["RateRatio", "rate_ratio"]


@dataclass(frozen=True, slots=True)
class RateRatio:
    """Mean daily count in one state over that in another.

    Parameters
    ----------
    ratio, lower, upper : float
        The interval is infinite or 0 on a side that the days do not bound.
    rate, other_rate : float
        Mean count a day.
    n_days, n_other_days : int
        Observed days in each state.
    n_blocks : int
        How many blocks fit into the shorter of the two: with few, the interval is a rough one.
    """

    ratio: float
    lower: float
    upper: float
    rate: float
    other_rate: float
    n_days: int
    n_other_days: int
    n_blocks: int


def rate_ratio(
    counts: npt.ArrayLike,
    state: npt.ArrayLike,
    other: npt.ArrayLike,
    *,
    rng: np.random.Generator,
    block_days: int = 14,
    n_draws: int = 2000,
    level: float = 0.95,
) -> RateRatio | None:
    """Compare the days of two states.

    Parameters
    ----------
    counts : array_like of shape (n_days,)
        NaN where not observed.
    state, other : array_like of bool, shape (n_days,)
        Days in each state.
    rng : numpy Generator
    block_days : int
        Length of the blocks.
    n_draws : int
    level : float

    Returns
    -------
    RateRatio or None
        None when a state has no observed day or the other state no count.

    Examples
    --------
    >>> import numpy as np
    >>> days = np.arange(100)
    >>> found = rate_ratio(np.where(days < 40, 30.0, 10.0), days < 40, days >= 40, rng=np.random.default_rng(1))
    >>> found.ratio, found.n_days, found.n_blocks
    (3.0, 40, 2)
    """
    y = checks.counts("counts", counts)
    flags = [np.asarray(s, dtype=bool) & np.isfinite(y) for s in (state, other)]
    sizes = [int(flag.sum()) for flag in flags]
    if min(sizes) == 0 or y[flags[1]].sum() == 0:
        return None
    means = [float(y[flag].mean()) for flag in flags]
    resampled = [_block_means(y[flag], block_days, n_draws, rng) for flag in flags]
    with np.errstate(divide="ignore", invalid="ignore"):
        draws = resampled[0] / resampled[1]
    tail = (1 - level) / 2
    lower, upper = (float(np.nanquantile(draws, q)) for q in (tail, 1 - tail))
    ratio = means[0] / means[1]
    return RateRatio(
        ratio, min(lower, ratio), max(upper, ratio), means[0], means[1], sizes[0], sizes[1], min(sizes) // block_days
    )


def _block_means(values: FloatArray, block_days: int, n_draws: int, rng: np.random.Generator) -> FloatArray:
    """Means of series put together from blocks; the last block is cut, and blocks wrap round the ends."""
    n = len(values)
    length = min(block_days, n)
    n_blocks = -(-n // length)
    first = rng.integers(n, size=(n_draws, n_blocks, 1))
    days = ((first + np.arange(length)) % n).reshape(n_draws, -1)[:, :n]
    return np.asarray(values[days].mean(axis=1))


def in_state(n_days: int, spells: list[tuple[int, int]]) -> BoolArray:
    """Flags of the days in half-open spells ``(first, past_last)``, clipped to the series.

    >>> in_state(5, [(-2, 1), (3, 9)]).tolist()
    [True, False, False, True, True]
    """
    flags = np.zeros(n_days, dtype=bool)
    for first, past in spells:
        flags[max(first, 0) : max(min(past, n_days), 0)] = True
    return flags
