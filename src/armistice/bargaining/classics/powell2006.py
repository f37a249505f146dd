"""War as a commitment problem: a side that will be stronger cannot promise to stay modest (Powell 2006).

Two sides share a flow of 1 per period (a normalised pie: flows are worth ``1 - discount`` times themselves). Side A
is rising: it would win a war started now with probability ``p_now`` and one started next period with ``p_next``. War
destroys ``cost_a`` and ``cost_d``, as shares of the pie. The most that A can credibly leave the declining side D is
the whole flow now and, from next period on, what D gets once A has become strong, ``1 - p_next + cost_a``. D prefers
to fight now if ``1 - p_now - cost_d > (1 - d) + d (1 - p_next + cost_a)``, that is if
``d p_next - p_now > cost_d + d cost_a``.

Source: Robert Powell, "War as a Commitment Problem", International Organization 60(1), 2006.
"""

from __future__ import annotations

from armistice.bargaining.inputs import discount_factor, non_negative, share

__all__ = ["declining_side_fights", "strength_that_brings_war"]


def strength_that_brings_war(*, p_now: float, discount: float, cost_a: float, cost_d: float) -> float:
    """The strength of A next period above which D fights now; above 1 if no rise is large enough.

    >>> round(strength_that_brings_war(p_now=0.3, discount=0.9, cost_a=0.15, cost_d=0.15), 12)
    0.65
    """
    d = discount_factor("discount", discount)
    p_now, cost_a, cost_d = share("p_now", p_now), non_negative("cost_a", cost_a), non_negative("cost_d", cost_d)
    return float("inf") if d == 0 else (p_now + cost_d + d * cost_a) / d


def declining_side_fights(*, p_now: float, p_next: float, discount: float, cost_a: float, cost_d: float) -> bool:
    """Whether D fights now rather than live with a stronger A.

    >>> declining_side_fights(p_now=0.3, p_next=0.64, discount=0.9, cost_a=0.15, cost_d=0.15)
    False
    """
    share("p_next", p_next)
    return p_next > strength_that_brings_war(p_now=p_now, discount=discount, cost_a=cost_a, cost_d=cost_d)
