"""Fighting while negotiating over the position of the front (Slantchev 2003).

The front stands at ``k = 0..n_positions``: at 0 side 2 has won the war, at ``n_positions`` side 1 has. In each period
one side proposes a division of a stake of 1, the sides taking turns. If the other rejects, each side gets its flow
benefit of fighting, ``(1 - discount)`` times ``benefit_1`` or ``benefit_2``, and one battle moves the front: up with
probability ``p``, down otherwise. Then it is the other side's turn. Complete information; payoffs are discounted
averages, in units of the stake.

Source: Branislav L. Slantchev, "The Power to Hurt: Costly Conflict with Completely Informed States", American
Political Science Review 97(1), 2003, Proposition 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice.bargaining.inputs import discount_factor, finite, shares, whole_number

__all__ = ["Offers", "equilibrium_offers", "fight_to_the_finish", "rejection_values"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Offers:
    """What each side keeps for itself when it proposes, by position of the front.

    Parameters
    ----------
    kept_by_1 : ndarray of shape (n_positions + 1,)
        ``x_k``: what side 1 keeps when **1** proposes at position k.
    kept_by_2 : ndarray of shape (n_positions + 1,)
        ``y_k``: what side 2 keeps when **2** proposes at position k.
    """

    kept_by_1: Floats
    kept_by_2: Floats


def _march(n_positions: int, p: Floats) -> Floats:
    """Chances of moving from each position to each other in one battle; a finished war stays finished."""
    march = np.zeros((*p.shape, n_positions + 1, n_positions + 1))
    inner = np.arange(1, n_positions)
    march[..., inner, inner + 1], march[..., inner, inner - 1] = p[..., None], 1.0 - p[..., None]
    return march


def _checked(n_positions: int, p: npt.ArrayLike, discount: float) -> tuple[int, Floats, float]:
    return (
        whole_number("n_positions", n_positions, least=2),
        shares("p", p),
        discount_factor("discount", discount),
    )


def equilibrium_offers(*, n_positions: int, p: float, discount: float, benefit_1: float, benefit_2: float) -> Offers:
    """Offers of the subgame perfect equilibrium in which each is accepted at once.

    Solves, for every inner position, ``1 - x_k = (1-d) b_2 + d [p y_{k+1} + (1-p) y_{k-1}]`` and
    ``1 - y_k = (1-d) b_1 + d [p x_{k+1} + (1-p) x_{k-1}]`` with ``x_0 = 0, x_N = 1, y_0 = 1, y_N = 0``: the
    proposer leaves the other exactly what rejecting would bring.

    Parameters
    ----------
    n_positions : int
        N, the position at which side 1 has won; at least 2.
    p : float
        Probability that side 1 wins a battle.
    discount : float
        Discount factor of both sides per period.
    benefit_1, benefit_2 : float
        What a side gets while fighting goes on; with a sum below 1, fighting wastes.

    Returns
    -------
    Offers

    Raises
    ------
    ParameterError
        If an argument is outside the limits above.

    Examples
    --------
    >>> offers = equilibrium_offers(n_positions=6, p=0.5, discount=0.9, benefit_1=0.3, benefit_2=0.3)
    >>> round(float(offers.kept_by_1[3]), 10)
    0.5154140127
    """
    n, chance, d = _checked(n_positions, p, discount)
    b1, b2 = finite("benefit_1", benefit_1), finite("benefit_2", benefit_2)
    march, one = _march(n, chance), np.eye(n + 1)
    # Unknowns x then y, one row each: x + d·march·y = 1 − (1−d)·b2 inside, and the ends as they are.
    system = np.block([[one, d * march], [d * march, one]])
    right = np.concatenate([np.full(n + 1, 1 - (1 - d) * b2), np.full(n + 1, 1 - (1 - d) * b1)])
    right[[0, n, n + 1, 2 * n + 1]] = [0.0, 1.0, 1.0, 0.0]
    kept = np.linalg.solve(system, right)
    return Offers(kept[: n + 1], kept[n + 1 :])


def fight_to_the_finish(*, n_positions: int, p: npt.ArrayLike, discount: float, benefit_1: float) -> Floats:
    """Side 1's value ``W_k`` of fighting until one side has won, shape ``(..., n_positions + 1)``.

    ``W_k = (1-d) b_1 + d [p W_{k+1} + (1-p) W_{k-1}]`` with ``W_0 = 0`` and ``W_N = 1``. Side 2's value is the same
    function seen from the other end: ``p`` becomes ``1 - p`` and position k becomes ``N - k``. ``p`` may be an array,
    one entry per draw; its axes come first in the result.

    >>> values = fight_to_the_finish(n_positions=6, p=0.5, discount=0.9, benefit_1=0.3)
    >>> round(float(values[3]), 10)
    0.392866242
    """
    n, chance, d = _checked(n_positions, p, discount)
    right = np.full((n + 1, 1), (1 - d) * finite("benefit_1", benefit_1))
    right[[0, n], 0] = [0.0, 1.0]
    values: Floats = np.linalg.solve(np.eye(n + 1) - d * _march(n, chance), right)[..., 0]
    return values


def rejection_values(
    offers: Offers, *, p: float, discount: float, benefit_1: float, benefit_2: float
) -> tuple[Floats, Floats]:
    """What rejecting brings side 1 (when 2 proposes) and side 2 (when 1 proposes), at each inner position.

    One battle, then the rejecting side proposes. In equilibrium each proposer leaves the other exactly this.
    """
    x, y, d = offers.kept_by_1, offers.kept_by_2, discount
    value_1 = (1 - d) * benefit_1 + d * (p * x[2:] + (1 - p) * x[:-2])
    value_2 = (1 - d) * benefit_2 + d * (p * y[2:] + (1 - p) * y[:-2])
    return value_1, value_2
