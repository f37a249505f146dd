"""Leaders who may lose office by settling.

A stake of 1, two sides. War is a costly lottery (A wins with probability ``p``, costs ``cost_a``, ``cost_b``) and
costs each leader the office rent with probability ``war_risk``, unconditionally: war is worth ``p - cost_a -
war_risk rent`` to A. On signing, a leader loses an office worth ``rent`` (in units of the stake)

* for certain if the side's share is *strictly* below what the public expects, ``expected_share`` (``spread = 0``); or
* with probability ``1 / (1 + exp((share - expected_share) / spread))`` if the public's judgement varies.

Complete information; one decision. The argument goes back to Goemans, War and Punishment, 2000, and Chiozza and
Goemans, Leaders and International Conflict, 2011; this plain form is our own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from armistice.bargaining.inputs import non_negative, share
from armistice.errors import ParameterError

__all__ = [
    "Leaders",
    "blocking_rent",
    "deal_set",
    "deal_values",
    "largest_expectation",
    "mediator_payment_with_side_payments",
    "mediator_payments",
    "office_loss_probability",
    "war_values",
]


@dataclass(frozen=True, slots=True)
class Leaders:
    """The two sides and their leaders.

    Parameters
    ----------
    p : float
        Probability that A wins the war.
    cost_a, cost_b : float
        Costs of war, in units of the stake.
    rent : float
        Value of staying in office, the same for both leaders, in units of the stake.
    expected_share : float
        The share of the stake below which the public turns on its leader.
    war_risk : float
        Probability of losing office if the war goes on.
    spread : float
        How much the public's judgement varies, in units of the stake; 0 for a sharp threshold.
    """

    p: float
    cost_a: float
    cost_b: float
    rent: float
    expected_share: float
    war_risk: float
    spread: float = 0.0

    def __post_init__(self) -> None:
        for name in ("p", "expected_share", "war_risk"):
            share(name, getattr(self, name))
        for name in ("cost_a", "cost_b", "rent", "spread"):
            non_negative(name, getattr(self, name))


def office_loss_probability(own_share: float, *, expected_share: float, spread: float = 0.0) -> float:
    """Probability that a leader who signs for ``own_share`` loses office.

    >>> round(office_loss_probability(0.5, expected_share=0.55, spread=0.03), 10)
    0.8411308951
    """
    if spread == 0:
        return float(own_share < expected_share)
    return 0.5 * (1 - math.tanh((own_share - expected_share) / (2 * spread)))


def war_values(leaders: Leaders) -> tuple[float, float]:
    """What war is worth to A's and B's leader.

    >>> values = war_values(Leaders(0.5, 0.1, 0.1, rent=0.4, expected_share=0.55, war_risk=0.2))
    >>> [round(value, 12) for value in values]
    [0.32, 0.32]
    """
    at_risk = leaders.war_risk * leaders.rent
    return leaders.p - leaders.cost_a - at_risk, 1 - leaders.p - leaders.cost_b - at_risk


def deal_values(leaders: Leaders, share_a: float) -> tuple[float, float]:
    """What a deal that gives A ``share_a`` is worth to A's and B's leader."""
    share("share_a", share_a)
    lost_a, lost_b = (
        office_loss_probability(x, expected_share=leaders.expected_share, spread=leaders.spread)
        for x in (share_a, 1 - share_a)
    )
    return share_a - lost_a * leaders.rent, 1 - share_a - lost_b * leaders.rent


def deal_set(leaders: Leaders) -> list[tuple[float, float]]:
    """The shares for A that both leaders like at least as well as war, as intervals (sharp threshold only).

    Each leader accepts shares from ``max(expected_share, war)`` up, keeping office, and shares from ``war + rent`` up
    to the threshold, losing it. An interval that ends at a threshold does not contain it if the leader is safe there.

    >>> leaders = Leaders(0.5, 0.1, 0.1, rent=0.1, expected_share=0.55, war_risk=0.2)
    >>> [(round(low, 12), round(high, 12)) for low, high in deal_set(leaders)]
    [(0.48, 0.52)]
    """
    if leaders.spread != 0:
        raise ParameterError(f"deal_set needs spread = 0 (a sharp threshold), got {leaders.spread}.")
    war_a, war_b = war_values(leaders)
    expected, rent = leaders.expected_share, leaders.rent
    intervals = []
    for low_a, high_a, open_a in _accepted(war_a, expected, rent):
        for low_b, high_b, open_b in _accepted(war_b, expected, rent):
            low, high = max(low_a, 1 - high_b), min(high_a, 1 - low_b)
            # A single point counts only if neither leader's interval leaves it out.
            left_out = (open_a and high == high_a) or (open_b and low == 1 - high_b)
            if low < high or (low == high and not left_out):
                intervals.append((low, high))
    joined: list[tuple[float, float]] = []
    for low, high in sorted(intervals):  # a threshold where two pieces meet belongs to the one above it
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _accepted(war: float, expected: float, rent: float) -> list[tuple[float, float, bool]]:
    """Own shares that a leader accepts: lower end, upper end, whether the upper end is left out."""
    pieces = []
    if war + rent < expected:
        pieces.append((max(0.0, war + rent), expected, True))
    if max(war, expected) <= 1:
        pieces.append((max(0.0, war, expected), 1.0, False))
    return pieces


def blocking_rent(leaders: Leaders, share_a: float) -> float:
    """The office rent above which a deal at ``share_a`` is refused by one leader; infinite if none is.

    Per side ``(share - p + cost) / (q - war_risk)``, with q the chance of losing office on signing: a rent blocks
    only if signing is riskier than fighting on. 0 if a side refuses the share even without any rent.

    >>> leaders = Leaders(0.5, 0.1, 0.1, rent=0.4, expected_share=0.55, war_risk=0.2)
    >>> round(blocking_rent(leaders, 0.5), 12), round(blocking_rent(leaders, 0.55), 12)
    (0.125, 0.0625)
    """
    share("share_a", share_a)
    smallest = math.inf
    for own, win, cost in (
        (share_a, leaders.p, leaders.cost_a),
        (1 - share_a, 1 - leaders.p, leaders.cost_b),
    ):
        gain = own - win + cost
        lost = office_loss_probability(own, expected_share=leaders.expected_share, spread=leaders.spread)
        if lost > leaders.war_risk:
            smallest = min(smallest, max(0.0, gain) / (lost - leaders.war_risk))
        elif gain < 0:
            smallest = 0.0
    return smallest


def largest_expectation(leaders: Leaders) -> float:
    """The highest public expectation at which some deal still exists (sharp threshold); NaN if none ever does.

    Three sorts of deal: no leader loses office, one does, both do. The last does not depend on the expectation.

    >>> leaders = Leaders(0.5, 0.1, 0.1, rent=0.4, expected_share=0.55, war_risk=0.2)
    >>> largest_expectation(leaders)
    0.5
    """
    if leaders.spread != 0:
        raise ParameterError(f"largest_expectation needs spread = 0 (a sharp threshold), got {leaders.spread}.")
    # The least share for which each leader signs, keeping office and losing it.
    keeps = [max(0.0, value) for value in war_values(leaders)]
    loses = [max(0.0, value + leaders.rent) for value in war_values(leaders)]
    if sum(keeps) > 1:
        return math.nan
    if sum(loses) <= 1:
        return 1.0
    best = min(0.5, 1 - max(keeps))  # both keep office: each gets at least the expectation
    for loser, keeper in ((0, 1), (1, 0)):
        if loses[loser] + keeps[keeper] <= 1:
            best = max(best, 1 - loses[loser])
    return best


def mediator_payments(leaders: Leaders, share_a: float) -> tuple[float, float]:
    """The least a mediator must pay A and B for both to sign at ``share_a``.

    >>> leaders = Leaders(0.5, 0.1, 0.1, rent=0.4, expected_share=0.55, war_risk=0.2)
    >>> [round(payment, 12) for payment in mediator_payments(leaders, 0.55)]
    [0.0, 0.27]
    """
    war_a, war_b = war_values(leaders)
    deal_a, deal_b = deal_values(leaders, share_a)
    return max(0.0, war_a - deal_a), max(0.0, war_b - deal_b)


def mediator_payment_with_side_payments(leaders: Leaders, share_a: float) -> float:
    """The least a mediator must add if the sides may also pay each other, unseen by their publics.

    >>> leaders = Leaders(0.5, 0.1, 0.1, rent=0.4, expected_share=0.55, war_risk=0.2)
    >>> round(mediator_payment_with_side_payments(leaders, 0.55), 12)
    0.04
    """
    return max(0.0, sum(war_values(leaders)) - sum(deal_values(leaders, share_a)))
