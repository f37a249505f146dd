"""Gambling for resurrection: an insecure leader fights on although war does not pay (Downs and Rocke 1994).

Settling now gives a share ``x`` and keeps the leader, whose office is worth ``rent``, with probability ``h``.
Fighting one more campaign costs ``cost``; it is won with probability ``q``. Winning gives ``x + swing`` and office
with probability ``survival_if_won``; losing gives ``x - swing`` and office with probability ``survival_if_lost``. So
fighting is worth ``x + (2q - 1) swing - cost + rent (q survival_if_won + (1-q) survival_if_lost)`` against
``x + h rent``, and the leader fights on if and only if::

    h < h* = q survival_if_won + (1-q) survival_if_lost - (cost + (1 - 2q) swing) / rent

The loss is capped (a leader can lose office only once), which is why a leader who is nearly out takes bets that the
side as a whole would refuse. ``x`` drops out.

Source: George W. Downs and David M. Rocke, "Conflict, Agency, and Gambling for Resurrection", American Journal of
Political Science 38(2), 1994; this one-campaign form is our own reduction.
"""

from __future__ import annotations

from armistice.bargaining.inputs import non_negative, share
from armistice.checks import positive

__all__ = ["fights_on", "security_below_which_leader_gambles"]


def security_below_which_leader_gambles(
    *, q: float, survival_if_won: float, survival_if_lost: float, cost: float, swing: float, rent: float
) -> float:
    """``h*``: a leader less secure than this fights on. At or below 0 no leader gambles, above 1 every one does.

    >>> round(security_below_which_leader_gambles(
    ...     q=0.3, survival_if_won=0.9, survival_if_lost=0.1, cost=0.02, swing=0.1, rent=0.5), 12)
    0.22
    """
    q = share("q", q)
    keeps_office = q * share("survival_if_won", survival_if_won) + (1 - q) * share(
        "survival_if_lost", survival_if_lost
    )
    price = non_negative("cost", cost) + (1 - 2 * q) * non_negative("swing", swing)
    return keeps_office - price / positive("rent", rent)


def fights_on(
    security: float,
    *,
    q: float,
    survival_if_won: float,
    survival_if_lost: float,
    cost: float,
    swing: float,
    rent: float,
) -> bool:
    """Whether a leader with this chance of keeping office by settling fights one more campaign."""
    return share("security", security) < security_below_which_leader_gambles(
        q=q, survival_if_won=survival_if_won, survival_if_lost=survival_if_lost, cost=cost, swing=swing, rent=rent
    )
