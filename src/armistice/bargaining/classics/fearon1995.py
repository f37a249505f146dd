"""The bargaining range, and the risk-return trade-off under private information (Fearon 1995).

Two sides divide a stake of 1. War is a costly lottery: side A wins the whole stake with probability ``p``,
and war costs A and B the amounts ``cost_a`` and ``cost_b``, in units of the stake. One round: A demands a share
``x``, B accepts it or fights.

Source: James D. Fearon, "Rationalist Explanations for War", International Organization 49(3), 1995: the range
[p - cost_a, p + cost_b] and the demand made when B's cost is private (the appendix).
"""

from __future__ import annotations

from dataclasses import dataclass

from armistice.bargaining.inputs import non_negative, share
from armistice.errors import ParameterError

__all__ = ["Demand", "bargaining_range", "demand_under_private_cost", "war_values"]


@dataclass(frozen=True, slots=True)
class Demand:
    """What A demands, and how likely war is.

    Parameters
    ----------
    share : float
        A's demand, a share of the stake.
    war_probability : float
        Probability that B fights.
    """

    share: float
    war_probability: float


def war_values(*, p: float, cost_a: float, cost_b: float) -> tuple[float, float]:
    """What each side expects of war: ``p - cost_a`` and ``1 - p - cost_b``."""
    p = share("p", p)
    return p - non_negative("cost_a", cost_a), 1.0 - p - non_negative("cost_b", cost_b)


def bargaining_range(*, p: float, cost_a: float, cost_b: float) -> tuple[float, float]:
    """The least and the largest share for A that both sides like at least as well as war.

    Cut off at 0 and 1, since no more than the stake can be divided.

    >>> low, high = bargaining_range(p=0.5, cost_a=0.1, cost_b=0.2)
    >>> round(low, 12), round(high, 12)
    (0.4, 0.7)
    """
    value_a, value_b = war_values(p=p, cost_a=cost_a, cost_b=cost_b)
    return max(0.0, value_a), min(1.0, 1.0 - value_b)


def demand_under_private_cost(*, p: float, cost_a: float, largest_cost_b: float) -> Demand:
    """A's best take-it-or-leave-it demand when B's cost is private and uniform on [0, ``largest_cost_b``].

    A type of B with cost ``c`` accepts ``x`` if ``1 - x >= 1 - p - c``. A maximises
    ``x P(c >= x - p) + (p - cost_a) P(c < x - p)``, so that ``x = p + (largest_cost_b - cost_a) / 2`` and war comes
    with probability ``(largest_cost_b - cost_a) / (2 largest_cost_b)``. Outside the interior the demand is held
    between ``p``, which every type accepts, and the whole stake.

    Parameters
    ----------
    p : float
        Probability that A wins the war.
    cost_a : float
        A's cost of war.
    largest_cost_b : float
        Upper end of the uniform distribution of B's cost; positive.

    Returns
    -------
    Demand

    Raises
    ------
    ParameterError
        If ``p`` is no probability, a cost is negative or ``largest_cost_b`` is 0.

    Examples
    --------
    >>> demand = demand_under_private_cost(p=0.5, cost_a=0.1, largest_cost_b=0.4)
    >>> round(demand.share, 12), round(demand.war_probability, 12)
    (0.65, 0.375)
    """
    p, cost_a = share("p", p), non_negative("cost_a", cost_a)
    if non_negative("largest_cost_b", largest_cost_b) == 0:
        raise ParameterError("largest_cost_b must be positive, got 0.")
    demand = min(1.0, p + max(0.0, (largest_cost_b - cost_a) / 2))
    return Demand(demand, min(1.0, (demand - p) / largest_cost_b))
