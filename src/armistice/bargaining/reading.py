"""Reading an equilibrium: which deals both sides gain by, who blocks the others, what each side would settle for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from armistice.bargaining.equilibrium import Equilibrium
from armistice.bargaining.game import SideName, State
from armistice.bargaining.tables import ARMISTICE, NOTHING, PARTIAL, TREATY, TREATY_ANY, expectation_missed
from armistice.errors import ParameterError

__all__ = ["DealGain", "agreement_chances", "deal_gains", "reservation_share"]

Kind = Literal["partial", "armistice", "treaty"]
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class DealGain:
    """What one deal would change, in stakes, against fighting on this month.

    Parameters
    ----------
    kind : {"partial", "armistice", "treaty"}
    name : str
        The issue's name, or the kind.
    share : float
        A's share of the stake; NaN for a partial deal.
    worth_a, worth_b : float
        Value of the deal to each side.
    gain_a, gain_b : float
        The same less the value of fighting on; the price of refusing a mediator is not counted.
    blocked_by : {"nobody", "a", "b", "both"}
        Who would lose by it. "nobody" means that both gain, which is necessary for agreement, not enough.
    """

    kind: Kind
    name: str
    share: float
    worth_a: float
    worth_b: float
    gain_a: float
    gain_b: float
    blocked_by: Literal["nobody", "a", "b", "both"]


def deal_gains(equilibrium: Equilibrium, state: State) -> tuple[DealGain, ...]:
    """Every deal that could be offered at a state, with both sides' gains.

    A treaty on any share (``treaty_shares=None``) is left out: use :func:`reservation_share`.
    """
    e, t = equilibrium, equilibrium.tables
    at = e.game.index(state)
    fights = (e.fight_a[at], e.fight_b[at])
    found = []
    for option, kind in enumerate(t.kind):
        if kind in (NOTHING, TREATY_ANY):
            continue
        if kind == PARTIAL:
            number = int(t.argument[option])
            if at[0] >> number & 1:
                continue
            later = (at[0] | 1 << number, *at[1:])
            worth = (float(e.fight_a[later]), float(e.fight_b[later]))
            name, what, share = e.game.issues[number].name, "partial", float("nan")
        else:
            worth = (_deal_worth(e, at, 0, option), _deal_worth(e, at, 1, option))
            what = "armistice" if kind == ARMISTICE else "treaty"
            share = state.front / e.game.front_cells if kind == ARMISTICE else float(t.shares[option])
            name = what
        gains = (worth[0] - float(fights[0]), worth[1] - float(fights[1]))
        loses = tuple(gain < -_ROUNDING for gain in gains)
        blocked: Literal["nobody", "a", "b", "both"] = (
            "both" if all(loses) else "a" if loses[0] else "b" if loses[1] else "nobody"
        )
        found.append(DealGain(what, name, share, *worth, *gains, blocked))  # type: ignore[arg-type]
    return tuple(found)


def _resumed_at(equilibrium: Equilibrium, at: tuple[int, ...]) -> tuple[int, ...]:
    t = equilibrium.tables
    mask, talks, proposer, aid_a, aid_b, level_a, level_b, stock_a, stock_b, cell = at
    talks = 0 if t.suspends else talks
    rebuilt = int(t.rebuilt_a[stock_a]), int(t.rebuilt_b[stock_b])
    return (mask, talks, proposer, aid_a, aid_b, level_a, level_b, *rebuilt, cell)


def _deal_worth(equilibrium: Equilibrium, at: tuple[int, ...], side: int, option: int) -> float:
    t = equilibrium.tables
    again = (equilibrium.value_a, equilibrium.value_b)[side][_resumed_at(equilibrium, at)]
    flow = t.deal_flow[side, at[0], at[5 + side], option, at[9]]
    return float(t.payment[side, at[1]] + t.kept[side, option] * flow + t.resumed[side, option] * again)


def agreement_chances(equilibrium: Equilibrium, state: State) -> dict[str, float]:
    """Chance that this month ends in each kind of agreement: every issue by name, "armistice", "treaty", "none".

    Examples
    --------
    >>> from armistice.bargaining.equilibrium import solve
    >>> from armistice.bargaining.game import Game
    >>> small = Game(front_cells=4).without("aid", "security", "stocks", "mediator")
    >>> sum(agreement_chances(solve(small, certify=False), State(front=2)).values()).__round__(9)   # doctest: +SKIP
    1.0
    """
    e, t, at = equilibrium, equilibrium.tables, equilibrium.game.index(state)
    agreed = e.policies.offers[at] * e.policies.accepts[at]
    chances = {issue.name: 0.0 for issue in e.game.issues} | {"armistice": 0.0, "treaty": 0.0}
    for option, kind in enumerate(t.kind):
        if kind == PARTIAL:
            chances[e.game.issues[int(t.argument[option])].name] += float(agreed[option])
        elif kind == ARMISTICE:
            chances["armistice"] += float(agreed[option])
        elif kind in (TREATY, TREATY_ANY):
            chances["treaty"] += float(agreed[option])
    return chances | {"none": 1.0 - sum(chances.values())}


def reservation_share(equilibrium: Equilibrium, state: State, side: SideName, *, with_office: bool = True) -> float:
    """The smallest share of its own for which a side would sign a treaty rather than fight on.

    Parameters
    ----------
    with_office : bool
        Count the risk that signing costs the leader's office; without it, what the side would settle for if signing
        put no office at risk (the war is valued as it is fought in this equilibrium).

    Returns
    -------
    float
        On a grid of 0.0001; above 1 (``inf``) if no share is enough.

    Raises
    ------
    ParameterError
        If the game has no treaty.
    """
    e, t, i = equilibrium, equilibrium.tables, 0 if side == "a" else 1
    options = [o for o, kind in enumerate(t.kind) if kind in (TREATY, TREATY_ANY)]
    if not options:
        raise ParameterError("reservation_share needs a game in which treaties can be offered.")
    at, option, own = e.game.index(state), options[0], e.game.a if side == "a" else e.game.b
    again = (e.value_a, e.value_b)[i][_resumed_at(e, at)]
    fight = (e.fight_a, e.fight_b)[i][at]
    shares = np.linspace(0, 1, 10_001)
    on = e.game.mechanisms
    risks = own.signing_risk if e.game.shape[5 + i] > 1 else own.signing_risk[-1:]
    risk = risks[at[5 + i]] if on.signing_risk and with_office else 0.0
    settled = sum((s.value_a, s.value_b)[i] for n, s in enumerate(e.game.issues) if at[0] >> n & 1)
    flow = shares + (1 - risk * expectation_missed(own, shares)) * t.rent[i] + settled
    worth = t.payment[i, at[1]] + t.kept[i, option] * flow + t.resumed[i, option] * again
    enough = np.flatnonzero(worth >= fight - _ROUNDING)
    return float(shares[enough[0]]) if enough.size else float("inf")
