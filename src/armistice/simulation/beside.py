"""From forces, strikes and lulls to the numbers that the compiled loops need."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from armistice.simulation.endings import CONTINUES, ENDINGS, LOW_ACTIVITY
from armistice.simulation.violence import LOSSES, Forces, Strikes, Violence

__all__ = ["NO_FORCES", "Beside", "beside_of"]

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
_NOISE_STEPS: Final = 1024
NO_FORCES: Final = -1


class Beside(NamedTuple):
    """Numbers of a :class:`Violence`.

    Parameters
    ----------
    losses : int
        Position in ``LOSSES``; ``NO_FORCES`` without forces.
    rates : ndarray of shape (2 sides, 2 push_a, 2 push_b)
        Loss rates of each side, pushes included.
    aimed : ndarray of shape (3, 4)
        A month of aimed fire: c, f and g of a' = c a - f b, b' = c b - g a, by who pushes: nobody, B, A, both.
    noise : ndarray of shape (1024,)
        Equally likely factors with mean 1.
    replenished : ndarray of shape (2 sides, 2 aid)
    killed, least, persons : ndarray of shape (2,)
        Share of losses who die; force below which a side collapses (0 for never); force at the start.
    strikes : bool
    strike_moves : ndarray of int64, shape (2 sides, 2 other at surge, 2 talks open, 3 levels, 2) (16 bits)
        A level down; down or up.
    strike_deaths : ndarray of shape (2 sides, 3 levels)
        People killed on the other side.
    suspends : int (16 bits)
    strikes_start : ndarray of int64, shape (2,)
    hazards : ndarray of int64, shape (7,) (32 bits)
        Cumulative over endings.
    """

    losses: int
    rates: Array
    aimed: Array
    noise: Array
    replenished: Array
    killed: Array
    least: Array
    persons: Array
    strikes: bool
    strike_moves: Whole
    strike_deaths: Array
    suspends: int
    strikes_start: Whole
    hazards: Whole

    @property
    def any(self) -> bool:
        """Whether random numbers are needed for it."""
        return self.losses != NO_FORCES or self.strikes or bool(self.hazards[-1])

    @property
    def kills(self) -> bool:
        """Whether deaths are counted."""
        return self.losses != NO_FORCES or self.strikes


def beside_of(violence: Violence) -> Beside:
    """The numbers of what is fought beside the game."""
    forces, strikes = violence.forces, violence.strikes
    chances = np.zeros(CONTINUES)
    for name, chance in violence.hazards:
        chances[ENDINGS.index(name)] += chance
    chances[LOW_ACTIVITY] += violence.lull
    rates = np.zeros((2, 2, 2)) if forces is None else _rates(forces)
    persons = np.full(2, np.inf) if forces is None or forces.persons is None else _floats(forces.persons)
    zero = np.zeros(2)
    made = Beside(
        losses=NO_FORCES if forces is None else LOSSES.index(forces.losses),
        rates=rates,
        aimed=_aimed(rates) if forces is not None and forces.losses == "aimed" else np.zeros((3, 4)),
        noise=_noise(0.0 if forces is None else forces.noise),
        replenished=np.zeros((2, 2))
        if forces is None
        else np.stack([_floats(forces.replenished), np.add(forces.replenished, forces.replenished_with_aid)], axis=1),
        killed=zero if forces is None else _floats(forces.killed_share),
        least=zero if forces is None or forces.persons is None else _floats(forces.break_point) * persons,
        persons=persons,
        strikes=strikes is not None,
        strike_moves=np.zeros((2, 2, 2, 3, 2), dtype=np.int64) if strikes is None else _strike_moves(strikes),
        strike_deaths=np.zeros((2, 3)) if strikes is None else _floats(strikes.deaths),
        suspends=0 if strikes is None else int(np.rint(strikes.suspends_talks * 2**16)),
        strikes_start=np.zeros(2, dtype=np.int64) if strikes is None else np.array(strikes.start, dtype=np.int64),
        hazards=np.rint(np.minimum(np.cumsum(chances), 1.0) * 2**32).astype(np.int64),
    )
    # in one memory order, so that the compiled loops meet one type
    arrays: dict[str, Any] = {
        name: np.ascontiguousarray(one) for name, one in made._asdict().items() if isinstance(one, np.ndarray)
    }
    return made._replace(**arrays)


def _floats(numbers: npt.ArrayLike) -> Array:
    return np.array(numbers, dtype=np.float64)


def _rates(forces: Forces) -> Array:
    """Loss rates of A, B by who pushes."""
    pushes = np.array([0.0, 1.0])
    own, other = forces.push_losses, forces.pushed_losses
    of_a = 1 + own[0] * pushes[:, None] + other[0] * pushes
    of_b = 1 + other[1] * pushes[:, None] + own[1] * pushes
    return np.stack([forces.rate[0] * of_a, forces.rate[1] * of_b])


def _aimed(rates: Array) -> Array:
    """Exact month of da/dt = -α b, db/dt = -β a: a' = a cosh r - b α sinh(r) / r with r = sqrt(αβ), and so for b."""
    root = np.sqrt(rates[0] * rates[1])
    swing = np.where(root > 0, np.sinh(root) / np.where(root > 0, root, 1.0), 1.0)
    return np.stack([np.cosh(root), rates[0] * swing, rates[1] * swing]).reshape(3, 4)


def _noise(deviation: float) -> Array:
    """A lognormal in equally likely steps, scaled so that the mean is exactly 1."""
    middles = [NormalDist().inv_cdf((step + 0.5) / _NOISE_STEPS) for step in range(_NOISE_STEPS)]
    factors = np.exp(deviation * np.array(middles))
    return np.asarray(factors / factors.mean())


def _strike_moves(strikes: Strikes) -> Whole:
    moves = np.zeros((2, 2, 2, 3, 2))
    for side in range(2):
        for surge in range(2):
            for talks in range(2):
                shift = surge * strikes.retaliation[side] + talks * strikes.around_talks[side]
                for level in range(3):
                    rise = _shifted(strikes.rise[side], shift) if level < 2 else 0.0
                    fall = (1 - rise) * strikes.fall[side] if level > 0 else 0.0
                    moves[side, surge, talks, level] = fall, fall + rise
    return np.rint(moves * 2**16).astype(np.int64)


def _shifted(chance: float, log_odds: float) -> float:
    """A chance with its log-odds moved; 0 and 1 stay."""
    if chance in (0.0, 1.0):
        return chance
    odds = chance / (1 - chance) * float(np.exp(log_odds))
    return odds / (1 + odds)
