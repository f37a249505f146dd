"""One side does not know what war costs the other: falling demands by dynamic programming over cut-offs.

Each month side A demands a share; B, whose cost of war is private, accepts or fights on for a month. A month of war
brings A the flow ``p - cost_a`` and B ``1 - p - cost_b``; after the last round war goes on for ever. All payoffs are
discounted averages in units of the stake. Types that suffer more accept earlier ("skimming"), so all that A knows is
which share ``q`` of the toughest types is left, and the game is solved backwards over ``q``: with some rounds left,
the type on the margin is indifferent between the demand now and a month of war before the next one, and A, who cannot
commit, picks the best cut-off. Talks are learning here: every rejection tells A that B is tougher.

One round with a uniform cost is Fearon (1995); no cost for A and costs reaching down to 0 is the Coase conjecture
(:mod:`armistice.bargaining.classics.coase_screening`).

Source: Fudenberg, Levine and Tirole, "Infinite-Horizon Models of Bargaining with One-Sided Incomplete Information",
in Roth (ed.), Game-Theoretic Models of Bargaining, 1985; in war, Powell, "Bargaining and Learning While Fighting",
American Journal of Political Science 48(2), 2004.

Numerically the types are a continuum: the quantile function of B's cost is given at equally spaced nodes, linear
between them, and a cut-off may fall anywhere. (Types as indivisible grains would let A pick them off one by one, an
artefact.) Where A's best demand jumps with ``q``, linear interpolation stands for A mixing between the two demands,
as equilibrium requires there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice.bargaining.inputs import discount_factor, non_negative, share, whole_number
from armistice.checks import one_dimensional
from armistice.errors import DataError, ParameterError

__all__ = ["Screening", "checked_costs", "screen"]

Floats = npt.NDArray[np.float64]
LARGEST_N_NODES = 401
_NOBODY_LEFT = 1e-9
# Fitting the parabola through neighbours two nodes apart keeps rounding from growing a hundredfold per round: each
# round takes a derivative of the one after it.
_LEAST_CELLS = 400
_TRUSTED = 1e-4  # the most regret of a type with which a path is taken as solved
_REACH = 2
_COARSE = 5  # nodes next to 0 on which a parabola through three nodes says nothing


@dataclass(frozen=True, slots=True)
class Screening:
    """The path of demands, and who accepts when.

    Parameters
    ----------
    demands : ndarray of shape (n_rounds_used,)
        Shares that A demands, round by round, as long as B rejects; ends once every type has accepted.
    cut_offs : ndarray of shape (n_rounds_used,)
        The lowest cost that accepts in each round.
    settled : ndarray of shape (n_rounds_used,)
        Probability that the round ends the war.
    war_probability : float
        Probability that no demand is ever accepted.
    months_of_war : float
        Expected rounds of war before settling, given that the war is settled.
    mean_cost_left : ndarray of shape (n_rounds_used,)
        A's expectation of B's cost before each round; falls as rejections come in.
    value_a : float
        A's payoff.
    values_b : ndarray of shape (n_nodes,)
        Payoff of the type at each node.
    type_regret : float
        The most that any of these types could gain by accepting in another round, or never: 0 in an exact solution.
        Above 1e-4 the game was solved again on finer nodes; where it still is, the path is not to be trusted. Quantiles that rise very steeply from the lowest
        cost (faster than about the square root) are the hard case, since A's last demands then hang on types
        between the first nodes.
    """

    demands: Floats
    cut_offs: Floats
    settled: Floats
    war_probability: float
    months_of_war: float
    mean_cost_left: Floats
    value_a: float
    values_b: Floats
    type_regret: float


@dataclass(frozen=True, slots=True)
class _Round:
    """One round as A sees it: by cut-off, the demand above p that type just accepts, and what is left after it."""

    premium: Floats
    value_after: Floats


def screen(cost_quantiles: npt.ArrayLike, *, p: float, cost_a: float, discount: float, rounds: int) -> Screening:
    """Solve the game and follow its path.

    Parameters
    ----------
    cost_quantiles : array_like of shape (n_nodes,)
        B's cost of war at equally spaced quantiles from 0 to 1, rising; 3 to 401 nodes. The answer is as fine as the
        nodes: use one or two hundred, and compare with half as many.
    p : float
        What A gets of the stake from fighting on, before costs; a B without costs would concede no more.
    cost_a : float
        A's cost of war.
    discount : float
        Discount factor per round, of both sides.
    rounds : int
        Number of demands A can make.

    Returns
    -------
    Screening

    Raises
    ------
    ParameterError, DataError
        Naming the argument: costs that fall or are below 0, a demand that could exceed the stake, and so on.

    Examples
    --------
    >>> import numpy as np
    >>> fearon = screen(np.linspace(0, 0.4, 201), p=0.5, cost_a=0.1, discount=0.9, rounds=1)
    >>> round(float(fearon.demands[0]), 9), round(fearon.war_probability, 9)
    (0.65, 0.375)
    """
    costs = checked_costs(cost_quantiles, share("p", p))
    cost_a, d = non_negative("cost_a", cost_a), discount_factor("discount", discount)
    cells, rounds = len(costs) - 1, whole_number("rounds", rounds, least=1)
    found = _solved(costs, cells, p, cost_a, d, rounds)
    if found.type_regret > _TRUSTED and cells < _LEAST_CELLS:
        # A best cut-off between two nodes was taken for one of them: solve again on finer nodes.
        found = _solved(costs, cells * -(-_LEAST_CELLS // cells), p, cost_a, d, rounds)
    return found


def _solved(costs: Floats, cells: int, p: float, cost_a: float, d: float, rounds: int) -> Screening:
    """The path on ``cells`` equal steps of the quantile and finer ones next to 0."""
    nodes, given = _nodes(cells + 1), np.linspace(0.0, 1.0, len(costs))
    fine = np.interp(nodes, given, costs)
    return _follow(nodes, fine, _solve(nodes, fine, cost_a, d, rounds), p, cost_a, d, given)


def checked_costs(cost_quantiles: npt.ArrayLike, p: float) -> Floats:
    costs = one_dimensional("cost_quantiles", cost_quantiles).astype(np.float64)
    if not 3 <= len(costs) <= LARGEST_N_NODES:
        raise DataError(f"cost_quantiles must hold 3 to {LARGEST_N_NODES} nodes, got {len(costs)}.")
    if not (np.isfinite(costs).all() and (costs >= 0).all() and (np.diff(costs) >= 0).all()):
        raise DataError("cost_quantiles must be finite, at least 0 and rising.")
    if p + costs[-1] > 1 + 1e-12:
        raise ParameterError(
            f"cost_quantiles: the largest cost, {costs[-1]:g}, on top of p = {p:g} exceeds the stake of 1, so that A "
            "could demand more than there is. Lower p or the costs."
        )
    return costs


def _nodes(n_nodes: int) -> Floats:
    """Equally spaced quantiles, and ever finer ones between 0 and the first of them."""
    even = np.linspace(0.0, 1.0, n_nodes)
    fine = even[1] * np.geomspace(1e-4, 1.0, 60)[:-1]
    return np.concatenate([[0.0], fine, even[1:]])


def _solve(nodes: Floats, costs: Floats, cost_a: float, d: float, rounds: int) -> list[_Round]:
    """Backwards over the rounds. A's payoff is measured from war for ever: a month of war brings 0, and a type that
    settles brings the premium plus ``cost_a``, times its mass."""
    value, next_premium = (
        np.zeros(len(costs)),
        costs,
    )  # after the last round: war, as if the next premium were the cost
    plan = []
    for _ in range(rounds):
        this = _Round((1 - d) * costs + d * next_premium, d * value)
        best = [_best_cut_off(q, this, nodes, cost_a) for q in nodes[1:]]
        value = np.array([0.0, *(worth for _, worth in best)])
        cut_offs = np.array([0.0, *(cut_off for cut_off, _ in best)])
        next_premium = np.interp(cut_offs, nodes, this.premium)
        if cost_a == 0 and costs[0] == 0:
            # No gap: close to 0 the game looks the same at every scale; the lowest nodes are too coarse to show it.
            scale = nodes[:_COARSE] / nodes[_COARSE]
            next_premium[:_COARSE], value[:_COARSE] = next_premium[_COARSE] * scale, value[_COARSE] * scale**2
        plan.append(this)
    return plan[::-1]


def _best_cut_off(q: float, this: _Round, nodes: Floats, cost_a: float) -> tuple[float, float]:
    """A's best cut-off up to ``q`` and its worth: the best node, then the top of the parabola around it."""
    last = int(np.searchsorted(nodes, q - 1e-15))  # nodes[:last] lie below q
    worth = (this.premium[:last] + cost_a) * (q - nodes[:last]) + this.value_after[:last]
    top = int(worth.argmax())
    centre = max(top, _REACH)
    if centre >= last:
        return float(nodes[top]), float(worth[top])
    x0, x1, y0, y1 = nodes[centre - _REACH], nodes[centre], worth[centre - _REACH], worth[centre]
    if centre + _REACH < last:
        x2, y2 = nodes[centre + _REACH], worth[centre + _REACH]
    else:  # right of the last node below q there is only waiting a month
        x2, y2 = q, float(np.interp(q, nodes, this.value_after))
    slope_left, slope_right = (y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1)
    bend = (slope_right - slope_left) / (x2 - x0)
    if bend >= 0:
        return float(nodes[top]), float(worth[top])
    best = float(np.clip((x0 + x1) / 2 - slope_left / (2 * bend), x0, x2))
    height = float(y0 + (best - x0) * (slope_left + bend * (best - x1)))
    if height <= worth[top]:
        return float(nodes[top]), float(worth[top])
    return best, height


