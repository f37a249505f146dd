"""War as a random walk of the front: who wins, and after how many battles.

The front starts at ``start`` between 0 and ``n_positions``; each battle moves it one up with probability ``p``, one
down otherwise; at either end the war is over. No choices, no discounting.

Sources: Feller, An Introduction to Probability Theory and Its Applications I, 1968, XIV.2-3; as a model of war, Smith
and Stam, "Bargaining and the Nature of War", Journal of Conflict Resolution 48(6), 2004.
"""

from __future__ import annotations

import math

from armistice.bargaining.inputs import share, whole_number
from armistice.errors import ParameterError

__all__ = ["expected_battles", "win_probability"]


def _checked(p: float, n_positions: int, start: int) -> tuple[float, int, int]:
    p, n = share("p", p), whole_number("n_positions", n_positions, least=1)
    k = whole_number("start", start, least=0)
    if k > n:
        raise ParameterError(f"start must be at most n_positions = {n}, got {k}.")
    return p, n, k


def win_probability(*, p: float, n_positions: int, start: int) -> float:
    """Probability that the front reaches ``n_positions`` before 0: ``(1 - r^k) / (1 - r^N)``, ``r = (1-p)/p``.

    >>> round(win_probability(p=0.6, n_positions=4, start=2), 10)
    0.6923076923
    """
    p, n, k = _checked(p, n_positions, start)
    if k in (0, n):
        return float(k == n)
    if p in (0.0, 1.0):
        return p
    log_ratio = math.log1p(-p) - math.log(p)
    if log_ratio == 0:
        return k / n
    if log_ratio > 0:  # seen from the stronger side, so that no power overflows
        return math.exp((k - n) * log_ratio) * math.expm1(-k * log_ratio) / math.expm1(-n * log_ratio)
    return math.expm1(k * log_ratio) / math.expm1(n * log_ratio)


def expected_battles(*, p: float, n_positions: int, start: int) -> float:
    """Mean number of battles until the war is over: ``(N P(win) - k) / (2p - 1)``, or ``k (N - k)`` at ``p = 1/2``.

    >>> round(expected_battles(p=0.6, n_positions=4, start=2), 10)
    3.8461538462
    """
    p, n, k = _checked(p, n_positions, start)
    drift = 2 * p - 1
    if abs(drift) < 1e-5:  # the quotient would lose its digits; the next term of the expansion is of order drift²
        return float(k * (n - k))
    return (n * win_probability(p=p, n_positions=n, start=k) - k) / drift
