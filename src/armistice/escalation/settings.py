"""Windows, placebos and levels of the study of violence around talks."""

from __future__ import annotations

from dataclasses import dataclass

from armistice import checks
from armistice.errors import ParameterError

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Windows, placebos and levels.

    Parameters
    ----------
    window_days : int
        Days in each window.
    comparison_days : int
        Days on each side, beyond the windows, from which the expected level comes.
    level_days, level_gap_days : int
        Placebos are matched on the ``level_days`` days that end ``level_gap_days`` days before the round.
    regime_factor : float
        Placebo dates have a long-run level within this factor of the round's.
    together_days : int
        Rounds within so many days of each other keep their spacing in every placebo set.
    n_draws : int
        Placebo sets; at least 200, and 2,000 for a published answer.
    level : float
        Coverage of the intervals; the test's size is what is left.
    power : float
        Power at which the smallest detectable ratio is given.
    """

    window_days: int = 7
    comparison_days: int = 28
    level_days: int = 28
    level_gap_days: int = 0
    regime_factor: float = 4.0
    together_days: int = 28
    n_draws: int = 2000
    level: float = 0.95
    power: float = 0.8

    def __post_init__(self) -> None:
        for name in ("window_days", "comparison_days", "level_days"):
            checks.positive(name, getattr(self, name))
        if self.n_draws < 200:
            raise ParameterError(f"n_draws must be at least 200, got {self.n_draws}.")
        if self.regime_factor <= 1:
            raise ParameterError(f"regime_factor must be above 1, got {self.regime_factor}.")
        checks.probability("level", self.level)
        checks.probability("power", self.power)