def _follow(
    nodes: Floats, costs: Floats, plan: list[_Round], p: float, cost_a: float, d: float, shown: Floats
) -> Screening:
    """The path from the first round on, and the payoffs of the types at the quantiles ``shown``."""
    cells = (costs[1:] + costs[:-1]) / 2 * np.diff(nodes)
    cost_below = np.concatenate([[0.0], np.cumsum(cells)])
    q, value_a = 1.0, 0.0
    types = np.interp(shown, nodes, costs)
    values_b = 1 - p - types  # of those that never settle
    demands, cut_offs, settled, mean_left = [], [], [], []
    for number, this in enumerate(plan):
        if q < _NOBODY_LEFT:
            break
        cut_off, _ = _best_cut_off(q, this, nodes, cost_a)
        demand = p + float(np.interp(cut_off, nodes, this.premium))
        demands.append(demand)
        cut_offs.append(float(np.interp(cut_off, nodes, costs)))
        settled.append(q - cut_off)
        mean_left.append(float(np.interp(q, nodes, cost_below)) / q)
        undecided = 1 - d**number  # weight of the months of war so far
        value_a += settled[-1] * (d**number * demand + undecided * (p - cost_a))
        accepts = (shown <= q) & (shown >= cut_off)
        values_b[accepts] = d**number * (1 - demand) + undecided * (1 - p - types[accepts])
        q = cut_off
    value_a += q * (p - cost_a)
    shares = np.asarray(settled)
    rounds = np.arange(len(shares))
    undecided_by = 1 - d**rounds
    accepting = d**rounds * (1 - np.asarray(demands)) + undecided_by * (1 - p - types[:, None])
    at_best = accepting.max(axis=1)
    if q >= _NOBODY_LEFT:  # else A would go on demanding: never accepting is not among the choices seen
        at_best = np.maximum(at_best, 1 - p - types)
    return Screening(
        demands=np.asarray(demands),
        cut_offs=np.asarray(cut_offs),
        settled=shares,
        war_probability=q,
        months_of_war=float(shares @ rounds / shares.sum()),
        mean_cost_left=np.asarray(mean_left),
        value_a=value_a,
        values_b=values_b,
        type_regret=float((at_best - values_b).max()),
    )
