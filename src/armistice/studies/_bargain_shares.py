"""Shares of draws with the error of their simulation, and which assumption moves them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Sensitivity", "paired_difference", "sensitivities", "share_of"]

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Share with a deal where an assumption is high less where it is low.

    Parameters
    ----------
    column : int
        Which assumption.
    value, lower, upper : float
    n_low, n_high : int
        Draws in the lowest and in the highest third.
    """

    column: int
    value: float
    lower: float
    upper: float
    n_low: int
    n_high: int


def share_of(count: float, n: int, *, level: float) -> tuple[float, float, float]:
    """A share with Clopper and Pearson's interval (1934, Biometrika 26:404).

    The count may be a sum of probabilities: their mean varies less than that of as many coin flips, so that the interval
    is too wide if anything.

    >>> [round(bound, 4) for bound in share_of(3, 20, level=0.95)]
    [0.15, 0.0321, 0.3789]
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    lower = 0.0 if count <= 0 else float(betaincinv(count, n - count + 1, tail))
    upper = 1.0 if count >= n else float(betaincinv(count + 1, n - count, 1 - tail))
    return min(count / n, 1.0), lower, upper


def paired_difference(first: Bools, second: Bools, *, level: float) -> tuple[float, float, float]:
    """Share of the first less that of the second, measured on the same draws.

    Bonett and Price (2012, British Journal of Mathematical and Statistical Psychology 65:479): a Wald interval after
    one discordant pair each way and no more is added.

    >>> import numpy as np
    >>> first, second = np.arange(50) < 20, np.arange(50) < 12
    >>> [round(bound, 4) for bound in paired_difference(first, second, level=0.95)]
    [0.16, 0.0422, 0.2655]
    """
    from scipy.special import ndtri

    n = len(first)
    gained, lost = int((first & ~second).sum()), int((~first & second).sum())
    p, q = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
    half = float(ndtri(0.5 + level / 2)) * float(np.sqrt((p + q - (p - q) ** 2) / (n + 2)))
    value = (gained - lost) / n
    return value, min(max(p - q - half, -1.0), value), max(min(p - q + half, 1.0), value)


def sensitivities(
    draws: npt.NDArray[np.float64], deal: Bools, known: Bools, *, level: float
) -> tuple[Sensitivity, ...]:
    """For each assumption, the highest third of its draws against the lowest (Newcombe 1998, method 10).

    Parameters
    ----------
    draws : ndarray of float64, shape (n, n_assumptions)
    deal, known : ndarray of bool, shape (n,)
    level : float

    Returns
    -------
    tuple of Sensitivity
        The strongest first; assumptions that were held fixed are left out.
    """
    found = []
    for column in range(draws.shape[1]):
        values = draws[known, column]
        if np.ptp(values) == 0:
            continue
        low, high = np.quantile(values, [1 / 3, 2 / 3])
        below, above = deal[known][values <= low], deal[known][values >= high]
        (p, p_low, p_high), (q, q_low, q_high) = (_wilson(side, level) for side in (above, below))
        value = p - q
        found.append(
            Sensitivity(
                column,
                value,
                value - float(np.hypot(p - p_low, q_high - q)),
                value + float(np.hypot(p_high - p, q - q_low)),
                len(below),
                len(above),
            )
        )
    return tuple(sorted(found, key=lambda each: (-abs(each.value), each.column)))


def _wilson(holds: Bools, level: float) -> tuple[float, float, float]:
    from scipy.special import ndtri

    n, z = len(holds), float(ndtri(0.5 + level / 2))
    p = float(holds.mean())
    centre, half = p + z * z / (2 * n), z * float(np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)))
    return p, (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
