"""What if one side does not know what the war costs the other, or neither does?

The drawn games let both sides know everything. Here each is fought to the finish, without talks, for what the war is
worth to either side; that is common knowledge but for one cost, which is anything in its stated range, each value as
likely as another. `docs/model.md`, "When a side is unsure", states the assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.bargaining.equilibrium import solve
from armistice.bargaining.game import Game, Side, State
from armistice.bargaining.private_information import best_single_demand, screen_without_end, stand_firm
from armistice.bargaining.tables import expectation_missed
from armistice.errors import NotConvergedError
from armistice.studies._bargain_assumptions import Range

__all__ = ["Course", "Unsure", "what_if_unsure"]

Floats = npt.NDArray[np.float64]
#: Values of fighting to the finish are read to about a thousandth of the stake; for differences less will do.
_TOLERANCES: Final = (1e-5, 1e-4)
_PATH: Final = 2.0
_DEARER: Final = 0.2  # by how much the war is made dearer to see what a type's cost is worth
_N_TYPES: Final = 33
_MONTHS: Final = 121  # an offer at once, then one a month for ten years
_NOTHING: Final = 1e-9
_SHARES: Final = np.linspace(0.0, 1.0, 2001)


@dataclass(frozen=True, eq=False)
class Course:
    """How talks run, draw by draw.

    Parameters
    ----------
    settled : ndarray of shape (n, 121)
        Probability that an agreement is reached by month 0, 1, ..., 120; of all types of the side that has a secret.
    gain : ndarray of shape (n,)
        Mean of what both together would gain by settling at once, types without a gain counting 0.
    lost : ndarray of shape (n,)
        Share of it that is lost.
    """

    settled: Floats
    gain: Floats
    lost: Floats

    @property
    def lost_in_all(self) -> float:
        """Share lost of the gain over all draws; NaN if there is none to lose."""
        total = float(self.gain.sum())
        return float(self.gain @ self.lost) / total if total > 0 else float("nan")

    @property
    def mean_wait(self) -> float:
        """Months, on average, of the agreements reached within ten years; NaN if there is none."""
        by_month = self.settled.mean(axis=0)
        new = np.diff(by_month, prepend=0.0)
        return float(new @ np.arange(len(new)) / new.sum()) if new.sum() > 0 else float("nan")


@dataclass(frozen=True, eq=False)
class Unsure:
    """Per draw whose war could be valued.

    Parameters
    ----------
    n_drawn : int
    least : ndarray of shape (n, 2)
        Least share of A and B, against fighting to the finish, at their drawn costs.
    known_to_both : Course
        If nothing were secret: at once, or never.
    unsure : tuple of Course or None
        If A, if B does not know the other's cost and asks for less month by month; None where the range of that cost
        is a single number, so that there is nothing to be unsure of.
    standing_firm : Course or None
        If neither knows and neither bends; None if either range is a single number.
    """

    n_drawn: int
    least: Floats
    known_to_both: Course
    unsure: tuple[Course | None, Course | None]
    standing_firm: Course | None


@dataclass(frozen=True, slots=True)
class _War:
    """Fighting to the finish, as seen by both sides at today's state.

    Parameters
    ----------
    flow : ndarray of shape (2,)
        The flow that a deal must bring each side to be worth as much, its reopening counted.
    weight : ndarray of shape (2,)
        By how much that falls when the war is dearer by 1: the discounted part of the future spent at war.
    """

    flow: Floats
    weight: Floats


def what_if_unsure(
    games: Sequence[tuple[Game, State]], ranges: Mapping[str, Range], *, precision: float
) -> Unsure | None:
    """The three courses for every game; None if no war could be valued."""
    # the compiled loops leave Python's lock
    with ThreadPoolExecutor() as threads:
        wars = list(threads.map(lambda one: _to_the_finish(one[0], one[1], precision), games))
    kept = [(game, state, war) for (game, state), war in zip(games, wars, strict=True) if war is not None]
    if not kept:
        return None
    spans = tuple((ranges[f"cost_{side}"].low, ranges[f"cost_{side}"].high) for side in "ab")
    types = [tuple(_least_shares(*one, side, spans[side]) for side in (0, 1)) for one in kept]
    drawn = [
        tuple(_least(game, state, side, war.flow[side : side + 1])[0] for side in (0, 1)) for game, state, war in kept
    ]
    least, d = np.array(drawn), np.array([game.a.discount for game, _, _ in kept])
    secret = [high > low for low, high in spans]
    both = 1 - least.sum(axis=1)
    known = Course(
        np.repeat((both > _NOTHING)[:, None], _MONTHS, axis=1).astype(np.float64), np.maximum(both, 0.0), 0 * both
    )
    unsure = tuple(
        _course([_screened(least[i, side], types[i][1 - side], d[i]) for i in range(len(kept))])
        if secret[1 - side]
        else None
        for side in (0, 1)
    )
    firm = _course([_firm(types[i], d[i]) for i in range(len(kept))]) if all(secret) else None
    return Unsure(len(games), least, known, (unsure[0], unsure[1]), firm)


def _course(rows: Sequence[tuple[Floats, float, float]]) -> Course:
    settled, gain, lost = zip(*rows, strict=True)
    return Course(np.stack(settled), np.array(gain), np.array(lost))


def _to_the_finish(game: Game, state: State, precision: float) -> _War | None:
    """The war without talks, at the drawn costs and at dearer ones."""
    flows = []
    for dearer, tolerance in zip((0.0, _DEARER), _TOLERANCES, strict=True):
        war = game.with_values(a_cost=game.a.cost + dearer, b_cost=game.b.cost + dearer).without("talks")
        try:
            found = solve(war, precision=precision, tolerance=tolerance, certify=False, path_ratio=_PATH)
        except NotConvergedError:
            return None
        at = war.index(replace(state, talks="suspended"))
        tables = found.tables
        rebuilt = (*at[:7], int(tables.rebuilt_a[at[7]]), int(tables.rebuilt_b[at[8]]), at[9])
        reopening = game.treaty_reopening * (1 - game.guarantee)
        flow = []
        for values, side in ((found.value_a, game.a), (found.value_b, game.b)):
            d = side.discount
            kept, again = 1 - d * (1 - reopening), d * reopening
            flow.append((kept * float(values[at]) - again * float(values[rebuilt])) / (1 - d))
        flows.append(np.array(flow))
    return _War(flows[0], (flows[0] - flows[1]) / _DEARER)


def _least(game: Game, state: State, side: int, flows: Floats) -> Floats:
    """Least shares that bring a side these flows, its leader's risk of signing counted; 1 where no share is enough."""
    own: Side = (game.a, game.b)[side]
    level = (state.security_a, state.security_b)[side]
    risk = own.signing_risk[own.security_levels - 1 if level is None else level]
    brought = _SHARES + (1 - risk * expectation_missed(own, _SHARES)) * own.office_rent
    return np.interp(flows, brought, _SHARES).astype(np.float64)


