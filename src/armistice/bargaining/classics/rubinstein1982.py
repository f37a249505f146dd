"""Alternating offers over a stake of 1 (Rubinstein 1982).

Side 1 proposes first; a rejected proposal costs a period, and the other side proposes next. Side i discounts a
period by ``discount_i``. Complete information.

Source: Ariel Rubinstein, "Perfect Equilibrium in a Bargaining Model", Econometrica 50(1), 1982, section 5.
"""

from __future__ import annotations

from armistice.bargaining.inputs import discount_factor, whole_number

__all__ = ["share_of_first_proposer", "share_with_last_round"]


def share_of_first_proposer(*, discount_1: float, discount_2: float) -> float:
    """What the first proposer keeps: ``(1 - discount_2) / (1 - discount_1 discount_2)``. Agreement is immediate.

    >>> round(share_of_first_proposer(discount_1=0.9, discount_2=0.8), 7)
    0.7142857
    """
    d1, d2 = discount_factor("discount_1", discount_1), discount_factor("discount_2", discount_2)
    return (1 - d2) / (1 - d1 * d2)


def share_with_last_round(*, discount_1: float, discount_2: float, rounds: int) -> float:
    """What side 1 keeps when it proposes first and talks end without a deal after ``rounds`` rounds.

    By backward induction (Ståhl 1972): the last proposer keeps everything, and each earlier one leaves the
    other what that other would get one round later. Tends to :func:`share_of_first_proposer`.

    >>> share_with_last_round(discount_1=0.9, discount_2=0.8, rounds=1)
    1.0
    """
    discounts = (discount_factor("discount_1", discount_1), discount_factor("discount_2", discount_2))
    kept = 1.0
    for round_number in range(whole_number("rounds", rounds, least=1) - 1, 0, -1):
        # In this round the proposer is side 1 if the number is odd; the other is the one who waits.
        waiting = round_number % 2
        kept = 1.0 - discounts[waiting] * kept
    return kept
