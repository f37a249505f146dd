"""One side does not know what war costs the other, and there is no last offer.

The game of :mod:`.one_sided` without an end: each month A demands a share, B accepts or a month of war is fought, for
as long as it takes. What A demands depends only on which share ``q`` of the toughest types is left, so the value of
every ``q`` follows from those below it, and one pass upwards over ``q`` solves the game, where a deadline needs one
pass a round. A deadline also changes the answer: types wait for the last offer, so that settling bunches there.

With the toughest type's ``premium(q) = (1 - d) cost(q) + d premium(next(q))`` and A's value, measured from war for
ever, ``value(q) = max over s < q of (premium(s) + cost_a) (q - s) + d value(s)``.

If even the toughest B has something to gain, everything is settled in finitely many months. If the gains reach down to
0, the lowest types are those of the uniform case, known in closed form
(:func:`armistice.bargaining.classics.coase_screening.limit_screening`), from which the pass starts.

Source: Fudenberg, Levine and Tirole, "Infinite-Horizon Models of Bargaining with One-Sided Incomplete Information", in
Roth (ed.), Game-Theoretic Models of Bargaining, 1985; Gul, Sonnenschein and Wilson, Journal of Economic Theory 39, 1986.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.bargaining.inputs import discount_factor, non_negative, share
from armistice.bargaining.private_information.one_sided import checked_costs

__all__ = ["PatientScreening", "screen_without_end"]

Floats = npt.NDArray[np.float64]
_LEAST_NODES: Final = 100
_TRUSTED: Final = 2e-4  # above this regret of a type the game is solved again
_FINER: Final = (2, 3, 5, 8)  # with so many times the nodes
#: Nodes within A's shortest step, which it takes where the gains reach down to 0.
_NODES_A_STEP: Final = 5
#: Least gain, as a share of the spread of costs, that the nodes are made for.
_SMALLEST_GAIN: Final = 1e-3
#: Below this share of types costs count as linear where the gains reach down to 0.
_LINEAR_BELOW: Final = 0.02
#: Each cut-off takes a derivative of those below it, so that rounding grows from step to step, the more the narrower the
#: stretch of nodes over which the derivative is taken: this part of A's step, either way.
_REACH: Final = 0.75
_NOBODY_LEFT: Final = 1e-6
_MOST_ROUNDS: Final = 5000


@dataclass(frozen=True, slots=True)
class PatientScreening:
    """The path of demands, and who accepts when.

    Parameters
    ----------
    demands : ndarray of shape (n_rounds,)
        Shares that A demands, month by month.
    settled : ndarray of shape (n_rounds,)
        Probability that the month ends the war; sums to 1, but for the last millionth.
    months_of_war : float
        Expected months of war before settling.
    gain_lost : float
        Share of what both together gain by settling at once that the months of war destroy.
    value_a : float
        A's payoff.
    type_regret : float
        The most that a type could gain by accepting in another month: 0 in an exact solution. The game is solved again on
        finer nodes where it exceeds 0.0002; where it still does, demands jump between types too close to tell apart.
    """

    demands: Floats
    settled: Floats
    months_of_war: float
    gain_lost: float
    value_a: float
    type_regret: float


def screen_without_end(
    cost_quantiles: npt.ArrayLike, *, p: float, cost_a: float, discount: float
) -> PatientScreening:
    """Solve the game and follow its path.

    Parameters
    ----------
    cost_quantiles : array_like of shape (n_nodes,)
        B's cost of war at equally spaced quantiles from 0 to 1, rising; 3 to 401 nodes, linear between them.
    p : float
        What A gets of the stake from fighting on, before costs.
    cost_a : float
        A's cost of war. If some types gain nothing by a deal, leave them out: A's demands do not depend on those who
        never accept any.
    discount : float
        Discount factor per month, of both sides.

    Raises
    ------
    ParameterError, DataError
        Naming the argument, as :func:`armistice.bargaining.private_information.screen` does.

    Examples
    --------
    Without costs for A and with B's costs uniform from 0, this is the Coase conjecture:

    >>> import numpy as np
    >>> found = screen_without_end(np.linspace(0, 1, 3), p=0.0, cost_a=0.0, discount=0.9)
    >>> round(float(found.demands[0]), 2), round(1 - float(found.settled[0]), 2)
    (0.24, 0.76)
    """
    given = checked_costs(cost_quantiles, share("p", p))
    cost_a, d = non_negative("cost_a", cost_a), discount_factor("discount", discount)
    found = _solved(given, 1, p, cost_a, d)
    for finer in _FINER:
        # Where demands jump between types, a cut-off read between two nodes may lead past one of A's steps.
        if found.type_regret <= _TRUSTED:
            break
        found = min(found, _solved(given, finer, p, cost_a, d), key=lambda each: each.type_regret)
    return found


def _solved(given: Floats, finer: int, p: float, cost_a: float, d: float) -> PatientScreening:
    nodes = _nodes(cost_a + float(given[0]), float(given[-1] - given[0]), d, finer)
    costs = np.interp(nodes, np.linspace(0.0, 1.0, len(given)), given)
    premium, cut_offs, value = _upwards(nodes, costs, cost_a, d)
    demands: list[float] = []
    left = [1.0]
    while left[-1] > _NOBODY_LEFT and len(demands) < _MOST_ROUNDS:
        cut_off = float(np.interp(left[-1], nodes, cut_offs))
        demands.append(p + float(np.interp(cut_off, nodes, premium)))
        left.append(cut_off)
    return _told(nodes, costs, np.asarray(demands), np.asarray(left), p, cost_a, d, float(value[-1]))


def _nodes(least_gain: float, spread: float, d: float, finer: int) -> Floats:
    """Shares of types: as A's steps are about as long as the gains are large, so are those between nodes."""
    start = _LINEAR_BELOW / 2
    if least_gain > 0:
        start = max(least_gain / spread, _SMALLEST_GAIN) if spread > 0 else 1.0
    top = 1 + start if least_gain > 0 else 1.0
    steps = math.log(top / start) / math.log1p(math.sqrt(1 - d))
    n_nodes = finer * max(_LEAST_NODES, math.ceil(_NODES_A_STEP * steps))
    nodes = np.geomspace(start, top, n_nodes)
    if least_gain <= 0:
        return np.concatenate([[0.0], nodes])
    nodes -= start
    nodes[[0, -1]] = 0.0, 1.0
    return nodes


