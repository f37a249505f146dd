"""A deal that may break down: why reopening alone changes nothing, and what does.

A deal pays a flow ``share`` per period, as a discounted average. Before each later period it reopens with probability
``reopening``; war then resumes at a position worth ``war_after``. Its value is
``[(1-d) share + d rho war_after] / (1 - d (1 - rho))``.

If war resumes where it stood (``war_after`` equal to the value of war now, ``war_now``), the gain is
``(1-d) (share - war_now) / (1 - d (1-rho))``: its sign does not depend on ``rho``, so no risk of reopening makes a
good deal bad. Reopening bites only through what changes before it: a side rebuilds, a leader falls, a patron leaves.

Our own plain form of a frozen line; compare Fearon, "Why Do Some Civil Wars Last So Much Longer than Others?",
Journal of Peace Research 41(3), 2004, where shifting strength makes deals unstable. Functions work on arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice.bargaining.inputs import discount_factor, shares

__all__ = [
    "SplitGain",
    "deal_value",
    "gain_split",
    "largest_acceptable_rebuilding",
    "largest_acceptable_reopening",
    "smallest_acceptable_share",
]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SplitGain:
    """A deal's gain over war, split into what the frozen line brings and what lost or gained strength brings.

    Parameters
    ----------
    frozen : ndarray
        ``(1-d) (share - war_now) / (1 - d (1-rho))``.
    strength : ndarray
        ``d rho (war_after - war_now) / (1 - d (1-rho))``.
    """

    frozen: Floats
    strength: Floats


def deal_value(
    *, share: npt.ArrayLike, war_after: npt.ArrayLike, discount: float, reopening: npt.ArrayLike
) -> Floats:
    """The value of a deal that reopens with probability ``reopening`` per period.

    >>> float(deal_value(share=0.45, war_after=0.3928662420, discount=0.9, reopening=0.01).round(8))
    0.44528253
    """
    d, rho = discount_factor("discount", discount), shares("reopening", reopening)
    flow, after = np.asarray(share, dtype=np.float64), np.asarray(war_after, dtype=np.float64)
    return np.asarray(((1 - d) * flow + d * rho * after) / (1 - d * (1 - rho)))


def gain_split(
    *,
    share: npt.ArrayLike,
    war_now: npt.ArrayLike,
    war_after: npt.ArrayLike,
    discount: float,
    reopening: npt.ArrayLike,
) -> SplitGain:
    """The gain over fighting on, in two parts that add up to ``deal_value - war_now``."""
    d, rho = discount_factor("discount", discount), shares("reopening", reopening)
    now, after = np.asarray(war_now, dtype=np.float64), np.asarray(war_after, dtype=np.float64)
    weight = 1 / (1 - d * (1 - rho))
    frozen = (1 - d) * (np.asarray(share, dtype=np.float64) - now) * weight
    frozen, strength = np.broadcast_arrays(frozen, d * rho * (after - now) * weight)
    return SplitGain(frozen, strength)


def largest_acceptable_reopening(
    *, share: npt.ArrayLike, war_now: npt.ArrayLike, war_after: npt.ArrayLike, discount: float
) -> Floats:
    """``rho*``: the largest risk of reopening at which a side still takes the deal.

    ``(1-d) (share - war_now) / (d (war_now - war_after))``, cut off at 1. A side that loses nothing by reopening
    takes the deal at every risk (1) if the share is worth it at once; one that starts with too small a share and does
    not gain by reopening takes it at none (NaN). Where reopening *helps* a side whose share is too small, the deal is
    good only *above* some risk; that is not a largest risk, and also NaN.
    """
    d = discount_factor("discount", discount)
    gain = np.asarray(share, dtype=np.float64) - np.asarray(war_now, dtype=np.float64)
    loss = np.asarray(war_now, dtype=np.float64) - np.asarray(war_after, dtype=np.float64)
    gain, loss = np.broadcast_arrays(gain, loss)
    with np.errstate(divide="ignore", invalid="ignore"):
        risk = np.where(loss > 0, (1 - d) * gain / (d * loss), 1.0)
    return np.where(gain >= 0, np.minimum(risk, 1.0), np.nan)


def smallest_acceptable_share(
    *, war_now: npt.ArrayLike, war_after: npt.ArrayLike, discount: float, reopening: npt.ArrayLike
) -> Floats:
    """The flow share at which a side is indifferent between the deal and fighting on; may exceed 1."""
    d, rho = discount_factor("discount", discount), shares("reopening", reopening)
    now, after = np.asarray(war_now, dtype=np.float64), np.asarray(war_after, dtype=np.float64)
    return np.asarray((now * (1 - d * (1 - rho)) - d * rho * after) / (1 - d))


def largest_acceptable_rebuilding(
    war_value: Callable[[Floats], Floats],
    *,
    share: npt.ArrayLike,
    discount: float,
    reopening: npt.ArrayLike,
    largest: float,
) -> Floats:
    """``r*``: how much strength the other side may rebuild behind the line before a side refuses the deal.

    Parameters
    ----------
    war_value : callable
        The side's value of war after the other has rebuilt an amount, an array in and an array of that shape (one
        entry per draw) out; must fall with the amount.
    share, reopening : array_like
        The side's flow share and the risk of reopening, per draw.
    discount : float
        Discount factor per period.
    largest : float
        Largest amount looked at.

    Returns
    -------
    ndarray
        Per draw: NaN where the deal is refused even without rebuilding, ``largest`` where it is taken all along.
    """
    flow, rho = np.broadcast_arrays(np.asarray(share, dtype=np.float64), shares("reopening", reopening))
    now = np.asarray(war_value(np.zeros(flow.shape)))

    def gain(amount: Floats) -> Floats:
        after = np.asarray(war_value(amount))
        return deal_value(share=flow, war_after=after, discount=discount, reopening=rho) - now

    low, high = np.zeros(flow.shape), np.full(flow.shape, float(largest))
    refused, always = gain(low) < 0, gain(high) >= 0
    for _ in range(60):  # bisection: 60 halvings reach the last bit
        middle = (low + high) / 2
        taken = gain(middle) >= 0
        low, high = np.where(taken, middle, low), np.where(taken, high, middle)
    return np.where(refused, np.nan, np.where(always, float(largest), (low + high) / 2))
