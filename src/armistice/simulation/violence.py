"""What is fought beside the bargaining game: forces and their losses, strikes, and fighting that fades.

These act on the game only through what is written here (a collapse or a lull ends the war; a surge of strikes may
suspend talks), and the sides of the game do not foresee them. Pairs are (side A, side B). Everything is off unless given.

References
----------
Lanchester (1916), Aircraft in Warfare (aimed fire: square law; area fire: linear law).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from armistice.errors import ParameterError
from armistice.simulation.endings import ENDINGS

__all__ = ["Forces", "Losses", "Strikes", "Violence"]

Pair = tuple[float, float]
Levels = tuple[float, float, float]
Losses = Literal["aimed", "area", "mean"]
LOSSES: Final[tuple[Losses, ...]] = ("aimed", "area", "mean")


def _chance(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ParameterError(f"{name} must lie from 0 to 1, got {value}.")


def _amount(name: str, value: float) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise ParameterError(f"{name} must be 0 or more, got {value}.")


@dataclass(frozen=True, slots=True)
class Forces:
    """Each side's force and what it loses in a month of war.

    Parameters
    ----------
    losses : {"aimed", "area", "mean"}
        "aimed": a side loses ``rate`` per enemy and month (square law); "area": per enemy, own person and month (linear
        law); "mean": ``rate`` persons a month, whatever the forces. A month's step solves the law exactly.
    rate : pair of float
        Losses *of* A, *of* B.
    persons : pair of float or None
        Forces at the start. ``None``: not known, which "mean" allows; nothing can then collapse.
    noise : float
        Standard deviation of the logarithm of a month's losses, independent by side and month; the mean stays. Drawn
        from 1,024 equally likely steps of a lognormal.
    push_losses, pushed_losses : pair of float
        What is added to a side's losses, as a share of them, in a month in which it pushes; in which the other does.
    replenished, replenished_with_aid : pair of float
        Persons who join each month; the addition while the patron gives aid.
    killed_share : pair of float
        Share of the losses who die.
    break_point : pair of float
        A side collapses when its force falls below this share of its force at the start; 0: never.
    """

    losses: Losses
    rate: Pair
    persons: Pair | None = None
    noise: float = 0.0
    push_losses: Pair = (0.0, 0.0)
    pushed_losses: Pair = (0.0, 0.0)
    replenished: Pair = (0.0, 0.0)
    replenished_with_aid: Pair = (0.0, 0.0)
    killed_share: Pair = (1.0, 1.0)
    break_point: Pair = (0.0, 0.0)

    def __post_init__(self) -> None:
        if self.losses not in LOSSES:
            raise ParameterError(f"forces.losses must be one of {', '.join(LOSSES)}, got {self.losses!r}.")
        for name in ("rate", "push_losses", "pushed_losses", "replenished", "replenished_with_aid"):
            for value in getattr(self, name):
                _amount(f"forces.{name}", value)
        _amount("forces.noise", self.noise)
        for name in ("killed_share", "break_point"):
            for value in getattr(self, name):
                _chance(f"forces.{name}", value)
        if self.persons is None:
            if self.losses != "mean":
                raise ParameterError(
                    f"forces.persons is needed for {self.losses} fire; without it use losses='mean'."
                )
            if any(self.break_point):
                raise ParameterError(
                    "forces.break_point needs forces.persons: a share of an unknown force is unknown."
                )
            return
        for value in self.persons:
            if not (math.isfinite(value) and value > 0):
                raise ParameterError(f"forces.persons must be positive, got {value}.")


@dataclass(frozen=True, slots=True)
class Strikes:
    """Strikes of each side on the other: quiet, raised or surge, moving a level at most each month.

    Parameters
    ----------
    rise : pair of float
        Monthly chance that A's (B's) strikes rise a level.
    fall : pair of float
        Chance that they fall a level in a month in which they do not rise.
    retaliation : pair of float
        Added to the log-odds of rising when the other side's strikes are at their highest.
    around_talks : pair of float
        Added to the log-odds of rising while talks are open.
    deaths : pair of (float, float, float)
        People of the *other* side killed each month by A's (B's) strikes, at each level.
    suspends_talks : float
        Chance that talks are suspended after a month in which either side's strikes are at their highest.
    start : pair of int
        Levels at the start, 0 to 2.
    """

    rise: Pair
    fall: Pair
    retaliation: Pair = (0.0, 0.0)
    around_talks: Pair = (0.0, 0.0)
    deaths: tuple[Levels, Levels] = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    suspends_talks: float = 0.0
    start: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        for name in ("rise", "fall"):
            for value in getattr(self, name):
                _chance(f"strikes.{name}", value)
        _chance("strikes.suspends_talks", self.suspends_talks)
        for name in ("retaliation", "around_talks"):
            for value in getattr(self, name):
                if not math.isfinite(value):
                    raise ParameterError(f"strikes.{name} must be a finite number, got {value}.")
        for levels in self.deaths:
            if len(levels) != 3:
                raise ParameterError(f"strikes.deaths needs three numbers a side, got {len(levels)}.")
            for value in levels:
                _amount("strikes.deaths", value)
        for level in self.start:
            if level not in (0, 1, 2):
                raise ParameterError(f"strikes.start must be 0, 1 or 2, got {level}.")


@dataclass(frozen=True, slots=True)
class Violence:
    """All that is fought beside the game; each part is off unless given.

    Parameters
    ----------
    forces : Forces or None
    strikes : Strikes or None
    lull : float
        Monthly chance that fighting fades ("low_activity").
    hazards : tuple of (str, float)
        Constant monthly chances of endings, by name: for tests against closed forms, and for endings that the game
        does not produce. They compete with each other and with the lull; together at most 1.
    """

    forces: Forces | None = None
    strikes: Strikes | None = None
    lull: float = 0.0
    hazards: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        _chance("violence.lull", self.lull)
        for name, chance in self.hazards:
            if name not in ENDINGS[:-1]:
                raise ParameterError(f"violence.hazards: {name!r} is no ending; there are {', '.join(ENDINGS[:-1])}.")
            _chance(f"violence.hazards[{name}]", chance)
        total = sum(chance for _, chance in self.hazards) + self.lull
        if total > 1 + 1e-12:
            raise ParameterError(f"violence.hazards and lull add up to {total:g}; a month has one ending at most.")
