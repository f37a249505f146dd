"""Screening by falling prices: the Coase conjecture with a uniform private value.

A seller without costs makes every offer; a buyer's value is private and uniform on [0, 1] ("no gap": values reach
down to the seller's cost). Both discount by the same factor, and the seller cannot bind itself to later prices. In
words of war: the uninformed side lowers its demand after each rejection, and the longer the other holds out the
tougher it must be. A buyer of value ``v`` is the state in hand once all higher values have accepted, and everything
scales with ``v``: the price is ``a v`` and types above ``k v`` accept.

Sources: Gul, Sonnenschein and Wilson, "Foundations of Dynamic Monopoly and the Coase Conjecture", Journal of Economic
Theory 39, 1986; Fudenberg and Tirole, Game Theory, 1991, section 10.2.

General distributions and a costly delay are in :mod:`armistice.bargaining.private_information.one_sided`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from armistice.bargaining.inputs import discount_factor, whole_number

__all__ = ["Screening", "limit_screening", "prices_on_path", "screening"]


@dataclass(frozen=True, slots=True)
class Screening:
    """The first round of screening, as shares of the highest value still in the game.

    Parameters
    ----------
    price : float
        First price.
    cut_off : float
        Types above this accept it; the next round starts with this as the highest value.
    revenue : float
        The seller's expected discounted revenue.
    """

    price: float
    cut_off: float
    revenue: float


def screening(*, discount: float, rounds: int) -> Screening:
    """Prices with ``rounds`` offers left; after the last there is no sale.

    The marginal type ``k`` is indifferent between now and next round: ``k - price = d (k - a' k)``, with ``a'`` the
    next price as a share of the highest value left, so price ``= m k`` with ``m = 1 - d + d a'``. The seller
    maximises ``m k (1 - k) + d s' k^2``.

    >>> [round(screening(discount=0.9, rounds=n).price, 7) for n in (1, 2, 3)]
    [0.5, 0.4653846, 0.4350053]
    """
    d = discount_factor("discount", discount)
    price, cut_off, revenue = 1.0, 1.0, 0.0  # with no round left: as if the next price were out of reach
    for _ in range(whole_number("rounds", rounds, least=1)):
        slope = 1 - d + d * price
        cut_off = slope / (2 * (slope - d * revenue))
        price, revenue = slope * cut_off, slope * cut_off * (1 - cut_off) + d * revenue * cut_off**2
    return Screening(price, cut_off, revenue)


def limit_screening(*, discount: float) -> Screening:
    """Prices without a last round: the cut-off ratio solves ``d k^2 - 2 k + 1 = 0`` and the price is ``1 - k``.

    >>> first = limit_screening(discount=0.9)
    >>> round(first.price, 7), round(first.cut_off, 7)
    (0.2402531, 0.7597469)
    """
    d = discount_factor("discount", discount)
    root = math.sqrt(1 - d)
    cut_off = 1 / (1 + root)  # (1 − √(1−d)) / d without cancellation
    return Screening(1 - cut_off, cut_off, (1 - cut_off) / 2)


def prices_on_path(*, discount: float, rounds: int) -> list[float]:
    """The price of every round, as long as it is rejected: the falling demands that an observer would see."""
    prices, highest = [], 1.0
    for left in range(whole_number("rounds", rounds, least=1), 0, -1):
        step = screening(discount=discount, rounds=left)
        prices.append(highest * step.price)
        highest *= step.cut_off
    return prices
