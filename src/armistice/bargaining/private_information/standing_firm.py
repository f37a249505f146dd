"""Neither side knows what the other can bear, and neither bends: who gives in first, and when.

Each side has made a demand and stands by it. In every moment each may give in to the other's demand; until one does,
the war goes on. Types are uniform between the least shares that the weakest and the toughest of a side would settle
for. A type whose least share is more than the other's demand leaves it never gives in; of the rest the weakest give in
first, so all that matters is which types are left.

Let ``margin`` be what a type gains by giving in over war for ever, and write ``x`` for the margin of the type of A that
is about to give in, ``y`` for that of B. A's type is indifferent between giving in now and a moment later if B gives in
at the rate ``r x / gap``, with ``r`` the discount rate and ``gap`` what separates the demands; likewise for B. With
``o_a`` and ``o_b`` the width of the types that never give in, types leave at

    dx/dt = -(r / gap) y (o_a + x),        dy/dt = -(r / gap) x (o_b + y).

The only path on which neither side ends with types that wait for nothing runs into ``x = y = 0``; along it
``phi(x, o_a) = phi(y, o_b)`` with ``phi(z, o) = z - o log(1 + z / o)``. A side that starts above the path, the weaker
one, gives in at once with the probability that brings it down to it. It takes for ever to reach the end.

Where only one side has a secret there is no such path: the other gives in at once, because it would have to do so in
the end (Abreu and Gul 2000).

Sources: Fudenberg and Tirole, "A Theory of Exit in Duopoly", Econometrica 54(4), 1986; Abreu and Gul, "Bargaining and
Reputation", Econometrica 68(1), 2000; in war, Langlois and Langlois, International Studies Quarterly 53(4), 2009.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.bargaining.inputs import discount_factor, share
from armistice.errors import ParameterError

__all__ = ["StandingFirm", "best_single_demand", "stand_firm"]

Floats = npt.NDArray[np.float64]
_N_STEPS: Final = 3000
_SMALLEST: Final = 1e-4  # the part of the margins at which the path is left; it never ends
_N_TYPES: Final = 25
_ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True)
class StandingFirm:
    """How long it lasts.

    Parameters
    ----------
    at_once_a, at_once_b : float
        Probability that A, that B gives in at once; one of them is 0, unless the demands are compatible.
    months : ndarray of shape (n_times,)
        Times from the start.
    settled : ndarray of shape (n_times,)
        Probability that the war is settled by then.
    gain_lost : float
        Share of what pairs of types with something to gain would gain together by settling at once that is lost, to
        waiting or because they never settle.
    """

    at_once_a: float
    at_once_b: float
    months: Floats
    settled: Floats
    gain_lost: float

    def settled_by(self, months: float) -> float:
        """Probability that the war is settled after so many months."""
        return float(np.interp(months, self.months, self.settled))


def best_single_demand(own_least: float, *, least_of_other: tuple[float, float]) -> float:
    """The best demand of a side that can make only one, the other's least share being uniform.

    Fearon (1995): ask for more, or be accepted by more types.

    >>> round(best_single_demand(0.4, least_of_other=(0.1, 0.5)), 9)
    0.65
    """
    weakest, toughest = least_of_other
    middle = (1 - weakest + own_least) / 2  # best where some, not all, types accept
    return float(min(max(middle, 1 - toughest, own_least), 1.0))


def stand_firm(
    *,
    least_a: tuple[float, float],
    least_b: tuple[float, float],
    demand_a: float,
    demand_b: float,
    discount: float,
) -> StandingFirm:
    """Solve the war of attrition between two demands.

    Parameters
    ----------
    least_a, least_b : tuple of float
        Least share for which the weakest and the toughest type of each side would settle, uniform between.
    demand_a, demand_b : float
        What each side asks for itself; at least what its toughest would settle for, and so much that the toughest of
        the other has nothing to gain by giving in.
    discount : float
        Discount factor per month, of both sides.

    Raises
    ------
    ParameterError
        Naming the argument: a side without a secret (both least shares the same), a demand too low, and so on.

    Examples
    --------
    Two sides alike, a sixth of the types of each never giving in:

    >>> found = stand_firm(least_a=(0.1, 0.4), least_b=(0.1, 0.4), demand_a=0.65, demand_b=0.65, discount=0.99)
    >>> found.at_once_a, found.at_once_b, found.settled_by(0)
    (0.0, 0.0, 0.0)
    """
    d = discount_factor("discount", discount)
    demand = {"demand_a": share("demand_a", demand_a), "demand_b": share("demand_b", demand_b)}
    for name, (weakest, toughest), own, other in (
        ("least_a", least_a, "demand_a", "demand_b"),
        ("least_b", least_b, "demand_b", "demand_a"),
    ):
        if not (math.isfinite(weakest) and math.isfinite(toughest) and weakest < toughest):
            raise ParameterError(
                f"{name} must rise from the weakest to the toughest type, got {weakest:g} and {toughest:g}: "
                "a side without a secret gives in at once."
            )
        if toughest > demand[own] + 1e-9:
            raise ParameterError(f"{own} is {demand[own]:g}, less than the toughest would settle for: {toughest:g}.")
        if toughest < 1 - demand[other] - 1e-9:
            raise ParameterError(
                f"{other} is {demand[other]:g}, which even the toughest, who would settle for {toughest:g}, gains by "
                "accepting: then there are several equilibria. Raise it."
            )
    gap = demand_a + demand_b - 1
    weak = np.array([least_a[0], least_b[0]])
    width = np.array([least_a[1] - least_a[0], least_b[1] - least_b[0]])
    if gap <= _ROUNDING:
        return StandingFirm(1.0, 1.0, np.zeros(1), np.ones(1), 0.0)
    offered = np.array([1 - demand_b, 1 - demand_a])  # what each gets by giving in
    largest = np.maximum(offered - weak, 0.0)
    never = np.minimum(width, width - largest)
    start = _on_the_path(largest, never)
    at_once = (largest - start) / width
    if start.min() <= 0:
        times, margins = np.zeros(1), np.zeros((2, 1))
    else:
        times, margins = _path(start, never, gap / -math.log(d))
    left = (never[:, None] + margins) / width[:, None]  # types that have not given in
    lost = _lost(weak, width, offered, start, times, margins, d)
    return StandingFirm(float(at_once[0]), float(at_once[1]), times, 1 - left[0] * left[1], lost)


def _phi(margin: Floats, never: float) -> Floats:
    """Whichever side's ``phi`` is the smaller decides where the path begins; about ``margin**2 / (2 never)``."""
    if never <= _ROUNDING:
        return np.asarray(margin, dtype=np.float64)
    ratio = np.asarray(margin) / never
    # log1p loses all digits for small ratios: use the series there
    series = ratio**2 / 2 - ratio**3 / 3 + ratio**4 / 4
    return never * np.where(ratio < 1e-3, series, ratio - np.log1p(ratio))


