"""A patron whose aid switches on and off, with and without a moving front.

Each period aid is on or off; it stops with probability ``stops`` and starts with probability ``starts``, whatever
the battle does. Payoffs are discounted averages, in units of the stake. With the front, a war is fought to the finish
as in Slantchev 2003 (:mod:`armistice.bargaining.classics.slantchev2003`), only that the chance of winning a battle
depends on the aid at hand. Only expectations of aid matter here, not the patron's own choice: our own plain form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice.bargaining.inputs import discount_factor, finite, share, whole_number

__all__ = ["AidValues", "values_with_front", "values_without_front"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AidValues:
    """The value of fighting on, by whether aid is on now.

    Parameters
    ----------
    on, off : ndarray
        Scalars in arrays of shape () without a front; shape ``(n_positions + 1,)`` with one.
    """

    on: Floats
    off: Floats


def _switching(stops: float, starts: float) -> Floats:
    stops, starts = share("stops", stops), share("starts", starts)
    return np.array([[1 - stops, stops], [starts, 1 - starts]])


def values_without_front(
    *, flow_on: float, flow_off: float, stops: float, starts: float, discount: float
) -> AidValues:
    """Values of a war without end whose flow depends on aid.

    Their difference is ``(1-d) (flow_on - flow_off) / (1 - d (1 - stops - starts))``: aid that is soon cut is worth
    little today.

    >>> values = values_without_front(flow_on=0.35, flow_off=0.15, stops=0.1, starts=0.05, discount=0.95)
    >>> round(float(values.on), 10), round(float(values.off), 10)
    (0.2512987013, 0.1993506494)
    """
    d = discount_factor("discount", discount)
    flows = np.array([finite("flow_on", flow_on), finite("flow_off", flow_off)])
    on, off = np.linalg.solve(np.eye(2) - d * _switching(stops, starts), (1 - d) * flows)
    return AidValues(np.asarray(on), np.asarray(off))


def values_with_front(
    *, n_positions: int, p_on: float, p_off: float, benefit: float, stops: float, starts: float, discount: float
) -> AidValues:
    """Side 1's values of fighting to the finish when aid decides how well it fights.

    Within a period: flow ``benefit``, a battle won with ``p_on`` or ``p_off``, then aid may switch.

    >>> values = values_with_front(
    ...     n_positions=4, p_on=0.6, p_off=0.4, benefit=0.2, stops=0.1, starts=0.05, discount=0.95)
    >>> round(float(values.on[1]), 10), round(float(values.off[1]), 10)
    (0.313336345, 0.1340484747)
    """
    n, d = whole_number("n_positions", n_positions, least=2), discount_factor("discount", discount)
    size = n + 1
    inner = np.arange(1, n)
    system, right = np.eye(2 * size), np.zeros(2 * size)
    switching = _switching(stops, starts)
    for aid, p in enumerate((share("p_on", p_on), share("p_off", p_off))):
        right[aid * size + inner] = (1 - d) * finite("benefit", benefit)
        right[aid * size + n] = 1.0
        for aid_next in range(2):
            chance = d * switching[aid, aid_next]
            system[aid * size + inner, aid_next * size + inner + 1] -= chance * p
            system[aid * size + inner, aid_next * size + inner - 1] -= chance * (1 - p)
    values = np.asarray(np.linalg.solve(system, right), dtype=np.float64)
    return AidValues(values[:size], values[size:])