def _least_shares(game: Game, state: State, war: _War, side: int, span: tuple[float, float]) -> Floats:
    """Least shares of a side's types, from the toughest, to whom the war is cheapest, to the weakest."""
    costs = np.linspace(*span, _N_TYPES)
    own = (game.a, game.b)[side].cost
    return _least(game, state, side, war.flow[side] - war.weight[side] * (costs - own))


def _screened(own_least: float, least_of_other: Floats, discount: float) -> tuple[Floats, float, float]:
    """Settled by month, gain and share lost if a side does not know which of the other's types it faces."""
    gains = 1 - own_least - least_of_other  # rising from the toughest
    at = np.linspace(0.0, 1.0, len(gains))
    if gains[-1] <= _NOTHING:
        return np.zeros(_MONTHS), 0.0, 0.0
    # Types that would gain nothing never accept, and do not matter to what is asked of the others.
    without = 0.0
    if gains[0] < 0:
        last = int(np.searchsorted(gains, 0.0, side="right"))
        without = float(np.interp(0.0, gains[last - 1 : last + 1], at[last - 1 : last + 1]))
    nodes = np.linspace(without, 1.0, len(gains))
    left = np.maximum(np.interp(nodes, at, gains), 0.0)
    path = screen_without_end(np.maximum.accumulate(left), p=own_least, cost_a=0.0, discount=discount)
    by_month = np.cumsum(path.settled)[:_MONTHS]
    by_month = np.concatenate([by_month, np.full(_MONTHS - len(by_month), by_month[-1])])
    gain = float((left[1:] + left[:-1]).mean() / 2)
    return (1 - without) * by_month, (1 - without) * gain, path.gain_lost


def _firm(types: tuple[Floats, ...], discount: float) -> tuple[Floats, float, float]:
    """Settled by month, gain and share lost if neither knows and both stand by what their toughest would ask once."""
    spans = []
    for least in types:
        toughest, weakest = float(least[0]), float(least[-1])
        spans.append((min(weakest, toughest - 1e-6), toughest))
    demands = [best_single_demand(spans[side][1], least_of_other=spans[1 - side]) for side in (0, 1)]
    found = stand_firm(
        least_a=spans[0], least_b=spans[1], demand_a=demands[0], demand_b=demands[1], discount=discount
    )
    middles = [low + (high - low) * (np.arange(50) + 0.5) / 50 for low, high in spans]
    gain = float(np.maximum(1 - middles[0][:, None] - middles[1], 0.0).mean())
    return np.array([found.settled_by(month) for month in range(_MONTHS)]), gain, found.gain_lost