def _upwards(nodes: Floats, costs: Floats, cost_a: float, d: float) -> tuple[Floats, Floats, Floats]:
    """By share of types left: the demand above p that its weakest accepts, A's best cut-off, and A's value."""
    n = len(nodes)
    premium, cut_offs, value = np.zeros(n), np.zeros(n), np.zeros(n)
    premium[0], first = costs[0], 1
    if cost_a + costs[0] <= 0:
        # Gains reach down to 0: near there everything scales with the type.
        first = int(np.searchsorted(nodes, _LINEAR_BELOW))
        ratio = 1 / (1 + math.sqrt(1 - d))
        premium[:first] = costs[:first] * (1 - ratio) / ratio
        cut_offs[:first] = ratio * nodes[:first]
        value[:first] = costs[:first] * nodes[:first] * (1 - ratio) / 2
    for k in range(first, n):
        q = nodes[k]
        worth = (premium[:k] + cost_a) * (q - nodes[:k]) + d * value[:k]
        cut_offs[k], value[k] = _top(nodes, worth, q)
        premium[k] = (1 - d) * costs[k] + d * float(np.interp(cut_offs[k], nodes[:k], premium[:k]))
    return premium, cut_offs, value


def _top(nodes: Floats, worth: Floats, q: float) -> tuple[float, float]:
    """The best node, or the top of the parabola fitted to the nodes around it, if it lies between its neighbours."""
    top, n = int(worth.argmax()), len(worth)
    centre, height = float(nodes[top]), float(worth[top])
    reach = _REACH * (q - centre)
    left, right = np.searchsorted(nodes[:n], (centre - reach, centre + reach))
    left, right = min(int(left), top - 2), max(int(right), top + 3)
    if left < 0 or right > n:
        return centre, height
    x, y = (nodes[left:right] - centre) / reach, worth[left:right] - height
    square = x * x
    n1, n2, n3, n4 = float(x.sum()), float(square.sum()), float((x * square).sum()), float((square * square).sum())
    level, slope, bend = _parabola(len(x), n1, n2, n3, n4, float(y.sum()), float(x @ y), float(square @ y))
    if bend >= 0:
        return centre, height
    best = centre - reach * slope / (2 * bend)
    if not nodes[top - 1] <= best <= nodes[top + 1]:
        return centre, height
    return best, height + max(level - slope * slope / (4 * bend), 0.0)


def _parabola(
    n0: float, n1: float, n2: float, n3: float, n4: float, r0: float, r1: float, r2: float
) -> tuple[float, float, float]:
    """Level, slope and bend of the parabola by least squares, from sums of powers (Cramer's rule)."""
    a, b, c = n2 * n4 - n3 * n3, n2 * n3 - n1 * n4, n1 * n3 - n2 * n2
    d, e, f = n0 * n4 - n2 * n2, n1 * n2 - n0 * n3, n0 * n2 - n1 * n1
    whole = n0 * a + n1 * b + n2 * c
    return (
        (a * r0 + b * r1 + c * r2) / whole,
        (b * r0 + d * r1 + e * r2) / whole,
        (c * r0 + e * r1 + f * r2) / whole,
    )


def _told(
    nodes: Floats, costs: Floats, demands: Floats, left: Floats, p: float, cost_a: float, d: float, value: float
) -> PatientScreening:
    settled, rounds = -np.diff(left), np.arange(len(demands))
    undecided = 1 - d**rounds
    cells = (costs[1:] + costs[:-1]) / 2 * np.diff(nodes)
    gain_below = np.concatenate([[0.0], np.cumsum(cells)]) + cost_a * nodes
    gains = -np.diff(np.interp(left, nodes, gain_below))
    # every type against every month it could have accepted in, in units above war for ever
    accepting = d**rounds * (p - demands + costs[:, None])
    chosen = np.minimum(np.searchsorted(-left[1:], -nodes, side="left"), len(rounds) - 1)
    regret = accepting.max(axis=1) - accepting[np.arange(len(nodes)), chosen]
    return PatientScreening(
        demands=demands,
        settled=settled,
        months_of_war=float(settled @ rounds),
        gain_lost=float(gains @ undecided / gain_below[-1]) if gain_below[-1] > 0 else 0.0,
        value_a=p - cost_a + value,
        type_regret=float(regret[nodes >= _LINEAR_BELOW].max()),
    )