def _inverse(value: Floats, never: float, largest: float) -> Floats:
    """Margins with these values of ``phi``, up to ``largest``; powers of each other nearly, so logarithms are joined."""
    grid = largest * np.geomspace(1e-9, 1.0, 2000)
    return np.exp(np.interp(np.log(value), np.log(_phi(grid, never)), np.log(grid)))


def _on_the_path(largest: Floats, never: Floats) -> Floats:
    """The margins of the weakest types left after those that give in at once."""
    if largest.min() <= 0:
        return np.zeros(2)  # a side that never gives in: of the other all who will, do so at once
    values = [float(_phi(largest[i : i + 1], never[i])[0]) for i in range(2)]
    start = largest.copy()
    strong = int(values[1] < values[0])
    weak = 1 - strong
    if values[weak] > values[strong]:
        start[weak] = _inverse(np.array([values[strong]]), never[weak], largest[weak])[0]
    return start


def _path(start: Floats, never: Floats, scale: float) -> tuple[Floats, Floats]:
    """Times, and the margins then, along the path to 0; ``scale`` is the gap over the discount rate."""
    b = start[1] * np.geomspace(1.0, _SMALLEST, _N_STEPS)
    a = _inverse(_phi(b, never[1]), never[0], start[0])
    a[0] = start[0]
    # dt = -scale dy / (x (o + y)), smooth in log y
    speed = b / (a * (never[1] + b))
    steps = scale * (speed[1:] + speed[:-1]) / 2 * -np.diff(np.log(b))
    return np.concatenate([[0.0], np.cumsum(steps)]), np.stack([a, b])


def _lost(
    weak: Floats, width: Floats, offered: Floats, start: Floats, times: Floats, margins: Floats, d: float
) -> float:
    """By pairs of types: what waiting destroys of the gain of those that have one."""
    middles = (np.arange(_N_TYPES) + 0.5) / _N_TYPES
    kept = []
    for i in range(2):
        margin = offered[i] - weak[i] - width[i] * middles
        order = slice(None, None, -1)
        when = np.interp(margin, margins[i][order], times[order], left=np.inf)
        when = np.where(margin <= 0, np.inf, np.where(margin >= start[i], 0.0, when))
        kept.append(when)
    first = np.minimum(kept[0][:, None], kept[1][None, :])
    least = [weak[i] + width[i] * middles for i in range(2)]
    gain = np.maximum(1 - least[0][:, None] - least[1][None, :], 0.0)
    total = float(gain.sum())
    return float((gain * (1 - d**first)).sum() / total) if total > 0 else 0.0
