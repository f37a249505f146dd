"""A class of wars and the wars in it: how each would end by the bargaining game, whatever the class's parameters.

Six parameters describe a class (:data:`PARAMETERS`). Given them, each war of the class has costs, rents, risks, a pace of
the front and a readiness to talk of its own, and much else drawn from wide ranges; its game is solved, and the chance of
each ending by each month follows exactly (:mod:`.chain`).

Five of the parameters need games. The sixth, how often fighting fades, acts beside the game and independently of it, so
that its part is in closed form (:func:`fading_survival`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.bargaining.equilibrium import Equilibrium, solve
from armistice.bargaining.game import Game, Mechanisms, Side, State, Talks
from armistice.errors import NotConvergedError
from armistice.simulation.abc import BoxPrior
from armistice.simulation.chain import monthly_endings

__all__ = [
    "CONCENTRATION",
    "FADING_LIMITS",
    "GAME_CAUSES",
    "GRID",
    "N_SIMULATED",
    "PARAMETERS",
    "PARAMETER_OF",
    "PRIOR",
    "WAR_RANGES",
    "ClassWar",
    "class_wars",
    "fading_survival",
    "war_incidence",
    "war_months",
]

Floats = npt.NDArray[np.float64]
#: The parameters of a class of wars. Places run from 0 to 1 within the range of one war (:data:`WAR_RANGES`).
#: cost : mean place of the sides' costs of war;
#: office : mean place of what leaders have to lose and of the chance that signing loses it. One parameter for both, since
#:     endings tell their product at most;
#: movement : median over wars of the mean square of the front's monthly moves, in shares of the stake;
#: talks : median over wars of the monthly chance that suspended talks open;
#: spread : standard deviation over wars of the logarithms of movement, talks and fading;
#: fading : median over wars of the monthly chance that fighting fades.
PARAMETERS: Final = ("cost", "office", "movement", "talks", "spread", "fading")
N_SIMULATED: Final = 5
PRIOR: Final = BoxPrior(
    np.array([0.05, 0.05, 1e-4, 0.01, 0.3, 3e-4]),
    np.array([0.95, 0.95, 0.05, 0.6, 3.0, 0.1]),
    np.array([False, False, True, True, False, True]),
)
#: Parameter of the class that each of a war's assumptions lies round.
PARAMETER_OF: Final = {"cost": "cost", "office_rent": "office", "signing_risk": "office"}
#: What one war's assumption may be: the default ranges of the study ``bargain``.
WAR_RANGES: Final = {"cost": (0.0, 0.3), "office_rent": (0.0, 1.0), "signing_risk": (0.1, 0.9)}
#: Wars of a class lie round its mean place as a beta distribution of this precision: sd .22 round a half.
CONCENTRATION: Final = 4.0
#: Months at which the bank keeps chances.
GRID: Final = (1, 2, 3, 6, 9, 12, 18, 24, 36, 60, 120, 240)
GAME_CAUSES: Final = ("settlement", "victory")

#: Movement of a war beyond which the small front cannot follow, and below which it hardly moves.
_MOVEMENT_LIMITS: Final = (1e-6, 0.08)
_TALKS_LIMITS: Final = (1e-3, 0.95)
FADING_LIMITS: Final = (1e-6, 0.6)
_CELLS: Final = 4
_BREAKTHROUGH: Final = 0.1
#: Mean square, in cells, of a move: one cell, or now and then two.
_SQUARE_OF_MOVE: Final = 1 + 3 * _BREAKTHROUGH
_STEPS: Final = (-0.2, -0.1, -0.05, 0.0, 0.05, 0.1, 0.2)
_INSECURE: Final = 0.3
_PATHS: Final = (2.0, 2**0.25)
_QUADRATURE: Final = 40


@dataclass(frozen=True, eq=False)
class ClassWar:
    """One war of a class: its game, and where it starts."""

    game: Game
    state: State


def class_wars(theta: Floats, n: int, rng: np.random.Generator) -> list[ClassWar]:
    """``n`` wars of the class with parameters ``theta``, spread evenly over everything that is drawn.

    Each thing drawn is cut into ``n`` slices of equal probability with one war in each (a Latin hypercube), so that
    means over wars vary less than over independent ones.
    """
    from scipy.special import betaincinv, expit, ndtri

    cost, office, movement, talks, spread = theta[:N_SIMULATED]

    def even(low: float = 0.0, high: float = 1.0) -> Floats:
        return low + (high - low) * (rng.permutation(n) + rng.random(n)) / n

    def even_log(low: float, high: float) -> Floats:
        return np.asarray(np.exp(even(np.log(low), np.log(high))))

    def own(name: str, mean: float) -> Floats:
        low, high = WAR_RANGES[name]
        place = betaincinv(mean * CONCENTRATION, (1 - mean) * CONCENTRATION, even())
        return np.asarray(low + (high - low) * place)

    def round_median(median: float, limits: tuple[float, float]) -> Floats:
        return np.asarray(np.clip(np.exp(np.log(median) + spread * ndtri(even(1e-9, 1 - 1e-9))), *limits))

    drawn = {
        "moves": round_median(movement, _MOVEMENT_LIMITS), "opens": round_median(talks, _TALKS_LIMITS),
        "front": 1 + np.floor(even() * (_CELLS - 1)), "advance": expit(ndtri(even(0.02, 0.98))),
        "stops": even_log(0.02, 0.3), "first": even(),
        "armistice": even_log(0.002, 0.02), "treaty": even_log(0.0005, 0.005), "guarantee": even(0.0, 0.5),
    }  # fmt: skip
    for side in "ab":
        drawn |= {
            f"cost_{side}": own("cost", cost), f"office_rent_{side}": own("office_rent", office),
            f"signing_risk_{side}": own("signing_risk", office), f"expected_gain_{side}": even(0.0, 0.2),
            f"erosion_{side}": even(0.0, 0.03), f"aid_{side}": even(0.02, 0.12), f"aid_now_{side}": even(),
            f"aid_lost_{side}": even(0.01, 0.1), f"aid_gained_{side}": even(0.02, 0.2), f"secure_{side}": even(),
        }  # fmt: skip
    return [_war({name: float(values[i]) for name, values in drawn.items()}) for i in range(n)]


def _war(v: dict[str, float]) -> ClassWar:
    held = v["front"] / _CELLS
    sides = [_side(v, name, share) for name, share in (("a", held), ("b", 1 - held))]
    game = Game(
        a=sides[0],
        b=sides[1],
        front_cells=_CELLS,
        mobility=min(v["moves"] * _CELLS**2 / _SQUARE_OF_MOVE, 1.0),
        advance_chance=v["advance"],
        breakthrough=_BREAKTHROUGH,
        issues=(),
        treaty_shares=tuple(sorted({round(min(max(held + step, 0.0), 1.0), 6) for step in _STEPS})),
        armistice_reopening=v["armistice"],
        treaty_reopening=min(v["treaty"], v["armistice"]),
        guarantee=v["guarantee"],
        talks_open=v["opens"],
        talks_suspended=v["stops"],
        mechanisms=replace(
            Mechanisms(), partial_deals=False, mediator=False, stocks=False, rebuilding=False, conditional_aid=False
        ),
    )
    talks: Talks = "suspended"  # a war starts without talks
    state = State(
        front=int(v["front"]),
        talks=talks,
        proposer="a" if v["first"] < 0.5 else "b",
        aid_a=v["aid_now_a"] < 0.5,
        aid_b=v["aid_now_b"] < 0.5,
        security_a=int(v["secure_a"] < 0.5),
        security_b=int(v["secure_b"] < 0.5),
    )
    return ClassWar(game, state)


def _side(v: dict[str, float], name: str, share: float) -> Side:
    risk = v[f"signing_risk_{name}"]
    return Side(
        cost=v[f"cost_{name}"],
        office_rent=v[f"office_rent_{name}"],
        expected_share=min(share + v[f"expected_gain_{name}"], 1.0),
        signing_risk=(min(risk + _INSECURE, 1.0), risk),
        erosion=v[f"erosion_{name}"],
        security_levels=2,
        stock_levels=1,
        rebuilt_levels=0,
        aid_income=v[f"aid_{name}"],
        aid_lost=v[f"aid_lost_{name}"],
        aid_lost_suspended=v[f"aid_lost_{name}"],
        aid_gained=v[f"aid_gained_{name}"],
        mediator_transfer=0.0,
        refusal_cost=0.0,
    )


def war_months(war: ClassWar, *, precision: float = 100.0) -> Floats | None:
    """Chance that the war ends by settlement, by victory, in each month of the grid's 240; None if its game does not settle.

    Returns
    -------
    ndarray of float64, shape (GRID[-1], 2), or None
    """
    equilibrium: Equilibrium | None = None
    for ratio in _PATHS:
        try:
            equilibrium = solve(
                war.game, precision=precision, certify=False, path_ratio=ratio, max_sweeps=500, tolerance=1e-6
            )
            break
        except NotConvergedError:
            continue
    if equilibrium is None:
        return None
    by_month = monthly_endings(equilibrium, war.state, GRID[-1])
    return np.stack([by_month[:, :2].sum(axis=1), by_month[:, 2:].sum(axis=1)], axis=1)


def war_incidence(war: ClassWar, *, precision: float = 100.0) -> Floats | None:
    """Chance that the war has ended by settlement, by victory, by each month of :data:`GRID`; shape (len(GRID), 2)."""
    by_month = war_months(war, precision=precision)
    return None if by_month is None else np.cumsum(by_month, axis=0)[np.array(GRID) - 1]


def fading_survival(median: Floats, spread: Floats, months: npt.ArrayLike) -> Floats:
    """Share of a class's wars whose fighting has not faded, if nothing else ended them.

    The monthly chance is lognormal over wars; the mean over wars is taken by Gauss-Hermite quadrature.

    Parameters
    ----------
    median, spread : ndarray of float64, shape (n,)
    months : array_like of float, shape (m,)

    Returns
    -------
    ndarray of float64, shape (n, m)
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(_QUADRATURE)
    weights = weights / weights.sum()
    chance = np.clip(np.exp(np.log(median)[:, None] + spread[:, None] * nodes), *FADING_LIMITS)
    lasting = np.log1p(-chance)
    span = np.atleast_1d(np.asarray(months, dtype=np.float64))
    return np.stack([np.exp(lasting * month) @ weights for month in span], axis=1)
